import { assertEquals } from "jsr:@std/assert@1";
import * as chi from "../mod.ts";

Deno.test("mod.ts exports exactly what it promises", () => {
  assertEquals(Object.keys(chi).sort(), [
    "COMMANDS",
    "DEFAULT_ALLOW",
    "Fleet",
    "FleetHistory",
    "FleetMonitor",
    "LivePolls",
    "PROBLEMS",
    "Problem",
    "REPORTS",
    "ROUTE_NAMES",
    "RequestError",
    "Rig",
    "RigError",
    "RigQueue",
    "RigReplyError",
    "RigStatusError",
    "Simulator",
    "TokenCheck",
    "callRig",
    "createHandler",
    "discover",
    "encodeRequest",
    "isReadCommand",
    "parseAllowList",
    "parseGroups",
    "parseNetwork",
    "readReply",
    "readStatus",
    "readTelemetry",
    "repairReply",
    "toRequest",
  ]);
});
