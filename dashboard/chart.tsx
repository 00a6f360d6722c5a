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

/** What a chart shows: one line. */
export interface ChartProps {
  readonly label: string;
  /** Unix times in seconds. */
  readonly times: readonly number[];
  /** One for each time; null: a gap. */
  readonly values: readonly (number | null)[];
  /** 1 wherever the rig did not answer, which is shaded. */
  readonly down: readonly (number | null)[];
  readonly format: (value: number | undefined) => string;
  /** The name of a CSS variable. */
  readonly color: string;
  /** What the axis shows at least, of what it is about: 0.05 is 5 %. */
  readonly leastSpan: (most: number) => number;
  /** Pixels, without the legend. */
  readonly height: number;
  /** Called with the seconds that were marked by dragging. */
  readonly onZoom: (fromS: number, toS: number) => void;
}

/** Least seconds from one edge to the other. */
const MIN_SPAN_S = 60;
/** Fewer pixels are a click. */
const MIN_DRAG = 8;
/** Pixels of a digit of an axis, and of what stands beside it. */
const DIGIT_WIDTH = 6.6;
const AXIS_ROOM = 20;
/** Pixels of the legend. */
const LEGEND = 26;
/** Pixels from one time of the axis to the next, and of their line. */
const TIME_SPACE = 80;
const TIME_HEIGHT = 32;
/**
 * Seconds that are a step of the axis of time, up to half a year. uPlot's own go
 * from one minute to five: what is narrow and short would have no step at all.
 */
const TIME_STEPS = [
  ...[1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800],
  ...[1, 2, 3, 4, 6, 8, 12, 24, 48, 96, 168, 240].map((hours) => hours * 3600),
  ...[1, 2, 3, 6].map((months) => months * 30 * 86_400),
];
/** Charts of this name show the same moment below the pointer. */
const SYNC_KEY = "rig";

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

/** An axis that fits the values, with some room above and below. */
function fitRange(
  least: number | null,
  most: number | null,
  leastSpan: ChartProps["leastSpan"],
): [number, number] {
  if (least === null || most === null) return [0, 1];
  const span = Math.max(most - least, leastSpan(most)) * 1.2 || 1;
  const middle = (most + least) / 2;
  const low = Math.max(0, middle - span / 2);
  return [low, low + span];
}

/** Shades the times at which the rig did not answer. */
function shadeDown(plot: uPlot, { times, down }: ChartProps): void {
  const { ctx, bbox: { left, width, top, height } } = plot;
  const toX = (timeS: number) =>
    Math.min(left + width, Math.max(left, plot.valToPos(timeS, "x", true)));
  ctx.save();
  ctx.fillStyle = readColor("--bad-back");
  times.forEach((timeS, at) => {
    if (down[at] !== 1) return;
    const from = toX(timeS);
    const to = toX(times[at + 1] ?? timeS + 5);
    ctx.fillRect(from, top, Math.max(1, to - from), height);
  });
  ctx.restore();
}

/** @param read What is drawn now: colours and scales stay, values do not. */
function makeOptions(read: () => ChartProps, width: number): uPlot.Options {
  const { label, format, color, leastSpan, height } = read();
  const line = readColor("--line");
  const axis = {
    stroke: readColor("--muted"),
    font: "12px system-ui, sans-serif",
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line },
  };
  return {
    width,
    height,
    // The last time of the axis is not cut.
    padding: [null, 32, null, null],
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: MIN_DRAG },
      sync: { key: SYNC_KEY },
    },
    hooks: {
      drawClear: [(plot) => shadeDown(plot, read())],
      setSelect: [(plot) => {
        const { left, width: marked } = plot.select;
        if (marked < MIN_DRAG) return;
        const [fromS, toS] = [left, left + marked]
          .map((x) => plot.posToVal(x, "x"));
        plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        read().onZoom(fromS ?? 0, toS ?? 0);
      }],
    },
    scales: {
      // A few seconds are not drawn as if they were hours.
      x: {
        range: (_, least, most) => [
          Math.min(least, most - MIN_SPAN_S),
          most,
        ],
      },
      y: { range: (_, least, most) => fitRange(least, most, leastSpan) },
    },
    series: [
      {
        label: "Time",
        // What stands there before anybody points at the chart is the last.
        value: (_, time) => formatTime(time ?? read().times.at(-1)),
      },
      {
        label,
        stroke: readColor(color),
        width: 2,
        points: { show: false, filter: listLonePoints },
        value: (_, value, __, at) =>
          format((at === null ? findLast(read()) : value) ?? undefined),
      },
    ],
    axes: [
      {
        ...axis,
        size: TIME_HEIGHT,
        incrs: TIME_STEPS,
        space: (_, __, ___, ____, width) => Math.min(TIME_SPACE, width / 4),
        values: (_, splits, __, ___, stepS) =>
          splits.map((timeS) => formatClock(timeS, stepS)),
      },
      {
        ...axis,
        space: 22,
        size: (_, values) =>
          AXIS_ROOM + DIGIT_WIDTH *
            Math.max(4, ...(values ?? []).map(({ length }) => length)),
        values: (_, splits) => splits.map((value) => format(value)),
      },
    ],
  };
}

/** The last value that is known. */
function findLast({ values }: ChartProps): number | null {
  return values.findLast((value) => value !== null) ?? null;
}

function formatTime(timeS: number | undefined): string {
  if (timeS === undefined) return "–";
  const isToday = Date.now() / 1000 - timeS < 86_400;
  return (isToday ? "" : `${formatClock(timeS, 86_400)} `) +
    formatClock(timeS, 1);
}

function toData({ times, values }: ChartProps): uPlot.AlignedData {
  return [times as number[], values as (number | null)[]];
}

/** A chart as wide as its place. */
export function Chart(props: ChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const isYoung = props.times.length < 2;
  const isEmpty = isYoung || props.values.every((value) => value === null);
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
        chart.current?.setSize({ width, height: latest.current.height });
      }
    };
    const observer = new ResizeObserver(resize);
    let redraw = () => {};
    const cancel = awaitUPlot((UPlot) => {
      redraw = () => {
        chart.current?.destroy();
        const options = makeOptions(() => latest.current, place.clientWidth);
        chart.current = new UPlot(options, toData(latest.current), place);
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
  }, [times.length, times[0], last]);
  return (
    <figure class="chart">
      {isEmpty
        ? (
          <p class="empty" style={{ height: `${props.height + LEGEND}px` }}>
            {props.label}: {isYoung
              ? "the chart begins with the next values."
              : "nothing is known of this time."}
          </p>
        )
        : <div ref={box} role="img" aria-label={describeChart(props)}></div>}
    </figure>
  );
}

function describeChart(
  { label, times, values, down, format }: ChartProps,
): string {
  let least = Infinity, most = -Infinity;
  for (const value of values) {
    if (value === null) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const span = `${formatClock(times[0] ?? 0)} to ${
    formatClock(times.at(-1) ?? 0)
  }`;
  const known = most < least
    ? "nothing known"
    : `${format(least)} to ${format(most)}, ${
      format(values.findLast((value) => value !== null) ?? undefined)
    } last`;
  const gaps = down.includes(1) ? ". Times without an answer are shaded" : "";
  return `${label}, ${span}: ${known}${gaps}`;
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
