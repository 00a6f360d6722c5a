/**
 * The dashboard's box for commands: what it sends, and how.
 *
 * @module
 */

import { assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@1";
import {
  findObjection,
  listReadCommands,
  makeQuestion,
} from "../../dashboard/command_box.tsx";
import { createHandler } from "../../gateway/handler.ts";
import { Fleet } from "../../rigs/fleet.ts";
import { COMMANDS } from "../../rpc/commands.ts";

/** What `/-/access` says to somebody of a group. */
function makeAccess(group: string, isAllowed = (_name: string) => true) {
  const allowed = COMMANDS.filter((command) =>
    isAllowed(command.name) && (group === "W" || command.group === "R")
  ).map(({ name }) => name);
  return { group, allowed, commands: COMMANDS };
}

/** Why a text is not sent for somebody. */
function object(text: string, access: ReturnType<typeof makeAccess>): string {
  return findObjection(text, listReadCommands(access), access) ?? "";
}

Deno.test("findObjection() lets commands be joined as the gateway's own /-/access says", async () => {
  const fleet = new Fleet([{ name: "a", hostname: "127.0.0.1", port: 4028 }]);
  const handler = createHandler({ fleet });
  const response = await handler(new Request("http://gateway/-/access"));
  const access = await response.json();
  assertEquals(access.group, "R");
  for (const text of ["summary", "summary+devs", "version+pools+stats"]) {
    assertEquals(object(text, access), "", text);
  }
  assertMatch(object("summary+asc", access), /^"asc" cannot be joined/);
  assertMatch(object("summary+quit", access), /^"quit" is no command/);
  assertMatch(object("summary+", access), /^"" is no command/);
});

Deno.test("findObjection() lets group W alone ask what the gateway does not know", () => {
  const [all, some] = [makeAccess("W"), makeAccess("R")];
  for (const text of ["privileged", "made_up", "Summary", ".."]) {
    assertEquals(object(text, all), "", text);
    assertMatch(object(text, some), /is no command that reads/);
  }
  // What is known to write is for the buttons, which say what it does.
  for (const text of ["quit", "restart", "addpool", "", "summary+foo"]) {
    assertMatch(object(text, all), /is no command that reads/);
  }
  const few = makeAccess("W", (name) => name !== "privileged");
  assertMatch(object("privileged", few), /is no command that reads/);
});

Deno.test("makeQuestion() asks by path what only reads, and posts the rest", () => {
  const commands = listReadCommands(makeAccess("W"));
  const make = (command: string, parameter: string) =>
    makeQuestion("a/b", command, parameter, commands);
  assertEquals(make("summary+devs", ""), { path: "/@a%2Fb/summary+devs" });
  assertEquals(make("asc", "0"), { path: "/@a%2Fb/asc/0" });
  assertEquals(make("check", "..."), { path: "/@a%2Fb/check/..." });
  assertEquals(make("privileged", ""), {
    path: "/@a%2Fb",
    body: '{"command":"privileged"}',
  });
  assertEquals(make("get", "x"), {
    path: "/@a%2Fb",
    body: '{"command":"get","parameter":"x"}',
  });
});

Deno.test("makeQuestion() makes no path that a browser would make another one of", () => {
  const commands = listReadCommands(makeAccess("R"));
  for (const parameter of [".", "..", "%2e", "../..", "a/..", "\\", "?", "#"]) {
    const { path, body } = makeQuestion("a", "check", parameter, commands);
    const { pathname } = new URL(path, "http://gateway");
    assertEquals(pathname, path, parameter);
    if (body === undefined) {
      assertEquals(path, `/@a/check/${encodeURIComponent(parameter)}`);
    } else {
      assertEquals(JSON.parse(body), { command: "check", parameter });
    }
  }
});

Deno.test("makeQuestion() refuses half a character", () => {
  const commands = listReadCommands(makeAccess("R"));
  assertThrows(() => makeQuestion("a", "check", "\ud800", commands), URIError);
});
