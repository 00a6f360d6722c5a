/**
 * Which reply each command has: the types by command, and what a reply must
 * hold to be what its type says.
 *
 * @example
 * ```ts
 * import { findShape, type Replies } from "./replies.ts";
 *
 * type Summary = Replies["summary"]["SUMMARY"][0];
 * const toHours = (summary: Summary): number => summary.Elapsed / 3600;
 * console.log(toHours.name, findShape("summary").sections); // [ "SUMMARY" ]
 * ```
 *
 * @module
 */

import type {
  AscCountReply,
  CpuCountReply,
  DevDetailsReply,
  DevScanReply,
  GpuCountReply,
  NotifyReply,
  PgaCountReply,
} from "./device_details.ts";
import type {
  AscReply,
  CpuReply,
  DevsReply,
  GpuReply,
  PgaReply,
} from "./device_reports.ts";
import type {
  CheckReply,
  CoinReply,
  ConfigReply,
  DebugReply,
  LcdReply,
  VersionReply,
} from "./miner_reports.ts";
import type { PoolsReply } from "./pool_report.ts";
import type { EndReply, MessageReply, StatusReply } from "./reply.ts";
import type { StatsReply } from "./stats_report.ts";
import type { SummaryReply } from "./summary_report.ts";
import type {
  ChipsReply,
  ChipStatReply,
  EventsReply,
  FansReply,
  PowerReply,
  ProfilesReply,
  TempsReply,
  VoltageReply,
} from "./vendor_reports.ts";

/**
 * The replies to the commands that may stand in a joined one, by command. No
 * reply was recorded to those with a bare {@linkcode StatusReply}: it has a
 * STATUS, and its sections are unknown.
 */
export type JoinableReplies = {
  readonly version: VersionReply;
  readonly config: ConfigReply;
  readonly devs: DevsReply;
  readonly edevs: DevsReply;
  readonly pools: PoolsReply;
  readonly summary: SummaryReply;
  readonly notify: NotifyReply;
  readonly devdetails: DevDetailsReply;
  readonly stats: StatsReply;
  readonly dbgstats: StatsReply;
  readonly coin: CoinReply;
  readonly usbstats: StatusReply;
  readonly lcd: LcdReply;
  readonly pgacount: PgaCountReply;
  readonly asccount: AscCountReply;
  readonly estats: StatsReply;
  readonly lockstats: StatusReply;
  readonly gpucount: GpuCountReply;
  readonly cpucount: CpuCountReply;
  readonly proccount: PgaCountReply;
  readonly procs: DevsReply;
  readonly procnotify: NotifyReply;
  readonly procdetails: DevDetailsReply;
  readonly temps: TempsReply;
  readonly fans: FansReply;
  readonly tempctrl: StatusReply;
  readonly tunerstatus: StatusReply;
  readonly atm: StatusReply;
  readonly events: EventsReply;
  readonly groups: StatusReply;
  readonly limits: StatusReply;
  readonly power: PowerReply;
  readonly profiles: ProfilesReply;
  readonly chipstat: ChipStatReply;
  readonly litestats: StatsReply;
  readonly temperature: StatusReply;
  readonly voltage: StatusReply;
  readonly frequency: StatusReply;
  readonly fan: StatusReply;
  readonly psu: StatusReply;
};

/** A command that may stand in a joined one. */
export type JoinableCommand = keyof JoinableReplies;

/** The replies to the commands that stand alone, and say more than STATUS. */
export type SingleReplies = {
  readonly asc: AscReply;
  readonly pga: PgaReply;
  readonly gpu: GpuReply;
  readonly cpu: CpuReply;
  readonly proc: PgaReply;
  readonly check: CheckReply;
  readonly debug: DebugReply;
  readonly devscan: DevScanReply;
  readonly quit: EndReply;
  readonly restart: EndReply;
  readonly voltageget: VoltageReply;
  readonly healthchipget: ChipsReply;
  readonly get_version: MessageReply;
  readonly get_psu: MessageReply;
  readonly get_miner_info: MessageReply;
  readonly get_error_code: MessageReply;
  readonly status: MessageReply;
};

