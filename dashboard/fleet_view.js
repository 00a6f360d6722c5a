/**
 * The fleet: sums, a chart, and a table of all rigs of which only the rows in
 * sight are in the page.
 *
 * @module
 */

import {
  html,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "./preact.js";
import { Chart } from "./chart.js";
import { readFigures } from "./figures.js";
import {
  cleanText,
  formatCelsius,
  formatCount,
  formatHashrate,
  formatPercent,
} from "./format.js";
import { COLUMNS, RigRow, ROW_HEIGHT } from "./fleet_row.js";
import { Age, Tile, useLazy } from "./page_parts.js";
import { judge } from "./thresholds.js";

/** Rows beyond the edge that are there before they are scrolled to. */
const OVERSCAN = 8;

/** @typedef {{ key: string, isUp: boolean }} Order */

/** Which rigs a filter by state shows. */
const STATES = {
  all: () => true,
  up: ({ state }) => state === "up",
  down: ({ state }) => state === "down",
  attention: (member) => readFigures(member).worst !== "",
};

/**
 * @param {import("./store.js").RigStore} store
 * @param {{ text: string, state: keyof typeof STATES, order: Order }} view
 * @returns {import("./figures.js").Member[]} The rigs to show, in order.
 */
export function selectMembers(store, { text, state, order }) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const members = store.names.map((name) => store.rigs.get(name))
    .filter((member) => member !== undefined && STATES[state](member))
    .filter((member) => {
      const { words: known } = readFigures(member);
      return words.every((word) => known.includes(word));
    });
  const column = COLUMNS.find(({ key }) => key === order.key);
  const read = column?.read;
  if (read === undefined) return order.isUp ? members : members.reverse();
  // Computed once each, not at each comparison; the names' order stays.
  const keyed = members.map((member) => ({ member, value: read(member) }));
  const sign = order.isUp ? 1 : -1;
  keyed.sort(({ value: a }, { value: b }) => {
    if (a === b) return 0;
    if (a === undefined) return 1;
    if (b === undefined) return -1;
    return a < b ? -sign : sign;
  });
  return keyed.map(({ member }) => member);
}

/** @param {{ store: import("./store.js").RigStore, onAttention: () => void }} props */
function FleetSums({ store, onAttention }) {
  const { hashrate, up, down, hottest, rejectPercent, attention } = store.sums;
  const all = Math.max(store.rigCount ?? 0, store.rigs.size);
  const severity = judge("down", all === 0 ? undefined : down / all * 100);
  const waiting = all - up - down;
  const heat = hottest && readFigures(hottest);
  return html`
    <dl class="tiles ${store.phase === "live" ? "" : "stale"}">
      <${Tile} label="Hashrate" text=${formatHashrate(hashrate)}
        note=${waiting > 0 &&
          `of ${formatCount(up + down)} of ${formatCount(all)} rigs so far`} />
      <${Tile} label="Rigs up" text=${`${formatCount(up)} of ${
        formatCount(all)
      }`} />
      <${Tile} label="Rigs down" text=${formatCount(
        down,
      )} severity=${severity} />
      <${Tile} label="Hottest" text=${formatCelsius(heat?.celsius)}
        severity=${heat?.severities.celsius}
        note=${hottest && html`<bdi>${cleanText(hottest.name)}</bdi>`} />
      <${Tile} label="Rejected" text=${formatPercent(rejectPercent)}
        severity=${judge("rejects", rejectPercent)} />
      <${Tile} label="Need attention" text=${formatCount(attention)}
        severity=${attention > 0 ? "amber" : ""}
        note=${attention > 0 &&
          html`<button type="button" class="plain" onClick=${onAttention}>Show them</button>`} />
    </dl>
  `;
}

