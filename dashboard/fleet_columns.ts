/**
 * The columns of the table of rigs: what each sorts by, and says as a text. Of
 * these are made the table, its last line, which adds up, and the file for a
 * spreadsheet. Pure.
 *
 * @module
 */

import { formatCsvLine } from "../gateway/http/csv_line.ts";
import type { Trouble } from "../telemetry/trouble.ts";
import {
  type Figures,
  type FleetSums,
  type Member,
  readFigures,
  type Severity,
} from "./figures.ts";
import {
  cleanText,
  formatCelsius,
  formatCount,
  formatDuration,
  formatHashrate,
  formatLarge,
  formatPercent,
  formatPool,
} from "./format.ts";

/** A column of the table. */
export interface Column {
  readonly key: string;
  readonly label: string;
  /** Its width, in hundredths of an em; the least of a text. */
  readonly width: number;
  /** Whether it is as wide as its longest text. */
  readonly isText?: boolean;
  readonly isNumeric?: boolean;
  /** Whether it does not sort. */
  readonly isFixed?: boolean;
  /** Whether it is about what the rig says: empty for one that is not up. */
  readonly isFigure?: boolean;
  /** Whether it cannot be left out. */
  readonly isAlways?: boolean;
  /** Whether it is shown before anything was chosen. */
  readonly isUsual?: boolean;
  /** What it sorts by; without it, the names' own order counts. */
  readonly read?: (member: Member) => number | string | undefined;
  /** What stands in a row; empty: nothing is known. */
  readonly show: (member: Member, figures: Figures) => string;
  /** How bad that is. */
  readonly judge?: (figures: Figures) => Severity;
  /** What stands in the last line. */
  readonly sum?: (sums: FleetSums) => string;
}

/** What each kind of trouble is called where there is little room. */
const TROUBLE_WORDS: Readonly<Record<Trouble["code"], string>> = {
  "down": "Down",
  "no-data": "Down: no data",
  "no-hashrate": "No hashrate",
  "hashrate-low": "Slow",
  "no-shares": "No shares",
  "pool-down": "Pool down",
  "rejects": "Rejects",
  "hot": "Hot",
  "fan-stopped": "Fan stopped",
  "device-down": "Device down",
  "hardware-errors": "Errors",
  "firmware-error": "Firmware error",
};

const STATE_WORDS = { up: "Up", down: "Down", unknown: "Not asked yet" };

/**
 * @param member A rig.
 * @returns What it is like in two words, the worst first: `Hot +1`, `Up`.
 */
export function describeState({ state, trouble = [] }: Member): string {
  const worst = trouble.find(({ severity }) => severity === "critical") ??
    trouble[0];
  if (worst === undefined) return STATE_WORDS[state];
  const codes = new Set(trouble.map(({ code }) => code));
  const rest = codes.size > 1 ? ` +${codes.size - 1}` : "";
  return (TROUBLE_WORDS[worst.code] ?? cleanText(worst.code)) + rest;
}

/**
 * @param tags A rig's.
 * @returns `site:barn row:2`.
 */
export function formatTags(tags: Member["tags"]): string {
  return Object.entries(tags ?? {}).map(([key, value]) => `${key}:${value}`)
    .join(" ");
}

/** Trouble first, the worst above the other; then what is not known yet. */
function rankState(member: Member): number {
  const { worst } = readFigures(member);
  const isDown = member.state === "down" ? 0 : 1;
  if (worst !== "") return (worst === "critical" ? 0 : 2) + isDown;
  return member.state === "unknown" ? 4 : 5;
}

/** Makes a column of a figure. */
function makeFigure<Key extends keyof Figures & keyof FleetSums>(
  key: Key,
  label: string,
  width: number,
  format: (value: number | undefined) => string,
  judge?: Column["judge"],
): Column {
  const show = (value: unknown) =>
    typeof value === "number" ? format(value) : "";
  return {
    key,
    label,
    width,
    isNumeric: true,
    isFigure: true,
    isUsual: true,
    read: (member) => readFigures(member)[key] as number | undefined,
    show: (_, figures) => show(figures[key]),
    // A sum may be much longer than what it is of.
    sum: (sums) =>
      key === "hardwareErrors" && (sums.hardwareErrors ?? 0) >= 1e7
        ? formatLarge(sums.hardwareErrors)
        : show(sums[key]),
    ...(judge && { judge }),
  };
}

function formatWatts(watts: number | undefined): string {
  return `${formatCount(watts)} W`;
}

/** @param sums What was added up, kind by kind. */
export function formatHashrates({ hashrates }: FleetSums): string {
  return [...hashrates].map(([kind, hashrate]) =>
    formatHashrate(hashrate) + (hashrates.size > 1 ? ` ${kind}` : "")
  ).join(", ");
}