/** The commands that stand alone, and of whose reply only STATUS is known. */
export type StatusCommand =
  | `${"pga" | "asc" | "gpu" | "cpu" | "proc"}${"enable" | "disable"}`
  | `${"pga" | "gpu" | "cpu"}restart`
  | `${"pga" | "asc" | "proc"}${"identify" | "set"}`
  | `gpu${"intensity" | "xintensity" | "rawintensity"}`
  | `gpu${"mem" | "engine" | "fan" | "vddc"}`
  | `${"switch" | "add" | "enable" | "disable" | "remove"}pool`
  | `pool${"priority" | "quota"}`
  | "changestrategy"
  | "changepoolprofile"
  | "addprofile"
  | "removeprofile"
  | "privileged"
  | "hotplug"
  | "save"
  | "failover-only"
  | "setconfig"
  | "zero"
  | "frequencyget"
  | "healthctrl";

/** The reply of each command for which {@linkcode Rig} has a method. */
export type Replies =
  & JoinableReplies
  & SingleReplies
  & Readonly<Record<StatusCommand, StatusReply>>;

/** A command for which {@linkcode Rig} has a method, as it is sent. */
export type CommandName = keyof Replies;

/** What a reply must hold to be what its type says. */
export interface ReplyShape {
  /** Whether STATUS is a list, or may be a word, or is laid out flat. */
  readonly status: "list" | "list-or-word" | "flat";
  /** Sections, one of which it must have; empty: whatever it has. */
  readonly sections: readonly string[];
  /** Whether that section must have an entry. */
  readonly isSingle: boolean;
}

const one = (...sections: string[]): ReplyShape => ({
  status: "list",
  sections,
  isSingle: true,
});
const many = (...sections: string[]): ReplyShape => ({
  status: "list",
  sections,
  isSingle: false,
});
const ANY: ReplyShape = { status: "list", sections: [], isSingle: false };
const END: ReplyShape = { ...ANY, status: "list-or-word" };
const FLAT: ReplyShape = { ...ANY, status: "flat" };

/** The shape of each reply that is more than a STATUS. */
const SHAPES: {
  readonly [C in Exclude<CommandName, StatusCommand>]: ReplyShape;
} = {
  version: one("VERSION"),
  config: one("CONFIG"),
  devs: many("DEVS"),
  edevs: many("DEVS"),
  pools: many("POOLS"),
  summary: one("SUMMARY"),
  notify: many("NOTIFY"),
  devdetails: many("DEVDETAILS", "DEVS"),
  stats: many("STATS"),
  dbgstats: many("STATS"),
  coin: one("COIN"),
  usbstats: ANY,
  lcd: one("LCD"),
  pgacount: one("PGAS"),
  asccount: one("ASCS"),
  estats: many("STATS"),
  lockstats: ANY,
  gpucount: one("GPUS"),
  cpucount: one("CPUS"),
  proccount: one("PGAS"),
  procs: many("DEVS"),
  procnotify: many("NOTIFY"),
  procdetails: many("DEVDETAILS", "DEVS"),
  temps: many("TEMPS"),
  fans: many("FANS"),
  tempctrl: ANY,
  tunerstatus: ANY,
  atm: ANY,
  events: many("EVENTS"),
  groups: ANY,
  limits: ANY,
  power: one("POWER"),
  profiles: many("PROFILES"),
  chipstat: many("DEVS"),
  litestats: many("STATS"),
  temperature: ANY,
  voltage: ANY,
  frequency: ANY,
  fan: ANY,
  psu: ANY,
  asc: one("ASC"),
  pga: one("PGA"),
  gpu: one("GPU"),
  cpu: one("CPU"),
  proc: one("PGA"),
  check: one("CHECK"),
  debug: one("DEBUG"),
  devscan: many("DEVS"),
  quit: END,
  restart: END,
  voltageget: one("VOLTAGE"),
  healthchipget: many("CHIPS"),
  get_version: FLAT,
  get_psu: FLAT,
  get_miner_info: FLAT,
  get_error_code: FLAT,
  status: FLAT,
};

const SHAPE_BY_NAME: ReadonlyMap<string, ReplyShape> = new Map(
  Object.entries(SHAPES),
);

/**
 * Says what the reply to a command must hold.
 *
 * @param command The command, as it is sent.
 * @returns Its shape; of a command that only has a STATUS, that.
 */
export function findShape(command: CommandName): ReplyShape {
  return SHAPE_BY_NAME.get(command) ?? ANY;
}
