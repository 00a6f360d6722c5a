/**
 * A client for one rig: a method for every command of the API.
 *
 * The class is written in parts, of which this is the last: calls
 * (`rig_calls.ts`), telemetry (`rig_telemetry.ts`), reports (`rig_reports.ts`,
 * `rig_device_reports.ts`, `rig_vendor_reports.ts`), controls
 * (`rig_pool_controls.ts`, `rig_device_controls.ts`, `rig_gpu_controls.ts`,
 * `rig_fork_controls.ts`), and here those of the miner itself.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { Rig } from "./rig.ts";
 *
 * await using simulator = Simulator.start();
 * const rig = new Rig(simulator); // or { hostname: "10.0.0.7" }
 * const { SUMMARY: [summary] } = await rig.summary();
 * console.log(summary.Elapsed, summary["MHS av"]);
 * await rig.switchPool(1);
 * ```
 *
 * @module
 */

import { checkChoice, checkText, formatSetting } from "./arguments.ts";
import type { DebugReply } from "./miner_reports.ts";
import type { EndReply, StatusReply } from "./reply.ts";
import type { RigCallOptions } from "./call_options.ts";
import { RigForkControls } from "./rig_fork_controls.ts";

/** What `debug` switches; `normal` switches all of it off. */
export type DebugSetting =
  | "silent"
  | "quiet"
  | "verbose"
  | "debug"
  | "rpcproto"
  | "perdevice"
  | "worktime"
  | "normal";

const DEBUG_SETTINGS: readonly DebugSetting[] = [
  "silent",
  "quiet",
  "verbose",
  "debug",
  "rpcproto",
  "perdevice",
  "worktime",
  "normal",
];

/** What `zero` zeroes: all figures, or the best share alone. */
export type ZeroTarget = "all" | "bestshare";

const ZERO_TARGETS: readonly ZeroTarget[] = ["all", "bestshare"];

/**
 * One rig. Methods are named after commands (`switchpool` is `switchPool()`),
 * resolve to the reply as the rig shapes it, and are typed from recorded replies.
 *
 * They reject with {@linkcode RequestError} for an argument that cannot be right
 * (nothing is sent then), with {@linkcode RigStatusError} if the rig answers `E`
 * or `F`, with {@linkcode RigReplyError} if it answers in another shape, and with
 * {@linkcode RigError} if it does not answer. {@linkcode RigCalls.call} sends any
 * other command, and escapes nothing.
 *
 * A rig is asked by one connection at a time, the same report asked for twice at
 * once is asked once, and what may change something is sent at most once.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { Rig } from "./rig.ts";
 *
 * await using simulator = Simulator.start();
 * const rig = new Rig(simulator); // or { hostname: "10.0.0.7", port: 4028 }
 * const { POOLS } = await rig.pools();
 * await rig.poolPriority(POOLS.map(({ POOL }) => POOL).reverse());
 * ```
 */
export class Rig extends RigForkControls {
  /**
   * `privileged`: whether this machine may change something.
   *
   * @param options The call's own deadline and signal.
   * @returns STATUS; it rejects with code 45 if not.
   */
  privileged(options?: RigCallOptions): Promise<StatusReply> {
    return this.ask("privileged", undefined, options);
  }

  /**
   * `quit`: ends the miner. Whatever started it may start it again.
   *
   * @param options The call's own deadline and signal.
   * @returns `BYE`; the API is gone with it.
   */
  quit(options?: RigCallOptions): Promise<EndReply> {
    return this.ask("quit", undefined, options);
  }

  /**
   * `restart`: restarts the miner. Its API is away for some seconds.
   *
   * @param options The call's own deadline and signal.
   * @returns `RESTART`.
   */
  restart(options?: RigCallOptions): Promise<EndReply> {
    return this.ask("restart", undefined, options);
  }

  /**
   * `save`: writes the configuration into a file on the rig.
   *
   * @param file Its path there; absent: the miner's own.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async save(file?: string, options?: RigCallOptions): Promise<StatusReply> {
    return await this.ask(
      "save",
      file === undefined ? undefined : checkText("a file", file),
      options,
    );
  }

  /**
   * `debug`: switches what the miner logs; each setting is a toggle.
   *
   * @param setting Which to switch; absent: none, they are only reported.
   * @param options The call's own deadline and signal.
   * @returns The settings as they are now, in `DEBUG[0]`.
   */
  async debug(
    setting?: DebugSetting,
    options?: RigCallOptions,
  ): Promise<DebugReply> {
    return await this.ask(
      "debug",
      setting === undefined
        ? undefined
        : checkChoice("a debug setting", setting, DEBUG_SETTINGS),
      options,
    );
  }

  /**
   * `failover-only`: whether the other pools get work only if the first
   * fails. cgminer has no such choice any more, and answers `E`.
   *
   * @param isOn Whether they do.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async failoverOnly(
    isOn: boolean,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "failover-only",
      String(checkChoice("a choice", isOn, [true, false])),
      options,
    );
  }

  /**
   * `setconfig`: changes a setting. cgminer has none left, and answers `E`.
   *
   * @param name The setting: `queue`, `scantime`, `expiry`; bfgminer has more.
   * @param value A whole number from 0; a text for bfgminer's
   * `coinbase-sig` and `strategy` alone.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async setConfig(
    name: string,
    value: number | string,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("setconfig", formatSetting(name, value), options);
  }

  /**
   * `zero`: zeroes figures.
   *
   * @param target Which: `all`, or `bestshare`.
   * @param isSummaryShown Whether the miner prints a summary first.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async zero(
    target: ZeroTarget,
    isSummaryShown: boolean,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "zero",
      `${checkChoice("a target", target, ZERO_TARGETS)},${
        checkChoice("a choice", isSummaryShown, [true, false])
      }`,
      options,
    );
  }
}
