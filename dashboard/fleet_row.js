/**
 * A row of the table of rigs, and its columns. A row is drawn anew only when
 * its rig has changed.
 *
 * @module
 */

import { Component, html } from "./preact.js";
import { Sparkline } from "./chart.js";
import { readFigures } from "./figures.js";
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
} from "./format.js";
import { State, Text, Value } from "./page_parts.js";

/** Pixels; style.css says the same. */
export const ROW_HEIGHT = 40;

const STATE_ORDER = { down: 0, unknown: 1, up: 2 };

/** @param {Record<string, string> | undefined} tags */
function formatTags(tags) {
  return Object.entries(tags ?? {}).map(([key, value]) => `${key}:${value}`)
    .join(" ");
}

/**
 * The columns: what each sorts by; `isFixed` does not sort, and without `read`
 * the names' own order counts.
 */
export const COLUMNS = [
  { key: "name", label: "Name" },
  { key: "state", label: "State", read: ({ state }) => STATE_ORDER[state] },
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

/** A rig's row. */
export class RigRow extends Component {
  componentDidMount() {
    const { store, member } = this.props;
    store.readHistory(member.name);
  }

  /** @param {Record<string, unknown>} previous */
  componentDidUpdate(previous) {
    // What was missed while there was no connection.
    if (previous.generation !== this.props.generation) this.componentDidMount();
  }

  /** @param {Record<string, unknown>} next */
  shouldComponentUpdate(next) {
    for (const key in next) {
      // A new function does the same; but rights come and go.
      const isSame = key === "onChoose"
        ? (next[key] === undefined) === (this.props[key] === undefined)
        : next[key] === this.props[key];
      if (!isSame) return true;
    }
    // Old values tell their age, which grows.
    return next.isStale === true;
  }

  render({ member, store, row, isStale, isSelected, onChoose }) {
    const { name, state, tags } = member;
    const choose = ({ target }) => this.props.onChoose(name, target.checked);
    const age = isStale ? ` · ${formatAge(store.readAgeMs(name))}` : "";
    return html`<tr aria-rowindex=${row} class=${isStale ? "stale" : ""}>
      ${
      onChoose && html`<td class="select"><label class="check">
        <input type="checkbox" checked=${isSelected} onChange=${choose}
          aria-label=${`Select ${cleanText(name)}`} /></label></td>`
    }
      <th scope="row"><a href=${`#/rig/${encodeURIComponent(name)}`}><${Text}
        text=${name} /></a></th>
      <td class="state"><${State} state=${state} /><small>${age}</small></td>
      ${
      state === "up"
        ? renderFigures(member, store)
        : html`<td class="problem" colspan=${PROBLEM_SPAN}>${
          renderProblem(member, store)
        }</td>`
    }
      <td><${Text} text=${formatTags(tags) || UNKNOWN} /></td>
    </tr>`;
  }
}

function renderProblem({ problem, since, state }, store) {
  if (problem === undefined) {
    return state === "down" ? "It does not answer" : UNKNOWN;
  }
  const ageMs = store.nowMs() - Date.parse(since ?? "");
  const age = Number.isFinite(ageMs) ? ` (${formatAge(ageMs)})` : "";
  const whole = [problem.title + age, problem.detail, problem.hint]
    .filter(Boolean).join(". ");
  return html`<${Text} text=${whole} />`;
}

function renderFigures(member, store) {
  const figures = readFigures(member);
  const { severities } = figures;
  const speed = figures.rpm === undefined ? UNKNOWN : formatCount(figures.rpm);
  return html`
    <td class="number">
      <${Value} text=${formatHashrate(figures.hashrate)}
        severity=${severities.hashrate} isLow=${true} />
    </td>
    <td class="trend">
      <${Sparkline}
        values=${store.findTrail(member.name).hashrates} />
    </td>
    <td class="number">
      <${Value} text=${formatCelsius(figures.celsius)}
        severity=${severities.celsius} />
    </td>
    <td class="number">
      <${Value} text=${speed} severity=${severities.rpm} />
    </td>
    <td class="number">
      <${Value} text=${formatPercent(figures.rejectPercent)}
        severity=${severities.rejects} />
    </td>
    <td>
      <${Value} text=${html`<${Text} text=${formatPool(figures.pool)} />`}
        severity=${severities.pools} />
    </td>
    <td class="number">${formatDuration(figures.uptimeS)}</td>
  `;
}
