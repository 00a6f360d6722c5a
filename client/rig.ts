/**
 * A client for one rig: a method for every command of the API, from top to
 * bottom: calls, telemetry, actions, reports, controls.
 *
 * @module
 */

import { LEAST_CALL_MS } from "../rigs/queue.ts";
import type { RigQueue } from "../rigs/queue.ts";
import type { RigRequest } from "../rpc.ts";
import type { RigAddress } from "../rpc/errors.ts";
import { CODE_INVALID_COMMAND } from "../rpc/replies.ts";
import {
  type ActionName,
  type ActionValues,
  findActions,
  type MakeAction,
} from "../telemetry/actions.ts";
import { SurveyPlan, surveyRig } from "../telemetry/survey.ts";
import type { MinerInfo, Telemetry } from "../telemetry/telemetry.ts";
import {
  checkPools,
  checkText,
  formatChip,
  formatChoice,
  formatDebug,
  formatDecimal,
  formatId,
  formatInteger,
  formatIntensity,
  formatOption,
  formatPool,
  formatPriorities,
  formatProfile,
  formatSetting,
  formatStrategy,
  formatZero,
  type NewPool,
  type NewProfile,
} from "./arguments.ts";
import { checkReply, findPart, parseReply } from "./check_reply.ts";
import type {
  CountReply,
  DevDetailsReply,
  DeviceReply,
  DevScanReply,
  DevsReply,
  NotifyReply,
} from "./device_reports.ts";
import {
  type JoinArguments,
  type JoinArgumentsWithOptions,
  type JoinedReply,
  readJoin,
} from "./join.ts";
import type {
  CheckReply,
  CoinReply,
  ConfigReply,
  DebugReply,
  LcdReply,
  PoolsReply,
  StatsReply,
  SummaryReply,
  VersionReply,
} from "./miner_reports.ts";
import type { JoinableCommand, ReplyTo } from "./replies.ts";
import type { EndReply, MessageReply, RigReply, StatusReply } from "./reply.ts";
import { RigStatusError, toUnsupportedError } from "./rig_errors.ts";
import {
  checkCallOptions,
  joinSignals,
  readRigOptions,
  type RigCallOptions,
  type RigOptions,
} from "./rig_options.ts";
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
 * One rig. Methods are named after commands (`switchpool` is `switchPool()`) and
 * resolve to the reply as the rig shapes it, typed from recorded replies. Not
 * every miner has every command: one that has not answers `E`.
 *
 * - **Options.** The last argument of each method has the call's own deadline and
 *   signal.
 * - **Numbers** of devices are those of their kind, as `devs` has them (`ASC`,
 *   `PGA`, `GPU`), those of processors stand in `procs`, those of pools in `pools`.
 * - **Controls** need the group W at the miner, and are sent at most once. They
 *   resolve to STATUS, which says what was done.
 * - **Errors.** A method rejects with {@linkcode RequestError} for an argument
 *   that cannot be right (nothing is sent then), with {@linkcode RigStatusError} if
 *   the rig answers `E` or `F`, with {@linkcode RigReplyError} if it answers in
 *   another shape, and with {@linkcode RigError} if it does not answer.
 * - **Order.** A rig is asked by one connection at a time, and the same report
 *   asked for twice at once is asked once.
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
export class Rig {
  /** Where it is, for `callRig` and messages. */
  readonly address: RigAddress;
  readonly #queue: RigQueue;
  readonly #timeoutMs: number | undefined;
  /** The caller's signal, where the queue is shared and so has its own. */
  readonly #signal: AbortSignal | undefined;
  /** What surveys have learnt of the rig; taken away while one runs. */
  #plan: SurveyPlan | undefined;
  /** What mines there; absent until the rig has said it. */
  #miner: MinerInfo | undefined;
  /** Whether nothing came the last time: the rig may have restarted since. */
  #wasDown = false;

  /**
   * Takes an address; connects to nothing yet.
   *
   * @param options Where the rig is, and how it is asked. A
   * {@linkcode Simulator}, what `discover()` finds and a rig of a
   * {@linkcode Fleet} will do.
   * @throws {RequestError} If one of them can be none, as a URL cannot be a host
   * name; if it is undefined, as of a rig that the fleet does not have; and for
   * a misspelt option.
   */
  constructor(options: RigOptions | undefined) {
    const { address, queue } = readRigOptions(options);
    this.address = address;
    this.#queue = queue;
    this.#timeoutMs = options?.timeoutMs;
    if (queue === options?.queue) this.#signal = options.signal;
  }

