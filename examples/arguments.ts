/**
 * What the examples share: rigs and options from the command line, and a signal
 * that aborts on Ctrl-C.
 *
 * @example
 * ```ts
 * import { INTERVAL, parseArguments } from "./arguments.ts";
 *
 * const { rigs, options } = parseArguments(
 *   ["10.0.0.7", "[fd00::7]:4029", "--every", "5"],
 *   { every: 30 },
 *   { every: INTERVAL },
 * );
 * console.log(rigs.map(({ name }) => name), options.every);
 * // [ "10.0.0.7:4028", "[fd00::7]:4029" ] 5
 * ```
 *
 * @module
 */

import { RequestError, Rig } from "../mod.ts";

/** A rig, and its address as people write it. */
export interface ExampleRig {
  readonly name: string;
  readonly rig: Rig;
}

/** What a command line says. */
export interface Arguments<Options> {
  readonly rigs: readonly ExampleRig[];
  readonly options: Options;
}

/** What a number may be. */
export interface NumberRange {
  /** The least. */
  readonly least: number;
  /** The most; default: there is none. */
  readonly most?: number;
  /** Whether it must be a whole number. Default false. */
  readonly isWhole?: boolean;
}

/** Seconds between two looks: a timer cannot wait for longer than 24 days. */
export const INTERVAL: NumberRange = { least: 0.01, most: 2_147_483 };

/** How often something is done. */
export const COUNT: NumberRange = { least: 1, isWhole: true };

/**
 * Reads a command line: rigs as `host[:port]`, options as `--name value`.
 *
 * @param args The arguments.
 * @param defaults Every option with its default, which tells numbers from
 * texts. An option whose default is `NaN` or `""` must be given.
 * @param ranges What each number may be; default: any.
 * @param signal Ends all calls to the rigs.
 * @returns The rigs, at least one, and all options.
 * @throws {RequestError} One sentence: what is wrong with them.
 */
export function parseArguments<
  Options extends Readonly<Record<string, number | string>>,
>(
  args: readonly string[],
  defaults: Options,
  ranges: { readonly [name: string]: NumberRange } = {},
  signal?: AbortSignal,
): Arguments<Options> {
  const options: Record<string, number | string> = { ...defaults };
  const rigs: ExampleRig[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg.startsWith("--")) {
      const name = arg.slice(2);
      const standard = Object.hasOwn(defaults, name)
        ? defaults[name]
        : undefined;
      const value = readOption(name, standard, args[++at]);
      checkRange(name, value, ranges[name]);
      options[name] = value;
    } else rigs.push(readRig(arg, signal));
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === "" || Number.isNaN(value)) {
      throw new RequestError(`--${name} is missing`);
    }
  }
  if (rigs.length === 0) throw new RequestError("No rig is given");
  return { rigs, options: options as Options };
}

function readOption(
  name: string,
  standard: number | string | undefined,
  text: string | undefined,
): number | string {
  if (standard === undefined) throw new RequestError(`No option --${name}`);
  if (text === undefined) throw new RequestError(`--${name} needs a value`);
  if (typeof standard === "string") return text;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) {
    throw new RequestError(`--${name} ${text} is no number`);
  }
  return value;
}

function checkRange(
  name: string,
  value: number | string,
  range: NumberRange | undefined,
): void {
  if (range === undefined || typeof value === "string") return;
  const { least, most = Infinity, isWhole = false } = range;
  if (value >= least && value <= most && (!isWhole || value % 1 === 0)) return;
  throw new RequestError(
    `--${name} ${value} must be a ${isWhole ? "whole " : ""}number from ` +
      `${least}${most === Infinity ? "" : ` to ${most}`}`,
  );
}

function readRig(text: string, signal: AbortSignal | undefined): ExampleRig {
  const [, bracketed, plain, port = "4028"] =
    /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  const hostname = bracketed ?? plain ?? text;
  const rig = new Rig({ hostname, port: Number(port), signal });
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return { rig, name: `${host}:${port}` };
}

/** Makes a signal that aborts when the program is told to end. */
export function watchSignals(): AbortSignal {
  const controller = new AbortController();
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT"]
    : ["SIGINT", "SIGTERM"];
  for (const signal of signals) {
    Deno.addSignalListener(signal, () => controller.abort());
  }
  return controller.signal;
}

/** Waits, but not longer than until the signal aborts. */
export function wait(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(0, seconds) * 1000);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}

/**
 * Runs an example: ends with code 2 and its usage if the command line is wrong,
 * with code 0 once it is told to end.
 *
 * @param usage How it is called.
 * @param run The example.
 */
export async function runExample(
  usage: string,
  run: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const signal = watchSignals();
  try {
    await run(signal);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    console.error(`${error.message}\nUsage: ${usage}`);
    Deno.exit(2);
  }
  // The listeners of signals would keep it alive.
  Deno.exit(0);
}
