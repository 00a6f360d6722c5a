/**
 * Which trouble is worth a message: what lasts, once, and its end. Pure: who
 * surveys the rigs says what was found, and when.
 *
 * @module
 */

import type { Trouble } from "../../telemetry/trouble.ts";

/** Trouble that begins, becomes critical, or ends. */
export interface TroubleEvent {
  /** The rig's name. */
  readonly rig: string;
  /** What a person should look at. */
  readonly trouble: Trouble;
  /** Whether it begins or ends; what becomes critical begins once more. */
  readonly state: "begins" | "ends";
  /** As what it was told before, where it has become critical. */
  readonly before?: Trouble["severity"];
}

/** What is found of a rig; the same object for as long as nothing new is. */
export interface RigFinding {
  /** Whether it answers; `unknown` until the first survey ends. */
  readonly state: "unknown" | "up" | "down";
  /** What a person should look at. */
  readonly trouble: readonly Trouble[];
}

/** A rig that does not answer may restart: it is told when it lasts. */
const DOWN_MS = 60_000;

/** Surveys in a row that find a trouble, or do not, before that is told. */
const SURVEYS = 2;

/** What comes back so soon after its end was told flaps ... */
const FLAPPING_MS = 600_000;
/** ... and its end is told once it has been away for so long. */
const CALM_MS = 600_000;

/** One trouble of one rig. */
interface Watched {
  trouble: Trouble;
  /** Since when it is there; undefined: it is not. */
  sinceMs?: number | undefined;
  /** Surveys in a row that found it, or, once it is told, that did not. */
  count: number;
  /** As what it was told; undefined: it was not. */
  told?: Trouble["severity"] | undefined;
  /** Surveys in a row that found it worse than it was told. */
  worseCount: number;
  /** Since when it is away, after it was told. */
  goneMs?: number | undefined;
  /** When its end was told last. */
  endedMs: number;
  isFlapping: boolean;
}

/** Remembers what was told. */
export class TroubleNews {
  /** By rig, then by code and device. */
  readonly #rigs = new Map<string, Map<string, Watched>>();
  readonly #findings = new Map<string, RigFinding>();

  /**
   * Takes what a survey found of a rig.
   *
   * @param rig The rig's name.
   * @param finding What is known of it now; one that was looked at before says
   * nothing new, but that time has passed.
   * @param nowMs The time in milliseconds, of a clock that is never put back.
   * @returns What is to be told.
   */
  look(rig: string, finding: RigFinding, nowMs: number): TroubleEvent[] {
    if (finding.state === "unknown") return [];
    const isNew = this.#findings.get(rig) !== finding;
    this.#findings.set(rig, finding);
    const watched = this.#rigs.get(rig) ?? new Map<string, Watched>();
    this.#rigs.set(rig, watched);
    const found = new Map(
      finding.trouble.map((trouble) => [toKey(trouble), trouble]),
    );
    const events: TroubleEvent[] = [];
    for (const [key, trouble] of found) {
      const known: Watched = watched.get(key) ?? {
        trouble,
        count: 0,
        worseCount: 0,
        endedMs: -Infinity,
        isFlapping: false,
      };
      watched.set(key, known);
      known.trouble = trouble;
      known.sinceMs ??= nowMs;
      known.goneMs = undefined;
      if (known.told !== undefined) {
        known.count = 0;
        const isWorse = known.told !== trouble.severity &&
          trouble.severity === "critical";
        if (!isWorse) known.worseCount = 0;
        else if (isNew) known.worseCount++;
        if (known.worseCount < SURVEYS) continue;
        const before = known.told;
        known.told = "critical";
        events.push({ ...toEvent(rig, known, "begins"), before });
        continue;
      }
      if (isNew) known.count++;
      if (!hasLasted(known, nowMs)) continue;
      known.told = trouble.severity;
      known.count = known.worseCount = 0;
      known.isFlapping = nowMs - known.endedMs < FLAPPING_MS;
      events.push(toEvent(rig, known, "begins"));
    }
    for (const [key, known] of watched) {
      if (found.has(key)) continue;
      // A rig that does not answer says nothing of its fans.
      if (finding.state === "down" && !isOfTheWay(known.trouble)) continue;
      known.sinceMs = undefined;
      if (known.told === undefined) {
        known.count = 0;
        if (nowMs - known.endedMs >= FLAPPING_MS) watched.delete(key);
        continue;
      }
      known.goneMs ??= nowMs;
      if (isNew) known.count++;
      const isOver = known.count >= SURVEYS &&
        (!known.isFlapping || nowMs - known.goneMs >= CALM_MS);
      if (!isOver) continue;
      events.push(toEvent(rig, known, "ends"));
      Object.assign(known, { told: undefined, count: 0, endedMs: nowMs });
    }
    return events;
  }

  /**
   * Forgets the rigs that are no longer there.
   *
   * @param names The names of those that are.
   * @returns The ends of what was told of the others.
   */
  keepRigs(names: ReadonlySet<string>): TroubleEvent[] {
    const gone = [...this.#rigs].filter(([rig]) => !names.has(rig));
    for (const [rig] of gone) {
      this.#rigs.delete(rig);
      this.#findings.delete(rig);
    }
    return listTold(gone, "ends");
  }

  /** What was told and has not ended. */
  get told(): TroubleEvent[] {
    return listTold([...this.#rigs], "begins");
  }
}

function listTold(
  rigs: readonly (readonly [rig: string, Map<string, Watched>])[],
  state: TroubleEvent["state"],
): TroubleEvent[] {
  return rigs.flatMap(([rig, watched]) =>
    [...watched.values()].filter(({ told }) => told !== undefined)
      .map((known) => toEvent(rig, known, state))
  );
}

/** What became critical is called so until it ends: it does not go to and fro. */
function toEvent(
  rig: string,
  { trouble, told = trouble.severity }: Watched,
  state: TroubleEvent["state"],
): TroubleEvent {
  return { rig, trouble: { ...trouble, severity: told }, state };
}

function toKey({ code, device = "" }: Trouble): string {
  return `${code} ${device}`;
}

function isOfTheWay({ code }: Trouble): boolean {
  return code === "down" || code === "no-data";
}

function hasLasted(
  { trouble, sinceMs = Infinity, count }: Watched,
  nowMs: number,
): boolean {
  return trouble.code === "down"
    ? nowMs - sinceMs >= DOWN_MS
    : count >= SURVEYS;
}
