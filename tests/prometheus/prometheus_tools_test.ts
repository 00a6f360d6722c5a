import { assertEquals } from "jsr:@std/assert@1";
import { FINDING, findTools, type Surroundings } from "./prometheus_tools.ts";

// Once, for all files of these tests.
if ("missing" in FINDING) {
  const word = FINDING.isFailure ? "FAILED" : "SKIPPED";
  console.log(`${word}: the tests with Prometheus ${FINDING.missing}`);
}

function surround(
  variables: Record<string, string>,
  files: readonly string[],
  os = "linux",
): Surroundings {
  return {
    os,
    readVariable: (name) => variables[name],
    isFile: (path) => files.includes(path),
  };
}

const BOTH = ["/usr/bin/prometheus", "/usr/bin/promtool"];

Deno.test("findTools() finds both on PATH", () => {
  assertEquals(
    findTools(surround({ PATH: "/usr/local/bin::/usr/bin" }, BOTH)),
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
    findTools(surround(variables, [...BOTH, "/opt/p", "/opt/t"])),
    { prometheus: "/opt/p", promtool: "/opt/t" },
  );
});

Deno.test("findTools() fails for a variable that names no file", () => {
  const variables = { PATH: "/usr/bin", PROMTOOL_BIN: "/opt/t" };
  assertEquals(findTools(surround(variables, BOTH)), {
    missing: "need the file that PROMTOOL_BIN names: /opt/t",
    isFailure: true,
  });
});

Deno.test("findTools() says what is missing, and fails for it under CI alone", () => {
  for (const [CI, isFailure] of [["", false], ["true", true]] as const) {
    const variables = { PATH: "/usr/bin", CI };
    assertEquals(findTools(surround(variables, BOTH.slice(0, 1))), {
      missing: "need promtool: apt-get install prometheus, which brings " +
        "both, or set PROMTOOL_BIN",
      isFailure,
    });
  }
});

Deno.test("findTools() looks on Linux alone", () => {
  assertEquals(
    findTools(surround({ PATH: "/usr/bin", CI: "true" }, BOTH, "darwin")),
    { missing: "run on Linux, not on darwin", isFailure: false },
  );
});
