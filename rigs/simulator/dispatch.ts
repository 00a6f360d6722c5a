/**
 * From a request to a reply: finds the command or commands in the tables of a
 * personality, asks whether they may be run, runs them, and joins what they say;
 * with the quirks of the loop in `api()` of cgminer's `api.c`.
 *
 * @module
 */

import {
  type Command,
  Exchange,
  type Outcome,
  type Voice,
} from "./exchange.ts";
import { Reply, text } from "./reply.ts";
import { readRequest } from "./request.ts";
import type { PoolOptions, RigState } from "./state.ts";

/** One kind of miner. */
export interface PersonalityTraits {
  /**
   * Answers what it has to answer in a way of its own; undefined: by the tables
   * below. Default: never.
   */
  readonly answer?: (
    bytes: Uint8Array,
    rig: RigState,
    access: Access,
  ) => Answer | undefined;
  /** Makes what it wants before it changes anything. Default: nothing. */
  readonly createSession?: (options: SessionOptions) => SessionTraits;
  /** How it speaks. */
  readonly voice: Voice;
  /** How many bytes its one `recv` takes at most. */
  readonly receiveLimit: number;
  /**
   * Whether it forgets to forget that the last request was a joined one, so
   * that it answers a faulty one after it twice.
   */
  readonly repeatsFaults: boolean;
  /** How many devices it has unless told otherwise. */
  readonly deviceCount: number;
  /** The hashrate of each, in MH/s. */
  readonly nominalMhs: number;
  /** The difficulty of a share. */
  readonly shareDifficulty: number;
  /** How many hashes difficulty 1 takes; default 2^32, as for SHA-256. */
  readonly hashesPerDiff1?: number;
  /** How many boards each device is made of; default 1. */
  readonly boardCount?: number;
  /** What it takes in watts when all of it works; default: it does not say. */
  readonly ratedW?: number;
  /** Its pools unless told otherwise. */
  readonly pools: readonly PoolOptions[];
  /** Commands that report and may be joined: group R. */
  readonly reports: Readonly<Record<string, Command>>;
  /** Commands that report and cannot be joined: group R. `check` is there anyway. */
  readonly lookups: Readonly<Record<string, Command>>;
  /** Commands that are privileged but may be joined. */
  readonly audits: Readonly<Record<string, Command>>;
  /** Commands that are privileged and cannot be joined. */
  readonly controls: Readonly<Record<string, Command>>;
}

/** The pools of a rig that is not told of others. */
export const DEFAULT_POOLS: readonly PoolOptions[] = [
  { url: "stratum+tcp://pool.example.com:3333", user: "demo.rig" },
  { url: "stratum+tcp://backup.example.net:3333", user: "demo.rig" },
  { url: "stratum+tcp://solo.example.org:3334", user: "demo.rig" },
];

/** What goes wrong with sessions; see `SimulatorOptions.faults`. */
export interface SessionFaults {
  readonly sessionHeld?: boolean;
  readonly sessionExpired?: boolean | number;
}

/** What a session is made of. */
export interface SessionOptions {
  /** How the rig describes itself. */
  readonly description: string;
  /** The rig's password; default: the factory's. */
  readonly password: string | undefined;
  /** What goes wrong now. */
  readonly readFaults: () => SessionFaults;
  /** Whether a fault strikes; one that strikes so many times has one less. */
  readonly spendFault: (name: "sessionExpired") => boolean;
}

/** What a rig wants before it changes anything. */
export interface SessionTraits {
  /** Answers what is of it; undefined: all else does. */
  readonly answer: (
    bytes: Uint8Array,
    rig: RigState,
  ) => Answer | Promise<Answer> | undefined;
}

/** What group the asker has: R may use what only reports, W everything. */
export type Access = "R" | "W";

/** A reply, and what becomes of the rig. */
export interface Answer {
  /** What is sent, each with a NUL after it; nothing if the rig crashes. */
  readonly documents: readonly string[];
  /** What becomes of the rig. */
  readonly outcome: Outcome;
}

/** One command of a rig and who may use it how. */
interface Entry {
  readonly run: Command;
  readonly privileged: boolean;
  readonly joinable: boolean;
}

