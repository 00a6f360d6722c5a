/**
 * A rig with one reply, and the gateway before it, for tests of the handler.
 *
 * @module
 */

import { type GatewayOptions, GatewayServer } from "../gateway_server.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";

/** A reply that a parse and print would change: digits, duplicates, spaces. */
export const REPLY =
  '{"STATUS":[{"STATUS":"S","When":1,"Code":11,"Msg":"Summary","Description":"cgminer 4.11.1"}],' +
  ' "SUMMARY":[{"MHS av":1090989.50,"Hashes":18446744073709551616,"a":1,"a":2,"e":{},"l":[]}],"id":1}';

/** The header of a JSON body. */
export const JSON_BODY = { "content-type": "application/json" };

/** Starts both; disposing of them stops both. */
export async function serve(
  reply: string | Uint8Array,
  options: GatewayOptions = {},
): Promise<
  & { rig: ScriptedRig; gateway: GatewayServer }
  & AsyncDisposable
> {
  const rig = await ScriptedRig.start(replyWith(reply));
  const gateway = GatewayServer.start(rig, options);
  return {
    rig,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
}
