import { assertEquals } from "jsr:@std/assert@1";
import {
  measureBareUnit,
  mergeHashrates,
  readHashrate,
  readRate,
} from "../../telemetry/hashrate.ts";

Deno.test("readHashrate() takes the unit from the field", () => {
  const rates: readonly (readonly [string, number])[] = [
    ["HS av", 2],
    ["KHS av", 2e3],
    ["MHS av", 2e6],
    ["GHS av", 2e9],
    ["THS av", 2e12],
  ];
  for (const [name, average] of rates) {
    assertEquals(readHashrate({ [name]: 2 }), { average }, name);
  }
});

Deno.test("readHashrate() reads every window, strings and padding too", () => {
  const hashrate = readHashrate({
    "MHS av": 1,
    "MHS 5s": " 2.0000",
    "MHS 1m": "3",
    "MHS 5m": 4,
    "MHS 15m": 5,
    "MHS 24h": 6,
    "GHS 30m": 7,
  });
  assertEquals(hashrate, {
    "5s": 2e6,
    "1m": 3e6,
    "5m": 4e6,
    "15m": 5e6,
    average: 1e6,
  });
});

Deno.test("readHashrate() lets 20s, 30S, RT and rolling stand in for 5s", () => {
  for (const name of ["MHS 10s", "MHS 20s", "MHS 30S", "MHS RT", "HS RT"]) {
    assertEquals(readHashrate({ [name]: 7 }), { "5s": 7e6 }, name);
    const both = readHashrate({ [name]: 7, "MHS 5s": 8 });
    assertEquals(both, { "5s": 8e6 }, name);
  }
  const bfgminer = { "MHS rolling": 1, "MHS 20s": 2 };
  assertEquals(readHashrate(bfgminer), { "5s": 2e6 });
});

Deno.test("readHashrate() lets 120s stand in for 1m", () => {
  assertEquals(readHashrate({ "KHS 120s": 2.5 }), { "1m": 2500 });
  assertEquals(readHashrate({ "KHS 120s": 2.5, "KHS 1m": 1 }), { "1m": 1000 });
});

Deno.test("readHashrate() prefers the first unit, unless it was rounded to 0", () => {
  const sgminer = { "MHS av": 0.0592, "KHS av": 59 };
  assertEquals(readHashrate(sgminer), { average: 59_200 });
  assertEquals(readHashrate({ "MHS av": 0, "KHS av": 4 }), { average: 4000 });
  assertEquals(readHashrate({ "MHS av": 0, "KHS av": 0 }), { average: 0 });
});

Deno.test("readHashrate() drops garbage and keeps 0", () => {
  const garbage = [null, "nan", "", "35-36", -1, 18446767111905, 1e30, {}, []];
  for (const value of garbage) {
    assertEquals(readHashrate({ "MHS 5s": value }), undefined);
  }
  assertEquals(readHashrate({ "GHS 5s": "0.00" }), { "5s": 0 });
});

Deno.test("readHashrate() is no hashrate without one", () => {
  const members = {
    Elapsed: 5,
    "Total MH": 9,
    "Target MHS": 3,
    "Factory GHS": 2,
    "rate_ideal": 1,
    "Work Utility": 4,
  };
  assertEquals(readHashrate(members), undefined);
});

Deno.test("readHashrate() follows rate_unit and bare windows", () => {
  const l7 = { "GHS 5s": 9500, "rate_unit": "MH" };
  assertEquals(readHashrate(l7), { "5s": 9500e6 });
  const listed = { "rate_5s": 2, "rate_avg": 3, "rate_unit": "GH/s" };
  assertEquals(readHashrate(listed), { "5s": 2e9, average: 3e9 });
  const bos = { "GHS av": "1", Hashrate1m: 14179.5, Hashrate24h: 1 };
  assertEquals(readHashrate(bos), { "1m": 14179.5e9, average: 1e9 });
  assertEquals(readHashrate({ "MHS 5s": 1, "rate_unit": "GH" }), { "5s": 1e6 });
});

