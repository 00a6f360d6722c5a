/**
 * Which trouble is worth a message: what lasts, once, and its end. Pure: who
 * surveys the rigs says what was found, and when.
 *
 * @module
 */

import type { Trouble } from "../../telemetry/trouble.ts";

/** Trouble that begins or ends. */
export interface TroubleEvent {
  /** The rig's name. */
  readonly rig: string;
  /** What a person should look at. */
  readonly trouble: Trouble;
  /** Whether it begins or ends. */
  readonly state: "begins" | "ends";
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
  /** Surveys in a row that found it, or, once it is told, that did not. */
  count: number;
  isTold: boolean;
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
   * @param nowMs The time, in Unix milliseconds.
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
      const known = watched.get(key) ?? {
        trouble,
        count: 0,
        isTold: false,
        endedMs: -Infinity,
        isFlapping: false,
      };
      watched.set(key, known);
      known.trouble = trouble;
      known.goneMs = undefined;
      if (known.isTold) {
        known.count = 0;
        continue;
      }
      if (isNew) known.count++;
      if (!hasLasted(known, nowMs)) continue;
      known.isTold = true;
      known.count = 0;
      known.isFlapping = nowMs - known.endedMs < FLAPPING_MS;
      events.push({ rig, trouble, state: "begins" });
    }
    for (const [key, known] of watched) {
      if (found.has(key)) continue;
      // A rig that does not answer says nothing of its fans.
      if (finding.state === "down" && !isOfTheWay(known.trouble)) continue;
      if (!known.isTold) {
        known.count = 0;
        if (nowMs - known.endedMs >= FLAPPING_MS) watched.delete(key);
        continue;
      }
      known.goneMs ??= nowMs;
      if (isNew) known.count++;
      const isOver = known.count >= SURVEYS &&
        (!known.isFlapping || nowMs - known.goneMs >= CALM_MS);
      if (!isOver) continue;
      Object.assign(known, { isTold: false, count: 0, endedMs: nowMs });
      events.push({ rig, trouble: known.trouble, state: "ends" });
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
    return gone.flatMap(([rig, watched]) =>
      [...watched.values()].filter(({ isTold }) => isTold)
        .map(({ trouble }) => ({ rig, trouble, state: "ends" as const }))
    );
  }

  /** What was told and has not ended. */
  get told(): TroubleEvent[] {
    return [...this.#rigs].flatMap(([rig, watched]) =>
      [...watched.values()].filter(({ isTold }) => isTold)
        .map(({ trouble }) => ({ rig, trouble, state: "begins" as const }))
    );
  }
}

function toKey({ code, device = "" }: Trouble): string {
  return `${code} ${device}`;
}

function isOfTheWay({ code }: Trouble): boolean {
  return code === "down" || code === "no-data";
}

function hasLasted({ trouble, count }: Watched, nowMs: number): boolean {
  return trouble.code === "down"
    ? nowMs - Date.parse(trouble.since) >= DOWN_MS
    : count >= SURVEYS;
}
