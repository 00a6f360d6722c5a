/**
 * What stands behind a sub-command, besides its options: the ranges of `scan`,
 * the shell of `completions`. Pure.
 *
 * @example
 * ```ts
 * import { readShell } from "./operands.ts";
 *
 * console.log(readShell(["fish"])); // fish
 * ```
 *
 * @module
 */

import { expandRange } from "../../rigs/address_range.ts";
import { toUnknownError } from "./flags.ts";
import { quoteText } from "../../gateway/access/ip_address.ts";
import { type Shell, SHELLS } from "./options.ts";
import { ConfigError } from "./setting.ts";

const MAX_SCAN_ADDRESSES = 65_536;

/**
 * Makes sure that nothing stands there.
 *
 * @param words What stands behind the sub-command.
 * @throws {ConfigError} If there is a word.
 */
export function refuseOperands([stray]: readonly string[]): void {
  if (stray !== undefined) throw toUnknownError(stray);
}

/**
 * Reads whom to scan.
 *
 * @param ranges Ranges of IPv4 addresses, and single ones.
 * @returns The addresses, each once, in the order of the ranges.
 * @throws {ConfigError} If there are none, too many, or what is no range.
 */
export function readScanRanges(ranges: readonly string[]): string[] {
  if (ranges.length === 0) {
    throw new ConfigError(
      "scan: no addresses: give a range, such as chi-server scan 10.0.0.0/24",
    );
  }
  const addresses = new Set<string>();
  for (const range of ranges) {
    let expanded: string[] | undefined;
    try {
      expanded = expandRange(range, MAX_SCAN_ADDRESSES);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new ConfigError(`scan: ${error.message}`);
    }
    if (expanded === undefined) {
      throw new ConfigError(
        `scan: ${
          quoteText(range)
        } is no range of IPv4 addresses: give 10.0.0.0/24 or 10.0.0.10-40; the port is -p`,
      );
    }
    for (const address of expanded) addresses.add(address);
    if (addresses.size > MAX_SCAN_ADDRESSES) {
      throw new ConfigError(`scan: more than ${MAX_SCAN_ADDRESSES} addresses`);
    }
  }
  return [...addresses];
}

/**
 * Reads for which shell completions are written.
 *
 * @param words One word: the shell's name.
 * @returns The shell.
 * @throws {ConfigError} If there is none, or one that is not known.
 */
export function readShell([word, ...more]: readonly string[]): Shell {
  const advice = `give ${SHELLS.slice(0, -1).join(", ")} or ${SHELLS.at(-1)}`;
  if (word === undefined) {
    throw new ConfigError(`completions: no shell: ${advice}`);
  }
  const shell = SHELLS.find((shell) => shell === word);
  if (shell === undefined) {
    throw new ConfigError(
      `completions: there are none for ${quoteText(word)}: ${advice}`,
    );
  }
  refuseOperands(more);
  return shell;
}
