/**
 * chi-server, the program: reads the command line and the environment, serves,
 * and stops on a signal. The only module that does these.
 *
 * ```sh
 * deno run -N main.ts --demo
 * ```
 *
 * @module
 */

import denoConfig from "./deno.json" with { type: "json" };
import { type Config, ConfigError, readConfig } from "./gateway/config.ts";
import { createHandler } from "./gateway/handler.ts";
import { formatLogLine, type LogEntry, type LogFormat } from "./gateway/log.ts";
import { formatHelp } from "./gateway/options.ts";
import { Fleet, type NamedRig } from "./rigs/fleet.ts";
import { type Personality, Simulator } from "./rigs/simulator.ts";
import { formatAddress } from "./rpc/errors.ts";

/** A wrong option, value or file. */
const EXIT_USAGE = 2;
/** The server cannot start. */
const EXIT_FAILURE = 1;

/** How many rigs the start names, before it only counts them. */
const MAX_NAMED_RIGS = 20;

const DEMO_PERSONALITIES: readonly Personality[] = [
  "cgminer",
  "antminer",
  "bfgminer",
];

function printLine(line: string): void {
  console.log(line);
}

function exitWithError(line: string, status: number): never {
  console.error(line);
  Deno.exit(status);
}

/** A variable of the environment; none where that is not permitted. */
function readVariable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}

function readConfigOrExit(): Config {
  try {
    return readConfig(Deno.args, readVariable);
  } catch (error) {
    if (error instanceof ConfigError) {
      exitWithError(`chi-server: ${error.message}`, EXIT_USAGE);
    }
    throw error;
  }
}

function startDemoRigs(count: number): Simulator[] {
  return Array.from({ length: count }, (_, index) => {
    const personality = DEMO_PERSONALITIES[index % DEMO_PERSONALITIES.length];
    return Simulator.start({
      seed: index + 1,
      ...(personality === undefined ? {} : { personality }),
    });
  });
}

function toNamedRig(simulator: Simulator, index: number): NamedRig {
  const { hostname, port } = simulator;
  return { name: `demo-${index + 1}`, hostname, port };
}

/**
 * All interfaces: IPv6 and IPv4 by one socket, or IPv4 alone where there is no
 * IPv6, and on Windows, where one socket cannot serve both.
 */
function serveEverywhere(
  port: number,
  serve: (hostname: string, port: number) => Deno.HttpServer<Deno.NetAddr>,
): Deno.HttpServer<Deno.NetAddr> {
  if (Deno.build.os !== "windows") {
    try {
      return serve("::", port);
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) throw error;
      if (error instanceof Deno.errors.PermissionDenied) throw error;
    }
  }
  return serve("0.0.0.0", port);
}

/** A server, and the responses that it has not sent to the end. */
interface RunningServer {
  readonly server: Deno.HttpServer<Deno.NetAddr>;
  readonly unsent: ReadonlySet<Promise<void>>;
}

function startServer(config: Config, fleet: Fleet): RunningServer {
  const handler = createHandler({
    fleet,
    httpErrors: config.httpErrors,
    ...toRequestLog(config.log),
    onDefect: reportDefect,
  });
  const unsent = new Set<Promise<void>>();
  const serve = (hostname: string, port: number) =>
    Deno.serve({ hostname, port, onListen: () => {} }, (request, info) => {
      const sent = info.completed.catch(() => {/* the client is gone */})
        .finally(() => unsent.delete(sent));
      unsent.add(sent);
      return handler(request, info);
    });
  try {
    const server = config.httpHost === undefined
      ? serveEverywhere(config.httpPort, serve)
      : serve(config.httpHost, config.httpPort);
    return { server, unsent };
  } catch (error) {
    exitWithError(toListenError(error, config), EXIT_FAILURE);
  }
}

function toRequestLog(
  format: LogFormat,
): { onRequest?: (entry: LogEntry) => void } {
  if (format === "off") return {};
  return { onRequest: (entry) => printLine(formatLogLine(entry, format)) };
}

function reportDefect(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`chi-server: a defect in the gateway: ${message}`);
}

function toListenError(error: unknown, config: Config): string {
  const { httpHost, httpPort } = config;
  const where = httpHost === undefined
    ? `port ${httpPort}`
    : formatAddress({ hostname: httpHost, port: httpPort });
  if (error instanceof Deno.errors.AddrInUse) {
    return `chi-server: cannot listen on ${where}: another program does; choose another port with -w`;
  }
  const message = error instanceof Error ? error.message : String(error);
  return `chi-server: cannot listen on ${where}: ${
    message.split("\n")[0]?.replace(/ \(os error \d+\)/g, "")
  }`;
}

function announce(config: Config, fleet: Fleet, port: number): void {
  const hostname = config.httpHost ?? "localhost";
  printLine(
    `chi-server ${denoConfig.version}: open http://${
      formatAddress({ hostname, port })
    }/`,
  );
  let named = 0;
  for (const rig of fleet.rigs) {
    if (named++ === MAX_NAMED_RIGS) break;
    const isDefault = rig === fleet.defaultRig ? ", the default rig" : "";
    printLine(`rig ${rig.name}: ${formatAddress(rig)}${isDefault}`);
  }
  if (fleet.size > MAX_NAMED_RIGS) {
    printLine(`and ${fleet.size - MAX_NAMED_RIGS} more rigs`);
  }
  printLine("Anyone who reaches this port may read and write");
}

/** Serves until a signal; then finishes what runs, for at most the timeout. */
async function serveUntilSignal(
  { server, unsent }: RunningServer,
  timeoutMs: number,
): Promise<void> {
  const { promise: signalled, resolve } = Promise.withResolvers<void>();
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, () => resolve());
  await Promise.race([signalled, server.finished]);
  const { promise: expired, resolve: expire } = Promise.withResolvers<void>();
  setTimeout(expire, timeoutMs);
  // `shutdown` resolves when the last handler returns: its response is still
  // on its way then, and an exit would cut it off.
  const finished = server.shutdown().then(() => Promise.all(unsent));
  await Promise.race([finished, expired]);
}

async function main(): Promise<void> {
  const config = readConfigOrExit();
  if (config.action === "help") {
    return printLine(formatHelp(denoConfig.version));
  }
  if (config.action === "version") {
    return printLine(`chi-server ${denoConfig.version}`);
  }
  const simulators = startDemoRigs(config.demoRigs);
  const { timeoutMs } = config;
  const fleet = new Fleet(
    [...config.rigs, ...simulators.map(toNamedRig)],
    { timeoutMs },
  );
  const running = startServer(config, fleet);
  announce(config, fleet, running.server.addr.port);
  await serveUntilSignal(running, timeoutMs);
  await Promise.all(simulators.map((simulator) => simulator.stop()));
  Deno.exit(0);
}

if (import.meta.main) {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    reportDefect(event.reason);
  });
  await main();
}
