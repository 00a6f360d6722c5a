/**
 * Tells people of trouble: looks at the rigs now and again, and sends what is
 * worth a message to every target, until it is taken.
 *
 * @module
 */

import type { Fleet } from "../../rigs/fleet.ts";
import { visitRigs } from "../http/all_rigs.ts";
import {
  type FleetMonitor,
  MAX_ROUTINE_CALLS,
  SURVEY_LIMITS,
} from "./fleet_monitor.ts";
import {
  findAlerts,
  formatMessage,
  type NotifyUrl,
  postMessage,
} from "./notify_target.ts";
import { type TroubleEvent, TroubleNews } from "./trouble_news.ts";

/** Whom to tell, and of what. */
export interface NotifyOptions {
  /** The targets. */
  readonly targets: readonly NotifyUrl[];
  /** Where a person looks; absent: not known. */
  readonly link?: string | undefined;
}

/** What a notifier works with. */
export interface NotifierParts extends NotifyOptions {
  /** The rigs. */
  readonly fleet: Fleet;
  /** Asks them. */
  readonly monitor: FleetMonitor;
  /** Told in one line what is wrong with a target, never with its URL. */
  readonly onProblem: (line: string) => void;
  /** Called with what should not happen; the next look is made all the same. */
  readonly onDefect: (error: unknown) => void;
  /**
   * A clock that is never put back, in milliseconds. Default: `performance.now`.
   */
  readonly now?: () => number;
}

/** How often it looks for news in what is known of the rigs. */
const LOOK_MS = 10_000;
/** How often it has the rigs asked, so that something is known. */
const SURVEY_MS = 30_000;

/** How often Alertmanager is told what still stands. */
const RENEW_MS = 60_000;

/** The pause before a target is tried again: after its first failure … */
const FIRST_PAUSE_MS = 1000;
/** … and after many: it doubles up to this. */
const MAX_PAUSE_MS = 300_000;

/** How long a target is tried once more when the gateway stops. */
const LAST_TRY_MS = 2000;

/** Statuses that refuse a message for its contents: to send it again is in vain. */
const REFUSALS = [400, 413, 422];

/** Attack: rigs that flap while a target is away, which would fill the memory. */
const MAX_WAITING_EVENTS = 10_000;

/** Looks at the fleet, and tells what it finds. */
export class Notifier {
  readonly #parts: NotifierParts;
  readonly #now: () => number;
  readonly #news = new TroubleNews();
  readonly #stopping = new AbortController();
  #deliveries: Delivery[] = [];
  #link: string | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #looking = Promise.resolve();
  #surveyedMs = -Infinity;

  /**
   * Does nothing yet.
   *
   * @param parts What it works with.
   */
  constructor(parts: NotifierParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
    this.replaceOptions(parts);
  }

