/**
 * The metrics of rigs: one table of what there is and where in the telemetry it
 * stands, how the samples of a rig are written, and the labels that tell its
 * parts from each other, bounded in number and length. Pure.
 *
 * What a rig does not say is a series that is not there, never 0; a rig that is
 * down has `cgminer_up 0`, its trouble and nothing else. No metric knows users, passwords or
 * workers, because {@linkcode Telemetry} does not. Of two parts with the same
 * labels the first one counts: Prometheus would refuse the whole scrape for a
 * series that comes twice.
 *
 * @module
 */

import type { Trouble } from "../../telemetry/trouble.ts";
import {
  type Device,
  type Fan,
  type Hashrate,
  HASHRATE_WINDOWS,
  MAX_DEVICES,
  MAX_FANS,
  MAX_SENSORS,
  type MinerInfo,
  type Pool,
  type ShareCounts,
  type Telemetry,
  type Temperature,
} from "../../telemetry/telemetry.ts";
import {
  formatLabel,
  type MetricDescription,
  type MetricFamily,
  type WriteSample,
} from "./exposition.ts";

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
interface LabelledPart<Part> {
  /** `rig="garage",device="chain 6"`. */
  readonly labels: string;
  /** What they are of. */
  readonly part: Part;
}

/** A device with its labels, and its sensors with theirs. */
interface LabelledDevice extends LabelledPart<Device> {
  /** Its sensors. */
  readonly temperatures: readonly LabelledPart<Temperature>[];
}

