import { assertEquals } from "jsr:@std/assert@1";
import { checkCase, type TelemetryCase } from "./telemetry_case.ts";
import { NEED_REPLIES, skipTests } from "../executables.ts";

/** A file a case; a new one needs to be nowhere else. */
const CASES = new URL("./cases/", import.meta.url);

/** Cases of others, in one list, that are no part of the repository. */
const SHARED = new URL("../../../shared/cases/telemetry.json", import.meta.url);

const files: string[] = [];
for await (const { name } of Deno.readDir(CASES)) {
  if (name.endsWith(".json")) files.push(name);
}

for (const file of files.sort()) {
  const text = await Deno.readTextFile(new URL(file, CASES));
  const telemetryCase: TelemetryCase = JSON.parse(text);
  Deno.test(`case ${file}: ${telemetryCase.why}`, () => {
    assertEquals(`${telemetryCase.name}.json`, file);
    assertEquals(Object.keys(telemetryCase.expect).length > 0, true);
    assertEquals(checkCase(telemetryCase), []);
  });
}

const shared = await readShared();
if (shared === undefined) {
  skipTests("shared cases of telemetry", NEED_REPLIES);
} else {
  for (const telemetryCase of shared) {
    Deno.test(`shared case ${telemetryCase.name}: ${telemetryCase.why}`, () => {
      assertEquals(checkCase(telemetryCase), []);
    });
  }
}

async function readShared(): Promise<readonly TelemetryCase[] | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(SHARED));
  } catch (error) {
    const isOutOfReach = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotCapable;
    if (isOutOfReach) return undefined;
    throw error;
  }
}
