/**
 * The guard, asked about one request: with its token read, and its wrong tokens
 * counted.
 *
 * @module
 */

import { guardRequest, type GuardTarget } from "./access/guard.ts";
import type { Exchange } from "./http/exchange.ts";
import { Problem } from "./http/problems.ts";
import type { Credential } from "./access/token.ts";

/**
 * Asks the guard, whatever is asked for; this is its only door. A wrong token
 * that a refused page made its visitor's browser send is not counted against the
 * visitor. That can only be Basic; and with Basic the right token is refused
 * alike, so that there is nothing to learn. Attack: guessing without limit, by
 * Bearer beside a foreign `Origin`, where the right one would pass.
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
  const { request: { method, headers, url }, gateway, address } = exchange;
  // What is open to every address asks for no token, and counts none.
  const credential = target.kind === "open" ? "none" : readCredential(exchange);
  const isTls = url.startsWith("https:");
  try {
    const group = guardRequest(gateway.policy, {
      method,
      target,
      headers,
      host,
      isTls,
      address,
      credential,
    });
    if (group !== undefined) exchange.group = group;
  } catch (error) {
    const isRefusedPage = error instanceof Problem &&
      error.code !== "token-required" &&
      /^\s*basic\s/i.test(headers.get("authorization") ?? "");
    if (credential === "wrong" && isRefusedPage) {
      gateway.tokens.takeBackTry(address);
    }
    throw error;
  }
}

function readCredential({ request, gateway, address }: Exchange): Credential {
  const authorization = request.headers.get("authorization");
  return gateway.tokens.read(authorization, address, performance.now());
}
