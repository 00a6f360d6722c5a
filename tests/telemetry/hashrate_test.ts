import { assertEquals } from "jsr:@std/assert@1";
import {
  countThousands,
  measureBareUnit,
  measureUnits,
  mergeHashrates,
  readHashrate,
  readRate,
  readUnit,
} from "../../telemetry/hashrate.ts";
import { Section } from "../../telemetry/report_sections.ts";

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
    "total_rateideal": 0,
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
  assertEquals(readAs(summary, "Antminer L3+"), { average: 411.85e6 });
  assertEquals(readAs({ "GHS av": 9 }, "Antminer D3"), { average: 9e6 });
  assertEquals(readHashrate({ ID: "L30", "GHS av": 9 }), { average: 9e6 });
  assertEquals(readAs({ "GHS av": 9 }, "Antminer S9"), { average: 9e9 });
});

/** What a model's section says. */
function readAs(
  members: Readonly<Record<string, unknown>>,
  model: string,
): ReturnType<typeof readHashrate> {
  const section = Section.of(members);
  return readHashrate(section, measureUnits([section], { model }));
}

Deno.test("readHashrate() takes no more of a model than it can do", () => {
  const rates: readonly (readonly [string, string, number])[] = [
    ["Antminer E3", "197.30", 197.3e6],
    ["Antminer E9 Pro", "3.68", 3.68e9],
    ["Antminer E9", "2400", 2.4e9],
    ["Antminer Z15", "420.5", 420_500],
    ["Antminer Z15", "420500.0", 420_500],
    ["Antminer Z9-Mini", "15.82", 15_820],
    ["Antminer L7", "9500", 9.5e9],
    ["Antminer L9", "16.5", 16.5e9],
    ["Antminer X3", "220", 220e3],
    ["Antminer B3", "780", 780],
  ];
  for (const [model, figure, rate] of rates) {
    assertEquals(readAs({ "GHS 5s": figure }, model), { "5s": rate }, model);
  }
});

Deno.test("readHashrate() lets a stated unit win over what is known of a model", () => {
  const stated = { "GHS 5s": 420.5, "rate_unit": "Ksol/s" };
  for (const model of ["Antminer Z15 Pro", "Antminer L3+", "Antminer S9"]) {
    assertEquals(readAs(stated, model), { "5s": 420_500 }, model);
  }
});

Deno.test("readHashrate() reads what stands behind a figure", () => {
  const stated = { "GHS 5s": "700.5 Ksol/s", "GHS av": "5 EH/s", "MHS 1m": 1 };
  assertEquals(readHashrate(stated), { "5s": 700_500, "1m": 1e6 });
  const other = { "RT HASHRATE": "1,234.5 MH/s", "AV HASHRATE": "11 GH/s" };
  assertEquals(readHashrate({ ...other, "GHS 5s": 9, "GHS av": 8 }), {
    "5s": 1234.5e6,
    average: 11e9,
  });
  assertEquals(
    readHashrate({ "GHS 5s": "700.5 foo/s", "GHS av": 1 }),
    undefined,
  );
});

Deno.test("readUnit() knows hashes, solutions and graphs", () => {
  const units: readonly (readonly [string, number])[] = [
    ...[
      "H/s",
      "h",
      "Sol/s",
      "sols",
      "G/s",
      "gps",
      "Graph/s",
      "hashes per second",
    ]
      .map((unit) => [unit, 1] as const),
    ...["KH/s", "kH", "Ksol/s", "KSols/s", "K", "kilo hash/s", "KG/s"]
      .map((unit) => [unit, 1e3] as const),
    ...["MH/s", "MHps", "Mhash/s", "MSol", "mega hash/s", "MHs", "M"]
      .map((unit) => [unit, 1e6] as const),
    ...["GH", "GH/s", "GHS", " gh/S ", "Gsol/s", "Ghash", "G", "G H/s"]
      .map((unit) => [unit, 1e9] as const),
    ...["TH/s", "TH", "THs", "Thash/sec", "TH/second"]
      .map((unit) => [unit, 1e12] as const),
    ["PH/s", 1e15],
    ["EH/s", 1e18],
  ];
  for (const [unit, scale] of units) assertEquals(readUnit(unit), scale, unit);
  for (const unit of ["Kfoo/s", "", "/s", "H/m", "ZH/s", "W", "RPM", "5"]) {
    assertEquals(readUnit(unit), undefined, unit);
  }
});

Deno.test("readHashrate() gives nothing in a unit that nobody knows", () => {
  const unknown = { "GHS 5s": 5, "rate_avg": 4, "MHS 1m": 3 };
  assertEquals(readHashrate({ ...unknown, "rate_unit": "Kfoo/s" }), undefined);
  assertEquals(readHashrate({ ...unknown, "rate_unit": "" }), {
    "5s": 5e9,
    "1m": 3e6,
    average: 4e9,
  });
});

Deno.test("readHashrate() reads what a rig should do, by any name", () => {
  const names: readonly (readonly [string, number])[] = [
    ["total_rateideal", 1e9],
    ["rate_ideal", 1e9],
    ["Factory GHS", 1e9],
    ["Nominal MHS", 1e6],
    ["MHS(Ideal)", 1e6],
    ["THS ideal", 1e12],
    ["HS Factory", 1e9],
  ];
  for (const [name, scale] of names) {
    assertEquals(readHashrate({ [name]: 95 }), { ideal: 95 * scale }, name);
  }
  for (const figure of [108_000, 108_000_000, 108e12]) {
    assertEquals(readHashrate({ "HS Factory": figure }), { ideal: 108e12 });
  }
});

Deno.test("countThousands() knows factors of a thousand from other ratios", () => {
  const ratios = [1, 1.9, 0.4, 1000, 2500, 1e6, 1e-3, 4e-10];
  assertEquals(ratios.map(countThousands), [0, 0, 0, 1, 1, 2, -1, -3]);
  for (const ratio of [5, 58, 152, 0, Infinity, NaN]) {
    assertEquals(countThousands(ratio), undefined, String(ratio));
  }
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
