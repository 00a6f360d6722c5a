/**
 * The pure modules of the dashboard: what is shown, without a browser.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@1";
import * as fc from "npm:fast-check@4";
import { readFigures, sumFleet } from "../../dashboard/figures.ts";
import {
  cleanText,
  formatAge,
  formatCelsius,
  formatClock,
  formatCount,
  formatDuration,
  formatHashrate,
  formatLarge,
  formatPercent,
  formatPool,
  formatRpm,
  hideUsers,
  makeCommandPath,
  quoteForShell,
  sortNames,
  UNKNOWN,
} from "../../dashboard/format.ts";
import { RigStore } from "../../dashboard/store.ts";
import { formatMoment } from "../../dashboard/trouble.tsx";
import { parseTarget } from "../../routes.ts";

/** Asserts what a function gives for each of some arguments. */
function assertAll<T>(
  fn: (value: T) => unknown,
  cases: readonly (readonly [T, unknown])[],
): void {
  for (const [given, wanted] of cases) assertEquals(fn(given), wanted);
}

Deno.test("formatHashrate() scales to what a person reads", () => {
  assertAll(formatHashrate, [
    [0, "0 H/s"],
    [950, "950 H/s"],
    [999.96, "1.00 kH/s"],
    [13.5e12, "13.50 TH/s"],
    [123.45e12, "123.5 TH/s"],
    [999.96e9, "1.00 TH/s"],
    [1.2e18, "1.20 EH/s"],
    [1e27, "1000.0 YH/s"],
  ]);
});

Deno.test("what is not known is a dash, never 0", () => {
  const formats = [
    formatHashrate,
    formatLarge,
    formatCount,
    formatCelsius,
    formatRpm,
    formatPercent,
    formatDuration,
    formatAge,
    formatPool,
  ];
  for (const format of formats) assertEquals(format(undefined), UNKNOWN);
  for (const format of formats.slice(0, -1)) {
    assertEquals(format(NaN), UNKNOWN);
    assertEquals(format(Infinity), UNKNOWN);
  }
});

Deno.test("formatHashrate() writes at most 5 characters of a number", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 9e26, noNaN: true }), (value) => {
      const [text = "", unit = ""] = formatHashrate(value).split(" ");
      assertMatch(unit, /^[kMGTPEZY]?H\/s$/);
      assert(text.length <= 5, text);
      const power = " kMGTPEZY".indexOf(unit.replace("H/s", "") || " ");
      const read = Number(text) * 1000 ** power;
      assert(Math.abs(read - value) <= Math.max(0.0051, value * 0.0051));
    }),
  );
});

Deno.test("counts, temperatures, speeds and percents have their units", () => {
  assertAll(formatCount, [[0, "0"], [1234567, "1,234,567"], [999, "999"]]);
  assertAll(formatCelsius, [[63.18, "63.2 °C"], [71, "71 °C"], [0, "0 °C"]]);
  assertAll(formatRpm, [[4200, "4,200 rpm"], [0, "0 rpm"]]);
  assertAll(formatPercent, [[0.302, "0.30 %"], [12.34, "12.3 %"]]);
  assertAll(formatLarge, [[394_335_283, "394.3 M"], [16, "16"]]);
});

Deno.test("formatDuration() names the two largest units", () => {
  assertAll(formatDuration, [
    [0, "0 s"],
    [59.9, "59 s"],
    [303, "5 min 3 s"],
    [3600, "1 h"],
    [3605, "1 h"],
    [93_784, "1 d 2 h"],
    [86_400 + 60, "1 d"],
    [-5, "0 s"],
  ]);
  assertAll(formatAge, [
    [900, "just now"],
    [12_000, "12 s ago"],
    // Clocks differ by seconds; more is no "now".
    [-59_000, "just now"],
    [-60_000, "clock 1 min ahead"],
    [-10_800_000, "clock 3 h ahead"],
  ]);
});

Deno.test("formatMoment() speaks English, and names the time zone", () => {
  assertMatch(
    formatMoment("2026-11-15T12:34:56Z"),
    /^Nov 1[456], 2026, \d{1,2}:\d\d:56\s[AP]M (UTC|GMT|[A-Z]{2,5})\S*$/,
  );
  assertEquals(formatMoment(undefined), UNKNOWN);
});

Deno.test("formatClock() shows seconds for small steps, days for large ones", () => {
  const timeS = new Date(2026, 0, 31, 14, 5, 9).getTime() / 1000;
  assertEquals(formatClock(timeS), "14:05");
  assertEquals(formatClock(timeS, 5), "14:05:09");
  assertEquals(formatClock(timeS, 86_400), "31.01.");
});

Deno.test("cleanText() leaves one line of bounded length that turns nothing", () => {
  assertEquals(cleanText("<b>&\"'"), "<b>&\"'");
  assertEquals(cleanText("\u202egnp.exe\n\u0000\ufeff"), "�gnp.exe���");
  fc.assert(fc.property(
    fc.string({ unit: "binary", maxLength: 1000 }),
    (text) => {
      const clean = cleanText(text);
      assert(clean.length <= 301);
      assert(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(clean));
    },
  ));
});

Deno.test("formatPool() leaves out scheme and user", () => {
  assertAll(formatPool, [
    ["stratum+tcp://pool.example:3333", "pool.example:3333"],
    ["stratum+tcp://me:secret@pool.example:3333", "pool.example:3333"],
    ["pool.example", "pool.example"],
  ]);
});

