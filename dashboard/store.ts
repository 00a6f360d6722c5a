/**
 * What the page knows: all rigs by the live stream, which comes back by itself.
 * Listeners are called at most twice a second, however many rigs there are.
 *
 * @module
 */

import { createParser } from "npm:eventsource-parser@4";
import type { AccessDocument } from "../gateway/pages/access_page.ts";
import {
  fetchJson,
  fetchQuietly,
  type PageProblem,
  readProblem,
  Refusal,
} from "./fetch_json.ts";
import { type Member, readFigures, sumFleet } from "./figures.ts";
import { sortNames } from "./format.ts";
import { toUrl } from "./place.ts";
import { type Measures, Series } from "./series.ts";
import { authHeaders } from "./token.ts";

/** Least milliseconds between two calls of the listeners. */
const MIN_FLUSH_MS = 500;
/** The same until all rigs are there; for the very first there is no waiting. */
const FIRST_FLUSH_MS = 50;
/** After this, rigs that have not answered hold up nothing else. */
const SETTLING_MS = 1000;
/** First and most milliseconds before the next try to connect. */
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;
/**
 * The gateway sends values every 5 s as a rule, and a heartbeat after 15 s
 * without any: after this the line is dead.
 */
const MAX_SILENCE_MS = 20_000;
/** After so long without a value the history is read anew: one step of it. */
const MAX_MISSED_MS = 60_000;
/** A rig that is up sends values every 5 s, or later where there are thousands. */
const MAX_AGE_MS = 60_000;
/** Until then a rig that was known before a new connection has its chance. */
const RETURN_MS = 15_000;
/** Seconds that a series keeps: as the gateway's history; unread, to save room. */
const KEPT_SPAN_S = 6 * 3600;
const UNREAD_SPAN_S = 600;
/** Least seconds between two points of the fleet. */
const FLEET_STEP_S = 5;
/** A wall clock that is set right moves by less. */
const JUMP_MS = 5000;

/**
 * What the connection is like. `paused`: the page has let go of its stream, and
 * takes it up again by itself. `denied`: the gateway refuses this client, and
 * says why in `problem`.
 */
export type Phase = "connecting" | "live" | "paused" | "lost" | "denied";

/** A point of `/-/history`, of a rig or of many; what is not known is absent. */
interface HistoryPoint {
  /** Unix time in seconds. */
  readonly timeS: number;
  readonly hashrate?: number;
  /** By algorithm, where there are several. */
  readonly hashrates?: Readonly<Record<string, number>>;
  readonly celsius?: number;
  readonly powerW?: number;
  readonly accepted?: number;
  readonly rejected?: number;
  readonly state?: string;
}

/** What `/-/history` answers. */
interface HistoryDocument {
  readonly points: readonly HistoryPoint[];
  readonly stepS: number;
  /** When the past begins that is kept: ISO 8601. */
  readonly since?: string;
}

/**
 * Takes what charts show of a point.
 *
 * @param algorithm Whose hashrate is meant, where there are several.
 */
function toMeasures(
  { state, hashrates, ...point }: HistoryPoint,
  algorithm = "",
): Measures & { timeS: number } {
  return {
    ...point,
    hashrate: point.hashrate ?? hashrates?.[algorithm],
    down: state === undefined ? undefined : Number(state === "down"),
  };
}

/** Gives how many shares there were between two reports of a rig. */
function countShares(
  { state, telemetry }: Member,
  before: Member | undefined,
): Measures {
  const since = before?.telemetry?.shares;
  const count = (key: "accepted" | "rejected") => {
    const more = (telemetry?.shares?.[key] ?? NaN) - (since?.[key] ?? NaN);
    // Less than before: the miner has restarted.
    return more >= 0 ? more : undefined;
  };
  return state === "up"
    ? { accepted: count("accepted"), rejected: count("rejected") }
    : {};
}

/**
 * How long the page has been there: a clock that goes on while the computer
 * sleeps. In some browsers `performance.now()` stands still then; the wall clock
 * tells how long.
 */
