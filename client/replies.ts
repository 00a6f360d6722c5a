/**
 * Which reply each command has. What it must hold, `rpc/commands.ts` says.
 *
 * @example
 * ```ts
 * import type { JoinableReplies } from "./replies.ts";
 *
 * type Summary = JoinableReplies["summary"]["SUMMARY"][0];
 * const toHours = (summary: Summary): number => summary.Elapsed / 3600;
 * console.log(toHours.name);
 * ```
 *
 * @module
 */

import type * as device from "./device_reports.ts";
import type * as miner from "./miner_reports.ts";
import type { EndReply, MessageReply, RigReply, StatusReply } from "./reply.ts";
import type * as vendor from "./vendor_reports.ts";

/**
 * The replies to the commands that may stand in a joined one, by command. No
 * reply was recorded to those with a bare {@linkcode StatusReply}: it has a
 * STATUS, and its sections are unknown.
 */
export type JoinableReplies = {
  readonly version: miner.VersionReply;
  readonly config: miner.ConfigReply;
  readonly devs: device.DevsReply;
  readonly edevs: device.DevsReply;
  readonly pools: miner.PoolsReply;
  readonly summary: miner.SummaryReply;
  readonly notify: device.NotifyReply;
  readonly devdetails: device.DevDetailsReply;
  readonly stats: miner.StatsReply;
  readonly dbgstats: miner.StatsReply;
  readonly coin: miner.CoinReply;
  readonly usbstats: StatusReply;
  readonly lcd: miner.LcdReply;
  readonly pgacount: device.CountReply<"PGAS">;
  readonly asccount: device.CountReply<"ASCS">;
  readonly estats: miner.StatsReply;
  readonly lockstats: StatusReply;
  readonly gpucount: device.CountReply<"GPUS">;
  readonly cpucount: device.CountReply<"CPUS">;
  readonly proccount: device.CountReply<"PGAS">;
  readonly procs: device.DevsReply;
  readonly procnotify: device.NotifyReply;
  readonly procdetails: device.DevDetailsReply;
  readonly temps: vendor.TempsReply;
  readonly fans: vendor.FansReply;
  readonly tempctrl: StatusReply;
  readonly tunerstatus: StatusReply;
  readonly atm: StatusReply;
  readonly events: vendor.EventsReply;
  readonly groups: StatusReply;
  readonly limits: StatusReply;
  readonly power: vendor.PowerReply;
  readonly profiles: vendor.ProfilesReply;
  readonly chipstat: vendor.ChipStatReply;
  readonly litestats: miner.StatsReply;
  readonly temperature: StatusReply;
  readonly voltage: StatusReply;
  readonly frequency: StatusReply;
  readonly fan: StatusReply;
  readonly psu: StatusReply;
};

/** A command that may stand in a joined one. */
export type JoinableCommand = keyof JoinableReplies;

/** Those of the commands that cannot be joined, and say more than STATUS. */
type SingleReplies = {
  readonly asc: device.DeviceReply<"ASC">;
  readonly pga: device.DeviceReply<"PGA">;
  readonly gpu: device.DeviceReply<"GPU">;
  readonly cpu: device.DeviceReply<"CPU">;
  readonly proc: device.DeviceReply<"PGA">;
  readonly check: miner.CheckReply;
  readonly debug: miner.DebugReply;
  readonly devscan: device.DevScanReply;
  readonly quit: EndReply;
  readonly restart: EndReply;
  readonly voltageget: vendor.VoltageReply;
  readonly healthchipget: vendor.ChipsReply;
  readonly get_version: MessageReply;
  readonly get_psu: MessageReply;
  readonly get_miner_info: MessageReply;
  readonly get_error_code: MessageReply;
  readonly status: MessageReply;
  readonly threads: RigReply;
  readonly pool: RigReply;
  readonly hwinfo: RigReply;
  readonly histo: RigReply;
  readonly scanlog: RigReply;
  readonly meminfo: RigReply;
};

/** The reply to a command. */
export type ReplyTo<C extends string> = C extends JoinableCommand
  ? JoinableReplies[C]
  : C extends keyof SingleReplies ? SingleReplies[C]
  : StatusReply;
