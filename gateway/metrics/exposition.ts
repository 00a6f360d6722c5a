/**
 * Metrics as text, in the format that Prometheus has read since 2014 (0.0.4) and
 * in OpenMetrics 1.0. Pure.
 *
 * The text is made piece by piece, while it is sent, and never held as a whole.
 * Of the two formats, OpenMetrics puts the suffixes `_total` and `_info` on the
 * samples alone, knows units and the type `info`, and says where it ends.
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/}
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/}
 *
 * @module
 */

/** How metrics are written: Prometheus' own text format, or OpenMetrics. */
export type ExpositionFormat = "text" | "openmetrics";

/** `Content-Type` of each format. */
export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** What a metric's values mean. */
export type MetricType = "counter" | "gauge" | "info" | "histogram";

/** A metric without its values. */
export interface MetricDescription {
  /** Its name without what the type adds: `cgminer_shares`, `cgminer`. */
  readonly name: string;
  /** Its type. */
  readonly type: MetricType;
  /** What it means, in a sentence. */
  readonly help: string;
  /** Its unit, which the name must end in; absent: it counts things. */
  readonly unit?: string;
  /** The labels that its samples may have, in this order; no `le`. */
  readonly labels: readonly string[];
}

/**
 * Writes one sample.
 *
 * @param labels `name="value"`, separated by commas, as {@linkcode formatLabel}
 * and {@linkcode formatLabels} make them; empty for none.
 * @param value Any number; of a counter neither negative nor NaN.
 * @param part What of a histogram it is.
 */
export type WriteSample = (
  labels: string,
  value: number,
  part?: "_bucket" | "_sum" | "_count",
) => void;

/** A metric with its values. */
export interface MetricFamily extends MetricDescription {
  /**
   * Writes all samples, no two with the same labels.
   *
   * @param write Writes one.
   * @returns Yields, after a few samples, for what is written to be sent.
   */
  writeSamples(write: WriteSample): Iterable<void>;
}

/** Length of a piece of the text, in UTF-16 code units; a sample may pass it. */
export const CHUNK_LENGTH = 64 * 1024;

/** What the type adds to the name of a sample. */
const SUFFIXES: Readonly<Record<MetricType, string>> = {
  counter: "_total",
  gauge: "",
  info: "_info",
  histogram: "",
};

/**
 * Says what a metric is called in queries.
 *
 * @param metric The metric.
 * @returns Its name with `_total` or `_info`, where its type has that.
 */
export function toSampleName({ name, type }: MetricDescription): string {
  return name + SUFFIXES[type];
}

/**
 * Writes metrics as text. One without samples is left out.
 *
 * @param families The metrics; no name twice.
 * @param format The format.
 * @returns The text in pieces of about {@linkcode CHUNK_LENGTH}.
 */
export function* renderFamilies(
  families: Iterable<MetricFamily>,
  format: ExpositionFormat,
): Generator<string, void, undefined> {
  const chunks: string[] = [];
  let text = "";
  for (const family of families) {
    const sampleName = toSampleName(family);
    let header = formatHeader(family, format);
    const write: WriteSample = (labels, value, part) => {
      if (header !== "") {
        text += header;
        header = "";
      }
      text += part === undefined ? sampleName : sampleName + part;
      if (labels !== "") text += `{${labels}}`;
      text += ` ${formatNumber(value)}\n`;
      if (text.length >= CHUNK_LENGTH) {
        chunks.push(text);
        text = "";
      }
    };
    for (const _ of family.writeSamples(write)) {
      if (chunks.length > 0) yield* chunks.splice(0);
    }
    yield* chunks.splice(0);
  }
  if (format === "openmetrics") text += "# EOF\n";
  if (text !== "") yield text;
}

/** The lines before the first sample, in the order that each format wants. */
function formatHeader(
  family: MetricFamily,
  format: ExpositionFormat,
): string {
  const { name, type, help, unit } = family;
  if (format === "text") {
    const sampleName = toSampleName(family);
    // Before OpenMetrics there was no type for it.
    const textType = type === "info" ? "gauge" : type;
    const line = help.replace(/[\\\n]/g, escapeCharacter);
    return `# HELP ${sampleName} ${line}\n# TYPE ${sampleName} ${textType}\n`;
  }
  const unitLine = unit === undefined ? "" : `# UNIT ${name} ${unit}\n`;
  return `# TYPE ${name} ${type}\n${unitLine}# HELP ${name} ${escape(help)}\n`;
}

