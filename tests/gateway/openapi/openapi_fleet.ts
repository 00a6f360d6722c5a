/**
 * The fleet that the examples of the gateway's description are about, and what
 * tests of it have in common.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@1";
import { PROBLEMS } from "../../../gateway/http/problems.ts";
import type { NamedRig } from "../../../rigs/fleet.ts";
import { type GatewayOptions, GatewayServer } from "../../gateway_server.ts";
import type { Received } from "./openapi_driver.ts";
import type { DrivenOperation } from "./openapi_operations.ts";

/** The fleet that the document's examples are about. */
export function serve(
  rig: { readonly hostname: string; readonly port: number },
  options: GatewayOptions = {},
  login: Pick<NamedRig, "password"> = {},
): GatewayServer {
  const { hostname, port } = rig;
  return GatewayServer.start(
    [{ name: "garage", hostname, port, tags: { site: "barn" }, ...login }],
    // What is slow here is the machine, and not for a test of this to find.
    { timeoutMs: 30_000, ...options },
  );
}

/** Does something with each operation, for some at a time. */
export async function visit(
  operations: readonly DrivenOperation[],
  drive: (operation: DrivenOperation) => Promise<unknown>,
): Promise<void> {
  const pending = operations.values();
  await Promise.all(Array.from({ length: 32 }, async () => {
    for (const operation of pending) await drive(operation);
  }));
}

/** Fails unless a response has a status, or is a problem. */
export function expect(
  { id }: DrivenOperation,
  { status, body }: Received,
  expected: number | keyof typeof PROBLEMS,
): void {
  const isCode = typeof expected === "string";
  const wanted = isCode ? PROBLEMS[expected][0] : expected;
  assertEquals(status, wanted, `${id}: ${body.slice(0, 500)}`);
  if (isCode) assertEquals(JSON.parse(body).code, expected, id);
}

/** Whether the guard has a say in it. */
export function isGuarded({ operation }: DrivenOperation): boolean {
  return operation.security === undefined;
}

/** Whether it asks one rig, and serves its reply. */
export function isRig({ responses }: DrivenOperation): boolean {
  return responses.has(502);
}

/** Whether it can be listened to. */
export function isLive({ responses }: DrivenOperation): boolean {
  return "text/event-stream" in (responses.get(200)?.content ?? {});
}
