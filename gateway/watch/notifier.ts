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
import { formatMessage, type NotifyUrl, postMessage } from "./notify_target.ts";
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
  /** The time in Unix milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
}

/** How often what is known is looked at, and how often rigs are asked for it. */
const LOOK_MS = 10_000;
const SURVEY_MS = 30_000;

/** How often Alertmanager is told what still stands. */
const RENEW_MS = 60_000;

/** Before a target that failed is tried again, at first and at most. */
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 300_000;

/** How long a target is tried once more when the gateway stops. */
const LAST_TRY_MS = 2000;

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
    this.#now = parts.now ?? Date.now;
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
   * Takes other targets, and keeps what waits for those that stay.
   *
   * @param options The targets, and where a person looks.
   */
  replaceOptions({ targets, link }: NotifyOptions): void {
    this.#link = link;
    const old = new Map(this.#deliveries.map((each) => [each.key, each]));
    this.#deliveries = targets.map((target, index) => {
      const name = `notify target ${index + 1} (${target.kind})`;
      const known = old.get(JSON.stringify(target));
      if (known === undefined) {
        return new Delivery(target, name, this.#parts.onProblem);
      }
      old.delete(known.key);
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
  name: string;
  readonly #target: NotifyUrl;
  readonly #onProblem: (line: string) => void;
  readonly #stopping = new AbortController();
  #waiting: TroubleEvent[] = [];
  #told: readonly TroubleEvent[] = [];
  #link: string | undefined;
  #failures = 0;
  #renewedMs = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | undefined;

  constructor(
    target: NotifyUrl,
    name: string,
    onProblem: (line: string) => void,
  ) {
    this.#target = target;
    this.key = JSON.stringify(target);
    this.name = name;
    this.#onProblem = onProblem;
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
    this.#told = told;
    this.#link = link;
    this.#waiting.push(...events);
    const tooMany = this.#waiting.length - MAX_WAITING_EVENTS;
    if (tooMany > 0) {
      this.#waiting.splice(0, tooMany);
      this.#onProblem(`${this.name}: ${tooMany} messages are lost`);
    }
    const isDue = this.#target.kind === "alertmanager" && told.length > 0 &&
      nowMs - this.#renewedMs >= RENEW_MS;
    if (isDue) this.#renewedMs = nowMs;
    if (this.#waiting.length > 0 || isDue) this.#begin();
  }

  #begin(): void {
    if (this.#sending !== undefined || this.#timer !== undefined) return;
    this.#sending = this.#send(this.#stopping.signal)
      .finally(() => this.#sending = undefined);
  }

  async #send(signal: AbortSignal): Promise<void> {
    const events = [...this.#waiting];
    const body = formatMessage(this.#target, {
      events,
      told: this.#told,
      nowMs: Date.now(),
      link: this.#link,
    });
    const { failure, retryAfterS = 0 } = await postMessage(
      this.#target,
      body,
      { signal },
    );
    if (signal.aborted) return;
    if (failure === undefined) {
      if (this.#failures > 0) {
        this.#onProblem(`${this.name}: it takes messages again`);
      }
      this.#failures = 0;
      const sent = new Set(events);
      this.#waiting = this.#waiting.filter((event) => !sent.has(event));
      // What came meanwhile is sent at once.
      if (this.#waiting.length > 0) this.#wait(0);
      return;
    }
    if (this.#failures === 0) {
      this.#onProblem(`${this.name}: ${failure}; it is tried again`);
    }
    const pauseMs = Math.max(
      FIRST_PAUSE_MS * 2 ** this.#failures,
      retryAfterS * 1000,
    );
    this.#failures = Math.min(this.#failures + 1, 20);
    this.#wait(Math.min(MAX_PAUSE_MS, pauseMs));
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
      await this.#send(patience.signal);
    }
    clearTimeout(timer);
    clearTimeout(this.#timer);
  }
}
