/**
 * The commands that change what the processors and CPUs of bfgminer do.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { RigForkControls } from "./rig_fork_controls.ts";
 *
 * await using simulator = Simulator.start({ personality: "bfgminer" });
 * const rig = new RigForkControls(simulator);
 * await rig.procDisable(0);
 * const { PGA: [processor] } = await rig.proc(0);
 * console.log(processor.Enabled); // N
 * ```
 *
 * @module
 */

import { checkText, formatId, formatOption } from "./arguments.ts";
import type { DevScanReply } from "./device_details.ts";
import type { StatusReply } from "./reply.ts";
import type { RigCallOptions } from "./call_options.ts";
import { RigGpuControls } from "./rig_gpu_controls.ts";

/**
 * Controls of what bfgminer calls processors, and of its CPUs. They need the
 * group W; each is sent at most once.
 */
export class RigForkControls extends RigGpuControls {
  /**
   * `procenable`: lets a processor (bfgminer) hash.
   *
   * @param proc Its number, as `procs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async procEnable(
    proc: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("procenable", formatId("a processor", proc), options);
  }

  /**
   * `procdisable`: keeps a processor (bfgminer) from hashing.
   *
   * @param proc Its number, as `procs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async procDisable(
    proc: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "procdisable",
      formatId("a processor", proc),
      options,
    );
  }

  /**
   * `procidentify`: makes a processor (bfgminer) blink, if it can.
   *
   * @param proc Its number, as `procs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS: `W` if it cannot.
   */
  async procIdentify(
    proc: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "procidentify",
      formatId("a processor", proc),
      options,
    );
  }

  /**
   * `procset`: sets an option of a processor (bfgminer).
   *
   * @param proc Its number, as `procs` has it.
   * @param option What to set; `help` makes most drivers list it.
   * @param value To what; absent where the option takes none.
   * @param options The call's own deadline and signal.
   * @returns STATUS: `W` if it has no options.
   */
  async procSet(
    proc: number,
    option: string,
    value?: string | number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask(
      "procset",
      formatOption(formatId("a processor", proc), option, value),
      options,
    );
  }

  /**
   * `cpuenable`: lets a CPU (bfgminer) hash.
   *
   * @param cpu Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async cpuEnable(cpu: number, options?: RigCallOptions): Promise<StatusReply> {
    return await this.ask("cpuenable", formatId("a CPU", cpu), options);
  }

  /**
   * `cpudisable`: keeps a CPU (bfgminer) from hashing.
   *
   * @param cpu Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async cpuDisable(
    cpu: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("cpudisable", formatId("a CPU", cpu), options);
  }

  /**
   * `cpurestart`: restarts a CPU (bfgminer).
   *
   * @param cpu Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns STATUS, which says what was done.
   */
  async cpuRestart(
    cpu: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("cpurestart", formatId("a CPU", cpu), options);
  }

  /**
   * `devscan`: looks for new devices now (bfgminer).
   *
   * @param device Where to look, as `--scan` takes it; absent: everywhere.
   * @param options The call's own deadline and signal.
   * @returns The devices that were found, in `DEVS`.
   */
  async devScan(
    device?: string,
    options?: RigCallOptions,
  ): Promise<DevScanReply> {
    return await this.ask(
      "devscan",
      device === undefined ? undefined : checkText("a device", device),
      options,
    );
  }
}
