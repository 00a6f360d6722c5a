/**
 * The reports that only some vendors' firmware gives.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { RigVendorReports } from "./rig_vendor_reports.ts";
 *
 * await using simulator = Simulator.start();
 * const rig = new RigVendorReports(simulator);
 * const power = await rig.power().catch(() => undefined);
 * console.log(power?.POWER[0].Watts ?? "This miner does not say");
 * ```
 *
 * @module
 */

import { formatId } from "./arguments.ts";
import type { MessageReply, StatusReply } from "./reply.ts";
import type { RigCallOptions } from "./call_options.ts";
import { RigDeviceReports } from "./rig_device_reports.ts";
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

/** Writes a board, or a board and a chip on it. */
function formatChip(board: number, chip: number | undefined): string {
  const id = formatId("a board", board);
  return chip === undefined ? id : `${id},${formatId("a chip", chip)}`;
}

/**
 * Reports of Braiins OS, LuxOS, WhatsMiner and others. A miner that does not
 * have one answers `E`, and it rejects. Where the type is a bare
 * {@linkcode StatusReply}, no reply of that command was at hand: its sections
 * are `unknown`.
 */
export class RigVendorReports extends RigDeviceReports {
  /**
   * `temps`: the boards' temperatures (Braiins OS, LuxOS).
   *
   * @param options The call's own deadline and signal.
   * @returns The boards, in `TEMPS`.
   */
  temps(options?: RigCallOptions): Promise<TempsReply> {
    return this.ask("temps", undefined, options);
  }

  /**
   * `fans`: the fans (Braiins OS, LuxOS).
   *
   * @param options The call's own deadline and signal.
   * @returns The fans, in `FANS`.
   */
  fans(options?: RigCallOptions): Promise<FansReply> {
    return this.ask("fans", undefined, options);
  }

  /**
   * `tempctrl`: the temperatures to be held (Braiins OS, LuxOS).
   *
   * @param options The call's own deadline and signal.
   * @returns STATUS and `TEMPCTRL`.
   */
  tempCtrl(options?: RigCallOptions): Promise<StatusReply> {
    return this.ask("tempctrl", undefined, options);
  }

  /**
   * `tunerstatus`: how tuning goes, and what power is drawn (Braiins OS).
   *
   * @param options The call's own deadline and signal.
   * @returns STATUS and `TUNERSTATUS`.
   */
  tunerStatus(options?: RigCallOptions): Promise<StatusReply> {
    return this.ask("tunerstatus", undefined, options);
  }

  /**
   * `atm`: how temperatures choose the profile (LuxOS).
   *
   * @param options The call's own deadline and signal.
   * @returns STATUS and `ATM`.
   */
  atm(options?: RigCallOptions): Promise<StatusReply> {
    return this.ask("atm", undefined, options);
  }

  /**
   * `events`: what happened to the miner (LuxOS).
   *
   * @param options The call's own deadline and signal.
   * @returns The events, in `EVENTS`.
   */
  events(options?: RigCallOptions): Promise<EventsReply> {
    return this.ask("events", undefined, options);
  }

  /**
   * `groups`: the groups of pools (LuxOS).
   *
   * @param options The call's own deadline and signal.
   * @returns STATUS and `GROUPS`.
   */
  groups(options?: RigCallOptions): Promise<StatusReply> {
    return this.ask("groups", undefined, options);
  }

  /**
   * `limits`: what settings may be (LuxOS).
   *
   * @param options The call's own deadline and signal.
   * @returns STATUS and `LIMITS`.
   */
  limits(options?: RigCallOptions): Promise<StatusReply> {
    return this.ask("limits", undefined, options);
  }

  /**
   * `power`: the power drawn (LuxOS).
   *
   * @param options The call's own deadline and signal.
   * @returns The power, in `POWER[0].Watts`.
   */
  power(options?: RigCallOptions): Promise<PowerReply> {
    return this.ask("power", undefined, options);
  }

  /**
   * `profiles`: the profiles that it can run (LuxOS, sgminer).
   *
   * @param options The call's own deadline and signal.
   * @returns The profiles, in `PROFILES`.
   */
  profiles(options?: RigCallOptions): Promise<ProfilesReply> {
    return this.ask("profiles", undefined, options);
  }

  /**
   * `frequencyget`: the frequency of a board or chip (LuxOS).
   *
   * @param board The board's number.
   * @param chip The chip's number on it; absent: the board.
   * @param options The call's own deadline and signal.
   * @returns STATUS, and what LuxOS says of it.
   */
  async frequencyGet(
    board: number,
    chip?: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return await this.ask("frequencyget", formatChip(board, chip), options);
  }

