/**
 * Metrics of the process, under the names that Prometheus' own libraries use:
 * those of them that Deno tells without a permission.
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics}
 *
 * @module
 */

import { cpuUsage } from "node:process";
import type { MetricFamily } from "./exposition.ts";
import { Reading } from "./registry.ts";

/**
 * Lists the metrics of this process.
 *
 * @returns CPU time, start time and memory, read when they are scraped.
 */
export function listProcessFamilies(): readonly MetricFamily[] {
  return [
    new Reading({
      name: "process_cpu_seconds",
      type: "counter",
      help: "CPU time that the process used, its own and the system's.",
      unit: "seconds",
      labels: [],
    }, readCpuSeconds),
    new Reading({
      name: "process_start_time_seconds",
      type: "gauge",
      help: "When the process started, in Unix time.",
      unit: "seconds",
      labels: [],
    }, () => Math.round(performance.timeOrigin) / 1000),
    new Reading({
      name: "process_resident_memory_bytes",
      type: "gauge",
      help: "Memory of the process that is in RAM.",
      unit: "bytes",
      labels: [],
    }, () => Deno.memoryUsage().rss),
  ];
}

function readCpuSeconds(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1e6;
}
