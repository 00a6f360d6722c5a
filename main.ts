/**
 * chi-server, the program: reads the command line and the environment, which no
 * other module does; serves, and stops on a signal.
 *
 * ```sh
 * deno run -N main.ts --demo
 * ```
 *
 * @module
 */

import denoConfig from "./deno.json" with { type: "json" };
import {
  type Config,
  ConfigError,
  readConfig,
} from "./program/config/config.ts";
import { makeMetrics, observeFleet } from "./gateway/metrics/fleet_metrics.ts";
import { FleetMonitor } from "./gateway/watch/fleet_monitor.ts";
import { createHandler, type HandlerOptions } from "./gateway/handler.ts";
import { FleetHistory } from "./gateway/watch/history.ts";
import { HttpServer, type TlsPair } from "./gateway/http_server.ts";
import { quoteText } from "./gateway/access/ip_address.ts";
import { LivePolls } from "./gateway/live/streams.ts";
import {
  formatLogLine,
  type LogEntry,
  type LogFormat,
} from "./gateway/http/log.ts";
import { startSampler } from "./gateway/watch/sampler.ts";
import { readSecrets, type TlsFiles } from "./program/config/secrets.ts";
import { TokenCheck } from "./gateway/access/token.ts";
import {
  findTracingWarning,
  startTracing,
  type Tracing,
} from "./gateway/metrics/tracing.ts";
import { announceStart } from "./program/announcement.ts";
import { findFixedChanges, toAccessKey } from "./program/changes.ts";
import { DemoRigs } from "./program/demo_rigs.ts";
import { isTlsError, toListenError, toOneLine } from "./program/failures.ts";
import { readPermittedText } from "./program/permitted_file.ts";
import { runSubcommand } from "./program/subcommands.ts";
import { watchDiscovery } from "./rigs/discovery.ts";
import { checkRigs, Fleet } from "./rigs/fleet.ts";
import { formatAddress } from "./rpc/errors.ts";
import type { GatewayMetrics } from "./gateway/metrics/gateway_families.ts";

/** A wrong option, value or file. */
const EXIT_USAGE = 2;
/** The server cannot start. */
const EXIT_FAILURE = 1;

/** How long a line of the log waits for others, to be written with them. */
const LOG_DELAY_MS = 10;
const MAX_WAITING_LINES = 1000;
let waitingLines: string[] = [];

function printLine(line: string): void {
  waitingLines.push(line);
  printWaitingLines();
}

/** A write for each line would take half as much as all else of a request. */
function printLogLine(line: string): void {
  const count = waitingLines.push(line);
  if (count === 1) setTimeout(printWaitingLines, LOG_DELAY_MS);
  else if (count >= MAX_WAITING_LINES) printWaitingLines();
}

function printWaitingLines(): void {
  const lines = waitingLines;
  waitingLines = [];
  if (lines.length > 0) console.log(lines.join("\n"));
}

function printError(line: string): void {
  console.error(`chi-server: ${line}`);
}

function exitWithError(line: string, status: number): never {
  printError(line);
  Deno.exit(status);
}

/** A variable of the environment; none where that is not permitted. */
function readVariable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  if (state !== "granted") return undefined;
  try {
    return Deno.env.get(name);
  } catch {
    throw new ConfigError(`${name} is not valid Unicode`);
  }
}

/** Reads the configuration: options, environment, and the file they name. */
function readWholeConfig(runningDemoRigs?: number): Config {
  const readText = readPermittedText;
  return readConfig(Deno.args, readVariable, readText, runningDemoRigs);
}

/** Looks who else may read or write the secrets that are used from now on. */
function warnOfOpenFiles({ access, configFile, tls }: Config): void {
  const { tokenFile, token } = access;
  warnIfOpen(tokenFile ?? (token === undefined ? undefined : configFile));
  warnIfOpen(tls?.keyFile);
}

/**
 * A secret that others on this machine can read is theirs as well; one that
 * they can write is theirs from the next SIGHUP on.
 */
function warnIfOpen(path: string | undefined): void {
  if (path === undefined) return;
  let mode: number | null;
  try {
    mode = Deno.statSync(path).mode;
  } catch {
    return; // Reading it says what is wrong.
  }
  if (mode === null || (mode & 0o066) === 0) return;
  const isRead = (mode & 0o044) !== 0;
  const isWritten = (mode & 0o022) !== 0;
  const what = isRead && isWritten
    ? "read and written"
    : isRead
    ? "read"
    : "written";
  console.error(
    `chi-server: warning: ${
      quoteText(path)
    } can be ${what} by other users of this machine: chmod 600`,
  );
}

