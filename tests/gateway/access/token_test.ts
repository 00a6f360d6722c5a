import { assert, assertEquals, assertThrows } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";
import { Problem } from "../../../gateway/http/problems.ts";
import {
  isSameSecret,
  MAX_WRONG_TOKENS,
  TokenCheck,
} from "../../../gateway/access/token.ts";

const SEED = 4028;
const encode = (text: string) => new TextEncoder().encode(text);
const basic = (pair: string) =>
  `Basic ${btoa(String.fromCharCode(...encode(pair)))}`;

/** What a check makes of a header, under an address of its own. */
function read(token: string | undefined, header: string | null): string {
  return new TokenCheck(token).read(header, "10.0.0.5", 0);
}

/** Tries a wrong token; gives what came of it. */
function guess(check: TokenCheck, address: string | undefined, nowMs: number) {
  try {
    return check.read("Bearer guess", address, nowMs);
  } catch (error) {
    return (error as Problem).code;
  }
}

Deno.test("TokenCheck.read() takes Bearer and Basic, schemes in any case", () => {
  for (const scheme of ["Bearer", "bearer", "BEARER"]) {
    assertEquals(read("s3cret", `${scheme} s3cret`), "bearer");
  }
  for (const pair of [":s3cret", "user:s3cret", "ü:s3cret"]) {
    assertEquals(read("s3cret", basic(pair)), "basic");
  }
  // RFC 7617: the user name ends at the first colon.
  assertEquals(read("a:b", basic("user:a:b")), "basic");
  assertEquals(read("s3cret", basic("user:s3cret").toUpperCase()), "wrong");
});

Deno.test("TokenCheck.read() tells wrong from none", () => {
  assertEquals(read("s3cret", null), "none");
  for (
    const header of [
      "",
      "s3cret",
      "Bearer",
      "Bearer S3cret",
      "Bearer s3cret s3cret",
      "Bearer s3cret,",
      "Digest s3cret",
      "Basic s3cret",
      "Basic ====",
      basic("s3cret"),
      basic("user:"),
      basic("s3cret:user"),
    ]
  ) {
    assertEquals([header, read("s3cret", header)], [header, "wrong"]);
  }
});

Deno.test("TokenCheck.read() counts nothing where no token is configured", () => {
  const check = new TokenCheck(undefined);
  assertEquals(check.hasToken, false);
  for (let i = 0; i < 3 * MAX_WRONG_TOKENS; i++) {
    assertEquals(guess(check, "10.0.0.5", 0), "none");
  }
});

Deno.test("TokenCheck.read() lets nobody in by an empty token", () => {
  for (const header of [basic(":"), basic("user:"), "Bearer ", "Bearer x"]) {
    assertEquals(read("", header), "wrong");
  }
});

Deno.test("TokenCheck.replace() makes the old token a wrong one", () => {
  const check = new TokenCheck("old");
  check.replace("new");
  assertEquals(check.read("Bearer new", "10.0.0.5", 0), "bearer");
  assertEquals(check.read("Bearer old", "10.0.0.5", 0), "wrong");
});

Deno.test("TokenCheck.read() bounds the wrong tokens of an address in a minute", () => {
  const check = new TokenCheck("s3cret");
  for (let i = 0; i < MAX_WRONG_TOKENS; i++) {
    assertEquals(guess(check, "10.0.0.5", i), "wrong");
  }
  const problem = assertThrows(
    () => check.read("Bearer s3cret", "10.0.0.5", 500),
    Problem,
  );
  assertEquals(
    [problem.code, problem.status, problem.headers["retry-after"]],
    ["too-many-tries", 429, "60"],
  );
  // Others are not locked out, nor is whoever sends none.
  assertEquals(check.read("Bearer s3cret", "10.0.0.6", 500), "bearer");
  assertEquals(check.read(null, "10.0.0.5", 500), "none");
  // Refused tries do not prolong it: after its minute it may try again.
  assertEquals(guess(check, "10.0.0.5", 59_999), "too-many-tries");
  assertEquals(check.read("Bearer s3cret", "10.0.0.5", 60_000), "bearer");
  assertEquals(guess(check, "10.0.0.5", 60_000), "wrong");
});

