/**
 * The actions of the dashboard as one table: which command each sends with
 * which parameter, what it says beforehand, and whether it asks once more; and
 * the orders that are made of it: what is sent to which rigs. Those that every
 * make has a command of its own for take it from `telemetry/actions.ts`.
 * Pure; facts about the commands are from `api.c` of cgminer 4.11.1, and of
 * bfgminer and sgminer, which number every device of theirs as PGA or GPU.
 *
 * @module
 */

import type { AccessDocument } from "../gateway/pages/access_page.ts";
import {
  type ActionArguments,
  type ActionFacts,
  type ActionName,
  type ActionValues,
  findActions,
  hasControl,
  type MakeAction,
} from "../telemetry/actions.ts";
import type { Pool } from "../telemetry/telemetry.ts";
import type { Member } from "./figures.ts";

/** What was chosen, as words for a sentence. */
export interface Words {
  /** `Rig garage`, `Each of the 3 rigs`. */
  readonly target: string;
  /** `pool 1 (stratum+tcp://…)`. */
  readonly pool?: string | undefined;
  /** `ASC0`. */
  readonly device?: string | undefined;
  /** `1, 0, 2`. */
  readonly order?: string | undefined;
  /** `3000 W`. */
  readonly watts?: string | undefined;
}

/** One action. */
export interface Action {
  /** Its key: the command, where it is only one. */
  readonly name: string;
  /** What its button says. */
  readonly title: string;
  /** What has to be chosen first. */
  readonly needs?: "pool" | "device" | "newPool" | "order" | "watts";
  /**
   * cgminer's command by the device's kind; under "" where that makes no
   * difference. Absent where each make has its own.
   */
  readonly commands?: Readonly<Record<string, string>>;
  /** The parameter, where it is always the same. */
  readonly parameter?: string;
  /** What each make has a command of its own for. */
  readonly does?: ActionName;
  /** What that is given, where it is always the same. */
  readonly value?: ActionValues[ActionName];
  /** Whether it asks once more. */
  readonly isAsked?: boolean;
  /** Whether the rig does not come back by itself. */
  readonly isFinal?: boolean;
  /** Asks once more, of `garage` or `3 rigs`. */
  readonly ask?: (rigs: string, words: Omit<Words, "target">) => string;
  /** Says what will happen. */
  readonly describe: (words: Words) => string;
}

/** Which commands the viewer may send, of what `/-/access` says. */
export type Rights = Pick<AccessDocument, "allowed"> & Partial<AccessDocument>;