Deno.test("hideUsers() hides users and passwords, and nothing else", () => {
  assertEquals(
    hideUsers(
      '{"User":"me.\\"1\\"", "Worker" : "w", "Users": 3, "Msg":"user"}',
    ),
    '{"User":"•••", "Worker" : "•••", "Users": 3, "Msg":"user"}',
  );
  assertEquals(
    hideUsers('{"URL":"stratum+tcp://me:pw@pool:1","A":"http:\\/\\/me@b"}'),
    '{"URL":"stratum+tcp://•••@pool:1","A":"http:\\/\\/•••@b"}',
  );
});

Deno.test("hideUsers() takes a megabyte that was made to be slow", () => {
  const text = `"${"user".repeat(250_000)}`;
  assertEquals(hideUsers(text), text);
});

Deno.test("makeCommandPath() makes a path that means the same to the gateway", () => {
  const word = fc.stringMatching(/^[a-z|+]{1,20}$/);
  const parameter = fc.string({ minLength: 1, unit: "grapheme" });
  fc.assert(fc.property(word, parameter, (command, text) => {
    fc.pre(command !== "" && text.isWellFormed());
    const route = parseTarget(makeCommandPath("garage", command, text));
    assertEquals(route, {
      ...parseTarget("/@garage/version"),
      request: { command, parameter: text },
    });
  }));
  assertEquals(makeCommandPath("a", "summary+devs", ""), "/@a/summary+devs");
});

Deno.test("quoteForShell() lets no quote end the text", () => {
  assertEquals(quoteForShell("a'b; rm $x"), `'a'\\''b; rm $x'`);
});

Deno.test("readFigures() gives no numbers of a rig that is down", () => {
  const telemetry = {
    hashrate: { "5s": 1e12, average: 1e12 },
    shares: { accepted: 95, rejected: 5 },
    devices: [{
      name: "chain 1",
      temperatures: [
        { sensor: "board", celsius: 60 },
        { sensor: "chip", celsius: 95 },
      ],
    }],
    fans: [{ name: "1", rpm: 0 }, { name: "2", rpm: 4000 }],
    pools: [
      { index: 0, url: "a:1", isActive: false },
      { index: 1, url: "b:1", isActive: true },
    ],
    uptimeS: 60,
  };
  const up = readFigures({ name: "up", state: "up", telemetry });
  assertEquals(up.severities, {
    errors: "",
    hashrate: "",
    celsius: "",
    rpm: "",
    rejects: "",
    pools: "",
  });
  assertEquals(
    [up.hashrate, up.celsius, up.rpm, up.rejectPercent, up.pool, up.uptimeS],
    [1e12, 95, 0, 5, "b:1", 60],
  );
  const down = readFigures({ name: "down", state: "down", telemetry });
  assertEquals(
    [down.hashrate, down.celsius, down.rpm, down.pool, down.worst],
    [undefined, undefined, undefined, undefined, ""],
  );
});

Deno.test("readFigures() is as bad as the worst trouble in the report", () => {
  const since = "2026-01-01T00:00:00Z";
  const hot = { code: "hot", severity: "warning", what: "a", since } as const;
  const dead = { ...hot, code: "device-down", severity: "critical" } as const;
  const member = { name: "a", state: "up", trouble: [hot, dead] } as const;
  const { severities, worst } = readFigures(member);
  assertEquals([severities.celsius, worst], ["warning", "critical"]);
  assertEquals(readFigures({ ...member, trouble: [] }).worst, "");
  assertEquals(sumFleet([member]).attention, 1);
});

Deno.test("sumFleet() adds up what is known, and nothing else", () => {
  assertEquals([...sumFleet([]).hashrates][0], undefined);
  const sums = sumFleet([
    { name: "a", state: "up", telemetry: { hashrate: { "1m": 2 } } },
    { name: "b", state: "up", telemetry: { hashrate: { average: 3 } } },
    { name: "c", state: "up", telemetry: {} },
    {
      ...{ name: "d", state: "down", telemetry: { hashrate: { "5s": 9 } } },
      trouble: [{ code: "down", severity: "critical", what: "", since: "" }],
    },
    { name: "e", state: "unknown" },
  ]);
  assertEquals(
    [
      sums.hashrates.get("SHA-256"),
      sums.up,
      sums.down,
      sums.unknown,
      sums.attention,
    ],
    [5, 3, 1, 1, 1],
  );
});

Deno.test("RigStore calls its listeners once for many changes", async () => {
  const store = new RigStore();
  let count = 0;
  const called = new Promise<void>((resolve) =>
    store.subscribe(() => {
      count++;
      resolve();
    })
  );
  for (let index = 1; index <= 12; index++) {
    const telemetry = { hashrate: { "5s": 1 } };
    const member = { name: `rig-${index}`, state: "up", telemetry };
    store.handleEvent("rig", JSON.stringify(member));
  }
  store.handleEvent("gone", "rig-3");
  await called;
  assertEquals(count, 1);
  assertEquals(store.names.slice(0, 3), ["rig-1", "rig-2", "rig-4"]);
  assertEquals(store.names.at(-1), "rig-12");
  assertEquals([store.sums.up, store.sums.hashrates.get("SHA-256")], [11, 11]);
  assertEquals(store.isStale("rig-1"), true);
});

Deno.test("sortNames() puts rig-2 before rig-10", () => {
  assertEquals(
    sortNames(new Set(["rig-10", "barn", "rig-2"])),
    ["barn", "rig-2", "rig-10"],
  );
});
