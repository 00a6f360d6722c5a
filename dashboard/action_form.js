/**
 * What has to be chosen before an action, and the sentence that says what will
 * happen. Its parts that are no elements are pure.
 *
 * @example
 * ```ts
 * import { joinPoolDetails } from "./action_form.js";
 *
 * console.log(joinPoolDetails("stratum+tcp://p:3333", "me,1", "x"));
 * // stratum+tcp://p:3333,me\,1,x
 * ```
 *
 * @module
 */

import { makeOrder } from "./action_orders.js";
import { listDevices, listPools, quoteText } from "./action_table.js";
import { html, useEffect, useRef, useState } from "./preact.js";

/**
 * Makes the parameter of `addpool`, which `api.c` splits at commas; `\` takes
 * the next character as it is.
 *
 * @param {string} url The pool.
 * @param {string} user Its user.
 * @param {string} password Its password; an empty one would be refused.
 * @returns {string} The parameter.
 */
export function joinPoolDetails(url, user, password) {
  return [url, user, password].map(escapePart).join(",");
}

function escapePart(text) {
  return text.replace(/[\\,]/g, "\\$&");
}

/**
 * Moves an entry of a list up or down.
 *
 * @template T
 * @param {readonly T[]} order The list.
 * @param {number} at Which entry.
 * @param {number} by -1 up, 1 down.
 * @returns {T[]} The list with both exchanged; the same at its end.
 */
export function moveEntry(order, at, by) {
  const moved = [...order];
  const to = at + by;
  if (to >= 0 && to < moved.length) {
    [moved[at], moved[to]] = [moved[to], moved[at]];
  }
  return moved;
}

/** How many rigs a form names. */
const MAX_NAMES = 5;

/**
 * Names the rigs of a form.
 *
 * @param {readonly string[]} names The rigs' names.
 * @returns {string} `a, b, c, d, e and 2 more`.
 */
