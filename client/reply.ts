/**
 * What all replies have in common, as CGMiner shapes them.
 *
 * A reply is one object: a list `STATUS` with what the rig says of it, lists
 * named after what they report (`SUMMARY`, `POOLS`), and `id`. The types here
 * and beside this module leave names, types and omissions as the rigs have
 * them; they were taken from replies recorded from real ones, and a test holds
 * them to those.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { Rig } from "./rig.ts";
 * import type { StatusReply } from "./reply.ts";
 *
 * await using simulator = Simulator.start();
 * const reply: StatusReply = await new Rig(simulator).switchPool(1);
 * console.log(reply.STATUS[0].Msg); // Switching to pool 1:'stratum+tcp://…'
 * ```
 *
 * @module
 */

import type { StatusLetter } from "../rpc/replies.ts";

/** A reply of any command: an object, of which no more is known. */
export interface RigReply {
  /** A member; `STATUS` and `id` in nearly every reply. */
  readonly [member: string]: unknown;
}

/** What a rig says of its reply. */
export interface Status {
  /** `S` success, `I` information, `W` warning, `E` error, `F` fatal. */
  readonly STATUS: StatusLetter;
  /** The rig's time, in Unix seconds. */
  readonly When: number;
  /** What it says, as a number; forks differ in these. */
  readonly Code: number;
  /** What it says, in words. */
  readonly Msg: string;
  /** The miner's name and version, or what `--api-description` says. */
  readonly Description?: string;
}

/** A reply that has a STATUS, and perhaps more. */
export interface StatusReply extends RigReply {
  /** What the rig says of it. */
  readonly STATUS: readonly [Status];
  /** 1; 0 if the miner cut its data short (`api.c`). */
  readonly id: number;
}

/** The reply to `quit` and `restart`. */
export interface EndReply extends RigReply {
  /** The word `BYE` or `RESTART`; of bfgminer a list, as ever. */
  readonly STATUS: string | readonly [Status];
  /** 1. */
  readonly id: number;
}

/** A reply in WhatsMiner's own shape, with all of STATUS laid out flat. */
export interface MessageReply extends RigReply {
  /** `S`, `I` or `W`. */
  readonly STATUS: StatusLetter;
  /** The rig's time, in Unix seconds. */
  readonly When: number;
  /** What it says, as a number: 131 is success. */
  readonly Code: number;
  /** What it says: an object with what was asked, or words. */
  readonly Msg: unknown;
  /** Empty in all that were recorded. */
  readonly Description: string;
}
