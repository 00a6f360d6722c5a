/**
 * A row of the table of rigs, and its columns. A row is drawn anew only when
 * its rig has changed.
 *
 * @module
 */

import {
  Component,
  type ComponentChildren,
  type JSX,
  type TargetedEvent,
} from "npm:preact@11";
import { Sparkline } from "./chart.tsx";
import { type Member, readFigures } from "./figures.ts";
import {
  cleanText,
  formatAge,
  formatCelsius,
  formatCount,
  formatDuration,
  formatHashrate,
  formatPercent,
  formatPool,
  UNKNOWN,
} from "./format.ts";
import { State, Text, Value } from "./page_parts.tsx";
import type { RigStore } from "./store.ts";

/** Pixels; style.css says the same. */
export const ROW_HEIGHT = 40;

const SEVERITY_ORDER = { critical: 0, warning: 1, "": 2 };

function formatTags(tags: Member["tags"]): string {
  return Object.entries(tags ?? {}).map(([key, value]) => `${key}:${value}`)
    .join(" ");
}

/** A column of the table. */
export interface Column {
  readonly key: string;
  readonly label: string;
  readonly isNumeric?: boolean;
  /** Whether it does not sort. */
  readonly isFixed?: boolean;
  /** What it sorts by; without it, the names' own order counts. */
  readonly read?: (member: Member) => number | string | undefined;
}

/** All columns. */
export const COLUMNS: readonly Column[] = [
  { key: "name", label: "Name" },
  {
    key: "state",
    label: "State",
    read: (member) => SEVERITY_ORDER[readFigures(member).worst],
  },
  {
    key: "hashrate",
    label: "Hashrate",
    isNumeric: true,
    read: (member) => readFigures(member).hashrate,
  },
  { key: "trend", label: "Trend", isFixed: true },
  {
    key: "celsius",
    label: "Max temp",
    isNumeric: true,
    read: (member) => readFigures(member).celsius,
  },
  {
    key: "rpm",
    label: "Min fan",
    isNumeric: true,
    read: (member) => readFigures(member).rpm,
  },
  {
    key: "rejects",
    label: "Rejects",
    isNumeric: true,
    read: (member) => readFigures(member).rejectPercent,
  },
  {
    key: "pool",
    label: "Pool",
    read: (member) => readFigures(member).pool,
  },
  {
    key: "uptime",
    label: "Uptime",
    isNumeric: true,
    read: (member) => readFigures(member).uptimeS,
  },
  {
    key: "tags",
    label: "Tags",
    read: ({ tags }) => formatTags(tags) || undefined,
  },
];

/** How many columns a problem takes: all between the state and the tags. */
const PROBLEM_SPAN = COLUMNS.length - 3;

/** What a row is given. */
export interface RigRowProps {
  readonly member: Member;
  readonly store: RigStore;
  /** Its number in the whole table, the heading's being 1. */
  readonly row: number;
  readonly isStale: boolean;
  /** {@linkcode RigStore.generation}. */
  readonly generation: number;
  /** When the last point of its series was. */
  readonly lastS: number | undefined;
  /** How many points that has. */
  readonly pointCount: number;
  readonly isSelected: boolean;
  /** Called when it is ticked or not; without it, it cannot be. */
  readonly onChoose: ((name: string, isChosen: boolean) => void) | undefined;
}

/** A rig's row. */
export class RigRow extends Component<RigRowProps> {
  override componentDidMount(): void {
    const { store, member } = this.props;
    store.readHistory(member.name);
  }

  override componentDidUpdate(previous: RigRowProps): void {
    // What was missed while there was no connection.
    if (previous.generation !== this.props.generation) this.componentDidMount();
  }

  override shouldComponentUpdate(next: RigRowProps): boolean {
    const keys = Object.keys(next) as (keyof RigRowProps)[];
    const isSame = keys.every((key) =>
      // A new function does the same; but rights come and go.
      key === "onChoose"
        ? (next[key] === undefined) === (this.props[key] === undefined)
        : next[key] === this.props[key]
    );
    // Old values tell their age, which grows.
    return !isSame || next.isStale;
  }

  override render(
    { member, store, row, isStale, isSelected, onChoose }: RigRowProps,
  ): JSX.Element {
    const { name, state, tags } = member;
    const choose = (
      { currentTarget }: TargetedEvent<HTMLInputElement>,
    ) => this.props.onChoose?.(name, currentTarget.checked);
    const age = isStale ? ` · ${formatAge(store.readAgeMs(name))}` : "";
    return (
      <tr aria-rowindex={row} class={isStale ? "stale" : ""}>
        {onChoose && (
          <td class="select">
            <label class="check">
              <input
                type="checkbox"
                checked={isSelected}
                onChange={choose}
                aria-label={`Select ${cleanText(name)}`}
              />
            </label>
          </td>
        )}
        <th scope="row">
          <a href={`#/rig/${encodeURIComponent(name)}`}>
            <Text
              text={name}
            />
          </a>
        </th>
        <td class="state">
          <State member={member} />
          <small>{age}</small>
        </td>
        {state === "up"
          ? renderFigures(member, store)
          : (
            <td class="problem" colspan={PROBLEM_SPAN}>
              {renderProblem(member, store)}
            </td>
          )}
        <td>
          <Text text={formatTags(tags) || UNKNOWN} />
        </td>
      </tr>
    );
  }
}

function renderProblem(
  { problem, since, state }: Member,
  store: RigStore,
): ComponentChildren {
  if (problem === undefined) {
    return state === "down" ? "It does not answer" : UNKNOWN;
  }
  const ageMs = store.nowMs() - Date.parse(since ?? "");
  const age = Number.isFinite(ageMs) ? ` (${formatAge(ageMs)})` : "";
  const whole = [problem.title + age, problem.detail, problem.hint]
    .filter(Boolean).join(". ");
  return <Text text={whole} />;
}

function renderFigures(member: Member, store: RigStore): JSX.Element {
  const figures = readFigures(member);
  const { severities } = figures;
  const speed = figures.rpm === undefined ? UNKNOWN : formatCount(figures.rpm);
  return (
    <>
      <td class="number">
        <Value
          text={formatHashrate(figures.hashrate)}
          severity={severities.hashrate}
        />
      </td>
      <td class="trend">
        <Sparkline
          values={store.findSeries(member.name).hashrates}
        />
      </td>
      <td class="number">
        <Value
          text={formatCelsius(figures.celsius)}
          severity={severities.celsius}
        />
      </td>
      <td class="number">
        <Value text={speed} severity={severities.rpm} />
      </td>
      <td class="number">
        <Value
          text={formatPercent(figures.rejectPercent)}
          severity={severities.rejects}
        />
      </td>
      <td>
        <Value
          text={<Text text={formatPool(figures.pool)} />}
          severity={severities.pools}
        />
      </td>
      <td class="number">{formatDuration(figures.uptimeS)}</td>
    </>
  );
}
