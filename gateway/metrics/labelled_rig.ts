/**
 * A rig's telemetry with the labels that tell its parts from each other, as
 * text: bounded in number and length, no two the same. Pure.
 *
 * Of two parts with the same labels the first one counts: Prometheus would
 * refuse the whole scrape for a series that comes twice.
 *
 * @module
 */

import { formatLabel } from "./exposition.ts";
import {
  type Device,
  type Fan,
  MAX_DEVICES,
  MAX_FANS,
  MAX_SENSORS,
  type Pool,
  type Telemetry,
  type Temperature,
} from "../../telemetry/telemetry.ts";
import type { Trouble } from "../../telemetry/trouble.ts";

/** Most pools of a rig. */
export const MAX_POOLS = 64;
/** Longest value of a label but `rig`, in UTF-16 code units. */
export const MAX_LABEL_LENGTH = 128;

/** A rig, as a scrape found it. */
export interface RigSample {
  /** Its name, whole and unique. */
  readonly rig: string;
  /** Whether it answered this scrape. */
  readonly isUp: boolean;
  /** Milliseconds that asking it took. */
  readonly durationMs?: number;
  /** What it said; ignored if it is not up. */
  readonly telemetry?: Telemetry;
  /** What a person should look at. Default: nothing. */
  readonly trouble?: readonly Trouble[];
}

/** Something with its labels as text. */
export interface LabelledPart<Part> {
  /** `rig="garage",device="chain 6"`. */
  readonly labels: string;
  /** What they are of. */
  readonly part: Part;
}

/** A device with its labels, and its sensors with theirs. */
export interface LabelledDevice extends LabelledPart<Device> {
  /** Its sensors. */
  readonly temperatures: readonly LabelledPart<Temperature>[];
}

/** A rig with its labels, and its parts with theirs. */
export interface LabelledRig extends LabelledPart<Telemetry> {
  /** Whether it answered. */
  readonly isUp: boolean;
  /** Milliseconds that asking it took. */
  readonly durationMs: number | undefined;
  /** Sensors that belong to no device. */
  readonly temperatures: readonly LabelledPart<Temperature>[];
  /** Its devices. */
  readonly devices: readonly LabelledDevice[];
  /** Its fans. */
  readonly fans: readonly LabelledPart<Fan>[];
  /** Its pools. */
  readonly pools: readonly LabelledPart<Pool>[];
  /** Its trouble, up or not. */
  readonly trouble: readonly LabelledPart<Trouble>[];
}

/**
 * Puts labels on a rig and its parts.
 *
 * @param sample The rig.
 * @returns It, with its labels; without parts if it is not up.
 */
export function labelRig(sample: RigSample): LabelledRig {
  const { rig, isUp, durationMs } = sample;
  const labels = formatLabel("rig", rig.toWellFormed());
  const part = isUp ? sample.telemetry ?? {} : {};
  const devices = labelParts(
    part.devices?.slice(0, MAX_DEVICES),
    ({ name }) => joinLabels(labels, toLabel("device", name)),
  );
  return {
    labels,
    part,
    isUp,
    durationMs,
    temperatures: labelSensors(labels, part.temperatures),
    devices: devices.map((device) => ({
      ...device,
      temperatures: labelSensors(device.labels, device.part.temperatures),
    })),
    fans: labelParts(
      part.fans?.slice(0, MAX_FANS),
      ({ name }) => joinLabels(labels, toLabel("fan", name)),
    ),
    pools: labelPools(labels, part.pools),
    trouble: labelParts(
      sample.trouble,
      ({ code, severity, device = "" }) =>
        [["code", code], ["severity", severity], ["device", device]] //
          .reduce(
            (all, [name = "", value = ""]) =>
              joinLabels(all, toLabel(name, value)),
            labels,
          ),
    ),
  };
}

function labelPools(
  labels: string,
  pools: readonly Pool[] = [],
): LabelledPart<Pool>[] {
  return labelParts(pools.slice(0, MAX_POOLS), ({ index, url = "" }) => {
    const pool = joinLabels(labels, toLabel("pool", String(index)));
    return joinLabels(pool, toLabel("url", url));
  });
}

function labelSensors(
  labels: string,
  temperatures: readonly Temperature[] = [],
): LabelledPart<Temperature>[] {
  return labelParts(
    temperatures.slice(0, MAX_SENSORS),
    ({ sensor }) => joinLabels(labels, toLabel("sensor", sensor)),
  );
}

/** Labels each part; of those with the same labels the first one stays. */
function labelParts<Part>(
  parts: readonly Part[] = [],
  formatLabels: (part: Part) => string,
): LabelledPart<Part>[] {
  const labelled = new Map<string, LabelledPart<Part>>();
  for (const part of parts) {
    const labels = formatLabels(part);
    if (!labelled.has(labels)) labelled.set(labels, { labels, part });
  }
  return [...labelled.values()];
}

/**
 * Formats a label whose value a rig said.
 *
 * @param name The label's name.
 * @param value Any text.
 * @returns The label, cut to {@linkcode MAX_LABEL_LENGTH}; empty for none.
 */
export function toLabel(name: string, value: string): string {
  const cut = value.length > MAX_LABEL_LENGTH
    ? value.slice(0, MAX_LABEL_LENGTH).replace(/[\uD800-\uDBFF]$/, "")
    : value;
  // Halves of surrogate pairs would all become the same replacement character,
  // after labels were told apart.
  return formatLabel(name, cut.toWellFormed());
}

/**
 * Joins labels.
 *
 * @param labels Some.
 * @param label One more, or none.
 * @returns All of them.
 */
export function joinLabels(labels: string, label: string): string {
  if (label === "") return labels;
  return labels === "" ? label : `${labels},${label}`;
}
