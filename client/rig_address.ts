/**
 * Checks where a rig is said to be. Pure.
 *
 * @example
 * ```ts
 * import { checkAddress } from "./rig_address.ts";
 *
 * console.log(checkAddress({ hostname: "10.0.0.7" })); // … port: 4028
 * ```
 *
 * @module
 */

import { RequestError, type RigAddress } from "../rpc/errors.ts";

/** The port of a miner's API (`--api-port`). */
const API_PORT = 4028;

/**
 * Checks an address.
 *
 * @param address Host name or IP address, port and name.
 * @returns The same, with the port, and nothing else.
 * @throws {RequestError} If the host name is a URL, has a port or brackets, or
 * the port can be none.
 */
export function checkAddress(
  address: {
    readonly hostname: string;
    readonly port?: number;
    readonly name?: string;
  },
): RigAddress {
  const { hostname, port = API_PORT, name } = address;
  if (typeof hostname !== "string" || !isHostname(hostname)) {
    throw new RequestError(
      `"${hostname}" is no host name or IP address: give no scheme, no ` +
        `brackets, and the port as port`,
    );
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new RequestError(`${port} is no port: it must be from 1 to 65535`);
  }
  return { hostname, port, ...(name === undefined ? {} : { name }) };
}

/** One colon would be a port's; an IPv6 address has at least two. */
function isHostname(text: string): boolean {
  if (text === "" || /[\s/[\]@?#]|\p{Cc}/u.test(text)) return false;
  return text.split(":").length !== 2;
}
