/**
 * What the program does instead of serving: it shows something, or runs a
 * sub-command, and ends.
 *
 * @module
 */

import type { Config } from "./config/config.ts";
import { formatHelp } from "./help.ts";
import { formatCompletions } from "./completions.ts";
import { runDiscover, runScan } from "./find_rigs.ts";
import { runHealth } from "./health.ts";
import { runHistory } from "./history.ts";
import { runHomeAssistant } from "./home_assistant.ts";
import { formatManPage } from "./man_page.ts";
import { runNotifyTest } from "./notify.ts";
import { listOwnAddresses } from "./serve.ts";

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
  if (action === "notify") {
    const { notify: targets, publicUrl: link, timeoutMs } = config;
    return await runNotifyTest({ targets, link, timeoutMs });
  }
  if (action === "home-assistant") {
    return await runHomeAssistant(config, { own: listOwnAddresses() });
  }
  if (config.history !== undefined) return await runHistory(config.history);
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

/** What a program runs on. */
export interface Platform {
  /** Processor, system and C library, as compilers name them. */
  readonly target: string;
  /** The version of Deno: in a binary, of the one that is built in. */
  readonly deno: string;
}

/**
 * Names the program, its version and what it runs on.
 *
 * @param version The program's version.
 * @param platform What it runs on. Default: what this runs on.
 * @returns One line.
 */
export function formatVersion(
  version: string,
  { target, deno }: Platform = {
    target: Deno.build.target,
    deno: Deno.version.deno,
  },
): string {
  return `chi-server ${version} (${target}, Deno ${deno})`;
}
