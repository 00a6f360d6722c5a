/**
 * What the page knows: all rigs by the live stream, which comes back by itself.
 * Changes are told at most twice a second, however many rigs there are.
 *
 * @example
 * ```ts
 * import { RigStore } from "./store.js";
 *
 * const store = new RigStore();
 * console.log(store.phase, store.rigs.size); // connecting 0
 * ```
 *
 * @module
 */

import { readFigures, sumFleet } from "./figures.js";
import { fetchJson, fetchQuietly, Refusal } from "./fetch_json.js";
import { Flusher } from "./flusher.js";
import { sortNames } from "./format.js";
import { HeardRigs } from "./heard_rigs.js";
import { PageClock, readOffsetMs } from "./page_clock.js";
import { readRigStream } from "./rig_stream.js";
import { RigTrails } from "./rig_trails.js";
import {
  FIRST_FLUSH_MS,
  FIRST_RETRY_MS,
  FLEET_STEP_S,
  KEPT_SPAN_S,
  MAX_AGE_MS,
  MAX_MISSED_MS,
  MAX_RETRY_MS,
  MAX_SILENCE_MS,
  MIN_FLUSH_MS,
  RETURN_MS,
  SETTLING_MS,
} from "./store_limits.js";
import { Trail } from "./trail.js";

/**
 * @typedef {import("./figures.js").Member} Member
 * @typedef {"connecting" | "live" | "paused" | "lost" | "denied"} Phase
 * `paused`: it has let go of its stream, and takes it up again by itself.
 * `denied`: the gateway refuses this client, and says why in `problem`.
 * @typedef {import("./fetch_json.js").PageProblem} PageProblem
 */

/** The live state. */
export class RigStore {
  /** @type {Map<string, Member>} */
  rigs = new Map();
  /** @type {Phase} */
  phase = "connecting";
  /** @type {PageProblem | undefined} Why the phase is `denied` or `lost`. */
  problem;
  /** @type {any} As `/-/access` says. */
  access;
  /** @type {number | undefined} How many rigs the gateway has. */
  rigCount;
  /** Sums over all rigs. */
  sums = sumFleet([]);
  /** The fleet's hashrate over time. */
  trail = new Trail(KEPT_SPAN_S);
  /** Names, sorted; the same array until a rig comes or goes. */
  names = /** @type {string[]} */ ([]);
  /** Which connection this is: 1 for the first. */
  generation = 0;
  #phaseMs = 0;
  #clock = new PageClock();
  #tag;
  #trails = new RigTrails();
  #heard = new HeardRigs(this.#clock.nowMs());
  #tickedMs = this.#clock.nowMs();
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #flusher = new Flusher(() => this.#flush(), () => this.#readLeastMs());
  #haveNamesChanged = false;
  #hasHistory = false;
  /** Resolved when the first values of most rigs are there. */
  #settled = Promise.withResolvers();
  #clockOffsetMs = 0;
  #retryMs = FIRST_RETRY_MS;
  /** @type {AbortController | undefined} */
  #connection;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retryTimer;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticker;

  /** @param {{ tag?: string }} [options] `tag`: only rigs that have it. */
  constructor({ tag } = {}) {
    this.#tag = tag;
  }

  /**
   * @param {() => void} listener Told after changes.
   * @returns {() => void} Ends that.
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Unix time in milliseconds, by the gateway's clock. */
  nowMs() {
    return Date.now() + this.#clockOffsetMs;
  }

  /** Whether all rigs have been heard that there are. */
  get isComplete() {
    return this.rigs.size >= (this.rigCount ?? Infinity) ||
      (this.phase === "live" && performance.now() - this.#phaseMs > 10_000);
  }

  /**
   * @param {string} name A rig.
   * @returns {Trail} Its last values.
   */
  findTrail(name) {
    return this.#trails.find(name);
  }

  /**
   * @param {string} name A rig.
   * @returns {number} Milliseconds since the page heard of it.
   */
  readAgeMs(name) {
    return this.#clock.nowMs() - this.#heard.readMs(name);
  }

  /** Milliseconds since the page heard of any rig. */
  readNewestAgeMs() {
    return this.#clock.nowMs() - this.#heard.newestMs;
  }

  /**
   * @param {string} name A rig.
   * @returns {boolean} Whether what is known may be out of date.
   */
  isStale(name) {
    return this.phase !== "live" ||
      !this.#heard.isOn(name, this.generation) ||
      (this.rigs.get(name)?.state === "up" &&
        this.readAgeMs(name) > MAX_AGE_MS);
  }

  /** Connects, now; also if it waits for the next try. */
  connect() {
    // Values grow old by themselves.
    this.#ticker ??= setInterval(() => this.#tick(), FLEET_STEP_S * 1000);
    clearTimeout(this.#retryTimer);
    this.#connection?.abort();
    this.#connection = new AbortController();
    this.#run(this.#connection);
  }

  /** Lets go of the connection, until {@linkcode resume}. */
  pause() {
    if (this.phase === "denied") return;
    clearTimeout(this.#retryTimer);
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.abort();
    this.#breakLines();
    this.#setPhase("paused");
  }

  /** Connects again, if it is paused. */
  resume() {
    if (this.phase === "paused" && !this.#connection) this.connect();
  }

  /** Gives up a connection that may be dead, and tries another at once. */
  reconnect() {
    if (this.phase !== "live") return;
    this.pause();
    this.resume();
  }

  #tick() {
    const nowMs = this.#clock.nowMs();
    const isLate = nowMs - this.#tickedMs > MAX_SILENCE_MS;
    this.#tickedMs = nowMs;
    // The computer slept: who was there before may have hung up.
    if (isLate) this.reconnect();
    this.#flusher.schedule();
  }

  #breakLines() {
    this.trail.breakLine();
    this.#trails.breakLines();
  }

  /** @param {AbortController} connection One connection, to its end. */
  async #run(connection) {
    const stream = readRigStream(this.#tag, connection, {
      onBegin: (response) => this.#begin(response),
      onEvent: (event, data) => this.take(event, data),
    });
    // Behind it: the rigs are waited for.
    this.#readAround(connection.signal);
    try {
      await stream;
      this.#end(connection, undefined);
    } catch (error) {
      this.#end(connection, error);
    }
  }