/** All actions, in the order of their buttons. */
export const ACTIONS: readonly Action[] = [
  {
    name: "switchpool",
    title: "Switch pool",
    needs: "pool",
    commands: { "": "switchpool" },
    describe: ({ target, pool }) =>
      `${target} will put ${pool} first, enable it if it is disabled, and mine for it.`,
  },
  {
    name: "enablepool",
    title: "Enable pool",
    needs: "pool",
    commands: { "": "enablepool" },
    describe: ({ target, pool }) =>
      `${target} will use ${pool} again, in the order of priorities.`,
  },
  {
    name: "disablepool",
    title: "Disable pool",
    needs: "pool",
    commands: { "": "disablepool" },
    describe: ({ target, pool }) =>
      `${target} will not mine for ${pool} until it is enabled again.`,
  },
  {
    name: "removepool",
    title: "Remove pool",
    needs: "pool",
    commands: { "": "removepool" },
    isAsked: true,
    ask: (rigs, { pool }) => `Remove ${pool} from ${rigs}?`,
    describe: ({ target, pool }) =>
      `${target} will forget ${pool} with its user and password; to have it back, they must be typed again.`,
  },
  {
    name: "addpool",
    title: "Add pool",
    needs: "newPool",
    commands: { "": "addpool" },
    describe: ({ target }) =>
      `${target} will have this pool after all others, until the miner restarts.`,
  },
  {
    name: "poolpriority",
    title: "Pool priorities",
    needs: "order",
    commands: { "": "poolpriority" },
    describe: ({ target, order }) =>
      `${target} will prefer its pools in the order ${order}, and mine for the first that answers.`,
  },
  {
    name: "replacepools",
    title: "Replace pools",
    needs: "newPool",
    does: "replacePools",
    isAsked: true,
    ask: (rigs) => `Replace all pools of ${rigs}?`,
    describe: ({ target }) =>
      `${target} will mine for this pool, and forget all others with their users and passwords.`,
  },
  {
    name: "enabledevice",
    title: "Enable device",
    needs: "device",
    commands: { ASC: "ascenable", PGA: "pgaenable", GPU: "gpuenable" },
    describe: ({ target, device }) => `${target} will mine with ${device}.`,
  },
  {
    name: "disabledevice",
    title: "Disable device",
    needs: "device",
    commands: { ASC: "ascdisable", PGA: "pgadisable", GPU: "gpudisable" },
    describe: ({ target, device }) =>
      `${target} will not mine with ${device} until it is enabled again.`,
  },
  {
    name: "pause",
    title: "Pause",
    does: "pause",
    isAsked: true,
    ask: (rigs) => `Pause ${rigs}?`,
    describe: ({ target }) =>
      `${target} will stop mining until it is resumed, and still answer.`,
  },
  {
    name: "resume",
    title: "Resume",
    does: "resume",
    describe: ({ target }) => `${target} will mine again.`,
  },
  {
    name: "powerlimit",
    title: "Power limit",
    needs: "watts",
    does: "powerLimit",
    describe: ({ target, watts }) =>
      `${target} will take at most ${watts}: a WhatsMiner restarts for that, and LuxOS uses the strongest profile within it.`,
  },
  {
    name: "locate",
    title: "Blink LED",
    does: "locate",
    value: true,
    describe: ({ target }) =>
      `${target} will light or blink its LED, so that somebody finds it.`,
  },
  {
    name: "locateoff",
    title: "LED off",
    does: "locate",
    value: false,
    describe: ({ target }) => `${target} will not blink its LED any more.`,
  },
  {
    name: "zero",
    title: "Zero stats",
    commands: { "": "zero" },
    parameter: "all,false",
    describe: ({ target }) =>
      `${target} will count shares, errors and averages from 0 again, and go on mining.`,
  },
  {
    name: "restart",
    title: "Restart",
    does: "restart",
    isAsked: true,
    ask: (rigs) => `Restart ${rigs}?`,
    describe: ({ target }) =>
      `${target} will restart its miner: it stops mining, does not answer for a while, and loses settings that were not saved.`,
  },
  {
    name: "quit",
    title: "Quit",
    commands: { "": "quit" },
    isAsked: true,
    isFinal: true,
    ask: (rigs) => `Quit mining on ${rigs}?`,
    describe: ({ target }) =>
      `${target} will end its miner and stop mining, and somebody must start it again at the rig.`,
  },
];

/** Finds how a rig's make does what each has a command of its own for. */
function findMakeAction(
  { does }: Action,
  { telemetry }: Member,
): MakeAction<ActionValues[ActionName]> | undefined {
  // What it is given fits what it does: a form, or the table, gives both.
  return does && findActions(telemetry?.miner)[does] as
    | MakeAction<ActionValues[ActionName]>
    | undefined;
}

/** Whether the viewer may have a rig do something. */
function mayAct(action: Action, rig: Member, access: Rights): boolean {
  const own = findMakeAction(action, rig);
  const commands = own ? [own.command] : Object.values(action.commands ?? {})
    .filter((command) => hasControl(rig.telemetry?.miner, command));
  // A command that the gateway has no row for is allowed to group W.
  return commands.some((command) =>
    access.group === "W" || access.allowed.includes(command)
  );
}

/**
 * Gives the actions that the viewer may take and that all of the rigs have.
 *
 * @param access The answer of
 * `/-/access`.
 * @param rigs Members of `/-/rigs`.
 * @returns The actions; what there is to choose from is not looked at.
 */
export function listAllowedActions(
  access: Rights,
  rigs: readonly Member[],
): Action[] {
  // One of each make: a thousand rigs may be ticked.
  const byMake = new Map(
    rigs.map((rig) => [findActions(rig.telemetry?.miner), rig]),
  );
  return ACTIONS.filter((action) =>
    [...byMake.values()].every((rig) => mayAct(action, rig, access))
  );
}

/** Longest text of a rig's in a sentence. */
const MAX_TEXT_LENGTH = 60;

