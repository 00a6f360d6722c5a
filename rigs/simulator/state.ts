/**
 * The state of a simulated rig: its devices, its pools, its settings, and what
 * they come to at the time of a request.
 *
 * @module
 */

import {
  addCounts,
  type Counts,
  Device,
  NO_COUNTS,
  subtractCounts,
} from "./device.ts";
import { drift, findBestShare, mixNumbers } from "./motion.ts";

/** How often a pool notifies of new work, in seconds. */
const NOTIFY_S = 30;

/** How long the network takes to find a block, in seconds. */
const BLOCK_S = 600;

/** When Bitcoin began, in seconds since 1970: block heights count from there. */
const GENESIS_S = 1_231_006_505;

/** How many works a rig makes in a second, and of so many, one is wasted. */
const WORKS_PER_S = 20;
const WORKS_PER_DISCARD = 5;

/** What a rig is like. */
export interface RigTraits {
  /** The seed of everything that moves. */
  readonly seed: number;
  /** How many devices it has. */
  readonly deviceCount: number;
  /** The hashrate of each, in MH/s. */
  readonly nominalMhs: number;
  /** The difficulty of a share. */
  readonly shareDifficulty: number;
  /** How many hashes difficulty 1 takes; default 2^32, as for SHA-256. */
  readonly hashesPerDiff1?: number;
  /** How many boards each device is made of; default 1. */
  readonly boardCount?: number;
  /** What it takes in watts when all of it works; default: it does not say. */
  readonly ratedW?: number;
  /** Its pools, in the order of their priority. */
  readonly pools: readonly PoolOptions[];
  /** When it started, in seconds since 1970. */
  readonly startS: number;
}

/** What goes wrong in a rig's mining; see `SimulatorOptions.faults`. */
export interface MiningFaults {
  readonly overheat?: boolean | number;
  readonly deadBoard?: boolean | number;
  readonly deadPool?: boolean | number;
  readonly noShares?: boolean;
  readonly power?: number;
}

/** What a rig that overheats is too warm by, in °C. */
const OVERHEAT_C = 40;

/** Which of several a fault is of: the first, unless it says so. */
function findNumber(fault: boolean | number | undefined): number | undefined {
  return typeof fault === "number" ? fault : fault ? 0 : undefined;
}

/** The switches of the `debug` command. */
export interface DebugSettings {
  silent: boolean;
  quiet: boolean;
  verbose: boolean;
  debug: boolean;
  protocol: boolean;
  perDevice: boolean;
  workTime: boolean;
}

/** The state of one rig. Times are seconds since 1970. */
export class RigState {
  readonly traits: RigTraits;
  readonly devices: readonly Device[];
  /** Its pools, by number. */
  readonly pools: Pool[];
  readonly debug: DebugSettings = {
    silent: false,
    quiet: false,
    verbose: false,
    debug: false,
    protocol: false,
    perDevice: false,
    workTime: false,
  };
  /** What `setconfig` sets; sgminer and bfgminer report it in `config`. */
  readonly settings = new Map<string, number>();
  failoverOnly = false;
  /** How often it looks for new devices, in seconds; 0 if never. */
  hotplugS = 0;
  /** How many pools it has been given, the removed ones included. */
  poolsAdded: number;
  /** The difficulty of the best share since that was zeroed. */
  bestShare = 0;
  /** The time of the request that is being answered. */
  nowS: number;
  /** What all of it is too warm by, in °C. */
  excessC = 0;
  /** The most watts that it was told to take; undefined: nothing. */
  powerLimitW: number | undefined;
  /** The profile that it mines by, where its make has such. */
  profile = "default";
  #isPaused = false;
  #powerW: number | undefined;
  #currentPool: Pool | undefined;
  #zeroedS: number;
  #seen: Counts = NO_COUNTS;
  #zeroedCounts: Counts = NO_COUNTS;

  /** @param traits What it is like. */
  constructor(traits: RigTraits) {
    this.traits = traits;
    this.nowS = traits.startS;
    this.#zeroedS = traits.startS;
    this.devices = Array.from(
      { length: traits.deviceCount },
      (_, id) => new Device(id, traits, traits.startS),
    );
    this.pools = traits.pools.map((pool, rank) => new Pool(pool, rank));
    this.poolsAdded = this.pools.length;
    this.#currentPool = this.pools[0];
    this.selectPool();
  }

  /** The pool it works for; none if it has no pools. */
  get currentPool(): Pool | undefined {
    return this.#currentPool;
  }

  /** How long it has counted, in seconds; 1 right after a zero. */
  get elapsedS(): number {
    const elapsedS = this.nowS - this.#zeroedS;
    return this.#zeroedS === this.traits.startS
      ? elapsedS
      : Math.max(1, elapsedS);
  }

