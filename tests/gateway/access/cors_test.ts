import { assertEquals } from "jsr:@std/assert@1";
import {
  isCorsOrigin,
  makeCorsHeaders,
  makePreflightHeaders,
} from "../../../gateway/access/cors.ts";

const FARM = "https://farm.example";
const ALLOW = "GET, HEAD, POST, OPTIONS";

const preflight = (origin: string, more: Record<string, string> = {}) =>
  new Headers({ origin, "access-control-request-method": "POST", ...more });

Deno.test("isCorsOrigin() takes named origins, exactly", () => {
  for (const isRead of [true, false]) {
    assertEquals(isCorsOrigin([FARM], FARM, isRead), true);
    for (
      const origin of [`${FARM}:443`, `${FARM}.evil.example`, "null", "", "*"]
    ) {
      assertEquals(isCorsOrigin([FARM], origin, isRead), false);
    }
    assertEquals(isCorsOrigin([], FARM, isRead), false);
  }
});

Deno.test("isCorsOrigin() lets * read, never write", () => {
  assertEquals(isCorsOrigin(["*"], "null", true), false);
  for (const origin of [FARM, "https://evil.example"]) {
    assertEquals(isCorsOrigin(["*"], origin, true), true);
    assertEquals(isCorsOrigin(["*"], origin, false), false);
  }
  assertEquals(isCorsOrigin(["*", FARM], FARM, false), true);
});

Deno.test("makeCorsHeaders() gives none where no origin is configured", () => {
  assertEquals(makeCorsHeaders([], new Headers({ origin: FARM })), {});
});

Deno.test("makeCorsHeaders() grants an allowed origin alone, and says that it varies", () => {
  for (const headers of [new Headers(), preflight("https://evil.example")]) {
    assertEquals(makeCorsHeaders([FARM], headers), { vary: "origin" });
  }
  for (const origins of [[FARM], ["*"]]) {
    const granted = makeCorsHeaders(origins, new Headers({ origin: FARM }));
    assertEquals(granted["access-control-allow-origin"], FARM);
    assertEquals(granted["vary"], "origin");
    // The browser's own passwords never go with it.
    assertEquals("access-control-allow-credentials" in granted, false);
  }
});

Deno.test("makePreflightHeaders() lets a named origin do what the URL has", () => {
  const granted = makePreflightHeaders([FARM], preflight(FARM), ALLOW);
  assertEquals(granted["access-control-allow-methods"], ALLOW);
  assertEquals(
    granted["access-control-allow-headers"],
    "authorization, content-type, prefer",
  );
});

Deno.test("makePreflightHeaders() lets the origins of * do what reads", () => {
  const granted = makePreflightHeaders(["*"], preflight(FARM), ALLOW);
  assertEquals(granted["access-control-allow-methods"], "GET, HEAD");
  // A token is for origins that somebody has named.
  assertEquals(
    granted["access-control-allow-headers"],
    "content-type, prefer",
  );
});

Deno.test("makePreflightHeaders() gives none to others, nor to what is no preflight", () => {
  for (const origin of ["https://evil.example", "null", `${FARM}.evil`]) {
    assertEquals(makePreflightHeaders([FARM], preflight(origin), ALLOW), {});
  }
  for (const headers of [new Headers(), new Headers({ origin: FARM })]) {
    assertEquals(makePreflightHeaders([FARM, "*"], headers, ALLOW), {});
  }
});

Deno.test("makePreflightHeaders() opens a private network to named origins alone", () => {
  const asked = preflight(FARM, {
    "access-control-request-private-network": "true",
  });
  const name = "access-control-allow-private-network";
  assertEquals(makePreflightHeaders([FARM], asked, ALLOW)[name], "true");
  assertEquals(name in makePreflightHeaders(["*"], asked, ALLOW), false);
  const plain = preflight(FARM);
  assertEquals(name in makePreflightHeaders([FARM], plain, ALLOW), false);
});
