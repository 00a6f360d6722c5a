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

import type { GroupLetter } from "./access/access_list.ts";
import type { Exchange } from "./http/exchange.ts";
import { guardRequest } from "./access/guard.ts";
import type { Asked } from "./access/guard_policy.ts";
import { Problem } from "./http/problems.ts";
import type { Credential } from "./access/token.ts";

/**
 * Asks the guard. A wrong token that a refused page made its visitor's browser
 * send is not counted against the visitor. That can only be Basic; and with
 * Basic the right token is refused alike, so that there is nothing to learn.
 * Attack: guessing without limit, by Bearer beside a foreign `Origin`, where
 * the right one would pass.
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
  const { request: { method, headers, url }, gateway, address } = exchange;
  const credential = readCredential(exchange);
  const isTls = url.startsWith("https:");
  try {
    return guardRequest(gateway.policy, {
      method,
      asked,
      headers,
      host,
      isTls,
      address,
      credential,
    });
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
