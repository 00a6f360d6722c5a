/**
 * The dashboard: which view the address names, the connection's state, and what
 * is shown where there is nothing else to show.
 *
 * @module
 */

import { html, render, useEffect, useReducer, useState } from "./preact.js";
import { FleetView } from "./fleet_view.js";
import { Age, ProblemText, useLazy } from "./page_parts.js";
import { BASE, readHash, readPlace, toUrl } from "./place.js";
import { RigView } from "./rig_view.js";
import { RigStore } from "./store.js";
import { describeThreshold, THRESHOLDS } from "./thresholds.js";
import { getToken, setToken } from "./token.js";

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

const loadTokenParts = () => import("./token_form.js");

/** @param {string} name Of a component; most gateways have no token. */
function useTokenPart(name) {
  return useLazy(loadTokenParts, name);
}

function Token() {
  const TokenButton = useTokenPart("TokenButton");
  return TokenButton && html`
    <${TokenButton} access=${store.access} onDone=${() => store.connect()} />
  `;
}

function Denied() {
  // Only a wrong one is refused like that; the gateway would count each guess.
  useEffect(() => setToken(undefined), []);
  const TokenForm = useTokenPart("TokenForm");
  const { problem } = store;
  const isTokenAsked = problem?.status === 401;
  return html`<section class="panel bad">
    <h2>No permission</h2>
    <${ProblemText} problem=${
    isTokenAsked ? { ...problem, hint: undefined } : problem
  } />
    <p>Who may read is set by the gateway's <code>--allow</code>, or by a
      token; see docs/security.md.</p>
    ${
    isTokenAsked && TokenForm &&
    html`<${TokenForm} onToken=${() => store.connect()} />`
  }
    <p><button type="button" onClick=${() =>
    store.connect()}>Try again</button></p>
  </section>`;
}

function Thresholds() {
  return html`
    <details class="legend">
      <summary>When a value turns amber or red</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Thresholds">
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
  const isSettled = access !== undefined && store.isComplete;
  useEffect(() => {
    // Not only when it is wanted: who may not read any more gets no file either.
    if (isSettled) loadTokenParts().catch(() => {});
  }, [isSettled]);
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
  lost: "Not connected",
  denied: "No permission",
};

addEventListener("online", () => store.phase === "lost" && store.connect());
store.connect();
const root = document.getElementById("app");
root.replaceChildren();
render(html`<${App} />`, root);