  /** @param {Response} response The stream, which has begun. */
  #begin(response) {
    this.#clockOffsetMs = readOffsetMs(response);
    const generation = ++this.generation;
    this.#retryMs = FIRST_RETRY_MS;
    this.#setPhase("live");
    setTimeout(() => this.#dropAbsent(generation), RETURN_MS);
    setTimeout(this.#settled.resolve, SETTLING_MS);
  }

  /** Forgets the rigs that went away while there was no connection. */
  #dropAbsent(/** @type {number} */ generation) {
    if (this.phase !== "live" || generation !== this.generation) return;
    for (const name of this.#heard.listAbsent(generation)) {
      this.take("gone", name);
    }
    this.#flusher.schedule();
  }

  /**
   * @param {AbortController} connection The one that has ended.
   * @param {unknown} error Why, if not by itself.
   */
  #end(connection, error) {
    if (connection !== this.#connection) return;
    const problem = error instanceof Refusal ? error.problem : undefined;
    if (problem?.status === 401 || problem?.status === 403) {
      this.#setPhase("denied", problem);
      return;
    }
    this.#breakLines();
    this.#setPhase("lost", problem);
    const waitMs = this.#retryMs * (0.75 + Math.random() / 2);
    this.#retryMs = Math.min(MAX_RETRY_MS, this.#retryMs * 2);
    this.#retryTimer = setTimeout(() => this.connect(), waitMs);
  }

  /**
   * @param {Phase} phase
   * @param {PageProblem} [problem]
   */
  #setPhase(phase, problem) {
    if (phase !== this.phase) this.#phaseMs = performance.now();
    this.phase = phase;
    this.problem = problem;
    this.#flusher.schedule();
  }

  /** Has the history read anew where the page missed a step of it. */
  #expireHistory() {
    if (this.readNewestAgeMs() <= MAX_MISSED_MS) return;
    this.#hasHistory = false;
    this.#trails.expire();
  }

  /** Reads what else the page wants to know; none of it holds up the rigs. */
  #readAround(/** @type {AbortSignal} */ signal) {
    /** @type {(path: string, take: (document: any) => void) => void} */
    const read = (path, take) =>
      fetchQuietly(path, { signal }, (document) => {
        take(document);
        this.#flusher.schedule();
      });
    read("/-/access", (access) => this.access = access);
    this.#expireHistory();
    if (this.#tag !== undefined) return;
    read("/-/readyz", ({ rigs }) => this.rigCount = rigs);
    if (this.#hasHistory) return;
    read("/-/history", ({ points, stepS }) => {
      this.#hasHistory = true;
      this.trail.merge(points, stepS);
    });
  }

  /** Asks anew what this client may do: after a token was entered. */
  async readAccess() {
    try {
      this.access = await fetchJson("/-/access");
      this.#flusher.schedule();
    } catch {
      // The stream meets the same trouble, and shows it.
      this.connect();
    }
  }

  /**
   * Reads a rig's history once, for its chart and its sparkline; not before
   * the first values have come, which would have to wait for it.
   *
   * @param {string} name The rig.
   */
  async readHistory(name) {
    if (await this.#trails.read(name, this.#settled.promise)) {
      this.#flusher.schedule();
    }
  }

  /**
   * Takes an event of the stream.
   *
   * @param {string} event `rig` or `gone`.
   * @param {string} data A member as JSON, or a name.
   */
  take(event, data) {
    if (event === "gone") {
      const wasKnown = this.rigs.delete(data);
      this.#haveNamesChanged ||= wasKnown;
      this.#trails.drop(data);
      this.#heard.drop(data);
      if (wasKnown && this.rigCount !== undefined) this.rigCount--;
    } else if (event === "rig") {
      /** @type {Member} */
      const member = JSON.parse(data);
      if (!this.rigs.has(member.name)) this.#haveNamesChanged = true;
      this.rigs.set(member.name, member);
      this.#expireHistory();
      this.#heard.note(member.name, this.#clock.nowMs(), this.generation);
      const { hashrate, celsius } = readFigures(member);
      const timeS = Math.floor(this.nowMs() / 1000);
      this.findTrail(member.name).add(timeS, hashrate, celsius);
    }
    this.#flusher.schedule();
  }

  #readLeastMs() {
    if (this.isComplete) return MIN_FLUSH_MS;
    return this.names.length > 0 ? FIRST_FLUSH_MS : 0;
  }

  #flush() {
    if (this.#haveNamesChanged) {
      this.#haveNamesChanged = false;
      this.names = sortNames(this.rigs.keys());
    }
    this.sums = sumFleet(this.rigs.values());
    const timeS = Math.floor(this.nowMs() / 1000);
    const isDue = timeS - (this.trail.times.at(-1) ?? 0) >= FLEET_STEP_S;
    if (this.phase === "live" && this.isComplete && isDue) {
      this.trail.add(timeS, this.sums.hashrate);
    }
    if (this.isComplete) this.#settled.resolve();
    for (const listener of this.#listeners) listener();
  }
}
