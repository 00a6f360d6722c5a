/**
 * What is sent to which rigs, and the sentence that says what will happen.
 * Pure.
 *
 * @example
 * ```ts
 * import { makePlainOrder } from "./action_orders.js";
 * import { ACTIONS } from "./action_table.js";
 *
 * for (const action of ACTIONS.filter(({ name }) => name === "restart")) {
 *   console.log(makePlainOrder(action, [{ name: "garage" }]).command); // restart
 * }
 * ```
 *
 * @module
 */

import {
  describeDown,
  listDevices,
  listPools,
  nameTarget,
} from "./action_table.js";

/**
 * What was chosen for an action.
 *
 * @typedef {object} Order
 * @property {import("./action_table.js").Action} action The action.
 * @property {string[]} names The rigs.
 * @property {string} command The command.
 * @property {string} [parameter] Its parameter.
 * @property {string} [secret] What of the parameter must not be shown.
 * @property {string} sentence What will happen.
 */

/**
 * Tells whether there is something to choose from.
 *
 * @param {import("./action_table.js").Action} action The action.
 * @param {readonly object[]} rigs Members of `/-/rigs`.
 * @param {object} access The answer of `/-/access`.
 * @returns {boolean} False where no button makes sense.
 */
export function isPossible(action, rigs, access) {
  if (rigs.length === 0) return false;
  if (action.needs === "pool") return listPools(rigs).length > 0;
  if (action.needs === "order") return listPools(rigs).length > 1;
  if (action.needs !== "device") return true;
  return listDevices(rigs, action, access).length > 0;
}

/**
 * Makes an order of an action that needs no choice.
 *
 * @param {import("./action_table.js").Action} action The action.
 * @param {readonly object[]} rigs Members of `/-/rigs`.
 * @returns {Order} The order.
 */
export function makePlainOrder(action, rigs) {
  return makeOrder(action, rigs, { parameter: action.parameter });
}

/**
 * Makes an order of what was chosen.
 *
 * @param {import("./action_table.js").Action} action The action.
 * @param {readonly object[]} rigs Members of `/-/rigs`.
 * @param {{ kind?: string, parameter?: string, secret?: string,
 *   words?: object }} choice What was chosen, and what its sentence calls that.
 * @returns {Order} The order.
 */
export function makeOrder(action, rigs, choice) {
  const { kind = "", parameter, secret, words } = choice;
  const names = rigs.map(({ name }) => name);
  return {
    action,
    names,
    command: action.commands[kind],
    parameter,
    secret,
    sentence: action.describe({ target: nameTarget(names), ...words }) +
      describeDown(rigs),
  };
}
