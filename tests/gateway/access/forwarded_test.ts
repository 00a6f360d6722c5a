import { assertEquals } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";
import { findClientAddress } from "../../../gateway/access/forwarded.ts";
import {
  parseIpAddress,
  parseNetwork,
} from "../../../gateway/access/ip_address.ts";

const SEED = 4028;
const TRUSTED = ["127/8", "[::1]", "10/8", "[fd00::]/8"].map(parseNetwork);

function findForwarded(forwarded: string): string | undefined {
  const headers = { forwarded };
  return findClientAddress({ peer: "127.0.0.1", headers, trusted: TRUSTED });
}

function findForwardedFor(xForwardedFor: string): string | undefined {
  const headers = { xForwardedFor, forwarded: null };
  return findClientAddress({ peer: "127.0.0.1", headers, trusted: TRUSTED });
}

Deno.test("findClientAddress() takes a peer that is not trusted as it is, whatever it sends", () => {
  const headers = { forwarded: "for=127.0.0.1", xForwardedFor: "127.0.0.1" };
  for (const peer of ["192.0.2.1", "2001:db8::1", "fe80::1%eth0", "", "junk"]) {
    assertEquals(findClientAddress({ peer, headers, trusted: TRUSTED }), peer);
  }
  const peer = "127.0.0.1";
  assertEquals(
    findClientAddress({ peer, headers: { xForwardedFor: "::2" }, trusted: [] }),
    peer,
  );
});

Deno.test("findClientAddress() takes a trusted peer itself where there is no header", () => {
  for (const headers of [{}, { forwarded: null, xForwardedFor: null }]) {
    const peer = "::ffff:127.0.0.1";
    assertEquals(findClientAddress({ peer, headers, trusted: TRUSTED }), peer);
  }
});

Deno.test("findClientAddress() knows a trusted peer in either writing", () => {
  for (const peer of ["127.0.0.1", "::ffff:127.0.0.1", "0:0:0:0:0:0:0:1"]) {
    const headers = { xForwardedFor: "192.0.2.43" };
    assertEquals(
      findClientAddress({ peer, headers, trusted: TRUSTED }),
      "192.0.2.43",
    );
  }
});

Deno.test("findClientAddress() walks X-Forwarded-For from the right", () => {
  for (
    const [header, client] of [
      ["192.0.2.43", "192.0.2.43"],
      ["10.9.9.9, 192.0.2.43", "192.0.2.43"],
      ["192.0.2.43, 10.0.0.1,127.0.0.1", "192.0.2.43"],
      ["192.0.2.1, 192.0.2.43, 10.0.0.1", "192.0.2.43"],
      ["junk, 192.0.2.43", "192.0.2.43"],
      ["192.0.2.1, unknown, 192.0.2.43", "192.0.2.43"],
      ["10.0.0.2, 10.0.0.1", "10.0.0.2"],
      ["127.0.0.1", "127.0.0.1"],
      ["\t192.0.2.43  ", "192.0.2.43"],
      ["192.0.2.43:4711", "192.0.2.43"],
      ["2001:DB8::1", "2001:db8::1"],
      ["[2001:db8::1]", "2001:db8::1"],
      ["[2001:db8::1]:4711", "2001:db8::1"],
      ["::ffff:192.0.2.43", "192.0.2.43"],
      ["2001:db8::1, ::ffff:10.0.0.1", "2001:db8::1"],
      ["2001:db8::1, fd00::1", "2001:db8::1"],
      ["fe80::1%eth0", "fe80::1"],
      ["", undefined],
      [" ", undefined],
      [",", undefined],
      ["192.0.2.43,", undefined],
      ["192.0.2.43, , 10.0.0.1", undefined],
      ["192.0.2.43, unknown", undefined],
      ["192.0.2.43, unknown, 10.0.0.1", undefined],
      ["192.0.2.43, _hidden", undefined],
      ["192.0.2.43 10.0.0.1", undefined],
      ["192.0.2.43;10.0.0.1", undefined],
      ['"192.0.2.43"', undefined],
      ["[192.0.2.43]", undefined],
      ["192.0.2.43:", undefined],
      ["192.0.2.43:123456", undefined],
      ["192.0.2.043", undefined],
      ["2001:db8::1]", undefined],
      ["[2001:db8::1", undefined],
      ["[2001:db8::1]x", undefined],
      ["for=192.0.2.43", undefined],
      ["localhost", undefined],
    ] as const
  ) assertEquals([header, findForwardedFor(header)], [header, client]);
});

