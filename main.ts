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
import { describeAccess } from "./gateway/access_list.ts";
import {
  type Config,
  ConfigError,
  readConfig,
  toDemoName,
} from "./gateway/config.ts";
import { createHandler } from "./gateway/handler.ts";
import { formatLogLine, type LogEntry, type LogFormat } from "./gateway/log.ts";
import { HttpServer, type TlsPair } from "./gateway/http_server.ts";
import { quoteText } from "./gateway/ip_address.ts";
import { formatHelp } from "./gateway/options.ts";
import { readTlsPair, readToken } from "./gateway/secrets.ts";
import { TokenCheck } from "./gateway/token.ts";
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
  if (state !== "granted") return undefined;
  try {
    return Deno.env.get(name);
  } catch {
    throw new ConfigError(`${name} is not valid Unicode`);
  }
}

/** Does what may find an option wrong: then nothing is started. */
function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) {
      exitWithError(`chi-server: ${error.message}`, EXIT_USAGE);
    }
    throw error;
  }
}

/** What is in files, or in `CHI_TOKEN`. */
interface Secrets {
  readonly token: string | undefined;
  readonly tls: TlsPair | undefined;
}

function readSecrets({ access, tls }: Config): Secrets {
  const { tokenFile } = access;
  const secrets: Secrets = {
    token: tokenFile === undefined
      ? access.token
      : readToken(tokenFile, Deno.readTextFileSync),
    tls: tls === undefined
      ? undefined
      : readTlsPair(tls, Deno.readTextFileSync),
  };
  if (tokenFile !== undefined) warnIfReadable(tokenFile);
  return secrets;
}

/** A token that others on this machine can read is theirs as well. */
function warnIfReadable(path: string): void {
  let mode: number | null;
  try {
    mode = Deno.statSync(path).mode;
  } catch {
    return; // Reading it says what is wrong.
  }
  if (mode === null || (mode & 0o044) === 0) return;
  console.error(
    `chi-server: warning: ${
      quoteText(path)
    } can be read by other users of this machine: chmod 600`,
  );
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
  return { name: toDemoName(index + 1), hostname, port };
}

function startServer(
  config: Config,
  fleet: Fleet,
  tokens: TokenCheck,
  tls: TlsPair | undefined,
): HttpServer {
  const { httpHost: hostname, httpPort: port, access } = config;
  const handler = createHandler({
    fleet,
    policy: { ...access, hasToken: tokens.hasToken },
    tokens,
    trustedProxies: access.trustedProxies,
    httpErrors: config.httpErrors,
    timeoutMs: config.timeoutMs,
    ...toRequestLog(config.log),
    onUntrustedProxy: warnOfProxy,
    onDefect: reportDefect,
  });
  const onFailure = reportFailure;
  try {
    return HttpServer.start({ hostname, port, tls, handler, onFailure });
  } catch (error) {
    if (tls !== undefined && isTlsError(error)) {
      const reason = toOneLine(error);
      exitWithError(`chi-server: --tls-cert, --tls-key: ${reason}`, EXIT_USAGE);
    }
    exitWithError(toListenError(error, config), EXIT_FAILURE);
  }
}

function warnOfProxy(): void {
  console.error(
    "chi-server: warning: a proxy on this machine forwards requests, and everyone " +
      "behind it has the rights of 127.0.0.1: name it with --trust-proxy 127.0.0.1",
  );
}

/** Whether the certificate is wrong, rather than the address. */
function isTlsError(error: unknown): boolean {
  return error instanceof Deno.errors.InvalidData ||
    (error instanceof Error && /certificate|key|PEM/i.test(error.message));
}

/** Reads the secrets again; wrong ones are refused, and the old stay. */
async function reloadSecrets(
  config: Config,
  tokens: TokenCheck,
  server: HttpServer,
): Promise<void> {
  try {
    const { token, tls } = readSecrets(config);
    if (tls !== undefined) await replaceTls(server, tls);
    // Last, since it cannot fail: all is taken or nothing.
    if (token !== undefined) tokens.replace(token);
    printLine("Read token and certificate again");
  } catch (error) {
    console.error(
      `chi-server: ${toOneLine(error)}; what was read before stays`,
    );
  }
}

async function replaceTls(server: HttpServer, tls: TlsPair): Promise<void> {
  try {
    await server.replaceTls(tls);
  } catch (error) {
    throw new Error(`--tls-cert, --tls-key: ${toOneLine(error)}`);
  }
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
  console.error(
    `chi-server: stopped accepting, and will listen again: ${
      toOneLine(reason)
    }`,
  );
}

function toRequestLog(
  format: LogFormat,
): { onRequest?: (entry: LogEntry) => void } {
  if (format === "off") return {};
  return { onRequest: (entry) => printLine(formatLogLine(entry, format)) };
}

function reportDefect(error: unknown): void {
  console.error(`chi-server: a defect in the gateway: ${toOneLine(error)}`);
}

/** What an error says, without line breaks and the system's numbers. */
function toOneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, " ").replace(/ \(os error \d+\)/g, "");
}

function toListenError(error: unknown, config: Config): string {
  const { httpHost, httpPort } = config;
  const where = httpHost === undefined
    ? `port ${httpPort}`
    : formatAddress({ hostname: httpHost, port: httpPort });
  if (error instanceof Deno.errors.AddrInUse) {
    return `chi-server: cannot listen on ${where}: another program does; choose another port with -w`;
  }
  return `chi-server: cannot listen on ${where}: ${toOneLine(error)}`;
}

function announce(
  config: Config,
  fleet: Fleet,
  port: number,
  hasToken: boolean,
): void {
  const { httpHost, access, tls } = config;
  const isEverywhere = httpHost === undefined || httpHost === "0.0.0.0" ||
    httpHost === "::";
  const hostname = isEverywhere ? "localhost" : httpHost;
  printLine(
    `chi-server ${denoConfig.version}: open ${
      tls === undefined ? "http" : "https"
    }://${formatAddress({ hostname, port })}/`,
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
  const byToken = access.isTokenForReads
    ? " Whoever brings the token may do anything; without it only who may write may read."
    : " Whoever brings the token may do anything.";
  printLine(
    describeAccess(access.rules, access.groups) + (hasToken ? byToken : ""),
  );
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

async function main(): Promise<void> {
  const config = orExit(() => readConfig(Deno.args, readVariable));
  if (config.action === "help") {
    return printLine(formatHelp(denoConfig.version));
  }
  if (config.action === "version") {
    return printLine(`chi-server ${denoConfig.version}`);
  }
  const { token, tls } = orExit(() => readSecrets(config));
  const tokens = new TokenCheck(token);
  const simulators = startDemoRigs(config.demoRigs);
  const { timeoutMs } = config;
  const fleet = new Fleet(
    [...config.rigs, ...simulators.map(toNamedRig)],
    { timeoutMs },
  );
  const server = startServer(config, fleet, tokens, tls);
  // Whoever reads the first line may send a signal at once.
  reloadOnSignal(() => reloadSecrets(config, tokens, server));
  const signalled = waitForSignal();
  announce(config, fleet, server.port, tokens.hasToken);
  await signalled;
  await server.stop(timeoutMs);
  await Promise.all(simulators.map((simulator) => simulator.stop()));
  Deno.exit(0);
}

if (import.meta.main) {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    reportDefect(event.reason);
  });
  try {
    await main();
  } catch (error) {
    exitWithError(`chi-server: ${toOneLine(error)}`, EXIT_FAILURE);
  }
}
