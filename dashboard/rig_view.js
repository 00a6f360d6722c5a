/**
 * One rig: its hashrate by window and over time, devices, fans, pools,
 * versions, what may be done with it, and any command's reply.
 *
 * @module
 */

import { html, useEffect, useRef } from "./preact.js";
import { Chart } from "./chart.js";
import { CommandBox } from "./command_box.js";
import { readFigures, WINDOWS } from "./figures.js";
import {
  formatCelsius,
  formatCount,
  formatDuration,
  formatHashrate,
  formatLarge,
  formatPercent,
  formatRpm,
} from "./format.js";
import { Age, State, Text, Tile, useLazy } from "./page_parts.js";
import { Devices, Fans, Pools } from "./rig_tables.js";

const WINDOW_WORDS = {
  "5s": "5 seconds",
  "1m": "1 minute",
  "5m": "5 minutes",
  "15m": "15 minutes",
  average: "Since the start",
};

function RigSums({ member }) {
  const figures = readFigures(member);
  const { severities } = figures;
  const { telemetry = {} } = member;
  const { hashrate = {}, shares = {} } = telemetry;
  const fans = telemetry.fans?.length ?? 0;
  const windows = WINDOWS.filter((window) => hashrate[window] !== undefined);
  const newest = windows[0];
  const calm = figures.hashratePercent;
  return html`<dl class="tiles">
    <${Tile} label="Hashrate" text=${formatHashrate(figures.hashrate)}
      severity=${severities.hashrate} isLow=${true}
      note=${
    severities.hashrate !== "" && calm !== undefined
      ? `${formatPercent(calm)} of its average`
      : WINDOW_WORDS[newest]
  } />
    <${Tile} label="Hottest" text=${formatCelsius(figures.celsius)}
      severity=${severities.celsius} />
    ${
    fans > 0 && html`
      <${Tile} label="Slowest fan" text=${formatRpm(figures.rpm)}
        severity=${severities.rpm} note=${`of ${fans}`} />
    `
  }
    <${Tile} label="Rejected" text=${formatPercent(figures.rejectPercent)}
      severity=${severities.rejects}
      note=${
    shares.rejected !== undefined && `${formatCount(shares.rejected)} shares`
  } />
    <${Tile} label="Accepted" text=${formatCount(shares.accepted)}
      note=${
    shares.stale !== undefined && `${formatCount(shares.stale)} stale`
  } />
    <${Tile} label="Hardware errors" text=${
    formatCount(telemetry.hardwareErrors)
  } />
    <${Tile} label="Best share" text=${formatLarge(telemetry.bestShare)}
      note=${
    telemetry.blocksFound > 0 &&
    `${formatCount(telemetry.blocksFound)} blocks found`
  } />
    ${
    telemetry.powerW !== undefined &&
    html`<${Tile} label="Power" text=${`${formatCount(telemetry.powerW)} W`} />`
  }
    <${Tile} label="Uptime" text=${formatDuration(telemetry.uptimeS)} />
  </dl>
  ${
    windows.length > 1 && html`
      <section>
        <h3>Hashrate by window</h3>
        <dl class="windows">${windows.map((window) =>
          html`
            <div key=${window}>
              <dt>${WINDOW_WORDS[window]}</dt>
              <dd>${formatHashrate(hashrate[window])}</dd>
            </div>
          `
        )}</dl>
      </section>
    `
  }`;
}

function History({ store, name }) {
  useEffect(() => {
    store.readHistory(name);
  }, [store.generation]);
  const { times, hashrates, celsius } = store.findTrail(name);
  const series = [{
    label: "Hashrate",
    values: hashrates,
    format: formatHashrate,
    color: "--accent",
    scale: "hashrate",
  }, {
    label: "Hottest",
    values: celsius,
    format: formatCelsius,
    color: "--heat",
    scale: "celsius",
  }];
  const shown = celsius.some((value) => value !== null)
    ? series
    : series.slice(0, 1);
  return html`
    <${Chart} key=${shown.length} times=${times} series=${shown}
      label=${shown.length === 2 ? "Hashrate and temperature" : "Hashrate"} />
  `;
}

