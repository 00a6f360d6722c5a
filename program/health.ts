/**
 * `chi-server health`: asks a gateway whether it is well, for whoever restarts
 * it when it is not: a container without a shell, a script.
 *
 * @module
 */

import { get, type IncomingMessage } from "node:http";
import { connect } from "node:tls";
import type { HealthPage } from "./config/operands.ts";
import { readFileText, type ReadText } from "./config/setting.ts";
import { toOneLine } from "./failures.ts";
import { readPermittedText } from "./option_files.ts";

/** How a gateway is asked. */
export interface HealthOptions {
  /** What is asked. */
  readonly health: HealthPage;
  /** How long it may take, in milliseconds. Default 2,000. */
  readonly timeoutMs?: number;
  /** Reads the file of the certificate. Default: where that is permitted. */
  readonly readText?: ReadText;
  /** Prints a line on stderr. Default `console.error`. */
  readonly printError?: (line: string) => void;
}

/** What the page says: a few words, so more of them is another page. */
const MAX_BODY_LENGTH = 4096;

/**
 * Asks a gateway once. The request goes past every proxy of the environment:
 * it is only about the gateway.
 *
 * @param options Whom to ask; where to print.
 * @returns The exit status: 0 without a word if it is well; 1 if not, with one
 * line that says what happened.
 * @throws {ConfigError} If the file of the certificate cannot be read.
 */
export async function runHealth(options: HealthOptions): Promise<number> {
  const { health, timeoutMs = 2000, printError = console.error } = options;
  const { readText = readPermittedText } = options;
  const ca = health.certFile === undefined
    ? undefined
    : readFileText("--tls-cert", health.certFile, readText);
  const signal = AbortSignal.timeout(timeoutMs);
  let failure: string | undefined;
  try {
    failure = judgeAnswer(await askPage(health, ca, signal));
  } catch (error) {
    failure = signal.aborted
      ? `no answer within ${timeoutMs / 1000} s`
      : explainError(error);
  }
  if (failure === undefined) return 0;
  printError(`chi-server: ${health.url}: ${failure}`);
  return 1;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * By node:http, since `fetch` would go through proxies, and can neither trust a
 * certificate that is its own authority nor leave its name unchecked.
 */
function askPage(
  { url, isOwn }: HealthPage,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { protocol, hostname, port, pathname } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const request = {
    host,
    port: Number(port) || (protocol === "https:" ? 443 : 80),
    path: pathname,
    headers: { host: new URL(url).host, connection: "close" },
    signal,
  };
  const openTls = () =>
    connect({
      host,
      port: request.port,
      // Only names go into a handshake (RFC 6066, section 3).
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
      ALPNProtocols: ["http/1.1"],
      // Nothing secret is said, and who it is was chosen by the address.
      rejectUnauthorized: !isOwn,
      ...(ca === undefined ? {} : { ca: [ca] }),
    });
  const connection = protocol === "https:" ? { createConnection: openTls } : {};
  get({ ...request, ...connection }, (response: IncomingMessage) => {
    let body = "";
    response.setEncoding("utf8");
    response.on("data", (text: string) => {
      body += text;
      if (body.length > MAX_BODY_LENGTH) response.destroy();
    });
    response.on("close", () => {
      resolve({ status: response.statusCode ?? 0, body });
    });
    response.on("error", reject);
  }).on("error", reject);
  return promise;
}

/** What is wrong with an answer; `undefined`: nothing. */
function judgeAnswer({ status, body }: Answer): string | undefined {
  if (status !== 200) return `answered ${status}`;
  return /"status":\s*"(?:ok|ready)"/.test(body)
    ? undefined
    : "answered, but is no page of a chi-server that says how it is";
}

function explainError(error: unknown): string {
  const { code = "" } = error as { readonly code?: string };
  return EXPLANATIONS.find(([codes]) => codes.test(code))?.[1] ??
    toOneLine(error).trimEnd();
}

/** Codes of node:net, node:http and node:tls. */
const EXPLANATIONS: readonly (readonly [codes: RegExp, text: string])[] = [
  [/^ECONNREFUSED$/, "nobody listens there"],
  [/^ECONNRESET$/, "hung up without an answer"],
  [/^ENOTFOUND$/, "there is no host of that name"],
  [/^HPE_/, "what answers there does not speak HTTP: is it HTTPS?"],
  [/^ERR_SSL_/, "what answers there does not speak TLS: is it HTTP?"],
];