  /** Looks at the fleet every ten seconds from now on, while there is a target. */
  start(): void {
    const look = () => {
      if (this.#deliveries.length === 0) return;
      // One that takes longer makes the next one wait.
      this.#looking = this.#looking.then(() => this.look())
        .catch(this.#parts.onDefect);
    };
    look();
    this.#timer = setInterval(look, LOOK_MS);
  }

  /**
   * Takes other targets, and keeps what waits for those that stay. A new or
   * changed target is told of all trouble that stands now.
   *
   * @param options The targets, and where a person looks.
   */
  replaceOptions({ targets, link }: NotifyOptions): void {
    this.#link = link;
    const old = new Map(this.#deliveries.map((each) => [each.key, each]));
    const wanted = new Map(
      targets.map((target, index) => [JSON.stringify(target), {
        target,
        name: `notify target ${index + 1} (${target.kind})`,
      }]),
    );
    this.#deliveries = [...wanted].map(([key, { target, name }]) => {
      const known = old.get(key) ??
        new Delivery(key, target, this.#parts, this.#news.told);
      old.delete(key);
      known.name = name;
      return known;
    });
    for (const gone of old.values()) gone.stop();
  }

  /**
   * Looks at the fleet once, and begins to send what it finds.
   *
   * @returns When all rigs were looked at; not when all is sent.
   */
  async look(): Promise<void> {
    const { fleet, monitor } = this.#parts;
    const { signal } = this.#stopping;
    if (this.#now() - this.#surveyedMs >= SURVEY_MS) {
      this.#surveyedMs = this.#now();
      await visitRigs(
        fleet.rigs,
        {
          ask: (rig) =>
            monitor.survey(rig, { maxCalls: MAX_ROUTINE_CALLS, signal }),
          take() {},
        },
        signal,
        SURVEY_LIMITS,
      ).catch(() => {/* it is stopping: nothing else rejects */});
    }
    if (signal.aborted) return;
    const nowMs = this.#now();
    // All that is found at once is one message.
    const events = this.#news.keepRigs(
      new Set([...fleet.rigs].map(({ name }) => name)),
    );
    for (const rig of fleet.rigs) {
      events.push(...this.#news.look(rig.name, monitor.report(rig), nowMs));
    }
    const { told } = this.#news;
    for (const delivery of this.#deliveries) {
      delivery.add({ events, told, nowMs, link: this.#link });
    }
  }

  /**
   * Stops, and tries once more to send what waits.
   *
   * @returns When that is done, after two seconds at most.
   */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#looking;
    await Promise.all(this.#deliveries.map((each) => each.finish()));
  }
}

/** What waits for a target. */
class Delivery {
  readonly key: string;
  /** How it is called in messages: never by its URL. */
  name = "";
  readonly #target: NotifyUrl;
  readonly #parts: Pick<NotifierParts, "onProblem" | "onDefect">;
  readonly #stopping = new AbortController();
  #waiting: TroubleEvent[];
  #link: string | undefined;
  /** How many events it takes in one message, as far as that is known. */
  #most = Infinity;
  #failures = 0;
  #renewedMs = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | undefined;

  constructor(
    key: string,
    target: NotifyUrl,
    parts: Pick<NotifierParts, "onProblem" | "onDefect">,
    told: readonly TroubleEvent[],
  ) {
    this.key = key;
    this.#target = target;
    this.#parts = parts;
    this.#waiting = [...told];
  }

  /** Takes what is new, and sends it unless it has to wait. */
  add(
    { events, told, nowMs, link }: {
      readonly events: readonly TroubleEvent[];
      readonly told: readonly TroubleEvent[];
      readonly nowMs: number;
      readonly link: string | undefined;
    },
  ): void {
    this.#link = link;
    const isAlert = this.#target.kind === "alertmanager";
    const isDue = isAlert && nowMs - this.#renewedMs >= RENEW_MS;
    if (isDue) this.#renewedMs = nowMs;
    const all = [...this.#waiting, ...events];
    // Alertmanager is sent all standing trouble (`told`) with each message, so
    // only events that end trouble have to wait for it.
    const waiting = isAlert ? findAlerts(all, []) : all;
    const tooMany = waiting.length - MAX_WAITING_EVENTS;
    if (tooMany > 0) {
      waiting.splice(0, tooMany);
      this.#say(`${tooMany} messages are lost`);
    }
    const isWanted = isDue || all.length > 0;
    this.#waiting = isAlert && isWanted ? findAlerts(waiting, told) : waiting;
    if (this.#waiting.length > 0) this.#begin();
  }

  #say(what: string): void {
    this.#parts.onProblem(`${this.name}: ${what}`);
  }

  #begin(): void {
    if (this.#sending !== undefined || this.#timer !== undefined) return;
    this.#sending = this.#send(this.#stopping.signal)
      .catch(this.#parts.onDefect)
      .finally(() => this.#sending = undefined);
  }

  async #send(signal: AbortSignal): Promise<void> {
    const events = this.#waiting.slice(0, this.#most);
    const { failure, status = 0, retryAfterS = 0 } = await postMessage(
      this.#target,
      formatMessage(this.#target, {
        events,
        nowMs: Date.now(),
        link: this.#link,
      }),
      { signal },
    );
    if (signal.aborted) return;
    if (failure === undefined) {
      if (this.#failures > 0) this.#say("it takes messages again");
      this.#failures = 0;
      this.#drop(events);
      // What came meanwhile is sent at once.
      if (this.#waiting.length > 0) this.#wait(0);
      return;
    }
    if (REFUSALS.includes(status) && events.length > 1) {
      // It may be too long, or one event in it may be what is refused.
      this.#most = Math.ceil(events.length / 2);
      return this.#wait(FIRST_PAUSE_MS);
    }
    if (REFUSALS.includes(status)) {
      const [{ rig, trouble: { code } } = { rig: "", trouble: { code: "" } }] =
        events;
      this.#say(`${failure} to ${code} of rig "${rig}", which is left out`);
      this.#drop(events);
      // It answers: that it is away, later, is news.
      this.#failures = 0;
      if (this.#waiting.length > 0) this.#wait(FIRST_PAUSE_MS);
      return;
    }
    if (this.#failures === 0) {
      this.#say(`${failure}; it is tried again`);
    }
    const pauseMs = Math.max(
      FIRST_PAUSE_MS * 2 ** this.#failures,
      retryAfterS * 1000,
    );
    this.#failures = Math.min(this.#failures + 1, 20);
    if (this.#waiting.length > 0) this.#wait(Math.min(MAX_PAUSE_MS, pauseMs));
  }

  #drop(events: readonly TroubleEvent[]): void {
    const gone = new Set(events);
    this.#waiting = this.#waiting.filter((event) => !gone.has(event));
    if (this.#waiting.length === 0) this.#most = Infinity;
  }

  #wait(pauseMs: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#begin();
    }, pauseMs);
  }

  /** Sends nothing more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stopping.abort();
  }

  /** Lets what is under way end, and tries once to send what waits. */
  async finish(): Promise<void> {
    clearTimeout(this.#timer);
    const patience = new AbortController();
    const { promise: isOver, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      patience.abort();
      resolve();
    }, LAST_TRY_MS);
    await Promise.race([this.#sending, isOver]);
    this.stop();
    if (this.#waiting.length > 0 && !patience.signal.aborted) {
      await this.#send(patience.signal).catch(this.#parts.onDefect);
    }
    clearTimeout(timer);
    clearTimeout(this.#timer);
  }
}
