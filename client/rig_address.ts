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

import { findAddressFault } from "../rigs/rig_address.ts";
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
    readonly port?: number | undefined;
    readonly name?: string | undefined;
  },
): RigAddress {
  // A caller in JavaScript may have given anything.
  if (typeof address !== "object" || address === null) {
    throw new RequestError(
      'A rig is given as an object: { hostname: "10.0.0.7" }',
    );
  }
  const { hostname, port = API_PORT, name } = address;
  const fault = findAddressFault(hostname, port);
  if (fault !== undefined) throw new RequestError(fault);
  return { hostname, port, ...(name === undefined ? {} : { name }) };
}