export class PageClock {
  readonly #wall: () => number;
  readonly #monotonic: () => number;
  #aheadMs: number;
  #sleptMs = 0;

  /**
   * @param wall Unix time in milliseconds.
   * @param monotonic Milliseconds since some moment.
   */
  constructor(
    wall: () => number = () => Date.now(),
    monotonic: () => number = () => performance.now(),
  ) {
    this.#wall = wall;
    this.#monotonic = monotonic;
    this.#aheadMs = wall() - monotonic();
  }

  /** Milliseconds since some moment, never less than before. */
  nowMs(): number {
    const monotonicMs = this.#monotonic();
    const aheadMs = this.#wall() - monotonicMs;
    const jumpMs = aheadMs - this.#aheadMs;
    if (jumpMs > JUMP_MS) this.#sleptMs += jumpMs;
    this.#aheadMs = aheadMs;
    return monotonicMs + this.#sleptMs;
  }
}

/** Milliseconds that the gateway's clock is ahead of this one. */
function readOffsetMs({ headers }: Response): number {
  const offsetMs = Date.parse(headers.get("date") ?? "") - Date.now();
  // The header has whole seconds.
  return Math.abs(offsetMs) > 2000 ? offsetMs : 0;
}

/** Puts calls together: soon, and one for many. */
class Flusher {
  readonly #flush: () => void;
  readonly #readLeastMs: () => number;
  #flushedMs = -Infinity;
  #isScheduled = false;

  /**
   * @param flush What is called.
   * @param readLeastMs Least milliseconds between two calls.
   */
  constructor(flush: () => void, readLeastMs: () => number) {
    this.#flush = flush;
    this.#readLeastMs = readLeastMs;
  }

  /** Has it called, if that is not under way. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const flush = () => {
      this.#isScheduled = false;
      this.#flushedMs = performance.now();
      this.#flush();
    };
    const waitMs = this.#flushedMs + this.#readLeastMs() - performance.now();
    setTimeout(() => {
      // A page that is not looked at gets no frames.
      if (globalThis.document?.hidden !== false) flush();
      else requestAnimationFrame(flush);
    }, Math.max(0, waitMs));
  }
}

/** The series of all rigs, and the gateway's history that goes into them. */
class RigSeries {
  readonly #series = new Map<string, Series>();

  /** A rig's series; empty if there was none. */
  find(name: string): Series {
    let series = this.#series.get(name);
    if (series === undefined) {
      series = new Series(UNREAD_SPAN_S);
      this.#series.set(name, series);
    }
    return series;
  }

  /** Forgets a rig that is gone. */
  drop(name: string): void {
    this.#series.delete(name);
  }

