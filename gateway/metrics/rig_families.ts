/**
 * The metrics of rigs: one table of what there is and where in the telemetry it
 * stands. Pure.
 *
 * What a rig does not say is a series that is not there, never 0; a rig that is
 * down has `cgminer_up 0`, its trouble and nothing else. No metric knows users, passwords or
 * workers, because {@linkcode Telemetry} does not.
 *
 * @module
 */

import type { MetricDescription, MetricFamily } from "./exposition.ts";
import { type LabelledRig, labelRig, type RigSample } from "./labelled_rig.ts";
import {
  ofHashrates,
  ofParts,
  ofRig,
  ofSensors,
  ofShares,
  toCount,
  writeDuration,
  writeMiner,
  type WriteRig,
  writeUp,
} from "./rig_samples.ts";

export type { RigSample } from "./labelled_rig.ts";

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
