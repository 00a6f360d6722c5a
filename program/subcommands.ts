/**
 * What the program does instead of serving: it shows something, or runs a
 * sub-command, and ends.
 *
 * @example
 * ```ts
 * import { readConfig } from "./config/config.ts";
 * import { runSubcommand } from "./subcommands.ts";
 *
 * const config = readConfig(["completions", "fish"], () => undefined);
 * console.log(await runSubcommand(config, "0.1.0")); // the script, and 0
 * ```
 *
 * @module
 */

import type { Config } from "./config/config.ts";
import { formatHelp } from "./config/options.ts";
import { formatCompletions } from "./completions.ts";
import { runDiscover } from "./discover.ts";
import { runHealth } from "./health.ts";
import { formatManPage } from "./man_page.ts";
import { runScan } from "./scan.ts";
import { formatVersion } from "./version.ts";

/**
 * Does what the command line asks for, unless that is to serve.
 *
 * @param config What it asks for.
 * @param version The program's version.
 * @returns The exit status; `undefined`: it asks to serve.
 */
export async function runSubcommand(
  config: Config,
  version: string,
): Promise<number | undefined> {
  const text = formatText(config, version);
  if (text !== undefined) {
    console.log(text);
    return 0;
  }
  const { action, health, scanAddresses: addresses, scanPort: port } = config;
  if (action === "discover") return await runDiscover(config);
  if (action === "scan") return await runScan({ ...config, addresses, port });
  return health && await runHealth({ ...config, health });
}

/** What is only shown. */
function formatText(
  { action, shell }: Config,
  version: string,
): string | undefined {
  if (action === "help") return formatHelp(version);
  if (action === "version") return formatVersion(version);
  if (action === "man") return formatManPage(version);
  return shell && formatCompletions(shell);
}
