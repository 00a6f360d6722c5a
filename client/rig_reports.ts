/**
 * The reports that a miner gives of itself, its pools and its work.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { RigReports } from "./rig_reports.ts";
 *
 * await using simulator = Simulator.start();
 * const rig = new RigReports(simulator);
 * const { POOLS } = await rig.pools();
 * console.log(POOLS.map(({ URL, Status }) => `${URL}: ${Status}`));
 * ```
 *
 * @module
 */

import { checkText } from "./arguments.ts";
import type {
  CheckReply,
  CoinReply,
  ConfigReply,
  LcdReply,
  VersionReply,
} from "./miner_reports.ts";
import type { PoolsReply } from "./pool_report.ts";
import type { StatusReply } from "./reply.ts";
import type { RigCallOptions } from "./call_options.ts";
import { RigTelemetry } from "./rig_telemetry.ts";
import type { StatsReply } from "./stats_report.ts";
import type { SummaryReply } from "./summary_report.ts";

/**
 * Reports on the miner, its pools and its work.
 */
export class RigReports extends RigTelemetry {
  /**
   * `version`: what runs on the rig.
   *
   * @param options The call's own deadline and signal.
   * @returns The versions, in `VERSION[0]`.
   */
  version(options?: RigCallOptions): Promise<VersionReply> {
    return this.ask("version", undefined, options);
  }

  /**
   * `config`: how the miner is set up.
   *
   * @param options The call's own deadline and signal.
   * @returns The configuration, in `CONFIG[0]`.
   */
  config(options?: RigCallOptions): Promise<ConfigReply> {
    return this.ask("config", undefined, options);
  }

  /**
   * `summary`: the figures of the whole miner.
   *
   * @param options The call's own deadline and signal.
   * @returns The figures, in `SUMMARY[0]`.
   */
  summary(options?: RigCallOptions): Promise<SummaryReply> {
    return this.ask("summary", undefined, options);
  }

  /**
   * `pools`: the pools, and what was done for each.
   *
   * @param options The call's own deadline and signal.
   * @returns The pools by number, in `POOLS`.
   */
  pools(options?: RigCallOptions): Promise<PoolsReply> {
    return this.ask("pools", undefined, options);
  }

  /**
   * `stats`: how devices and pools were fetched work for, and on most
   * vendors' firmware much more: chains, temperatures, fans.
   *
   * @param options The call's own deadline and signal.
   * @returns The entries, in `STATS`.
   */
  stats(options?: RigCallOptions): Promise<StatsReply> {
    return this.ask("stats", undefined, options);
  }

  /**
   * `estats`: as `stats`, of devices that are there.
   *
   * @param options The call's own deadline and signal.
   * @returns The entries, in `STATS`.
   */
  estats(options?: RigCallOptions): Promise<StatsReply> {
    return this.ask("estats", undefined, options);
  }

  /**
   * `dbgstats`: figures for cgminer's developers. cgminer 4.11.1 answers
   * `F`, so that this rejects there; the figures are in the error's
   * `reply`.
   *
   * @param options The call's own deadline and signal.
   * @returns The entries, in `STATS`.
   */
  dbgStats(options?: RigCallOptions): Promise<StatsReply> {
    return this.ask("dbgstats", undefined, options);
  }

  /**
   * `litestats`: `stats` in short (Avalon).
   *
   * @param options The call's own deadline and signal.
   * @returns The entries, in `STATS`.
   */
  liteStats(options?: RigCallOptions): Promise<StatsReply> {
    return this.ask("litestats", undefined, options);
  }

  /**
   * `coin`: what is mined.
   *
   * @param options The call's own deadline and signal.
   * @returns The coin, in `COIN[0]`.
   */
  coin(options?: RigCallOptions): Promise<CoinReply> {
    return this.ask("coin", undefined, options);
  }

  /**
   * `lcd`: what a small display would show.
   *
   * @param options The call's own deadline and signal.
   * @returns The figures, in `LCD[0]`.
   */
  lcd(options?: RigCallOptions): Promise<LcdReply> {
    return this.ask("lcd", undefined, options);
  }

  /**
   * `usbstats`: what went over USB.
   *
   * @param options The call's own deadline and signal.
   * @returns STATUS, and `USBSTATS` where there is USB.
   */
  usbStats(options?: RigCallOptions): Promise<StatusReply> {
    return this.ask("usbstats", undefined, options);
  }

  /**
   * `lockstats`: who held which lock, for developers.
   *
   * @param options The call's own deadline and signal.
   * @returns STATUS; mostly that it is not built in.
   */
  lockStats(options?: RigCallOptions): Promise<StatusReply> {
    return this.ask("lockstats", undefined, options);
  }

  /**
   * `check`: whether the miner has a command, and whether this machine may
   * use it.
   *
   * @param command The command, as it is sent: `switchpool`.
   * @param options The call's own deadline and signal.
   * @returns `Exists` and `Access`, in `CHECK[0]`.
   */
  async check(command: string, options?: RigCallOptions): Promise<CheckReply> {
    return await this.ask("check", checkText("a command", command), options);
  }
}
