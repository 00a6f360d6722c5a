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

/** Whether a device or a pool works, as a colour that never stands by itself. */
function showStatus({ status, isUp }: Device | Pool): JSX.Element | undefined {
  if (status === undefined && isUp === undefined) return undefined;
  const text = status ?? (isUp ? "Up" : "Down");
  const severity = isUp === false && !/disabled/i.test(text) ? "critical" : "";
  return (
    <span class={`value ${severity}`}>
      <Text text={text} />
    </span>
  );
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
  { label: "Status", show: showStatus },
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

/** @param nowS Unix time in seconds, by the gateway's clock. */
function listPoolColumns(nowS: number): readonly Column<Pool>[] {
  return [
    { label: "Pool", show: ({ index }) => String(index), isName: true },
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

/** The table of pools; `nowS` is Unix time in seconds, by the gateway's clock. */
export function Pools(
  { pools, nowS }: { pools: readonly Pool[]; nowS: number },
): JSX.Element | null {
  return (
    <List
      title="Pools"
      columns={listPoolColumns(nowS)}
      rows={pools}
      readKey={({ index }) => index}
    />
  );
}
