/**
 * The guard, asked about one request: with its token read, and its wrong tokens
 * counted.
 *
 * @example
 * ```ts
 * import { Fleet } from "../rigs/fleet.ts";
 * import { admitExchange } from "./admission.ts";
 * import { createGateway } from "./http/exchange.ts";
 *
 * const fleet = new Fleet([{ name: "a", hostname: "127.0.0.1", port: 4028 }]);
 * const group = admitExchange({
 *   request: new Request("http://gateway/summary"),
 *   gateway: createGateway({ fleet }),
 *   address: "192.168.1.5",
 *   path: "/summary",
 * }, "gateway", { kind: "command", command: "summary" });
 * console.log(group); // R
 * ```
 *
 * @module
 */

import type { Guest } from "../rigs/queue.ts";
import type { GroupLetter } from "./access/access_list.ts";
import type { Exchange } from "./http/exchange.ts";
import { toClientKey } from "./access/ip_address.ts";
import { checkBrowser, checkBrowserHost } from "./access/browser_guard.ts";
import { guardRequest } from "./access/guard.ts";
import type { Asked, BrowserRequest } from "./access/guard_policy.ts";

/**
 * Asks the guard. What it refuses whatever the token is, is refused before the
 * token is looked at: it does not count as a try, and tells nothing.
 *
 * Attack: a page that sends wrong tokens through its visitor's browser and so
 * locks the visitor out. By Basic that is any page; by Bearer only one whose
 * name was rebound to the gateway, which the check of Host refuses.
 *
 * Attack: guessing without limit, by Bearer beside a foreign `Origin`, where
 * the right one would pass: so that is counted before it is refused.
 *
 * @param exchange The request, and the gateway that it came to.
 * @param host The host that it asks for.
 * @param asked What it asks.
 * @returns The group whose rights it has.
 * @throws {Problem} As `guardRequest` does, and `too-many-tries`.
 */
export function admitExchange(
  exchange: Exchange,
  host: string | null,
  asked: Asked,
): GroupLetter {
  const { request, gateway: { policy, tokens }, address } = exchange;
  const { method, headers, url } = request;
  const isTls = url.startsWith("https:");
  const sent: BrowserRequest = { method, asked, headers, host, isTls };
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    if (/^\s*bearer\s/i.test(authorization)) checkBrowserHost(policy, sent);
    else checkBrowser(policy, sent);
  }
  const credential = tokens.read(authorization, address, performance.now());
  return guardRequest(policy, { ...sent, address, credential });
}

/**
 * Says whose places a request's calls take in the queues of rigs.
 *
 * @param exchange The request, after it was admitted.
 * @returns Its client, as all limits count it; undefined for group W, which may
 * use every place.
 */
export function toGuest({ group, address }: Exchange): Guest | undefined {
  return group === "W" ? undefined : { client: toClientKey(address) };
}