  /**
   * Sends any command, and gives whatever the rig answers.
   *
   * @param command One command, or several joined by `+`.
   * @param parameter Its parameter, if it takes one; nothing is escaped.
   * @param options The call's own deadline and signal.
   * @returns The reply, repaired if it had to be and parsed: also one that says
   * `E`. Numbers are those of `JSON.parse`, exact up to 2^53.
   * @throws {RequestError} If no rig could read the request, or it is known to
   * crash the miner: `setconfig` or `addprofile` without a parameter, a `cpu`
   * that is not there.
   * @throws {RigError} If the rig cannot be reached, or does not answer with a
   * reply; its `code` says which.
   */
  async call(
    command: string,
    parameter?: string | number,
    options: RigCallOptions = {},
  ): Promise<RigReply> {
    return await this.#call(
      { command, ...(parameter === undefined ? {} : { parameter }) },
      options,
    );
  }

  /** Sends a request, which may have further members. */
  async #call(
    request: RigRequest,
    options: RigCallOptions,
  ): Promise<RigReply> {
    checkCallOptions(options);
    const answer = await this.#queue.ask(request, {
      timeoutMs: this.#findTimeout(options),
      signal: joinSignals(this.#signal, options.signal),
      isLenient: options.isLenient === true,
    });
    return parseReply(answer.reply, this.address);
  }

  get #isMakeKnown(): boolean {
    return this.#miner !== undefined || this.#queue.kind !== undefined;
  }

  #findTimeout({ timeoutMs }: RigCallOptions): number {
    return timeoutMs ?? this.#timeoutMs ?? this.#queue.timeoutMs;
  }

  /** Sends a command of the table, and checks that its reply has the right shape. */
  async #ask<C extends string>(
    command: C,
    options: RigCallOptions | undefined,
    writeParameter?: () => string | undefined,
  ): Promise<ReplyTo<C>> {
    const reply = await this.call(command, writeParameter?.(), options);
    return checkReply(this.address, command, reply);
  }

  /**
   * Asks for several reports at once, in one call: `summary+pools`.
   *
   * @example
   * ```ts
   * import { Simulator } from "../rigs/simulator.ts";
   * import { Rig } from "./rig.ts";
   *
   * await using simulator = Simulator.start();
   * const { summary, pools } = await new Rig(simulator).join("summary", "pools");
   * console.log(summary.SUMMARY[0].Accepted, pools.POOLS.length);
   * ```
   *
   * @param commands The reports, as they are sent (`devdetails`, not
   * `devDetails`); options may follow the last.
   * @returns Each report's reply by its command: what the method of that name
   * resolves to.
   * @throws {RequestError} If there are none, or one cannot be joined.
   * @throws {RigStatusError} If the rig says `E` or `F` to one of them; the
   * error's `reply` has the others.
   * @throws {RigError} As {@linkcode Rig.call}; `rig-reply-invalid` also if the
   * reply is no joined one.
   */
  join<const C extends readonly JoinableCommand[]>(
    ...commands: JoinArguments<C>
  ): Promise<JoinedReply<C>>;
  /** The same, with options after the last command. */
  join<const C extends readonly JoinableCommand[]>(
    ...commandsAndOptions: JoinArgumentsWithOptions<C>
  ): Promise<JoinedReply<C>>;
  async join<const C extends readonly JoinableCommand[]>(
    ...given: readonly unknown[]
  ): Promise<JoinedReply<C>> {
    const { parts, options } = readJoin(given);
    const whole = await this.call(parts.join("+"), undefined, options);
    const replies: Record<string, unknown> = {};
    for (const part of parts) {
      const reply = findPart(this.address, parts, part, whole);
      replies[part] = checkReply(this.address, part, reply, whole);
    }
    // Each part was checked against the type that it has.
    return replies as JoinedReply<C>;
  }

  /**
   * Asks for all that telemetry is made of, and reads it: hashrate, devices,
   * fans, pools and more, in base units. What the rig refuses, or does not say,
   * is left out.
   *
   * The reports are asked for in one joined call where the miner takes that, and
   * else one by one, as far as the time goes: what it said up to five minutes
   * ago stands in for the rest. Which reports say anything is learnt the first
   * time.
   *
   * @param options The deadline of all calls together, and their signal.
   * @returns What the rig says.
   * @throws {RigError} If it answers nothing at all.
   */
  async telemetry(options: RigCallOptions = {}): Promise<Telemetry> {
    checkCallOptions(options);
    const { signal } = options;
    // A plan serves one survey at a time: a second one begins with a new plan.
    const plan = this.#plan ?? new SurveyPlan();
    this.#plan = undefined;
    try {
      const { telemetry, hasAnswered, error } = await surveyRig({
        plan,
        ask: (command, timeoutMs) =>
          this.call(command, undefined, { timeoutMs, signal }),
        onDefect: (error) => {
          throw error;
        },
        timeoutMs: this.#findTimeout(options),
        leastCallMs: LEAST_CALL_MS,
        wasDown: this.#wasDown,
      });
      this.#wasDown = !hasAnswered;
      if (!hasAnswered) throw error;
      this.#miner = telemetry.miner ?? this.#miner;
      return telemetry;
    } finally {
      this.#plan = plan;
    }
  }

  // Actions: what the same method does by another command for each make.

  /**
   * Restarts the miner, not the machine: by `restart`, and where that is unknown,
   * by what the make has in its place. The API is away for some seconds.
   *
   * @param options The deadline of all calls together, and their signal.
   * @returns The word `RESTART`, or a STATUS.
   * @throws {RigError} `not-supported` if the make has no command for it
   * (Braiins OS, cpuminer); or as any control.
   */
  async restart(options?: RigCallOptions): Promise<EndReply> {
    if (this.#isMakeKnown) {
      return await this.#act("restart", undefined, options);
    }
    try {
      return await this.#ask("restart", options);
    } catch (error) {
      const isUnknown = error instanceof RigStatusError &&
        error.statusCode === CODE_INVALID_COMMAND;
      if (!isUnknown) throw error;
      // Nothing was done, and it may have another name.
      return await this.#act("restart", undefined, options, error);
    }
  }

  /**
   * Stops mining, until {@linkcode Rig.resume}: WhatsMiner, LuxOS, Braiins OS,
   * Avalon. As all actions but `restart()`, it asks for
   * {@linkcode Rig.telemetry} first if that was never asked for, to learn the
   * make, and a make without a command for it is sent nothing.
   *
   * A WhatsMiner does none of these without its password, which is an option of
   * the `Rig`: it rejects with what the rig says then.
   *
   * @param options The deadline of all calls together, and their signal.
   * @returns What the rig says of it.
   * @throws {RigError} `not-supported` if the make has no command for it; or as
   * any control.
   */
  pause(options?: RigCallOptions): Promise<StatusReply> {
    return this.#act("pause", undefined, options);
  }

  /** Mines again after {@linkcode Rig.pause}, which says more. */
  resume(options?: RigCallOptions): Promise<StatusReply> {
    return this.#act("resume", undefined, options);
  }

  /**
   * Limits what the rig may take: WhatsMiner (which restarts for it), and LuxOS,
   * which is given the profile that takes most of those that take no more. See
   * {@linkcode Rig.pause}.
   *
   * @param watts The most, a whole number from 1.
   * @param options The deadline of all calls together, and their signal.
   * @returns What the rig says of it.
   * @throws {RigError} `not-supported` if the make has no command for it, or no
   * profile takes so little; or as any control.
   */
  async powerLimit(
    watts: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    formatInteger("a power limit in watts", watts, 1);
    return await this.#act("powerLimit", watts, options);
  }

  /**
   * Has the rig's light blink, so that somebody finds it, or ends that:
   * WhatsMiner, LuxOS, Avalon. See {@linkcode Rig.pause}.
   */
  async locate(isOn: boolean, options?: RigCallOptions): Promise<StatusReply> {
    formatChoice(isOn);
    return await this.#act("locate", isOn, options);
  }

  /**
   * Has the rig mine for these pools and no others: WhatsMiner, which keeps three.
   * Others have `addPool()` and its like. See {@linkcode Rig.pause}.
   *
   * @param pools The pools, the first choice first.
   * @param options The deadline of all calls together, and their signal.
   * @returns What the rig says of it.
   * @throws {RigError} `not-supported` if the make has no command for it, or
   * keeps fewer; or as any control.
   */
  async replacePools(
    pools: readonly NewPool[],
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    checkPools(pools);
    return await this.#act("replacePools", pools, options);
  }

  /**
   * Does what each make has a command of its own for.
   *
   * @param refusal The error of `restart`, if the rig did not know that command;
   * thrown again if its make has no other.
   */
  async #act<Name extends ActionName>(
    name: Name,
    value: ActionValues[Name],
    options: RigCallOptions = {},
    refusal?: RigStatusError,
  ): Promise<StatusReply> {
    checkCallOptions(options);
    const endMs = performance.now() + this.#findTimeout(options);
    const useRest = (): RigCallOptions => ({
      ...options,
      timeoutMs: Math.max(LEAST_CALL_MS, Math.ceil(endMs - performance.now())),
    });
    if (!this.#isMakeKnown) await this.telemetry(options);
    const miner = this.#miner;
    const action: MakeAction<ActionValues[Name]> | undefined =
      findActions(miner, this.#queue.kind)[name];
    if (action === undefined) {
      throw toUnsupportedError(this.address, name, miner);
    }
    const { command, report } = action;
    if (command === refusal?.command) throw refusal;
    const given = action.toArguments(value, {
      nowS: Date.now() / 1000,
      reply: report && await this.call(report, undefined, useRest()),
    });
    if (typeof given === "string") {
      throw toUnsupportedError(this.address, name, miner, given);
    }
    const { parameter, members } = given;
    const reply = await this.#call({
      command,
      ...(parameter === undefined ? {} : { parameter }),
      ...(members && { body: JSON.stringify({ command, ...members }) }),
    }, useRest());
    return checkReply(this.address, command, reply);
  }

  // Reports on the miner, its pools and its work.

  /** `version`: what runs on the rig, in `VERSION[0]`. */
  version(options?: RigCallOptions): Promise<VersionReply> {
    return this.#ask("version", options);
  }

  /** `config`: how the miner is set up, in `CONFIG[0]`. */
  config(options?: RigCallOptions): Promise<ConfigReply> {
    return this.#ask("config", options);
  }

  /** `summary`: the figures of the whole miner, in `SUMMARY[0]`. */
  summary(options?: RigCallOptions): Promise<SummaryReply> {
    return this.#ask("summary", options);
  }

  /** `pools`: the pools by number, and what was done for each, in `POOLS`. */
  pools(options?: RigCallOptions): Promise<PoolsReply> {
    return this.#ask("pools", options);
  }

  /**
   * `stats`: how devices and pools were fetched work for, and on most vendors'
   * firmware much more (chains, temperatures, fans), in `STATS`.
   */
  stats(options?: RigCallOptions): Promise<StatsReply> {
    return this.#ask("stats", options);
  }

  /** `estats`: as `stats`, of devices that are there. */
  estats(options?: RigCallOptions): Promise<StatsReply> {
    return this.#ask("estats", options);
  }

  /**
   * `dbgstats`: figures for cgminer's developers, in `STATS`; cgminer 4.11.1
   * answers `F`, so that this rejects there: they are in the error's `reply`.
   */
  dbgStats(options?: RigCallOptions): Promise<StatsReply> {
    return this.#ask("dbgstats", options);
  }

  /** `threads` (cpuminer, ccminer): each thread or GPU, in `THREADS`. */
  threads(options?: RigCallOptions): Promise<RigReply> {
    return this.#ask("threads", options);
  }

  /** `pool` (cpuminer, ccminer): the pool, in `POOLS[0]`. */
  pool(options?: RigCallOptions): Promise<RigReply> {
    return this.#ask("pool", options);
  }

  /** `hwinfo` (ccminer): what the GPUs are. */
  hwInfo(options?: RigCallOptions): Promise<RigReply> {
    return this.#ask("hwinfo", options);
  }

  /** `histo` (ccminer): the last hashrates. */
  histo(options?: RigCallOptions): Promise<RigReply> {
    return this.#ask("histo", options);
  }

  /** `scanlog` (ccminer): the ranges of nonces that were searched. */
  scanLog(options?: RigCallOptions): Promise<RigReply> {
    return this.#ask("scanlog", options);
  }

  /** `meminfo` (ccminer): what the miner keeps in memory. */
  memInfo(options?: RigCallOptions): Promise<RigReply> {
    return this.#ask("meminfo", options);
  }

  /** `litestats`: `stats` in short (Avalon). */
  liteStats(options?: RigCallOptions): Promise<StatsReply> {
    return this.#ask("litestats", options);
  }

  /** `coin`: what is mined, in `COIN[0]`. */
  coin(options?: RigCallOptions): Promise<CoinReply> {
    return this.#ask("coin", options);
  }

  /** `lcd`: what a small display would show, in `LCD[0]`. */
  lcd(options?: RigCallOptions): Promise<LcdReply> {
    return this.#ask("lcd", options);
  }

  /** `usbstats`: what went over USB, in `USBSTATS` where there is any. */
  usbStats(options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("usbstats", options);
  }

  /** `lockstats`: who held which lock; mostly that it is not built in. */
  lockStats(options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("lockstats", options);
  }

  /**
   * `check`: whether the miner has a command, as it is sent (`switchpool`), and
   * whether this machine may use it, in `CHECK[0]`.
   */
  check(command: string, options?: RigCallOptions): Promise<CheckReply> {
    return this.#ask("check", options, () => checkText("a command", command));
  }

  /** `privileged`: whether this machine may change something; code 45 if not. */
  privileged(options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("privileged", options);
  }

  // Reports on devices. A miner without any answers most of them with `E`.

  /** `devs`: every device, in `DEVS`. */
  devs(options?: RigCallOptions): Promise<DevsReply> {
    return this.#ask("devs", options);
  }

  /** `edevs`: as `devs`, without devices that are gone. */
  edevs(options?: RigCallOptions): Promise<DevsReply> {
    return this.#ask("edevs", options);
  }

  /** `procs`: every processor of every device, in `DEVS` (bfgminer). */
  procs(options?: RigCallOptions): Promise<DevsReply> {
    return this.#ask("procs", options);
  }

  /** `asc`: one ASIC, in `ASC[0]`. */
  asc(asc: number, options?: RigCallOptions): Promise<DeviceReply<"ASC">> {
    return this.#ask("asc", options, () => formatId("an ASIC", asc));
  }

  /** `pga`: one FPGA, or one device of bfgminer, in `PGA[0]`. */
  pga(pga: number, options?: RigCallOptions): Promise<DeviceReply<"PGA">> {
    return this.#ask("pga", options, () => formatId("a PGA", pga));
  }

  /** `gpu`: one GPU, in `GPU[0]`. */
  gpu(gpu: number, options?: RigCallOptions): Promise<DeviceReply<"GPU">> {
    return this.#ask("gpu", options, () => formatId("a GPU", gpu));
  }

  /** `cpu`: one CPU, in `CPU[0]` (bfgminer). */
  cpu(cpu: number, options?: RigCallOptions): Promise<DeviceReply<"CPU">> {
    return this.#ask("cpu", options, () => formatId("a CPU", cpu));
  }

  /** `proc`: one processor, in `PGA[0]` (bfgminer). */
  proc(proc: number, options?: RigCallOptions): Promise<DeviceReply<"PGA">> {
    return this.#ask("proc", options, () => formatId("a processor", proc));
  }

  /** `asccount`: how many ASICs there are, in `ASCS[0].Count`. */
  ascCount(options?: RigCallOptions): Promise<CountReply<"ASCS">> {
    return this.#ask("asccount", options);
  }

  /** `pgacount`: how many FPGAs, or devices of bfgminer, in `PGAS[0].Count`. */
  pgaCount(options?: RigCallOptions): Promise<CountReply<"PGAS">> {
    return this.#ask("pgacount", options);
  }

  /** `gpucount`: how many GPUs there are, in `GPUS[0].Count`. */
  gpuCount(options?: RigCallOptions): Promise<CountReply<"GPUS">> {
    return this.#ask("gpucount", options);
  }

  /** `cpucount`: how many CPUs mine, in `CPUS[0].Count` (bfgminer). */
  cpuCount(options?: RigCallOptions): Promise<CountReply<"CPUS">> {
    return this.#ask("cpucount", options);
  }

  /** `proccount`: how many processors, in `PGAS[0].Count` (bfgminer). */
  procCount(options?: RigCallOptions): Promise<CountReply<"PGAS">> {
    return this.#ask("proccount", options);
  }

  /** `notify`: what went wrong with each device, in `NOTIFY`. */
  notify(options?: RigCallOptions): Promise<NotifyReply> {
    return this.#ask("notify", options);
  }

  /** `procnotify`: what went wrong with each processor (bfgminer). */
  procNotify(options?: RigCallOptions): Promise<NotifyReply> {
    return this.#ask("procnotify", options);
  }

  /** `devdetails`: what each device is, in `DEVDETAILS`; of bfgminer in `DEVS`. */
  devDetails(options?: RigCallOptions): Promise<DevDetailsReply> {
    return this.#ask("devdetails", options);
  }

  /** `procdetails`: what each processor is, in `DEVS` (bfgminer). */
  procDetails(options?: RigCallOptions): Promise<DevDetailsReply> {
    return this.#ask("procdetails", options);
  }

  // Reports of some vendors' firmware. Of those with a bare StatusReply no reply
  // was at hand: their sections are unknown.

  /** `temps`: the boards' temperatures, in `TEMPS` (Braiins OS, LuxOS). */
  temps(options?: RigCallOptions): Promise<TempsReply> {
    return this.#ask("temps", options);
  }

  /** `fans`: the fans, in `FANS` (Braiins OS, LuxOS). */
  fans(options?: RigCallOptions): Promise<FansReply> {
    return this.#ask("fans", options);
  }

  /** `tempctrl`: the temperatures to be held (Braiins OS, LuxOS). */
  tempCtrl(options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("tempctrl", options);
  }

  /** `tunerstatus`: how tuning goes, and what power is drawn (Braiins OS). */
  tunerStatus(options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("tunerstatus", options);
  }

  /** `atm`: how temperatures choose the profile (LuxOS). */
  atm(options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("atm", options);
  }

  /** `events`: what happened to the miner, in `EVENTS` (LuxOS). */
  events(options?: RigCallOptions): Promise<EventsReply> {
    return this.#ask("events", options);
  }

  /** `groups`: the groups of pools (LuxOS). */
  groups(options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("groups", options);
  }

  /** `limits`: what settings may be (LuxOS). */
  limits(options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("limits", options);
  }

  /** `power`: the power drawn, in `POWER[0].Watts` (LuxOS). */
  power(options?: RigCallOptions): Promise<PowerReply> {
    return this.#ask("power", options);
  }

  /** `profiles`: what it can run, in `PROFILES` (LuxOS); of sgminer in `POOLS`. */
  profiles(options?: RigCallOptions): Promise<ProfilesReply> {
    return this.#ask("profiles", options);
  }

  /** `frequencyget`: the frequency of a board, or of a chip on it (LuxOS). */
  frequencyGet(
    board: number,
    chip?: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask("frequencyget", options, () => formatChip(board, chip));
  }

  /** `voltageget`: a board's voltage, in `VOLTAGE[0]` (LuxOS). */
  voltageGet(board: number, options?: RigCallOptions): Promise<VoltageReply> {
    return this.#ask("voltageget", options, () => formatId("a board", board));
  }

  /** `healthchipget`: how healthy a chip is, or all of a board (LuxOS). */
  healthChipGet(
    board: number,
    chip?: number,
    options?: RigCallOptions,
  ): Promise<ChipsReply> {
    return this.#ask("healthchipget", options, () => formatChip(board, chip));
  }

  /** `healthctrl`: how that is judged (LuxOS). */
  healthCtrl(options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("healthctrl", options);
  }

  /** `get_version`: what runs on the rig, in `Msg` (WhatsMiner). */
  getVersion(options?: RigCallOptions): Promise<MessageReply> {
    return this.#ask("get_version", options);
  }

  /** `get_psu`: the power supply, in `Msg` (WhatsMiner). */
  getPsu(options?: RigCallOptions): Promise<MessageReply> {
    return this.#ask("get_psu", options);
  }

  /** `get_miner_info`: network and serial numbers, in `Msg` (WhatsMiner). */
  getMinerInfo(options?: RigCallOptions): Promise<MessageReply> {
    return this.#ask("get_miner_info", options);
  }

  /** `get_error_code`: what is wrong, in `Msg` (WhatsMiner). */
  getErrorCode(options?: RigCallOptions): Promise<MessageReply> {
    return this.#ask("get_error_code", options);
  }

  /** `status`: whether it mines, in `Msg` (WhatsMiner). */
  status(options?: RigCallOptions): Promise<MessageReply> {
    return this.#ask("status", options);
  }

  /** `chipstat`: what each chip found, in `DEVS` (BW). */
  chipStat(options?: RigCallOptions): Promise<ChipStatReply> {
    return this.#ask("chipstat", options);
  }

  /** `temperature`: temperatures, where a miner has the command. */
  temperature(options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("temperature", options);
  }

  /** `voltage`: voltages, where a miner has the command. */
  voltage(options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("voltage", options);
  }

  /** `frequency`: frequencies, where a miner has the command. */
  frequency(options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("frequency", options);
  }

  /** `fan`: fans, where a miner has the command. */
  fan(options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("fan", options);
  }

  /** `psu`: the power supply, where a miner has the command. */
  psu(options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("psu", options);
  }

  // Controls of pools.

  /** `switchpool`: puts a pool first, enables it, and works for it if it answers. */
  switchPool(pool: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("switchpool", options, () => formatId("a pool", pool));
  }

  /** `enablepool`: lets a pool be used. */
  enablePool(pool: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("enablepool", options, () => formatId("a pool", pool));
  }

  /** `disablepool`: keeps a pool from being used, unless it is the last in use. */
  disablePool(pool: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("disablepool", options, () => formatId("a pool", pool));
  }

  /**
   * `addpool`: adds a pool, the last in rank: URL, user and password, of which
   * none may be empty; commas and backslashes are escaped.
   */
  addPool(pool: NewPool, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("addpool", options, () => formatPool(pool));
  }

  /**
   * `removepool`: removes a pool, unless it is the one in use, or the last. The
   * pools after it get other numbers.
   */
  removePool(pool: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("removepool", options, () => formatId("a pool", pool));
  }

  /**
   * `poolpriority`: ranks pools, the first in rank first; those left out follow
   * in the order that they had.
   */
  poolPriority(
    pools: readonly number[],
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask("poolpriority", options, () => formatPriorities(pools));
  }

  /**
   * `poolquota`: sets a pool's share of the work, in proportion to the others',
   * where work is balanced.
   */
  poolQuota(
    pool: number,
    quota: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask(
      "poolquota",
      options,
      () => `${formatId("a pool", pool)},${formatId("a quota", quota)}`,
    );
  }

  /**
   * `changestrategy`: sets how pools are chosen (sgminer); `rotate`, and no other
   * strategy, needs the minutes after which it rotates.
   */
  changeStrategy(
    strategy:
      | "failover"
      | "round-robin"
      | "rotate"
      | "load-balance"
      | "balance",
    intervalMinutes?: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask(
      "changestrategy",
      options,
      () => formatStrategy(strategy, intervalMinutes),
    );
  }

  /** `changepoolprofile`: gives a pool another profile, by its name (sgminer). */
  changePoolProfile(
    pool: number,
    profile: string,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask(
      "changepoolprofile",
      options,
      () =>
        `${formatId("a pool", pool)},${checkText("a profile", profile, ",")}`,
    );
  }

  /** `addprofile`: adds a profile: name, algorithm and settings (sgminer). */
  addProfile(
    profile: NewProfile,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask("addprofile", options, () => formatProfile(profile));
  }

  /** `removeprofile`: removes a profile that no pool uses, by name (sgminer). */
  removeProfile(
    profile: string,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask(
      "removeprofile",
      options,
      () => checkText("a profile", profile),
    );
  }

  // Controls of ASICs and FPGAs. `ascSet` and its like set an option to a value,
  // where it takes one; most drivers list their options for `help`, and a device
  // without any says `W`, as one says that cannot blink.

  /** `ascenable`: lets an ASIC hash. */
  ascEnable(asc: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("ascenable", options, () => formatId("an ASIC", asc));
  }

  /** `ascdisable`: keeps an ASIC from hashing. */
  ascDisable(asc: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("ascdisable", options, () => formatId("an ASIC", asc));
  }

  /** `ascidentify`: makes an ASIC blink; STATUS is `W` if it cannot. */
  ascIdentify(asc: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("ascidentify", options, () => formatId("an ASIC", asc));
  }

  /** `ascset`: sets an option of an ASIC; `help` makes most drivers list them. */
  ascSet(
    asc: number,
    option: string,
    value?: string | number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask(
      "ascset",
      options,
      () => formatOption(formatId("an ASIC", asc), option, value),
    );
  }

  /** `pgaenable`: lets an FPGA hash. */
  pgaEnable(pga: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("pgaenable", options, () => formatId("a PGA", pga));
  }

  /** `pgadisable`: keeps an FPGA from hashing. */
  pgaDisable(pga: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("pgadisable", options, () => formatId("a PGA", pga));
  }

  /** `pgarestart`: restarts a device of bfgminer. */
  pgaRestart(pga: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("pgarestart", options, () => formatId("a PGA", pga));
  }

  /** `pgaidentify`: makes an FPGA blink; STATUS is `W` if it cannot. */
  pgaIdentify(pga: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("pgaidentify", options, () => formatId("a PGA", pga));
  }

  /** `pgaset`: sets an option of an FPGA; `help` makes most drivers list them. */
  pgaSet(
    pga: number,
    option: string,
    value?: string | number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask(
      "pgaset",
      options,
      () => formatOption(formatId("a PGA", pga), option, value),
    );
  }

  /** `hotplug`: sets the seconds between two looks for new devices; 0: never. */
  hotplug(seconds: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask(
      "hotplug",
      options,
      () => formatId("a number of seconds", seconds),
    );
  }

  // Controls of GPUs: of sgminer, bfgminer, and cgminer before 3.8.

  /** `gpuenable`: lets a GPU hash. */
  gpuEnable(gpu: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("gpuenable", options, () => formatId("a GPU", gpu));
  }

  /** `gpudisable`: keeps a GPU from hashing. */
  gpuDisable(gpu: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("gpudisable", options, () => formatId("a GPU", gpu));
  }

  /** `gpurestart`: restarts a GPU. */
  gpuRestart(gpu: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("gpurestart", options, () => formatId("a GPU", gpu));
  }

  /**
   * `gpuintensity`: sets how much a GPU works; `d`: by itself, so that a desktop
   * stays usable.
   */
  gpuIntensity(
    gpu: number,
    intensity: number | "d",
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask(
      "gpuintensity",
      options,
      () => `${formatId("a GPU", gpu)},${formatIntensity(intensity)}`,
    );
  }

  /** `gpuxintensity`: sets the same more finely, from 1 to 9999 (sgminer). */
  gpuXIntensity(
    gpu: number,
    intensity: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask(
      "gpuxintensity",
      options,
      () =>
        `${formatId("a GPU", gpu)},${
          formatInteger("an intensity", intensity, 1)
        }`,
    );
  }

  /** `gpurawintensity`: sets the same as threads, from 1 (sgminer). */
  gpuRawIntensity(
    gpu: number,
    intensity: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask(
      "gpurawintensity",
      options,
      () =>
        `${formatId("a GPU", gpu)},${
          formatInteger("an intensity", intensity, 1)
        }`,
    );
  }

  /** `gpumem`: sets a GPU's memory clock. */
  gpuMem(
    gpu: number,
    mhz: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask(
      "gpumem",
      options,
      () => `${formatId("a GPU", gpu)},${formatId("a clock", mhz)}`,
    );
  }

  /** `gpuengine`: sets a GPU's engine clock. */
  gpuEngine(
    gpu: number,
    mhz: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask(
      "gpuengine",
      options,
      () => `${formatId("a GPU", gpu)},${formatId("a clock", mhz)}`,
    );
  }

  /** `gpufan`: sets the speed of a GPU's fan. */
  gpuFan(
    gpu: number,
    percent: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask(
      "gpufan",
      options,
      () => `${formatId("a GPU", gpu)},${formatId("a speed", percent)}`,
    );
  }

  /** `gpuvddc`: sets a GPU's voltage. */
  gpuVddc(
    gpu: number,
    volts: number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask(
      "gpuvddc",
      options,
      () => `${formatId("a GPU", gpu)},${formatDecimal("a voltage", volts)}`,
    );
  }

  // Controls of what bfgminer calls processors, and of its CPUs.

  /** `procenable`: lets a processor hash (bfgminer). */
  procEnable(proc: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask(
      "procenable",
      options,
      () => formatId("a processor", proc),
    );
  }

  /** `procdisable`: keeps a processor from hashing (bfgminer). */
  procDisable(proc: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask(
      "procdisable",
      options,
      () => formatId("a processor", proc),
    );
  }

  /** `procidentify`: makes a processor blink; STATUS is `W` if it cannot. */
  procIdentify(proc: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask(
      "procidentify",
      options,
      () => formatId("a processor", proc),
    );
  }

  /** `procset`: sets an option of a processor; `help` makes most list them. */
  procSet(
    proc: number,
    option: string,
    value?: string | number,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask(
      "procset",
      options,
      () => formatOption(formatId("a processor", proc), option, value),
    );
  }

  /** `cpuenable`: lets a CPU hash (bfgminer). */
  cpuEnable(cpu: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("cpuenable", options, () => formatId("a CPU", cpu));
  }

  /** `cpudisable`: keeps a CPU from hashing (bfgminer). */
  cpuDisable(cpu: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("cpudisable", options, () => formatId("a CPU", cpu));
  }

  /** `cpurestart`: restarts a CPU (bfgminer). */
  cpuRestart(cpu: number, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("cpurestart", options, () => formatId("a CPU", cpu));
  }

  /**
   * `devscan`: looks for new devices now, where `--scan` would be told to, or
   * everywhere; those that were found are in `DEVS` (bfgminer).
   */
  devScan(device?: string, options?: RigCallOptions): Promise<DevScanReply> {
    return this.#ask(
      "devscan",
      options,
      () => device === undefined ? undefined : checkText("a device", device),
    );
  }

  // Controls of the miner itself.

  /** `quit`: ends the miner, and its API with it; what started it may do so again. */
  quit(options?: RigCallOptions): Promise<EndReply> {
    return this.#ask("quit", options);
  }

  /** `save`: writes the configuration into a file at the rig, or the miner's own. */
  save(file?: string, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask(
      "save",
      options,
      () => file === undefined ? undefined : checkText("a file", file),
    );
  }

  /**
   * `debug`: switches what the miner logs, if given a setting; each is a toggle,
   * and all of them are in `DEBUG[0]` as they are now.
   */
  debug(
    setting?:
      | "silent"
      | "quiet"
      | "verbose"
      | "debug"
      | "rpcproto"
      | "perdevice"
      | "worktime"
      | "normal",
    options?: RigCallOptions,
  ): Promise<DebugReply> {
    return this.#ask(
      "debug",
      options,
      () => setting === undefined ? undefined : formatDebug(setting),
    );
  }

  /**
   * `failover-only`: whether the other pools get work only if the first fails.
   * cgminer has no such choice any more, and answers `E`.
   */
  failoverOnly(isOn: boolean, options?: RigCallOptions): Promise<StatusReply> {
    return this.#ask("failover-only", options, () => formatChoice(isOn));
  }

  /**
   * `setconfig`: sets `queue`, `scantime`, `expiry` (bfgminer has more) to a whole
   * number from 0, or bfgminer's `coinbase-sig` and `strategy` to a text. cgminer
   * has no setting left, and answers `E`.
   */
  setConfig(
    name: string,
    value: number | string,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask("setconfig", options, () => formatSetting(name, value));
  }

  /** `zero`: zeroes figures, and prints a summary of them first if wanted. */
  zero(
    target: "all" | "bestshare",
    isSummaryShown: boolean,
    options?: RigCallOptions,
  ): Promise<StatusReply> {
    return this.#ask("zero", options, () => formatZero(target, isSummaryShown));
  }
}

