/**
 * chi-server as a library: the CGMiner RPC API of mining rigs, for other
 * programs.
 *
 * @example Ask a rig
 * ```ts
 * import { callRig, Simulator } from "./mod.ts";
 *
 * await using rig = Simulator.start();
 * const { bytes } = await callRig(rig, { command: "summary" });
 * console.log(new TextDecoder().decode(bytes));
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

export {
  type AccessRule,
  type CommandGroups,
  DEFAULT_ALLOW,
  type GroupCommands,
  type GroupLetter,
  parseAllowList,
  parseGroups,
} from "./gateway/access_list.ts";
export { FleetMonitor, type RigMember } from "./gateway/fleet_monitor.ts";
export {
  FleetHistory,
  type FleetPoint,
  type RigPoint,
} from "./gateway/history.ts";
export {
  type ListenOptions,
  type LiveBoard,
  type LiveBytes,
  type LiveClock,
  type LiveFormat,
  type LiveItem,
  LivePolls,
  type LivePollsOptions,
  type LiveSource,
  type OpenOptions,
} from "./gateway/live.ts";
export type { SurveyOptions } from "./gateway/rig_monitor.ts";
export type { RigReport, RigState } from "./gateway/rig_report.ts";
export {
  Problem,
  type ProblemCode,
  type ProblemDocument,
  type ProblemOptions,
  PROBLEMS,
} from "./gateway/problems.ts";
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
} from "./telemetry/gateway_families.ts";
export type { DatagramAddress } from "./rigs/datagrams.ts";
export type {
  MetricDescription,
  MetricFamily,
  MetricType,
  WriteSample,
} from "./telemetry/exposition.ts";
export type {
  AskedQuestion,
  EndedQuestion,
  QuestionWatcher,
} from "./rigs/asked_question.ts";
export type {
  MulticastOptions,
  MulticastResponder,
} from "./rigs/simulator/multicast.ts";
export type { RepairName } from "./rpc/repair.ts";
export type { GuardPolicy } from "./gateway/guard.ts";
export { type Network, parseNetwork } from "./gateway/ip_address.ts";
export { type Credential, TokenCheck } from "./gateway/token.ts";
export {
  type ConnectionInfo,
  createHandler,
  type Handler,
  type HandlerOptions,
} from "./gateway/handler.ts";
export type { LogEntry } from "./gateway/log.ts";
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
} from "./rpc.ts";
export {
  RequestError,
  type RigAddress,
  RigError,
  type RigErrorCode,
} from "./rpc/errors.ts";
