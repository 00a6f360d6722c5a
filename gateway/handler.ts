/**
 * The gateway: an HTTP request in, a response out, in one straight walk. This
 * is the only place that knows all steps; each of them stands elsewhere.
 *
 * @example
 * ```ts
 * import { Fleet } from "../rigs/fleet.ts";
 * import { Simulator } from "../rigs/simulator.ts";
 * import { createHandler } from "./handler.ts";
 *
 * await using rig = Simulator.start();
 * const { hostname, port } = rig;
 * const fleet = new Fleet([{ name: "default", hostname, port }]);
 * const handler = createHandler({ fleet });
 * const response = await handler(new Request("http://gateway/version"));
 * console.log(await response.json());
 * ```
 *
 * @module
 */

import { accepts } from "jsr:@std/http@1/negotiation";
import type { Fleet, Rig } from "../rigs/fleet.ts";
import type { Answer, Timing } from "../rigs/queue.ts";
import {
  parseTarget,
  readTarget,
  type RigRoute,
  type Route,
} from "../routes.ts";
import type { RawReply, RigRequest } from "../rpc.ts";
import { isReadCommand } from "../rpc/commands.ts";
import { describeRig, RigError } from "../rpc/errors.ts";
import { indentJson } from "../rpc/indent.ts";
import {
  CODE_ACCESS_DENIED,
  CODE_INVALID_COMMAND,
  type ReplyStatus,
} from "../rpc/replies.ts";
import { streamAllReplies } from "./all_rigs.ts";
import type { LogEntry } from "./log.ts";
import { servePage, serveRootPage } from "./pages.ts";
import { Problem, toProblem } from "./problems.ts";
import { readQuestion } from "./question.ts";
import { readServedReply } from "./replies.ts";

/** What the gateway serves, and how. */
export interface HandlerOptions {
  /** The rigs. */
  readonly fleet: Fleet;
  /** Tell a rig's own errors by the status too (422, 403, 404). */
  readonly httpErrors?: boolean;
  /** Milliseconds that a request's body may take. Default 5,000. */
  readonly timeoutMs?: number;
  /** Called once a request, when its response is ready. */
  readonly onRequest?: (entry: LogEntry) => void;
  /** Called with what should not happen: a defect of the gateway itself. */
  readonly onDefect?: (error: unknown) => void;
}

/** What of `Deno.ServeHandlerInfo` the gateway uses. */
export interface ConnectionInfo {
  /** Where the request came from. */
  readonly remoteAddr?: Deno.Addr;
}

/** A handler for `Deno.serve`. */
export type Handler = (
  request: Request,
  info?: ConnectionInfo,
) => Promise<Response>;

/** One request on its way; each step notes what the log will want. */
interface Exchange {
  readonly request: Request;
  readonly options: HandlerOptions;
  path: string;
  rig?: string;
  command?: string;
  timing?: Timing;
}

/** On every response: nothing here may be kept, or taken for something else. */
const COMMON_HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/** The status that the log shows for a client that went away. */
const STATUS_CLIENT_GONE = 499;

/**
 * Makes a handler for `Deno.serve`.
 *
 * @param options The rigs, and how to serve them.
 * @returns The handler; it never throws.
 */
export function createHandler(options: HandlerOptions): Handler {
  return async function handle(request, info): Promise<Response> {
    const arrivedMs = performance.now();
    const exchange: Exchange = { request, options, path: "" };
    let problem: Problem | undefined;
    let response: Response;
    try {
      response = await serveExchange(exchange);
    } catch (error) {
      if (!request.signal.aborted) reportDefect(error, options);
      problem = toProblem(error, exchange.rig);
      response = toProblemResponse(problem, exchange.timing);
    }
    options.onRequest?.({
      time: new Date(),
      address: readAddress(info),
      method: request.method,
      path: exchange.path,
      command: exchange.command,
      status: problem !== undefined && request.signal.aborted
        ? STATUS_CLIENT_GONE
        : response.status,
      durationMs: performance.now() - arrivedMs,
      rig: exchange.rig,
      problem: problem?.code,
    });
    return response;
  };
}

/** The walk: route, question, fleet, queue, rpc, reply, response. */
async function serveExchange(exchange: Exchange): Promise<Response> {
  const { request, options } = exchange;
  const { fleet, httpErrors = false, timeoutMs } = options;
  const target = readTarget(request.url);
  exchange.path = target.split("?", 1)[0] as string;
  checkHost(request.headers.get("host"));
  const route = parseTarget(target);
  const allow = checkMethod(request.method, route);
  if (request.method === "OPTIONS") return makeResponse(null, 204, { allow });
  if (route.kind === "own") return servePage(route.page, fleet, COMMON_HEADERS);
  const rig = route.rig === ALL_RIGS ? undefined : findRig(fleet, route.rig);
  exchange.rig = rig?.name ?? ALL_RIGS;
  if (route.isRoot && prefersHtml(request)) {
    return serveRootPage(route.rig, COMMON_HEADERS);
  }
  const question = await readQuestion(request, route, timeoutMs);
  if (question !== route.request) exchange.command = question.command;
  checkHead(request.method, question);
  if (rig === undefined) return serveAllRigs(request, route, question, fleet);
  const { signal } = request;
  const answer = await rig.queue.ask(question, {
    signal,
    onSettled: (timing) => exchange.timing = timing,
  });
  return route.query.isRaw
    ? toRawResponse(answer)
    : toReplyResponse(answer, rig, {
      isPretty: route.query.isPretty,
      isStrict: httpErrors || prefersStrict(request),
    });
}

