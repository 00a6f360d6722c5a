/** What must hold of any telemetry, whatever the replies were. */
import type { Telemetry } from "../../telemetry/telemetry.ts";

/** Longest text that may be in telemetry. */
const MAX_TEXT_LENGTH = 200;

/** Bounds by the name of the member that a number stands under. */
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  celsius: [-40, 200],
  percent: [0, 100],
  rpm: [0, 50_000],
  powerW: [1, 100_000],
  lastShareTimeS: [1_231_006_505, 4_102_444_800],
  "5s": [0, 1e16],
  "1m": [0, 1e16],
  "5m": [0, 1e16],
  "15m": [0, 1e16],
  average: [0, 1e16],
  ideal: [1e-9, 1e16],
};

/** Lists, and the member that must be unique in them. */
const KEYS: Readonly<Record<string, string>> = {
  devices: "name",
  fans: "name",
  pools: "index",
  temperatures: "sensor",
};

/**
 * Lists what is wrong with telemetry.
 *
 * @param telemetry What was read.
 * @returns One line each; none where all is well.
 */
export function listViolations(telemetry: Telemetry): string[] {
  return [...checkValue(telemetry, "")];
}

function* checkValue(value: unknown, path: string): Generator<string> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (typeof value === "number") yield* checkNumber(value, name, path);
  else if (typeof value === "string") yield* checkText(value, path);
  else if (Array.isArray(value)) yield* checkList(value, name, path);
  else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0 && path !== "") yield `${path}: empty`;
    for (const [member, inner] of entries) {
      yield* checkValue(inner, `${path}/${member}`);
    }
  } else if (typeof value !== "boolean") yield `${path}: ${String(value)}`;
}

function* checkNumber(
  value: number,
  name: string,
  path: string,
): Generator<string> {
  const [least, most] = BOUNDS[name] ?? [0, Number.MAX_VALUE];
  if (!(value >= least && value <= most)) yield `${path}: ${value}`;
}

function* checkText(value: string, path: string): Generator<string> {
  const isClean = value !== "" && value === value.trim() &&
    !/\p{Cc}/u.test(value) && value.isWellFormed();
  if (!isClean || value.length > MAX_TEXT_LENGTH) {
    yield `${path}: ${JSON.stringify(value)}`;
  }
}

function* checkList(
  list: readonly unknown[],
  name: string,
  path: string,
): Generator<string> {
  if (list.length === 0 && name !== "pools") yield `${path}: empty`;
  const key = KEYS[name] ?? "";
  const names = list.map((item) =>
    typeof item === "object" ? (item as Record<string, unknown>)[key] : item
  );
  if (new Set(names).size !== names.length) {
    yield `${path}: ${names} not unique`;
  }
  for (const [position, item] of list.entries()) {
    yield* checkValue(item, `${path}/${position}`);
  }
}
