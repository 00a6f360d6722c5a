/**
 * chi-server, the program: reads the command line and the environment, which no
 * other module does, and serves, or does what a sub-command asks for.
 *
 * ```sh
 * deno run -N main.ts --demo
 * ```
 *
 * @module
 */

import denoConfig from "./deno.json" with { type: "json" };
import {
  type Config,
  ConfigError,
  readConfig,
} from "./program/config/config.ts";
import {
  EXIT_FAILURE,
  EXIT_USAGE,
  exitWithError,
  toOneLine,
} from "./program/failures.ts";
import { dropWritePermission } from "./program/history.ts";
import { readPermittedText } from "./program/option_files.ts";
import { reportDefect, serve } from "./program/serve.ts";
import { runSubcommand } from "./program/subcommands.ts";

/** A variable of the environment; none where that is not permitted. */
function readVariable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  if (state !== "granted") return undefined;
  try {
    return Deno.env.get(name);
  } catch {
    throw new ConfigError(`${name} is not valid Unicode`);
  }
}

/** Reads the configuration: options, environment, and the file they name. */
function readWholeConfig(runningDemoRigs?: number): Config {
  const readText = readPermittedText;
  return readConfig(Deno.args, readVariable, readText, runningDemoRigs);
}

async function main(): Promise<number> {
  const config = readWholeConfig();
  const { version } = denoConfig;
  // Only that file is ever written; see program/history.ts.
  if (config.historyFile === undefined) dropWritePermission();
  const status = await runSubcommand(config, version);
  if (status !== undefined) return status;
  await serve({ config, version, readConfig: readWholeConfig });
  return 0;
}

if (import.meta.main) {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    reportDefect(event.reason);
  });
  try {
    Deno.exit(await main());
  } catch (error) {
    const isUsage = error instanceof ConfigError;
    exitWithError(toOneLine(error), isUsage ? EXIT_USAGE : EXIT_FAILURE);
  }
}
