/**
 * Charts over time, by uPlot, which is loaded once the first values are there;
 * and sparklines, which are small SVG pictures.
 *
 * @module
 */

import { html, useEffect, useRef } from "./preact.js";
import { formatClock } from "./format.js";
import { loadAgain } from "./page_parts.js";

/**
 * @typedef {object} Series
 * @property {string} label
 * @property {(number | null)[]} values
 * @property {(value: number | undefined) => string} format
 * @property {string} color The name of a CSS variable.
 * @property {"hashrate" | "celsius"} scale
 */

const HEIGHT = 220;
/** Least seconds from one edge to the other. */
const MIN_SPAN_S = 60;
/** Width of an axis: as `100.0 TH/s` needs. */
const AXIS_WIDTH = 88;

/** @type {Promise<any> | undefined} */
let loading;

/** Loads uPlot, once; again if the gateway was not there. */
function loadUPlot() {
  loading ??= Promise.all([import("./uplot.js"), loadStyle("uplot.css")])
    .then(([{ default: uPlot }]) => uPlot);
  loading.catch(() => loading = undefined);
  return loading;
}

/**
 * Loads a style sheet from where the scripts are.
 *
 * @param {string} name Its name.
 * @returns {Promise<void>} When it holds; rejects if it did not come.
 */
function loadStyle(name) {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL(name, import.meta.url).href;
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      reject(new Error(`${name} did not come`));
    };
    document.head.append(link);
  });
}

/** @param {string} name A CSS variable. */
function readColor(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name)
    .trim();
}

/** Points between two gaps, through which no line goes. */
function listLonePoints({ data }, index) {
  const values = data[index];
  return [...values.keys()].filter((at) =>
    values[at] !== null && (values[at - 1] ?? values[at + 1] ?? null) === null
  );
}

/**
 * @param {{ label: string, times: number[], series: Series[] }} props
 * @param {number} width
 */
function makeOptions({ series }, width) {
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
        range: (_, least, most) => [Math.min(least, most - MIN_SPAN_S), most],
      },
      hashrate: { range: (_, __, most) => [0, (most || 1) * 1.1] },
      celsius: { range: (_, __, most) => [0, Math.max(100, most ?? 0)] },
    },
    series: [
      {
        label: "Time",
        value: (_, time) => time === null ? "–" : formatClock(time, 1),
      },
      ...series.map(({ label, format, color, scale }) => ({
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
      ...series.map(({ format, scale }, index) => ({
        ...axis,
        scale,
        side: index === 0 ? 3 : 1,
        size: AXIS_WIDTH - index * 14,
        grid: { show: index === 0, stroke: line, width: 1 },
        values: (_, splits) => splits.map(format),
      })),
    ],
  };
}

/** @param {{ times: number[], series: Series[] }} props */
function toData({ times, series }) {
  return [times, ...series.map(({ values }) => values)];
}

/**
 * A chart as wide as its place.
 *
 * @param {{ label: string, times: number[], series: Series[] }} props The same
 * number of series each time.
 */
export function Chart(props) {
  const box = useRef(null);
  const chart = useRef(undefined);
  const latest = useRef(props);
  latest.current = props;
  const isEmpty = props.times.length < 2;
  useEffect(() => {
    // Already now: when there is a line to draw, the gateway may be gone.
    loadUPlot().catch(() => {});
  }, []);
  useEffect(() => {
    if (isEmpty) return undefined;
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    let observer;
    function draw(uPlot) {
      chart.current?.destroy();
      const width = box.current.clientWidth;
      chart.current = new uPlot(
        makeOptions(latest.current, width),
        toData(latest.current),
        box.current,
      );
    }
    let redraw;
    const cancel = loadAgain(loadUPlot, (uPlot) => {
      redraw = () => draw(uPlot);
      redraw();
      scheme.addEventListener("change", redraw);
      observer = new ResizeObserver(() => {
        const width = box.current?.clientWidth;
        if (width && width !== chart.current.width) {
          chart.current.setSize({ width, height: HEIGHT });
        }
      });
      observer.observe(box.current);
    });
    return () => {
      cancel();
      observer?.disconnect();
      if (redraw) scheme.removeEventListener("change", redraw);
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [isEmpty]);
  const { times } = props;
  const last = times.at(-1);
  useEffect(() => {
    chart.current?.setData(toData(latest.current));
  }, [times, times.length, times[0], last]);
  return html`<figure class="chart">
    <figcaption>${props.label}</figcaption>
    ${
    isEmpty
      ? html`<p class="empty">The chart begins with the next values.</p>`
      : html`<div ref=${box} role="img" aria-label=${
        describeChart(props)
      }></div>`
  }
  </figure>`;
}

/** @param {{ label: string, times: number[], series: Series[] }} props */
function describeChart({ label, times, series }) {
  const parts = series.map(({ label, values, format }) => {
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
  const span = `${formatClock(times[0])} to ${formatClock(times.at(-1))}`;
  return `${label}, ${span}. ${parts.join(". ")}`;
}

const SPARK_WIDTH = 80;
const SPARK_HEIGHT = 20;
/** More points than pixels say nothing. */
const SPARK_POINTS = 60;

/**
 * @param {readonly (number | null)[]} values The oldest first; null: a gap.
 * @returns {string} A path of SVG; empty for less than two values.
 */
export function drawSparkline(values) {
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

/** @param {{ values: readonly (number | null)[] }} props */
export function Sparkline({ values }) {
  return html`
    <svg class="spark" aria-hidden="true"
      viewBox="0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}">
      <path d=${drawSparkline(values)} />
    </svg>
  `;
}