/**
 * Refuses a Host that is no authority. Attack: the server puts Host before the
 * path to make the URL, so `Host: x/quit` would turn `GET /summary` into
 * `/quit/summary`.
 */
function checkHost(host: string | null): void {
  if (host === null || /^[A-Za-z0-9._~:[\]%-]*$/.test(host)) return;
  throw new Problem("bad-request", "The Host header is not a host and a port");
}

function checkMethod(method: string, route: Route): string {
  const allow = route.kind === "own"
    ? "GET, HEAD, OPTIONS"
    : "GET, HEAD, POST, OPTIONS";
  if (allow.split(", ").includes(method)) return allow;
  throw new Problem(
    "method-not-allowed",
    `${method} is not allowed here, only ${allow}`,
    { headers: { allow } },
  );
}

/** A HEAD is sent by link checkers and previews: it must not change a rig. */
function checkHead(method: string, question: RigRequest): void {
  if (method !== "HEAD" || isReadCommand(question.command)) return;
  throw new Problem(
    "method-not-allowed",
    `HEAD is not allowed for "${question.command}", which may change the rig`,
    { headers: { allow: "GET, POST, OPTIONS" }, hint: "Use POST" },
  );
}

function findRig(fleet: Fleet, name: string | undefined): Rig {
  const rig = name === undefined ? fleet.defaultRig : fleet.findRig(name);
  if (rig !== undefined) return rig;
  throw new Problem("unknown-rig", `There is no rig called "${name}"`, {
    hint: "The rigs are named on the command line with --rig name=host",
  });
}

/** The name in a URL that means every rig. */
const ALL_RIGS = "all";

async function serveAllRigs(
  request: Request,
  route: RigRoute,
  question: RigRequest,
  fleet: Fleet,
): Promise<Response> {
  if (route.query.isRaw) {
    throw new Problem("bad-request", "?raw works for one rig, not for /@all");
  }
  const { isPretty } = route.query;
  const body = streamAllReplies(fleet.rigs, question, { isPretty });
  if (request.method !== "HEAD") return makeResponse(body, 200, JSON_TYPE);
  await body.pipeTo(new WritableStream());
  // A stream, if an empty one: GET does not know its length before either.
  return makeResponse(new Blob().stream(), 200, JSON_TYPE);
}

const JSON_TYPE = { "content-type": "application/json" };

function toRawResponse(answer: Answer): Response {
  return makeResponse(answer.reply.bytes, 200, {
    "content-type": "application/octet-stream",
    ...readStatusHeaders(answer.reply),
    "server-timing": formatTiming(answer),
  });
}

/** What the STATUS says, of bytes that need not be a reply. */
function readStatusHeaders(reply: RawReply): Record<string, string> {
  try {
    const { "chi-repaired": _, ...headers } = readServedReply(reply).headers;
    return headers;
  } catch (error) {
    if (error instanceof RigError) return {};
    throw error;
  }
}

function toReplyResponse(
  answer: Answer,
  rig: Rig,
  { isPretty, isStrict }: { isPretty: boolean; isStrict: boolean },
): Response {
  const served = readServedReply(answer.reply, describeRig(rig));
  const body = isPretty ? indentJson(served.text) : served.body;
  const status = isStrict ? toHttpStatus(served.status) : 200;
  return makeResponse(body, status, {
    ...JSON_TYPE,
    ...served.headers,
    "server-timing": formatTiming(answer),
  });
}

function toHttpStatus({ letter, code }: ReplyStatus): number {
  if (letter !== "E" && letter !== "F") return 200;
  if (code === CODE_ACCESS_DENIED) return 403;
  return code === CODE_INVALID_COMMAND ? 404 : 422;
}

function formatTiming({ queueMs, rpcMs }: Timing): string {
  return `queue;dur=${queueMs.toFixed(1)}, rpc;dur=${rpcMs.toFixed(1)}`;
}

function toProblemResponse(
  problem: Problem,
  timing: Timing | undefined,
): Response {
  return makeResponse(JSON.stringify(problem), problem.status, {
    "content-type": "application/problem+json",
    ...(timing === undefined ? {} : { "server-timing": formatTiming(timing) }),
    ...problem.headers,
  });
}

function makeResponse(
  body: BodyInit | null,
  status: number,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(body, {
    status,
    headers: { ...COMMON_HEADERS, ...headers },
  });
}

function prefersHtml(request: Request): boolean {
  const accept = request.headers.get("accept");
  if (request.method === "POST" || accept === null || !/text\//i.test(accept)) {
    return false;
  }
  return accepts(request, "application/json", "text/html") === "text/html";
}

/** RFC 7240: `Prefer: handling=strict`. */
function prefersStrict({ headers }: Request): boolean {
  const prefer = headers.get("prefer");
  return prefer !== null &&
    /(?:^|[,;])\s*handling\s*=\s*"?strict"?\s*(?:[,;]|$)/i.test(prefer);
}

function reportDefect(error: unknown, options: HandlerOptions): void {
  if (toProblem(error).code === "internal-error") options.onDefect?.(error);
}

function readAddress(info: ConnectionInfo | undefined): string | undefined {
  const address = info?.remoteAddr;
  return address !== undefined && "hostname" in address
    ? address.hostname.replace(/^::ffff:(?=\d+\.)/, "")
    : undefined;
}
