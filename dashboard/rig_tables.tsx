/**
 * A rig's devices, fans and pools as tables.
 *
 * @module
 */

import type { ComponentChildren, JSX } from "npm:preact@11";
import type {
  Device,
  Fan,
  Pool,
  ShareCounts,
  Temperature,
} from "../telemetry/telemetry.ts";
import type { Trouble } from "../telemetry/trouble.ts";
import { findWorst, pickHashrate } from "./figures.ts";
import {
  formatAge,
  formatCelsius,
  formatCount,
  formatHashrate,
  formatLarge,
  formatPool,
  formatRpm,
  UNKNOWN,
} from "./format.ts";
import { Text, Value } from "./page_parts.tsx";

/** A column of a table. */
interface Column<Row> {
  readonly label: string;
  /** What stands in a row; undefined: the row says nothing of it. */
  readonly show: (row: Row) => ComponentChildren | undefined;
  readonly isNumeric?: boolean;
  /** Whether it names the row, and is there whatever it says. */
  readonly isName?: boolean;
}

/** Shows a value, if there is one. */
function showKnown<T>(
  value: T | undefined,
  show: (value: T) => ComponentChildren,
): ComponentChildren | undefined {
  return value === undefined ? undefined : show(value);
}

function showText(text: string): JSX.Element {
  return <Text text={text} />;
}

interface ListProps<Row> {
  readonly title: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly readKey: (row: Row) => string | number;
}