/** What runs from the start to the end. */
interface Running {
  readonly config: Config;
  readonly fleet: Fleet;
  readonly demo: DemoRigs;
  readonly tokens: TokenCheck;
  readonly monitor: FleetMonitor;
  readonly history: FleetHistory;
  readonly metrics: GatewayMetrics;
  readonly tracing: Tracing | undefined;
  live: LivePolls;
  access: string;
  /** What is served now; a reload puts another one in its place. */
  served?: HandlerOptions;
}

function makeHandlerOptions(running: Running, config: Config): HandlerOptions {
  const { access } = config;
  return {
    ...running,
    policy: { ...access, hasToken: running.tokens.hasToken },
    trustedProxies: access.trustedProxies,
    httpErrors: config.httpErrors,
    timeoutMs: config.timeoutMs,
    onRequest: (entry) => {
      running.tracing?.onRequest(entry);
      logRequest(entry, config.log);
    },
    onUntrustedProxy: warnOfProxy,
    onDefect: reportDefect,
  };
}

function startServer(running: Running, tls: TlsPair | undefined): HttpServer {
  const { config } = running;
  const { httpHost: hostname, httpPort: port } = config;
  const handler = createHandler(() =>
    running.served ??= makeHandlerOptions(running, config)
  );
  const onFailure = reportFailure;
  try {
    return HttpServer.start({ hostname, port, tls, handler, onFailure });
  } catch (error) {
    if (config.tls !== undefined && isTlsError(error)) {
      exitWithError(explainTls(config.tls, error), EXIT_USAGE);
    }
    exitWithError(toListenError(error, config), EXIT_FAILURE);
  }
}

function warnOfProxy(): void {
  printError(
    "warning: a proxy on this machine forwards requests, and everyone " +
      "behind it has the rights of 127.0.0.1: name it with --trust-proxy 127.0.0.1",
  );
}

/** Reads everything again; what is wrong is refused, and all of the old stays. */
async function reload(running: Running, server: HttpServer): Promise<void> {
  const { fleet, demo, tokens, metrics, tracing } = running;
  try {
    const config = readWholeConfig(running.config.demoRigs);
    const { token, tls } = readSecrets(config, readPermittedText);
    const rigs = [...config.rigs, ...demo.rigs];
    checkRigs(rigs);
    if (tls !== undefined && running.config.tls !== undefined) {
      await replaceTls(server, tls, config.tls);
    }
    // What follows cannot fail: all is taken or nothing.
    fleet.replaceRigs(rigs, {
      ...config,
      ...observeFleet(metrics),
      onAsk: tracing?.onAsk,
    });
    tokens.replace(token);
    closeStaleStreams(running, toAccessKey(config, token));
    running.served = makeHandlerOptions(running, config);
    warnOfOpenFiles(config);
    for (const flag of findFixedChanges(running.config, config)) {
      printError(`--${flag} has changed: it needs a restart`);
    }
    printLine(
      `Read configuration, token and certificate again; rigs: ${fleet.size}`,
    );
  } catch (error) {
    printError(`${toOneLine(error)}; what was read before stays`);
  }
}

/**
 * Attack: a stream that goes on for ever with rights that were taken away.
 * Clients come back by themselves, and are looked at again.
 */
function closeStaleStreams(running: Running, access: string): void {
  if (running.access === access) return;
  running.access = access;
  running.live.close();
  running.live = makeLivePolls();
}

function makeLivePolls(): LivePolls {
  return new LivePolls({ onDefect: reportDefect });
}

async function replaceTls(
  server: HttpServer,
  tls: TlsPair,
  files: TlsFiles | undefined,
): Promise<void> {
  try {
    await server.replaceTls(tls);
  } catch (error) {
    throw new Error(explainTls(files, error));
  }
}

function explainTls(files: TlsFiles | undefined, error: unknown): string {
  const { certSource = "--tls-cert", keySource = "--tls-key" } = files ?? {};
  return `${certSource}, ${keySource}: ${toOneLine(error)}`;
}

