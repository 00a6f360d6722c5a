/**
 * What can be a rig's address. Pure.
 *
 * @module
 */

/**
 * Says what is wrong with an address.
 *
 * @param hostname What is given as host name or IP address.
 * @param port What is given as port.
 * @returns A sentence without a full stop; undefined if nothing is wrong.
 */
export function findAddressFault(
  hostname: unknown,
  port: unknown,
): string | undefined {
  if (typeof hostname !== "string" || !isHostname(hostname)) {
    return `${quote(hostname)} is no host name or IP address: give no ` +
      "scheme, no brackets, and the port as port";
  }
  const isPort = typeof port === "number" && Number.isInteger(port) &&
    port >= 1 && port <= 65_535;
  return isPort
    ? undefined
    : `${quote(port)} is no port: it must be a number from 1 to 65535`;
}

function quote(value: unknown): string {
  return typeof value === "string"
    ? JSON.stringify(value.slice(0, 64))
    : String(value);
}

/** One colon would be a port's; an IPv6 address has at least two. */
function isHostname(text: string): boolean {
  if (text === "" || /[\s/[\]@?#]|\p{Cc}/u.test(text)) return false;
  return text.split(":").length !== 2;
}