/** @param {{ column: typeof COLUMNS[number], order: Order, onOrder: Function }} props */
function Heading({ column, order, onOrder }) {
  const { key, label, isNumeric } = column;
  const isChosen = order.key === key;
  const direction = order.isUp ? "ascending" : "descending";
  const arrow = order.isUp ? "▲" : "▼";
  return html`
    <th scope="col" class="${key} ${isNumeric ? "number" : ""}"
      aria-sort=${isChosen ? direction : undefined}>
        ${column.isFixed
          ? label
          : html`<button type="button" class="plain" onClick=${() =>
            onOrder({ key, isUp: isChosen ? !order.isUp : !isNumeric })}>
      ${label}<span aria-hidden="true">${isChosen ? ` ${arrow}` : ""}</span>
    </button>`}</th>
  `;
}

/** What was chosen, for who comes back from a rig. */
const kept = {
  text: "",
  state: "all",
  order: { key: "name", isUp: true },
  selected: new Set(),
  /** Pixels that the table and the page were scrolled. */
  top: 0,
  pageTop: 0,
};

/** @param {keyof typeof kept} key Of what is kept. */
function useKept(key) {
  const [value, setValue] = useState(kept[key]);
  return [value, (next) => setValue(kept[key] = next)];
}

/** How much of the table is in sight. */
function useWindow(/** @type {{ current: HTMLElement | null }} */ box) {
  const [range, setRange] = useState({ top: kept.top, height: 600 });
  useLayoutEffect(() => {
    box.current.scrollTop = kept.top;
    scrollTo(0, kept.pageTop);
    return () => kept.pageTop = scrollY;
  }, []);
  useEffect(() => {
    const read = () => {
      const { scrollTop: top, clientHeight: height } = box.current;
      kept.top = top;
      setRange((known) =>
        known.top === top && known.height === height ? known : { top, height }
      );
    };
    const observer = new ResizeObserver(read);
    observer.observe(box.current);
    box.current.addEventListener("scroll", read, { passive: true });
    return () => observer.disconnect();
  }, []);
  return range;
}

/** @param {{ height: number, span: number }} props */
function Spacer({ height, span }) {
  if (height <= 0) return null;
  return html`
    <tr class="spacer" aria-hidden="true">
      <td colspan=${span} style=${{ height: `${height}px` }}></td>
    </tr>
  `;
}

function Table({ store, members, order, onOrder, selected, onSelect }) {
  const box = useRef(null);
  const { top, height } = useWindow(box);
  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - OVERSCAN);
  const end = Math.ceil((top + height) / ROW_HEIGHT) + OVERSCAN;
  const shown = members.slice(first, end);
  const canSelect = onSelect !== undefined;
  const span = COLUMNS.length + (canSelect ? 1 : 0);
  const isAll = members.length > 0 &&
    members.every(({ name }) => selected.has(name));
  const choose = (name, isChosen) => {
    const names = new Set(selected);
    if (isChosen) names.add(name);
    else names.delete(name);
    onSelect(names);
  };
  const chooseAll = () =>
    onSelect(isAll ? new Set() : new Set(members.map(({ name }) => name)));
  return html`
    <div class="scroll fleet" ref=${box} tabindex="0" role="region"
      aria-label="Rigs">
      <table aria-rowcount=${members.length + 1}>
        <thead>
          <tr>
            ${canSelect &&
              html`<th scope="col" class="select"><label class="check">
          <input type="checkbox" checked=${isAll} onChange=${chooseAll}
            aria-label="Select all rigs that are listed" /></label></th>`}
            ${COLUMNS.map((column) =>
              html`
                <${Heading} key=${column.key} column=${column} order=${order}
                  onOrder=${onOrder} />
              `
            )}
          </tr>
        </thead>
        <tbody>
            <${Spacer} key=" top" height=${first * ROW_HEIGHT} span=${span} />
            ${shown.map((member, index) =>
              html`
                <${RigRow} key=${member.name} member=${member} store=${store}
                  row=${first + index + 2} isStale=${store.isStale(member.name)}
                  isLive=${store.phase === "live"}
                  generation=${store.generation}
                  points=${store.findTrail(member.name).times.at(-1)}
                  historyLength=${store.findTrail(member.name).times.length}
                  isSelected=${selected.has(member.name)}
                  onChoose=${canSelect ? choose : undefined} />
              `
            )}
            <${Spacer} key=" end" span=${span}
              height=${(members.length - first - shown.length) * ROW_HEIGHT} />
          </tbody>
      </table>
    </div>
  `;
}