/** All columns, in their order. */
export const COLUMNS: readonly Column[] = [
  {
    key: "name",
    label: "Name",
    width: 700,
    isText: true,
    isAlways: true,
    show: ({ name }) => name,
    sum: () => "Total",
  },
  {
    key: "state",
    label: "State",
    width: 800,
    isAlways: true,
    read: rankState,
    show: (member) => describeState(member),
    sum: ({ up }) => `${formatCount(up)} up`,
  },
  {
    key: "celsius",
    label: "Max temp",
    width: 690,
    isNumeric: true,
    isFigure: true,
    isUsual: true,
    read: (member) => readFigures(member).celsius,
    show: (_, { celsius }) =>
      celsius === undefined ? "" : formatCelsius(celsius),
    judge: ({ severities }) => severities.celsius,
    sum: ({ hottest }) =>
      hottest === undefined ? "" : formatCelsius(readFigures(hottest).celsius),
  },
  {
    key: "hashrate",
    label: "Hashrate",
    width: 900,
    isNumeric: true,
    isFigure: true,
    isUsual: true,
    read: (member) => readFigures(member).hashrate,
    show: (_, { hashrate }) =>
      hashrate === undefined ? "" : formatHashrate(hashrate),
    judge: ({ severities }) => severities.hashrate,
    sum: formatHashrates,
  },
  {
    key: "trend",
    label: "Trend",
    width: 600,
    isFixed: true,
    isFigure: true,
    isUsual: true,
    show: () => "",
  },
  {
    key: "rpm",
    label: "Min fan",
    width: 560,
    isNumeric: true,
    isFigure: true,
    isUsual: true,
    read: (member) => readFigures(member).rpm,
    show: (_, { rpm }) => rpm === undefined ? "" : formatCount(rpm),
    judge: ({ severities }) => severities.rpm,
  },
  makeFigure("powerW", "Power", 680, formatWatts),
  makeFigure(
    "joulesPerTerahash",
    "J/TH",
    560,
    (value) => (value ?? 0).toFixed(1),
  ),
  makeFigure(
    "rejectPercent",
    "Rejects",
    580,
    formatPercent,
    ({ severities }) => severities.rejects,
  ),
  makeFigure(
    "hardwareErrors",
    "HW errors",
    700,
    formatCount,
    ({ severities }) => severities.errors,
  ),
  {
    key: "uptime",
    label: "Uptime",
    width: 780,
    isNumeric: true,
    isFigure: true,
    isUsual: true,
    read: (member) => readFigures(member).uptimeS,
    show: (_, { uptimeS }) =>
      uptimeS === undefined ? "" : formatDuration(uptimeS),
  },
  {
    key: "pool",
    label: "Pool",
    width: 700,
    isText: true,
    isFigure: true,
    isUsual: true,
    read: (member) => readFigures(member).pool,
    show: (_, { pool }) => pool === undefined ? "" : formatPool(pool),
    judge: ({ severities }) => severities.pools,
  },
  {
    key: "model",
    label: "Model",
    width: 600,
    isText: true,
    isUsual: true,
    read: ({ telemetry }) => telemetry?.miner?.model,
    show: ({ telemetry }) => telemetry?.miner?.model ?? "",
  },
  {
    key: "address",
    label: "Address",
    width: 700,
    isText: true,
    read: ({ address }) => address,
    show: ({ address }) => address ?? "",
  },
  {
    key: "tags",
    label: "Tags",
    width: 600,
    isText: true,
    isUsual: true,
    read: ({ tags }) => formatTags(tags) || undefined,
    show: ({ tags }) => formatTags(tags),
  },
];

/**
 * Sorts rigs.
 *
 * @param members The rigs, by name.
 * @param key Of the column.
 * @param isUp Whether the least comes first; what is not known comes last.
 * @returns The rigs in order; of the same value by name.
 */
export function sortMembers(
  members: readonly Member[],
  key: string,
  isUp: boolean,
): Member[] {
  const read = COLUMNS.find((column) => column.key === key)?.read;
  if (read === undefined) return isUp ? [...members] : members.toReversed();
  // Computed once each, not at each comparison; the names' order stays.
  const keyed = members.map((member) => ({ member, value: read(member) }));
  const sign = isUp ? 1 : -1;
  keyed.sort(({ value: a }, { value: b }) => {
    if (a === b) return 0;
    if (a === undefined) return 1;
    if (b === undefined) return -1;
    return a < b ? -sign : sign;
  });
  return keyed.map(({ member }) => member);
}

/**
 * Makes a file for a spreadsheet: figures in base units, without a unit.
 *
 * @param members The rigs, in order.
 * @param columns What is wanted of them.
 * @returns CSV with a line of headings.
 */
export function makeCsv(
  members: readonly Member[],
  columns: readonly Column[],
): string {
  const shown = columns.filter(({ isFixed }) => !isFixed);
  const titles = shown.map(({ key, label }) =>
    key === "hashrate" ? "Hashrate (H/s)" : label
  );
  const lines = members.map((member) =>
    shown.map(({ isNumeric, read, show }) =>
      isNumeric ? read?.(member) : cleanText(show(member, readFigures(member)))
    )
  );
  return [titles, ...lines].map(formatCsvLine).join("");
}
