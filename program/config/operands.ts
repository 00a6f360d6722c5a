/**
 * What follows a sub-command, besides its options: the ranges of `scan`, the
 * shell of `completions`, the gateway that `health` asks. Pure.
 *
 * @module
 */

import { expandRange } from "../../rigs/address_range.ts";
import { formatAddress, quoteText } from "../../rpc/errors.ts";
import { toUnknownError } from "./flags.ts";
import { type Shell, SHELLS } from "./options.ts";
import { ConfigError } from "./setting.ts";

const MAX_SCAN_ADDRESSES = 65_536;

/**
 * Makes sure that nothing stands there.
 *
 * @param words What stands after the sub-command.
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

/** Where a gateway says whether it is well. */
export interface HealthPage {
  /** The URL. */
  readonly url: string;
  /**
   * Whether it is on this machine, found by the options that it was started
   * with: its certificate need not be for the address that is asked.
   */
  readonly isOwn: boolean;
  /** The file with the one certificate to trust; absent: public authorities. */
  readonly certFile?: string;
}

/** Options of a gateway as far as they say where it is. */
export interface ServedAt {
  /** Its port. */
  readonly httpPort: number;
  /** Its address; absent: all of this machine. */
  readonly httpHost?: string;
  /** The file of its certificate; absent: plain HTTP. */
  readonly certFile?: string | undefined;
}

/**
 * Reads which gateway is asked how it is.
 *
 * @param words A URL, or nothing.
 * @returns The URL of its page: `/-/healthz` below what was given, or what was
 * given if that names a page itself (`/-/readyz`); nothing was: `undefined`.
 * @throws {ConfigError} If it is no URL of HTTP or HTTPS.
 */
export function readHealthUrl(
  [word, ...more]: readonly string[],
): string | undefined {
  if (word === undefined) return undefined;
  refuseOperands(more);
  const url = URL.parse(word);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError(
      `health: ${
        quoteText(word)
      } is no URL of a gateway: give one such as http://10.0.0.7:8080/`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new ConfigError(
      "health: the URL has a user's name or a password: leave them out, as nobody is asked for them",
    );
  }
  url.search = "";
  url.hash = "";
  if (!/\/-\/[a-z]+$/.test(url.pathname)) {
    const parts = url.pathname.split("/");
    const count = parts.findLastIndex((part) => part !== "") + 1;
    url.pathname = [...parts.slice(0, count), "-", "healthz"].join("/");
  }
  return url.href;
}

/**
 * Says what to ask.
 *
 * @param served Where the gateway is; with a URL, `certFile` is what to trust.
 * @param url The page, if it was given.
 * @returns The page.
 * @throws {ConfigError} If its port cannot be known.
 */
export function toHealthPage(served: ServedAt, url?: string): HealthPage {
  const { httpHost, httpPort, certFile } = served;
  if (url !== undefined) {
    return {
      url,
      isOwn: false,
      ...(certFile === undefined ? {} : { certFile }),
    };
  }
  if (httpPort === 0) {
    throw new ConfigError(
      "health: port 0 is any free one: give the URL that the gateway told",
    );
  }
  const isEverywhere = httpHost === undefined || httpHost === "0.0.0.0" ||
    httpHost === "::";
  const hostname = isEverywhere ? "127.0.0.1" : httpHost;
  const where = formatAddress({ hostname, port: httpPort });
  const scheme = certFile === undefined ? "http" : "https";
  return { url: `${scheme}://${where}/-/healthz`, isOwn: true };
}