Deno.test("readHashrate() corrects GHS that Total MH proves to be MHS", () => {
  const l3 = { Elapsed: 384063, "GHS av": 411.85, "Total MH": 158174645 };
  assertEquals(readHashrate(l3), { average: 411.85e6 });
  const s9 = { Elapsed: 40206, "GHS av": 13580.83, "Total MH": 546017369885 };
  assertEquals(readHashrate(s9), { average: 13580.83e9 });
});

Deno.test("readHashrate() takes LuxOS' Total MH for no proof", () => {
  // It repeats the average, so that 1000 s after the start it would look wrong.
  const luxos = { Elapsed: 1000, "GHS av": 56917.91, "Total MH": 56917916.07 };
  assertEquals(readHashrate(luxos), { average: 56917.91e9 });
});

Deno.test("readHashrate() corrects GHS that a thousand times the chains are", () => {
  const chains = { "chain_rate1": "42.59", "chain_rate2": "102.88" };
  const chipless = { "GHS 5s": "145474.39", ...chains };
  assertEquals(readHashrate(chipless), { "5s": 145474.39e6 });
  assertEquals(readHashrate({ "GHS 5s": "145.4", ...chains }), {
    "5s": 145.4e9,
  });
});

Deno.test("readHashrate() corrects models that are known to lie, once", () => {
  const summary = { Elapsed: 384063, "GHS av": 411.85, "Total MH": 158174645 };
  assertEquals(readHashrate(summary, "Antminer L3+"), { average: 411.85e6 });
  assertEquals(readHashrate({ "GHS av": 9 }, "Antminer D3"), { average: 9e6 });
  assertEquals(readHashrate({ ID: "L30", "GHS av": 9 }), { average: 9e6 });
  assertEquals(readHashrate({ "GHS av": 9 }, "Antminer S9"), { average: 9e9 });
});

Deno.test("readHashrate() takes the field's unit where no reply proves another", () => {
  const e3 = { ID: "BTM0", "GHS 5s": "197.30" };
  assertEquals(readHashrate(e3, "Antminer E3"), { "5s": 197.3e9 });
});

Deno.test("measureBareUnit() is what the section's own rate counts", () => {
  assertEquals(measureBareUnit({}), 1e9);
  assertEquals(measureBareUnit({ "MHS 5s": "4686.4886" }), 1e6);
  assertEquals(measureBareUnit({ "GHS 5s": 1, "rate_unit": "MH" }), 1e6);
  assertEquals(measureBareUnit({ "GHS 5s": 1, ID: "D10" }), 1e6);
});

Deno.test("readRate() does not add digits", () => {
  assertEquals(readRate("4536.24", 1e9), 4536240000000);
  assertEquals(readRate(0.07, 1e3), 70);
  assertEquals(readRate(-1, 1e3), undefined);
});

Deno.test("mergeHashrates() takes each window from the first that has it", () => {
  const merged = mergeHashrates({ average: 0 }, undefined, {
    average: 5,
    "5s": 6,
  });
  assertEquals(merged, { "5s": 6, average: 0 });
  assertEquals(mergeHashrates(undefined, {}), undefined);
});

Deno.test("readHashrate() gives no average of a total that wrapped", () => {
  const members = { "MHS av": 683458897.1, "MHS 5s": 854 };
  assertEquals(readHashrate({ ...members, "Total MH": 18446767111905.7 }), {
    "5s": 854e6,
  });
  assertEquals(readHashrate({ ...members, "Total MH": null }), {
    "5s": 854e6,
    average: 683458897.1e6,
  });
});

Deno.test("readHashrate() reads windows in brackets", () => {
  const members = { "MHS(5m)": 5, "GHS(Avg)": 1, "MHS(30s)": 4, "MHS(2h)": 9 };
  assertEquals(readHashrate(members), { "5s": 4e6, "5m": 5e6, average: 1e9 });
});
