/**
 * The commands that change what GPUs do.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { RigGpuControls } from "./rig_gpu_controls.ts";
 *
 * await using simulator = Simulator.start({ personality: "sgminer" });
 * const rig = new RigGpuControls(simulator);
 * const { STATUS: [{ Msg }] } = await rig.gpuIntensity(0, 18);
 * console.log(Msg); // GPU 0 set new intensity to 18
 * ```
 *
 * @module
 */

import {
  formatDecimal,
  formatId,
  formatInteger,
  formatIntensity,
} from "./arguments.ts";
import type { StatusReply } from "./reply.ts";
import type { RigCallOptions } from "./call_options.ts";
import { RigDeviceControls } from "./rig_device_controls.ts";

/**
 * Controls of GPUs: of sgminer, bfgminer, and cgminer before 3.8. They need the
 * group W; each is sent at most once.
 */
export class RigGpuControls extends RigDeviceControls {
  /**
   * `gpuenable`: lets a GPU hash.
   *
   * @param gpu Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async gpuEnable(gpu: number, options?: RigCallOptions): Promise<StatusReply> {
    return await this.ask("gpuenable", formatId("a GPU", gpu), options);
  }

  /**
   * `gpudisable`: keeps a GPU from hashing.
   *
   * @param gpu Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async gpuDisable(
    gpu: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("gpudisable", formatId("a GPU", gpu), options);
  }

  /**
   * `gpurestart`: restarts a GPU.
   *
   * @param gpu Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async gpuRestart(
    gpu: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("gpurestart", formatId("a GPU", gpu), options);
  }

  /**
   * `gpuintensity`: sets how much a GPU works.
   *
   * @param gpu Its number, as `devs` has it.
   * @param intensity The intensity; `d`: by itself, so that a desktop
   * stays usable.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async gpuIntensity(
    gpu: number,
    intensity: number | "d",
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "gpuintensity",
      `${formatId("a GPU", gpu)},${formatIntensity(intensity)}`,
      options,
    );
  }

  /**
   * `gpuxintensity`: sets the same more finely (sgminer).
   *
   * @param gpu Its number, as `devs` has it.
   * @param intensity From 1 to 9999.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async gpuXIntensity(
    gpu: number,
    intensity: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "gpuxintensity",
      `${formatId("a GPU", gpu)},${
        formatInteger("an intensity", intensity, 1)
      }`,
      options,
    );
  }

  /**
   * `gpurawintensity`: sets the same as a number of threads (sgminer).
   *
   * @param gpu Its number, as `devs` has it.
   * @param intensity From 1.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async gpuRawIntensity(
    gpu: number,
    intensity: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "gpurawintensity",
      `${formatId("a GPU", gpu)},${
        formatInteger("an intensity", intensity, 1)
      }`,
      options,
    );
  }

  /**
   * `gpumem`: sets a GPU's memory clock.
   *
   * @param gpu Its number, as `devs` has it.
   * @param mhz The clock, in MHz.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async gpuMem(
    gpu: number,
    mhz: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "gpumem",
      `${formatId("a GPU", gpu)},${formatId("a clock", mhz)}`,
      options,
    );
  }

  /**
   * `gpuengine`: sets a GPU's engine clock.
   *
   * @param gpu Its number, as `devs` has it.
   * @param mhz The clock, in MHz.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async gpuEngine(
    gpu: number,
    mhz: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "gpuengine",
      `${formatId("a GPU", gpu)},${formatId("a clock", mhz)}`,
      options,
    );
  }

  /**
   * `gpufan`: sets a GPU's fan.
   *
   * @param gpu Its number, as `devs` has it.
   * @param percent Its speed, in percent.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async gpuFan(
    gpu: number,
    percent: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "gpufan",
      `${formatId("a GPU", gpu)},${formatId("a speed", percent)}`,
      options,
    );
  }

  /**
   * `gpuvddc`: sets a GPU's voltage.
   *
   * @param gpu Its number, as `devs` has it.
   * @param volts The voltage, in volts.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async gpuVddc(
    gpu: number,
    volts: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "gpuvddc",
      `${formatId("a GPU", gpu)},${formatDecimal("a voltage", volts)}`,
      options,
    );
  }
}
