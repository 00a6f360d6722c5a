import { assert, assertEquals, assertThrows } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";
import {
  checkChoice,
  checkText,
  formatDecimal,
  formatId,
  formatIntensity,
  formatOption,
  formatPool,
  formatPriorities,
  formatProfile,
  formatSetting,
  formatStrategy,
  type NewPool,
} from "../../client/arguments.ts";
import { RequestError } from "../../rpc/errors.ts";

/** Gives a value a type that it has not, as a program in JavaScript may. */
const asAny = <T>(value: unknown): T => value as T;

/** `pooldetails()` of `api.c`: three fields, or undefined if it refuses. */
function readPoolDetails(parameter: string): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  for (let index = 0; index < 3; index++) {
    if (index > 0 && at >= parameter.length) return undefined;
    let field = "";
    while (at < parameter.length && parameter[at] !== ",") {
      if (parameter[at] === "\\" && at + 1 < parameter.length) at++;
      field += parameter[at++];
    }
    at++;
    fields.push(field);
  }
  return fields;
}

Deno.test("formatId() writes whole numbers from 0 to the largest C int", () => {
  assertEquals(formatId("a pool", 0), "0");
  assertEquals(formatId("a pool", -0), "0");
  assertEquals(formatId("a pool", 2_147_483_647), "2147483647");
});

Deno.test("formatId() refuses what atoi would take for another number", () => {
  const wrong = [-1, 0.5, NaN, Infinity, 2 ** 31, 2 ** 32, 1e21];
  for (const id of wrong) {
    assertThrows(() => formatId("a pool", id), RequestError, "is not a pool");
  }
  for (const id of ["x", "1", "", null, undefined, [1], 1n]) {
    assertThrows(() => formatId("a pool", asAny(id)), RequestError);
  }
});

Deno.test("formatDecimal() writes no exponent, and no zeros for nothing", () => {
  assertEquals(formatDecimal("a voltage", 1.125), "1.125");
  assertEquals(formatDecimal("a voltage", 1), "1");
  assertEquals(formatDecimal("a voltage", 0), "0");
  assertEquals(formatDecimal("a voltage", 10), "10");
  assertEquals(formatDecimal("a voltage", 1e-6), "0.000001");
  for (const value of [-0.1, NaN, Infinity, 1e21]) {
    assertThrows(() => formatDecimal("a voltage", value), RequestError);
  }
});

Deno.test("formatDecimal() makes no 0 of a number that is none", () => {
  for (const value of [1e-7, 1e-9, 4.9e-7, Number.MIN_VALUE]) {
    assertThrows(
      () => formatDecimal("a voltage", value),
      RequestError,
      "it would be sent as 0",
    );
  }
  assertEquals(formatDecimal("a voltage", -0), "0");
});

Deno.test("checkText() refuses empty texts, control characters and separators", () => {
  assertEquals(
    checkText("a file", "/etc/cgminer,1.conf"),
    "/etc/cgminer,1.conf",
  );
  for (const text of ["", "a\nb", "a\0", "a\x7f", "a\x85", asAny<string>(5)]) {
    assertThrows(() => checkText("a file", text), RequestError);
  }
  assertThrows(() => checkText("an option", "a,b", ","), RequestError, "split");
});

Deno.test("checkChoice() names what may be chosen", () => {
  assertEquals(checkChoice("a target", "all", ["all", "bestshare"]), "all");
  assertThrows(
    () => checkChoice("a target", asAny<"all">("All"), ["all"]),
    RequestError,
    '"All" is not a target: it must be one of all',
  );
  assertThrows(
    () => checkChoice("a choice", asAny<boolean>("false"), [true, false]),
    RequestError,
  );
});

Deno.test("formatPool() escapes commas and backslashes so that api.c reads the same", () => {
  const field = fc.string({ minLength: 1, unit: "grapheme" })
    .filter((text) => !/\p{Cc}/u.test(text));
  const pools = fc.record({ url: field, user: field, pass: field });
  fc.assert(fc.property(pools, (pool: NewPool) => {
    const { url, user, pass } = pool;
    assertEquals(readPoolDetails(formatPool(pool)), [url, user, pass]);
  }));
  const tricky = { url: "a,b", user: "c\\", pass: "\\,," };
  assertEquals(formatPool(tricky), String.raw`a\,b,c\\,\\\,\,`);
});

Deno.test("formatPool() refuses empty fields and never tells the password", () => {
  const pool = { url: "stratum+tcp://pool:3333", user: "w", pass: "secret" };
  for (const field of ["url", "user", "pass"]) {
    for (const value of ["", "a\nb", undefined, 5]) {
      const wrong = asAny<NewPool>({ ...pool, [field]: value });
      assertThrows(() => formatPool(wrong), RequestError);
    }
  }
  const error = assertThrows(() => formatPool({ ...pool, pass: "sec\nret" }));
  assert(!error.message.includes("sec"), error.message);
});