export function listNames(names) {
  const first = names.slice(0, MAX_NAMES).map((name) => quoteText(name, 30));
  const rest = names.length - first.length;
  return first.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/**
 * Gives what a form has chosen when it opens; what the rigs do later does not
 * change it.
 *
 * @param {import("./action_table.js").Action} action The action.
 * @param {readonly object[]} rigs Members of `/-/rigs`.
 * @param {object} access The answer of `/-/access`.
 * @returns {any} A pool or device, if there is any: the one that most likely is
 * meant; for an order all pools, by priority.
 */
export function chooseFirst(action, rigs, access) {
  const { needs, name } = action;
  if (needs === "device") return listDevices(rigs, action, access)[0];
  const pools = listPools(rigs);
  if (needs === "order") {
    return pools.sort((one, other) => one.priority - other.priority);
  }
  const isLikely = ({ isActive, isDisabled, isEnabled }) =>
    name === "enablepool" ? isDisabled : !isActive && isEnabled;
  return pools.find(isLikely) ?? pools[0];
}

/**
 * Tells what has become of what was chosen.
 *
 * @param {import("./action_table.js").PoolChoice | undefined} chosen The pool.
 * @param {readonly import("./action_table.js").PoolChoice[]} pools Those there
 * are now.
 * @returns {string | undefined} Why it cannot be meant any more; undefined if
 * its number still stands for the same URL.
 */
export function findLoss(chosen, pools) {
  if (chosen === undefined) return "There is nothing to choose from";
  const now = pools.find(({ index }) => index === chosen.index);
  if (now === undefined) return `${chosen.words} is gone`;
  return now.urls === chosen.urls
    ? undefined
    : `${chosen.words} has changed: it is ${now.words} now`;
}

/**
 * The form of an action.
 *
 * @param {object} props Its properties.
 * @param {import("./action_table.js").Action} props.action The action.
 * @param {readonly object[]} props.rigs Members of `/-/rigs`.
 * @param {object} props.access The answer of `/-/access`.
 * @param {boolean} props.isRunning Whether another one is under way.
 * @param {(order: import("./action_orders.js").Order) => void} props.onOrder Called with what was chosen.
 * @param {() => void} props.onLost Called when what was chosen is gone.
 * @param {() => void} props.onCancel Called when nothing shall happen.
 * @returns {object} The element.
 */
export function ActionForm(
  { action, isRunning, onOrder, onLost, onCancel, ...props },
) {
  const form = useRef(null);
  useEffect(() => {
    form.current.querySelector("select, input, button")?.focus();
  }, []);
  const { rigs } = props;
  const choice = useChoice(action, props);
  const order = makeOrder(action, rigs, choice);
  const { loss } = choice;
  useEffect(() => {
    if (loss !== undefined) onLost();
  }, [loss]);
  const submit = (event) => {
    event.preventDefault();
    if (loss !== undefined) return;
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
      ${rigs.length > 1 && html`
        <p>Rigs: <bdi>${listNames(order.names)}</bdi></p>
      `}
      <p class="action-sentence" role="status">
        ${loss === undefined ? order.sentence : `${loss}. Choose anew.`}
      </p>
      <div class="action-buttons">
        <button type="submit" class="primary" disabled=${isRunning ||
          loss !== undefined}>
          ${action.title}${action.isAsked ? "…" : ""}
        </button>
        <button type="button" onClick=${onCancel}>Cancel</button>
      </div>
    </form>
  `;
}

/** What is chosen now, and the fields to choose it with. */
function useChoice(action, { rigs, access }) {
  const [chosen, setChosen] = useState(() => chooseFirst(action, rigs, access));
  const { needs } = action;
  if (needs === "pool") return choosePool(rigs, chosen, setChosen);
  if (needs === "device") {
    const devices = listDevices(rigs, action, access);
    return chooseDevice(devices, chosen, setChosen);
  }
  if (needs === "order") return chooseOrder(rigs, chosen, setChosen);
  return needs === "newPool"
    ? { fields: html`<${NewPoolFields} />` }
    : { parameter: action.parameter };
}

function choosePool(rigs, chosen, setChosen) {
  const pools = listPools(rigs);
  const loss = findLoss(chosen, pools);
  const options = pools.map(({ index, words, isActive, isDisabled }) => [
    String(index),
    words + (isActive ? ", in use" : isDisabled ? ", disabled" : ""),
  ]);
  const choose = (key) =>
    setChosen(pools.find(({ index }) => String(index) === key));
  const value = chosen && String(chosen.index);
  return {
    parameter: value,
    words: { pool: chosen?.words },
    loss,
    fields: makeSelect("Pool", options, loss ? undefined : value, choose),
  };
}

function chooseDevice(devices, chosen, setChosen) {
  const isThere = devices.some(({ name }) => name === chosen?.name);
  const options = devices.map(({ name }) => [name, name]);
  const choose = (key) => setChosen(devices.find(({ name }) => name === key));
  return {
    kind: chosen?.kind,
    parameter: chosen?.number,
    words: { device: chosen?.name },
    loss: isThere ? undefined : `${chosen?.name ?? "The device"} is gone`,
    fields: makeSelect(
      "Device",
      options,
      isThere ? chosen.name : undefined,
      choose,
    ),
  };
}

/** @param {string | undefined} value What is chosen; undefined: nothing now. */
function makeSelect(label, options, value, setChosen) {
  return html`
    <label>
      ${label}
      <select
        value=${value ?? ""}
        onChange=${({ currentTarget }) => setChosen(currentTarget.value)}
      >
        ${value === undefined && html`
          <option value="" disabled selected>–</option>
        `}
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
  const pools = listPools(rigs);
  const losses = chosen.map((pool) => findLoss(pool, pools));
  const loss = losses.find((each) => each !== undefined);
  const move = (at, by) => setChosen(moveEntry(chosen, at, by));
  const fields = html`
    <ol class="action-order" aria-label="Pools, the first choice first">
      ${chosen.map(({ index, words }, at) =>
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
              aria-disabled=${at === chosen.length - 1}
              onClick=${() => move(at, 1)}
            >
              ↓
            </button>
            <span>${words}</span>
          </li>
        `
      )}
    </ol>
  `;
  const order = chosen.map(({ index }) => index);
  return {
    parameter: order.join(","),
    words: { order: order.join(", ") },
    loss: loss && `${loss}. Cancel this`,
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