  /** Leaves a gap in each: no more values come. */
  breakLines(): void {
    for (const series of this.#series.values()) series.breakLine();
  }

  /** Has the history read anew: there is more of it than came to the page. */
  expire(): void {
    for (const series of this.#series.values()) series.isRead = false;
  }

  /**
   * Reads a rig's history once.
   *
   * @param name The rig.
   * @param ready It waits for this.
   * @returns Whether there is something new.
   */
  async read(name: string, ready: Promise<void>): Promise<boolean> {
    const series = this.find(name);
    if (series.isRead) return false;
    series.isRead = true;
    series.spanS = KEPT_SPAN_S;
    await ready;
    try {
      const { points, stepS } = await fetchJson<HistoryDocument>(
        `/-/history?rig=${encodeURIComponent(name)}`,
      );
      series.merge(points.map((point) => toMeasures(point)), stepS);
      return true;
    } catch {
      // Without it the chart begins now. The next view tries again.
      series.isRead = false;
      return false;
    }
  }
}

/** What is called while the stream runs. */
interface StreamListener {
  /** Called once, with the response's headers. */
  readonly onBegin: (response: Response) => void;
  /** Called for each event. */
  readonly onEvent: (event: string, data: string) => void;
}

/**
 * Reads the stream until it ends.
 *
 * @param tag Only rigs that have it; undefined: all.
 * @param connection Ends it; it ends itself that way when nothing comes any
 * more.
 * @param listener What is called.
 * @returns When the gateway has ended it.
 * @throws {Refusal} If the gateway refuses; anything else if the line breaks.
 */
async function readRigStream(
  tag: string | undefined,
  connection: AbortController,
  { onBegin, onEvent }: StreamListener,
): Promise<void> {
  const { signal } = connection;
  const query = tag === undefined ? "" : `?tag=${encodeURIComponent(tag)}`;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    clearTimeout(silence);
    silence = setTimeout(() => connection.abort(), MAX_SILENCE_MS);
  };
  wait();
  try {
    const response = await fetch(toUrl(`/-/rigs${query}`), {
      headers: { accept: "text/event-stream", ...authHeaders() },
      signal,
    });
    if (!response.ok || response.body === null) {
      throw new Refusal(await readProblem(response));
    }
    onBegin(response);
    const parser = createParser({
      onEvent: ({ event = "", data }) => onEvent(event, data),
    });
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    while (true) {
      wait();
      const { value, done } = await reader.read();
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    clearTimeout(silence);
  }
}

/** When values of a rig came last, and on which connection. */
interface Arrival {
  readonly ms: number;
  readonly generation: number;
}

/** The live state. */
export class RigStore {
  readonly rigs = new Map<string, Member>();
  phase: Phase = "connecting";
  /** Why the phase is `denied` or `lost`. */
  problem: PageProblem | undefined;
  /** As `/-/access` says. */
  access: AccessDocument | undefined;
  /** How many rigs the gateway has. */
  rigCount: number | undefined;
  /** Sums over all rigs. */
  sums = sumFleet([]);
  /** The fleet's hashrate over time. */
  readonly series = new Series(KEPT_SPAN_S);
  /** Names, sorted; the same array until a rig comes or goes. */
  names: readonly string[] = [];
  /** Which connection this is: 1 for the first. */
  generation = 0;
  #phaseMs = 0;
  readonly #clock = new PageClock();
  readonly #tag: string | undefined;
  readonly #rigSeries = new RigSeries();
  readonly #arrivals = new Map<string, Arrival>();
  /** When values of any rig came last; at first, when the page was opened. */
  #newestMs = this.#clock.nowMs();
  #tickedMs = this.#clock.nowMs();
  readonly #listeners = new Set<() => void>();
  readonly #flusher = new Flusher(
    () => this.#flush(),
    () => this.#readLeastMs(),
  );
  #haveNamesChanged = false;
  #hasHistory = false;
  /** When the gateway's past begins; NaN: not known. */
  #sinceS = NaN;
  /** Resolved when the first values of most rigs are there. */
  readonly #settled = Promise.withResolvers<void>();
  #clockOffsetMs = 0;
  #retryMs = FIRST_RETRY_MS;
  #connection: AbortController | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #ticker: ReturnType<typeof setInterval> | undefined;

  /** @param options `tag`: only rigs that have it. */
  constructor({ tag }: { tag?: string | undefined } = {}) {
    this.#tag = tag;
  }

  /**
   * @param listener Called after changes.
   * @returns Ends that.
   */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Unix time in milliseconds, by the gateway's clock. */
  nowMs(): number {
    return Date.now() + this.#clockOffsetMs;
  }

  /** Whether the values of all rigs have come that there are. */
  get isComplete(): boolean {
    return this.rigs.size >= (this.rigCount ?? Infinity) ||
      (this.phase === "live" && performance.now() - this.#phaseMs > 10_000);
  }

  /**
   * @param name A rig.
   * @returns Its last values.
   */
  findSeries(name: string): Series {
    return this.#rigSeries.find(name);
  }

  /** Seconds of the past that the gateway keeps; at least those that are here. */
  get pastS(): number {
    return Math.max(
      KEPT_SPAN_S,
      this.nowMs() / 1000 - this.#sinceS || 0,
    );
  }

  /**
   * Reads more of the past than is kept here.
   *
   * @param name A rig; undefined: all.
   * @param spanS Seconds.
   * @param stepS Seconds from one point to the next.
   * @returns The past until now.
   */
  async readPast(
    name: string | undefined,
    spanS: number,
    stepS: number,
  ): Promise<Series> {
    const query = new URLSearchParams({
      ...(name !== undefined && { rig: name }),
      ...(name === undefined && this.#tag !== undefined && { tag: this.#tag }),
      from: String(Math.floor(this.nowMs() / 1000 - spanS)),
      step: String(stepS),
    });
    const document = await fetchJson<HistoryDocument>(`/-/history?${query}`);
    const series = new Series(spanS);
    const [kind] = this.sums.hashrates.keys();
    series.merge(
      document.points.map((each) => toMeasures(each, kind)),
      document.stepS,
    );
    return series;
  }

  /**
   * @param name A rig.
   * @returns Milliseconds since its values came.
   */
  readAgeMs(name: string): number {
    return this.#clock.nowMs() - (this.#arrivals.get(name)?.ms ?? 0);
  }

  /** Milliseconds since values of any rig came. */
  readNewestAgeMs(): number {
    return this.#clock.nowMs() - this.#newestMs;
  }

  /**
   * @param name A rig.
   * @returns Whether what is known may be out of date.
   */
  isStale(name: string): boolean {
    return this.phase !== "live" ||
      this.#arrivals.get(name)?.generation !== this.generation ||
      (this.rigs.get(name)?.state === "up" &&
        this.readAgeMs(name) > MAX_AGE_MS);
  }

  /** Connects, now; also if it waits for the next try. */
  connect(): void {
    // Values grow old by themselves.
    this.#ticker ??= setInterval(() => this.#tick(), FLEET_STEP_S * 1000);
    clearTimeout(this.#retryTimer);
    this.#connection?.abort();
    this.#connection = new AbortController();
    this.#run(this.#connection);
  }

  /** Lets go of the connection, until {@linkcode resume}. */
  pause(): void {
    if (this.phase === "denied") return;
    clearTimeout(this.#retryTimer);
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.abort();
    this.#breakLines();
    this.#setPhase("paused");
  }

  /** Connects again, if it is paused. */
  resume(): void {
    if (this.phase === "paused" && !this.#connection) this.connect();
  }

  /** Gives up a connection that may be dead, and tries another at once. */
  reconnect(): void {
    if (this.phase !== "live") return;
    this.pause();
    this.resume();
  }

  #tick(): void {
    const nowMs = this.#clock.nowMs();
    const isLate = nowMs - this.#tickedMs > MAX_SILENCE_MS;
    this.#tickedMs = nowMs;
    // The computer slept: who was there before may have hung up.
    if (isLate) this.reconnect();
    this.#flusher.schedule();
  }

  #breakLines(): void {
    this.series.breakLine();
    this.#rigSeries.breakLines();
  }

  /** One connection, to its end. */
  async #run(connection: AbortController): Promise<void> {
    const stream = readRigStream(this.#tag, connection, {
      onBegin: (response) => this.#begin(response),
      onEvent: (event, data) => this.handleEvent(event, data),
    });
    // After it: the rigs are waited for.
    this.#readAround(connection.signal);
    try {
      await stream;
      this.#end(connection, undefined);
    } catch (error) {
      this.#end(connection, error);
    }
  }

  /** @param response The stream, which has begun. */
  #begin(response: Response): void {
    this.#clockOffsetMs = readOffsetMs(response);
    const generation = ++this.generation;
    this.#retryMs = FIRST_RETRY_MS;
    this.#setPhase("live");
    setTimeout(() => this.#dropAbsent(generation), RETURN_MS);
    setTimeout(this.#settled.resolve, SETTLING_MS);
  }

  /** Forgets the rigs that went away while there was no connection. */
  #dropAbsent(generation: number): void {
    if (this.phase !== "live" || generation !== this.generation) return;
    for (const [name, arrival] of [...this.#arrivals]) {
      if (arrival.generation !== generation) this.handleEvent("gone", name);
    }
    this.#flusher.schedule();
  }

  /**
   * @param connection The one that has ended.
   * @param error Why, if not by itself.
   */
  #end(connection: AbortController, error: unknown): void {
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

  #setPhase(phase: Phase, problem?: PageProblem): void {
    if (phase !== this.phase) this.#phaseMs = performance.now();
    this.phase = phase;
    this.problem = problem;
    this.#flusher.schedule();
  }

  /** Has the history read anew where the page missed a step of it. */
  #expireHistory(): void {
    if (this.readNewestAgeMs() <= MAX_MISSED_MS) return;
    this.#hasHistory = false;
    this.#rigSeries.expire();
  }

  /** Reads what else the page wants to know; none of it holds up the rigs. */
  #readAround(signal: AbortSignal): void {
    const read = <T>(path: string, onDocument: (document: T) => void) =>
      fetchQuietly<T>(path, { signal }, (document) => {
        onDocument(document);
        this.#flusher.schedule();
      });
    read<AccessDocument>("/-/access", (access) => this.access = access);
    this.#expireHistory();
    if (this.#tag !== undefined) return;
    read<{ rigs: number }>("/-/readyz", ({ rigs }) => this.rigCount = rigs);
    if (this.#hasHistory) return;
    read<HistoryDocument>("/-/history", async ({ points, stepS, since }) => {
      this.#hasHistory = true;
      this.#sinceS = Date.parse(since ?? "") / 1000;
      // Whose hashes these are is known once most rigs are there.
      await this.#settled.promise;
      const [kind] = this.sums.hashrates.keys();
      this.series.merge(points.map((each) => toMeasures(each, kind)), stepS);
      this.#flusher.schedule();
    });
  }

  /** Asks anew what this client may do: after a token was entered. */
  async readAccess(): Promise<void> {
    try {
      this.access = await fetchJson<AccessDocument>("/-/access");
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
   * @param name The rig.
   */
  async readHistory(name: string): Promise<void> {
    if (await this.#rigSeries.read(name, this.#settled.promise)) {
      this.#flusher.schedule();
    }
  }

  /**
   * Handles an event of the stream.
   *
   * @param event `rig` or `gone`.
   * @param data A member as JSON, or a name.
   */
  handleEvent(event: string, data: string): void {
    if (event === "gone") {
      const wasKnown = this.rigs.delete(data);
      this.#haveNamesChanged ||= wasKnown;
      this.#rigSeries.drop(data);
      this.#arrivals.delete(data);
      if (wasKnown && this.rigCount !== undefined) this.rigCount--;
    } else if (event === "rig") {
      const member: Member = JSON.parse(data);
      if (!this.rigs.has(member.name)) this.#haveNamesChanged = true;
      const shares = countShares(member, this.rigs.get(member.name));
      this.rigs.set(member.name, member);
      this.#expireHistory();
      this.#newestMs = this.#clock.nowMs();
      this.#arrivals.set(member.name, {
        ms: this.#newestMs,
        generation: this.generation,
      });
      const timeS = Math.floor(this.nowMs() / 1000);
      const down = member.state === "unknown"
        ? undefined
        : Number(member.state === "down");
      this.findSeries(member.name).add(timeS, {
        ...readFigures(member),
        ...shares,
        down,
      });
    }
    this.#flusher.schedule();
  }

  #readLeastMs(): number {
    if (this.isComplete) return MIN_FLUSH_MS;
    return this.names.length > 0 ? FIRST_FLUSH_MS : 0;
  }

  #flush(): void {
    if (this.#haveNamesChanged) {
      this.#haveNamesChanged = false;
      this.names = sortNames(this.rigs.keys());
    }
    this.sums = sumFleet(this.rigs.values());
    const timeS = Math.floor(this.nowMs() / 1000);
    const isDue = timeS - (this.series.times.at(-1) ?? 0) >= FLEET_STEP_S;
    if (this.phase === "live" && this.isComplete && isDue) {
      const [hashrate] = this.sums.hashrates.values();
      this.series.add(timeS, { hashrate });
    }
    if (this.isComplete) this.#settled.resolve();
    for (const listener of this.#listeners) listener();
  }
}
