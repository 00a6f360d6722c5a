import { assertEquals } from "jsr:@std/assert@1";
import { readTelemetry } from "../../telemetry/read_telemetry.ts";
import { findSections } from "../../telemetry/sections.ts";
import { loadReplies, loadRigs } from "./recorded_rigs.ts";
import { SNAPSHOTS } from "./snapshots/index.ts";
import { listViolations } from "./violations.ts";
import { NEED_REPLIES, skipTests } from "../executables.ts";

// A snapshot that differs: review the new telemetry against the replies, then
// `deno run --allow-read --allow-write tests/telemetry/write_snapshots.ts`.

/** Users that are too short, or struck out, to be told from other text. */
const NO_USER = /^(.{0,4}|x+(\.\w+)?|\*+)$/i;

/** The users that a reply to `pools` gives away. */
function listUsers(value: unknown): string[] {
  return findSections(value, "POOLS")
    .flatMap(({ User: user, USER: other }) => [user, other])
    .filter((user) => typeof user === "string" && !NO_USER.test(user))
    .map(String);
}

const rigs = await loadRigs();
const replies = await loadReplies();
if (rigs === undefined || replies === undefined) {
  skipTests("snapshots of telemetry", NEED_REPLIES);
} else {
  Deno.test("every recorded rig has a snapshot, and there are no others", () => {
    const names = rigs.map(({ name }) => name).sort();
    assertEquals([...SNAPSHOTS.keys()].sort(), names);
  });
  for (const { name, reports } of rigs) {
    Deno.test(`readTelemetry() on ${name} is as reviewed`, () => {
      const telemetry = readTelemetry(reports);
      assertEquals(telemetry, SNAPSHOTS.get(name));
      assertEquals(listViolations(telemetry), []);
    });
  }
  Deno.test("readTelemetry() on each reply alone gives only plausible values", () => {
    for (const { file, command, value } of replies) {
      const telemetry = readTelemetry({ [command]: value });
      assertEquals(listViolations(telemetry), [], `${file}: ${command}`);
    }
  });
  Deno.test("readTelemetry() on each reply alone gives no user away", () => {
    const users = replies.flatMap(({ value }) => listUsers(value));
    assertEquals(users.length > 20, true);
    for (const { file, command, value } of replies) {
      const text = JSON.stringify(readTelemetry({ [command]: value }));
      const given = listUsers(value).filter((user) => text.includes(user));
      assertEquals(given, [], file);
    }
  });
}
