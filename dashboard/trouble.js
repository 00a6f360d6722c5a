/**
 * What is shown where there are no numbers: no right to read, no rig, or one
 * that does not answer. Most visits never see it: it is loaded when wanted.
 *
 * @module
 */

import { html, useEffect } from "./preact.js";
import { UNKNOWN } from "./format.js";
import { Age, ProblemText, Text, useLazy } from "./page_parts.js";
import { setToken } from "./token.js";

/** Why there are no numbers. */
export function Trouble({ store, member }) {
  const { problem, state, taken, since } = member;
  if (state === "unknown") {
    return html`
      <section class="panel">
        <p>The rig has not been asked yet.</p>
      </section>
    `;
  }
  const readSince = () => store.nowMs() - Date.parse(since ?? "");
  const readTaken = () => store.nowMs() - Date.parse(taken ?? "");
  const isFirst = taken === undefined;
  return html`<section class="panel bad">
    <h3>${isFirst ? "The rig does not answer" : "The rig is down"}</h3>
    ${problem && html`<${ProblemText} problem=${problem} />`}
    <p class="muted">${`Down since ${formatMoment(since)}, `}
      <${Age} readAgeMs=${readSince} />${
    !isFirst && html`${`. Last values: ${formatMoment(taken)}, `}
      <${Age} readAgeMs=${readTaken} />`
  }.</p>
    ${isFirst && html`<${Steps} />`}
  </section>`;
}

/**
 * @param {string | undefined} time As the gateway writes it.
 * @returns {string} In English, as the page, and in the viewer's time zone:
 * `Nov 22, 2026, 3:04:05 PM GMT+1`.
 */
export function formatMoment(time) {
  const date = new Date(time ?? "");
  return Number.isNaN(date.getTime())
    ? UNKNOWN
    : date.toLocaleString("en", { dateStyle: "medium", timeStyle: "long" });
}

/** A rig that is named by an address, but is not there. */
export function Absent({ store, name, home }) {
  if (store.phase !== "live" || !store.isComplete) {
    return html`<p class="note">Waiting for the rig …</p>`;
  }
  return html`
    <section class="panel">
      <h2>No such rig</h2>
      <p>There is no rig called <${Text} text=${name} />. <a href=${home}>All rigs</a></p>
    </section>
  `;
}

const ALLOW = " with this gateway's address as the rig sees it, or R:ADDRESS " +
  "for reading alone. Without it, the miner answers its own machine only.";

/**
 * Why no rig may answer, for who has just begun.
 */
export function Steps() {
  return html`
    <div class="steps">
      <p>What to check, on the rig:</p>
      <ol>
        <li>The miner runs, and its API is on: <code>--api-listen</code>${", or "}
        <code>"api-listen": true</code>${" in its configuration."}</li>
        <li>It lets this gateway in: <code>--api-allow W:ADDRESS</code>${ALLOW}</li>
        <li>The port is the miner's: 4028 as a rule, or its${" "}
        <code>--api-port</code>; and no firewall stands between.</li>
      </ol>
      <p>This page goes on asking, and shows each rig once it answers.</p>
    </div>
  `;
}

/** What a client sees that may not read. */
export function Denied({ store }) {
  // Only a wrong one is refused like that; the gateway would count each guess.
  useEffect(() => setToken(undefined), []);
  const TokenForm = useLazy(() => import("./token_form.js"), "TokenForm");
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

/** A gateway whose rigs are all down. */
export function Silent({ problem }) {
  return html`<section class="panel bad">
    <h2>No rig answers</h2>
    ${problem && html`<${ProblemText} problem=${problem} />`}
    <${Steps} />
  </section>`;
}