  /**
   * `voltageget`: a board's voltage (LuxOS).
   *
   * @param board The board's number.
   * @param options The call's own deadline and signal.
   * @returns The voltage, in `VOLTAGE[0]`.
   */
  async voltageGet(
    board: number,
    options?: RigCallOptions,
  ): Promise<VoltageReply> {
    return await this.ask("voltageget", formatId("a board", board), options);
  }

  /**
   * `healthchipget`: how healthy chips are (LuxOS).
   *
   * @param board The board's number.
   * @param chip The chip's number on it; absent: all of them.
   * @param options The call's own deadline and signal.
   * @returns The chips, in `CHIPS`.
   */
  async healthChipGet(
    board: number,
    chip?: number,
    options?: RigCallOptions,
  ): Promise<ChipsReply> {
    return await this.ask("healthchipget", formatChip(board, chip), options);
  }

  /**
   * `healthctrl`: how that is judged (LuxOS).
   *
   * @param options The call's own deadline and signal.
   * @returns STATUS, and what LuxOS says of it.
   */
  healthCtrl(options?: RigCallOptions): Promise<StatusReply> {
    return this.ask("healthctrl", undefined, options);
  }

  /**
   * `get_version`: what runs on the rig (WhatsMiner).
   *
   * @param options The call's own deadline and signal.
   * @returns The versions, in `Msg`.
   */
  getVersion(options?: RigCallOptions): Promise<MessageReply> {
    return this.ask("get_version", undefined, options);
  }

  /**
   * `get_psu`: the power supply (WhatsMiner).
   *
   * @param options The call's own deadline and signal.
   * @returns The power supply, in `Msg`.
   */
  getPsu(options?: RigCallOptions): Promise<MessageReply> {
    return this.ask("get_psu", undefined, options);
  }

  /**
   * `get_miner_info`: network and serial numbers (WhatsMiner).
   *
   * @param options The call's own deadline and signal.
   * @returns These, in `Msg`.
   */
  getMinerInfo(options?: RigCallOptions): Promise<MessageReply> {
    return this.ask("get_miner_info", undefined, options);
  }

  /**
   * `get_error_code`: what is wrong (WhatsMiner).
   *
   * @param options The call's own deadline and signal.
   * @returns The codes, in `Msg`.
   */
  getErrorCode(options?: RigCallOptions): Promise<MessageReply> {
    return this.ask("get_error_code", undefined, options);
  }

  /**
   * `status`: whether it mines (WhatsMiner).
   *
   * @param options The call's own deadline and signal.
   * @returns The state, in `Msg`.
   */
  status(options?: RigCallOptions): Promise<MessageReply> {
    return this.ask("status", undefined, options);
  }

  /**
   * `chipstat`: what each chip found (BW).
   *
   * @param options The call's own deadline and signal.
   * @returns The boards, in `DEVS`.
   */
  chipStat(options?: RigCallOptions): Promise<ChipStatReply> {
    return this.ask("chipstat", undefined, options);
  }

  /**
   * `temperature`: temperatures, where a miner has the command.
   *
   * @param options The call's own deadline and signal.
   * @returns STATUS, and what the miner says.
   */
  temperature(options?: RigCallOptions): Promise<StatusReply> {
    return this.ask("temperature", undefined, options);
  }

  /**
   * `voltage`: voltages, where a miner has the command.
   *
   * @param options The call's own deadline and signal.
   * @returns STATUS, and what the miner says.
   */
  voltage(options?: RigCallOptions): Promise<StatusReply> {
    return this.ask("voltage", undefined, options);
  }

  /**
   * `frequency`: frequencies, where a miner has the command.
   *
   * @param options The call's own deadline and signal.
   * @returns STATUS, and what the miner says.
   */
  frequency(options?: RigCallOptions): Promise<StatusReply> {
    return this.ask("frequency", undefined, options);
  }

  /**
   * `fan`: fans, where a miner has the command.
   *
   * @param options The call's own deadline and signal.
   * @returns STATUS, and what the miner says.
   */
  fan(options?: RigCallOptions): Promise<StatusReply> {
    return this.ask("fan", undefined, options);
  }

  /**
   * `psu`: the power supply, where a miner has the command.
   *
   * @param options The call's own deadline and signal.
   * @returns STATUS, and what the miner says.
   */
  psu(options?: RigCallOptions): Promise<StatusReply> {
    return this.ask("psu", undefined, options);
  }
}
