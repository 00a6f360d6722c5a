/**
 * What the gateway refuses, driven for every operation that it may refuse.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@1";
import {
  parseAllowList,
  parseGroups,
} from "../../../gateway/access/access_list.ts";
import type { GuardPolicy } from "../../../gateway/access/guard.ts";
import { LivePolls } from "../../../gateway/live/streams.ts";
import type { PROBLEMS } from "../../../gateway/http/problems.ts";
import { type Credential, TokenCheck } from "../../../gateway/access/token.ts";
import type { GatewayOptions } from "../../gateway_server.ts";
import { sendRequest } from "../../raw_http.ts";
import { replyWith, ScriptedRig } from "../../scripted_rig.ts";
import type { OpenApiDriver } from "./openapi_driver.ts";
import { expect, isGuarded, isLive, serve, visit } from "./openapi_fleet.ts";
import {
  buildRequest,
  type DrivenOperation,
  type Variation,
} from "./openapi_operations.ts";

const BROWSER =
  "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36";

function allow(list: string, more: Partial<GuardPolicy> = {}): GatewayOptions {
  const groups = parseGroups("");
  const policy: GuardPolicy = {
    rules: parseAllowList(list, groups),
    groups,
    hasToken: false,
    isTokenForReads: false,
    allowedHosts: [],
    corsOrigins: [],
    ...more,
  };
  return { policy };
}

/** What the guard refuses. */
export async function driveGuard(driver: OpenApiDriver): Promise<void> {
  const nowhere = { hostname: "127.0.0.1", port: 9 };
  const guarded = driver.operations.filter(isGuarded);
  const refuse = async (
    code: keyof typeof PROBLEMS,
    options: GatewayOptions,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    await using gateway = serve(nowhere, options);
    await visit(guarded, async (operation) => {
      const base = gateway.url("");
      const received = await driver.drive(operation, base, { headers });
      expect(operation, received, code);
    });
  };
  await refuse("token-required", {
    ...allow("R:0/0", { hasToken: true, isTokenForReads: true }),
    tokens: new TokenCheck("secret"),
  });
  await refuse("command-denied", allow("W:10.0.0.0/8"));
  await refuse("origin-denied", {}, { origin: "https://evil.example" });
  await refuse("internal-error", {
    tokens: new BrokenCheck("secret"),
    onDefect() {},
  });
  const tokens = new TokenCheck("secret");
  for (let tries = 0; tries < 10; tries++) {
    tokens.read("Bearer guess", "127.0.0.1", performance.now());
  }
  const authorization = "Bearer secret";
  await refuse("too-many-tries", { tokens }, { authorization });
}

/** A defect of the gateway. */
class BrokenCheck extends TokenCheck {
  override read(): Credential {
    throw new TypeError("broken on purpose");
  }
}

/** Hosts that `fetch` would not send. */
export async function driveHosts(driver: OpenApiDriver): Promise<void> {
  await using gateway = serve({ hostname: "127.0.0.1", port: 9 });
  const send = async (
    operation: DrivenOperation,
    host: string,
    code: keyof typeof PROBLEMS,
  ) => {
    const { method, target, headers, body } = buildRequest(operation);
    const received = await sendRequest(gateway.port, target, {
      method,
      host,
      headers: { ...headers, "user-agent": BROWSER },
      ...(body === undefined ? {} : { body }),
    });
    driver.check(operation, received);
    expect(operation, received, code);
  };
  await visit(driver.operations, async (operation) => {
    await send(operation, "a/b", "bad-request");
    await send(operation, "evil.example", "host-denied");
  });
}

/** What a request itself does wrong. */
export async function driveMistakes(driver: OpenApiDriver): Promise<void> {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  await using gateway = serve(rig, { live: new LivePolls({ maxPolls: 0 }) });
  const mistakes: [
    code: keyof typeof PROBLEMS,
    applies: (operation: DrivenOperation) => boolean,
    variation: (operation: DrivenOperation) => Variation,
  ][] = [
    ["unknown-rig", hasUnknownRig, listUnknown],
    ["not-found", ({ path }) => path.includes("{file}"), () => ({
      values: { file: "nosuch.js" },
    })],
    ["method-not-allowed", ({ responses }) => responses.has(405), () => ({
      values: { command: "quit" },
      headers: { "user-agent": BROWSER },
    })],
    ["body-too-large", ({ responses }) => responses.has(413), () => ({
      body: JSON.stringify({ command: "x".repeat(16 * 1024) }),
    })],
    ["unsupported-media-type", ({ responses }) => responses.has(415), () => ({
      headers: { "content-type": "text/plain" },
    })],
    ["rig-busy", isLive, () => ({ headers: { accept: "text/event-stream" } })],
  ];
  for (const [code, applies, vary] of mistakes) {
    const operations = driver.operations.filter(applies);
    assert(operations.length > 0, code);
    await visit(operations, async (operation) => {
      const base = gateway.url("");
      const received = await driver.drive(operation, base, vary(operation));
      expect(operation, received, code);
    });
  }
  assertEquals(rig.requests, []);
}

const RIG_PARAMETERS = new Set(["rig", "value", "tag", "target"]);

function hasUnknownRig(operation: DrivenOperation): boolean {
  const { content = {} } = operation.responses.get(404) ?? {};
  const { examples = {} } = content["application/problem+json"] ?? {};
  return "unknown-rig" in examples;
}

function listUnknown({ parameters }: DrivenOperation): Variation {
  const named = parameters.filter(({ name }) => RIG_PARAMETERS.has(name));
  return {
    values: Object.fromEntries(
      named.map(({ name, in: place }) => [
        name,
        name === "tag" && place === "query" ? "site:nosuch" : "nosuch",
      ]),
    ),
  };
}
