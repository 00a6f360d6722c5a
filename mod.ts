/**
 * chi-server as a library: the CGMiner RPC API of mining rigs, for other
 * programs.
 *
 * {@linkcode Rig} is the client: a method for every command, with typed
 * replies. {@linkcode createHandler} puts rigs on HTTP in a server of one's own.
 * {@linkcode Simulator} is a rig in this process, for tests.
 *
 * @example Ask a rig, and change something
 * ```ts
 * import { Rig, RigStatusError, Simulator } from "./mod.ts";
 *
 * await using simulator = Simulator.start();
 * const rig = new Rig(simulator); // or { hostname: "10.0.0.7" }
 * const { summary, pools } = await rig.join("summary", "pools");
 * console.log(summary.SUMMARY[0]["MHS av"], pools.POOLS[0]?.URL);
 * try {
 *   await rig.switchPool(1);
 * } catch (error) {
 *   if (!(error instanceof RigStatusError)) throw error;
 *   console.log(error.message); // what the rig says
 * }
 * ```
 *
 * @example Read what any vendor's rig says, in one shape
 * ```ts
 * import { Rig, Simulator } from "./mod.ts";
 *
 * await using simulator = Simulator.start({ personality: "antminer" });
 * const telemetry = await new Rig(simulator).telemetry();
 * console.log(telemetry.hashrate?.["5s"], telemetry.fans);
 * ```
 *
 * @example Serve a rig over HTTP
 * ```ts
 * import { createHandler, Fleet, Simulator } from "./mod.ts";
 *
 * await using rig = Simulator.start();
 * const { hostname, port } = rig;
 * const fleet = new Fleet([{ name: "garage", hostname, port }]);
 * await using server = Deno.serve(
 *   { hostname: "127.0.0.1", port: 0, onListen() {} },
 *   createHandler({ fleet }),
 * );
 * const response = await fetch(`http://127.0.0.1:${server.addr.port}/version`);
 * console.log(await response.json());
 * ```
 *
 * @example Shut down although somebody listens to a live stream
 * ```ts
 * import { createHandler, Fleet, LivePolls, Simulator } from "./mod.ts";
 *
 * await using rig = Simulator.start();
 * const { hostname, port } = rig;
 * const fleet = new Fleet([{ name: "garage", hostname, port }]);
 * const live = new LivePolls();
 * const server = Deno.serve(
 *   { hostname: "127.0.0.1", port: 0, onListen() {} },
 *   createHandler({ fleet, live }),
 * );
 * live.close();
 * await server.shutdown();
 * ```
 *
 * @module
 */

// A rig, asked by a program.
export { askRigs, Rig } from "./client/rig.ts";
export type { RigCallOptions, RigOptions } from "./client/rig_options.ts";
export type { NewPool, NewProfile } from "./client/arguments.ts";
export type { JoinedReply } from "./client/join.ts";
export type { JoinableCommand, JoinableReplies } from "./client/replies.ts";

// What goes wrong.
export { RigReplyError, RigStatusError } from "./client/rig_errors.ts";
export {
  RequestError,
  type RigAddress,
  RigError,
  type RigErrorCode,
} from "./rpc/errors.ts";

// What rigs reply, as they shape it.
export type {
  EndReply,
  MessageReply,
  RigReply,
  Status,
  StatusReply,
} from "./client/reply.ts";
export type {
  CheckReply,
  CheckReport,
  CoinReply,
  CoinReport,
  ConfigReply,
  ConfigReport,
  DebugReply,
  DebugReport,
  LcdReply,
  LcdReport,
  PoolReport,
  PoolsReply,
  StatsReply,
  StatsReport,
  SummaryReply,
  SummaryReport,
  VersionReply,
  VersionReport,
} from "./client/miner_reports.ts";
export type {
  CountReply,
  CountReport,
  DevDetailsReply,
  DeviceDetailsReport,
  DeviceReply,
  DeviceReport,
  DevScanReply,
  DevsReply,
  NotifyReply,
  NotifyReport,
} from "./client/device_reports.ts";
export type {
  ChipReport,
  ChipsReply,
  ChipStatReply,
  ChipStatReport,
  EventReport,
  EventsReply,
  FanControlReport,
  FanReport,
  FansReply,
  PowerReply,
  PowerReport,
  ProfileReport,
  ProfilesReply,
  TempReport,
  TempsReply,
  VoltageReply,
  VoltageReport,
} from "./client/vendor_reports.ts";

// What rigs of any make say, in one model.
export { readTelemetry } from "./telemetry/read_telemetry.ts";
export { type Report, REPORTS, type Reports } from "./telemetry/reports.ts";
export type {
  Device,
  Fan,
  Hashrate,
  HashrateWindow,
  MinerInfo,
  Pool,
  ShareCounts,
  Telemetry,
  Temperature,
} from "./telemetry/telemetry.ts";
export { currentHashrate, hottest } from "./telemetry/telemetry.ts";
export { findTrouble, type Trouble } from "./telemetry/trouble.ts";

// The API as miners speak it.
export {
  type CallOptions,
  callRig,
  type RawReply,
  type RigRequest,
} from "./rpc.ts";
export {
  type ReadReply,
  readReply,
  type Repair,
  type RepairedReply,
  type RepairName,
  repairReply,
  type ReplyRefusal,
} from "./rpc/repair.ts";
export type { StatusLetter } from "./rpc/replies.ts";

// Rigs on HTTP, in a server of one's own.
export { toRequest } from "./routes.ts";
export {
  type ConnectionInfo,
  createHandler,
  type Handler,
  type HandlerOptions,
} from "./gateway/handler.ts";
export {
  Fleet,
  type FleetRig,
  type NamedRig,
  type Tags,
} from "./rigs/fleet.ts";
export type { RigQueue, RigQueueOptions } from "./rigs/queue.ts";
export { LivePolls } from "./gateway/live/streams.ts";
export type { GuardPolicy } from "./gateway/access/guard.ts";
export {
  type AccessRule,
  type CommandGroups,
  type GroupCommands,
  type GroupLetter,
  parseAllowList,
  parseGroups,
} from "./gateway/access/access_list.ts";
export { type Network, parseNetwork } from "./gateway/access/ip_address.ts";
export { TokenCheck } from "./gateway/access/token.ts";
export type { LogEntry } from "./gateway/http/log.ts";

// A rig in this process, for tests.
export {
  type Access,
  type Personality,
  type PoolOptions,
  Simulator,
  type SimulatorOptions,
} from "./rigs/simulator.ts";
export type {
  MulticastOptions,
  MulticastResponder,
} from "./rigs/simulator/multicast.ts";

// Rigs on the network.
export {
  discoverRigs as discover,
  type DiscoveryOptions,
  type FoundRig,
} from "./rigs/discovery.ts";
export {
  scanAddresses as scan,
  type ScannedRig,
  type ScanOptions,
} from "./rigs/scan.ts";
