/**
 * Writes a line of CSV for each rig, again and again.
 *
 * ```sh
 * deno run -N examples/csv_logger.ts 10.0.0.7 10.0.0.8 > rigs.csv
 * deno run -N examples/csv_logger.ts 10.0.0.7 --every 10 --rows 360 > hour.csv
 * ```
 *
 * The lines go to stdout, every 60 seconds, until Ctrl-C or so many rows for
 * each rig. Hashrates are in hashes per second, whatever the miner's own unit;
 * what a rig does not say is empty. A rig that does not answer has its error's
 * code in the last column, and nothing else.
 *
 * @module
 */

import { type Rig, RigError } from "../mod.ts";
import {
  COUNT,
  type ExampleRig,
  INTERVAL,
  parseArguments,
  runExample,
  wait,
} from "./arguments.ts";

const USAGE = "csv_logger.ts HOST[:PORT] … [--every SECONDS] [--rows COUNT]";

const COLUMNS = [
  "time",
  "rig",
  "hashrate_5s",
  "hashrate_average",
  "accepted",
  "rejected",
  "hardware_errors",
  "hottest_celsius",
  "power_watts",
  "pool",
  "error",
] as const;

/** One line, by column. */
type Row = { [Column in typeof COLUMNS[number]]?: string | number | undefined };

/**
 * Writes a field as RFC 4180 has it.
 *
 * @param value What stands there; undefined: nothing.
 * @returns The text, in quotes if it holds a comma, a quote or a line's end.
 */
export function quoteField(value: string | number | undefined): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function printRow(row: Row): void {
  console.log(COLUMNS.map((column) => quoteField(row[column])).join(","));
}

/** Asks a rig for what the columns say. */
async function measureRig(rig: Rig): Promise<Row> {
  // The same for any vendor, and not the fields of one.
  const { hashrate, shares, hardwareErrors, powerW, devices = [], pools = [] } =
    await rig.telemetry();
  const degrees = devices.flatMap(({ temperatures = [] }) =>
    temperatures.map(({ celsius }) => celsius)
  );
  return {
    hashrate_5s: hashrate?.["5s"],
    hashrate_average: hashrate?.average,
    accepted: shares?.accepted,
    rejected: shares?.rejected,
    hardware_errors: hardwareErrors,
    hottest_celsius: degrees.length > 0 ? Math.max(...degrees) : undefined,
    power_watts: powerW,
    pool: pools.find(({ isActive }) => isActive)?.url,
  };
}

/** Measures a rig; what keeps it from that is its row. */
async function readRow({ rig, name }: ExampleRig): Promise<Row> {
  const time = new Date().toISOString();
  try {
    return { time, rig: name, ...await measureRig(rig) };
  } catch (error) {
    if (!(error instanceof RigError)) throw error;
    return { time, rig: name, error: error.code };
  }
}

if (import.meta.main) {
  await runExample(USAGE, async (signal) => {
    const { rigs, options } = parseArguments(
      Deno.args,
      { every: 60, rows: Infinity },
      { every: INTERVAL, rows: COUNT },
      signal,
    );
    console.log(COLUMNS.join(","));
    for (let count = 1; !signal.aborted; count++) {
      const rows = await Promise.all(rigs.map(readRow)).catch((error) => {
        if (!signal.aborted) throw error;
      });
      rows?.forEach(printRow);
      if (count >= options.rows) return;
      await wait(options.every, signal);
    }
  });
}
