/**
 * The dashboard: which view the address names, the connection's state, and what
 * is shown where there is nothing else to show.
 *
 * @module
 */

import { html, render, useEffect, useReducer, useState } from "./preact.js";
import { FleetView } from "./fleet_view.js";
import { Age, loadMissing, ProblemText, useLazy } from "./page_parts.js";
import { watchPage } from "./page_watch.js";
import { BASE, readHash, readPlace, toUrl } from "./place.js";
import { RigView } from "./rig_view.js";
import { RigStore } from "./store.js";
import { getToken } from "./token.js";

const place = readPlace(location.pathname, BASE);
/** Where all rigs are. */
const home = place.rig === undefined ? "#" : toUrl("/");
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
  if (phase === "connecting") return html`<p class="note">Connecting …</p>`;
  // One that is paused comes back at once, or is lost.
  if (phase !== "lost") return null;
  const readAgeMs = () => store.readNewestAgeMs();
  return html`
    <div class="banner">
      <div><strong>Connection lost, retrying.</strong>
        <span>${problem
          ? html`<${ProblemText} problem=${problem} />`
          : GONE}</span>
        <span>${store.rigs.size > 0 && KEPT}</span>
        <span aria-hidden="true">${" Last heard "}<${Age} readAgeMs=${readAgeMs} />.</span></div>
      <button type="button" onClick=${() => store.connect()}>Try now</button>
    </div>
  `;
}

/** Most gateways have no token. */
function Token() {
  const TokenButton = useLazy(() => import("./token_form.js"), "TokenButton");
  return TokenButton && html`
    <${TokenButton} access=${store.access} onDone=${() => store.connect()} />
  `;
}

function Denied() {
  const Part = useLazy(() => import("./trouble.js"), "Denied");
  return Part && html`<${Part} store=${store} />`;
}

function Legend() {
  const Table = useLazy(() => import("./legend.js"), "Legend");
  return Table && html`<${Table} />`;
}

function Thresholds() {
  const [isOpen, setOpen] = useState(false);
  return html`
    <details class="legend" onToggle=${({ target }) => setOpen(target.open)}>
      <summary>When a value turns amber or red</summary>
      ${isOpen && html`<${Legend} />`}
    </details>
  `;
}

function App() {
  const [, refresh] = useReducer((count) => count + 1, 0);
  useEffect(() => store.subscribe(refresh), []);
  const named = useRoute();
  const count = Math.max(store.rigCount ?? 0, store.rigs.size);
  // The first that has come need not be the only one.
  const isSingle = store.rigCount === 1 && store.rigs.size === 1;
  const name = named ?? (isSingle ? store.names[0] : undefined);
  const { access, phase } = store;
  const hasToken = phase !== "denied" &&
    (access?.hasToken || getToken() !== undefined);
  useEffect(loadMissing, [store.generation]);
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
      <div class="token">${hasToken && html`<${Token} />`}</div>
    </header>
    <div role="status">${html`<${Connection} />`}</div>
    <main>${store.phase === "denied"
      ? html`<${Denied} />`
      : name !== undefined
      ? html`
        <${RigView} key=${name} store=${store} name=${name}
          home=${home} hasFleet=${count > 1} />
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
  paused: "Connecting",
  lost: "Not connected",
  denied: "No permission",
};

store.connect();
watchPage(store);
const root = document.getElementById("app");
root.replaceChildren();
render(html`<${App} />`, root);