/** Answers the requests of one rig, one after the other. */
export class Dispatcher {
  readonly #personality: PersonalityTraits;
  readonly #access: Access;
  readonly #session: SessionTraits | undefined;
  readonly #entries: ReadonlyMap<string, Entry>;
  /** Whether the last request was a joined one. */
  #joined = false;

  /**
   * @param personality What kind of miner it is.
   * @param access What group all askers have.
   * @param session What its sessions are made of.
   */
  constructor(
    personality: PersonalityTraits,
    access: Access,
    session: Omit<SessionOptions, "description">,
  ) {
    this.#personality = personality;
    this.#access = access;
    const { description } = personality.voice;
    this.#session = personality.createSession?.({ ...session, description });
    const { reports, lookups, audits, controls } = personality;
    this.#entries = new Map([
      ...listEntries(reports, { privileged: false, joinable: true }),
      ...listEntries(lookups, { privileged: false, joinable: false }),
      ...listEntries(audits, { privileged: true, joinable: true }),
      ...listEntries(controls, { privileged: true, joinable: false }),
      ...listEntries({ check: (exchange) => this.#check(exchange) }, {
        privileged: false,
        joinable: false,
      }),
    ]);
  }

  /**
   * Answers a request.
   *
   * @param bytes What is asked: all that one `recv` gave.
   * @param rig Of which rig, moved on to the time of the request.
   * @returns The reply.
   */
  answer(bytes: Uint8Array, rig: RigState): Answer | Promise<Answer> {
    const open = this.#access === "W"
      ? this.#session?.answer(bytes, rig)
      : undefined;
    if (open !== undefined) return open;
    const own = this.#personality.answer?.(bytes, rig, this.#access);
    if (own !== undefined) return own;
    const request = readRequest(bytes);
    const reply = new Reply(request.dialect, rig.nowS);
    const exchange = new Exchange({
      rig,
      voice: this.#personality.voice,
      reply,
      parameter: request.parameter,
    });
    if (request.fault !== undefined) {
      exchange.say(request.fault);
      const documents = [reply.finish()];
      if (this.#joined && this.#personality.repeatsFaults) {
        documents.push(reply.finish());
      }
      return { documents, outcome: "stays" };
    }
    this.#joined = request.command.includes("+");
    if (this.#joined) return this.#answerJoined(request.command, exchange);
    const entry = this.#entries.get(request.command);
    if (entry === undefined) exchange.say("invalidCommand");
    else this.#run(request.command, entry, exchange);
    const { outcome } = exchange;
    if (outcome === "crashes") return { documents: [], outcome };
    return { documents: [reply.finish()], outcome };
  }

  #answerJoined(command: string, first: Exchange): Answer {
    const { rig, voice, reply } = first;
    const exchange = new Exchange({ rig, voice, reply });
    const seen = new Set<string>();
    for (const part of command.split("+")) {
      if (part === "" || seen.has(part)) continue;
      const entry = this.#entries.get(part);
      reply.openJoin(part);
      if (entry === undefined) {
        exchange.say("invalidCommand");
      } else {
        // What is not known is not remembered, and answered each time.
        seen.add(part);
        if (entry.joinable) this.#run(part, entry, exchange);
        else exchange.say("accessDenied", part);
      }
      reply.closeJoin();
    }
    return { documents: [reply.finish()], outcome: "stays" };
  }

  #run(command: string, entry: Entry, exchange: Exchange): void {
    if (this.#allows(entry)) entry.run(exchange);
    else exchange.say("accessDenied", command);
  }

  #allows(entry: Entry): boolean {
    return this.#access === "W" || !entry.privileged;
  }

  #check(exchange: Exchange): void {
    const { parameter } = exchange;
    if (parameter === undefined || parameter === "") {
      exchange.say("missingCheck");
      return;
    }
    const entry = this.#entries.get(parameter);
    const access = entry !== undefined && this.#allows(entry);
    exchange.say("check");
    exchange.report("CHECK", [entry], [
      ["Exists", (entry) => text(entry === undefined ? "N" : "Y")],
      ["Access", () => text(access ? "Y" : "N")],
    ], true);
  }
}

function listEntries(
  commands: Readonly<Record<string, Command>>,
  traits: Omit<Entry, "run">,
): [string, Entry][] {
  return Object.entries(commands).map(([name, run]) => [
    name,
    { run, ...traits },
  ]);
}
