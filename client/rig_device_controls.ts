/**
 * The commands that change what a miner's devices do.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { RigDeviceControls } from "./rig_device_controls.ts";
 *
 * await using simulator = Simulator.start();
 * const rig = new RigDeviceControls(simulator);
 * await rig.ascDisable(0);
 * const { ASC: [device] } = await rig.asc(0);
 * console.log(device.Enabled); // N
 * ```
 *
 * @module
 */

import { formatId, formatOption } from "./arguments.ts";
import type { StatusReply } from "./reply.ts";
import type { RigCallOptions } from "./call_options.ts";
import { RigPoolControls } from "./rig_pool_controls.ts";

/**
 * Controls of ASICs and FPGAs. They need the group W; each is sent at most once.
 */
export class RigDeviceControls extends RigPoolControls {
  /**
   * `ascenable`: lets an ASIC hash.
   *
   * @param asc Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async ascEnable(asc: number, options?: RigCallOptions): Promise<StatusReply> {
    return await this.ask("ascenable", formatId("an ASIC", asc), options);
  }

  /**
   * `ascdisable`: keeps an ASIC from hashing.
   *
   * @param asc Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async ascDisable(
    asc: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("ascdisable", formatId("an ASIC", asc), options);
  }

  /**
   * `ascidentify`: makes an ASIC blink, if it can.
   *
   * @param asc Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS: `W` if it cannot.
   */
  async ascIdentify(
    asc: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("ascidentify", formatId("an ASIC", asc), options);
  }

  /**
   * `ascset`: sets an option of an ASIC.
   *
   * @param asc Its number, as `devs` has it.
   * @param option What to set; `help` makes most drivers list it.
   * @param value To what; absent where the option takes none.
   * @param options The call's own deadline and signal.
   * @returns STATUS: `W` if it has no options.
   */
  async ascSet(
    asc: number,
    option: string,
    value?: string | number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "ascset",
      formatOption(formatId("an ASIC", asc), option, value),
      options,
    );
  }

  /**
   * `pgaenable`: lets an FPGA hash.
   *
   * @param pga Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async pgaEnable(pga: number, options?: RigCallOptions): Promise<StatusReply> {
    return await this.ask("pgaenable", formatId("a PGA", pga), options);
  }

  /**
   * `pgadisable`: keeps an FPGA from hashing.
   *
   * @param pga Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async pgaDisable(
    pga: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("pgadisable", formatId("a PGA", pga), options);
  }

  /**
   * `pgarestart`: restarts a device of bfgminer.
   *
   * @param pga Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async pgaRestart(
    pga: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("pgarestart", formatId("a PGA", pga), options);
  }

  /**
   * `pgaidentify`: makes an FPGA blink, if it can.
   *
   * @param pga Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS: `W` if it cannot.
   */
  async pgaIdentify(
    pga: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("pgaidentify", formatId("a PGA", pga), options);
  }

  /**
   * `pgaset`: sets an option of an FPGA.
   *
   * @param pga Its number, as `devs` has it.
   * @param option What to set; `help` makes most drivers list it.
   * @param value To what; absent where the option takes none.
   * @param options The call's own deadline and signal.
   * @returns STATUS: `W` if it has no options.
   */
  async pgaSet(
    pga: number,
    option: string,
    value?: string | number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "pgaset",
      formatOption(formatId("a PGA", pga), option, value),
      options,
    );
  }

  /**
   * `hotplug`: sets how often the miner looks for new devices.
   *
   * @param seconds The seconds between two looks; 0: never.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async hotplug(
    seconds: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "hotplug",
      formatId("a number of seconds", seconds),
      options,
    );
  }
}
