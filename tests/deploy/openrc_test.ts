/** The OpenRC script starts chi-server rightly. */
import { assertEquals } from "jsr:@std/assert@1";
import { readArguments, readShipped, toPath } from "./shipped_files.ts";
import { testWithTool, type Tool } from "./tools.ts";

const PATH = "deploy/openrc/chi-server";

/** The variables that the script sets, as openrc-run would read them. */
async function readVariables(
  shell: Tool,
  names: readonly string[],
  setup = "",
): Promise<string[]> {
  const show = names.map((name) => `printf '%s\\0' "$${name}"`).join("; ");
  const script = `${setup}\n. ${toPath(PATH)}\n${show}`;
  const { code, stdout, stderr } = await shell.run(["-eu"], script);
  assertEquals([code, stderr], [0, ""]);
  return stdout.split("\0").slice(0, -1);
}

Deno.test("deploy/openrc/chi-server is a script of openrc-run that may be run", () => {
  assertEquals(readShipped(PATH).split("\n", 1), ["#!/sbin/openrc-run"]);
  if (Deno.build.os === "windows") return;
  assertEquals((Deno.statSync(toPath(PATH)).mode ?? 0) & 0o111, 0o111);
});

await testWithTool(
  "deploy/openrc/chi-server starts chi-server with arguments that it takes",
  "sh",
  async (shell) => {
    const names = ["command", "command_args", "command_user", "supervisor"];
    const [command, args = "", user, supervisor] = await readVariables(
      shell,
      names,
    );
    assertEquals(
      [command, user, supervisor],
      [
        "/usr/local/bin/chi-server",
        "chi-server:chi-server",
        "supervise-daemon",
      ],
    );
    const { action, configFile } = readArguments(args.trim().split(/\s+/));
    assertEquals(
      [action, configFile],
      ["serve", "/etc/chi-server/config.json"],
    );
  },
);

await testWithTool(
  "deploy/openrc/chi-server takes the options of conf.d that its comment shows",
  "sh",
  async (shell) => {
    const [, setup] = /^# {3}(chi_args=.*?)\s+#/m.exec(readShipped(PATH)) ?? [];
    const [args = ""] = await readVariables(shell, ["command_args"], setup);
    const { access } = readArguments(args.split(/\s+/));
    assertEquals(access.tokenFile, "/etc/chi-server/token");
  },
);

await testWithTool(
  "deploy/openrc/chi-server waits longer for its end than a request may take",
  "sh",
  async (shell) => {
    const [retry = ""] = await readVariables(shell, ["retry"]);
    const [, seconds] = /^SIGTERM\/(\d+)\//.exec(retry) ?? [];
    const { timeoutMs } = readArguments([]);
    assertEquals(Number(seconds) * 1000 > timeoutMs, true);
  },
);

await testWithTool(
  "shellcheck has nothing to say of deploy/openrc/chi-server",
  "shellcheck",
  async (tool) => {
    const { code, stdout } = await tool.run(["-s", "sh", toPath(PATH)]);
    assertEquals([code, stdout], [0, ""]);
  },
);