Deno.test("TokenCheck.read() counts unknown addresses as one", () => {
  const check = new TokenCheck("s3cret");
  for (let i = 0; i < MAX_WRONG_TOKENS; i++) guess(check, undefined, 0);
  assertEquals(guess(check, undefined, 0), "too-many-tries");
});

Deno.test("TokenCheck.read() does not count a right token, nor forget wrong ones for it", () => {
  const check = new TokenCheck("s3cret");
  for (let i = 1; i < MAX_WRONG_TOKENS; i++) guess(check, "10.0.0.5", 0);
  for (let i = 0; i < 100; i++) check.read("Bearer s3cret", "10.0.0.5", 0);
  assertEquals(guess(check, "10.0.0.5", 0), "wrong");
  assertEquals(guess(check, "10.0.0.5", 0), "too-many-tries");
});

Deno.test("TokenCheck.read() counts the network of an IPv6 address", () => {
  const check = new TokenCheck("s3cret");
  const answers = Array.from(
    { length: MAX_WRONG_TOKENS + 1 },
    (_, i) => guess(check, `2001:db8::${i.toString(16)}`, 0),
  );
  assertEquals(answers.at(-2), "wrong");
  assertEquals(answers.at(-1), "too-many-tries");
  assertEquals(guess(check, "2001:db8:0:1::1", 0), "wrong");
  assertEquals(guess(check, "::ffff:10.0.0.5", 0), "wrong");
});

Deno.test("TokenCheck.read() remembers a bounded number of addresses, the last that tried", () => {
  const flood = (check: TokenCheck, from: number, count: number) => {
    for (let i = from; i < from + count; i++) {
      guess(check, `fd00:0:0:${i.toString(16)}::1`, 0);
    }
  };
  // 1,000 are remembered; one more, and who has not tried for longest goes.
  for (const [others, expected] of [[999, "too-many-tries"], [1000, "wrong"]]) {
    const check = new TokenCheck("s3cret");
    for (let i = 0; i < MAX_WRONG_TOKENS; i++) guess(check, "10.0.0.5", 0);
    flood(check, 0, Number(others));
    assertEquals(guess(check, "10.0.0.5", 0), expected);
  }
  // One that goes on trying stays, whatever flood there is around it.
  const check = new TokenCheck("s3cret");
  const answers = Array.from({ length: 3 * MAX_WRONG_TOKENS }, (_, i) => {
    flood(check, 500 * i, 500);
    return guess(check, "10.0.0.6", 0);
  });
  assertEquals(
    answers.filter((answer) => answer === "wrong").length,
    MAX_WRONG_TOKENS,
  );
});

Deno.test("isSameSecret() is equality, for any bytes", () => {
  const bytes = fc.uint8Array({ maxLength: 12 });
  fc.assert(
    fc.property(bytes, bytes, (guess: Uint8Array, token: Uint8Array) => {
      const isSame = String(guess) === String(token) && token.length > 0;
      assertEquals(isSameSecret(guess, token), isSame);
      assertEquals(isSameSecret(token, token), token.length > 0);
      // A token said twice is not the token.
      const twice = new Uint8Array([...token, ...token]);
      assertEquals(isSameSecret(twice, token), false);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

Deno.test("isSameSecret() reads all of a guess, wherever it is wrong (timing)", () => {
  const token = encode("correct-horse");
  for (
    const text of [
      "correct-horse",
      "Xorrect-horse",
      "correct-horsX",
      "0000000000000",
      "correct",
      "correct-horse-battery",
      "",
    ]
  ) {
    const reads: string[] = [];
    const guess = new Proxy(encode(text), {
      get(bytes, key) {
        if (/^\d+$/.test(String(key))) reads.push(String(key));
        return Reflect.get(bytes, key, bytes);
      },
    });
    assertEquals(isSameSecret(guess, token), text === "correct-horse");
    assertEquals(reads, [...text].map((_, at) => String(at)));
  }
});

Deno.test("a refused token is not in what is said of it", () => {
  const check = new TokenCheck("s3cret");
  for (let i = 0; i < MAX_WRONG_TOKENS; i++) guess(check, "10.0.0.5", 0);
  const problem = assertThrows(
    () => check.read("Bearer s3cret", "10.0.0.5", 0),
    Problem,
  );
  assert(!JSON.stringify([problem, problem.headers]).includes("s3cret"));
});
