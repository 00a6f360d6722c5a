import {
  formatIpAddress,
  matchNetwork,
  parseIpAddress,
  parseNetwork,
  toClientKey,
} from "../../../gateway/access/ip_address.ts";
import { quoteText } from "../../../rpc/errors.ts";
import { assertEquals, assertNotEquals, assertThrows } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";

const SEED = 4028;

const addresses = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  // Runs of zeros, which `::` is about.
  fc.array(fc.constantFrom([0, 0], [0, 1], [0xfd, 0], [0xff, 0xff]), {
    minLength: 8,
    maxLength: 8,
  }).map((groups) => Uint8Array.from(groups.flat())),
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) =>
    Uint8Array.from([...new Array(10).fill(0), 0xff, 0xff, ...bytes])
  ),
);

const hostileTexts = fc.array(
  fc.oneof(
    fc.constantFrom("0", "1", "255", "256", "ffff", "::", ":", ".", "/", "["),
    fc.constantFrom(
      "]",
      "%",
      "W",
      ",",
      "*",
      " ",
      "-1",
      "\n",
      "٣",
      "ſ",
      "127.0",
    ),
    fc.string({ maxLength: 2, unit: "binary" }),
  ),
  { maxLength: 10 },
).map((parts) => parts.join(""));

/** All eight groups in hex, so that the test shares nothing with the code. */
function toHex(bytes: Uint8Array | undefined): string | undefined {
  return bytes?.toHex().replace(/(.{4})(?!$)/g, "$1:");
}

function toBits(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0"))
    .join("");
}

Deno.test("parseIpAddress() reads IPv4 as v4-mapped, in either writing", () => {
  const mapped = "0000:0000:0000:0000:0000:ffff:7f00:0001";
  for (
    const text of [
      "127.0.0.1",
      "::ffff:127.0.0.1",
      "::FFFF:7F00:1",
      "0:0:0:0:0:ffff:127.0.0.1",
      "0000:0000:0000:0000:0000:ffff:7f00:0001",
    ]
  ) assertEquals([text, toHex(parseIpAddress(text))], [text, mapped]);
});

Deno.test("parseIpAddress() reads all that RFC 4291 allows", () => {
  for (
    const [text, hex] of [
      ["::", "0000:0000:0000:0000:0000:0000:0000:0000"],
      ["::1", "0000:0000:0000:0000:0000:0000:0000:0001"],
      ["1::", "0001:0000:0000:0000:0000:0000:0000:0000"],
      [
        "2001:DB8:0:0:8:800:200C:417A",
        "2001:0db8:0000:0000:0008:0800:200c:417a",
      ],
      ["2001:db8::8:800:200c:417a", "2001:0db8:0000:0000:0008:0800:200c:417a"],
      ["1:2:3:4:5:6:7::", "0001:0002:0003:0004:0005:0006:0007:0000"],
      ["::2:3:4:5:6:7:8", "0000:0002:0003:0004:0005:0006:0007:0008"],
      ["::13.1.68.3", "0000:0000:0000:0000:0000:0000:0d01:4403"],
      ["64:ff9b::192.0.2.33", "0064:ff9b:0000:0000:0000:0000:c000:0221"],
      ["1:2:3:4:5:6:1.2.3.4", "0001:0002:0003:0004:0005:0006:0102:0304"],
      ["fe80::1%eth0", "fe80:0000:0000:0000:0000:0000:0000:0001"],
      ["fe80::1%br-lan.7", "fe80:0000:0000:0000:0000:0000:0000:0001"],
      ["0.0.0.0", "0000:0000:0000:0000:0000:ffff:0000:0000"],
      ["255.255.255.255", "0000:0000:0000:0000:0000:ffff:ffff:ffff"],
    ] as const
  ) assertEquals([text, toHex(parseIpAddress(text))], [text, hex]);
});