Deno.test("formatPool() and formatProfile() want an object, and do not quote what came", () => {
  for (const wrong of [undefined, null, "stratum://pool,me,secret", 5]) {
    const errors = [
      assertThrows(() => formatPool(asAny(wrong)), RequestError, "an object"),
      assertThrows(() => formatProfile(asAny(wrong)), RequestError),
    ];
    for (const { message } of errors) assert(!message.includes("secret"));
  }
});

Deno.test("formatPriorities() wants pools, none of them twice", () => {
  assertEquals(formatPriorities([2, 0, 1]), "2,0,1");
  assertThrows(() => formatPriorities([]), RequestError, "at least one");
  assertThrows(() => formatPriorities([1, 0, 1]), RequestError, "twice");
  assertThrows(() => formatPriorities([0, -0]), RequestError, "twice");
  assertThrows(() => formatPriorities([0, -1]), RequestError);
  assertThrows(() => formatPriorities(asAny("1,2")), RequestError);
  // Holes, over which map() and join() pass without a word.
  const holes = new Array<number>(2);
  holes[1] = 1;
  assertThrows(() => formatPriorities(holes), RequestError, "undefined");
});

Deno.test("formatSetting() never writes a setting without a value", () => {
  assertEquals(formatSetting("queue", 3), "queue,3");
  assertEquals(formatSetting("strategy", "Rotate,5"), "strategy,Rotate,5");
  assertEquals(formatSetting("Coinbase-Sig", "me"), "Coinbase-Sig,me");
  assertEquals(formatSetting("coinbase-sig", 5), "coinbase-sig,5");
  for (const value of ["", "3", "x", undefined, null, NaN, 1.5, -1]) {
    assertThrows(() => formatSetting("queue", asAny(value)), RequestError);
  }
  assertThrows(() => formatSetting("strategy", ""), RequestError);
  for (const name of ["", "a,b", asAny<string>(undefined)]) {
    assertThrows(() => formatSetting(name, 1), RequestError);
  }
});

Deno.test("formatOption() lets commas stand in the value alone", () => {
  assertEquals(formatOption("0", "help"), "0,help");
  assertEquals(formatOption("0", "fan", 0), "0,fan,0");
  assertEquals(formatOption("0", "time", "1,2"), "0,time,1,2");
  assertThrows(() => formatOption("0", "fan,1"), RequestError);
  assertThrows(() => formatOption("0", "fan", ""), RequestError);
});

Deno.test("formatOption() writes a number without an exponent, or refuses it", () => {
  const write = (value: number) => formatOption("0", "freq", value);
  assertEquals(
    [-1, 0.25, 123_456_789_012, -0].map(write),
    ["0,freq,-1", "0,freq,0.25", "0,freq,123456789012", "0,freq,0"],
  );
  for (const value of [NaN, Infinity, 1e21, 1e-7]) {
    assertThrows(() => write(value), RequestError, "no value for freq");
  }
});

Deno.test("formatOption() refuses what is neither text nor number, options of a call first", () => {
  const values = [{ timeoutMs: 5 }, null, true, Symbol("x"), ["a"], 1n, fc];
  for (const value of values) {
    assertThrows(
      () => formatOption("0", "freq", asAny(value)),
      RequestError,
      "options of the call come after it",
    );
  }
});

Deno.test("formatIntensity() takes d, and numbers as old miners have them", () => {
  assertEquals(formatIntensity("d"), "d");
  assertEquals(formatIntensity(-10), "-10");
  assertEquals(formatIntensity(31), "31");
  assertThrows(() => formatIntensity(asAny("x")), RequestError);
  assertThrows(() => formatIntensity(-11), RequestError);
});

Deno.test("formatStrategy() wants an interval for rotate alone", () => {
  assertEquals(formatStrategy("failover"), "0");
  assertEquals(formatStrategy("rotate", 0), "2,0");
  assertEquals(formatStrategy("balance"), "4");
  assertThrows(() => formatStrategy("rotate"), RequestError, "interval");
  assertThrows(() => formatStrategy("balance", 5), RequestError, "interval");
  assertThrows(() => formatStrategy(asAny("best")), RequestError);
});

Deno.test("formatProfile() puts each setting in its place", () => {
  assertEquals(formatProfile({ name: "a", algorithm: "scrypt" }), "a:scrypt");
  const whole = {
    name: "n",
    algorithm: "a",
    nfactor: "1",
    lookupGap: "2",
    devices: "3",
    intensity: "4,4",
    xintensity: "5",
    rawintensity: "6",
    gpuEngine: "7",
    gpuMemclock: "8",
    gpuThreads: "9",
    gpuFan: "10",
    gpuPowertune: "11",
    gpuVddc: "12",
    shaders: "13",
    threadConcurrency: "14",
    worksize: "15",
  };
  assertEquals(
    formatProfile(whole),
    "n:a:1:2:3:4,4:5:6:7:8:9:10:11:12:13:14:15",
  );
  assertThrows(() => formatProfile({ ...whole, shaders: "a:b" }), RequestError);
  assertThrows(() => formatProfile({ ...whole, algorithm: "" }), RequestError);
  assertThrows(() => formatProfile({ ...whole, name: "" }), RequestError);
});
