/**
 * The guard, asked about one request: with its token read, and its wrong tokens
 * counted.
 *
 * @module
 */

import type { Guest } from "../rigs/queue.ts";
import { checkPage, guardRequest, type GuardTarget } from "./access/guard.ts";
import { toClientKey } from "./access/ip_address.ts";
import type { Exchange } from "./exchange.ts";

/**
 * Asks the guard, whatever is asked for; this is its only door. What it refuses
 * whatever the token is, is refused before the token is looked at: it does not
 * count as a try, and tells nothing.
 *
 * Attack: guessing without limit, by Bearer beside a foreign `Origin`, where
 * the right one would pass: so that is counted before it is refused.
 *
 * @param exchange The request, and the gateway that it came to; its group is
 * written here.
 * @param host The host that it asks for.
 * @param target What it asks for.
 * @throws {Problem} As `guardRequest` does, and `too-many-tries`.
 */
export function admitExchange(
  exchange: Exchange,
  host: string | null,
  target: GuardTarget,
): void {
  const { request, gateway: { policy, tokens }, address } = exchange;
  const { method, headers, url } = request;
  const isTls = url.startsWith("https:");
  const sent = { method, target, headers, host, isTls };
  // What is open to every address asks for no token, and counts none.
  const authorization = target.kind === "open"
    ? null
    : headers.get("authorization");
  if (authorization !== null) {
    checkPage(policy, sent, /^\s*bearer\s/i.test(authorization));
  }
  const credential = tokens.read(authorization, address, performance.now());
  const group = guardRequest(policy, { ...sent, address, credential });
  if (group !== undefined) exchange.group = group;
}

/**
 * Says whose places a request's calls take in the queues of rigs.
 *
 * @param exchange The request, after it was admitted.
 * @returns Its client, as all limits count it; undefined for group W, which may
 * use every place.
 */
export function toGuest({ group, address }: Exchange): Guest | undefined {
  if (group === "W") return undefined;
  const known = knownGuests.get(address);
  if (known !== undefined) return known;
  const guest = { client: toClientKey(address) };
  // Attack: ever other addresses, which would fill the memory.
  if (knownGuests.size >= MAX_KNOWN_GUESTS) knownGuests.clear();
  knownGuests.set(address, guest);
  return guest;
}

/** The same few clients ask again and again. */
const knownGuests = new Map<string | undefined, Guest>();
const MAX_KNOWN_GUESTS = 1000;