/** Longest text that is the rig's answer. */
export const MAX_ANSWER_LENGTH = 1000;

/**
 * Makes a text of a rig fit for a sentence or an option. Attack: bidirectional
 * and other control characters that turn the sentence around it.
 *
 * @param text A name, URL or answer as the rig says it.
 * @param maxLength The most characters; 60 if nothing is said.
 * @returns No more than that, control characters as `U+202E`.
 */
export function quoteText(
  text: string,
  maxLength: number = MAX_TEXT_LENGTH,
): string {
  const plain = text.slice(0, 4 * maxLength).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) =>
      `U+${char.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`,
  );
  const chars = [...plain];
  return chars.length > maxLength
    ? chars.slice(0, maxLength - 1).join("") + "…"
    : plain;
}

/**
 * Names the rigs of an action.
 *
 * @param names The rigs' names, one or more.
 * @returns `garage`, `3 rigs`.
 */
export function nameRigs(names: readonly string[]): string {
  return names.length === 1
    ? quoteText(names[0] ?? "")
    : `${names.length} rigs`;
}

/**
 * Names the rigs of an action, as the beginning of a sentence.
 *
 * @param names The rigs' names, one or more.
 * @returns `Rig garage`, `Each of the 3 rigs`.
 */
export function nameTarget(names: readonly string[]): string {
  return names.length === 1
    ? `Rig ${quoteText(names[0] ?? "")}`
    : `Each of the ${names.length} rigs`;
}

/**
 * Says which rigs do not answer now.
 *
 * @param rigs Members of `/-/rigs`.
 * @returns A sentence with a space before it, or nothing.
 */
export function describeDown(rigs: readonly Pick<Member, "state">[]): string {
  const count = rigs.filter(({ state }) => state === "down").length;
  if (count === 0) return "";
  if (rigs.length === 1) return " It does not answer now.";
  return ` ${count} of them ${count === 1 ? "does" : "do"} not answer now.`;
}

/**
 * Gives what all rigs have under the same key.
 *
 * @param lists A list a rig; absent where it is not known.
 * @param readKey The key of an entry.
 * @returns The entries of all rigs by key, in the order of the first rig; none
 * if a list is absent.
 */
function findCommon<T>(
  [first = [], ...others]: readonly (readonly T[] | undefined)[],
  readKey: (entry: T) => unknown,
): [T, ...T[]][] {
  const maps = others.map((list) =>
    new Map((list ?? []).map((entry) => [readKey(entry), entry]))
  );
  return first.map((entry): [T, ...T[]] => [
    entry,
    ...maps.flatMap((map) => map.get(readKey(entry)) ?? []),
  ]).filter(({ length }) => length === maps.length + 1);
}

/** A pool that can be chosen. */
export interface PoolChoice {
  /** Its number, the same at all rigs. */
  readonly index: number;
  /** `pool 1 (stratum+tcp://…)`. */
  readonly words: string;
  /** Its URLs, whole, each once. */
  readonly urls: string;
  /** Whether all rigs mine for it. */
  readonly isActive: boolean;
  /** Whether it is disabled at a rig. */
  readonly isDisabled: boolean;
  /** Whether it is enabled at a rig. */
  readonly isEnabled: boolean;
  /** Its priority at the first rig. */
  readonly priority: number;
}

/**
 * Gives the pools whose numbers all rigs have.
 *
 * @param rigs Members of `/-/rigs`.
 * @returns The pools by number.
 */
export function listPools(rigs: readonly Member[]): PoolChoice[] {
  const lists = rigs.map(({ telemetry }) => telemetry?.pools);
  return findCommon(lists, ({ index }) => index).map((pools) => {
    const { index, url, priority = index } = pools[0];
    const isSame = pools.every((pool) => pool.url === url);
    const about = isSame ? url : "not the same at every rig";
    return {
      index,
      words: `pool ${index}` + (about ? ` (${quoteText(about)})` : ""),
      urls: [...new Set(pools.map(({ url }) => url))].sort().join(" "),
      isActive: pools.every(({ isActive }) => isActive === true),
      isDisabled: pools.some(isDisabledPool),
      isEnabled: !pools.every(isDisabledPool),
      priority,
    };
  }).sort((one, other) => one.index - other.index);
}

