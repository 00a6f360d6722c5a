/**
 * The fleet: sums, a chart, and a table of all rigs of which only the rows in
 * sight are in the page.
 *
 * @module
 */

import type { ComponentChildren, JSX, RefObject } from "npm:preact@11";
import {
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "npm:preact@11/hooks";
import type { AccessDocument } from "../gateway/pages/access_page.ts";
import { Actions } from "./actions.tsx";
import { Chart, type ChartLine } from "./chart.tsx";
import { type Member, readFigures } from "./figures.ts";
import {
  cleanText,
  formatCelsius,
  formatCount,
  formatHashrate,
  formatPercent,
} from "./format.ts";
import { type Column, COLUMNS, RigRow, ROW_HEIGHT } from "./fleet_row.tsx";
import { Age, Tile } from "./page_parts.tsx";
import type { RigStore } from "./store.ts";
import { Silent } from "./trouble.tsx";

/** Rows beyond the edge that are there before they are scrolled to. */
const OVERSCAN = 8;

/** What the table is sorted by. */
interface Order {
  readonly key: string;
  readonly isUp: boolean;
}

/** Which rigs a filter by state shows. */
const STATES = {
  all: () => true,
  up: ({ state }: Member) => state === "up",
  down: ({ state }: Member) => state === "down",
  attention: (member: Member) => readFigures(member).worst !== "",
};

/** What the table shows. */
interface View {
  /** Words that a rig has to have. */
  readonly text: string;
  readonly state: keyof typeof STATES;
  readonly order: Order;
}

/** Gives the rigs to show, in order. */
function selectMembers(
  store: RigStore,
  { text, state, order }: View,
): Member[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const members = store.names.map((name) => store.rigs.get(name))
    .filter((member) => member !== undefined)
    .filter(STATES[state])
    .filter((member) => {
      const { words: known } = readFigures(member);
      return words.every((word) => known.includes(word));
    });
  const read = COLUMNS.find(({ key }) => key === order.key)?.read;
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

function FleetSums(
  { store, onAttention }: { store: RigStore; onAttention: () => void },
): JSX.Element {
  const { hashrate, up, down, hottest, rejectPercent, attention } = store.sums;
  const all = Math.max(store.rigCount ?? 0, store.rigs.size);
  const waiting = all - up - down;
  const heat = hottest && readFigures(hottest);
  return (
    <dl class={`tiles ${store.phase === "live" ? "" : "stale"}`}>
      <Tile
        label="Hashrate"
        text={formatHashrate(hashrate)}
        note={waiting > 0 &&
          `of ${formatCount(up + down)} of ${formatCount(all)} rigs so far`}
      />
      <Tile
        label="Rigs up"
        text={`${formatCount(up)} of ${formatCount(all)}`}
      />
      <Tile
        label="Rigs down"
        text={formatCount(down)}
      />
      <Tile
        label="Hottest"
        text={formatCelsius(heat?.celsius)}
        severity={heat?.severities.celsius}
        note={hottest && <bdi>{cleanText(hottest.name)}</bdi>}
      />
      <Tile
        label="Rejected"
        text={formatPercent(rejectPercent)}
      />
      <Tile
        label="Need attention"
        text={formatCount(attention)}
        severity={attention > 0 ? "warning" : ""}
        note={attention > 0 &&
          (
            <button type="button" class="plain" onClick={onAttention}>
              Show them
            </button>
          )}
      />
    </dl>
  );
}

function Heading({ column, order, onOrder }: {
  column: Column;
  order: Order;
  onOrder: (order: Order) => void;
}): JSX.Element {
  const { key, label, isNumeric } = column;
  const isChosen = order.key === key;
  const direction = order.isUp ? "ascending" : "descending";
  const arrow = order.isUp ? "▲" : "▼";
  return (
    <th
      scope="col"
      class={`${key} ${isNumeric ? "number" : ""}`}
      aria-sort={isChosen ? direction : undefined}
    >
      {column.isFixed ? label : (
        <button
          type="button"
          class="plain"
          onClick={() =>
            onOrder({ key, isUp: isChosen ? !order.isUp : !isNumeric })}
        >
          {label}
          <span aria-hidden="true">{isChosen ? ` ${arrow}` : ""}</span>
        </button>
      )}
    </th>
  );
}

/** What was chosen, for who comes back from a rig. */
const kept = {
  text: "",
  state: "all" as View["state"],
  order: { key: "name", isUp: true } as Order,
  /** Names of the rigs that are ticked. */
  selected: new Set() as ReadonlySet<string>,
  /** Pixels that the table and the page were scrolled. */
  top: 0,
  pageTop: 0,
};

/** @param key Of what is kept. */
function useKept<Key extends keyof typeof kept>(
  key: Key,
): [typeof kept[Key], (next: typeof kept[Key]) => void] {
  const [value, setValue] = useState(kept[key]);
  return [value, (next) => setValue(() => kept[key] = next)];
}

/** How much of the table is in sight. */
function useWindow(
  box: RefObject<HTMLElement | null>,
): { top: number; height: number } {
  const [range, setRange] = useState({ top: kept.top, height: 600 });
  // Not useEffect, whose end comes when the table is gone and scrolled to 0.
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null) return undefined;
    current.scrollTop = kept.top;
    scrollTo(0, kept.pageTop);
    const read = () => {
      const { scrollTop: top, clientHeight: height } = current;
      kept.top = top;
      setRange((known) =>
        known.top === top && known.height === height ? known : { top, height }
      );
    };
    const observer = new ResizeObserver(read);
    observer.observe(current);
    current.addEventListener("scroll", read, { passive: true });
    return () => {
      kept.pageTop = scrollY;
      observer.disconnect();
    };
  }, []);
  return range;
}

