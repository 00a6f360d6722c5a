/**
 * The past of a rig, or of all, as charts that show the same span: the last
 * hours as they come by the stream, and more as far as the gateway has it.
 *
 * @module
 */

import type { JSX, TargetedKeyboardEvent } from "npm:preact@11";
import { useEffect, useState } from "npm:preact@11/hooks";
import { Chart, type ChartProps } from "./chart.tsx";
import { recall, remember } from "./device_storage.ts";
import {
  formatCelsius,
  formatCount,
  formatHashrate,
  formatPercent,
} from "./format.ts";
import { computeRejects, type MeasureKey, type Series } from "./series.ts";
import type { RigStore } from "./store.ts";

/** What a chart is about. */
export interface Measure
  extends Pick<ChartProps, "label" | "format" | "color" | "leastSpan"> {
  readonly key: Exclude<MeasureKey, "accepted">;
}

/** The hashrate. */
export const HASHRATE: Measure = {
  key: "hashrate",
  label: "Hashrate",
  format: formatHashrate,
  color: "--accent",
  leastSpan: (most) => most * 0.1,
};

/** What is known of the past of a rig. */
export const MEASURES: readonly Measure[] = [
  HASHRATE,
  {
    key: "celsius",
    label: "Hottest",
    format: formatCelsius,
    color: "--heat",
    leastSpan: () => 10,
  },
  {
    key: "powerW",
    label: "Power",
    format: (watts) => `${formatCount(watts)} W`,
    color: "--power",
    leastSpan: (most) => most * 0.1,
  },
  {
    key: "rejected",
    label: "Rejected",
    format: formatPercent,
    color: "--bad",
    leastSpan: () => 1,
  },
];

/** Ranges by their names, in seconds. */
const RANGES: readonly (readonly [string, number])[] = [
  ["1 h", 3600],
  ["6 h", 6 * 3600],
  ["24 h", 86_400],
  ["7 d", 7 * 86_400],
  ["30 d", 30 * 86_400],
  ["1 y", 365 * 86_400],
];
/** Up to here the page has the values itself. */
const LIVE_S = 6 * 3600;
/** More points than pixels say nothing. */
const MAX_POINTS = 480;

/** Pixels of the first chart, and of those below it. */
const TALL = 170;
const LOW = 130;

/** From and to, in Unix time in seconds. */
type Span = readonly [number, number];

/** Cuts a series to a span; the lines go on to the next point on either side. */
function cutSeries({ times, columns }: Series, [fromS, toS]: Span) {
  const first = times.findIndex((timeS) => timeS >= fromS);
  const last = times.findLastIndex((timeS) => timeS <= toS);
  const cut = <T,>(column: readonly T[]) =>
    first === -1 ? [] : column.slice(Math.max(0, first - 1), last + 2);
  return {
    times: cut(times),
    read: (key: MeasureKey) => cut(columns[key]),
  };
}

/** Reads more than the page has, and again when there is a new point. */
function usePast(
  store: RigStore,
  name: string | undefined,
  rangeS: number,
): Series | undefined {
  const [past, setPast] = useState<Series | undefined>(undefined);
  useEffect(() => {
    setPast(undefined);
    if (rangeS <= LIVE_S) return undefined;
    const stepS = Math.max(60, Math.ceil(rangeS / MAX_POINTS / 60) * 60);
    let isWanted = true;
    const read = () =>
      store.readPast(name, rangeS, stepS).then((series) => {
        if (isWanted) setPast(series);
      }, () => {
        // The stream meets the same trouble, and shows it.
      });
    read();
    const timer = setInterval(read, stepS * 1000);
    return () => {
      isWanted = false;
      clearInterval(timer);
    };
  }, [name, rangeS, store.generation]);
  return past;
}

/** What the charts are given. */
interface HistoryProps {
  readonly store: RigStore;
  /** A rig; undefined: all. */
  readonly name: string | undefined;
  /** Those of which nothing is known are left out, but for the first. */
  readonly measures: readonly Measure[];
}

/** The charts, and which span they show. */
export function History({ store, name, measures }: HistoryProps): JSX.Element {
  const [rangeS, setRange] = useState(() => Number(recall("range")) || LIVE_S);
  const [zoom, setZoom] = useState<Span | undefined>(undefined);
  useEffect(() => {
    if (name !== undefined) store.readHistory(name);
  }, [store.generation]);
  // As far as there is a past: the first range that holds all of it is the last.
  const ranges = RANGES.filter((_, at) =>
    (RANGES[at - 1]?.[1] ?? 0) < store.pastS
  );
  const mostS = ranges.at(-1)?.[1] ?? LIVE_S;
  const shownS = Math.min(rangeS, mostS);
  const past = usePast(store, name, shownS);
  const live = name === undefined ? store.series : store.findSeries(name);
  const series = shownS > LIVE_S && past ? past : live;
  const nowS = Math.ceil(store.nowMs() / 1000);
  const span: Span = zoom ?? [nowS - shownS, nowS];
  const { times, read } = cutSeries(series, span);
  const down = read("down");
  const shown = measures.map((measure) => ({
    ...measure,
    values: measure.key === "rejected"
      ? computeRejects(times, read("accepted"), read("rejected"))
      : read(measure.key),
  })).filter(({ values }, at) =>
    at === 0 || values.some((value) => value !== null)
  );
  const choose = (chosenS: number) => {
    setRange(chosenS);
    setZoom(undefined);
    remember("range", chosenS);
  };
  const move = (by: number, factor: number) => {
    const [fromS, toS] = span;
    const halfS = Math.max(30, (toS - fromS) / 2 * factor);
    const middleS = Math.min(nowS - halfS, (fromS + toS) / 2 + by * halfS);
    setZoom(
      halfS * 2 >= shownS ? undefined : [middleS - halfS, middleS + halfS],
    );
  };
  const KEYS: Readonly<Record<string, () => void>> = {
    "+": () => move(0, 0.5),
    "-": () => move(0, 2),
    "ArrowLeft": () => move(-0.5, 1),
    "ArrowRight": () => move(0.5, 1),
    "Escape": () => setZoom(undefined),
  };
  const pressKey = (event: TargetedKeyboardEvent<HTMLElement>) => {
    const act = KEYS[event.key];
    const isButton = event.target !== event.currentTarget;
    if (act === undefined || isButton || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  };
  return (
    <section
      class="history"
      tabindex={0}
      aria-label="The past: + and - zoom, the arrows move, Escape goes back"
      onKeyDown={pressKey}
    >
      <div class="ranges" role="group" aria-label="Range of the charts">
        {ranges.map(([label, eachS]) => (
          <button
            key={label}
            type="button"
            aria-pressed={eachS === shownS}
            onClick={() => choose(eachS)}
          >
            {label}
          </button>
        ))}
        {zoom && (
          <button type="button" onClick={() => setZoom(undefined)}>
            Zoom back
          </button>
        )}
      </div>
      <div class="charts">
        {shown.map(({ key, values, ...measure }, at) => (
          <Chart
            key={key}
            {...measure}
            times={times}
            values={values}
            down={down}
            height={at === 0 && measures.length > 1 ? TALL : LOW}
            onZoom={(fromS, toS) => setZoom([fromS, toS])}
          />
        ))}
      </div>
    </section>
  );
}
