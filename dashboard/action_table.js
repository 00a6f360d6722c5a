/**
 * The actions of the dashboard as one table: which command each sends with
 * which parameter, what it says beforehand, and whether it asks once more.
 * Pure; facts about the commands are from `api.c` of cgminer 4.11.1, and of
 * bfgminer and sgminer, which number every device of theirs as PGA or GPU.
 *
 * @example
 * ```ts
 * import { ACTIONS } from "./action_table.js";
 *
 * const action = ACTIONS.find(({ name }) => name === "switchpool");
 * console.log(action?.describe({ target: "Rig a", pool: "pool 1" }));
 * ```
 *
 * @module
 */

/**
 * What was chosen, as words for a sentence.
 *
 * @typedef {object} Words
 * @property {string} target `Rig garage`, `Each of the 3 rigs`.
 * @property {string} [pool] `pool 1 (stratum+tcp://…)`.
 * @property {string} [device] `ASC0`.
 * @property {string} [order] `1, 0, 2`.
 */

/**
 * One action.
 *
 * @typedef {object} Action
 * @property {string} name Its key: the command, where it is only one.
 * @property {string} title What its button says.
 * @property {"pool" | "device" | "newPool" | "order"} [needs] What has to be
 * chosen first.
 * @property {Readonly<Record<string, string>>} commands The command by the
 * device's kind; under "" where that makes no difference.
 * @property {string} [parameter] The parameter, where it is always the same.
 * @property {boolean} [isAsked] Whether it asks once more.
 * @property {boolean} [isFinal] Whether the rig does not come back by itself.
 * @property {(words: Words) => string} describe Says what will happen.
 */

/** All actions, in the order of their buttons. @type {readonly Action[]} */
export const ACTIONS = [
  {
    name: "switchpool",
    title: "Switch pool",
    needs: "pool",
    commands: { "": "switchpool" },
    describe: ({ target, pool }) =>
      `${target} will put ${pool} first, enable it if it is disabled, and mine for it.`,
  },
  {
    name: "enablepool",
    title: "Enable pool",
    needs: "pool",
    commands: { "": "enablepool" },
    describe: ({ target, pool }) =>
      `${target} will use ${pool} again, in the order of priorities.`,
  },
  {
    name: "disablepool",
    title: "Disable pool",
    needs: "pool",
    commands: { "": "disablepool" },
    describe: ({ target, pool }) =>
      `${target} will not mine for ${pool} until it is enabled again.`,
  },
  {
    name: "removepool",
    title: "Remove pool",
    needs: "pool",
    commands: { "": "removepool" },
    isAsked: true,
    describe: ({ target, pool }) =>
      `${target} will forget ${pool} with its user and password; to have it back, they must be typed again.`,
  },
  {
    name: "addpool",
    title: "Add pool",
    needs: "newPool",
    commands: { "": "addpool" },
    describe: ({ target }) =>
      `${target} will have this pool behind all others, until the miner restarts.`,
  },
  {
    name: "poolpriority",
    title: "Pool priorities",
    needs: "order",
    commands: { "": "poolpriority" },
    describe: ({ target, order }) =>
      `${target} will prefer its pools in the order ${order}, and mine for the first that answers.`,
  },
  {
    name: "enabledevice",
    title: "Enable device",
    needs: "device",
    commands: { ASC: "ascenable", PGA: "pgaenable", GPU: "gpuenable" },
    describe: ({ target, device }) => `${target} will mine with ${device}.`,
  },
  {
    name: "disabledevice",
    title: "Disable device",
    needs: "device",
    commands: { ASC: "ascdisable", PGA: "pgadisable", GPU: "gpudisable" },
    describe: ({ target, device }) =>
      `${target} will not mine with ${device} until it is enabled again.`,
  },
  {
    name: "zero",
    title: "Zero stats",
    commands: { "": "zero" },
    parameter: "all,false",
    describe: ({ target }) =>
      `${target} will count shares, errors and averages from 0 again, and go on mining.`,
  },
  {
    name: "restart",
    title: "Restart",
    commands: { "": "restart" },
    isAsked: true,
    describe: ({ target }) =>
      `${target} will restart its miner: it stops mining, does not answer for a while, and loses settings that were not saved.`,
  },
  {
    name: "quit",
    title: "Quit",
    commands: { "": "quit" },
    isAsked: true,
    isFinal: true,
    describe: ({ target }) =>
      `${target} will end its miner and stop mining, and somebody must start it again at the rig.`,
  },
];

/**
 * Gives the actions that the viewer may take, whatever there is to act on.
 *
 * @param {{ group?: string, allowed: readonly string[] }} access The answer of
 * `/-/access`.
 * @returns {Action[]} The actions with at least one command that is allowed.
 */
export function listAllowedActions(access) {
  return ACTIONS.filter(({ commands }) =>
    Object.values(commands).some((command) => access.allowed.includes(command))
  );
}

/** Longest text of a rig's in a sentence. */
const MAX_TEXT_LENGTH = 60;

/** Longest text that is the rig's answer. */
export const MAX_ANSWER_LENGTH = 1000;

