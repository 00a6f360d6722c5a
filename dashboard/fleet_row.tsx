/**
 * A rig in the table of all, as a row or as a tile. It is drawn anew only when
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
import {
  type Figures,
  findWorst,
  makeWebUrl,
  type Member,
  readFigures,
} from "./figures.ts";
import { type Column, describeState } from "./fleet_columns.ts";
import { cleanText, formatAge, formatHashrate, UNKNOWN } from "./format.ts";
import { Text, Value } from "./page_parts.tsx";
import type { RigStore } from "./store.ts";

/** Whether a rig answers, or the worst of its trouble. */
export function State({ member }: { member: Member }): JSX.Element {
  const { state, trouble } = member;
  const worst = findWorst(trouble);
  const title = trouble?.map(({ what }) => cleanText(what)).join("\n");
  return (
    <span class={`state ${worst === "" ? state : worst}`} title={title}>
      {describeState(member)}
      {worst !== "" && <span class="unseen">{` (${worst})`}</span>}
    </span>
  );
}

/** A rig's own web page, as far as it has one. */
export function WebLink(
  { address, children }: {
    address: string | undefined;
    children: ComponentChildren;
  },
): JSX.Element {
  const url = makeWebUrl(address);
  return url === undefined
    ? <>{children}</>
    : <a href={url} target="_blank" rel="noopener noreferrer">{children}</a>;
}

/** Pixels; style.css says the same. */
export const ROW_HEIGHT = 36;

/** What a row is given. */
export interface RigRowProps {
  readonly member: Member;
  readonly store: RigStore;
  /** Those to show; the same list until another is chosen. */
  readonly columns: readonly Column[];
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
    // Old values, and what is down, tell their age, which grows.
    return !isSame || next.isStale || next.member.state === "down";
  }

  override render(
    { member, store, columns, row, isStale, isSelected, onChoose }: RigRowProps,
  ): JSX.Element {
    const { name, state } = member;
    const choose = (
      { currentTarget }: TargetedEvent<HTMLInputElement>,
    ) => this.props.onChoose?.(name, currentTarget.checked);
    const figures = readFigures(member);
    const first = columns.find(({ isFigure }) => isFigure);
    const span = columns.filter(({ isFigure }) => isFigure).length;
    const cells = columns.map((column) => {
      if (state === "up" || !column.isFigure) {
        return this.#renderCell(column, figures);
      }
      // One that is not up says why, over the room of all its figures.
      return column === first && (
        <td key={column.key} class="problem" colspan={span}>
          <Text text={describeProblem(member, store)} />
        </td>
      );
    });
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
        {cells}
      </tr>
    );
  }

  #renderCell(column: Column, figures: Figures): JSX.Element {
    const { member, store, isStale } = this.props;
    const { key, isNumeric, show, judge } = column;
    if (key === "name") {
      return (
        <th scope="row" key={key} class="name">
          <a href={toRigHash(member.name)}>
            <Text text={member.name} />
          </a>
        </th>
      );
    }
    if (key === "state") {
      return (
        <td class="state" key={key}>
          <State member={member} />
          {isStale && " "}
          {isStale && (
            <small>· {formatAge(store.readAgeMs(member.name))}</small>
          )}
        </td>
      );
    }
    if (key === "trend") {
      return (
        <td class="trend" key={key}>
          <Sparkline values={store.findSeries(member.name).columns.hashrate} />
        </td>
      );
    }
    const text = show(member, figures) || UNKNOWN;
    if (key === "address") {
      return (
        <td key={key}>
          <WebLink address={member.address}>
            <Text text={text} />
          </WebLink>
        </td>
      );
    }
    return (
      <td class={isNumeric ? "number" : ""} key={key}>
        <Value
          text={isNumeric ? text : <Text text={text} />}
          severity={judge?.(figures)}
        />
      </td>
    );
  }
}

/** @param name A rig's. */
function toRigHash(name: string): string {
  return `#/rig/${encodeURIComponent(name)}`;
}

function describeProblem(
  { problem, since, state }: Member,
  store: RigStore,
): string {
  if (problem === undefined) {
    return state === "down" ? "It does not answer" : UNKNOWN;
  }
  const ageMs = store.nowMs() - Date.parse(since ?? "");
  const age = Number.isFinite(ageMs) ? ` (${formatAge(ageMs)})` : "";
  return [problem.title + age, problem.detail, problem.hint]
    .filter(Boolean).join(". ");
}

/** What a tile is given. */
interface RigTileProps {
  readonly member: Member;
  readonly isStale: boolean;
}

/** A rig as a small tile, of which hundreds are seen at once. */
export class RigTile extends Component<RigTileProps> {
  override shouldComponentUpdate(next: RigTileProps): boolean {
    return next.member !== this.props.member ||
      next.isStale !== this.props.isStale;
  }

  override render({ member, isStale }: RigTileProps): JSX.Element {
    const { name, state } = member;
    const { worst, hashrate } = readFigures(member);
    const note = worst === "" && hashrate !== undefined
      ? formatHashrate(hashrate)
      : describeState(member);
    const kind = worst === "" ? state : worst;
    return (
      <li class={isStale ? "stale" : ""}>
        <a class={`rig-tile ${kind}`} href={toRigHash(name)}>
          <Text text={name} />
          <small class={`state ${kind}`}>{note}</small>
        </a>
      </li>
    );
  }
}
