/**
 * `chi-server scan 10.0.0.0/24`: lists the rigs among many addresses.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { runScan } from "./scan.ts";
 *
 * await using rig = Simulator.start({ personality: "antminer" });
 * await runScan({ addresses: ["127.0.0.1"], port: rig.port });
 * ```
 *
 * @module
 */

import { toRigName } from "../rigs/found_rigs.ts";
import { scanAddresses, type ScanProgress } from "../rigs/scan.ts";
import { EXIT_STOPPED, type ListOptions } from "./discover.ts";
import { Interrupt } from "./interrupt.ts";
import { formatRigJson, formatRigTable, type ListedRig } from "./rig_list.ts";

/**
 * Asks all addresses for their `version`, and prints the rigs among them; if it
 * is stopped, those that it has found until then.
 *
 * @param options Whom to ask; what to print, and where. `progress` writes on a
 * terminal, and is told of each step; default stderr, if that is a terminal.
 * @returns The exit status: 0 if rigs were found, 1 if none, 130 if it was
 * stopped.
 */
export async function runScan(
  options: ListOptions & {
    readonly addresses: readonly string[];
    /** The port that all are asked at. Default 4028. */
    readonly port?: number | undefined;
    readonly progress?: ((text: string) => void) | undefined;
  },
): Promise<number> {
  using interrupt = new Interrupt();
  const { port = 4028, isJson = false, signal = interrupt.signal } = options;
  const addresses = [...new Set(options.addresses)];
  const { print = console.log, printError = console.error } = options;
  const { timeoutMs = 2000, progress = openTerminal() } = options;
  const rigs: ListedRig[] = [];
  try {
    const onProgress = (step: ScanProgress): void =>
      progress?.(`\r${describeStep(step, addresses.length)}`);
    const scan = { port, timeoutMs, signal, onProgress };
    for await (const rig of scanAddresses(addresses, scan)) {
      const name = toRigName(undefined, rig.hostname, rig.port);
      rigs.push({ name, ...rig });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    progress?.(ERASE_LINE);
  }
  const order = new Map(addresses.map((address, index) => [address, index]));
  const place = (rig: ListedRig): number => order.get(rig.hostname) ?? 0;
  rigs.sort((one, other) => place(one) - place(other));
  if (isJson) print(formatRigJson(rigs));
  else if (rigs.length > 0) print(formatRigTable(rigs).join("\n"));
  if (signal.aborted) return EXIT_STOPPED;
  if (rigs.length > 0) return 0;
  printError(
    `chi-server: no rig among ${addresses.length} address${
      addresses.length === 1 ? "" : "es"
    } answered at port ${port}`,
  );
  return 1;
}

/** To the start of the line, and all behind it away (ECMA-48, EL). */
const ERASE_LINE = "\r\x1b[K";

function describeStep({ asked, found }: ScanProgress, total: number): string {
  return `Asked ${asked} of ${total}, found ${found}`;
}

/** Writes on stderr, if somebody looks at it. */
function openTerminal(): ((text: string) => void) | undefined {
  if (!Deno.stderr.isTerminal()) return undefined;
  const encoder = new TextEncoder();
  return (text) => void Deno.stderr.writeSync(encoder.encode(text));
}
