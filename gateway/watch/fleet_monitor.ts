/**
 * The monitors of all rigs, and what they know as one member of `/-/rigs` a
 * rig.
 *
 * @module
 */

import type { FleetRig } from "../../rigs/fleet.ts";
import { formatAddress } from "../../rpc/errors.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { VisitLimits } from "../http/all_rigs.ts";
import type { ProblemDocument } from "../http/problems.ts";
import {
  mergeLimits,
  type Trouble,
  type TroubleLimits,
} from "../../telemetry/trouble.ts";
import {
  RigMonitor,
  type RigReport,
  type SurveyOptions,
} from "./rig_monitor.ts";

/** One rig, as `/-/rigs` shows it. */
export interface RigMember {
  /** The name in URLs. */
  readonly name: string;
  /** Host and port of its API. */
  readonly address: string;
  /** What it is grouped by. */
  readonly tags: Readonly<Record<string, string>>;
  /** Whether it answers; `unknown` until the first survey ends. */
  readonly state: RigReport["state"];
  /** When that began, as far as the gateway saw: ISO 8601. */
  readonly since?: string;
  /** Why it is down. */
  readonly problem?: ProblemDocument;
  /** What a person should look at; empty if all is well. */
  readonly trouble: readonly Trouble[];
  /** When the telemetry was taken: ISO 8601. */
  readonly taken?: string;
  /** How old it is, in milliseconds. */
  readonly ageMs?: number;
  /** What it said last; also of a rig that is down now. */
  readonly telemetry?: Telemetry;
}

/**
 * How many rigs are surveyed at once. Reading a reply takes the better part of
 * a millisecond, and Deno gives each turn to 128 connections at most: with more
 * of them ready, some would wait until their time has run out. A rig that says
 * nothing for a while makes room.
 */
export const SURVEY_LIMITS: VisitLimits = {
  maxConcurrent: 96,
  parkAfterMs: 250,
  maxParked: 1024,
  maxFirst: 4,
};

/** Most calls to a rig for what is asked again and again: scrapes, samples. */
export const MAX_ROUTINE_CALLS = 3;

/** Limits of trouble, as a configuration sets them. */
export interface TroubleSettings {
  /** Limits for all rigs. */
  readonly limits: TroubleLimits;
  /** Limits over these for the rigs of a tag, by `site:barn`, in this order. */
  readonly tags: Readonly<Record<string, TroubleLimits>>;
}

/** Watches rigs; a rig that leaves the fleet is forgotten with it. */
export class FleetMonitor {
  readonly #monitors = new WeakMap<FleetRig, RigMonitor>();
  readonly #onDefect: ((error: unknown) => void) | undefined;
  /** Limits of trouble, for surveys from now on; a reload sets others. */
  settings: TroubleSettings;

  /**
   * Knows nothing yet.
   *
   * @param options `onDefect` is called with what should not happen. Default:
   * it goes to stderr. `settings`: limits of trouble. Default: those of the
   * table.
   */
  constructor(
    options: {
      onDefect?: (error: unknown) => void;
      settings?: TroubleSettings;
    } = {},
  ) {
    this.#onDefect = options.onDefect;
    this.settings = options.settings ?? { limits: {}, tags: {} };
  }

  /**
   * Asks a rig how it is.
   *
   * @param rig The rig.
   * @param options As {@linkcode RigMonitor.survey} takes them.
   * @returns What is known then.
   */
  survey(rig: FleetRig, options?: SurveyOptions): Promise<RigReport> {
    return this.#findMonitor(rig).survey(options);
  }

  /**
   * Gives what is known of a rig, without asking it.
   *
   * @param rig The rig.
   * @returns What is known now.
   */
  report(rig: FleetRig): RigReport {
    return this.#findMonitor(rig).report;
  }

  /**
   * Says what is known of a rig, without asking it.
   *
   * @param rig The rig.
   * @returns Its member of `/-/rigs`.
   */
  describe(rig: FleetRig): RigMember {
    return JSON.parse(this.formatMember(rig));
  }

  /**
   * Writes what is known of a rig, without asking it.
   *
   * @param rig The rig.
   * @param options `hasAge`: whether its age is in it, which changes with time
   * alone. Default: true.
   * @returns Its member of `/-/rigs`, as JSON.
   */
  formatMember(rig: FleetRig, options: { hasAge?: boolean } = {}): string {
    const { state, sinceMs, problem, trouble, takenMs, telemetryJson } = this
      .report(rig);
    const hasAge = takenMs !== undefined && options.hasAge !== false;
    const member: Omit<RigMember, "telemetry"> = {
      name: rig.name,
      address: formatAddress(rig),
      tags: rig.tags,
      state,
      ...(sinceMs === undefined ? {} : { since: toIsoTime(sinceMs) }),
      ...(problem === undefined ? {} : { problem: problem.toJSON() }),
      trouble,
      ...(takenMs === undefined ? {} : { taken: toIsoTime(takenMs) }),
      ...(hasAge ? { ageMs: Math.max(0, Date.now() - takenMs) } : {}),
    };
    const json = JSON.stringify(member);
    return telemetryJson === undefined
      ? json
      : `${json.slice(0, -1)},"telemetry":${telemetryJson}}`;
  }

  #findMonitor(rig: FleetRig): RigMonitor {
    const known = this.#monitors.get(rig);
    if (known !== undefined) return known;
    const monitor = new RigMonitor(
      rig,
      this.#onDefect,
      () => this.#findLimits(rig),
    );
    this.#monitors.set(rig, monitor);
    return monitor;
  }

  #findLimits({ tags }: FleetRig): TroubleLimits {
    const { limits, tags: byTag } = this.settings;
    const own = Object.entries(byTag).filter(([tag]) => {
      const at = tag.indexOf(":");
      return tags[tag.slice(0, at)] === tag.slice(at + 1);
    }).map(([, limits]) => limits);
    return own.length === 0 ? limits : mergeLimits(limits, ...own);
  }
}

function toIsoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
