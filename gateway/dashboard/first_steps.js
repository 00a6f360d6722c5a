/**
 * What to check where no rig answers.
 *
 * @module
 */

import { html } from "./preact.js";

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
