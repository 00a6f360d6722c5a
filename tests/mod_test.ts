import { assertEquals } from "jsr:@std/assert@1";
import * as chi from "../mod.ts";

/** What may be relied on, types included; at most 130 names. */
const NAMES = `
  Access AccessRule CallOptions CheckReply CheckReport ChipReport
  ChipStatReply ChipStatReport ChipsReply CoinReply CoinReport CommandGroups
  ConfigReply ConfigReport ConnectionInfo CountReply CountReport DebugReply
  DebugReport DevDetailsReply DevScanReply Device
  DeviceDetailsReport DeviceReply DeviceReport DevsReply DiscoveryOptions
  EndReply EventReport EventsReply Fan FanControlReport FanReport FansReply
  Fleet FleetRig FoundRig GroupCommands GroupLetter GuardPolicy Handler
  HandlerOptions Hashrate HashrateWindow JoinableCommand JoinableReplies
  JoinedReply LcdReply LcdReport LivePolls LogEntry MessageReply MinerInfo
  MulticastOptions MulticastResponder NamedRig Network NewPool NewProfile
  NotifyReply NotifyReport Personality Pool PoolOptions PoolReport
  PoolsReply PowerReply PowerReport ProfileReport ProfilesReply
  REPORTS RawReply ReadReply Repair RepairName RepairedReply ReplyRefusal
  Report Reports RequestError Rig RigAddress RigCallOptions RigError
  RigErrorCode RigOptions RigQueue RigQueueOptions RigReply RigReplyError
  RigRequest RigStatusError ScanOptions ScannedRig ShareCounts Simulator
  SimulatorOptions StatsReply StatsReport Status StatusLetter StatusReply
  SummaryReply SummaryReport Tags Telemetry TempReport Temperature TempsReply
  TokenCheck Trouble VersionReply VersionReport VoltageReply VoltageReport
  askRigs callRig createHandler currentHashrate discover findTrouble hottest parseAllowList parseGroups parseNetwork
  readReply readTelemetry repairReply scan toRequest`.trim().split(/\s+/);

Deno.test("mod.ts exports exactly what it promises", async () => {
  const text = await Deno.readTextFile(new URL("../mod.ts", import.meta.url));
  const lists = text.matchAll(/^export (?:type )?\{([^}]*)\} from /gm);
  const names = [...lists].flatMap(([, list = ""]) => list.split(","))
    .map((name) => name.trim().split(" ").at(-1) ?? "")
    .filter((name) => name !== "");
  assertEquals(names.toSorted(), NAMES);
  assertEquals(Object.keys(chi).filter((name) => !names.includes(name)), []);
  // No statement exports a whole module.
  assertEquals(text.match(/^export (?:type )?\*/m), null);
  assertEquals(NAMES.length <= 130, true);
});

Deno.test("mod.ts gives as values what a program calls", () => {
  assertEquals(Object.keys(chi).toSorted(), [
    "Fleet",
    "LivePolls",
    "REPORTS",
    "RequestError",
    "Rig",
    "RigError",
    "RigReplyError",
    "RigStatusError",
    "Simulator",
    "TokenCheck",
    "askRigs",
    "callRig",
    "createHandler",
    "currentHashrate",
    "discover",
    "findTrouble",
    "hottest",
    "parseAllowList",
    "parseGroups",
    "parseNetwork",
    "readReply",
    "readTelemetry",
    "repairReply",
    "scan",
    "toRequest",
  ]);
});