Deno.test("parseIpAddress() refuses all else", () => {
  const texts = `
    localhost 127.1 127 2130706433 0x7f.0.0.1 127.0.0.01 010.0.0.1 00.0.0.0
    256.0.0.1 1000.0.0.1 1.2.3.4.5 1.2.3. .1.2.3 1..2.3 +1.2.3.4 1.2.3.-4
    1e0.2.3.4 127.0.0.1:80 127.0.0.1%eth0 127.0.0.1/8 ١.2.3.4
    : ::: ::1:: 1::2::3 :1:: 1::2: 1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9
    1:2:3:4::5:6:7:8 1:2:3:4:5:6:7:8:: 00001:: g:: [::1] ::1/64
    ::1% %eth0 ::1%a%b ::%eth0% 1.2.3.4:: ::1.2.3.4:5 ::ffff:1.2.3
    ::ffff:1.2.3.04 1:2:3:4:5:6:7:1.2.3.4 1:2:3:4:5:1.2.3.4
  `.trim().split(/\s+/).concat([
    "",
    " ",
    " 127.0.0.1",
    "127.0.0.1 ",
    "127.0.0.1\n",
    "::1 ",
    "::1%a b",
    `::1%${"a".repeat(200)}`,
    "0".repeat(100_000),
  ]);
  for (const text of texts) {
    assertEquals([text, toHex(parseIpAddress(text))], [text, undefined]);
  }
});

Deno.test("formatIpAddress() writes as RFC 5952 does", () => {
  for (
    const [text, written] of [
      ["::ffff:127.0.0.1", "127.0.0.1"],
      ["0:0:0:0:0:0:0:0", "::"],
      ["0:0:0:0:0:0:0:1", "::1"],
      ["1:0:0:0:0:0:0:0", "1::"],
      ["2001:0DB8::0001", "2001:db8::1"],
      ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
      ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
      ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
      ["::7f00:1", "::7f00:1"],
    ] as const
  ) {
    assertEquals(
      formatIpAddress(parseIpAddress(text) ?? new Uint8Array()),
      written,
    );
  }
});

Deno.test("parseIpAddress() reads back what formatIpAddress() writes, and any full form", () => {
  fc.assert(
    fc.property(addresses, (bytes) => {
      assertEquals(parseIpAddress(formatIpAddress(bytes)), bytes);
      assertEquals(parseIpAddress(toHex(bytes) ?? ""), bytes);
    }),
    { seed: SEED, numRuns: 3_000 },
  );
});

Deno.test("parseIpAddress() and the URL parser take the same for IPv6", () => {
  const parts = fc.constantFrom("0", "1", "ffff", "00ab", "1.2.3.4", "", "");
  const texts = fc.array(parts, { minLength: 2, maxLength: 9 })
    .map((list) => list.join(":"));
  const seen = { good: 0, bad: 0 };
  fc.assert(
    fc.property(texts, (text) => {
      const isGood = URL.canParse(`http://[${text}]/`);
      assertEquals([text, parseIpAddress(text) !== undefined], [text, isGood]);
      seen[isGood ? "good" : "bad"]++;
    }),
    { seed: SEED, numRuns: 5_000 },
  );
  assertEquals([seen.good > 100, seen.bad > 100], [true, true]);
});

Deno.test("formatIpAddress() and the URL parser write IPv6 alike", () => {
  const isMapped = (bytes: Uint8Array): boolean =>
    bytes.toHex().startsWith("00000000000000000000ffff");
  fc.assert(
    fc.property(addresses.filter((bytes) => !isMapped(bytes)), (bytes) => {
      const { hostname } = new URL(`http://[${toHex(bytes)}]/`);
      assertEquals(`[${formatIpAddress(bytes)}]`, hostname);
    }),
    { seed: SEED, numRuns: 2_000 },
  );
});