/** On SIGHUP, where there is one; a second one waits for the first. */
function reloadOnSignal(reload: () => Promise<void>): void {
  if (Deno.build.os === "windows") return;
  let last = Promise.resolve();
  Deno.addSignalListener("SIGHUP", () => {
    last = last.then(reload);
  });
}

function reportFailure(reason: unknown): void {
  printError(
    `stopped accepting, and will listen again: ${toOneLine(reason)}`,
  );
}

function logRequest(entry: LogEntry, format: LogFormat): void {
  if (format !== "off") printLogLine(formatLogLine(entry, format));
}

function reportDefect(error: unknown): void {
  printError(`a defect in the gateway: ${toOneLine(error)}`);
}

/** How many found rigs are named at once, before they are only counted. */
const MAX_NAMED_RIGS = 20;

/** Looks for rigs now and again; what it finds comes after what is configured. */
function startDiscovery(
  { fleet, metrics }: Running,
  signal: AbortSignal,
): void {
  void watchDiscovery({
    signal,
    onFound(found) {
      const added = fleet.addFoundRigs(found);
      for (const rig of added.slice(0, MAX_NAMED_RIGS)) {
        printLine(`found rig ${rig.name}: ${formatAddress(rig)}`);
      }
      const more = added.length - MAX_NAMED_RIGS;
      if (more > 0) printLine(`found ${more} more rigs`);
      // Attack: other invented rigs each minute, each with counts of its own.
      metrics.keepRigs(new Set([...fleet.rigs].map(({ name }) => name)));
    },
    onError: (error) => printError(`--discover: ${toOneLine(error)}`),
  });
}

/** Waits for a signal to stop; another one ends the program at once. */
function waitForSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM"];
  let isStopping = false;
  for (const signal of signals) {
    Deno.addSignalListener(signal, () => {
      if (isStopping) Deno.exit(EXIT_FAILURE);
      isStopping = true;
      resolve();
    });
  }
  return promise;
}

async function serve(config: Config): Promise<void> {
  const { timeoutMs, access, httpHost } = config;
  const { token, tls } = readSecrets(config, readPermittedText);
  const demo = DemoRigs.start(config.demoRigs);
  const metrics = makeMetrics(() => fleet);
  const tracing = startTracing(denoConfig.version);
  const fleet: Fleet = new Fleet([...config.rigs, ...demo.rigs], {
    ...config,
    ...observeFleet(metrics),
    onAsk: tracing?.onAsk,
  });
  const running: Running = {
    config,
    fleet,
    demo,
    tokens: new TokenCheck(token),
    monitor: new FleetMonitor({ onDefect: reportDefect }),
    history: new FleetHistory(),
    metrics,
    tracing,
    live: makeLivePolls(),
    access: toAccessKey(config, token),
  };
  const server = startServer(running, tls);
  const warning = findTracingWarning();
  if (warning !== undefined) printError(warning);
  // Whoever reads the first line may send a signal at once.
  reloadOnSignal(() => reload(running, server));
  const signalled = waitForSignal();
  const [address = "", ...rights] = announceStart({
    version: denoConfig.version,
    scheme: tls === undefined ? "http" : "https",
    httpHost,
    port: server.port,
    fleet: running.fleet,
    ...access,
    hasToken: running.tokens.hasToken,
  });
  printLine(address);
  // Beside the lines that say who may do what.
  warnOfOpenFiles(config);
  rights.forEach(printLine);
  const stopping = new AbortController();
  startSampler({ ...running, signal: stopping.signal }, reportDefect);
  if (config.discover) startDiscovery(running, stopping.signal);
  await signalled;
  stopping.abort();
  running.live.close();
  await server.stop(timeoutMs);
  await demo[Symbol.asyncDispose]();
}

async function main(): Promise<number> {
  const config = readWholeConfig();
  const status = await runSubcommand(config, denoConfig.version);
  if (status !== undefined) return status;
  await serve(config);
  return 0;
}

if (import.meta.main) {
  // Whatever ends the program, by `Deno.exit` too: no line is lost.
  globalThis.addEventListener("unload", printWaitingLines);
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    reportDefect(event.reason);
  });
  try {
    Deno.exit(await main());
  } catch (error) {
    const isUsage = error instanceof ConfigError;
    exitWithError(toOneLine(error), isUsage ? EXIT_USAGE : EXIT_FAILURE);
  }
}
