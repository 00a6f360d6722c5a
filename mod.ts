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

export type { NewPool } from "./client/arguments.ts";
export type * from "./client/device_details.ts";
export type * from "./client/device_reports.ts";
export type * from "./client/miner_reports.ts";
export type * from "./client/pool_report.ts";
export type { NewProfile } from "./client/profile.ts";
export type {
  CommandName,
  JoinableCommand,
  JoinableReplies,
  Replies,
  SingleReplies,
  StatusCommand,
} from "./client/replies.ts";
export type * from "./client/reply.ts";
// The parts of Rig, for the documentation of its methods.
export type { RigDeviceControls } from "./client/rig_device_controls.ts";
export type { RigDeviceReports } from "./client/rig_device_reports.ts";
export type { RigForkControls } from "./client/rig_fork_controls.ts";
export type { RigGpuControls } from "./client/rig_gpu_controls.ts";
export type { RigPoolControls } from "./client/rig_pool_controls.ts";
export type { RigReports } from "./client/rig_reports.ts";
export type { RigTelemetry } from "./client/rig_telemetry.ts";
export type { RigVendorReports } from "./client/rig_vendor_reports.ts";
export { type DebugSetting, Rig, type ZeroTarget } from "./client/rig.ts";
export type { RigCallOptions } from "./client/call_options.ts";
export type {
  CertainParts,
  IsUnion,
  JoinArguments,
  JoinArgumentsWithOptions,
  JoinedCommands,
  JoinedReply,
} from "./client/join.ts";
export type { RigCalls, RigOptions } from "./client/rig_calls.ts";
export { type CameFromRig, RigReplyError } from "./client/rig_reply_error.ts";
export { RigStatusError } from "./client/rig_status_error.ts";
export type * from "./client/stats_report.ts";
export type { PoolStrategy } from "./client/strategy.ts";
export type * from "./client/summary_report.ts";
export type * from "./client/vendor_reports.ts";
export {
  type AccessRule,
  type CommandGroups,
  DEFAULT_ALLOW,
  type GroupCommands,
  type GroupLetter,
  parseAllowList,
  parseGroups,
} from "./gateway/access/access_list.ts";
export { FleetMonitor, type RigMember } from "./gateway/watch/fleet_monitor.ts";
export {
  FleetHistory,
  type FleetPoint,
  type RigPoint,
} from "./gateway/watch/history.ts";
export {
  type ListenOptions,
  type LiveBytes,
  type LiveClock,
  type LiveFormat,
  type LiveItem,
  LivePolls,
  type LivePollsOptions,
  type LiveSource,
  type LiveTopic,
  type OpenOptions,
} from "./gateway/live/streams.ts";
export type { SurveyOptions } from "./gateway/watch/rig_monitor.ts";
export type { RigReport, RigState } from "./gateway/watch/rig_report.ts";
export {
  Problem,
  type ProblemCode,
  type ProblemDocument,
  type ProblemOptions,
  PROBLEMS,
} from "./gateway/http/problems.ts";
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
export {
  type CallOutcome,
  type GatewayMetrics,
  type GatewayMetricsOptions,
  ROUTE_NAMES,
  type RouteName,
} from "./gateway/metrics/gateway_families.ts";
export type { DatagramAddress } from "./rigs/datagrams.ts";
export type {
  MetricDescription,
  MetricFamily,
  MetricType,
  WriteSample,
} from "./gateway/metrics/exposition.ts";
export type {
  AskedQuestion,
  EndedQuestion,
  QuestionWatcher,
} from "./rigs/asked_question.ts";
export type {
  MulticastOptions,
  MulticastResponder,
} from "./rigs/simulator/multicast.ts";
export {
  type ReadReply,
  readReply,
  type Repair,
  type RepairedReply,
  type RepairName,
  repairReply,
  type ReplyRefusal,
} from "./rpc/repair.ts";
export {
  readStatus,
  type ReplyStatus,
  type StatusLetter,
} from "./rpc/replies.ts";
export { type Command, COMMANDS, isReadCommand } from "./rpc/commands.ts";
export { readTelemetry } from "./telemetry/read_telemetry.ts";
export { type Report, REPORTS, type Reports } from "./telemetry/reports.ts";
export {
  discoverRigs as discover,
  type DiscoveryOptions,
  type FoundRig,
} from "./rigs/discovery.ts";
export type { GuardPolicy } from "./gateway/access/guard.ts";
export { type Network, parseNetwork } from "./gateway/access/ip_address.ts";
export { type Credential, TokenCheck } from "./gateway/access/token.ts";
export {
  type ConnectionInfo,
  createHandler,
  type Handler,
  type HandlerOptions,
} from "./gateway/handler.ts";
export type { LogEntry } from "./gateway/http/log.ts";
export {
  Fleet,
  type FleetRig,
  type NamedRig,
  type Tags,
} from "./rigs/fleet.ts";
export {
  type Answer,
  type AskOptions,
  type EndedCall,
  RigQueue,
  type RigQueueOptions,
  type Timing,
} from "./rigs/queue.ts";
export {
  type Access,
  type Personality,
  type PoolOptions,
  Simulator,
  type SimulatorOptions,
} from "./rigs/simulator.ts";
export { toRequest } from "./routes.ts";
export {
  type CallOptions,
  callRig,
  encodeRequest,
  type RawReply,
  type RigRequest,
  type RunningCall,
} from "./rpc.ts";
export {
  RequestError,
  type RigAddress,
  RigError,
  type RigErrorCode,
} from "./rpc/errors.ts";
