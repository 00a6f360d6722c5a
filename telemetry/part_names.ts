/**
 * Knows the names of what belongs to one part of a rig, by its number or its
 * name: chains, channels, boards, modules, fans, power. Pure.
 *
 * @example
 * ```ts
 * import { parseChainName, parseFanName } from "./part_names.ts";
 *
 * console.log(parseChainName("chain_rate6")); // family chain_rate, number 6
 * console.log(parseFanName("Fan0 rpm"), parseFanName("fan_num")); // 0, "count"
 * ```
 *
 * @module
 */

/** What stands before the number of a chain, in small letters. */
export type ChainFamily =
  | `chain_${"acn" | "acs" | "hw" | "rate" | "avgrate" | "state"}`
  | `temp_${"" | "in_" | "out_"}${"pcb" | "chip"}`
  | "temp_pic"
  | "chiptemp"
  | "temp"
  | `temp${2 | 3 | 4}_`;

/** Whose a chain's field is, and what of it. */
export interface ChainName {
  readonly family: ChainFamily;
  readonly number: number;
}

/** Whose a board's field is, and what of it: `0 Temp 1`. */
export interface BoardName {
  readonly number: number;
  /** `Temp 1`. */
  readonly name: string;
}

/** A fan's number, how many there are, or all of them in a list. */
export type FanName = number | "count" | "list";

/** Family and chain: `chain_rate6`, `temp2_6`, `chipTemp1`. */
const CHAIN =
  /^(chain_(?:acn|acs|hw|rate|avgrate|state)|temp_(?:in_|out_)?(?:pcb|chip)|temp_pic|chiptemp|temp[234]_|temp)(\d{1,2})$/i;

/** `CH1`: a channel of a Zig, whose members are an object. */
const CHANNEL = /^CH(\d{1,2})$/;

/** `0 Temp 1`: a board's number, and what of it. */
const NUMBERED_BOARD = /^(\d{1,2}) (\S.*)$/;

/** `top-board`, whose members are an object. */
const NAMED_BOARD = /^(\w{1,20})-board$/;

/** `MM ID1`, and `MM ID0:Summary` of the Avalon Q. */
const MODULE = /^MM ID(\d{1,3})(?::Summary)?$/i;

/** `fan1`, `Fan0 rpm`, `Fan1 Speed`; `0 Speed` of a SealMiner. */
const NUMBERED_FAN =
  /^(?:fan[ _]?(\d{1,2})(?:[ _](?:rpm|speed))?|(\d) Speed)$/i;

/** All of them in a list: Spondoolies SP36, newer Bitmain. */
const FAN_LIST = /^fan(?:-speeds)?$/i;

/** How many fans there are. */
const FAN_COUNT = /^fan[ _]num(?:ber)?$/i;

/** Fans in the air's way: WhatsMiner's names, and those of a Zig. */
const FAN_WAY = /^fan (?:speed )?(in|out)$/i;

/** Power of one part: a chain's, a board's. */
const POWER = /^(chain_power|chain_consumption|watt)[^]*\d$/;

/**
 * Parses the name of a chain's field.
 *
 * @param name A field's name: `temp2_6`.
 * @returns Family and chain; `undefined` where it is no chain's.
 */
export function parseChainName(name: string): ChainName | undefined {
  const [, family, digits] = CHAIN.exec(name) ?? [];
  if (family === undefined) return undefined;
  return {
    family: family.toLowerCase() as ChainFamily,
    number: Number(digits),
  };
}

/**
 * Parses the name of a channel.
 *
 * @param name A field's name: `CH1`.
 * @returns Its number; `undefined` where it names none.
 */
export function parseChannelName(name: string): number | undefined {
  return parseDigits(CHANNEL.exec(name)?.[1]);
}

/**
 * Parses the name of a numbered board's field.
 *
 * @param name A field's name: `0 Temp 1`.
 * @returns The board's number, and what of it; `undefined` where it is none's.
 */
export function parseBoardName(name: string): BoardName | undefined {
  const [, digits, rest] = NUMBERED_BOARD.exec(name) ?? [];
  return digits === undefined || rest === undefined
    ? undefined
    : { number: Number(digits), name: rest };
}

/**
 * Parses the name of a board that has one.
 *
 * @param name A field's name: `top-board`.
 * @returns The board's name (`top board`); `undefined` where it names none.
 */
export function parseNamedBoard(name: string): string | undefined {
  const board = NAMED_BOARD.exec(name)?.[1];
  return board === undefined ? undefined : `${board} board`;
}

/**
 * Parses the name of an Avalon's module.
 *
 * @param name A field's name: `MM ID0`.
 * @returns Its number; `undefined` where it names none.
 */
export function parseModuleName(name: string): number | undefined {
  return parseDigits(MODULE.exec(name)?.[1]);
}

/**
 * Says whether a field holds the text of an Avalon's modules, of whatever
 * number.
 *
 * @param name A field's name: `MM ID0`.
 * @returns `true`, else `undefined`.
 */
export function parseModuleText(name: string): true | undefined {
  return name.startsWith("MM ID") || undefined;
}

/**
 * Parses the name of fans that are numbered.
 *
 * @param name A field's name: `fan1`, `fan_num`.
 * @returns The fan's number, or what it says of all; `undefined` where it is
 * of no fan.
 */
export function parseFanName(name: string): FanName | undefined {
  if (FAN_COUNT.test(name)) return "count";
  if (FAN_LIST.test(name)) return "list";
  const match = NUMBERED_FAN.exec(name);
  return parseDigits(match?.[1] ?? match?.[2]);
}

/**
 * Parses the name of a fan in the air's way.
 *
 * @param name A field's name: `Fan Speed In`.
 * @returns `in` or `out`; `undefined` where it names none.
 */
export function parseFanWay(name: string): string | undefined {
  return FAN_WAY.exec(name)?.[1]?.toLowerCase();
}

/**
 * Parses the name of the power of one part.
 *
 * @param name A field's name: `chain_power1`, `watt2`.
 * @returns What stands before the number; `undefined` where it is no power.
 */
export function parsePowerName(name: string): string | undefined {
  return POWER.exec(name)?.[1];
}

function parseDigits(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