Deno.test("parseNetwork() reads cgminer's writing", () => {
  for (
    const [text, full, bits] of [
      ["192.168.1.0/24", "192.168.1.0/24", 120],
      ["192.168/16", "192.168.0.0/16", 112],
      ["10/8", "10.0.0.0/8", 104],
      ["127/8", "127.0.0.0/8", 104],
      ["10.0.0/24", "10.0.0.0/24", 120],
      ["192.168.0/32", "192.168.0.0", 128],
      ["192.168.0.1", "192.168.0.1", 128],
      ["192.168.0.1/32", "192.168.0.1", 128],
      ["10.0", "10.0.0.0", 128],
      ["10", "10.0.0.0", 128],
      ["192.168.1.5/24", "192.168.1.0/24", 120],
      ["255.255.255.255/1", "128.0.0.0/1", 97],
      ["0/0", "0/0", 0],
      ["[::]/0", "0/0", 0],
      ["[fd00::1]/0", "0/0", 0],
      ["0.0.0.0/0", "0.0.0.0/0", 96],
      ["0/1", "0.0.0.0/1", 97],
      ["0", "0.0.0.0", 128],
      ["[::1]", "[::1]", 128],
      ["[::1]/128", "[::1]", 128],
      ["[fd00::1]/64", "[fd00::]/64", 64],
      ["[FD00::]/8", "[fd00::]/8", 8],
      ["[ffff::]/3", "[e000::]/3", 3],
      ["[::ffff:10.1.2.3]/104", "10.0.0.0/8", 104],
      ["[::ffff:0:0]/96", "0.0.0.0/0", 96],
      ["[::ffff:0:0]/95", "[::fffe:0:0]/95", 95],
    ] as const
  ) {
    const network = parseNetwork(text);
    assertEquals([text, network.text, network.bits], [text, full, bits]);
    assertEquals(parseNetwork(network.text), network);
  }
});

Deno.test("parseNetwork() refuses all else in one line that quotes it", () => {
  for (
    const [text, part] of [
      ["", "IPv4"],
      ["/8", "IPv4"],
      ["10/", "1 to 32 bits"],
      ["10/0", "0/0"],
      ["10.0.0.0/0", "0/0"],
      ["0.0/0", "0/0"],
      ["10/33", "1 to 32 bits"],
      ["10/08", "1 to 32 bits"],
      ["10/+8", "1 to 32 bits"],
      ["10/-8", "1 to 32 bits"],
      ["10/8.0", "1 to 32 bits"],
      ["10/8/8", "1 to 32 bits"],
      ["10/8 ", "1 to 32 bits"],
      ["10/4294967304", "1 to 32 bits"],
      ["10/255.0.0.0", "1 to 32 bits"],
      ["0/00", "1 to 32 bits"],
      [" 10/8", "IPv4"],
      ["10./8", "IPv4"],
      ["10..0/8", "IPv4"],
      ["1.2.3.4.5", "IPv4"],
      ["010/8", "IPv4"],
      ["10.0.0.256", "IPv4"],
      ["localhost", "IPv4"],
      ["fd00::1/64", "in brackets"],
      ["::ffff:10.0.0.1", "in brackets"],
      ["127.0.0.1:80", "in brackets"],
      ["[]", "in brackets"],
      ["[::1", "in brackets"],
      ["[::1]x", "in brackets"],
      ["[::1]:80", "in brackets"],
      ["[127.0.0.1]", "in brackets"],
      ["[fe80::1%eth0]", "without a zone"],
      ["[::1]/", "0 to 128 bits"],
      ["[::1]/129", "0 to 128 bits"],
      ["[::1]/ 8", "0 to 128 bits"],
    ] as const
  ) {
    const error = assertThrows(() => parseNetwork(text), TypeError);
    assertEquals(error.message.startsWith(`${quoteText(text)}: `), true);
    assertEquals([text, error.message.includes(part)], [text, true]);
    assertEquals(/[\r\n]/.test(error.message), false);
  }
});

Deno.test("parseNetwork() throws nothing but a TypeError of one line", () => {
  fc.assert(
    fc.property(hostileTexts, (text) => {
      parseIpAddress(text);
      try {
        assertEquals(
          parseNetwork(parseNetwork(text).text).text.length > 0,
          true,
        );
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        assertEquals(/^[\x20-\x7e]{1,250}$/.test(error.message), true);
      }
    }),
    { seed: SEED, numRuns: 5_000 },
  );
});

