/**
 * The reports that a miner gives of its devices.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { RigDeviceReports } from "./rig_device_reports.ts";
 *
 * await using simulator = Simulator.start();
 * const rig = new RigDeviceReports(simulator);
 * const { ASC: [device] } = await rig.asc(0);
 * console.log(device.Enabled, device["MHS av"]);
 * ```
 *
 * @module
 */

import { formatId } from "./arguments.ts";
import type {
  AscCountReply,
  CpuCountReply,
  DevDetailsReply,
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
import type { RigCallOptions } from "./call_options.ts";
import { RigReports } from "./rig_reports.ts";

/**
 * Reports on the miner's devices. A miner without devices answers most of them
 * with `E`, and they reject.
 */
export class RigDeviceReports extends RigReports {
  /**
   * `devs`: every device.
   *
   * @param options The call's own deadline and signal.
   * @returns The devices, in `DEVS`.
   */
  devs(options?: RigCallOptions): Promise<DevsReply> {
    return this.ask("devs", undefined, options);
  }

  /**
   * `edevs`: as `devs`, without devices that are gone.
   *
   * @param options The call's own deadline and signal.
   * @returns The devices, in `DEVS`.
   */
  edevs(options?: RigCallOptions): Promise<DevsReply> {
    return this.ask("edevs", undefined, options);
  }

  /**
   * `procs`: every processor of every device (bfgminer).
   *
   * @param options The call's own deadline and signal.
   * @returns The processors, in `DEVS`.
   */
  procs(options?: RigCallOptions): Promise<DevsReply> {
    return this.ask("procs", undefined, options);
  }

  /**
   * `asc`: one ASIC.
   *
   * @param asc Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns The device, in `ASC[0]`.
   */
  async asc(asc: number, options?: RigCallOptions): Promise<AscReply> {
    return await this.ask("asc", formatId("an ASIC", asc), options);
  }

  /**
   * `pga`: one FPGA, or one device of bfgminer.
   *
   * @param pga Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns The device, in `PGA[0]`.
   */
  async pga(pga: number, options?: RigCallOptions): Promise<PgaReply> {
    return await this.ask("pga", formatId("a PGA", pga), options);
  }

  /**
   * `gpu`: one GPU.
   *
   * @param gpu Its number, as `devs` has it.
   * @param options The call's own deadline and signal.
   * @returns The device, in `GPU[0]`.
   */
  async gpu(gpu: number, options?: RigCallOptions): Promise<GpuReply> {
    return await this.ask("gpu", formatId("a GPU", gpu), options);
  }

  /**
   * `cpu`: one CPU (bfgminer).
   *
   * @param cpu Its number.
   * @param options The call's own deadline and signal.
   * @returns The device, in `CPU[0]`.
   */
  async cpu(cpu: number, options?: RigCallOptions): Promise<CpuReply> {
    return await this.ask("cpu", formatId("a CPU", cpu), options);
  }

  /**
   * `proc`: one processor (bfgminer).
   *
   * @param proc Its number, as `procs` has it.
   * @param options The call's own deadline and signal.
   * @returns The processor, in `PGA[0]`.
   */
  async proc(proc: number, options?: RigCallOptions): Promise<PgaReply> {
    return await this.ask("proc", formatId("a processor", proc), options);
  }

  /**
   * `asccount`: how many ASICs there are.
   *
   * @param options The call's own deadline and signal.
   * @returns The number, in `ASCS[0].Count`.
   */
  ascCount(options?: RigCallOptions): Promise<AscCountReply> {
    return this.ask("asccount", undefined, options);
  }

  /**
   * `pgacount`: how many FPGAs there are; all devices of bfgminer.
   *
   * @param options The call's own deadline and signal.
   * @returns The number, in `PGAS[0].Count`.
   */
  pgaCount(options?: RigCallOptions): Promise<PgaCountReply> {
    return this.ask("pgacount", undefined, options);
  }

  /**
   * `gpucount`: how many GPUs there are.
   *
   * @param options The call's own deadline and signal.
   * @returns The number, in `GPUS[0].Count`.
   */
  gpuCount(options?: RigCallOptions): Promise<GpuCountReply> {
    return this.ask("gpucount", undefined, options);
  }

  /**
   * `cpucount`: how many CPUs mine (bfgminer).
   *
   * @param options The call's own deadline and signal.
   * @returns The number, in `CPUS[0].Count`.
   */
  cpuCount(options?: RigCallOptions): Promise<CpuCountReply> {
    return this.ask("cpucount", undefined, options);
  }

  /**
   * `proccount`: how many processors there are (bfgminer).
   *
   * @param options The call's own deadline and signal.
   * @returns The number, in `PGAS[0].Count`.
   */
  procCount(options?: RigCallOptions): Promise<PgaCountReply> {
    return this.ask("proccount", undefined, options);
  }

  /**
   * `notify`: what went wrong with each device.
   *
   * @param options The call's own deadline and signal.
   * @returns The devices, in `NOTIFY`.
   */
  notify(options?: RigCallOptions): Promise<NotifyReply> {
    return this.ask("notify", undefined, options);
  }

  /**
   * `procnotify`: what went wrong with each processor (bfgminer).
   *
   * @param options The call's own deadline and signal.
   * @returns The processors, in `NOTIFY`.
   */
  procNotify(options?: RigCallOptions): Promise<NotifyReply> {
    return this.ask("procnotify", undefined, options);
  }

  /**
   * `devdetails`: what each device is.
   *
   * @param options The call's own deadline and signal.
   * @returns The devices, in `DEVDETAILS`; of bfgminer in `DEVS`.
   */
  devDetails(options?: RigCallOptions): Promise<DevDetailsReply> {
    return this.ask("devdetails", undefined, options);
  }

  /**
   * `procdetails`: what each processor is (bfgminer).
   *
   * @param options The call's own deadline and signal.
   * @returns The processors, in `DEVS`.
   */
  procDetails(options?: RigCallOptions): Promise<DevDetailsReply> {
    return this.ask("procdetails", undefined, options);
  }
}