function formatNumber(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}

/**
 * Formats a label.
 *
 * @param name Its name.
 * @param value Any text.
 * @returns `name="value"`, escaped; empty for an empty value, which means to
 * Prometheus that there is no such label.
 */
export function formatLabel(name: string, value: string): string {
  return value === "" ? "" : `${name}="${escape(value)}"`;
}

/**
 * Formats several labels.
 *
 * @param names Their names.
 * @param values Their values, in the same order; an empty one is left out.
 * @returns What {@linkcode WriteSample} takes.
 */
export function formatLabels(
  names: readonly string[],
  values: readonly string[],
): string {
  let labels = "";
  for (const [position, name] of names.entries()) {
    const label = formatLabel(name, values[position] ?? "");
    if (label !== "") labels += labels === "" ? label : `,${label}`;
  }
  return labels;
}

/** What must not stand in a quoted string. */
const ESCAPED = /[\\"\n]/;
const ALL_ESCAPED = /[\\"\n]/g;

function escape(text: string): string {
  return ESCAPED.test(text) ? text.replace(ALL_ESCAPED, escapeCharacter) : text;
}

function escapeCharacter(character: string): string {
  return character === "\n" ? "\\n" : `\\${character}`;
}

/**
 * Formats the upper bound of a histogram's bucket, for its label `le`: as
 * OpenMetrics' canonical numbers, in both formats, so that a series is the same
 * one whichever of them it came in.
 *
 * @param bound The bound.
 * @returns `0.005`, `1.0`, `1e+06`, `+Inf`.
 */
export function formatBound(bound: number): string {
  const size = Math.abs(bound);
  if (size === Infinity) return formatNumber(bound);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    return bound.toExponential()
      .replace(/e(?<sign>[+-])(?<digit>\d)$/, "e$<sign>0$<digit>");
  }
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

/** Ranges of `Accept` that mean the old format, the most exact one first. */
const TEXT_RANGES: readonly string[] = ["text/plain", "text/*", "*/*"];

/**
 * Says which format a scraper wants.
 *
 * OpenMetrics must be asked for by name, in version 1.0.0 or none, with a
 * quality of at least that of `text/plain`; who names only other versions
 * (0.0.1, a draft; 2.0.0) gets what everybody reads. Not by `accepts` of
 * `@std/http`: a range with a parameter that it does not know, such as
 * Prometheus 3's `escaping=allow-utf-8`, matches nothing there.
 *
 * @param accept The header `Accept`; null if there is none.
 * @returns The format.
 */
export function preferredFormat(accept: string | null): ExpositionFormat {
  const qualities = readQualities(accept ?? "");
  const openmetrics = qualities.get("application/openmetrics-text") ?? 0;
  const textRange = TEXT_RANGES.find((range) => qualities.has(range)) ?? "";
  const text = qualities.get(textRange) ?? 0;
  return openmetrics > 0 && openmetrics >= text ? "openmetrics" : "text";
}

/** The best quality of each range, less those of versions that are not ours. */
function readQualities(accept: string): Map<string, number> {
  const qualities = new Map<string, number>();
  for (const item of accept.toLowerCase().split(",")) {
    const [range = "", ...parameters] = item.split(";").map((part) =>
      part.trim()
    );
    const { q = "1", version } = Object.fromEntries(
      parameters.map((parameter) =>
        parameter.split("=", 2).map((part) => part.trim())
      ),
    ) as { q?: string; version?: string };
    const known = range === "text/plain" ? "0.0.4" : "1.0.0";
    if ((version ?? known).replaceAll('"', "") !== known) continue;
    const quality = Math.min(1, Number(q)) || 0;
    qualities.set(range, Math.max(qualities.get(range) ?? 0, quality));
  }
  return qualities;
}
