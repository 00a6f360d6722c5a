/**
 * The schemas of the telemetry model, in `/-/rigs`: every field of
 * `telemetry/telemetry.ts` stands here, or this does not compile.
 *
 * @module
 */

import type {
  Device,
  Fan,
  Hashrate,
  MinerInfo,
  Pool,
  ShareCounts,
  Telemetry,
  Temperature,
} from "../../telemetry/telemetry.ts";
import { referTo, type Schema } from "./document.ts";

/** A schema for each field of a model: none is forgotten. */
export type Fields<Model> = Readonly<
  Record<Extract<keyof Required<Model>, string>, Schema>
>;

/**
 * Describes an object.
 *
 * @param description What it is.
 * @param properties Its members.
 * @param required Those of them that are always there.
 * @returns Its schema; other members may come with a later version.
 */
export function describeObject<Model>(
  description: string,
  properties: Fields<Model>,
  required: readonly Extract<keyof Model, string>[] = [],
): Schema {
  return {
    type: "object",
    description,
    properties,
    ...(required.length === 0 ? {} : { required }),
  };
}

/**
 * Describes a list.
 *
 * @param name The schema of its elements.
 * @param description What it is.
 * @returns Its schema.
 */
export function describeList(name: string, description: string): Schema {
  return { type: "array", description, items: referTo("schemas", name) };
}

const text = (description: string): Schema => ({ type: "string", description });
const number = (description: string): Schema => ({
  type: "number",
  description,
});
const flag = (description: string): Schema => ({
  type: "boolean",
  description,
});
const HASHRATE = referTo("schemas", "Hashrate");
const SHARES = referTo("schemas", "Shares");
const hashes = (window: string): Schema =>
  number(`Hashes per second, averaged over ${window}.`);

/** The schemas, by name. */
export const TELEMETRY_SCHEMAS = {
  Telemetry: describeObject<Telemetry>(
    "What a rig says of itself, in base units, whoever made it. What it does not say is absent, never 0. No user, no password.",
    {
      miner: referTo("schemas", "Miner"),
      mode: {
        type: "string",
        enum: ["paused"],
        description: "`paused`: the rig says that it rests.",
      },
      clockS: number("The rig's own clock: Unix time in seconds."),
      uptimeS: number("Seconds since the miner started."),
      hashrate: HASHRATE,
      shares: SHARES,
      hardwareErrors: number("Hardware errors since the miner started."),
      hardwareErrorRatio: number(
        "Wrong results as a part of all since the miner started, 0 to 1.",
      ),
      bestShare: number("Difficulty of the best share."),
      blocksFound: number("Blocks that the miner found."),
      powerW: number("Electrical power in watts."),
      temperatures: describeList(
        "Temperature",
        "Temperatures that belong to no device: ambient, power supply.",
      ),
      devices: describeList("Device", "Devices or hash chains."),
      fans: describeList("Fan", "Fans."),
      pools: describeList("Pool", "Pools."),
      errorCodes: {
        type: "array",
        description: "Codes of the errors that the rig says stand now.",
        items: { type: "string" },
      },
    },
  ),
  Miner: describeObject<MinerInfo>("What mines, on what.", {
    software: text("The miner's software: `cgminer`, `bmminer`, `BOSminer`."),
    version: text("Its version."),
    api: text("The version of its API."),
    model: text("The hardware: `Antminer S9`."),
    firmware: text("Version of the firmware around it."),
  }),
  Hashrate: describeObject<Hashrate>(
    "Hashrates by window, as far as the rig tells them.",
    {
      "5s": hashes("5 seconds"),
      "1m": hashes("a minute"),
      "5m": hashes("5 minutes"),
      "15m": hashes("15 minutes"),
      average: hashes("the time since the miner started"),
      ideal: number(
        "Hashes per second that it should do, as the rig states: ideal, nominal, factory.",
      ),
    },
  ),
  Shares: describeObject<ShareCounts>(
    "Shares since the miner started, by what became of them.",
    {
      accepted: number("Taken by the pool."),
      rejected: number("Refused by the pool."),
      stale: number("Found too late."),
      discarded: number("Work that was thrown away."),
    },
  ),
  Device: describeObject<Device>("One device or hash chain.", {
    name: text(
      "Unique in its rig, and the same every time: `ASC0`, `chain 6`.",
    ),
    status: text("As the miner says: `Alive`, `Dead`, `Sick`."),
    isUp: flag("Whether it mines, where the miner says so."),
    hashrate: HASHRATE,
    temperatures: describeList("Temperature", "Its sensors."),
    chips: number("How many of its chips answer."),
    expectedChips: number("How many chips it should have."),
    hardwareErrors: number("Its hardware errors since the miner started."),
    shares: SHARES,
  }, ["name"]),
  Temperature: describeObject<Temperature>("One sensor.", {
    sensor: text("Unique in its device: `chip`, `pcb`, `inlet`."),
    celsius: number("Degrees Celsius."),
  }, ["sensor", "celsius"]),
  Fan: describeObject<Fan>("One fan.", {
    name: text("Unique in its rig: `1`, `psu`."),
    rpm: number("Revolutions per minute."),
    percent: number("Speed in percent of the most."),
  }, ["name"]),
  Pool: describeObject<Pool>("One pool, without its user.", {
    index: { type: "integer", description: "Its number in the miner." },
    url: text("Its URL, without user and password."),
    status: text("As the miner says: `Alive`, `Dead`, `Disabled`."),
    isUp: flag("Whether it answers, where the miner says so."),
    isActive: flag("Whether the miner works for it now."),
    priority: number("0 is the first choice."),
    shares: SHARES,
    difficulty: number("Difficulty of the work that the pool gives."),
    lastShareTimeS: number(
      "When the last share was sent: Unix time in seconds.",
    ),
  }, ["index"]),
} as const satisfies Readonly<Record<string, Schema>>;
