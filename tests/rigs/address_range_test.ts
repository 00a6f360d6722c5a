import { assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@1";
import * as fc from "npm:fast-check@4";
import {
  expandRange,
  isAddressRange,
  MAX_RANGE_ADDRESSES,
} from "../../rigs/address_range.ts";

/** First and last address, and how many there are. */
function summarize(text: string): [first: string, last: string, count: number] {
  const addresses = expandRange(text) ?? [];
  return [addresses[0] ?? "", addresses.at(-1) ?? "", addresses.length];
}

Deno.test("expandRange() lists the addresses of every form", () => {
  assertEquals(expandRange("10.0.0.7"), ["10.0.0.7"]);
  assertEquals(expandRange("10.0.0.9-11"), [
    "10.0.0.9",
    "10.0.0.10",
    "10.0.0.11",
  ]);
  const cases: [text: string, ...ReturnType<typeof summarize>][] = [
    ["10.0.0.10-40", "10.0.0.10", "10.0.0.40", 31],
    ["10.0.0.10-10", "10.0.0.10", "10.0.0.10", 1],
    ["10.0.0.0-255", "10.0.0.0", "10.0.0.255", 256],
    ["10.0.0.10-10.0.1.40", "10.0.0.10", "10.0.1.40", 287],
    ["10.0.0.0-10.0.3.255", "10.0.0.0", "10.0.3.255", 1024],
    ["255.255.255.254-255", "255.255.255.254", "255.255.255.255", 2],
    ["10.0.0.0/22", "10.0.0.1", "10.0.3.254", 1022],
    ["10.0.0.0/24", "10.0.0.1", "10.0.0.254", 254],
    ["192.168.1.77/24", "192.168.1.1", "192.168.1.254", 254],
    ["10.0.0.4/30", "10.0.0.5", "10.0.0.6", 2],
    ["10.0.0.5/31", "10.0.0.4", "10.0.0.5", 2],
    ["10.0.0.5/32", "10.0.0.5", "10.0.0.5", 1],
    ["255.255.255.255/24", "255.255.255.1", "255.255.255.254", 254],
  ];
  for (const [text, ...expected] of cases) {
    assertEquals([text, ...summarize(text)], [text, ...expected]);
  }
});

Deno.test("expandRange() leaves host names, IPv6 and other text alone", () => {
  for (
    const text of [
      ...["", "garage", "rig-4", "garage.lan", "10-4", "4028", "10.0.0.1-abc"],
      ...["fd00::1", "fd00::/64", "http://10.0.0.1/", "a/24", "10.0.0.1:4028"],
      ...["10.0.0.0/24/x", "10.0.0.0/\n", "10.0.0.1 ", " 10.0.0.1-2"],
    ]
  ) {
    assertEquals([text, expandRange(text)], [text, undefined]);
  }
});

Deno.test("expandRange() says what is wrong with a range", () => {
  const forms = "10.0.0.10-40, 10.0.0.10-10.0.1.40 or 10.0.0.0/24";
  const malformed = `is no range of IPv4 addresses: give ${forms}`;
  const backwards = "runs backwards: give the lower address first";
  const bits = "is no network: after / stand 1 to 32 bits";
  const cases: [text: string, reason: string][] = [
    ["10.0.0.40-10", backwards],
    ["10.0.1.0-10.0.0.255", backwards],
    ["10.0.0.10-256", malformed],
    ["10.0.0.10-", malformed],
    ["10.0.0.10-07", malformed],
    ["10.0.0.10-1.40", malformed],
    ["10.0.0-40", malformed],
    ["10.0.0.300-400", malformed],
    ["10.0.0.1-2-3", `is no range: give ${forms}`],
    ["10.0.0/24", malformed],
    ["10.0.0.256/24", malformed],
    ["10.0.0.0/", bits],
    ["10.0.0.0/0", bits],
    ["10.0.0.0/33", bits],
    ["10.0.0.0/x", bits],
    ["10.0.0.0/024", bits],
    ["10.0.0.0/21", "has 2048 addresses, and 1024 is the most: give /22"],
    ["10.0.0.0/1", "has 2147483648 addresses, and 1024 is the most: give /22"],
    ["10.0.0.0-10.0.4.0", "has 1025 addresses, and 1024 is the most"],
    [
      "0.0.0.0-255.255.255.255",
      "has 4294967296 addresses, and 1024 is the most",
    ],
    ["10.0.0", "is no IPv4 address: give four numbers from 0 to 255"],
    ["10.0.0.256", "is no IPv4 address: give four numbers from 0 to 255"],
    ["10.0.0.01", "is no IPv4 address: give four numbers from 0 to 255"],
  ];
  for (const [text, reason] of cases) {
    const { message } = assertThrows(() => expandRange(text), TypeError);
    assertEquals(message, `"${text}" ${reason}`);
  }
});

Deno.test("expandRange() takes as many addresses as it is told", () => {
  assertEquals(expandRange("10.0.0.0/16", 65_536)?.length, 65_534);
  assertEquals(expandRange("10.0.0.0-3", 4)?.length, 4);
  const { message } = assertThrows(
    () => expandRange("10.0.0.0/15", 65_536),
    TypeError,
  );
  assertEquals(
    message,
    '"10.0.0.0/15" has 131072 addresses, and 65536 is the most: give /16',
  );
});

Deno.test("expandRange() gives ascending addresses within its ends", () => {
  const toText = (number: number): string =>
    [24, 16, 8, 0].map((shift) => number >>> shift & 0xff).join(".");
  const toNumber = (text = ""): number =>
    text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 2 ** 32 - MAX_RANGE_ADDRESSES }),
    fc.integer({ min: 1, max: MAX_RANGE_ADDRESSES }),
    (first, count) => {
      const last = first + count - 1;
      const addresses = expandRange(`${toText(first)}-${toText(last)}`) ?? [];
      assertEquals(
        addresses.map(toNumber),
        Array.from({ length: count }, (_, index) => first + index),
      );
    },
  ));
});

Deno.test("expandRange() throws nothing but one line of TypeError", () => {
  const part = fc.constantFrom(..."0123456789.-/:ab \n\u2028".split(""));
  fc.assert(fc.property(
    fc.oneof(fc.string(), fc.string({ unit: part, maxLength: 24 })),
    (text) => {
      try {
        expandRange(text);
      } catch (error) {
        assertEquals(error instanceof TypeError, true);
        assertMatch((error as Error).message, /^[\x20-\x7e]+$/);
      }
    },
  ));
});

Deno.test("isAddressRange() tells ranges, right or wrong, from addresses and names", () => {
  for (const text of ["10.0.0.1-4", "10.0.0.0/24", "10.0.0.9-1", "10.0.0/x"]) {
    assertEquals([text, isAddressRange(text)], [text, true]);
  }
  for (const text of ["10.0.0.1", "rig-4", "10-4", "a/24", "10.0.0.1-b"]) {
    assertEquals([text, isAddressRange(text)], [text, false]);
  }
});
