/**
 * One command on its way through a simulated rig: what was asked, of whom, and
 * the reply so far. Every command is a function of this.
 *
 * @module
 */

import {
  fillMessage,
  type Message,
  type MessageName,
  MESSAGES,
} from "./messages.ts";
import { escapeString, type Member, type Reply, type Value } from "./reply.ts";
import type { RigState } from "./state.ts";

/** How a personality speaks. */
export interface Voice {
  /** The Description of every STATUS. */
  readonly description: string;
  /** Messages with words of its own. */
  readonly messages: Partial<Record<MessageName, Message>>;
  /** Whether it gives no Description to who sends an invalid command. */
  readonly discreet: boolean;
}

/** What becomes of a rig after a command. */
export type Outcome = "stays" | "restarts" | "quits" | "crashes";

/** A field of a report: its name, and what it says of an item of a rig. */
export type Field<Item> = readonly [
  name: string,
  read: (item: Item, rig: RigState) => Value,
];

/** A command of a rig. */
export type Command = (exchange: Exchange) => void;

/** What an exchange is made of. */
export interface ExchangeParts {
  readonly rig: RigState;
  readonly voice: Voice;
  readonly reply: Reply;
  /** The parameter, a string of bytes; absent if there is none. */
  readonly parameter?: string | undefined;
}

/** One command being answered. */
export class Exchange {
  readonly rig: RigState;
  readonly voice: Voice;
  readonly reply: Reply;
  readonly parameter: string | undefined;
  /** What becomes of the rig afterwards. */
  outcome: Outcome = "stays";

  /** @param parts What it is made of. */
  constructor(parts: ExchangeParts) {
    this.rig = parts.rig;
    this.voice = parts.voice;
    this.reply = parts.reply;
    this.parameter = parts.parameter;
  }

  /**
   * Adds a message to the reply.
   *
   * @param name Which.
   * @param values What goes into its words.
   */
  say(name: MessageName, ...values: (string | number)[]): void {
    const [severity, code, words] = this.voice.messages[name] ??
      MESSAGES[name];
    const silent = name === "invalidCommand" && this.voice.discreet;
    this.reply.addStatus({
      severity,
      code,
      text: fillMessage(words, values),
      description: silent ? undefined : this.voice.description,
    });
  }

  /**
   * Adds a section to the reply.
   *
   * @param section Its name.
   * @param items What it lists.
   * @param fields What it says of each.
   * @param named Whether the text dialect says its name.
   */
  report<Item>(
    section: string,
    items: readonly Item[],
    fields: readonly Field<Item>[],
    named = false,
  ): void {
    const written = items.map((item) => this.read(item, fields));
    this.reply.addSection(section, written, named);
  }

  /** Reads fields of an item. */
  read<Item>(item: Item, fields: readonly Field<Item>[]): Member[] {
    return fields.map(([name, read]) => [name, read(item, this.rig)]);
  }

  /** Escapes a string for the reply's dialect. */
  escape(string: string): string {
    return escapeString(string, this.reply.dialect);
  }
}
