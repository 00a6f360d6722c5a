import { assertEquals } from "jsr:@std/assert@1";
import { announceMissing, makeSurroundings } from "../executables.ts";
import { FINDING, findTools } from "./prometheus_tools.ts";

// Once, for all files of these tests.
announceMissing(FINDING, "the tests with Prometheus");

const BOTH = ["/usr/bin/prometheus", "/usr/bin/promtool"];

Deno.test("findTools() finds both on PATH", () => {
  assertEquals(
    findTools(makeSurroundings({ PATH: "/usr/local/bin::/usr/bin" }, BOTH)),
    { prometheus: "/usr/bin/prometheus", promtool: "/usr/bin/promtool" },
  );
});

Deno.test("findTools() takes the files of variables before those on PATH", () => {
  const variables = {
    PATH: "/usr/bin",
    PROMETHEUS_BIN: "/opt/p",
    PROMTOOL_BIN: "/opt/t",
  };
  assertEquals(
    findTools(makeSurroundings(variables, [...BOTH, "/opt/p", "/opt/t"])),
    { prometheus: "/opt/p", promtool: "/opt/t" },
  );
});

Deno.test("findTools() fails for a variable that names no file", () => {
  const variables = { PATH: "/usr/bin", PROMTOOL_BIN: "/opt/t" };
  assertEquals(findTools(makeSurroundings(variables, BOTH)), {
    missing: "need the file that PROMTOOL_BIN names: /opt/t",
    isFailure: true,
  });
});

Deno.test("findTools() says what is missing, and fails for it under CI alone", () => {
  for (const [CI, isFailure] of [["", false], ["true", true]] as const) {
    const variables = { PATH: "/usr/bin", CI };
    assertEquals(findTools(makeSurroundings(variables, BOTH.slice(0, 1))), {
      missing: "need promtool: apt-get install prometheus, which brings " +
        "both, or set PROMTOOL_BIN",
      isFailure,
    });
  }
});

Deno.test("findTools() looks on Linux alone", () => {
  assertEquals(
    findTools(
      makeSurroundings({ PATH: "/usr/bin", CI: "true" }, BOTH, "darwin"),
    ),
    { missing: "run on Linux, not on darwin", isFailure: false },
  );
});
