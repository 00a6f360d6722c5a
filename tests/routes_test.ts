import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import { parseTarget, readTarget, toRequest } from "../routes.ts";
import { RequestError } from "../rpc/errors.ts";

Deno.test("toRequest() reads whole URLs and paths alike", () => {
  assertEquals(toRequest("http://gateway:8080/summary+pools"), {
    command: "summary+pools",
  });
  assertEquals(toRequest(new URL("http://gateway/asc/0?x")), {
    command: "asc",
    parameter: "0",
  });
  assertEquals(toRequest("/@garage/switchpool/1"), {
    rig: "garage",
    command: "switchpool",
    parameter: "1",
  });
  assertEquals(toRequest("http://gateway"), { command: "summary+devs" });
  assertEquals(toRequest("http://gateway?pretty"), { command: "summary+devs" });
});

Deno.test("toRequest() refuses what asks no rig", () => {
  for (
    const url of [
      "/metrics",
      "http://gateway/-/healthz",
      "/favicon.ico",
      "/probe?target=x",
      "/%zz",
    ]
  ) {
    assertThrows(() => toRequest(url), RequestError);
  }
});

Deno.test("parseTarget() reads the known keys of a query", () => {
  const read = (target: string) => {
    const route = parseTarget(target);
    return route.kind === "rig" ? route.query : undefined;
  };
  assertEquals(read("/x?pretty"), { isPretty: true, isRaw: false });
  assertEquals(read("/x?raw=1&pretty=0"), { isPretty: false, isRaw: true });
  assertEquals(read("/x?PRETTY&%70retty=false"), {
    isPretty: false,
    isRaw: false,
  });
});

Deno.test("readTarget() leaves a path as it was sent", () => {
  assertEquals(readTarget("http://h:1/a/../%2e//b?c"), "/a/../%2e//b?c");
  assertEquals(readTarget("http://h?x=/y"), "/?x=/y");
  assertEquals(readTarget("http://[::1]:1/"), "/");
});

Deno.test("toRequest() refuses what is neither a URL nor a path", () => {
  for (
    const text of ["", "summary", "@garage/summary", "h:8080/x", "ftp://h/x"]
  ) {
    assertThrows(() => toRequest(text), RequestError, `"${text}" is neither`);
  }
});

Deno.test("toRequest() leaves out what is for browsers", () => {
  assertEquals(toRequest("http://h/summary#a"), { command: "summary" });
  assertEquals(toRequest(new URL("http://h/#/rig/a")), {
    command: "summary+devs",
  });
  assertEquals(toRequest("/pools#"), { command: "pools" });
});
