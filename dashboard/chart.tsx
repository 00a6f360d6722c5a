/**
 * Charts over time, by uPlot, which is loaded once the first values are there;
 * and sparklines, which are small SVG pictures.
 *
 * @module
 */

import type { JSX } from "npm:preact@11";
import { useEffect, useRef } from "npm:preact@11/hooks";
import type uPlot from "npm:uplot@1";
import { formatClock } from "./format.ts";
import type { Series } from "./series.ts";

/** A line of a chart. */
export interface ChartLine {
  readonly label: string;
  /** One for each time; null: a gap. */
  readonly values: Series["hashrates"];
  readonly format: (value: number | undefined) => string;
  /** The name of a CSS variable. */
  readonly color: string;
  readonly scale: "hashrate" | "celsius";
}

/** What a chart shows. */
export interface ChartProps {
  readonly label: string;
  /** Unix times in seconds. */
  readonly times: Series["times"];
  /** The same number each time. */
  readonly lines: readonly ChartLine[];
}

const HEIGHT = 220;
/** Least seconds from one edge to the other. */
const MIN_SPAN_S = 60;
/** Width of an axis: as `100.0 TH/s` needs. */
const AXIS_WIDTH = 88;

type UPlot = typeof uPlot;

let loading: Promise<UPlot> | undefined;

/** Loads uPlot, once; again if the gateway was not there. */
function loadUPlot(): Promise<UPlot> {
  loading ??= import("./uplot.ts").then((module) => module.default);
  loading.catch(() => loading = undefined);
  return loading;
}

/** The charts that wait for uPlot: the gateway was away. */
const waiting = new Set<() => void>();

/** Draws the charts that could not load uPlot: the gateway is back. */
export function drawWaiting(): void {
  for (const attempt of waiting) attempt();
}

/**
 * Loads uPlot; again when the gateway is back, if it does not come.
 *
 * @param onLoad Called once it is there.
 * @returns It is not wanted any more.
 */
function awaitUPlot(onLoad: (loaded: UPlot) => void): () => void {
  let isWanted = true;
  const attempt = () => {
    waiting.delete(attempt);
    loadUPlot().then((loaded) => {
      if (isWanted) onLoad(loaded);
    }, () => {
      if (isWanted) waiting.add(attempt);
    });
  };
  attempt();
  return () => {
    isWanted = false;
    waiting.delete(attempt);
  };
}

/** @param name A CSS variable. */
function readColor(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name)
    .trim();
}

/** Points between two gaps, through which no line goes. */
function listLonePoints({ data }: uPlot, index: number): number[] {
  const values = data[index] ?? [];
  return [...values.keys()].filter((at) =>
    values[at] !== null && (values[at - 1] ?? values[at + 1] ?? null) === null
  );
}

function makeOptions({ lines }: ChartProps, width: number): uPlot.Options {
  const line = readColor("--line");
  const text = readColor("--muted");
  const font = "12px system-ui, sans-serif";
  const axis = {
    stroke: text,
    font,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line },
  };
  return {
    width,
    height: HEIGHT,
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      // A few seconds are not drawn as if they were hours.
      x: {
        range: (_, least, most) => [
          Math.min(least, most - MIN_SPAN_S),
          most,
        ],
      },
      hashrate: { range: (_, __, most) => [0, (most || 1) * 1.1] },
      celsius: { range: (_, __, most) => [0, Math.max(100, most ?? 0)] },
    },
    series: [
      {
        label: "Time",
        value: (_, time) => time === null ? "–" : formatClock(time, 1),
      },
      ...lines.map(({ label, format, color, scale }): uPlot.Series => ({
        label,
        scale,
        stroke: readColor(color),
        width: 2,
        points: { show: false, filter: listLonePoints },
        value: (_, value) => format(value ?? undefined),
      })),
    ],
    axes: [
      {
        ...axis,
        space: 90,
        values: (_, splits, __, ___, stepS) =>
          splits.map((timeS) => formatClock(timeS, stepS)),
      },
      ...lines.map(({ format, scale }, index): uPlot.Axis => ({
        ...axis,
        scale,
        side: index === 0 ? 3 : 1,
        size: AXIS_WIDTH - index * 14,
        grid: { show: index === 0, stroke: line, width: 1 },
        values: (_, splits) => splits.map((value) => format(value)),
      })),
    ],
  };
}