/** A table in a box that scrolls, of the columns that say anything. */
function List<Row>(
  { title, columns, rows, readKey }: ListProps<Row>,
): JSX.Element | null {
  if (rows.length === 0) return null;
  const shown = columns
    .map((column) => ({ ...column, cells: rows.map(column.show) }))
    .filter(({ isName, cells }) =>
      isName || cells.some((cell) => cell !== undefined)
    );
  return (
    <section>
      <h3>{title}</h3>
      <div class="scroll" tabindex={0} role="region" aria-label={title}>
        <table>
          <thead>
            <tr>
              {shown.map(({ label, isNumeric }) => (
                <th key={label} scope="col" class={isNumeric ? "number" : ""}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={readKey(row)}>
                {shown.map(({ label, cells, isNumeric, isName }) => {
                  const cell = cells[at] ?? UNKNOWN;
                  return isName
                    ? <th key={label} scope="row">{cell}</th>
                    : (
                      <td key={label} class={isNumeric ? "number" : ""}>
                        {cell}
                      </td>
                    );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** What a device or a pool says of itself; whether that is trouble is not said. */
function showStatus({ status, isUp }: Device | Pool): JSX.Element | undefined {
  if (status === undefined && isUp === undefined) return undefined;
  return <Text text={status ?? (isUp ? "Up" : "Down")} />;
}

function showTemperatures(
  temperatures: readonly Temperature[],
): JSX.Element | undefined {
  if (temperatures.length === 0) return undefined;
  return (
    <span class="temperatures">
      {temperatures.map((temperature) => (
        <span key={temperature.sensor}>
          <Text text={temperature.sensor} />{" "}
          {formatCelsius(temperature.celsius)}
        </span>
      ))}
    </span>
  );
}

function makeShareColumn(
  label: string,
  key: keyof ShareCounts,
): Column<Device | Pool> {
  return {
    label,
    show: ({ shares }) => showKnown(shares?.[key], formatCount),
    isNumeric: true,
  };
}

const ACCEPTED = makeShareColumn("Accepted", "accepted");
const REJECTED = makeShareColumn("Rejected", "rejected");

/** A name, marked as badly as the trouble that is about it. */
function showName(
  name: string,
  trouble: readonly Trouble[] = [],
  device: string = name,
): JSX.Element {
  const severity = findWorst(trouble.filter((one) => one.device === device));
  return <Value text={<Text text={name} />} severity={severity} />;
}

const DEVICE_COLUMNS: readonly Column<Device>[] = [
  { label: "Status", show: (device) => showStatus(device) },
  {
    label: "Hashrate",
    show: ({ hashrate }) => showKnown(pickHashrate(hashrate), formatHashrate),
    isNumeric: true,
  },
  {
    label: "Average",
    show: ({ hashrate }) => showKnown(hashrate?.average, formatHashrate),
    isNumeric: true,
  },
  {
    label: "Temperatures",
    show: ({ temperatures = [] }) => showTemperatures(temperatures),
  },
  {
    label: "Hardware errors",
    show: ({ hardwareErrors }) => showKnown(hardwareErrors, formatCount),
    isNumeric: true,
  },
  ACCEPTED,
  REJECTED,
];

/** The table of devices or hash chains; those with trouble are marked. */
export function Devices(
  { devices, trouble }: {
    devices: readonly Device[];
    trouble: readonly Trouble[] | undefined;
  },
): JSX.Element | null {
  const columns: readonly Column<Device>[] = [
    {
      label: "Device",
      show: ({ name }) => showName(name, trouble),
      isName: true,
    },
    ...DEVICE_COLUMNS,
  ];
  return (
    <List
      title="Devices"
      columns={columns}
      rows={devices}
      readKey={({ name }) => name}
    />
  );
}

/** The table of fans; those with trouble are marked. */
export function Fans(
  { fans, trouble }: {
    fans: readonly Fan[];
    trouble: readonly Trouble[] | undefined;
  },
): JSX.Element | null {
  const columns: readonly Column<Fan>[] = [
    {
      label: "Fan",
      show: ({ name }) => showName(name, trouble, `fan ${name}`),
      isName: true,
    },
    {
      label: "Speed",
      show: ({ rpm }) => showKnown(rpm, formatRpm),
      isNumeric: true,
    },
    {
      label: "Of full speed",
      show: ({ percent }) =>
        showKnown(percent, (value) => `${formatCount(value)} %`),
      isNumeric: true,
    },
  ];
  return (
    <List
      title="Fans"
      columns={columns}
      rows={fans}
      readKey={({ name }) => name}
    />
  );
}

/** Marks a pool that trouble is about. */
function showPool(
  { index }: Pool,
  trouble: readonly Trouble[] = [],
): JSX.Element {
  const severity = findWorst(
    trouble.filter(({ device }) => device === `pool ${index}`),
  );
  return <Value text={String(index)} severity={severity} />;
}

function listPoolColumns(
  nowS: number,
  trouble: readonly Trouble[] | undefined,
): readonly Column<Pool>[] {
  return [
    { label: "Pool", show: (pool) => showPool(pool, trouble), isName: true },
    {
      label: "Address",
      show: ({ url }) => url && showText(formatPool(url)),
    },
    { label: "Status", show: showStatus },
    {
      label: "In use",
      show: ({ isActive }) =>
        showKnown(isActive, (is) => is ? <strong>In use</strong> : "No"),
    },
    {
      label: "Priority",
      show: ({ priority }) => showKnown(priority, String),
      isNumeric: true,
    },
    ACCEPTED,
    REJECTED,
    makeShareColumn("Stale", "stale"),
    {
      label: "Difficulty",
      show: ({ difficulty }) => showKnown(difficulty, formatLarge),
      isNumeric: true,
    },
    {
      label: "Last share",
      show: ({ lastShareTimeS }) =>
        showKnown(lastShareTimeS, (timeS) => formatAge((nowS - timeS) * 1000)),
      isNumeric: true,
    },
  ];
}

/** What may be done with a pool: what stands in its row, and its action. */
const POOL_ACTIONS: readonly (readonly [string, string])[] = [
  ["Switch", "switchpool"],
  ["Enable", "enablepool"],
  ["Disable", "disablepool"],
  ["Remove", "removepool"],
];

/** Whether an action makes sense for a pool; `api.c` refuses the others. */
function isUseful(name: string, { status, isActive }: Pool): boolean {
  const isDisabled = status?.toLowerCase() === "disabled";
  if (name === "enablepool") return isDisabled;
  return name === "disablepool" ? !isDisabled : !isActive;
}

function listPoolActions({ names, opened, act }: PoolDesk): Column<Pool>[] {
  const offered = POOL_ACTIONS.filter(([, name]) => names.includes(name));
  return offered.length === 0 ? [] : [{
    label: "Actions",
    show: (pool) => (
      <div class="row-actions">
        {offered.filter(([, name]) => isUseful(name, pool)).map((
          [title, name],
        ) => (
          <button
            key={name}
            type="button"
            aria-label={`${title} pool ${pool.index}`}
            aria-expanded={opened?.name === name && opened.pool === pool.index}
            onClick={() => act(name, pool.index)}
          >
            {title}
          </button>
        ))}
      </div>
    ),
  }];
}

/** What a viewer may do with the pools of a table. */
export interface PoolDesk {
  /** Names of the actions that are possible. */
  readonly names: readonly string[];
  /** The action whose form is open, and its pool. */
  readonly opened:
    | { readonly name: string; readonly pool?: number | undefined }
    | undefined;
  /** Opens the form of an action. */
  readonly act: (name: string, pool: number) => void;
}

/** What the table of pools is given. */
interface PoolsProps {
  readonly pools: readonly Pool[];
  /** Unix time in seconds, by the gateway's clock. */
  readonly nowS: number;
  readonly trouble: readonly Trouble[] | undefined;
  readonly desk: PoolDesk;
}

/** The table of pools, with what may be done with each. */
export function Pools(
  { pools, nowS, trouble, desk }: PoolsProps,
): JSX.Element | null {
  return (
    <List
      title="Pools"
      columns={[...listPoolColumns(nowS, trouble), ...listPoolActions(desk)]}
      rows={pools}
      readKey={({ index }) => index}
    />
  );
}
