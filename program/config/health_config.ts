/**
 * What `chi-server health` asks: the page of a URL, or that of the gateway that
 * runs here with the same options. Pure.
 *
 * @example
 * ```ts
 * import { toHealthPage } from "./health_config.ts";
 *
 * console.log(toHealthPage({ httpPort: 8080 }).url); // http://127.0.0.1:8080/-/healthz
 * ```
 *
 * @module
 */

import { formatAddress } from "../../rpc/errors.ts";
import { quoteText } from "../../gateway/access/ip_address.ts";
import { refuseOperands } from "./operands.ts";
import { ConfigError } from "./setting.ts";

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
