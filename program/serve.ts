/**
 * The gateway as a program: starts it, reads everything again on SIGHUP, and
 * stops it on a signal.
 *
 * @module
 */

import { TokenCheck } from "../gateway/access/token.ts";
import { createHandler, type HandlerOptions } from "../gateway/handler.ts";
import {
  formatLogLine,
  type LogEntry,
  type LogFormat,
} from "../gateway/http/log.ts";
import { HttpServer, type TlsPair } from "../gateway/http_server.ts";
import { LivePolls } from "../gateway/live/streams.ts";
import {
  type GatewayMetrics,
  makeMetrics,
  observeFleet,
} from "../gateway/metrics/gateway_metrics.ts";
import {
  findTracingWarning,
  startTracing,
  type Tracing,
} from "../gateway/metrics/tracing.ts";
import { FleetMonitor } from "../gateway/watch/fleet_monitor.ts";
import { FleetHistory } from "../gateway/watch/history.ts";
import { Notifier, type NotifyOptions } from "../gateway/watch/notifier.ts";
import { startSampler } from "../gateway/watch/sampler.ts";
import { watchDiscovery } from "../rigs/discovery.ts";
import { checkRigs, Fleet } from "../rigs/fleet.ts";
import { API_PORT, formatAddress } from "../rpc/errors.ts";
import {
  adviseOnNoRig,
  announceAddresses,
  announceStart,
  drawQrCode,
  listUrls,
  type OwnAddress,
} from "./announcement.ts";
import type { Config } from "./config/config.ts";
import { OPTIONS } from "./config/options.ts";
import { ConfigError } from "./config/setting.ts";
import { readSecrets, type TlsFiles } from "./config/secrets.ts";
import { DemoRigs } from "./demo_rigs.ts";
import {
  EXIT_FAILURE,
  EXIT_USAGE,
  exitWithError,
  isTlsError,
  printError,
  toListenError,
  toOneLine,
} from "./failures.ts";
import { openHistory } from "./history.ts";
import { findOpenFile, readPermittedText } from "./option_files.ts";

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

/**
 * Attack: another user of this machine, who reads a rig's password. So one may
 * stand in the configuration file only if nobody else can read that.
 */
function checkPasswordPlaces({ rigs, configFile = "" }: Config): void {
  const inline = rigs.find(({ passwordFile }) =>
    passwordFile !== undefined && passwordFile.path === undefined
  );
  const warning = inline && findOpenFile(configFile);
  if (warning === undefined) return;
  throw new ConfigError(
    `${inline?.passwordFile?.source}: ${warning}, or use password-file`,
  );
}

/** Looks who else may read or write the secrets that are used from now on. */
function warnOfOpenFiles(
  { access, configFile, notify, rigs, tls }: Config,
): void {
  const { tokenFile, token } = access;
  const isFileSecret = token !== undefined || notify.length > 0;
  const secret = tokenFile ?? (isFileSecret ? configFile : undefined);
  const passwords = rigs.map(({ passwordFile }) => passwordFile?.path);
  for (const path of new Set([secret, tls?.keyFile, ...passwords])) {
    const warning = path === undefined ? undefined : findOpenFile(path);
    if (warning !== undefined) printError(`warning: ${warning}`);
  }
}

/** What is served, and how it is read again. */
export interface Serving {
  /** The configuration. */
  readonly config: Config;
  /** The program's version. */
  readonly version: string;
  /**
   * Reads the configuration anew, for SIGHUP.
   *
   * @param runningDemoRigs How many simulated rigs run already.
   */
  readonly readConfig: (runningDemoRigs: number) => Config;
}

