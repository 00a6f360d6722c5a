/**
 * The types of reports as recorded replies have them, written in TypeScript, so
 * that the compiler can hold the declared ones to them.
 *
 * @module
 */

import type { Members, RecordedReply } from "./recorded_replies.ts";

/** Where a report stands: in these sections of the replies to these commands. */
export interface ReportPlace {
  readonly module: string;
  readonly commands: readonly string[];
  readonly sections: readonly string[];
}

const place = (
  module: string,
  commands: string,
  sections: string,
): ReportPlace => ({
  module,
  commands: commands.split(" "),
  sections: sections.split(" "),
});

/** Each report type, and where it is found. */
export const REPORT_PLACES: Readonly<Record<string, ReportPlace>> = {
  SummaryReport: place("miner_reports", "summary", "SUMMARY"),
  VersionReport: place("miner_reports", "version", "VERSION"),
  ConfigReport: place("miner_reports", "config", "CONFIG"),
  CoinReport: place("miner_reports", "coin", "COIN"),
  CheckReport: place("miner_reports", "check", "CHECK"),
  DebugReport: place("miner_reports", "debug", "DEBUG"),
  LcdReport: place("miner_reports", "lcd", "LCD"),
  StatsReport: place("miner_reports", "stats estats dbgstats", "STATS"),
  PoolReport: place("miner_reports", "pools", "POOLS"),
  DeviceReport: place(
    "device_reports",
    "devs edevs procs asc pga gpu cpu proc",
    "DEVS ASC PGA GPU CPU",
  ),
  CountReport: place(
    "device_reports",
    "asccount pgacount gpucount cpucount proccount",
    "ASCS PGAS GPUS CPUS",
  ),
  DeviceDetailsReport: place("device_reports", "devdetails", "DEVDETAILS DEVS"),
  NotifyReport: place("device_reports", "notify", "NOTIFY"),
  TempReport: place("vendor_reports", "temps", "TEMPS"),
  FanReport: place("vendor_reports", "fans", "FANS"),
  FanControlReport: place("vendor_reports", "fans", "FANCTRL"),
  EventReport: place("vendor_reports", "events", "EVENTS"),
  PowerReport: place("vendor_reports", "power", "POWER"),
  ProfileReport: place("vendor_reports", "profiles", "PROFILES"),
  VoltageReport: place("vendor_reports", "voltageget", "VOLTAGE"),
  ChipReport: place("vendor_reports", "healthchipget", "CHIPS"),
  ChipStatReport: place("vendor_reports", "chipstat", "DEVS"),
};

/** sgminer's `profiles` share none of LuxOS' fields (its `config_parser.c`). */
const LOOSE: ReadonlySet<string> = new Set(["ProfileReport"]);

/** Finds every entry of a report. */
export function findEntries(
  replies: readonly RecordedReply[],
  { commands, sections }: ReportPlace,
): Members[] {
  return replies
    // Those were made up around a defect: what they leave out says nothing.
    .filter(({ file }) => !file.startsWith("reconstructed/"))
    .filter(({ command }) => commands.includes(command))
    .flatMap(({ reply }) => sections.flatMap((name) => reply[name] ?? []))
    .map((entry) => entry as Members);
}

/** Writes an interface that is exactly what some entries have. */
export function writeInterface(
  name: string,
  entries: readonly Members[],
): string {
  const types = new Map<string, { count: number; names: Set<string> }>();
  for (const entry of entries) {
    for (const [field, value] of Object.entries(entry)) {
      const known = types.get(field) ?? { count: 0, names: new Set() };
      types.set(field, known);
      known.count++;
      known.names.add(nameType(value));
    }
  }
  const fields = [...types].map(([field, { count, names }]) =>
    `  readonly ${JSON.stringify(field)}${count < entries.length ? "?" : ""}: ${
      [...names].join(" | ")
    };`
  );
  return `interface ${name} {\n${fields.join("\n")}\n}\n`;
}

function nameType(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? "object" : typeof value;
}

/** What compares two types; each assertion names the fields that differ. */
export const COMPARISON = `
type Known<T> = { [K in keyof T as string extends K ? never : K]: T[K] };
type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends
  (<X>() => X extends B ? 1 : 2) ? true : false;
type Optional<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K>
  ? K : never }[keyof T];
type Value<T, K> = K extends keyof T ? Required<T>[K] : undefined;
type Unseen<D, O> = Exclude<keyof Known<D>, keyof O>;
type Mistyped<D, O> = { [K in keyof Known<D>]-?:
  Same<Value<Known<D>, K>, Value<O, K>> extends true ? never : K }[keyof Known<D>];
type NeedlesslyOptional<D, O> = Exclude<Optional<Known<D>>, Optional<O> | Unseen<D, O>>;
declare function assertNone<T extends never>(): T;
`;

/** Writes the assertions about one declared type. */
export function writeAssertions(name: string, observed: string): string {
  const loose = LOOSE.has(name);
  return [
    `export const ${observed}_fits = (entry: ${observed}): ${name} => ({ ...entry });`,
    `assertNone<Unseen<${name}, ${observed}>>();`,
    `assertNone<Mistyped<${name}, ${observed}>>();`,
    loose ? "" : `assertNone<NeedlesslyOptional<${name}, ${observed}>>();`,
  ].join("\n") + "\n";
}
