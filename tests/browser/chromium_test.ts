import { assertEquals } from "jsr:@std/assert@1";
import { announceMissing, makeSurroundings } from "../executables.ts";
import { findChromium, FINDING } from "./chromium.ts";

// Once, for all files of browser tests.
announceMissing(FINDING, "the browser tests");

Deno.test("findChromium() takes the file of CHROMIUM_BIN before any on PATH", () => {
  const variables = { CHROMIUM_BIN: "/opt/chromium", PATH: "/usr/bin" };
  assertEquals(
    findChromium(
      makeSurroundings(variables, ["/opt/chromium", "/usr/bin/chromium"]),
    ),
    { path: "/opt/chromium" },
  );
});

Deno.test("findChromium() finds Chromium or Chrome on PATH", () => {
  const variables = { PATH: "/usr/local/bin::/usr/bin" };
  for (const name of ["chromium", "google-chrome", "chromium-browser"]) {
    assertEquals(
      findChromium(makeSurroundings(variables, [`/usr/bin/${name}`])),
      { path: `/usr/bin/${name}` },
    );
  }
});

Deno.test("findChromium() fails for a wrong CHROMIUM_BIN", () => {
  const variables = { CHROMIUM_BIN: "/nowhere", PATH: "/usr/bin" };
  assertEquals(
    findChromium(makeSurroundings(variables, ["/usr/bin/chromium"])),
    {
      missing: "need the file that CHROMIUM_BIN names: /nowhere",
      isFailure: true,
    },
  );
});

Deno.test("findChromium() finds none, which is a failure on Linux under CI=true alone", () => {
  const isFailure = (variables: Record<string, string>, os?: string) => {
    const finding = findChromium(makeSurroundings(variables, [], os));
    return "missing" in finding && finding.isFailure;
  };
  assertEquals(isFailure({ PATH: "/usr/bin" }), false);
  assertEquals(isFailure({ PATH: "/usr/bin", CI: "true" }), true);
  assertEquals(isFailure({}), false);
  assertEquals(isFailure({ CI: "true" }, "darwin"), false);
  assertEquals(isFailure({ CI: "true" }, "windows"), false);
});