Deno.test("matchNetwork() takes IPv4 in either writing, and 0/0 takes all", () => {
  for (
    const [network, address, isIn] of [
      ["192.168/16", "192.168.255.255", true],
      ["192.168/16", "::ffff:192.168.0.0", true],
      ["192.168/16", "192.169.0.0", false],
      ["127/8", "127.255.0.1", true],
      ["127/8", "::1", false],
      ["127/8", "::127.0.0.1", false],
      ["10.0", "10.0.0.0", true],
      ["10.0", "10.0.0.1", false],
      ["0/0", "1.2.3.4", true],
      ["0/0", "2001:db8::1", true],
      ["[::]/0", "1.2.3.4", true],
      ["0.0.0.0/0", "1.2.3.4", true],
      ["0.0.0.0/0", "::ffff:1.2.3.4", true],
      ["0.0.0.0/0", "2001:db8::1", false],
      ["0.0.0.0/0", "::1.2.3.4", false],
      ["[::1]", "::1", true],
      ["[::1]", "::2", false],
      ["[fe80::1]", "fe80::1%eth0", true],
      ["[fd00::]/8", "fdff::1", true],
      ["[fd00::]/8", "fc00::1", false],
      ["[fd00::]/7", "fc00::1", true],
      ["[::ffff:10.0.0.0]/104", "10.9.9.9", true],
    ] as const
  ) {
    const bytes = parseIpAddress(address) ?? new Uint8Array();
    assertEquals(
      [network, address, matchNetwork(parseNetwork(network), bytes)],
      [network, address, isIn],
    );
  }
});

Deno.test("matchNetwork() takes nothing that is not 16 bytes", () => {
  for (const length of [0, 4, 15, 17]) {
    const bytes = new Uint8Array(length);
    assertEquals(matchNetwork(parseNetwork("0/0"), bytes), false);
    assertEquals(matchNetwork(parseNetwork("[::]/8"), bytes), false);
  }
});

Deno.test("matchNetwork() compares as many bits as the network has, no more", () => {
  fc.assert(
    fc.property(
      addresses,
      addresses,
      fc.nat(128),
      fc.nat(127),
      (first, other, bits, flip) => {
        const network = parseNetwork(`[${toHex(first)}]/${bits}`);
        // As good as equal, so that both answers come up for every mask.
        const near = first.slice();
        near[flip >> 3] = (near[flip >> 3] ?? 0) ^ (0x80 >> (flip & 7));
        for (const address of [first, near, other]) {
          const isIn = toBits(address).slice(0, bits) ===
            toBits(first).slice(0, bits);
          assertEquals(matchNetwork(network, address), isIn);
        }
        assertEquals(matchNetwork(network, near), flip >= bits);
        const masked = toBits(first).slice(0, bits).padEnd(128, "0");
        assertEquals(toBits(network.bytes), masked);
        assertEquals(parseNetwork(network.text), network);
      },
    ),
    { seed: SEED, numRuns: 3_000 },
  );
});

Deno.test("quoteText() keeps what it quotes on one line of ASCII", () => {
  assertEquals(quoteText('a"b\\'), '"a\\"b\\\\"');
  assertEquals(
    quoteText("a\r\nb\u2028é\u0000"),
    '"a\\r\\nb\\u2028\\u00e9\\u0000"',
  );
  assertEquals(quoteText("x".repeat(65)), `"${"x".repeat(64)}..."`);
});

Deno.test("toClientKey() counts all addresses of an IPv6 /64 as one client", () => {
  assertEquals(toClientKey("10.0.0.5"), toClientKey("::ffff:10.0.0.5"));
  assertNotEquals(toClientKey("10.0.0.5"), toClientKey("10.0.0.6"));
  assertEquals(toClientKey("fd00:0:0:1::1"), toClientKey("FD00:0:0:1:f::2"));
  assertEquals(toClientKey("fe80::1%eth0"), toClientKey("fe80::2%eth1"));
  assertNotEquals(toClientKey("fd00:0:0:1::1"), toClientKey("fd00:0:0:2::1"));
  assertEquals(toClientKey(undefined), "");
  assertEquals(toClientKey("unix:/run/chi"), "unix:/run/chi");
});