/** `api.c` says `Disabled`, whether the pool answers or not. */
function isDisabledPool({ status }: Pool): boolean {
  return status?.toLowerCase() === "disabled";
}

/** A device that can be chosen. */
export interface DeviceChoice {
  /** `ASC0`. */
  readonly name: string;
  /** `ASC`, `PGA` or `GPU`. */
  readonly kind: string;
  /** Its number among its kind. */
  readonly number: string;
}

/**
 * Gives the devices that all rigs have and that commands can name.
 *
 * @param rigs Members of `/-/rigs`.
 * @param action Enabling or disabling.
 * @param access The answer of `/-/access`.
 * @returns The devices whose command is allowed.
 */
export function listDevices(
  rigs: readonly Member[],
  action: Action,
  access: Rights,
): DeviceChoice[] {
  const lists = rigs.map(({ telemetry }) => telemetry?.devices);
  return findCommon(lists, ({ name }) => name).flatMap(([{ name }]) => {
    const [, kind = "", number = ""] = /^(ASC|PGA|GPU)(\d+)$/.exec(name) ?? [];
    const command = action.commands?.[kind];
    return command !== undefined && access.allowed.includes(command)
      ? [{ name, kind, number }]
      : [];
  });
}

/** What one rig is sent. */
export interface Step {
  readonly command: string;
  /** A report that has to be asked for first. */
  readonly report?: string | undefined;
  /** Says what the command is given; or why nothing can be sent. */
  readonly toArguments: (facts: ActionFacts) => ActionArguments | string;
}

/** What is sent to which rigs. */
export interface Order {
  readonly action: Action;
  /** The rigs. */
  readonly names: readonly string[];
  /** What each of them is sent, by its name. */
  readonly steps: ReadonlyMap<string, Step>;
  /** What of it must not be shown. */
  readonly secret?: string | undefined;
  /** What will happen. */
  readonly sentence: string;
  /** What is asked before it happens. */
  readonly question: string;
}

/** What was chosen for an action, and what its sentence calls that. */
export interface Choice {
  /** The kind of the device. */
  readonly kind?: string | undefined;
  readonly parameter?: string | undefined;
  /** What is given to what each make has a command of its own for. */
  readonly value?: ActionValues[ActionName];
  /** What of it must not be shown. */
  readonly secret?: string | undefined;
  readonly words?: Omit<Words, "target"> | undefined;
}

/**
 * Says whether there is something to choose from.
 *
 * @param action The action.
 * @param rigs Members of `/-/rigs`.
 * @param access The answer of `/-/access`.
 * @returns False where no button makes sense.
 */
export function isPossible(
  action: Action,
  rigs: readonly Member[],
  access: Rights,
): boolean {
  if (rigs.length === 0) return false;
  if (action.needs === "pool") return listPools(rigs).length > 0;
  if (action.needs === "order") return listPools(rigs).length > 1;
  if (action.needs !== "device") return true;
  return listDevices(rigs, action, access).length > 0;
}

/** Says what a rig is sent. */
function makeStep(action: Action, choice: Choice, rig: Member): Step {
  const { kind = "", parameter, value } = choice;
  const own = findMakeAction(action, rig);
  return own
    ? { ...own, toArguments: (facts) => own.toArguments(value, facts) }
    : {
      // A form offers no device of a kind that has no command.
      command: action.commands?.[kind] ?? action.name,
      toArguments: () => ({ parameter }),
    };
}

/**
 * Makes an order of what was chosen.
 *
 * @param action The action.
 * @param rigs Members of `/-/rigs`.
 * @param choice What was chosen; by default what an action needs without any.
 * @returns The order.
 */
export function makeOrder(
  action: Action,
  rigs: readonly Member[],
  choice: Choice = action,
): Order {
  const { words, secret } = choice;
  const names = rigs.map(({ name }) => name);
  return {
    action,
    names,
    steps: new Map(
      rigs.map((rig) => [rig.name, makeStep(action, choice, rig)]),
    ),
    secret,
    sentence: action.describe({ target: nameTarget(names), ...words }) +
      describeDown(rigs),
    question: action.ask?.(nameRigs(names), words ?? {}) ??
      `${action.title}: ${nameRigs(names)}?`,
  };
}
