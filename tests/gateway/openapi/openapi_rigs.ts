/**
 * What rigs answer, and what they do wrong, driven for every operation that
 * asks them.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@1";
import { FleetHistory } from "../../../gateway/watch/history.ts";
import { referTo } from "../../../gateway/openapi/document.ts";
import type { PROBLEMS } from "../../../gateway/http/problems.ts";
import { type Personality, Simulator } from "../../../rigs/simulator.ts";
import { type Behaviour, replyWith, ScriptedRig } from "../../scripted_rig.ts";
import type { OpenApiDriver, Received } from "./openapi_driver.ts";
import { expect, isLive, isRig, serve, visit } from "./openapi_fleet.ts";
import {
  type DrivenOperation,
  listExamples,
  type Variation,
} from "./openapi_operations.ts";

/** After these a miner is away for a while, or for good. */
const ENDING = new Set(["quit", "restart"]);

/** What each operation answers when all is well. */
export async function driveAnswers(
  driver: OpenApiDriver,
  personality: Personality,
  vary: (operation: DrivenOperation) => Variation[],
): Promise<void> {
  await using rig = Simulator.start({ personality });
  const history = new FleetHistory();
  await using gateway = serve(rig, { history });
  const { defaultRig } = gateway.fleet;
  const nowS = Math.floor(Date.now() / 1000);
  const when = { timeS: nowS, takenS: nowS };
  history.record(defaultRig, 1, { hashrate: { "5s": 5 } }, when);
  history.endRound();
  await visit(driver.operations, async (operation) => {
    const expected = operation.responses.has(200) ? 200 : "not-found";
    for (const variation of [{}, ...vary(operation)]) {
      const received = ENDING.has(operation.id)
        ? await driveNewRig(driver, operation, personality, variation)
        : await driver.drive(operation, gateway.url(""), variation);
      expect(operation, received, expected);
    }
  });
}

async function driveNewRig(
  driver: OpenApiDriver,
  operation: DrivenOperation,
  personality: Personality,
  variation: Variation,
): Promise<Received> {
  await using rig = Simulator.start({ personality });
  await using gateway = serve(rig);
  return await driver.drive(operation, gateway.url(""), variation);
}

/** Each optional parameter, each type, each example: one at a time. */
export function listVariations(operation: DrivenOperation): Variation[] {
  const { method, parameters, responses } = operation;
  const types = Object.keys(responses.get(200)?.content ?? {});
  return [
    // What a rig calls an error is another matter, and another test's.
    ...parameters.filter(({ required, name }) => !required && name !== "Prefer")
      .map(({ name }): Variation => ({ optional: [name] })),
    ...(method === "get" ? types : [])
      .map((type): Variation => ({ headers: { accept: type } })),
    ...parameters.flatMap((parameter) =>
      listExamples(parameter).slice(1).map((value): Variation => ({
        values: { [parameter.name]: String(value) },
      }))
    ),
  ];
}

/** What a rig does wrong. */
export async function driveRigs(driver: OpenApiDriver): Promise<void> {
  const failures: [
    expected: keyof typeof PROBLEMS,
    behaviour: Behaviour,
    only?: string,
  ][] = [
    ["rig-closed", () => {}],
    ["rig-reply-invalid", replyWith("no JSON")],
    ["rig-reply-truncated", replyWith('{"STATUS":[')],
    [
      "rig-reply-too-large",
      replyWith(`["${"x".repeat(16 << 20)}"]`),
      "version",
    ],
    ["rig-timeout", ({ closed }) => closed],
  ];
  for (const [code, behaviour, only] of failures) {
    await using rig = await ScriptedRig.start(behaviour);
    await using gateway = serve(rig, {
      maxWaitingCalls: 1000,
      ...(code === "rig-timeout" ? { timeoutMs: 50 } : {}),
    });
    const operations = driver.operations.filter(isRig)
      .filter(({ id }) => only === undefined || id === only);
    const drive = async (operation: DrivenOperation) =>
      expect(operation, await driver.drive(operation, gateway.url("")), code);
    // A deadline counts from the question on: all have theirs at once.
    if (code === "rig-timeout") await Promise.all(operations.map(drive));
    else await visit(operations, drive);
  }
  for (
    const [code, rig] of [
      ["rig-refused", await findDeadRig()],
      // These tests may reach loopback alone: nobody is asked for the name.
      ["rig-unreachable", { hostname: "nosuch.invalid", port: 4028 }],
    ] as const
  ) {
    await using gateway = serve(rig);
    await visit(driver.operations.filter(isRig), async (operation) => {
      const received = await driver.drive(operation, gateway.url(""));
      expect(operation, received, code);
    });
  }
}