/** A rig with its labels, and its parts with theirs. */
interface LabelledRig extends LabelledPart<Telemetry> {
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

/** Puts labels on a rig and its parts; there are none if it is not up. */
function labelRig(sample: RigSample): LabelledRig {
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
        [["code", code], ["severity", severity], ["device", device]]
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

/** Formats a label whose value a rig said, cut to {@linkcode MAX_LABEL_LENGTH}. */
function toLabel(name: string, value: string): string {
  const cut = value.length > MAX_LABEL_LENGTH
    ? value.slice(0, MAX_LABEL_LENGTH).replace(/[\uD800-\uDBFF]$/, "")
    : value;
  // Halves of surrogate pairs would all become the same replacement character,
  // after labels were told apart.
  return formatLabel(name, cut.toWellFormed());
}

/** Joins labels and one more, or none. */
function joinLabels(labels: string, label: string): string {
  if (label === "") return labels;
  return labels === "" ? label : `${labels},${label}`;
}

/** A value as telemetry has it: a flag is 1 or 0, what is absent no sample. */
type Value = number | boolean | undefined;

/** Writes the samples that one rig has of a metric. */
type WriteRig = (rig: LabelledRig, write: WriteSample) => void;

/** Lists the parts of a rig that a metric is of. */
type ListParts<Part> = (
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
const writeUp: WriteRig = ({ labels, isUp }, write) =>
  writeValue(write, labels, isUp);

/** Writes how long asking the rig took, in seconds, to a microsecond. */
const writeDuration: WriteRig = (rig, write) => {
  const { labels, isUp, durationMs } = rig;
  if (!isUp || durationMs === undefined) return;
  writeValue(write, labels, Math.round(durationMs * 1000) / 1e6);
};

/** Writes what mines, on what, as labels. */
const writeMiner: WriteRig = ({ labels, part: { miner } }, write) => {
  if (miner === undefined) return;
  let all = labels;
  for (const [name, member] of MINER_LABELS) {
    all = joinLabels(all, toLabel(name, miner[member] ?? ""));
  }
  if (all !== labels) write(all, 1);
};

/** Writes a value of the rig as a whole. */
function ofRig(read: (telemetry: Telemetry) => Value): WriteRig {
  return ({ labels, part }, write) => writeValue(write, labels, read(part));
}

/** Writes a value of each part. */
function ofParts<Part>(
  list: ListParts<Part>,
  read: (part: Part) => Value,
): WriteRig {
  return (rig, write) => {
    for (const { labels, part } of list(rig)) {
      writeValue(write, labels, read(part));
    }
  };
}

/** Writes the hashrates of each part, by the label `window`. */
function ofHashrates(
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

/** Writes the shares of each part, by the label `result`. */
function ofShares(
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

/** Writes the temperatures of each part, by the label `sensor`. */
function ofSensors(
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

/** The value of a counter, which cannot be negative. */
function toCount(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 ? value : undefined;
}

function writeValue(write: WriteSample, labels: string, value: Value): void {
  if (typeof value === "boolean") write(labels, value ? 1 : 0);
  else if (value !== undefined && Number.isFinite(value)) write(labels, value);
}

/** A metric of rigs. */
interface RigMetric extends MetricDescription {
  readonly writeRig: WriteRig;
}

/** Parts of a rig by the label that tells them apart. */
const PARTS = {
  rig: (rig: LabelledRig) => [rig],
  device: (rig: LabelledRig) => rig.devices,
  fan: (rig: LabelledRig) => rig.fans,
  pool: (rig: LabelledRig) => rig.pools,
  trouble: (rig: LabelledRig) => rig.trouble,
};

const METRICS: readonly RigMetric[] = [
  {
    name: "cgminer_up",
    type: "gauge",
    help: "Whether the rig answers with reports that can be read: 1 or 0.",
    labels: ["rig"],
    writeRig: writeUp,
  },
  {
    name: "cgminer_trouble",
    type: "gauge",
    help: "What a person should look at: 1 while it is there.",
    labels: ["rig", "code", "severity", "device"],
    writeRig: ofParts(PARTS.trouble, () => true),
  },
  {
    name: "cgminer_scrape_duration_seconds",
    type: "gauge",
    help: "How long asking the rig took.",
    unit: "seconds",
    labels: ["rig"],
    writeRig: writeDuration,
  },
  {
    name: "cgminer",
    type: "info",
    help: "What mines, on what.",
    labels: ["rig", "miner", "version", "api", "model", "firmware"],
    writeRig: writeMiner,
  },
  {
    name: "cgminer_uptime_seconds",
    type: "gauge",
    help: "Time since the miner started.",
    unit: "seconds",
    labels: ["rig"],
    writeRig: ofRig(({ uptimeS }) => uptimeS),
  },
  {
    name: "cgminer_hashrate_hashes_per_second",
    type: "gauge",
    help: "The rig's hashrate over a window; average is since it started.",
    unit: "hashes_per_second",
    labels: ["rig", "window"],
    writeRig: ofHashrates(PARTS.rig),
  },
  {
    name: "cgminer_hashrate_ideal_hashes_per_second",
    type: "gauge",
    help: "What the rig should hash, as it states: ideal, nominal, factory.",
    unit: "hashes_per_second",
    labels: ["rig"],
    writeRig: ofRig(({ hashrate }) => hashrate?.ideal),
  },
  {
    name: "cgminer_shares",
    type: "counter",
    help: "The rig's shares since the miner started.",
    labels: ["rig", "result"],
    writeRig: ofShares(PARTS.rig),
  },
  {
    name: "cgminer_hardware_errors",
    type: "counter",
    help: "The rig's hardware errors since the miner started.",
    labels: ["rig"],
    writeRig: ofRig(({ hardwareErrors }) => toCount(hardwareErrors)),
  },
  {
    name: "cgminer_blocks_found",
    type: "counter",
    help: "Blocks that the miner found since it started.",
    labels: ["rig"],
    writeRig: ofRig(({ blocksFound }) => toCount(blocksFound)),
  },
  {
    name: "cgminer_best_share",
    type: "gauge",
    help: "Difficulty of the rig's best share.",
    labels: ["rig"],
    writeRig: ofRig(({ bestShare }) => bestShare),
  },
  {
    name: "cgminer_power_watts",
    type: "gauge",
    help: "Electrical power of the rig.",
    unit: "watts",
    labels: ["rig"],
    writeRig: ofRig(({ powerW }) => powerW),
  },
  {
    name: "cgminer_temperature_celsius",
    type: "gauge",
    help: "Temperature at a sensor that belongs to no device.",
    unit: "celsius",
    labels: ["rig", "sensor"],
    writeRig: ofSensors(PARTS.rig),
  },
  {
    name: "cgminer_device_up",
    type: "gauge",
    help: "Whether the device mines: 1 or 0.",
    labels: ["rig", "device"],
    writeRig: ofParts(PARTS.device, ({ isUp }) => isUp),
  },
  {
    name: "cgminer_device_hashrate_hashes_per_second",
    type: "gauge",
    help: "The device's hashrate over a window; average is since it started.",
    unit: "hashes_per_second",
    labels: ["rig", "device", "window"],
    writeRig: ofHashrates(PARTS.device),
  },
  {
    name: "cgminer_device_temperature_celsius",
    type: "gauge",
    help: "Temperature at a sensor of the device.",
    unit: "celsius",
    labels: ["rig", "device", "sensor"],
    writeRig: ofSensors(PARTS.device),
  },
  {
    name: "cgminer_device_hardware_errors",
    type: "counter",
    help: "The device's hardware errors since the miner started.",
    labels: ["rig", "device"],
    writeRig: ofParts(
      PARTS.device,
      ({ hardwareErrors }) => toCount(hardwareErrors),
    ),
  },
  {
    name: "cgminer_device_shares",
    type: "counter",
    help: "The device's shares since the miner started.",
    labels: ["rig", "device", "result"],
    writeRig: ofShares(PARTS.device),
  },
  {
    name: "cgminer_fan_rpm",
    type: "gauge",
    help: "The fan's revolutions per minute.",
    unit: "rpm",
    labels: ["rig", "fan"],
    writeRig: ofParts(PARTS.fan, ({ rpm }) => rpm),
  },
  {
    name: "cgminer_fan_ratio",
    type: "gauge",
    help: "The fan's speed as a part of the most, 0 to 1.",
    unit: "ratio",
    labels: ["rig", "fan"],
    writeRig: ofParts(
      PARTS.fan,
      ({ percent }) => percent === undefined ? undefined : percent / 100,
    ),
  },
  {
    name: "cgminer_pool_up",
    type: "gauge",
    help: "Whether the pool answers: 1 or 0.",
    labels: ["rig", "pool", "url"],
    writeRig: ofParts(PARTS.pool, ({ isUp }) => isUp),
  },
  {
    name: "cgminer_pool_active",
    type: "gauge",
    help: "Whether the rig works for the pool now: 1 or 0.",
    labels: ["rig", "pool", "url"],
    writeRig: ofParts(PARTS.pool, ({ isActive }) => isActive),
  },
  {
    name: "cgminer_pool_priority",
    type: "gauge",
    help: "The pool's priority; 0 is the first choice.",
    labels: ["rig", "pool", "url"],
    writeRig: ofParts(PARTS.pool, ({ priority }) => priority),
  },
  {
    name: "cgminer_pool_difficulty",
    type: "gauge",
    help: "Difficulty of the work that the pool gives.",
    labels: ["rig", "pool", "url"],
    writeRig: ofParts(PARTS.pool, ({ difficulty }) => difficulty),
  },
  {
    name: "cgminer_pool_shares",
    type: "counter",
    help: "Shares of the pool since the miner started.",
    labels: ["rig", "pool", "url", "result"],
    writeRig: ofShares(PARTS.pool),
  },
  {
    name: "cgminer_pool_last_share_timestamp_seconds",
    type: "gauge",
    help: "When the last share was sent to the pool, in Unix time.",
    unit: "seconds",
    labels: ["rig", "pool", "url"],
    writeRig: ofParts(PARTS.pool, ({ lastShareTimeS }) => lastShareTimeS),
  },
];

/** All metrics of rigs, without values. */
export const RIG_METRICS: readonly MetricDescription[] = METRICS;

/**
 * Lists the metrics of rigs.
 *
 * @param samples The rigs; of those with the same name the first one counts.
 * @returns All metrics, for `renderFamilies`.
 */
export function listRigFamilies(samples: Iterable<RigSample>): MetricFamily[] {
  const rigs = new Map<string, LabelledRig>();
  for (const sample of samples) {
    const rig = labelRig(sample);
    if (!rigs.has(rig.labels)) rigs.set(rig.labels, rig);
  }
  return METRICS.map(({ writeRig, ...description }) => ({
    ...description,
    *writeSamples(write) {
      for (const rig of rigs.values()) yield writeRig(rig, write);
    },
  }));
}
