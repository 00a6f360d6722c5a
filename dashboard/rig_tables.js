/**
 * A rig's devices, fans and pools as tables.
 *
 * @module
 */

import { html } from "./preact.js";
import { judgeTemperature, pickHashrate } from "./figures.js";
import {
  formatAge,
  formatCelsius,
  formatCount,
  formatHashrate,
  formatLarge,
  formatPool,
  formatRpm,
  UNKNOWN,
} from "./format.js";
import { Text, Value } from "./page_parts.js";
import { judge } from "./thresholds.js";

/** A table in a box that scrolls, if a column says anything. */
function List({ title, columns, rows }) {
  if (rows.length === 0) return null;
  const shown = columns.filter(({ read, isKept }) =>
    isKept || rows.some((row) => read(row) !== undefined)
  );
  return html`
    <section>
      <h3>${title}</h3>
      <div class="scroll" tabindex="0"
        role="region" aria-label=${title}>
        <table>
          <thead>
            <tr>${shown.map(({ label, isNumeric }) =>
              html`<th scope="col" class=${
                isNumeric ? "number" : ""
              }>${label}</th>`
            )}</tr>
          </thead>
          <tbody>${rows.map((row) =>
            html`<tr key=${row.name ?? row.index}>${
              shown.map(({ read, show, isNumeric, isKept }) => {
                const value = read(row);
                const content = value === undefined
                  ? UNKNOWN
                  : show
                  ? show(value, row)
                  : html`<${Text} text=${value} />`;
                return isKept
                  ? html`<th scope="row">${content}</th>`
                  : html`<td class=${
                    isNumeric ? "number" : ""
                  }>${content}</td>`;
              })
            }</tr>`
          )}</tbody>
        </table>
      </div>
    </section>
  `;
}

/** @param {{ status?: string, isUp?: boolean }} thing A device or a pool. */
function readStatus({ status, isUp }) {
  if (status !== undefined) return status;
  return isUp === undefined ? undefined : isUp ? "Up" : "Down";
}

/** Whether it works, as a colour that is never alone. */
function showStatus(status, { isUp }) {
  const severity = isUp === false && !/disabled/i.test(status) ? "red" : "";
  return html`<span class="value ${severity}"><${Text} text=${status} /></span>`;
}

function showTemperatures(temperatures) {
  return html`<span class="temperatures">${
    temperatures.map((temperature) =>
      html`<span key=${temperature.sensor}><${Text} text=${temperature.sensor} />
        ${" "}<${Value} text=${formatCelsius(temperature.celsius)}
          severity=${judgeTemperature(temperature)} /></span>`
    )
  }</span>`;
}

const DEVICE_COLUMNS = [
  { label: "Device", read: ({ name }) => name, isKept: true },
  { label: "Status", read: readStatus, show: showStatus },
  {
    label: "Hashrate",
    read: ({ hashrate }) => pickHashrate(hashrate),
    show: formatHashrate,
    isNumeric: true,
  },
  {
    label: "Average",
    read: ({ hashrate }) => hashrate?.average,
    show: formatHashrate,
    isNumeric: true,
  },
  {
    label: "Temperatures",
    read: ({ temperatures }) => temperatures?.length ? temperatures : undefined,
    show: showTemperatures,
  },
  {
    label: "Hardware errors",
    read: ({ hardwareErrors }) => hardwareErrors,
    show: formatCount,
    isNumeric: true,
  },
  {
    label: "Accepted",
    read: ({ shares }) => shares?.accepted,
    show: formatCount,
    isNumeric: true,
  },
  {
    label: "Rejected",
    read: ({ shares }) => shares?.rejected,
    show: formatCount,
    isNumeric: true,
  },
];

/** @param {{ devices: readonly object[] }} props */
export function Devices({ devices }) {
  return html`<${List} title="Devices" columns=${DEVICE_COLUMNS} rows=${devices} />`;
}

/** @param {{ fans: readonly { name: string, rpm?: number, percent?: number }[] }} props */
export function Fans({ fans }) {
  const hasTurning = fans.some(({ rpm }) => rpm > 0);
  const columns = [
    { label: "Fan", read: ({ name }) => name, isKept: true },
    {
      label: "Speed",
      read: ({ rpm }) => rpm,
      isNumeric: true,
      show: (rpm) =>
        html`
          <${Value} text=${formatRpm(rpm)}
            severity=${hasTurning ? judge("fan", rpm) : ""} />
        `,
    },
    {
      label: "Of full speed",
      read: ({ percent }) => percent,
      isNumeric: true,
      show: (percent) => `${formatCount(percent)} %`,
    },
  ];
  return html`<${List} title="Fans" columns=${columns} rows=${fans} />`;
}

/** @param {number} nowS Unix time in seconds, by the gateway's clock. */
function listPoolColumns(nowS) {
  const count = (label, key) => ({
    label,
    read: ({ shares }) => shares?.[key],
    show: formatCount,
    isNumeric: true,
  });
  return [
    { label: "Pool", read: ({ index }) => index, show: String, isKept: true },
    { label: "Address", read: ({ url }) => url && formatPool(url) },
    { label: "Status", read: readStatus, show: showStatus },
    {
      label: "In use",
      read: ({ isActive }) => isActive,
      show: (isActive) => isActive ? html`<strong>In use</strong>` : "No",
    },
    {
      label: "Priority",
      read: ({ priority }) => priority,
      show: String,
      isNumeric: true,
    },
    count("Accepted", "accepted"),
    count("Rejected", "rejected"),
    count("Stale", "stale"),
    {
      label: "Difficulty",
      read: ({ difficulty }) => difficulty,
      show: formatLarge,
      isNumeric: true,
    },
    {
      label: "Last share",
      read: ({ lastShareTimeS }) => lastShareTimeS,
      show: (timeS) => formatAge((nowS - timeS) * 1000),
      isNumeric: true,
    },
  ];
}

/** @param {{ pools: readonly object[], nowS: number }} props */
export function Pools({ pools, nowS }) {
  return html`<${List} title="Pools" columns=${
    listPoolColumns(nowS)
  } rows=${pools} />`;
}
