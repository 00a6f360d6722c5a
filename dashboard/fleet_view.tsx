/**
 * The fleet: sums, a chart, and all rigs as a table, of which only the rows in sight
 * are in the page, or as tiles.
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
import { recall, remember } from "./device_storage.ts";
import { type Member, readFigures, sumFleet } from "./figures.ts";
import { type Column, COLUMNS, makeCsv, sortMembers } from "./fleet_columns.ts";
import {
  cleanText,
  formatCelsius,
  formatCount,
  formatHashrate,
  formatPercent,
  sortNames,
} from "./format.ts";
import { RigRow, RigTile, ROW_HEIGHT } from "./fleet_row.tsx";
import { HASHRATE, History } from "./history_chart.tsx";
import { Age, Text, Tile, Value } from "./page_parts.tsx";
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
  return sortMembers(members, order.key, order.isUp);
}

/** Rigs that have the same value of a tag. */
interface Group {
  /** `site:barn`; empty: those that have none. */
  readonly tag: string;
  readonly members: readonly Member[];
}

/** Groups rigs by the value of a tag; those without it come last. */
function groupMembers(members: readonly Member[], key: string): Group[] {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const value = member.tags?.[key];
    const tag = value === undefined ? "" : `${key}:${value}`;
    const group = groups.get(tag);
    if (group === undefined) groups.set(tag, [member]);
    else group.push(member);
  }
  const tags = sortNames(groups.keys()).sort((one, other) =>
    Number(one === "") - Number(other === "")
  );
  return tags.map((tag) => ({ tag, members: groups.get(tag) ?? [] }));
}

function FleetTiles(
  { store, onAttention }: { store: RigStore; onAttention: () => void },
): JSX.Element {
  const { sums } = store;
  const { up, down, hottest, rejectPercent, powerW, attention } = sums;
  const all = Math.max(store.rigCount ?? 0, store.rigs.size);
  const waiting = all - up - down;
  const heat = hottest && readFigures(hottest);
  const [first, ...others] = sums.hashrates;
  const kind = others.length > 0 ? ` ${first?.[0]}` : "";
  const rest = others.map(([name, rate]) => `${formatHashrate(rate)} ${name}`);
  const efficiency = sums.joulesPerTerahash;
  return (
    <dl class={`tiles ${store.phase === "live" ? "" : "stale"}`}>
      <Tile
        label={`Hashrate${kind}`}
        text={formatHashrate(first?.[1])}
        note={waiting > 0
          ? `of ${formatCount(up + down)} of ${formatCount(all)} rigs so far`
          : rest.join(", ")}
      />
      <Tile
        label="Rigs up"
        text={`${formatCount(up)} of ${formatCount(all)}`}
      />
      <Tile
        label="Rigs down"
        text={formatCount(down)}
        severity={down > 0 ? "critical" : ""}
      />
      <Tile
        label="Need attention"
        text={formatCount(attention)}
        severity={sums.worst}
        note={attention > 0 &&
          (
            <button type="button" class="plain" onClick={onAttention}>
              Show them
            </button>
          )}
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
        severity={sums.rejects}
      />
      {powerW !== undefined && (
        <Tile
          label="Power"
          text={powerW < 10_000
            ? `${formatCount(powerW)} W`
            : `${(powerW / 1000).toFixed(1)} kW`}
          note={efficiency !== undefined && `${efficiency.toFixed(1)} J/TH`}
        />
      )}
    </dl>
  );
}