function Versions({ member }) {
  const { miner = {} } = member.telemetry ?? {};
  const rows = [
    ["Model", miner.model],
    ["Miner", [miner.software, miner.version].filter(Boolean).join(" ")],
    ["API", miner.api],
    ["Firmware", miner.firmware],
    ["Address", member.address],
  ].filter(([, text]) => text);
  return html`
    <section>
      <h3>Versions</h3>
      <dl class="windows">${rows.map(([label, text]) =>
        html`
          <div key=${label}>
            <dt>${label}</dt>
            <dd>
              <${Text} text=${text} />
            </dd>
          </div>
        `
      )}</dl>
    </section>
  `;
}

const loadTrouble = () => import("./trouble.js");

function Trouble(props) {
  const Part = useLazy(loadTrouble, "Trouble");
  return Part && html`<${Part} ...${props} />`;
}

function Absent(props) {
  const Part = useLazy(loadTrouble, "Absent");
  return Part && html`<${Part} ...${props} />`;
}

function RigActions({ store, member }) {
  const Actions = useLazy(() => import("./actions.js"), "Actions");
  if (Actions === undefined || store.access === undefined) return null;
  return html`
    <div class="command">
      <${Actions} rigs=${[member]} access=${store.access} title="Actions"
        onDone=${() => store.readAccess()} />
    </div>
  `;
}

/** Its numbers, which are grey as soon as they may be old. */
function Figures({ store, member }) {
  const { devices = [], fans = [], pools = [] } = member.telemetry ?? {};
  const nowS = store.nowMs() / 1000;
  return html`
    <${RigSums} member=${member} />
    <${History} store=${store} name=${member.name} />
    <${Devices} devices=${devices} />
    <div class="side">
      <${Fans} fans=${fans} />
      <${Versions} member=${member} />
    </div>
    <${Pools} pools=${pools} nowS=${nowS} />
  `;
}

let wasLinkFollowed = false;
addEventListener("hashchange", () => wasLinkFollowed = true);

/**
 * Takes the focus from the link that led here, and gives it back when the view
 * is left; each goes away with its view.
 *
 * @param {string} name The rig.
 * @returns {{ current: HTMLElement | null }} For the heading.
 */
function useFocus(name) {
  const heading = useRef(null);
  useEffect(() => {
    // Who has just come to the page begins at its beginning.
    if (wasLinkFollowed && isNothingFocused()) heading.current?.focus();
    return () =>
      requestAnimationFrame(() => {
        const link = `a[href="#/rig/${CSS.escape(encodeURIComponent(name))}"]`;
        if (isNothingFocused()) document.querySelector(link)?.focus();
      });
  }, []);
  return heading;
}

function isNothingFocused() {
  return document.activeElement === document.body;
}

/**
 * @param {{ store: import("./store.js").RigStore, name: string,
 *   home: string, hasFleet: boolean }} props `home`: where all rigs are.
 */
export function RigView({ store, name, home, hasFleet }) {
  const heading = useFocus(name);
  const found = name === "default" && !store.rigs.has(name)
    ? store.access?.defaultRig ?? name
    : name;
  const member = store.rigs.get(found);
  const back = hasFleet && html`<p><a href=${home}>← All rigs</a></p>`;
  if (member === undefined) {
    return html`${back}<${Absent} store=${store} name=${found} home=${home} />`;
  }
  const isStale = store.isStale(found);
  const tags = Object.entries(member.tags ?? {});
  const readAgeMs = () => store.readAgeMs(found);
  return html`
    ${back}
    <div class="line rig-head">
      <h2 ref=${heading} tabindex="-1"><${Text} text=${found} /></h2>
      <${State} state=${member.state} />
      ${tags.map(([key, value]) =>
        html`<span class="tag" key=${key}><${Text} text=${`${key}:${value}`} /></span>`
      )}
      ${member.state === "up" && html`<span class="muted">${"heard "}<${Age}
      readAgeMs=${readAgeMs} /></span>`}
    </div>
    ${isStale && html`<p class="note">These are the last values known.</p>`}
    <div class=${isStale ? "stale" : ""}>${member.state === "up"
      ? html`<${Figures} store=${store} member=${member} />`
      : html`
        <${Trouble} store=${store} member=${member} />
        <${History} store=${store} name=${found} />
      `}</div>
    <${RigActions} store=${store} member=${member} />
    <${CommandBox} rig=${found} access=${store.access} />
  `;
}
