/**
 * The rigs of the fleet that are chosen, and what may be done with them: loaded
 * when one is.
 *
 * @module
 */

import { html } from "./preact.js";
import { useLazy } from "./page_parts.js";

/**
 * The buttons for the rigs that are chosen, also for those that are not shown.
 *
 * @param {object} props Its properties.
 * @param {import("./store.js").RigStore} props.store Where the rigs are.
 * @param {ReadonlySet<string>} props.selected Names of those chosen.
 * @param {readonly object[]} props.members The rigs that the filter shows.
 * @param {() => void} props.onDone Called when none shall be chosen any more.
 * @returns {object | null} The element.
 */
export function Selection({ store, selected, members, onDone }) {
  const Actions = useLazy(() => import("./actions.js"), "Actions");
  const rigs = [...selected].map((name) => store.rigs.get(name))
    .filter((member) => member !== undefined);
  if (rigs.length === 0 || Actions === undefined) return null;
  const hidden = rigs.length -
    members.filter(({ name }) => selected.has(name)).length;
  return html`
    <section class="panel" aria-label="Actions on the selection">
      <div
        class="line"><strong role="status">${rigs
          .length} selected${hidden > 0 &&
          `, ${hidden} not shown`}</strong>
          <button type="button" onClick=${onDone}>Clear the selection</button></div>
      <${Actions} rigs=${rigs} access=${store.access} onDone=${() =>
        store.readAccess()} />
    </section>
  `;
}
