/**
 * Reads metrics as a strict scraper does, character by character, from the
 * specifications and with nothing of what writes them: names, order of the
 * lines, types, escapes, duplicates, histograms, the end.
 */

/** One sample. */
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** The value as it was written. */
  readonly text: string;
}

/** One metric, named as in its header. */
export interface ReadFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit?: string;
  readonly samples: readonly ReadSample[];
}

const METRIC_NAME = /^[a-z][a-z0-9_]*$/;
const LABEL_NAME = /^[a-z][a-z0-9_]*/;
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|[+-]Inf|NaN)$/;

const ORDER = {
  text: ["HELP", "TYPE"],
  openmetrics: ["TYPE", "UNIT", "HELP"],
} as const;

/** What the names of samples add to the name in the header. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  "text counter": [""],
  "text gauge": [""],
  "text histogram": ["_bucket", "_sum", "_count"],
  "openmetrics counter": ["_total"],
  "openmetrics gauge": [""],
  "openmetrics info": ["_info"],
  "openmetrics histogram": ["_bucket", "_sum", "_count"],
};

/**
 * Reads an exposition.
 *
 * @param text All of it.
 * @param format Which one it must be.
 * @returns The metrics, in their order.
 * @throws {SyntaxError} If a strict scraper would refuse any of it.
 */
export function parseExposition(
  text: string,
  format: "text" | "openmetrics",
): ReadFamily[] {
  const lines = text.split("\n");
  if (lines.pop() !== "") fail("the last line has no end", text);
  if (format === "openmetrics" && lines.pop() !== "# EOF") fail("no EOF", text);
  const families: ReadFamily[] = [];
  for (let at = 0; at < lines.length;) {
    const header = readHeader(lines, at, format);
    at = header.next;
    const samples: ReadSample[] = [];
    for (; at < lines.length && !lines[at]?.startsWith("#"); at++) {
      samples.push(readSample(lines[at] ?? ""));
    }
    const family = { ...header.family, samples };
    checkFamily(family, format);
    families.push(family);
  }
  const names = families.map(({ name }) => name);
  if (new Set(names).size < names.length) fail("a name comes twice", text);
  return families;
}

function readHeader(
  lines: readonly string[],
  at: number,
  format: "text" | "openmetrics",
): { family: Omit<ReadFamily, "samples">; next: number } {
  const found: Record<string, string> = {};
  const names = new Set<string>();
  let next = at;
  for (const word of ORDER[format]) {
    const [, name = "", rest = ""] =
      new RegExp(`^# ${word} (\\S+) (.+)$`, "s").exec(lines[next] ?? "") ?? [];
    if (name === "") continue;
    names.add(name);
    found[word] = rest;
    next++;
  }
  const [name = ""] = names;
  const { TYPE: type = "", HELP: help = "", UNIT: unit } = found;
  if (names.size !== 1 || type === "" || help === "") {
    fail("no header", lines[at]);
  }
  if (unit !== undefined && !name.endsWith(`_${unit}`)) fail("unit", name);
  const escapes = format === "text" ? "\\n" : '\\n"';
  return {
    family: {
      name,
      type,
      help: unescape(help, escapes),
      ...(unit === undefined ? {} : { unit }),
    },
    next,
  };
}

function readSample(line: string): ReadSample {
  const end = line.search(/[{ ]/);
  const name = line.slice(0, end);
  if (!METRIC_NAME.test(name)) fail("no sample", line);
  const labels: Record<string, string> = {};
  let at = end;
  while (line[at] === "{" || line[at] === ",") {
    const [label = ""] = LABEL_NAME.exec(line.slice(at + 1)) ?? [];
    at += 1 + label.length;
    if (label === "" || label in labels) fail("no label, or twice", line);
    if (!line.startsWith('="', at)) fail("no value of a label", line);
    const from = at + 2;
    for (at = from; line[at] !== '"'; at++) {
      if (at >= line.length) fail("a label without an end", line);
      if (line[at] === "\\") at++;
    }
    labels[label] = unescape(line.slice(from, at), '\\n"');
    if (labels[label] === "") fail("an empty label", line);
    at++;
    if (line[at] === "}") {
      at++;
      break;
    }
    if (line[at] !== ",") fail("labels without an end", line);
  }
  const text = line.slice(at + 1);
  if (line[at] !== " " || !NUMBER.test(text)) fail("no value", line);
  const value = Number(text.replace("Inf", "Infinity"));
  return { name, labels, value, text };
}

/** Undoes escapes, and refuses any but those that are known. */
function unescape(text: string, known: string): string {
  let plain = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (character === '"' && known.includes('"')) fail("a bare quote", text);
    if (character !== "\\") {
      plain += character;
      continue;
    }
    const escaped = text[++at] ?? "";
    if (escaped === "" || !known.includes(escaped)) fail("an escape", text);
    plain += escaped === "n" ? "\n" : escaped;
  }
  return plain;
}

function checkFamily(
  family: ReadFamily,
  format: "text" | "openmetrics",
): void {
  const { name, type, samples } = family;
  const suffixes = SUFFIXES[`${format} ${type}`];
  if (suffixes === undefined) fail("an unknown type", type);
  if (samples.length === 0) fail("no samples", name);
  const isCounter = type === "counter";
  if (isCounter && name.endsWith("_total") !== (format === "text")) {
    fail("_total where it must not be, or none where it must", name);
  }
  const series = new Set<string>();
  for (const sample of samples) {
    const { labels, value } = sample;
    if (!suffixes?.some((suffix) => sample.name === name + suffix)) {
      fail("a sample of another metric", sample.name);
    }
    const key = JSON.stringify([sample.name, Object.entries(labels).sort()]);
    if (series.has(key)) fail("a series that comes twice", key);
    series.add(key);
    if (isCounter && !(value >= 0)) fail("a counter below zero", key);
    if (type === "info" && value !== 1) fail("an info that is not 1", key);
  }
  if (type === "histogram") checkHistogram(family);
}

/** Each histogram: ascending buckets to +Inf, then sum and count, together. */
function checkHistogram({ name, samples }: ReadFamily): void {
  let last = { le: -Infinity, count: 0 };
  for (const [position, { name: sample, labels, value }] of samples.entries()) {
    if (sample === `${name}_bucket`) {
      const le = Number(labels["le"]?.replace("Inf", "Infinity"));
      if (!(le > last.le && value >= last.count)) fail("buckets", name);
      last = { le, count: value };
    } else if (sample === `${name}_sum`) {
      if (last.le !== Infinity) fail("no last bucket", name);
    } else {
      if (samples[position - 1]?.name !== `${name}_sum`) fail("no sum", name);
      if (value !== last.count) fail("a count that is not that", name);
      last = { le: -Infinity, count: 0 };
    }
  }
  if (last.le !== -Infinity) fail("a histogram without count", name);
}

function fail(what: string, where: string | undefined): never {
  throw new SyntaxError(`${what}: ${where}`);
}
