/**
 * The commands that change which pools a miner works for.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { RigPoolControls } from "./rig_pool_controls.ts";
 *
 * await using simulator = Simulator.start();
 * const rig = new RigPoolControls(simulator);
 * await rig.addPool({
 *   url: "stratum+tcp://pool.example:3333",
 *   user: "worker.1",
 *   pass: "x",
 * });
 * const { POOLS } = await rig.pools();
 * console.log(POOLS.at(-1)?.URL); // stratum+tcp://pool.example:3333
 * ```
 *
 * @module
 */

import {
  checkText,
  formatId,
  formatPool,
  formatPriorities,
  type NewPool,
} from "./arguments.ts";
import { formatProfile, type NewProfile } from "./profile.ts";
import type { StatusReply } from "./reply.ts";
import type { RigCallOptions } from "./call_options.ts";
import { RigVendorReports } from "./rig_vendor_reports.ts";
import { formatStrategy, type PoolStrategy } from "./strategy.ts";

/**
 * Controls of pools. They need the group W; each is sent at most once.
 */
export class RigPoolControls extends RigVendorReports {
  /**
   * `switchpool`: puts a pool first, enables it, and works for it if it
   * answers.
   *
   * @param pool Its number, as `pools` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async switchPool(
    pool: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("switchpool", formatId("a pool", pool), options);
  }

  /**
   * `enablepool`: lets a pool be used.
   *
   * @param pool Its number, as `pools` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async enablePool(
    pool: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("enablepool", formatId("a pool", pool), options);
  }

  /**
   * `disablepool`: keeps a pool from being used. The last one that is in
   * use cannot be.
   *
   * @param pool Its number, as `pools` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async disablePool(
    pool: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("disablepool", formatId("a pool", pool), options);
  }

  /**
   * `addpool`: adds a pool, the last in rank. Commas and backslashes are
   * escaped.
   *
   * @param pool URL, user and password; none may be empty.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async addPool(pool: NewPool, options?: RigCallOptions): Promise<StatusReply> {
    return await this.ask("addpool", formatPool(pool), options);
  }

  /**
   * `removepool`: removes a pool. Not the one in use, and not the last.
   * The pools after it get other numbers.
   *
   * @param pool Its number, as `pools` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async removePool(
    pool: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("removepool", formatId("a pool", pool), options);
  }

  /**
   * `poolpriority`: ranks pools; those left out follow in the order that
   * they had.
   *
   * @param pools The numbers of pools, the first in rank first.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async poolPriority(
    pools: readonly number[],
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("poolpriority", formatPriorities(pools), options);
  }

  /**
   * `poolquota`: sets a pool's share of the work, where work is balanced.
   *
   * @param pool Its number, as `pools` has it.
   * @param quota Its share, in proportion to the others'.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async poolQuota(
    pool: number,
    quota: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "poolquota",
      `${formatId("a pool", pool)},${formatId("a quota", quota)}`,
      options,
    );
  }

  /**
   * `changestrategy`: sets how pools are chosen (sgminer).
   *
   * @param strategy How.
   * @param intervalMinutes How often to rotate: for `rotate` only, and
   * needed there.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async changeStrategy(
    strategy: PoolStrategy,
    intervalMinutes?: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "changestrategy",
      formatStrategy(strategy, intervalMinutes),
      options,
    );
  }

  /**
   * `changepoolprofile`: gives a pool another profile (sgminer).
   *
   * @param pool Its number, as `pools` has it.
   * @param profile The profile's name.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async changePoolProfile(
    pool: number,
    profile: string,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "changepoolprofile",
      `${formatId("a pool", pool)},${checkText("a profile", profile, ",")}`,
      options,
    );
  }

  /**
   * `addprofile`: adds a profile (sgminer).
   *
   * @param profile Name, algorithm and settings.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async addProfile(
    profile: NewProfile,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("addprofile", formatProfile(profile), options);
  }

  /**
   * `removeprofile`: removes a profile that no pool uses (sgminer).
   *
   * @param profile Its name.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async removeProfile(
    profile: string,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "removeprofile",
      checkText("a profile", profile),
      options,
    );
  }
}
