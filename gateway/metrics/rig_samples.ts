/**
 * Writes what one rig has of a metric: a value, one for each of its parts, one
 * for each window, result or sensor. What is absent is not written, nor what is
 * no figure of such a metric. Pure.
 *
 * @module
 */

import type { WriteSample } from "./exposition.ts";
import {
  joinLabels,
  type LabelledPart,
  type LabelledRig,
  toLabel,
} from "./labelled_rig.ts";
import {
  type Hashrate,
  HASHRATE_WINDOWS,
  type MinerInfo,
  type ShareCounts,
  type Telemetry,
  type Temperature,
} from "../../telemetry/telemetry.ts";

/** A value as telemetry has it: a flag is 1 or 0, what is absent no sample. */
export type Value = number | boolean | undefined;

/** Writes the samples that one rig has of a metric. */
export type WriteRig = (rig: LabelledRig, write: WriteSample) => void;

/** Lists the parts of a rig that a metric is of. */
export type ListParts<Part> = (
  rig: LabelledRig,
) => readonly LabelledPart<Part>[];

const WINDOW_LABELS = HASHRATE_WINDOWS.map((window) =>
  [window, toLabel("window", window)] as const
);

const RESULTS: readonly (keyof ShareCounts)[] = [
  "accepted",
  "rejected",
  "stale",
  "discarded",
];
const RESULT_LABELS = RESULTS.map((result) =>
  [result, toLabel("result", result)] as const
);

/** The labels of `cgminer_info`, and where they stand. */
const MINER_LABELS: readonly (readonly [string, keyof MinerInfo])[] = [
  ["miner", "software"],
  ["version", "version"],
  ["api", "api"],
  ["model", "model"],
  ["firmware", "firmware"],
];

/** Writes `cgminer_up`. */
export const writeUp: WriteRig = ({ labels, isUp }, write): void =>
  writeValue(write, labels, isUp);

/** Writes how long asking the rig took, in seconds, to a microsecond. */
export const writeDuration: WriteRig = (rig, write) => {
  const { labels, isUp, durationMs } = rig;
  if (!isUp || durationMs === undefined) return;
  writeValue(write, labels, Math.round(durationMs * 1000) / 1e6);
};

/** Writes what mines, on what, as labels. */
export const writeMiner: WriteRig = ({ labels, part: { miner } }, write) => {
  if (miner === undefined) return;
  let all = labels;
  for (const [name, member] of MINER_LABELS) {
    all = joinLabels(all, toLabel(name, miner[member] ?? ""));
  }
  if (all !== labels) write(all, 1);
};

/**
 * A value of the rig as a whole.
 *
 * @param read Reads it.
 * @returns What writes it.
 */
export function ofRig(read: (telemetry: Telemetry) => Value): WriteRig {
  return ({ labels, part }, write) => writeValue(write, labels, read(part));
}

/**
 * A value of each part.
 *
 * @param list Lists the parts.
 * @param read Reads it.
 * @returns What writes them.
 */
export function ofParts<Part>(
  list: ListParts<Part>,
  read: (part: Part) => Value,
): WriteRig {
  return (rig, write) => {
    for (const { labels, part } of list(rig)) {
      writeValue(write, labels, read(part));
    }
  };
}

/**
 * The hashrates of each part.
 *
 * @param list Lists the parts.
 * @returns What writes them, by the label `window`.
 */
export function ofHashrates(
  list: ListParts<{ readonly hashrate?: Hashrate }>,
): WriteRig {
  return (rig, write) => {
    for (const { labels, part: { hashrate } } of list(rig)) {
      if (hashrate === undefined) continue;
      for (const [window, label] of WINDOW_LABELS) {
        writeValue(write, joinLabels(labels, label), hashrate[window]);
      }
    }
  };
}

/**
 * The shares of each part.
 *
 * @param list Lists the parts.
 * @returns What writes them, by the label `result`.
 */
export function ofShares(
  list: ListParts<{ readonly shares?: ShareCounts }>,
): WriteRig {
  return (rig, write) => {
    for (const { labels, part: { shares } } of list(rig)) {
      if (shares === undefined) continue;
      for (const [result, label] of RESULT_LABELS) {
        writeValue(write, joinLabels(labels, label), toCount(shares[result]));
      }
    }
  };
}

/**
 * The temperatures of each part.
 *
 * @param list Lists what has sensors.
 * @returns What writes them, by the label `sensor`.
 */
export function ofSensors(
  list: (
    rig: LabelledRig,
  ) => readonly { temperatures: readonly LabelledPart<Temperature>[] }[],
): WriteRig {
  return (rig, write) => {
    for (const { temperatures } of list(rig)) {
      for (const { labels, part } of temperatures) {
        writeValue(write, labels, part.celsius);
      }
    }
  };
}

/**
 * Reads the value of a counter.
 *
 * @param value What the telemetry has.
 * @returns It; `undefined` if it is negative, which no counter can be.
 */
export function toCount(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 ? value : undefined;
}

function writeValue(write: WriteSample, labels: string, value: Value): void {
  if (typeof value === "boolean") write(labels, value ? 1 : 0);
  else if (value !== undefined && Number.isFinite(value)) write(labels, value);
}