/**
 * Asks many rigs the same at once, and gives what comes of each as it comes.
 *
 * @example
 * ```ts
 * import { askRigs, Rig, Simulator } from "../mod.ts";
 *
 * await using simulator = Simulator.start();
 * const rigs = [new Rig(simulator)];
 * for await (const { rig, reply, error } of askRigs(rigs, "summary")) {
 *   if (reply === undefined) console.error(error);
 *   else console.log(rig.address.hostname, reply.SUMMARY);
 * }
 * ```
 *
 * @param rigs The rigs, each a {@linkcode Rig}.
 * @param command The command, or several joined by `+`.
 * @param parameter Its parameter, if it takes one; nothing is escaped.
 * @param options The deadline and the signal of each call.
 * @returns For each rig its reply, as {@linkcode Rig.call} gives it, or the error
 * that it rejects with. Who stops reading leaves the other calls to their end.
 */
export async function* askRigs(
  rigs: Iterable<Rig>,
  command: string,
  parameter?: string | number,
  options?: RigCallOptions,
): AsyncGenerator<
  | { readonly rig: Rig; readonly reply: RigReply; readonly error?: undefined }
  | { readonly rig: Rig; readonly reply?: undefined; readonly error: unknown },
  void
> {
  const asked = [...rigs];
  const results = asked.map(() =>
    Promise.withResolvers<
      | { readonly rig: Rig; readonly reply: RigReply }
      | { readonly rig: Rig; readonly error: unknown }
    >()
  );
  let done = 0;
  for (const rig of asked) {
    rig.call(command, parameter, options).then(
      (reply) => results[done++]?.resolve({ rig, reply }),
      (error) => results[done++]?.resolve({ rig, error }),
    );
  }
  for (const { promise } of results) yield await promise;
}
