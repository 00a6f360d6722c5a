/**
 * Measures how the metrics of many rigs become text: time, bytes, and how much
 * memory is held meanwhile. Prints the figures, and the target beside them.
 *
 * ```sh
 * deno run -A --v8-flags=--expose-gc bench/metrics.ts
 * deno run -A --v8-flags=--expose-gc bench/metrics.ts 10000
 * ```
 *
 * The argument is the number of rigs, by default 1,000; each has 60 series. The
 * memory is what is still in use after a collection between two pieces of the
 * text, each of which is encoded and dropped, as one that was sent is; without
 * `--expose-gc` it includes garbage.
 *
 * @example
 * ```ts
 * import { makeRigs } from "./metrics.ts";
 *
 * console.log(makeRigs(2).map(({ rig }) => rig)); // ["rig-1", "rig-2"]
 * ```
 *
 * @module
 */

import {
  type ExpositionFormat,
  renderFamilies,
} from "../gateway/metrics/exposition.ts";
import { GatewayMetrics } from "../gateway/metrics/gateway_metrics.ts";
import {
  listRigFamilies,
  type RigSample,
} from "../gateway/metrics/rig_families.ts";

const SERIES_PER_RIG = 60;
const MAX_MS = 100;
const ROUNDS = 15;
const PIECES_BETWEEN_COLLECTIONS = 8;

/** Milliseconds that a rig is held against: of 1,000 rigs 100 ms. */
const MAX_MS_PER_RIG = MAX_MS / 1000;

/**
 * Makes rigs that are all different, with 60 series each.
 *
 * @param count How many.
 * @returns The rigs: three chains, four fans, three pools.
 */
export function makeRigs(count: number): RigSample[] {
  return Array.from({ length: count }, (_, at) => {
    const vary = (value: number) => Math.round(value * (1 + at / 7_919));
    const shares = {
      accepted: vary(7_629),
      rejected: at % 50,
      stale: at % 7,
      discarded: vary(21_530),
    };
    return {
      rig: `rig-${at + 1}`,
      isUp: true,
      durationMs: 12.345 + at / 7,
      telemetry: {
        miner: {
          software: "bmminer",
          version: "2.0.0",
          api: "3.1",
          model: "Antminer S9",
          firmware: "16.8.1.3",
        },
        uptimeS: vary(40_206),
        hashrate: { "5s": vary(13_581_930e6), average: vary(13_580_830e6) },
        shares,
        hardwareErrors: vary(354),
        bestShare: vary(99_242_396),
        blocksFound: 0,
        powerW: vary(1_350),
        devices: [6, 7, 8].map((chain) => ({
          name: `chain ${chain}`,
          isUp: true,
          hashrate: { "5s": vary(4_536_240e6 + chain) },
          hardwareErrors: vary(22 * chain),
          temperatures: [
            { sensor: "board", celsius: 56.5 },
            { sensor: "chip", celsius: 71 },
          ],
        })),
        fans: ["1", "2", "3", "4"].map((name) => ({ name, rpm: vary(4_080) })),
        pools: [0, 1, 2].map((index) => ({
          index,
          url: `stratum+tcp://pool-${index}.example.com:3333`,
          isUp: true,
          isActive: index === 0,
          priority: index,
          shares,
          difficulty: 65_536,
          lastShareTimeS: 1_700_000_000 + at,
        })),
      },
    };
  });
}

/** One rendering, from the telemetry to bytes that are dropped. */
function renderRigs(
  rigs: readonly RigSample[],
  format: ExpositionFormat,
  onPiece: () => void = () => {},
): { bytes: number; pieces: number } {
  const encoder = new TextEncoder();
  let bytes = 0;
  let pieces = 0;
  for (const text of renderFamilies(listRigFamilies(rigs), format)) {
    bytes += encoder.encode(text).length;
    pieces++;
    onPiece();
  }
  return { bytes, pieces };
}

/** Most bytes in use at any piece, above what was in use before. */
function measureHeap(rigs: readonly RigSample[]): number {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  const before = Deno.memoryUsage().heapUsed;
  let most = 0;
  let pieces = 0;
  renderRigs(rigs, "text", () => {
    if (pieces++ % PIECES_BETWEEN_COLLECTIONS === 0) gc?.();
    most = Math.max(most, Deno.memoryUsage().heapUsed - before);
  });
  return most;
}

function measureFormat(
  rigs: readonly RigSample[],
  format: ExpositionFormat,
): void {
  const times: number[] = [];
  let size = { bytes: 0, pieces: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const startedMs = performance.now();
    size = renderRigs(rigs, format);
    times.push(performance.now() - startedMs);
  }
  const [cold = 0] = times;
  const median = times.toSorted((one, other) => one - other)[ROUNDS >> 1] ?? 0;
  const most = MAX_MS_PER_RIG * rigs.length;
  console.log(
    `${cold <= most ? "met   " : "MISSED"}  ${format}: first ` +
      `${cold.toFixed(1)} ms, median ${median.toFixed(1)} ms, at most ` +
      `${most.toFixed(0)} ms; ${(size.bytes / 1e6).toFixed(2)} MB in ` +
      `${size.pieces} pieces`,
  );
}

/** Nanoseconds that the gateway's own hot path costs an observation. */
function measureObservations(): void {
  const metrics = new GatewayMetrics({
    version: "0.1.0",
    readQueueLength: () => 0,
  });
  const names = makeRigs(1_000).map(({ rig }) => rig);
  const count = 300_000;
  for (let round = 0; round < 3; round++) {
    const startedMs = performance.now();
    for (let at = 0; at < count; at++) {
      metrics.observeRequest("rig", 200, 0.012);
      metrics.observeCall(names[at % names.length] ?? "", "ok", 0.011);
    }
    if (round < 2) continue;
    const ns = (performance.now() - startedMs) * 1e6 / count;
    console.log(`        request and call counted: ${ns.toFixed(0)} ns`);
  }
}

if (import.meta.main) {
  const rigs = makeRigs(Number(Deno.args[0] ?? 1_000));
  console.log(`${rigs.length} rigs with ${SERIES_PER_RIG} series each`);
  measureFormat(rigs, "text");
  measureFormat(rigs, "openmetrics");
  const heap = measureHeap(rigs) / 1e6;
  console.log(`        heap held: ${heap.toFixed(1)} MB at most`);
  measureObservations();
}
