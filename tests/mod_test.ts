import { assertEquals } from "jsr:@std/assert@1";
import * as chi from "../mod.ts";

Deno.test("mod.ts exports exactly what it promises", () => {
  assertEquals(Object.keys(chi).sort(), [
    "DEFAULT_ALLOW",
    "Fleet",
    "FleetHistory",
    "FleetMonitor",
    "LivePolls",
    "PROBLEMS",
    "Problem",
    "ROUTE_NAMES",
    "RequestError",
    "RigError",
    "RigQueue",
    "Simulator",
    "TokenCheck",
    "callRig",
    "createHandler",
    "encodeRequest",
    "parseAllowList",
    "parseGroups",
    "parseNetwork",
    "toRequest",
  ]);
});