function toData({ times, lines }: ChartProps): uPlot.AlignedData {
  return [times, ...lines.map(({ values }) => values)];
}

/** A chart as wide as its place. */
export function Chart(props: ChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const isEmpty = props.times.length < 2;
  useEffect(() => {
    // Already now: when there is a line to draw, the gateway may be gone.
    loadUPlot().catch(() => {});
  }, []);
  useEffect(() => {
    const { current: place } = box;
    if (place === null) return undefined;
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const resize = () => {
      const width = place.clientWidth;
      if (width > 0 && width !== chart.current?.width) {
        chart.current?.setSize({ width, height: HEIGHT });
      }
    };
    const observer = new ResizeObserver(resize);
    let redraw = () => {};
    const cancel = awaitUPlot((UPlot) => {
      redraw = () => {
        chart.current?.destroy();
        const { current } = latest;
        const options = makeOptions(current, place.clientWidth);
        chart.current = new UPlot(options, toData(current), place);
      };
      redraw();
      scheme.addEventListener("change", redraw);
      observer.observe(place);
    });
    return () => {
      cancel();
      observer.disconnect();
      scheme.removeEventListener("change", redraw);
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [isEmpty]);
  const { times } = props;
  const last = times.at(-1);
  useEffect(() => {
    chart.current?.setData(toData(latest.current));
  }, [times, times.length, times[0], last]);
  return (
    <figure class="chart">
      <figcaption>{props.label}</figcaption>
      {isEmpty
        ? <p class="empty">The chart begins with the next values.</p>
        : <div ref={box} role="img" aria-label={describeChart(props)}></div>}
    </figure>
  );
}

function describeChart({ label, times, lines }: ChartProps): string {
  const parts = lines.map(({ label, values, format }) => {
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return `${label}: nothing known`;
    let least = Infinity, most = -Infinity;
    for (const value of known) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return `${label}: ${format(least)} to ${format(most)}, ${
      format(known.at(-1))
    } last`;
  });
  const span = `${formatClock(times[0] ?? 0)} to ${
    formatClock(times.at(-1) ?? 0)
  }`;
  return `${label}, ${span}. ${parts.join(". ")}`;
}

const SPARK_WIDTH = 80;
const SPARK_HEIGHT = 20;
/** More points than pixels say nothing. */
const SPARK_POINTS = 60;

/**
 * @param values The oldest first; null: a gap.
 * @returns A path of SVG; empty for less than two values.
 */
export function drawSparkline(values: readonly (number | null)[]): string {
  const shown = values.slice(-SPARK_POINTS);
  let most = 0, least = Infinity, count = 0;
  for (const value of shown) {
    if (value === null) continue;
    most = Math.max(most, value);
    least = Math.min(least, value);
    count++;
  }
  if (count < 2) return "";
  // A flat line is in the middle; noise of a percent is not drawn as a cliff.
  const span = Math.max(most - least, most * 0.1, Number.MIN_VALUE);
  const middle = (most + least) / 2;
  const stepX = SPARK_WIDTH / (shown.length - 1);
  let path = "";
  let isGap = true;
  shown.forEach((value, index) => {
    if (value === null) {
      isGap = true;
      return;
    }
    const y = SPARK_HEIGHT / 2 - (value - middle) / span * (SPARK_HEIGHT - 4);
    path += `${isGap ? "M" : "L"}${(index * stepX).toFixed(1)} ${y.toFixed(1)}`;
    isGap = false;
  });
  return path;
}

/** The last values as a picture of one line. */
export function Sparkline(
  { values }: { values: readonly (number | null)[] },
): JSX.Element {
  return (
    <svg
      class="spark"
      aria-hidden="true"
      viewBox={`0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`}
    >
      <path d={drawSparkline(values)} />
    </svg>
  );
}