  /** What it has counted since it was zeroed. */
  get counts(): Counts {
    return subtractCounts(this.#seen, this.#zeroedCounts);
  }

  /** Megahashes done since it was zeroed. */
  get workMh(): number {
    return this.devices.reduce((sum, device) => {
      return sum + device.findWork(this.nowS);
    }, 0);
  }

  /** Its average hashrate since it was zeroed, in MH/s. */
  get averageMhs(): number {
    return this.workMh / Math.max(1, this.elapsedS);
  }

  /** When the pool last notified of new work. */
  get lastNotifyS(): number {
    return Math.max(
      Math.floor(this.traits.startS),
      Math.floor(this.nowS / NOTIFY_S) * NOTIFY_S,
    );
  }

  /** When the network found the block on which it works. */
  get blockS(): number {
    return Math.floor(this.nowS / BLOCK_S) * BLOCK_S;
  }

  /** How many blocks the network had found before that one. */
  get blockHeight(): number {
    return Math.max(0, Math.floor((this.nowS - GENESIS_S) / BLOCK_S));
  }

  /** How many blocks the network has found since the rig started. */
  get networkBlocks(): number {
    return 1 + Math.floor(this.nowS / BLOCK_S) -
      Math.floor(this.traits.startS / BLOCK_S);
  }

  /** The hash of that block: 64 hexadecimal digits. */
  get blockHash(): string {
    let hash = "";
    for (let part = 0; part < 6; part++) {
      const digits = mixNumbers(this.blockHeight, part).toString(16);
      hash += digits.padStart(8, "0");
    }
    return hash.padStart(64, "0");
  }

  /**
   * Its average hashrate over a window, in MH/s, rising slowly from nothing
   * after a start or a zero.
   */
  findRate(windowS: number): number {
    return this.devices.reduce((sum, device) => {
      return sum + device.findRate(this.nowS, windowS, this.#zeroedS);
    }, 0);
  }

  /** When its last share was found; 0 if there was none. */
  get lastShareS(): number {
    return Math.max(0, ...this.pools.map((pool) => pool.lastShareS));
  }

  /**
   * Moves on to a time: what has been found since goes to the pool that was
   * in use. A time that lies before the last one is taken as that one.
   */
  advance(nowS: number): void {
    const turns = this.pools.map((pool) => pool.aliveFromS)
      .filter((turnS) => turnS > this.nowS && turnS <= nowS)
      .sort((one, other) => one - other);
    for (const turnS of turns) {
      this.#settle(turnS);
      this.selectPool();
    }
    this.#settle(Math.max(this.nowS, nowS));
  }

  /** Lets things go wrong from now on, and nothing else. */
  setFaults(faults: MiningFaults, nowS: number): void {
    this.advance(nowS);
    const { overheat = false, noShares = false, power } = faults;
    this.excessC = overheat === true ? OVERHEAT_C : Number(overheat);
    this.#powerW = power;
    const board = findNumber(faults.deadBoard);
    const { boardCount = 1 } = this.traits;
    for (const device of this.devices) {
      const own = board === undefined ? -1 : board - device.id * boardCount;
      const isOwn = own >= 0 && own < boardCount;
      device.killBoard(isOwn ? own : undefined, this.nowS);
      device.setBarren(noShares, this.nowS);
    }
    const dead = findNumber(faults.deadPool);
    this.pools.forEach((pool, number) => pool.isCutOff = number === dead);
    this.selectPool();
  }

  /** Whether it rests until it is told to mine. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Lets it rest, or mine again. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    for (const device of this.devices) device.pause(isPaused, this.nowS);
  }

  /** Works for these pools and no others. */
  replacePools(pools: readonly PoolOptions[]): void {
    this.pools.splice(0);
    for (const pool of pools) this.addPool(pool);
    this.#currentPool = this.pools[0];
  }

  /** What it takes, in watts; undefined: its make does not say. */
  get powerW(): number | undefined {
    const { ratedW, deviceCount, nominalMhs, seed } = this.traits;
    if (ratedW === undefined || this.#powerW !== undefined) return this.#powerW;
    const load = this.findRate(60) / (deviceCount * nominalMhs);
    const wobble = 0.01 * drift(this.nowS, seed, 31);
    return Math.round(ratedW * (0.06 + 0.94 * load + wobble));
  }

  /** Adds a pool, last in rank, which answers after a moment. */
  addPool(options: PoolOptions): Pool {
    const pool = new Pool(
      options,
      this.pools.length,
      this.nowS + POOL_TEST_S,
    );
    this.pools.push(pool);
    this.poolsAdded++;
    return pool;
  }

  /** Removes a pool; the last one takes its number, as in cgminer. */
  removePool(pool: Pool): void {
    for (const other of this.pools) {
      if (other.priority > pool.priority) other.priority--;
    }
    const last = this.pools.pop();
    if (last !== undefined && last !== pool) {
      this.pools[this.pools.indexOf(pool)] = last;
    }
  }

  /**
   * Works for the first pool, by rank, that can be used; if none can, stays.
   *
   * @param selected A pool to put first in rank before that.
   */
  selectPool(selected?: Pool): void {
    if (selected !== undefined) {
      for (const pool of this.pools) {
        if (pool.priority < selected.priority) pool.priority++;
      }
      selected.priority = 0;
    }
    const [first] = this.pools
      .filter((pool) => pool.isUsable(this.nowS))
      .sort((one, other) => one.priority - other.priority);
    if (first !== undefined) this.#currentPool = first;
  }

  /** Forgets all it has counted, best shares included. */
  zero(): void {
    this.#zeroedCounts = this.#seen;
    this.#zeroedS = this.nowS;
    for (const device of this.devices) device.zero(this.nowS);
    for (const pool of this.pools) pool.zero();
    this.bestShare = 0;
  }

  /** Forgets the best shares. */
  zeroBestShare(): void {
    for (const pool of this.pools) pool.bestFrom = pool.counts.accepted;
    this.bestShare = 0;
  }

  /** The difficulty of a pool's best share. */
  findPoolBest(pool: Pool): number {
    return findBestShare(
      pool.counts.accepted - pool.bestFrom,
      this.traits.shareDifficulty,
      this.traits.seed,
    );
  }

  #settle(nowS: number): void {
    this.nowS = nowS;
    const counts = this.#countAll();
    const pool = this.#currentPool;
    if (pool !== undefined) {
      const found = subtractCounts(counts, this.#seen);
      pool.counts = addCounts(pool.counts, found);
      if (found.accepted + found.rejected > 0) this.#noteShares(pool);
    }
    this.#seen = counts;
  }

  #noteShares(pool: Pool): void {
    for (const device of this.devices) {
      const shareS = device.findLastShareS(this.nowS);
      if (shareS <= device.lastShareS) continue;
      device.lastShareS = shareS;
      if (shareS > pool.lastShareS) pool.lastShareS = shareS;
      device.lastSharePool = this.pools.indexOf(pool);
    }
    this.bestShare = Math.max(this.bestShare, this.findPoolBest(pool));
  }

  #countAll(): Counts {
    const runS = this.nowS - this.traits.startS;
    const works = Math.floor(runS * WORKS_PER_S);
    const own: Counts = {
      ...NO_COUNTS,
      getworks: 1 + Math.floor(this.nowS / NOTIFY_S) -
        Math.floor(this.traits.startS / NOTIFY_S),
      works,
      discarded: Math.floor(works / WORKS_PER_DISCARD),
    };
    return this.devices.reduce((sum, device) => {
      return addCounts(sum, device.countAll(this.nowS));
    }, own);
  }
}

/** Where a pool is, and as whom to work for it. */
export interface PoolOptions {
  /** Its URL. */
  readonly url: string;
  /** The user. */
  readonly user: string;
  /** The password; default empty. */
  readonly pass?: string;
  /** Whether it answers; default true. A rig does not use one that is dead. */
  readonly alive?: boolean;
}

/** How long a rig takes to get to know a pool that is added, in seconds. */
export const POOL_TEST_S = 2;

/** One pool. Times are seconds since 1970; strings are strings of bytes. */
export class Pool {
  readonly url: string;
  readonly user: string;
  readonly pass: string;
  /** From when on it answers; infinity if never. */
  readonly aliveFromS: number;
  /** Its rank, 0 first. */
  priority: number;
  quota = 1;
  enabled = true;
  /** Whether it does not answer for now. */
  isCutOff = false;
  /** What has been counted for it. */
  counts: Counts = NO_COUNTS;
  /** What it had accepted when the best share was last zeroed. */
  bestFrom = 0;
  /** When its last share was found; 0 if there was none. */
  lastShareS = 0;

