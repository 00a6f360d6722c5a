/**
 * What has to be chosen before an action, and the sentence that says what will
 * happen.
 *
 * @module
 */

import { makeOrder } from "./action_orders.js";
import {
  joinPoolDetails,
  listDevices,
  listPools,
  moveEntry,
} from "./action_table.js";
import { html, useEffect, useRef, useState } from "./preact.js";

/**
 * The form of an action.
 *
 * @param {object} props Its properties.
 * @param {import("./action_table.js").Action} props.action The action.
 * @param {readonly object[]} props.rigs Members of `/-/rigs`.
 * @param {object} props.access The answer of `/-/access`.
 * @param {boolean} props.isRunning Whether another one is under way.
 * @param {(order: import("./action_orders.js").Order) => void} props.onOrder Called with what was chosen.
 * @param {() => void} props.onCancel Called when nothing shall happen.
 * @returns {object} The element.
 */
export function ActionForm({ action, isRunning, onOrder, onCancel, ...props }) {
  const form = useRef(null);
  useEffect(() => {
    form.current.querySelector("select, input, button")?.focus();
  }, []);
  const { rigs } = props;
  const choice = useChoice(action, props);
  const order = makeOrder(action, rigs, choice);
  const submit = (event) => {
    event.preventDefault();
    const added = action.needs === "newPool" && takePoolDetails(form.current);
    onOrder(added ? { ...order, ...added } : order);
  };
  return html`
    <form
      class="action-form"
      ref=${form}
      autocomplete="off"
      aria-label=${action.title}
      onSubmit=${submit}
      onKeyDown=${({ key }) => key === "Escape" && onCancel()}
    >
      ${choice.fields}
      <p class="action-sentence" role="status">${order.sentence}</p>
      <div class="action-buttons">
        <button type="submit" class="primary" disabled=${isRunning}>
          ${action.title}${action.isAsked ? "…" : ""}
        </button>
        <button type="button" onClick=${onCancel}>Cancel</button>
      </div>
    </form>
  `;
}

/** What is chosen now, and the fields to choose it with. */
function useChoice(action, { rigs, access }) {
  const [chosen, setChosen] = useState(undefined);
  const { needs } = action;
  if (needs === "pool") return choosePool(action, rigs, chosen, setChosen);
  if (needs === "device") {
    const devices = listDevices(rigs, action, access);
    const device = devices.find(({ name }) => name === chosen) ?? devices[0];
    const options = devices.map(({ name }) => [name, name]);
    return {
      kind: device?.kind,
      parameter: device?.number,
      words: { device: device?.name },
      fields: makeSelect("Device", options, device?.name, setChosen),
    };
  }
  if (needs === "order") return chooseOrder(rigs, chosen, setChosen);
  return needs === "newPool"
    ? { fields: html`<${NewPoolFields} />` }
    : { parameter: action.parameter };
}

/** The pool that most likely is meant comes first. */
function choosePool(action, rigs, chosen, setChosen) {
  const pools = listPools(rigs);
  const isLikely = ({ isActive, isDisabled, isEnabled }) =>
    action.name === "enablepool" ? isDisabled : !isActive && isEnabled;
  const pool = pools.find(({ index }) => String(index) === chosen) ??
    pools.find(isLikely) ?? pools[0];
  const options = pools.map(({ index, words, isActive, isDisabled }) => [
    String(index),
    words + (isActive ? ", in use" : isDisabled ? ", disabled" : ""),
  ]);
  const value = pool && String(pool.index);
  return {
    parameter: value,
    words: { pool: pool?.words },
    fields: makeSelect("Pool", options, value, setChosen),
  };
}

function makeSelect(label, options, value, setChosen) {
  return html`
    <label>
      ${label}
      <select
        value=${value}
        onChange=${({ currentTarget }) => setChosen(currentTarget.value)}
      >
        ${options.map(([key, words]) =>
          html`
            <option key=${key} value=${key} selected=${key === value}>
              ${words}
            </option>
          `
        )}
      </select>
    </label>
  `;
}

function chooseOrder(rigs, chosen, setChosen) {
  const pools = listPools(rigs)
    .sort((one, other) => one.priority - other.priority);
  const byIndex = new Map(pools.map((pool) => [pool.index, pool]));
  const order = (chosen ?? [...byIndex.keys()]).filter((index) =>
    byIndex.has(index)
  );
  const move = (at, by) => setChosen(moveEntry(order, at, by));
  const fields = html`
    <ol class="action-order" aria-label="Pools, the first choice first">
      ${order.map((index, at) =>
        html`
          <li key=${index}>
            <button
              type="button"
              aria-label="Move pool ${index} up"
              aria-disabled=${at === 0}
              onClick=${() => move(at, -1)}
            >
              ↑
            </button>
            <button
              type="button"
              aria-label="Move pool ${index} down"
              aria-disabled=${at === order.length - 1}
              onClick=${() => move(at, 1)}
            >
              ↓
            </button>
            <span>${byIndex.get(index)?.words}</span>
          </li>
        `
      )}
    </ol>
  `;
  return {
    parameter: order.join(","),
    words: { order: order.join(", ") },
    fields,
  };
}

function NewPoolFields() {
  return html`
    <label>
      Pool URL
      <input
        name="url"
        required
        spellcheck=${false}
        autocapitalize="off"
        placeholder="stratum+tcp://pool.example:3333"
      />
    </label>
    <label>
      User
      <input
        name="user"
        required
        autocomplete="off"
        spellcheck=${false}
        autocapitalize="off"
      />
    </label>
    <label>
      Password
      <input
        name="password"
        type="password"
        required
        autocomplete="new-password"
        aria-describedby="password-note"
      />
    </label>
    <p id="password-note">
      Many pools take any, such as x; the rig does not take an empty one.
    </p>
  `;
}

/** Takes what was typed, and leaves none of it in the page. */
function takePoolDetails(form) {
  const { url, user, password } = form.elements;
  const secret = password.value;
  const parameter = joinPoolDetails(url.value.trim(), user.value, secret);
  form.reset();
  return { parameter, secret };
}
