/**
 * What the reports of all miners have in common: how one is made of a table
 * of fields, and the tables that hardly differ between them.
 *
 * @module
 */

import type { Device } from "./device.ts";
import type { Command, Field, MessageName } from "./exchange.ts";
import { fixed, flag, type Member, text, type Value, whole } from "./reply.ts";
import type { Pool, RigState } from "./state.ts";

/** Makes a report that says one thing of the rig as a whole. */
export function createReport(
  message: MessageName,
  section: string,
  fields: readonly Field<RigState>[],
): Command {
  return (exchange) => {
    exchange.say(message);
    exchange.report(section, [exchange.rig], fields, true);
  };
}

/** Makes a report that counts something: `{"Count":3}`. */
export function createCount(
  message: MessageName,
  section: string,
  count: (rig: RigState) => number,
): Command {
  return createReport(message, section, [
    ["Count", (rig) => whole(count(rig))],
  ]);
}

/** Makes a report that lists the devices, if there are any. */
export function createDeviceReport(
  message: MessageName,
  section: string,
  fields: readonly Field<Device>[],
): Command {
  return (exchange) => {
    const { devices } = exchange.rig;
    if (devices.length === 0) {
      exchange.say("noDevices");
      return;
    }
    exchange.say(message, devices.length, 0);
    exchange.report(section, devices, fields);
  };
}

/** Makes a report that lists the pools, if there are any. */
export function createPoolReport(fields: readonly Field<Pool>[]): Command {
  return (exchange) => {
    const { pools } = exchange.rig;
    if (pools.length === 0) {
      exchange.say("noPools");
      return;
    }
    exchange.say("pools", pools.length);
    exchange.report("POOLS", pools, fields);
  };
}

/**
 * Makes a report of statistics: first the devices', then the pools', numbered
 * through.
 */
export function createStatsReport(
  message: MessageName,
  deviceName: string,
  deviceFields: readonly Field<Device>[],
  poolFields: readonly Field<Pool>[] | undefined,
): Command {
  return (exchange) => {
    const { rig } = exchange;
    const items: (readonly Member[])[] = [];
    const add = (id: string, members: readonly Member[]): void => {
      items.push([
        ["STATS", whole(items.length)],
        ["ID", text(id)],
        ["Elapsed", whole(rig.elapsedS)],
        ...members,
      ]);
    };
    for (const device of rig.devices) {
      add(`${deviceName}${device.id}`, exchange.read(device, deviceFields));
    }
    if (poolFields !== undefined) {
      rig.pools.forEach((pool, number) => {
        add(`POOL${number}`, exchange.read(pool, poolFields));
      });
    }
    exchange.say(message);
    exchange.reply.addSection("STATS", items, false);
  };
}

/** How long getting work took: never measured with stratum. */
export const WAIT_FIELDS: readonly Field<unknown>[] = [
  ["Calls", () => whole(0)],
  ["Wait", () => fixed(0, 6)],
  ["Max", () => fixed(0, 6)],
  ["Min", () => fixed(99_999_999, 6)],
];

/** How many bytes a share and a notification come to on the wire. */
const SHARE_BYTES = 120;
const NOTIFY_BYTES = 1100;

const countSent = (pool: Pool): number =>
  pool.counts.accepted + pool.counts.rejected + 3;

/**
 * Makes the statistics of a pool.
 *
 * @param writeDifficulty How the miner writes a difficulty.
 */
export function createPoolStats(
  writeDifficulty: (difficulty: number) => Value,
): readonly Field<Pool>[] {
  const difficulty = (pool: Pool, rig: RigState): Value =>
    writeDifficulty(pool.counts.works > 0 ? rig.traits.shareDifficulty : 0);
  const works = (pool: Pool): Value => whole(pool.counts.works);
  const sent = (pool: Pool): Value => whole(countSent(pool) * SHARE_BYTES);
  const received = (pool: Pool): Value =>
    whole(countSent(pool) * 40 + pool.counts.getworks * NOTIFY_BYTES);
  return [
    ...WAIT_FIELDS,
    ["Pool Calls", () => whole(0)],
    ["Pool Attempts", () => whole(0)],
    ["Pool Wait", () => fixed(0, 6)],
    ["Pool Max", () => fixed(0, 6)],
    ["Pool Min", () => fixed(99_999_999, 6)],
    ["Pool Av", () => fixed(0, 6)],
    ["Work Had Roll Time", () => flag(false)],
    ["Work Can Roll", () => flag(false)],
    ["Work Had Expire", () => flag(false)],
    ["Work Roll Time", () => whole(0)],
    ["Work Diff", difficulty],
    ["Min Diff", difficulty],
    ["Max Diff", difficulty],
    ["Min Diff Count", works],
    ["Max Diff Count", works],
    ["Times Sent", (pool) => whole(countSent(pool))],
    ["Bytes Sent", sent],
    [
      "Times Recv",
      (pool) => whole(countSent(pool) + pool.counts.getworks),
    ],
    ["Bytes Recv", received],
    ["Net Bytes Sent", sent],
    ["Net Bytes Recv", received],
  ];
}

/** What has gone wrong with a device: nothing ever does. */
const NOTIFY_COUNTERS = [
  "*Thread Fail Init",
  "*Thread Zero Hash",
  "*Thread Fail Queue",
  "*Dev Sick Idle 60s",
  "*Dev Dead Idle 600s",
  "*Dev Nostart",
  "*Dev Over Heat",
  "*Dev Thermal Cutoff",
  "*Dev Comms Error",
  "*Dev Throttle",
];

/**
 * Makes the report `notify`.
 *
 * @param deviceName The name of the devices' driver.
 * @param lastWell Whether it says when a device was last well.
 */
export function createNotify(deviceName: string, lastWell = true): Command {
  const well: Field<Device>[] = lastWell
    ? [["Last Well", (device, rig) => whole(device.findLastWorkS(rig.nowS))]]
    : [];
  return createDeviceReport("notify", "NOTIFY", [
    ["NOTIFY", (device) => whole(device.id)],
    ["Name", () => text(deviceName)],
    ["ID", (device) => whole(device.id)],
    ...well,
    ["Last Not Well", () => whole(0)],
    ["Reason Not Well", () => text("None")],
    ...NOTIFY_COUNTERS.map((name): Field<Device> => [name, () => whole(0)]),
  ]);
}