/**
 * Makes a text of a rig fit for a sentence or an option. Attack: bidirectional
 * and other control characters that turn the sentence around it.
 *
 * @param {string} text A name, URL or answer as the rig says it.
 * @param {number} [maxLength] The most characters; 60 if nothing is said.
 * @returns {string} No more than that, control characters as `U+202E`.
 */
export function quoteText(text, maxLength = MAX_TEXT_LENGTH) {
  const plain = text.slice(0, 4 * maxLength).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) =>
      `U+${char.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`,
  );
  const chars = [...plain];
  return chars.length > maxLength
    ? chars.slice(0, maxLength - 1).join("") + "…"
    : plain;
}

/**
 * Names the rigs of an action.
 *
 * @param {readonly string[]} names The rigs' names.
 * @returns {string} `rig garage`, `3 rigs`.
 */
export function nameRigs(names) {
  return names.length === 1
    ? `rig ${quoteText(names[0])}`
    : `${names.length} rigs`;
}

/**
 * Names the rigs of an action, as the beginning of a sentence.
 *
 * @param {readonly string[]} names The rigs' names.
 * @returns {string} `Rig garage`, `Each of the 3 rigs`.
 */
export function nameTarget(names) {
  return names.length === 1
    ? `Rig ${quoteText(names[0])}`
    : `Each of the ${names.length} rigs`;
}

/**
 * Says which rigs do not answer now.
 *
 * @param {readonly object[]} rigs Members of `/-/rigs`.
 * @returns {string} A sentence with a space before it, or nothing.
 */
export function describeDown(rigs) {
  const count = rigs.filter(({ state }) => state === "down").length;
  if (count === 0) return "";
  if (rigs.length === 1) return " It does not answer now.";
  return ` ${count} of them ${count === 1 ? "does" : "do"} not answer now.`;
}

/**
 * Gives what all rigs have under the same key.
 *
 * @template T
 * @param {readonly (readonly T[] | undefined)[]} lists A list a rig; absent
 * where it is not known.
 * @param {(entry: T) => unknown} readKey The key of an entry.
 * @returns {T[][]} The entries of all rigs by key, in the order of the first
 * rig; none if a list is absent.
 */
function findCommon([first = [], ...others], readKey) {
  const maps = others.map((list) =>
    new Map((list ?? []).map((entry) => [readKey(entry), entry]))
  );
  return first.map((entry) => [
    entry,
    ...maps.flatMap((map) => map.get(readKey(entry)) ?? []),
  ]).filter(({ length }) => length === maps.length + 1);
}

/**
 * A pool that can be chosen.
 *
 * @typedef {object} PoolChoice
 * @property {number} index Its number, the same at all rigs.
 * @property {string} words `pool 1 (stratum+tcp://…)`.
 * @property {string} urls Its URLs, whole, each once.
 * @property {boolean} isActive Whether all rigs mine for it.
 * @property {boolean} isDisabled Whether it is disabled at a rig.
 * @property {boolean} isEnabled Whether it is enabled at a rig.
 * @property {number} priority Its priority at the first rig.
 */

/**
 * Gives the pools whose numbers all rigs have.
 *
 * @param {readonly object[]} rigs Members of `/-/rigs`.
 * @returns {PoolChoice[]} The pools by number.
 */
export function listPools(rigs) {
  const lists = rigs.map(({ telemetry }) => telemetry?.pools);
  return findCommon(lists, ({ index }) => index).map((pools) => {
    const { index, url, priority = index } = pools[0];
    const isSame = pools.every((pool) => pool.url === url);
    const about = isSame ? url : "not the same at every rig";
    return {
      index,
      words: `pool ${index}` + (about ? ` (${quoteText(about)})` : ""),
      urls: [...new Set(pools.map(({ url }) => url))].sort().join(" "),
      isActive: pools.every(({ isActive }) => isActive === true),
      isDisabled: pools.some(isDisabledPool),
      isEnabled: !pools.every(isDisabledPool),
      priority,
    };
  }).sort((one, other) => one.index - other.index);
}

/** `api.c` says `Disabled`, whether the pool answers or not. */
function isDisabledPool({ status }) {
  return status?.toLowerCase() === "disabled";
}

/**
 * A device that can be chosen.
 *
 * @typedef {object} DeviceChoice
 * @property {string} name `ASC0`.
 * @property {string} kind `ASC`, `PGA` or `GPU`.
 * @property {string} number Its number among its kind.
 */

/**
 * Gives the devices that all rigs have and that commands can name.
 *
 * @param {readonly object[]} rigs Members of `/-/rigs`.
 * @param {Action} action Enabling or disabling.
 * @param {{ group?: string, allowed: readonly string[] }} access The answer of
 * `/-/access`.
 * @returns {DeviceChoice[]} The devices whose command is allowed.
 */
export function listDevices(rigs, action, access) {
  const lists = rigs.map(({ telemetry }) => telemetry?.devices);
  return findCommon(lists, ({ name }) => name).flatMap(([{ name }]) => {
    const [, kind, number] = /^(ASC|PGA|GPU)(\d+)$/.exec(name) ?? [];
    const command = action.commands[kind ?? ""];
    return command !== undefined && access.allowed.includes(command)
      ? [{ name, kind, number }]
      : [];
  });
}
