/**
 * What the table of rigs is made of: order, sums, the file for a spreadsheet.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@1";
import {
  makeWebUrl,
  type Member,
  readFigures,
  sumFleet,
} from "../../dashboard/figures.ts";
import {
  COLUMNS,
  describeState,
  formatHashrates,
  makeCsv,
  sortMembers,
} from "../../dashboard/fleet_columns.ts";
import { findNews } from "../../dashboard/notices.tsx";
import { computeRejects } from "../../dashboard/series.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { Trouble } from "../../telemetry/trouble.ts";

function makeTrouble(
  code: Trouble["code"],
  severity: Trouble["severity"],
): Trouble {
  return { code, severity, what: code, since: "2026-12-01T00:00:00.000Z" };
}

const HOT = makeTrouble("hot", "warning");
const SLOW = makeTrouble("hashrate-low", "critical");
const DOWN = makeTrouble("down", "critical");

function makeUp(name: string, telemetry: Telemetry = {}): Member {
  return { name, state: "up", trouble: [], telemetry };
}

Deno.test("sortMembers() puts trouble first, the worst above the other", () => {
  const members: Member[] = [
    makeUp("a"),
    { name: "b", state: "unknown", trouble: [] },
    { ...makeUp("c"), trouble: [HOT] },
    { ...makeUp("d"), trouble: [HOT, SLOW] },
    { name: "e", state: "down", trouble: [DOWN] },
  ];
  const sort = (isUp: boolean) =>
    sortMembers(members, "state", isUp).map(({ name }) => name).join("");
  assertEquals(sort(true), "edcba");
  assertEquals(sort(false), "abcde");
});

Deno.test("sortMembers() puts what is not known last, either way", () => {
  const members = [
    makeUp("a"),
    makeUp("b", { powerW: 2 }),
    makeUp("c", { powerW: 1 }),
  ];
  const sort = (isUp: boolean) =>
    sortMembers(members, "powerW", isUp).map(({ name }) => name).join("");
  assertEquals([sort(true), sort(false)], ["cba", "bca"]);
});

Deno.test("describeState() names the worst trouble, and how much more there is", () => {
  assertEquals(describeState(makeUp("a")), "Up");
  assertEquals(describeState({ ...makeUp("a"), trouble: [HOT] }), "Hot");
  const both = [HOT, SLOW, { ...HOT, device: "chain 2" }];
  assertEquals(describeState({ ...makeUp("a"), trouble: both }), "Slow +1");
});

Deno.test("sumFleet() never adds hashes of different algorithms", () => {
  const miner = (model: string) => ({ miner: { model } });
  const sums = sumFleet([
    makeUp("l", { ...miner("Antminer L7"), hashrate: { "5s": 9e9 } }),
    makeUp("a", { ...miner("Antminer S9"), hashrate: { "5s": 13e12 } }),
    makeUp("b", { hashrate: { "5s": 2e12 }, powerW: 100 }),
  ]);
  assertEquals([...sums.hashrates], [["SHA-256", 15e12], ["Scrypt", 9e9]]);
  assertEquals(formatHashrates(sums), "15.00 TH/s SHA-256, 9.00 GH/s Scrypt");
  // Of those that say what they take.
  assertEquals(sums.joulesPerTerahash, 50);
});

Deno.test("sumFleet() is as bad as the worst of its rigs", () => {
  const hot = { ...makeUp("a"), trouble: [HOT] };
  assertEquals(sumFleet([makeUp("b")]).worst, "");
  assertEquals(sumFleet([hot, makeUp("b")]).worst, "warning");
  const slow = { ...makeUp("c"), trouble: [SLOW] };
  assertEquals(sumFleet([hot, slow, makeUp("b")]).worst, "critical");
});

Deno.test("makeCsv() has figures in base units, in the columns that are shown", () => {
  const columns = COLUMNS.filter(({ key }) =>
    ["name", "hashrate", "trend", "tags"].includes(key)
  );
  const member = {
    ...makeUp("=a", { hashrate: { "5s": 13.5e12 } }),
    tags: { site: "barn" },
  };
  assertEquals(
    makeCsv([member, { name: "b", state: "down" }], columns),
    "Name,Hashrate (H/s),Tags\r\n'=a,13500000000000,site:barn\r\nb,,\r\n",
  );
});

Deno.test("makeWebUrl() is of the rig's host, and of nothing else", () => {
  assertEquals(makeWebUrl("10.0.0.5:4028"), "http://10.0.0.5/");
  assertEquals(makeWebUrl("garage.lan:4028"), "http://garage.lan/");
  assertEquals(makeWebUrl("[fd00::5]:4028"), "http://[fd00::5]/");
  for (
    const bad of [undefined, "", "a/b:1", "a@b:1", "javascript:alert(1)", "a b"]
  ) assertEquals(makeWebUrl(bad), undefined, bad);
});

Deno.test("readFigures() knows joules a terahash of SHA-256 only", () => {
  const telemetry = { hashrate: { "5s": 100e12 }, powerW: 3000 };
  assertEquals(readFigures(makeUp("a", telemetry)).joulesPerTerahash, 30);
  const scrypt = { ...telemetry, miner: { model: "Antminer L7" } };
  assertEquals(readFigures(makeUp("a", scrypt)).joulesPerTerahash, undefined);
});

Deno.test("computeRejects() is of the last half hour, where there are enough shares", () => {
  const times = [0, 900, 1800, 2700, 4500];
  const accepted = [10, 90, 95, null, 100];
  const rejected = [0, 10, 5, null, 0];
  assertEquals(computeRejects(times, accepted, rejected), [
    null,
    10 / 110 * 100,
    15 / 210 * 100,
    null,
    0,
  ]);
});

Deno.test("findNews() tells of trouble once, and again when it is worse or back", () => {
  const known = new Map<string, Member["trouble"]>();
  const find = (...trouble: Trouble[]) =>
    findNews(known, [{ ...makeUp("a"), trouble }]).length;
  assertEquals(find(), 0);
  assertEquals([find(HOT), find(HOT)], [1, 0]);
  assertEquals(find({ ...HOT, severity: "critical" }), 1);
  // Better is no news.
  assertEquals([find(HOT), find()], [0, 0]);
  assertEquals(find(HOT), 1);
});