/** What runs from the start to the end. */
interface Running extends Pick<Serving, "config" | "readConfig"> {
  readonly fleet: Fleet;
  readonly demo: DemoRigs;
  readonly tokens: TokenCheck;
  readonly monitor: FleetMonitor;
  readonly history: FleetHistory;
  readonly notifier: Notifier;
  readonly metrics: GatewayMetrics;
  readonly tracing: Tracing | undefined;
  live: LivePolls;
  access: string;
  /** What to do without a rig, until a reload. */
  advice?: readonly string[] | undefined;
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
    const config = running.readConfig(running.config.demoRigs);
    checkPasswordPlaces(config);
    const secrets = readSecrets(config, readPermittedText);
    const { token, tls } = secrets;
    const rigs = [...secrets.rigs, ...demo.rigs];
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
    running.monitor.settings = config.trouble;
    running.notifier.replaceOptions(toNotifyOptions(config));
    closeStaleStreams(running, toAccessKey(config, token));
    running.advice = undefined;
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

function toNotifyOptions(
  { notify: targets, publicUrl: link }: Config,
): NotifyOptions {
  return { targets, link };
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

/**
 * Says that something happened which should not.
 *
 * @param error What was thrown.
 */
export function reportDefect(error: unknown): void {
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

/**
 * Serves until a signal stops it: what runs is finished, at most for the
 * deadline of a call. What cannot be served ends the program with one line.
 *
 * @param serving What is served.
 * @throws {ConfigError} If a file that the configuration names cannot be used.
 */
export async function serve(
  { config, version, readConfig }: Serving,
): Promise<void> {
  const { timeoutMs, access, httpHost } = config;
  // No line of the log is lost, however the program ends by itself.
  globalThis.addEventListener("unload", printWaitingLines);
  checkPasswordPlaces(config);
  const { rigs, token, tls } = readSecrets(config, readPermittedText);
  const historyFile = await openHistory(config.historyFile);
  const demo = DemoRigs.start(config.demoRigs);
  const metrics = makeMetrics(() => fleet);
  const tracing = startTracing(version);
  const fleet: Fleet = new Fleet([...rigs, ...demo.rigs], {
    ...config,
    ...observeFleet(metrics),
    onAsk: tracing?.onAsk,
  });
  const monitor = new FleetMonitor({
    onDefect: reportDefect,
    settings: config.trouble,
  });
  const running: Running = {
    config,
    readConfig,
    fleet,
    demo,
    tokens: new TokenCheck(token),
    monitor,
    notifier: new Notifier({
      ...toNotifyOptions(config),
      fleet,
      monitor,
      onProblem: printError,
      onDefect: reportDefect,
    }),
    history: new FleetHistory(historyFile),
    metrics,
    tracing,
    live: makeLivePolls(),
    access: toAccessKey(config, token),
  };
  const server = startServer(running, tls);
  const warning = findTracingWarning();
  if (warning !== undefined) printError(warning);
  // A reader of the first line may send a signal at once.
  reloadOnSignal(() => reload(running, server));
  const signalled = waitForSignal();
  const [address = "", ...rights] = announceStart({
    version,
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
  const own = listOwnAddresses();
  const scheme = tls === undefined ? "http" : "https";
  const urls = listUrls({ scheme, httpHost, port: server.port }, own);
  announceAddresses(urls).forEach(printLine);
  const phoneUrl = config.publicUrl ?? urls[0];
  const isDrawn = Deno.stdout.isTerminal() && !Deno.noColor;
  if (phoneUrl !== undefined && isDrawn) {
    const { rows } = Deno.consoleSize();
    (await drawQrCode(phoneUrl, rows)).forEach(printLine);
  }
  const stopping = new AbortController();
  startSampler({ ...running, signal: stopping.signal }, reportDefect);
  running.notifier.start();
  void adviseOnStart(running, own);
  if (config.discover) startDiscovery(running, stopping.signal);
  await signalled;
  stopping.abort();
  running.live.close();
  await Promise.all([server.stop(timeoutMs), running.notifier.stop()]);
  await fleet.logOff();
  await historyFile?.close();
  await demo[Symbol.asyncDispose]();
}

/**
 * Lists the IPv4 addresses of this machine on its networks.
 *
 * @returns The addresses; none without the permission to know.
 */
export function listOwnAddresses(): OwnAddress[] {
  const permission = { name: "sys", kind: "networkInterfaces" } as const;
  if (Deno.permissions.querySync(permission).state !== "granted") return [];
  return Deno.networkInterfaces().filter(({ family, address }) =>
    family === "IPv4" && !address.startsWith("127.") &&
    !address.startsWith("169.254.")
  );
}

/** A new user has nothing at the default address, and has to know what to do. */
async function adviseOnStart(
  running: Running,
  own: readonly OwnAddress[],
): Promise<void> {
  const { config, fleet, monitor } = running;
  const { defaultRig: { name, hostname, port } } = fleet;
  const isUnset = fleet.size === 1 && name === "default" &&
    hostname === "127.0.0.1" && port === API_PORT && !config.discover;
  if (!isUnset) return;
  const { problem } = await monitor.survey(fleet.defaultRig);
  if (problem?.code !== "rig-refused") return;
  const advice = adviseOnNoRig(own);
  advice.forEach(printLine);
  if (fleet.size !== 1) return; // A reload has named some meanwhile.
  running.advice = advice;
  running.served = makeHandlerOptions(running, config);
}

/**
 * Finds what has changed though it only counts at the start.
 *
 * @param old What was read at the start.
 * @param now What was read now.
 * @returns The flags, without their dashes.
 */
function findFixedChanges(old: Config, now: Config): string[] {
  const isOther = (member: keyof Config): boolean =>
    member === "tls"
      ? (old.tls === undefined) !== (now.tls === undefined)
      : old[member] !== now[member];
  return OPTIONS.filter(({ fixed }) => fixed !== undefined && isOther(fixed))
    .map(({ flag }) => flag);
}

/**
 * Tells one set of rights from another.
 *
 * @param config Who may ask what.
 * @param token The token, which is in the result: never show it.
 * @returns The same text for the same rights.
 */
function toAccessKey(
  { access }: Config,
  token: string | undefined,
): string {
  return JSON.stringify(
    [access, token],
    (_, value) =>
      value instanceof Map || value instanceof Set ? [...value] : value,
  );
}
