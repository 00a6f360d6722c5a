/**
 * The dashboard: which view the address names, the connection's state, and what
 * is shown where there is nothing else to show.
 *
 * @module
 */

import { html, render, useEffect, useReducer, useState } from "./preact.js";
import { FleetView } from "./fleet_view.js";
import { Age, ProblemText, useLazy } from "./page_parts.js";
import { RigView } from "./rig_view.js";
import { RigStore } from "./store.js";
import { describeThreshold, THRESHOLDS } from "./thresholds.js";

/** @param {string} text A part of an address, escaped. */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param {string} path `/`, or `/@garage/`, `/@all/`, `/@site:barn/`.
 * @returns {{ rig?: string, tag?: string }} What it is about.
 */
function readPath(path) {
  const name = decode(path.match(/^\/@([^/]*)/)?.[1] ?? "all");
  if (name === "all" || name === "") return {};
  return name.includes(":") ? { tag: name } : { rig: name };
}

/** @param {string} hash What stands after `#`, with it. */
function readHash(hash) {
  const name = hash.match(/^#\/rig\/(.+)$/)?.[1];
  return name === undefined ? undefined : decode(name);
}

const place = readPath(location.pathname);
const store = new RigStore({ tag: place.tag });

/** The name of the rig that the address names, if it does. */
function useRoute() {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const listen = () => setHash(location.hash);
    addEventListener("hashchange", listen);
    return () => removeEventListener("hashchange", listen);
  }, []);
  return readHash(hash) ?? (hash === "" ? place.rig : undefined);
}

const GONE = " The gateway does not answer.";
const KEPT = " The values are the last ones known.";

function Connection() {
  const { phase, problem } = store;
  if (phase === "live" || phase === "denied") return null;
  if (phase === "connecting") return html`<p class="note">Connecting …</p>`;
  const readAgeMs = () => performance.now() - store.phaseMs;
  return html`
    <div class="banner">
      <div><strong>Connection lost, retrying.</strong>
        <span>${problem
          ? html`<${ProblemText} problem=${problem} />`
          : GONE}</span>
        <span>${store.rigs.size > 0 && KEPT}</span>
        <span aria-hidden="true">${" Lost "}<${Age} readAgeMs=${readAgeMs} />.</span></div>
      <button type="button" onClick=${() => store.connect()}>Try now</button>
    </div>
  `;
}

function Denied() {
  const TokenForm = useLazy(() => import("./token_form.js"), "TokenForm");
  return html`<section class="panel bad">
    <h2>No permission</h2>
    <${ProblemText} problem=${store.problem} />
    <p>Who may read is set by the gateway's <code>--allow</code>, or by a
      token; see docs/security.md.</p>
    ${TokenForm && html`<${TokenForm} onToken=${() => store.connect()} />`}
  </section>`;
}

function Thresholds() {
  return html`
    <details class="legend">
      <summary>When a value turns amber or red</summary>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Value</th>
              <th scope="col">Amber ▲</th>
              <th scope="col">Red ◆</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>${THRESHOLDS.map((row) => {
            const { amber, red } = describeThreshold(row);
            return html`
              <tr key=${row.key}>
                <th scope="row">${row.label}</th>
                <td>${amber}</td>
                <td>${red}</td>
                <td>${row.why}</td>
              </tr>
            `;
          })}</tbody>
        </table>
      </div>
    </details>
  `;
}

/** Lets a viewer who may only read enter a token, where there is one. */
function TokenEntry() {
  const { access } = store;
  const [isOpen, open] = useState(false);
  if (access?.hasToken !== true || access.group === "W") return null;
  return html`<div class="token">${
    isOpen
      ? html`<${LazyTokenForm} onDone=${() => open(false)} />`
      : html`<button type="button" onClick=${() =>
        open(true)}>Enter a token</button>`
  }</div>`;
}

function LazyTokenForm({ onDone }) {
  const TokenForm = useLazy(() => import("./token_form.js"), "TokenForm");
  const onToken = () => {
    onDone();
    store.connect();
  };
  return TokenForm && html`<${TokenForm} onToken=${onToken} />`;
}

function App() {
  const [, refresh] = useReducer((count) => count + 1, 0);
  useEffect(() => store.subscribe(refresh), []);
  const named = useRoute();
  const count = Math.max(store.rigCount ?? 0, store.rigs.size);
  const isSingle = count === 1 && store.rigs.size === 1;
  const name = named ?? (isSingle ? store.names[0] : undefined);
  useEffect(() => {
    document.title = named === undefined
      ? "chi-server"
      : `${named} · chi-server`;
  }, [named]);
  return html`
    <header class="top">
      <h1>chi-server</h1>
      ${place.tag && html`<bdi class="muted">${place.tag}</bdi>`}
      <span class="dot ${store.phase}" aria-hidden="true"></span>
      <span class="muted">${PHASE_WORDS[store.phase]}</span>
      ${name === undefined && html`<${TokenEntry} />`}
    </header>
    <div role="status">${html`<${Connection} />`}</div>
    <main>${store.phase === "denied"
      ? html`<${Denied} />`
      : name !== undefined
      ? html`
        <${RigView} key=${name} store=${store} name=${name}
          hasFleet=${count > 1} />
      `
      : html`<${FleetView} store=${store} />`}</main>
    <footer>
      <${Thresholds} />
      <p class="muted">chi-server ${store.access?.version ?? ""}</p>
    </footer>
  `;
}

const PHASE_WORDS = {
  connecting: "Connecting",
  live: "Live",
  lost: "Not connected",
  denied: "No permission",
};

addEventListener("online", () => store.phase === "lost" && store.connect());
store.connect();
const root = document.getElementById("app");
root.replaceChildren();
render(html`<${App} />`, root);
