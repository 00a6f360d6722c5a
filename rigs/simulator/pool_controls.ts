/**
 * The commands that change pools, as `api.c` of cgminer does them: the same
 * checks in the same order.
 *
 * @module
 */

import type { Command, Exchange } from "./exchange.ts";
import type { Pool } from "./pool.ts";
import { readInteger } from "./request.ts";
import type { RigState } from "./state.ts";

/** Reads the pool that the parameter names; says what is wrong if it cannot. */
function findPool(
  exchange: Exchange,
  parameter = exchange.parameter,
): { pool: Pool; number: number } | undefined {
  const { pools } = exchange.rig;
  if (parameter === undefined || parameter === "") {
    exchange.say("missingPool");
    return undefined;
  }
  const number = readInteger(parameter);
  const pool = pools[number];
  if (pool === undefined) {
    exchange.say("invalidPool", number, pools.length - 1);
    return undefined;
  }
  return { pool, number };
}

/** Makes a command of what is to be done with the pool that it names. */
function onPool(
  run: (exchange: Exchange, pool: Pool, number: number) => void,
): Command {
  return (exchange) => {
    const found = findPool(exchange);
    if (found !== undefined) run(exchange, found.pool, found.number);
  };
}

const switchPool = onPool((exchange, pool, number) => {
  pool.enabled = true;
  exchange.rig.selectPool(pool);
  exchange.say("switchingPool", number, pool.url);
});

const enablePool = onPool((exchange, pool, number) => {
  if (pool.enabled) {
    exchange.say("poolAlreadyEnabled", number, pool.url);
    return;
  }
  pool.enabled = true;
  const { currentPool } = exchange.rig;
  if (currentPool === undefined || pool.priority < currentPool.priority) {
    exchange.rig.selectPool(pool);
  }
  exchange.say("enablingPool", number, pool.url);
});

function createDisablePool(countEnabled: (rig: RigState) => number): Command {
  return onPool((exchange, pool, number) => {
    const { rig } = exchange;
    if (!pool.enabled) {
      exchange.say("poolAlreadyDisabled", number, pool.url);
      return;
    }
    if (countEnabled(rig) <= 1) {
      exchange.say("lastActivePool", number, pool.url);
      return;
    }
    pool.enabled = false;
    if (pool === rig.currentPool) rig.selectPool();
    exchange.say("disablingPool", number, pool.url);
  });
}

const removePool = onPool((exchange, pool, number) => {
  const { rig } = exchange;
  if (rig.pools.length <= 1) {
    exchange.say("lastPool", number, pool.url);
    return;
  }
  if (pool === rig.currentPool) rig.selectPool();
  if (pool === rig.currentPool) {
    exchange.say("activePool", number, pool.url);
    return;
  }
  rig.removePool(pool);
  // Escaped here and again as a message, as in api.c.
  exchange.say("removedPool", number, exchange.escape(pool.url));
});

const setPriorities: Command = (exchange) => {
  const { rig, parameter } = exchange;
  if (parameter === undefined || parameter === "") {
    exchange.say("missingPool");
    return;
  }
  const first: Pool[] = [];
  for (const part of parameter.replace(/,$/, "").split(",")) {
    const found = findPool(exchange, part || "0");
    if (found === undefined) return;
    if (first.includes(found.pool)) {
      exchange.say("duplicatePool", found.number);
      return;
    }
    first.push(found.pool);
  }
  const rest = rig.pools.filter((pool) => !first.includes(pool))
    .sort((one, other) => one.priority - other.priority);
  [...first, ...rest].forEach((pool, rank) => pool.priority = rank);
  if (rig.currentPool?.priority !== 0) rig.selectPool();
  exchange.say("changedPriorities");
};

const setQuota: Command = (exchange) => {
  const { parameter } = exchange;
  if (parameter === undefined || parameter === "") {
    exchange.say("missingPool");
    return;
  }
  const comma = parameter.indexOf(",");
  if (comma < 0) {
    exchange.say("missingConfigValue", parameter);
    return;
  }
  const found = findPool(exchange, parameter.slice(0, comma) || "0");
  if (found === undefined) return;
  const { pool } = found;
  const quota = readInteger(parameter.slice(comma + 1));
  if (quota < 0) {
    exchange.say("negativeNumber", quota, pool.url);
    return;
  }
  pool.quota = quota;
  exchange.say("setQuota", pool.url, quota);
};

/**
 * Splits the details of `addpool` at commas; `\` takes the next character as
 * it is.
 *
 * @param details The parameter.
 * @returns Its parts: URL, user, password and whatever follows. A comma at
 * the end opens no new part.
 */
export function splitPoolDetails(details: string): string[] {
  const parts: string[] = [];
  let at = 0;
  while (at < details.length) {
    let part = "";
    while (at < details.length && details[at] !== ",") {
      if (details[at] === "\\" && at + 1 < details.length) at++;
      part += details[at++];
    }
    at++;
    parts.push(part);
  }
  return parts;
}

/** Counts the pools that are enabled. */
export function countEnabledPools(rig: RigState): number {
  return rig.pools.filter((pool) => pool.enabled).length;
}

/** What sets the miners' commands for pools apart. */
export interface PoolControlTraits {
  /** Whether the reply of `addpool` says the number of the new pool. */
  readonly numbered: boolean;
  /** How many parts `addpool` takes, three or more: 4 and 5 not in sgminer. */
  readonly accepts: (parts: number) => boolean;
  /**
   * How many pools `disablepool` takes to be enabled: it leaves the last one
   * alone. cgminer counts those it has disabled too; sgminer does not count.
   */
  readonly countEnabled: (rig: RigState) => number;
}

function createAddPool(traits: PoolControlTraits): Command {
  return (exchange) => {
    const { rig, parameter } = exchange;
    if (parameter === undefined || parameter === "") {
      exchange.say("missingPoolDetails");
      return;
    }
    const parts = splitPoolDetails(parameter);
    const [url, user, pass] = parts;
    if (
      url === undefined || user === undefined || pass === undefined ||
      !traits.accepts(parts.length)
    ) {
      exchange.say("invalidPoolDetails", exchange.escape(parameter));
      return;
    }
    const number = rig.pools.length;
    rig.addPool({ url, user, pass });
    if (traits.numbered) exchange.say("addedPool", number, url);
    else exchange.say("addedPool", exchange.escape(url));
  };
}

/**
 * Makes the commands that change pools.
 *
 * @param traits What sets them apart.
 * @returns The commands, by name.
 */
export function createPoolControls(
  traits: PoolControlTraits,
): Record<string, Command> {
  return {
    switchpool: switchPool,
    addpool: createAddPool(traits),
    poolpriority: setPriorities,
    poolquota: setQuota,
    enablepool: enablePool,
    disablepool: createDisablePool(traits.countEnabled),
    removepool: removePool,
  };
}
