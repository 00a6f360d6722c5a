/**
 * From when on a value is amber or red: one table, which the page also shows.
 * The red ones are those of the alerts in deploy/prometheus. Pure.
 *
 * @module
 */

/** How bad a value is; empty: not at all, or nothing is known. */
export type Severity = "" | "amber" | "red";

/** What is judged by a row of the table. */
export type ThresholdKey =
  | "chip"
  | "board"
  | "rejects"
  | "hashrate"
  | "idle"
  | "devices"
  | "pools"
  | "fan"
  | "down";

/** One row of the table. */
export interface Threshold {
  /** Its name. */
  readonly key: ThresholdKey;
  /** What is judged. */
  readonly label: string;
  /** Whether it is bad below, rather than above. */
  readonly isLow: boolean;
  /** A value beyond this is amber. */
  readonly amber: number | undefined;
  /** A value beyond this is red. */
  readonly red: number;
  /** What follows the number. */
  readonly unit: string;
  /** Why. */
  readonly why: string;
}

/** All rows. */
export const THRESHOLDS: readonly Threshold[] = [
  {
    key: "chip",
    label: "Temperature of a chip",
    isLow: false,
    amber: 90,
    red: 100,
    unit: "°C",
    why: "Most miners slow down or stop between 95 and 110 °C.",
  },
  {
    key: "board",
    label: "Any other temperature",
    isLow: false,
    amber: 75,
    red: 85,
    unit: "°C",
    why: "A board is cooler than its chips; solder and fans age with heat.",
  },
  {
    key: "hashrate",
    label: "Hashrate, of the rig's own average",
    isLow: true,
    amber: 85,
    red: 70,
    unit: "%",
    why: "A chain that fails takes a third of most rigs.",
  },
  {
    key: "idle",
    label: "Uptime at a hashrate of 0",
    isLow: false,
    amber: undefined,
    red: 5,
    unit: "min",
    why: "It earns nothing.",
  },
  {
    key: "devices",
    label: "Devices that fail",
    isLow: false,
    amber: 0,
    red: 50,
    unit: "%",
    why: "Disabled ones are left out.",
  },
  {
    key: "pools",
    label: "Pools alive",
    isLow: true,
    amber: undefined,
    red: 1,
    unit: "pool",
    why: "No pool gives it work.",
  },
  {
    key: "rejects",
    label: "Rejected shares (of 60 or more)",
    isLow: false,
    amber: 2,
    red: 5,
    unit: "%",
    why: "They are work that nobody pays: a slow network, or a bad overclock.",
  },
  {
    key: "fan",
    label: "Slowest fan, while another one turns",
    isLow: true,
    amber: undefined,
    red: 1,
    unit: "rpm",
    why: "A fan stands still. Rigs in oil, where none turns, are left out.",
  },
  {
    key: "down",
    label: "Rigs that are down",
    isLow: false,
    amber: 0,
    red: 20,
    unit: "%",
    why:
      "One is a rig's own trouble; many share a switch, a fuse or a network.",
  },
];

const BY_KEY = new Map(THRESHOLDS.map((row) => [row.key, row]));

/**
 * @param key Which row of the table.
 * @param value The value, in the row's unit.
 * @returns Empty where all is well or nothing is known.
 */
export function judge(key: ThresholdKey, value: number | undefined): Severity {
  const row = BY_KEY.get(key);
  if (row === undefined || value === undefined) return "";
  const isBeyond = (limit: number | undefined) =>
    limit !== undefined && (row.isLow ? value < limit : value > limit);
  if (isBeyond(row.red)) return "red";
  return isBeyond(row.amber) ? "amber" : "";
}

/**
 * @param severities Some.
 * @returns The worst of them.
 */
export function findWorst(...severities: Severity[]): Severity {
  if (severities.includes("red")) return "red";
  return severities.includes("amber") ? "amber" : "";
}

/**
 * @param row A row of the table.
 * @returns In words: `above 90 °C`.
 */
export function describeThreshold(
  { isLow, amber, red, unit }: Threshold,
): { amber: string; red: string } {
  const say = (limit: number | undefined) =>
    limit === undefined ? "–" : `${isLow ? "below" : "above"} ${limit} ${unit}`;
  return { amber: say(amber), red: say(red) };
}
