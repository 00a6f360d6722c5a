/**
 * Which values are amber or red: loaded when it is opened.
 *
 * @module
 */

import { html } from "./preact.js";
import { describeThreshold, THRESHOLDS } from "./thresholds.js";

/** The table of thresholds. */
export function Legend() {
  return html`
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
  `;
}
