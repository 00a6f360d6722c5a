/**
 * Switches rigs between two pools by the price of electricity.
 *
 * ```sh
 * deno run -N examples/pool_switcher.ts 10.0.0.7 10.0.0.8 \
 *   --url http://meter.lan/price --limit 0.12 --cheap 0 --dear 1
 * ```
 *
 * Every 5 minutes it fetches the URL, which must answer with JSON. The price is
 * the member `price`, as in `{"price": 0.0834}`; `--field data.0.marketprice`
 * finds it elsewhere. Up to the limit (same unit) rigs work for the pool of
 * `--cheap`, above it for that of `--dear`; the numbers are those of `pools`. A
 * rig is only told to switch if that pool is not its first already. Without a
 * price all stays as it is. Rigs must give this machine the group W. Ctrl-C ends
 * it.
 *
 * @module
 */

import { RequestError, RigError, RigStatusError } from "../mod.ts";
import {
  type ExampleRig,
  INTERVAL,
  type NumberRange,
  parseArguments,
  runExample,
  wait,
} from "./arguments.ts";

const USAGE = "pool_switcher.ts HOST[:PORT] … --url URL --limit PRICE " +
  "--cheap POOL --dear POOL [--field NAME] [--every SECONDS]";

/** How long a price may take. */
const FETCH_MS = 10_000;

/** The numbers of pools. */
const POOL: NumberRange = { least: 0, isWhole: true };

function print(text: string): void {
  console.log(`${new Date().toISOString()} ${text}`);
}

/** Fetches the price; throws one sentence if there is none. */
async function fetchPrice(
  url: string,
  field: string,
  signal: AbortSignal,
): Promise<number> {
  const response = await fetch(url, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${url} answers ${response.status}`);
  }
  let value: unknown = await response.json();
  for (const name of field.split(".")) {
    value = (value as Record<string, unknown> | null)?.[name];
  }
  if (typeof value !== "number") {
    throw new Error(`${url} has no number in "${field}"`);
  }
  return value;
}

/** Puts a pool first, if it is not. */
async function usePool({ rig, name }: ExampleRig, pool: number): Promise<void> {
  const { POOLS } = await rig.pools();
  const first = POOLS.find(({ Priority }) => Priority === 0);
  if (first?.POOL === pool) return;
  const { STATUS: [{ Msg }] } = await rig.switchPool(pool);
  print(`${name} ${Msg}`);
}

/** Says what went wrong with a rig; the others are switched all the same. */
function reportFailure(name: string, error: unknown): void {
  if (!(error instanceof RigError || error instanceof RigStatusError)) {
    throw error;
  }
  print(`${name} ${error.code}: ${error.message}`);
}

if (import.meta.main) {
  await runExample(USAGE, async (signal) => {
    const { rigs, options } = parseArguments(
      Deno.args,
      {
        url: "",
        limit: NaN,
        cheap: NaN,
        dear: NaN,
        field: "price",
        every: 300,
      },
      { cheap: POOL, dear: POOL, every: INTERVAL },
      signal,
    );
    if (!/^https?:/.test(options.url) || !URL.canParse(options.url)) {
      throw new RequestError(`--url ${options.url} is no URL of HTTP`);
    }
    while (!signal.aborted) {
      const price = await fetchPrice(options.url, options.field, signal)
        .catch((error) => {
          if (!signal.aborted) print(`No price, all stays: ${error.message}`);
        });
      if (price !== undefined) {
        const pool = price <= options.limit ? options.cheap : options.dear;
        print(`The price is ${price}: pool ${pool}`);
        await Promise.all(
          rigs.map((each) =>
            usePool(each, pool).catch((error) => {
              if (!signal.aborted) reportFailure(each.name, error);
            })
          ),
        );
      }
      await wait(options.every, signal);
    }
  });
}
