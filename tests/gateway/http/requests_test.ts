import { assertEquals } from "jsr:@std/assert@1";
import { readHost } from "../../../gateway/http/requests.ts";

Deno.test("readHost() finds Host, and over TLS the host of the URL", () => {
  const host = (url: string, headers = {}) =>
    readHost({ url, headers: new Headers(headers) } as Request);
  assertEquals(host("https://rig.lan:8443/a?b#c"), "rig.lan:8443");
  assertEquals(host("https://[::1]/"), "[::1]");
  assertEquals(host("https://u@evil.example?a"), "u@evil.example");
  assertEquals(host("https://a/", { host: "b" }), "b");
  assertEquals(host("http://a/", { host: "b" }), "b");
  // HTTP/1.0 without Host: Deno writes a name of its own into the URL.
  assertEquals(host("http://localhost:8080/"), null);
});