function Spacer(
  { height, span }: { height: number; span: number },
): JSX.Element | null {
  if (height <= 0) return null;
  return (
    <tr class="spacer" aria-hidden="true">
      <td colspan={span} style={{ height: `${height}px` }}></td>
    </tr>
  );
}

interface TableProps {
  readonly store: RigStore;
  /** Those to show, in order. */
  readonly members: readonly Member[];
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
  readonly selected: ReadonlySet<string>;
  /** Without it, none can be ticked. */
  readonly onSelect: ((names: ReadonlySet<string>) => void) | undefined;
}

function Table(
  { store, members, order, onOrder, selected, onSelect }: TableProps,
): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const { top, height } = useWindow(box);
  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - OVERSCAN);
  const end = Math.ceil((top + height) / ROW_HEIGHT) + OVERSCAN;
  const shown = members.slice(first, end);
  const canSelect = onSelect !== undefined;
  const span = COLUMNS.length + (canSelect ? 1 : 0);
  const isAll = members.length > 0 &&
    members.every(({ name }) => selected.has(name));
  const choose = (name: string, isChosen: boolean) => {
    const names = new Set(selected);
    if (isChosen) names.add(name);
    else names.delete(name);
    onSelect?.(names);
  };
  const chooseAll = () =>
    onSelect?.(isAll ? new Set() : new Set(members.map(({ name }) => name)));
  return (
    <div
      class="scroll fleet"
      ref={box}
      tabindex={0}
      role="region"
      aria-label="Rigs"
    >
      <table aria-rowcount={members.length + 1}>
        <thead>
          <tr>
            {canSelect &&
              (
                <th scope="col" class="select">
                  <label class="check">
                    <input
                      type="checkbox"
                      checked={isAll}
                      onChange={chooseAll}
                      aria-label="Select all rigs that are listed"
                    />
                  </label>
                </th>
              )}
            {COLUMNS.map((column) => (
              <Heading
                key={column.key}
                column={column}
                order={order}
                onOrder={onOrder}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer key=" top" height={first * ROW_HEIGHT} span={span} />
          {shown.map((member, index) => (
            <RigRow
              key={member.name}
              member={member}
              store={store}
              row={first + index + 2}
              isStale={store.isStale(member.name)}
              generation={store.generation}
              lastS={store.findSeries(member.name).times.at(-1)}
              pointCount={store.findSeries(member.name).times.length}
              isSelected={selected.has(member.name)}
              onChoose={canSelect ? choose : undefined}
            />
          ))}
          <Spacer
            key=" end"
            span={span}
            height={(members.length - first - shown.length) * ROW_HEIGHT}
          />
        </tbody>
      </table>
    </div>
  );
}

function NoRig(): JSX.Element {
  return (
    <section class="panel">
      <h2>No rig yet</h2>
      <p>
        The gateway is asking its rigs, or has none. They are named by{" "}
        <code>--rig NAME=HOST:PORT</code>, in the file of{" "}
        <code>--config</code>, or found by <code>--discover</code>.
      </p>
    </section>
  );
}

/** What stands instead of the table, or above it. */
function Advice({ store }: { store: RigStore }): ComponentChildren {
  const { up, down } = store.sums;
  const { size } = store.rigs;
  if (store.phase === "connecting") return null;
  if (size === 0) {
    return store.phase === "live" && <NoRig />;
  }
  if (up > 0 || down === 0 || !store.isComplete) return null;
  const first = store.rigs.get(store.names[0] ?? "");
  return <Silent problem={first?.problem} />;
}

interface SelectionProps {
  readonly store: RigStore;
  readonly selected: ReadonlySet<string>;
  /** The rigs that the filter shows. */
  readonly members: readonly Member[];
  /** Called when none shall be ticked any more. */
  readonly onClear: () => void;
}

/** What may be done with the ticked rigs, also with those that are not shown. */
function Selection(
  { store, selected, members, onClear }: SelectionProps,
): JSX.Element | null {
  const rigs = [...selected].map((name) => store.rigs.get(name))
    .filter((member) => member !== undefined);
  if (rigs.length === 0) return null;
  const hidden = rigs.length -
    members.filter(({ name }) => selected.has(name)).length;
  return (
    <section class="panel" aria-label="Actions on the selection">
      <div class="line">
        <strong role="status">
          {rigs.length} selected{hidden > 0 && `, ${hidden} not shown`}
        </strong>
        <button type="button" onClick={onClear}>Clear the selection</button>
      </div>
      <Actions
        rigs={rigs}
        access={store.access}
        onDone={() => store.readAccess()}
      />
    </section>
  );
}

/** Whether the client may send anything that changes a rig. */
function mayWrite(
  { commands, allowed }: Pick<AccessDocument, "commands" | "allowed">,
): boolean {
  const writing = new Set(
    commands.filter(({ group }) => group === "W").map(({ name }) => name),
  );
  return allowed.some((name) => writing.has(name));
}

/** All rigs. */
export function FleetView({ store }: { store: RigStore }): JSX.Element {
  const [text, setText] = useKept("text");
  const [state, setState] = useKept("state");
  const [order, setOrder] = useKept("order");
  const [selected, select] = useKept("selected");
  const members = selectMembers(store, { text, state, order });
  const { access } = store;
  const canWrite = useMemo(() => access && mayWrite(access), [access]);
  const { times, hashrates } = store.series;
  const lines: ChartLine[] = [{
    label: "Hashrate",
    values: hashrates,
    format: formatHashrate,
    color: "--accent",
    scale: "hashrate",
  }];
  const isEmpty = store.rigs.size === 0;
  const readAgeMs = () => store.readNewestAgeMs();
  return (
    <>
      <h2 class="unseen">Fleet</h2>
      <Advice store={store} />
      <FleetSums store={store} onAttention={() => setState("attention")} />
      {(store.phase === "lost" || store.phase === "paused") && !isEmpty &&
        (
          <p class="note">
            Values from <Age readAgeMs={readAgeMs} />.
          </p>
        )}
      {!isEmpty && (
        <>
          <Chart label="Hashrate of all rigs" times={times} lines={lines} />
          <div class="line filter">
            <label>
              Filter{" "}
              <input
                type="search"
                value={text}
                maxlength={200}
                placeholder="name, tag, pool, model"
                onInput={({ currentTarget }) => setText(currentTarget.value)}
              />
            </label>
            <label>
              State{" "}
              <select
                value={state}
                onChange={({ currentTarget }) =>
                  setState(currentTarget.value as View["state"])}
              >
                <option value="all">All</option>
                <option value="up">Up</option>
                <option value="down">Down</option>
                <option value="attention">Need attention</option>
              </select>
            </label>
            <span class="muted" role="status">
              {members.length === store.rigs.size
                ? `${formatCount(members.length)} rigs`
                : `${formatCount(members.length)} of ${
                  formatCount(store.rigs.size)
                } rigs`}
            </span>
          </div>
          {canWrite && selected.size > 0 && (
            <Selection
              store={store}
              members={members}
              selected={selected}
              onClear={() => select(new Set())}
            />
          )}
          <Table
            store={store}
            members={members}
            order={order}
            onOrder={setOrder}
            selected={selected}
            onSelect={canWrite ? select : undefined}
          />
          {members.length === 0 &&
            (
              <p class="empty">
                No rig matches.{" "}
                <button
                  type="button"
                  onClick={() => {
                    setText("");
                    setState("all");
                  }}
                >
                  Show all
                </button>
              </p>
            )}
        </>
      )}
    </>
  );
}