/** An address where nothing listens. */
async function findDeadRig(): Promise<{ hostname: string; port: number }> {
  await using rig = await ScriptedRig.start(() => {});
  const { hostname, port } = rig;
  return { hostname, port };
}

/** What is told of a dead rig where the gateway itself is well. */
export async function driveDeadRig(driver: OpenApiDriver): Promise<void> {
  await using gateway = serve(await findDeadRig());
  const base = gateway.url("");
  const headers = { accept: "text/event-stream" };
  await visit(driver.operations, async (operation) => {
    const { id } = operation;
    if (isRig(operation) || !operation.responses.has(200)) return;
    const received = await driver.drive(operation, base);
    expect(operation, received, 200);
    if (!isFleet(operation)) return;
    const { garage } = JSON.parse(received.body);
    driver.validate(id, referTo("schemas", "RigFailure"), garage);
  });
  await visit(driver.operations.filter(isLive), async (operation) => {
    const { status, body } = await driver.drive(operation, base, { headers });
    const event = /^event: (.*)$/m.exec(body)?.[1];
    const isProblem = isRig(operation);
    assertEquals(status, 200);
    assertEquals(event === "problem", isProblem, operation.id);
  });
}

function isFleet({ responses }: DrivenOperation): boolean {
  const { content = {} } = responses.get(200) ?? {};
  const reply = content["application/json"]?.schema.$ref;
  return reply === referTo("schemas", "FleetReply").$ref;
}

/** A rig whose queue is full. */
export async function driveBusyRig(driver: OpenApiDriver): Promise<void> {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  await using gateway = serve(rig, { maxWaitingCalls: 0 });
  const leaving = new AbortController();
  const { signal } = leaving;
  const held = fetch(gateway.url("/nosuch"), { signal }).catch(() => {});
  await rig.untilRequests(1);
  await visit(driver.operations.filter(isRig), async (operation) => {
    const received = await driver.drive(operation, gateway.url(""));
    expect(operation, received, "rig-busy");
  });
  leaving.abort();
  await held;
}

/** A rig that wants to be logged on to, and lets nobody. */
export async function driveLockedRig(driver: OpenApiDriver): Promise<void> {
  for (
    const [code, message] of [
      ["rig-locked", "over max connect"],
      ["rig-login-failed", "no"],
    ] as const
  ) {
    const reply = JSON.stringify({ STATUS: "E", Code: 1, Msg: message });
    await using rig = await ScriptedRig.start(replyWith(reply));
    await using gateway = serve(rig, {}, { password: "secret" });
    const locked = driver.operations.filter(({ responses }) =>
      responses.has(409)
    );
    await visit(locked, async (operation) => {
      const isAny = operation.parameters.some(({ name }) => name === "command");
      const values = isAny ? { command: "restart" } : {};
      const received = await driver.drive(operation, gateway.url(""), {
        values,
      });
      expect(operation, received, code);
    });
  }
}

/** A rig's own errors, with `Prefer: handling=strict`. */
export async function driveStrict(driver: OpenApiDriver): Promise<void> {
  for (const [code, status] of [[45, 403], [14, 404], [7, 422]] as const) {
    const reply = JSON.stringify({
      STATUS: [{ STATUS: "E", When: 1, Code: code, Msg: "No" }],
      id: 1,
    });
    await using rig = await ScriptedRig.start(replyWith(reply));
    await using gateway = serve(rig);
    const strict = { optional: ["Prefer"] };
    await visit(driver.operations.filter(isRig), async (operation) => {
      const base = gateway.url("");
      expect(operation, await driver.drive(operation, base), 200);
      const received = await driver.drive(operation, base, strict);
      expect(operation, received, status);
      assertEquals(received.body, reply);
    });
  }
}
