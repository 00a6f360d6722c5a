import { PROBLEMS } from "../../../gateway/http/problems.ts";
import { nameRoute } from "../../../gateway/pages/pages.ts";
import type { Personality } from "../../../rigs/simulator.ts";
import { parseTarget } from "../../../routes.ts";
import { ROUTE_NAMES } from "../../../gateway/http/route_names.ts";
import { FACTS, makeOpenApi } from "../../../gateway/openapi/openapi.ts";
import { replyWith, ScriptedRig } from "../../scripted_rig.ts";
import { OpenApiDriver } from "./openapi_driver.ts";
import { serve, visit } from "./openapi_fleet.ts";
import { buildRequest } from "./openapi_operations.ts";
import { driveGuard, driveHosts, driveMistakes } from "./openapi_refusals.ts";
import {
  driveAnswers,
  driveBusyRig,
  driveDeadRig,
  driveLockedRig,
  driveRigs,
  driveStrict,
  listVariations,
} from "./openapi_rigs.ts";
import { assert, assertEquals } from "jsr:@std/assert@1";

const DOCUMENT = makeOpenApi(FACTS);

Deno.test("every response that the document declares comes from the gateway, and no other", async (t) => {
  const driver = new OpenApiDriver(DOCUMENT);
  const personalities: Personality[] = [
    "cgminer",
    "antminer",
    "bfgminer",
    "sgminer",
  ];
  for (const [index, personality] of personalities.entries()) {
    await t.step(
      `answers of ${personality}`,
      () =>
        driveAnswers(
          driver,
          personality,
          index === 0 ? listVariations : () => [],
        ),
    );
  }
  await t.step("refusals of the guard", () => driveGuard(driver));
  await t.step("wrong hosts", () => driveHosts(driver));
  await t.step("mistakes of requests", () => driveMistakes(driver));
  await t.step("failures of rigs", () => driveRigs(driver));
  await t.step("a dead rig", () => driveDeadRig(driver));
  await t.step("a full queue", () => driveBusyRig(driver));
  await t.step("a rig that lets nobody log on", () => driveLockedRig(driver));
  await t.step("errors of rigs", () => driveStrict(driver));
  await t.step("nothing is left over", () => {
    assertEquals(driver.listUnseen(), []);
    // No request gets that one: it says in /-/rigs why a rig is down.
    const codes = Object.keys(PROBLEMS)
      .filter((code) => code !== "rig-no-data").toSorted();
    assertEquals([...driver.codes].toSorted(), codes);
  });
  assert(driver.count > 3000, String(driver.count));
});

Deno.test("the document has a path for each kind of URL that the gateway tells apart", () => {
  const { operations } = new OpenApiDriver(DOCUMENT);
  const names = new Set(
    operations.map((each) => nameRoute(parseTarget(buildRequest(each).target))),
  );
  assertEquals(names, new Set(ROUTE_NAMES));
});

Deno.test("the document's server leads below the prefix where the gateway is mounted", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  await using gateway = serve(rig, { prefix: "/farm/miners" });
  const place = gateway.url("/farm/miners/-/openapi.json");
  const document = await (await fetch(place)).json();
  assertEquals(document, DOCUMENT);
  const base = new URL(document.servers[0].url, place).href.replace(/\/$/, "");
  assertEquals(base, gateway.url("/farm/miners"));
  const driver = new OpenApiDriver(document);
  await visit(driver.operations, async (operation) => {
    const { status } = await driver.drive(operation, base);
    assertEquals(status, operation.responses.has(200) ? 200 : 404);
  });
});

Deno.test("all paths of the document answer OPTIONS, HEAD for GET, and refuse any other method", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  await using gateway = serve(rig);
  const driver = new OpenApiDriver(DOCUMENT);
  const refusal = DOCUMENT.components.responses.Problem405;
  if (refusal === undefined) throw new Error("Nothing says what a 405 is");
  await visit(driver.operations, async (operation) => {
    const { id, method } = operation;
    const url = gateway.url(buildRequest(operation).target);
    const options = await fetch(url, { method: "OPTIONS" });
    const allow = options.headers.get("allow")?.split(", ") ?? [];
    assertEquals([options.status, await options.text()], [204, ""], id);
    assert(allow.includes(method.toUpperCase()), id);
    const refused = await fetch(url, { method: "DELETE" });
    assertEquals(refused.status, 405, id);
    driver.checkResponse(`${id} DELETE`, refusal, {
      status: refused.status,
      headers: refused.headers,
      body: await refused.text(),
    });
    if (method !== "get") return;
    const head = await fetch(url, { method: "HEAD" });
    const get = await fetch(url);
    await get.body?.cancel();
    assertEquals([head.status, await head.text()], [get.status, ""], id);
    assertEquals(
      head.headers.get("content-type"),
      get.headers.get("content-type"),
      id,
    );
  });
});