function Heading({ column, order, onOrder }: {
  column: Column;
  order: Order;
  onOrder: (order: Order) => void;
}): JSX.Element {
  const { key, label, width, isNumeric } = column;
  const isChosen = order.key === key;
  const direction = order.isUp ? "ascending" : "descending";
  const arrow = order.isUp ? "▲" : "▼";
  return (
    <th
      scope="col"
      class={`${key} ${isNumeric ? "number" : ""}`}
      style={{ width: `${width / 100}em` }}
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
  order: { key: "state", isUp: true } as Order,
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
  /** The same in groups; without tags there is one. */
  readonly groups: readonly Group[];
  readonly columns: readonly Column[];
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
  readonly selected: ReadonlySet<string>;
  /** Without it, none can be ticked. */
  readonly onSelect: ((names: ReadonlySet<string>) => void) | undefined;
}

/** A line that adds up; of a group, or of all that is listed. */
function SumRow({ members, columns, canSelect, row, tag }: {
  members: readonly Member[];
  columns: readonly Column[];
  canSelect: boolean;
  /** Of a group. */
  row?: number;
  tag?: string;
}): JSX.Element {
  const sums = sumFleet(members);
  return (
    <tr class="sums" aria-rowindex={row}>
      {canSelect && <td class="select"></td>}
      {columns.map((column) => {
        const text = column.sum?.(sums) ?? "";
        return column.key === "name"
          ? (
            <th scope="row" class="name" key={column.key}>
              {tag === undefined ? text : (
                <Text
                  text={`${tag || "no tag"} (${formatCount(members.length)})`}
                />
              )}
            </th>
          )
          : (
            <td key={column.key} class={column.isNumeric ? "number" : ""}>
              {column.key === "state" && sums.attention > 0
                ? (
                  <Value
                    text={formatCount(sums.attention)}
                    severity={sums.worst}
                  />
                )
                : <Text text={text} />}
            </td>
          );
      })}
    </tr>
  );
}

function Table(
  { store, members, groups, columns, order, onOrder, selected, onSelect }:
    TableProps,
): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const { top, height } = useWindow(box);
  // A group begins with a line of its own.
  const lines = groups.length === 1 && groups[0]?.tag === ""
    ? members
    : groups.flatMap((group) => [group, ...group.members]);
  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - OVERSCAN);
  const end = Math.ceil((top + height) / ROW_HEIGHT) + OVERSCAN;
  const shown = lines.slice(first, end);
  const canSelect = onSelect !== undefined;
  const span = columns.length + (canSelect ? 1 : 0);
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
  const width = columns.reduce((sum, column) => sum + column.width, 0) / 100;
  return (
    <div
      class="scroll fleet"
      ref={box}
      tabindex={0}
      role="region"
      aria-label="Rigs"
    >
      <table
        aria-rowcount={lines.length + 1}
        style={{ minWidth: `${width}em` }}
      >
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
            {columns.map((column) => (
              <Heading
                key={column.key}
                column={column}
                order={order}
                onOrder={onOrder}
              />
            ))}
          </tr>
          {members.length > 1 && (
            <SumRow members={members} columns={columns} canSelect={canSelect} />
          )}
        </thead>
        <tbody>
          <Spacer key=" top" height={first * ROW_HEIGHT} span={span} />
          {shown.map((line, index) =>
            "name" in line
              ? (
                <RigRow
                  key={line.name}
                  member={line}
                  store={store}
                  columns={columns}
                  row={first + index + 2}
                  isStale={store.isStale(line.name)}
                  generation={store.generation}
                  lastS={store.findSeries(line.name).times.at(-1)}
                  pointCount={store.findSeries(line.name).times.length}
                  isSelected={selected.has(line.name)}
                  onChoose={canSelect ? choose : undefined}
                />
              )
              : (
                <SumRow
                  key={` ${line.tag}`}
                  members={line.members}
                  columns={columns}
                  canSelect={canSelect}
                  row={first + index + 2}
                  tag={line.tag}
                />
              )
          )}
          <Spacer
            key=" end"
            span={span}
            height={(lines.length - first - shown.length) * ROW_HEIGHT}
          />
        </tbody>
      </table>
    </div>
  );
}