Deno.test("findClientAddress() reads Forwarded as RFC 7239 writes it", () => {
  for (
    const [header, client] of [
      ["for=192.0.2.43", "192.0.2.43"],
      ['for="192.0.2.43"', "192.0.2.43"],
      ['for="192.0.2.43:4711"', "192.0.2.43"],
      ['For="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"],
      ["for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"],
      ["proto=https;by=_p;FOR=192.0.2.60;host=a.example", "192.0.2.60"],
      [
        'for=192.0.2.43, for="[2001:db8::1]:4711";proto=https',
        "2001:db8::1",
      ],
      ["for=10.1.1.1, for=192.0.2.43, for=10.0.0.1", "192.0.2.43"],
      ['for=192.0.2.43,for="[fd00::1]"', "192.0.2.43"],
      ["for=10.0.0.2, for=10.0.0.1", "10.0.0.2"],
      ["for=unknown, for=192.0.2.43", "192.0.2.43"],
      ["junk, for=192.0.2.43", "192.0.2.43"],
      ["for=192.0.2.43;", "192.0.2.43"],
      [";for=192.0.2.43 ; proto=http", "192.0.2.43"],
      ['for="[2001:db8::1]:_x.1"', "2001:db8::1"],
      ['for="\\1\\92.0.2.43"', "192.0.2.43"],
      ['host="a,for=10.0.0.1;b\\"";for=192.0.2.43', "192.0.2.43"],
      ["", undefined],
      [",", undefined],
      ["for=192.0.2.43,", undefined],
      ["for=", undefined],
      ['for=""', undefined],
      ["for", undefined],
      ["=192.0.2.43", undefined],
      ["192.0.2.43", undefined],
      ["for=unknown", undefined],
      ['for="unknown:4711"', undefined],
      ["for=_hidden", undefined],
      ["for=192.0.2.43, for=_SEVKISEK", undefined],
      ["for=192.0.2.43, for=unknown, for=10.0.0.1", undefined],
      ["for=192.0.2.43, proto=http", undefined],
      ["for=192.0.2.43;for=192.0.2.44", undefined],
      ["for=192.0.2.43;For=192.0.2.43", undefined],
      ["for=192.0.2.43;proto=http;proto=https", undefined],
      ["for=192.0.2.43;a b=c", undefined],
      ["for =192.0.2.43", undefined],
      ["for= 192.0.2.43", undefined],
      // RFC 7239, section 4: a colon or bracket must be quoted.
      ["for=192.0.2.43:4711", undefined],
      ["for=[2001:db8::1]", undefined],
      ['for="2001:db8::1"', undefined],
      ['for="[192.0.2.43]"', undefined],
      ['for="192.0.2.43:123456"', undefined],
      ['for="192.0.2.43, 10.0.0.1"', undefined],
      ['for="192.0.2.43', undefined],
      ['for="192.0.2.43\\"', undefined],
      ['for=192.0.2.43"', undefined],
      ['for="192.0.2.43"x', undefined],
      ['for="192.0.2.43""', undefined],
      ["for=192.0.2.43\\", undefined],
      // One quote out of place, and no part of the rest is certain.
      ['x"y", for=192.0.2.43', undefined],
      ['x="y"z, for=192.0.2.43', undefined],
      ["\\, for=192.0.2.43", undefined],
      ['for="10.0.0.1, for=192.0.2.43', undefined],
    ] as const
  ) assertEquals([header, findForwarded(header)], [header, client]);
});

Deno.test("findClientAddress() believes two headers only if both say the same", () => {
  const cases: [string, string, string | undefined][] = [
    ["for=192.0.2.43", "192.0.2.43", "192.0.2.43"],
    ['for="[::ffff:192.0.2.43]"', "1.1.1.1, 192.0.2.43:80", "192.0.2.43"],
    ['for="[2001:db8::1]:1"', "2001:DB8:0::1", "2001:db8::1"],
    ["for=192.0.2.43", "192.0.2.44", undefined],
    ["for=10.0.0.1", "192.0.2.44", undefined],
    ["for=192.0.2.43", "10.0.0.1", undefined],
    ["for=192.0.2.43", "unknown", undefined],
    ["for=_hidden", "192.0.2.43", undefined],
    ["", "192.0.2.43", undefined],
    ["for=192.0.2.43", "", undefined],
    ["for=_a", "_a", undefined],
  ];
  for (const [forwarded, xForwardedFor, client] of cases) {
    const headers = { forwarded, xForwardedFor };
    assertEquals(
      findClientAddress({ peer: "::1", headers, trusted: TRUSTED }),
      client,
    );
  }
});

Deno.test("findClientAddress() knows no client from a header over 4,096 characters", () => {
  for (
    const [length, client] of [[4096, "192.0.2.43"], [4097, undefined]] as const
  ) {
    assertEquals(
      findForwardedFor(", 192.0.2.43".padStart(length, "x")),
      client,
    );
    assertEquals(
      findForwarded(", for=192.0.2.43".padStart(length, "x")),
      client,
    );
  }
});

Deno.test("findClientAddress() lets no client pass for another behind a proxy that appends", () => {
  // What a client may send to swallow, split or repeat what the proxy writes.
  const claims = fc.array(
    fc.oneof(
      fc.constantFrom('"', "\\", ",", ";", "=", " ", "for=", "for=127.0.0.1"),
      fc.constantFrom('x="', '";', "host=", "127.0.0.1", "unknown", "[", "]"),
      fc.string({ maxLength: 2 }),
    ),
    { maxLength: 8 },
  ).map((parts) => parts.join(""));
  const quote = (text: string): string =>
    `"${text.replace(/["\\]/g, (char) => `\\${char}`)}"`;
  const seen = { found: 0, unknown: 0 };
  fc.assert(
    fc.property(claims, claims, fc.boolean(), (claim, host, isHostFirst) => {
      const pairs = ["for=192.0.2.43", `host=${quote(host)}`];
      if (isHostFirst) pairs.reverse();
      for (
        const client of [
          findForwarded(`${claim}, for=192.0.2.43`),
          findForwarded(`${claim}, ${pairs.join(";")}`),
          findForwarded(`${claim}, for=192.0.2.43, for=10.0.0.1`),
          findForwardedFor(`${claim}, 192.0.2.43, 10.0.0.1`),
        ]
      ) {
        assertEquals(client ?? "192.0.2.43", "192.0.2.43");
        seen[client === undefined ? "unknown" : "found"]++;
      }
    }),
    { seed: SEED, numRuns: 10_000 },
  );
  assertEquals([seen.found > 1_000, seen.unknown > 1_000], [true, true]);
});

Deno.test("findClientAddress() gives an address or nothing for any headers, and never throws", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({
      unit: fc.constantFrom(...'for=127.0"\\,;: []_x', "192.0.2.1", "::1"),
      maxLength: 40,
    }),
  );
  const headers = fc.option(texts, { nil: null });
  fc.assert(
    fc.property(texts, headers, headers, (peer, forwarded, xForwardedFor) => {
      const found = findClientAddress({
        peer: "127.0.0.1",
        headers: { forwarded, xForwardedFor },
        trusted: TRUSTED,
      });
      if (found !== undefined) {
        assertEquals(parseIpAddress(found) instanceof Uint8Array, true);
      }
      findClientAddress({
        peer,
        headers: { forwarded, xForwardedFor },
        trusted: TRUSTED,
      });
    }),
    { seed: SEED, numRuns: 5_000 },
  );
});
