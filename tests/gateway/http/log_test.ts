import { assert, assertEquals, assertMatch } from "jsr:@std/assert@1";
import {
  formatLogLine,
  type LogEntry,
  redactCommand,
  redactPath,
} from "../../../gateway/http/log.ts";

const ENTRY: LogEntry = {
  time: new Date("2026-11-22T07:00:00Z"),
  address: "192.168.1.5",
  group: "R",
  method: "GET",
  path: "/summary",
  status: 200,
  durationMs: 1.26,
  rig: "garage",
};

Deno.test("formatLogLine() writes one line of words", () => {
  assertEquals(
    formatLogLine(ENTRY, "text"),
    "2026-11-22T07:00:00.000Z 192.168.1.5 R GET /summary 200 1.3ms garage",
  );
  assertEquals(
    formatLogLine({
      ...ENTRY,
      rig: undefined,
      status: 404,
      problem: "not-found",
    }, "text"),
    "2026-11-22T07:00:00.000Z 192.168.1.5 R GET /summary 404 1.3ms - not-found",
  );
});

Deno.test("formatLogLine() writes JSON", () => {
  assertEquals(
    JSON.parse(formatLogLine({ ...ENTRY, command: "pools" }, "json")),
    {
      time: "2026-11-22T07:00:00.000Z",
      address: "192.168.1.5",
      group: "R",
      method: "GET",
      path: "/summary",
      command: "pools",
      status: 200,
      ms: 1.3,
      rig: "garage",
    },
  );
});

Deno.test("formatLogLine() keeps a line one line (log injection)", () => {
  const path = "/x\r\n2026 10.0.0.1 GET /quit 200\u001b[2J\u202e é";
  for (const format of ["text", "json"] as const) {
    assertMatch(
      formatLogLine({ ...ENTRY, path, method: "G\nT" }, format),
      /^[\x20-\x7e…]+$/,
    );
  }
  assertEquals(formatLogLine({ ...ENTRY, path }, "text").split(" ").length, 8);
});

Deno.test("redactCommand() hides what is no name in a command outside group R", () => {
  for (const command of ["summary+pools", "quit", "nosuch", "summary+quit"]) {
    assertEquals(redactCommand(command), command);
  }
  assertEquals(redactCommand("addpool|url,user,secret"), "addpool…");
  assertEquals(redactCommand("addpool/secret"), "addpool…");
});

Deno.test("redactPath() hides what follows a command outside group R", () => {
  const cases: [path: string, logged: string][] = [
    ["/", "/"],
    ["/asc/0", "/asc/0"],
    ["/check/quit", "/check/quit"],
    ["/@garage/pga/1", "/@garage/pga/1"],
    ["/-/healthz", "/-/healthz"],
    ["/quit", "/quit"],
    ["/addpool/url,user,secret", "/addpool/…"],
    ["/addpool/stratum+tcp://url,user,secret", "/addpool/…"],
    ["/@garage/addpool/url,user,secret", "/@garage/addpool/…"],
    ["/%40garage/addpool/secret", "/%40garage/addpool/…"],
    ["/summary+addpool/secret", "/summary+addpool/…"],
    ["/nosuch/secret", "/nosuch/…"],
    ["/Summary/secret", "/Summary/…"],
    ["/addpool%2Furl,user,secret", "/addpool…"],
    ["/addpool%7Curl,user,secret", "/addpool…"],
    ["/addpool,secret/secret", "/addpool…"],
    ["/@garage/addpool|secret", "/@garage/addpool…"],
    ["/-/addpool/secret", "/-/…"],
    ["/metrics/secret", "/metrics/…"],
    ["/metrics", "/metrics"],
    ["/addpool/secret%zz", "/addpool/…"],
    ["/@garage/addpool/secret%zz", "/@garage/addpool/…"],
    ["/%40garage%2Faddpool%2Furl%2Csecret", "/%40garage…"],
    ["/@garage%2Faddpool/secret", "/@garage…"],
    ["/@garage:addpool,user,secret/summary", "/@garage…"],
    ["/@garage:secret", "/@garage…"],
    ["/@garage%zz/summary", "/@garage…"],
    ["/@/summary", "/@/summary"],
    ["/addpool+url+user+secret", "/addpool+…"],
    ["/summary%2Faddpool%2Csecret", "/summary…"],
    ["//addpool/secret", "//…"],
  ];
  for (const [path, logged] of cases) assertEquals(redactPath(path), logged);
});

Deno.test("redactPath() writes the rig or tag that a path was found to mean", () => {
  for (
    const [path, rig, logged] of [
      ["/@site:Halle%203/summary", "site:Halle 3", undefined],
      ["/@site:barn/addpool/secret", "site:barn", "/@site:barn/addpool/…"],
      ["/@g%61rage/pools", "garage", undefined],
      ["/@site:barn/summary", "default", "/@site…"],
    ] as const
  ) {
    assertEquals(redactPath(path, rig), logged ?? path);
  }
});

Deno.test("formatLogLine() writes at most 2 KiB, and JSON that is whole", () => {
  for (
    const char of ["a", '"', "\\", " ", "\0", "é", "\u2028", "…", "\ud800"]
  ) {
    const long = char.repeat(60_000);
    for (const path of [`/${long}`, `/summary/${long}`, `/@${long}`]) {
      const entry: LogEntry = {
        ...ENTRY,
        path,
        method: long,
        address: long,
        group: long,
        command: long,
        rig: long,
        problem: "unsupported-media-type",
        durationMs: 1e9,
      };
      for (const format of ["text", "json"] as const) {
        const line = formatLogLine(entry, format);
        const { length } = new TextEncoder().encode(line);
        assert(length <= 2048, `${char} ${format}: ${length}`);
        if (format === "json") assertEquals(JSON.parse(line).status, 200);
      }
    }
  }
});