/** Hundreds of rigs at a glance. */
function RigTiles(
  { store, groups }: { store: RigStore; groups: readonly Group[] },
): JSX.Element {
  return (
    <>
      {groups.map(({ tag, members }) => (
        <section key={tag}>
          {(tag !== "" || groups.length > 1) && (
            <h3>
              <Text text={tag || "no tag"} /> ({formatCount(members.length)})
            </h3>
          )}
          <ul class="rig-tiles">
            {members.map((member) => (
              <RigTile
                key={member.name}
                member={member}
                isStale={store.isStale(member.name)}
              />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** What is shown of the rigs, and how; remembered on this device. */
interface Layout {
  /** Keys of columns. */
  readonly columns: readonly string[];
  /** Key of the tag to group by; empty: none. */
  readonly group: string;
  readonly isTiled: boolean;
}

/** Takes what was remembered, as far as it makes sense. */
function recallLayout(): Layout {
  const known = Object(recall("fleet"));
  const keys = Array.isArray(known.columns) ? known.columns : undefined;
  const isShown = ({ key, isUsual }: Column) => keys?.includes(key) ?? isUsual;
  return {
    columns: COLUMNS.filter(isShown).map(({ key }) => key),
    group: typeof known.group === "string" ? known.group : "",
    isTiled: known.isTiled === true,
  };
}

/** Hundredths of an em that a letter takes, and the most that a text does. */
const LETTER_WIDTH = 58;
const MAX_TEXT_WIDTH = 1600;

/** How long what a rig's row says is, by column. */
const lengths = new WeakMap<Member, readonly number[]>();

/** Measured once a value: there may be a thousand rigs, twice a second. */
function measureTexts(member: Member): readonly number[] {
  let known = lengths.get(member);
  if (known === undefined) {
    const figures = readFigures(member);
    known = COLUMNS.map(({ show }) => show(member, figures).length);
    lengths.set(member, known);
  }
  return known;
}

/** Gives the columns to show: those that were chosen, but for the empty ones. */
function listColumns(
  keys: readonly string[],
  members: readonly Member[],
): Column[] {
  const longest = COLUMNS.map(() => 0);
  // Where none is up, what is wrong has the room of all figures.
  const hasFigures = members.some(({ state }) => state === "up");
  for (const member of members) {
    measureTexts(member).forEach((length, at) => {
      if (length > (longest[at] ?? 0)) longest[at] = length;
    });
  }
  return COLUMNS.flatMap((column, at) => {
    const { key, isAlways, isFixed, isFigure, isText, width } = column;
    if (!isAlways && !keys.includes(key)) return [];
    const length = longest[at] ?? 0;
    const isKept = isFixed || (isFigure && !hasFigures);
    if (!isKept && length === 0 && members.length > 0) return [];
    if (!isText) return [column];
    const wanted = Math.min(MAX_TEXT_WIDTH, length * LETTER_WIDTH + 120);
    return [{ ...column, width: Math.max(width, wanted) }];
  });
}

/** Lets the viewer choose what is shown. */
function LayoutMenu({ layout, onLayout, tags, onCsv }: {
  layout: Layout;
  onLayout: (change: Partial<Layout>) => void;
  /** Keys of tags that rigs have. */
  tags: readonly string[];
  onCsv: () => void;
}): JSX.Element {
  const { columns } = layout;
  return (
    <>
      {tags.length > 0 && (
        <label>
          Group by{" "}
          <select
            value={layout.group}
            onChange={({ currentTarget }) =>
              onLayout({ group: currentTarget.value })}
          >
            <option value="">Nothing</option>
            {tags.map((tag) => (
              <option key={tag} value={tag} selected={tag === layout.group}>
                {cleanText(tag)}
              </option>
            ))}
          </select>
        </label>
      )}
      <button
        type="button"
        aria-pressed={layout.isTiled}
        onClick={() => onLayout({ isTiled: !layout.isTiled })}
      >
        Compact
      </button>
      {!layout.isTiled && (
        <details class="menu">
          <summary>Columns</summary>
          <fieldset>
            <legend>Columns that are shown</legend>
            {COLUMNS.filter(({ isAlways }) => !isAlways).map((
              { key, label },
            ) => (
              <label key={key} class="check">
                <input
                  type="checkbox"
                  checked={columns.includes(key)}
                  onChange={({ currentTarget }) =>
                    onLayout({
                      columns: currentTarget.checked
                        ? [...columns, key]
                        : columns.filter((each) => each !== key),
                    })}
                />
                {label}
              </label>
            ))}
          </fieldset>
        </details>
      )}
      <button type="button" onClick={onCsv}>CSV</button>
    </>
  );
}

/** Gives the browser a file to save. */
function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
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
  const isDefault = size === 1 && first?.name === "default";
  return <Silent problem={first?.problem} isDefault={isDefault} />;
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

/** @returns Keys of the tags that rigs have, sorted. */
function listTagKeys(members: Iterable<Member>): string[] {
  const keys = new Set<string>();
  for (const { tags = {} } of members) {
    for (const key in tags) keys.add(key);
  }
  return sortNames(keys);
}

/** The fleet's hashrate over time; of the kind that most rigs compute. */
function FleetChart({ store }: { store: RigStore }): JSX.Element {
  const [kind] = store.sums.hashrates.keys();
  const of = store.sums.hashrates.size > 1 ? `, ${kind}` : "";
  return (
    <History
      store={store}
      name={undefined}
      measures={[{ ...HASHRATE, label: `Hashrate of all rigs${of}` }]}
    />
  );
}

/** All rigs. */
export function FleetView({ store }: { store: RigStore }): JSX.Element {
  const [text, setText] = useKept("text");
  const [state, setState] = useKept("state");
  const [order, setOrder] = useKept("order");
  const [selected, select] = useKept("selected");
  const [layout, setLayout] = useState(recallLayout);
  const members = selectMembers(store, { text, state, order });
  const { access } = store;
  const canWrite = useMemo(() => access && mayWrite(access), [access]);
  const found = listColumns(layout.columns, members);
  const keys = found.map(({ key, width }) => `${key} ${width}`).join();
  // The same list each time: rows are drawn anew with another.
  const columns = useMemo(() => found, [keys]);
  const tags = listTagKeys(store.rigs.values());
  const group = tags.includes(layout.group) ? layout.group : "";
  const groups = group === ""
    ? [{ tag: "", members }]
    : groupMembers(members, group);
  const changeLayout = (change: Partial<Layout>) => {
    const next = { ...layout, ...change };
    setLayout(next);
    remember("fleet", next);
  };
  const isEmpty = store.rigs.size === 0;
  const readAgeMs = () => store.readNewestAgeMs();
  return (
    <>
      <h2 class="unseen">Fleet</h2>
      <Advice store={store} />
      <div class="overview">
        <FleetTiles store={store} onAttention={() => setState("attention")} />
        {!isEmpty && <FleetChart store={store} />}
      </div>
      {(store.phase === "lost" || store.phase === "paused") && !isEmpty &&
        (
          <p class="note">
            Values from <Age readAgeMs={readAgeMs} />.
          </p>
        )}
      {!isEmpty && (
        <>
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
            <div class="tools">
              <LayoutMenu
                layout={{ ...layout, group }}
                onLayout={changeLayout}
                tags={tags}
                onCsv={() => saveFile("rigs.csv", makeCsv(members, columns))}
              />
            </div>
          </div>
          {canWrite && selected.size > 0 && (
            <Selection
              store={store}
              members={members}
              selected={selected}
              onClear={() => select(new Set())}
            />
          )}
          {layout.isTiled ? <RigTiles store={store} groups={groups} /> : (
            <Table
              store={store}
              members={members}
              groups={groups}
              columns={columns}
              order={order}
              onOrder={setOrder}
              selected={selected}
              onSelect={canWrite ? select : undefined}
            />
          )}
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