  /**
   * @param options Where it is.
   * @param priority Its rank.
   * @param aliveFromS From when on it answers, if it does.
   */
  constructor(options: PoolOptions, priority: number, aliveFromS = -Infinity) {
    this.url = options.url;
    this.user = options.user;
    this.pass = options.pass ?? "";
    this.priority = priority;
    this.aliveFromS = options.alive === false ? Infinity : aliveFromS;
  }

  /** Its host's name, as `Stratum URL` says it. */
  get host(): string {
    const [host = ""] = this.url.replace(/^[^/]*\/\//, "").split(/[:/]/, 1);
    return host;
  }

  /** Whether its URL is one of stratum. */
  get stratum(): boolean {
    return this.url.startsWith("stratum");
  }

  /** Whether it answers. */
  isAlive(nowS: number): boolean {
    return !this.isCutOff && nowS >= this.aliveFromS;
  }

  /** Whether a rig may work for it. */
  isUsable(nowS: number): boolean {
    return this.enabled && this.isAlive(nowS);
  }

  /** What `Status` says of it. */
  describeState(nowS: number): "Disabled" | "Alive" | "Dead" {
    if (!this.enabled) return "Disabled";
    return this.isAlive(nowS) ? "Alive" : "Dead";
  }

  /** Forgets what has been counted for it. Works go on, as in cgminer. */
  zero(): void {
    this.counts = { ...NO_COUNTS, works: this.counts.works };
    this.bestFrom = 0;
    this.lastShareS = 0;
  }
}