function Silent(props) {
  const Part = useLazy(() => import("./trouble.js"), "Silent");
  return Part && html`<${Part} ...${props} />`;
}

function NoRig() {
  return html`
    <section class="panel">
      <h2>No rig yet</h2>
      <p>The gateway is asking its rigs, or has none. They are named
        by${" "}<code>--rig NAME=HOST:PORT</code>, in the file
        of${" "}<code>--config</code>, or found by${" "}<code>--discover</code>.</p>
    </section>
  `;
}

/** What stands instead of the table, or above it. */
function Advice({ store }) {
  const { up, down } = store.sums;
  const { size } = store.rigs;
  if (store.phase === "connecting") return null;
  if (size === 0) {
    return store.phase === "live" && html`<${NoRig} />`;
  }
  if (up > 0 || down === 0 || !store.isComplete) return null;
  const first = store.rigs.get(store.names[0]);
  return html`<${Silent} problem=${first?.problem} />`;
}

function Selection(props) {
  const Part = useLazy(() => import("./selection.js"), "Selection");
  return Part && html`<${Part} ...${props} />`;
}

/** @param {any} access As `/-/access` says. */
export function mayWrite(access) {
  const writing = new Set(
    (access?.commands ?? []).filter(({ group }) => group === "W")
      .map(({ name }) => name),
  );
  return (access?.allowed ?? []).some((name) => writing.has(name));
}

/** @param {{ store: import("./store.js").RigStore }} props */
export function FleetView({ store }) {
  const [text, setText] = useKept("text");
  const [state, setState] = useKept("state");
  const [order, setOrder] = useKept("order");
  const [selected, select] = useKept("selected");
  const members = selectMembers(store, { text, state, order });
  const canWrite = useMemo(() => mayWrite(store.access), [store.access]);
  const { times, hashrates } = store.trail;
  const series = [{
    label: "Hashrate",
    values: hashrates,
    format: formatHashrate,
    color: "--accent",
    scale: "hashrate",
  }];
  const isEmpty = store.rigs.size === 0;
  const readAgeMs = () => store.readNewestAgeMs();
  return html`
    <h2 class="unseen">Fleet</h2>
    <${Advice} store=${store} />
    <${FleetSums} store=${store} onAttention=${() => setState("attention")} />
    ${(store.phase === "lost" || store.phase === "paused") && !isEmpty &&
      html`<p class="note">Values from <${Age} readAgeMs=${readAgeMs} />.</p>`}
    ${!isEmpty && html`
      <${Chart} label="Hashrate of all rigs" times=${times}
        series=${series} />
      <div class="line filter">
        <label>Filter <input type="search" value=${text} maxlength="200"
          placeholder="name, tag, pool, model"
          onInput=${({ target }) => setText(target.value)} /></label>
        <label>State <select value=${state}
          onChange=${({ target }) => setState(target.value)}>
          <option value="all">All</option>
          <option value="up">Up</option>
          <option value="down">Down</option>
          <option value="attention">Need attention</option>
        </select></label>
        <span class="muted" role="status">${members.length === store.rigs.size
          ? `${formatCount(members.length)} rigs`
          : `${formatCount(members.length)} of ${
            formatCount(store.rigs.size)
          } rigs`}</span>
      </div>
      ${canWrite && selected.size > 0 && html`
        <${Selection} store=${store} members=${members}
          selected=${selected} onDone=${() => select(new Set())} />
      `}
      <${Table} store=${store} members=${members} order=${order}
        onOrder=${setOrder} selected=${selected}
        onSelect=${canWrite ? select : undefined} />
      ${members.length === 0 &&
        html`
          <p
            class="empty">No rig matches. <button type="button" onClick=${() => {
              setText("");
              setState("all");
            }}>Show all</button></p>
        `}
    `}
  `;
}
