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
import { fetchJson, Refusal } from "./fetch_json.js";
import { readRigStream } from "./rig_stream.js";
import {
  FIRST_FLUSH_MS,
  FIRST_RETRY_MS,
  FLEET_POINTS,
  FLEET_STEP_S,
  MAX_AGE_MS,
  MAX_RETRY_MS,
  MIN_FLUSH_MS,
  RETURN_MS,
  RIG_POINTS,
  SETTLING_MS,
} from "./store_limits.js";
import { Trail } from "./trail.js";

/**
 * @typedef {import("./figures.js").Member} Member
 * @typedef {"connecting" | "live" | "lost" | "denied"} Phase `denied`: the
 * gateway refuses this client, and says why in `problem`.
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
  trail = new Trail(FLEET_POINTS);
  /** Names, sorted; the same array until a rig comes or goes. */
  names = /** @type {string[]} */ ([]);
  /** @type {number} When the phase began (`performance.now()`). */
  phaseMs = 0;
  #tag;
  /** @type {Map<string, Trail>} */
  #trails = new Map();
  /** @type {Map<string, number>} When each rig was heard last. */
  #heardMs = new Map();
  /** @type {Map<string, number>} The connection that it was heard on. */
  #generations = new Map();
  #generation = 0;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #flushedMs = -Infinity;
  #isScheduled = false;
  #haveNamesChanged = false;
  #hasHistory = false;
  /** @type {Intl.Collator | undefined} It takes milliseconds to make. */
  #collator;
  /** @type {() => void} */
  #settle;
  /** When the first values of most rigs are there. */
  #settled = new Promise((resolve) => this.#settle = resolve);
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
      (this.phase === "live" && performance.now() - this.phaseMs > 10_000);
  }

  /**
   * @param {string} name A rig.
   * @returns {Trail} Its last values.
   */
  findTrail(name) {
    let trail = this.#trails.get(name);
    if (trail === undefined) {
      trail = new Trail(RIG_POINTS);
      this.#trails.set(name, trail);
    }
    return trail;
  }

  /**
   * @param {string} name A rig.
   * @returns {number} Milliseconds since the page heard of it.
   */
  readAgeMs(name) {
    return performance.now() - (this.#heardMs.get(name) ?? 0);
  }

  /**
   * @param {string} name A rig.
   * @returns {boolean} Whether what is known may be out of date.
   */
  isStale(name) {
    return this.phase !== "live" ||
      this.#generations.get(name) !== this.#generation ||
      (this.rigs.get(name)?.state === "up" &&
        this.readAgeMs(name) > MAX_AGE_MS);
  }

  /** Connects, now; also if it waits for the next try. */
  connect() {
    // Values grow old by themselves.
    this.#ticker ??= setInterval(
      () => this.#schedule(),
      FLEET_STEP_S * 1000,
    );
    clearTimeout(this.#retryTimer);
    this.#connection?.abort();
    this.#connection = new AbortController();
    this.#run(this.#connection);
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
    const serverMs = Date.parse(response.headers.get("date") ?? "");
    const offsetMs = serverMs - Date.now();
    // The header has whole seconds.
    if (Math.abs(offsetMs) > 2000) this.#clockOffsetMs = offsetMs;
    const generation = ++this.#generation;
    this.#retryMs = FIRST_RETRY_MS;
    this.#setPhase("live");
    setTimeout(() => this.#dropAbsent(generation), RETURN_MS);
    setTimeout(this.#settle, SETTLING_MS);
  }

  /** Forgets the rigs that went away while there was no connection. */
  #dropAbsent(/** @type {number} */ generation) {
    if (this.phase !== "live" || generation !== this.#generation) return;
    for (const [name, heardOn] of this.#generations) {
      if (heardOn !== generation) this.take("gone", name);
    }
    this.#schedule();
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
    if (this.phase === "live") this.trail.add(this.nowMs() / 1000, undefined);
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
    if (phase !== this.phase) this.phaseMs = performance.now();
    this.phase = phase;
    this.problem = problem;
    this.#schedule();
  }

  /** Reads what else the page wants to know; none of it holds up the rigs. */
  #readAround(/** @type {AbortSignal} */ signal) {
    /** @type {[string, (document: any) => void][]} */
    const wanted = [
      ["/-/access", (access) => this.access = access],
    ];
    if (this.#tag === undefined) {
      wanted.push(["/-/readyz", ({ rigs }) => this.rigCount = rigs]);
      if (!this.#hasHistory) {
        wanted.push(["/-/history", ({ points }) => {
          this.#hasHistory = true;
          this.trail.prepend(points);
        }]);
      }
    }
    for (const [path, take] of wanted) {
      fetchJson(path, { signal }).then((document) => {
        take(document);
        this.#schedule();
      }, () => {
        // The stream of rigs meets the same trouble, and shows it.
      });
    }
  }

  /** Asks anew what this client may do: after a token was entered. */
  async readAccess() {
    try {
      this.access = await fetchJson("/-/access");
      this.#schedule();
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
    const trail = this.findTrail(name);
    if (trail.isRead) return;
    trail.isRead = true;
    await this.#settled;
    try {
      const { points } = await fetchJson(
        `/-/history?rig=${encodeURIComponent(name)}`,
      );
      trail.prepend(points);
      this.#schedule();
    } catch {
      // Without it the chart begins now. The next view tries again.
      trail.isRead = false;
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
      this.#trails.delete(data);
      this.#heardMs.delete(data);
      this.#generations.delete(data);
      if (wasKnown && this.rigCount !== undefined) this.rigCount--;
    } else if (event === "rig") {
      /** @type {Member} */
      const member = JSON.parse(data);
      if (!this.rigs.has(member.name)) this.#haveNamesChanged = true;
      this.rigs.set(member.name, member);
      this.#heardMs.set(member.name, performance.now());
      this.#generations.set(member.name, this.#generation);
      const { hashrate, celsius } = readFigures(member);
      const timeS = Math.floor(this.nowMs() / 1000);
      this.findTrail(member.name).add(timeS, hashrate, celsius);
    }
    this.#schedule();
  }

  /** Has the listeners told, soon and once. */
  #schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const leastMs = this.isComplete
      ? MIN_FLUSH_MS
      : this.names.length > 0
      ? FIRST_FLUSH_MS
      : 0;
    const waitMs = this.#flushedMs + leastMs - performance.now();
    const flush = () => this.#flush();
    setTimeout(() => {
      // A page that is not looked at gets no frames.
      if (globalThis.document?.hidden !== false) flush();
      else requestAnimationFrame(flush);
    }, Math.max(0, waitMs));
  }

  #flush() {
    this.#isScheduled = false;
    this.#flushedMs = performance.now();
    if (this.#haveNamesChanged) {
      this.#haveNamesChanged = false;
      this.#collator ??= new Intl.Collator("en", { numeric: true });
      this.names = [...this.rigs.keys()].sort(this.#collator.compare);
    }
    this.sums = sumFleet(this.rigs.values());
    const timeS = Math.floor(this.nowMs() / 1000);
    const isDue = timeS - (this.trail.times.at(-1) ?? 0) >= FLEET_STEP_S;
    if (this.phase === "live" && this.isComplete && isDue) {
      this.trail.add(timeS, this.sums.hashrate);
    }
    if (this.isComplete) this.#settle();
    for (const listener of this.#listeners) listener();
  }
}
