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

import {
  parseTarget,
  readTarget,
  type RigRoute,
  type Route,
  stripPrefix,
} from "../routes.ts";
import { checkCrash } from "../rigs/crash_guard.ts";
import type { Timing } from "../rigs/queue.ts";
import { findCrash } from "../rpc/commands.ts";
import { encodeRequest, isReadRequest, type RigRequest } from "../rpc.ts";
import { admitExchange, toGuest } from "./admission.ts";
import { streamAllReplies } from "./http/all_rigs.ts";
import { makeCorsHeaders, makePreflightHeaders } from "./access/cors.ts";
import {
  createGateway,
  type Exchange,
  type Gateway,
  type HandlerOptions,
} from "./exchange.ts";
import { isLocalAddress, readClientAddress } from "./access/forwarded.ts";
import type { GuardPolicy, GuardTarget } from "./access/guard.ts";
import { prefersEventStream, readIntervalMs } from "./live/events.ts";
import { serveLiveReplies } from "./pages/live_replies.ts";
import {
  findPage,
  isShownByPage,
  nameRoute,
  servePage,
  serveRootPage,
} from "./pages/pages.ts";
import { ClientGone, Problem, toProblem } from "./http/problems.ts";
import { checkMembers, readQuestion } from "./http/question.ts";
import {
  checkHead,
  checkHeaders,
  checkHostHeader,
  checkMethod,
  type ConnectionInfo,
  isNavigation,
  prefersHtml,
  readHandling,
  readHost,
} from "./http/requests.ts";
import {
  formatTiming,
  JSON_TYPE,
  makeEmptyStream,
  makeProblemResponse,
  makeRawResponse,
  makeReplyResponse,
  makeResponse,
} from "./http/responses.ts";
import type { RouteName } from "./http/route_names.ts";
import { type Selection, selectRigs } from "./http/selection.ts";

export type { HandlerOptions } from "./exchange.ts";
export type { ConnectionInfo } from "./http/requests.ts";

/** A handler for `Deno.serve`. */
export type Handler = (
  request: Request,
  info?: ConnectionInfo,
) => Promise<Response>;

const NO_TIME: Timing = { queueMs: 0, rpcMs: 0 };

/** The status of a client that went away, which no client ever sees. */
const STATUS_CLIENT_GONE = 499;

/**
 * Makes a handler for `Deno.serve`.
 *
 * @param options The rigs, and how to serve them; or a function that gives them,
 * which is called for each request. It gives the same object until something
 * changes. Another one counts from then on, also for a request whose body still
 * arrives; what it leaves out begins anew, as tokens, history and live streams.
 * @returns The handler; it never throws.
 */
export function createHandler(
  options: HandlerOptions | (() => HandlerOptions),
): Handler {
  const getGateway = followOptions(options);
  let hasWarned = false;
  return async function handle(request, info): Promise<Response> {
    const arrivedMs = performance.now();
    const gateway = getGateway();
    const { trustedProxies } = gateway;
    const address = readClientAddress(request, info, trustedProxies);
    const exchange: Exchange = { request, gateway, address, path: "" };
    // Attack: rights that a reload took away while the body still arrived.
    const renew = (): void => {
      const now = getGateway();
      if (now === exchange.gateway) return;
      exchange.gateway = now;
      exchange.address = readClientAddress(request, info, now.trustedProxies);
    };
    let problem: Problem | undefined;
    let response: Response;
    try {
      response = await serveExchange(exchange, renew);
    } catch (error) {
      if (request.signal.aborted || error instanceof ClientGone) {
        // For log, metrics and spans: there is nobody left to read it.
        response = makeResponse(null, STATUS_CLIENT_GONE, {});
      } else {
        reportDefect(error, exchange.gateway);
        problem = toProblem(error, exchange.rig);
        response = exchange.isPageOpened && isShownByPage(problem)
          ? serveRootPage(exchange.routeRig, exchange.gateway.prefix, problem)
          : makeProblemResponse(problem, exchange.timing ?? untimed(problem));
      }
    }
    if (
      exchange.isForwarded && !hasWarned && trustedProxies.length === 0 &&
      isLocalAddress(address)
    ) {
      hasWarned = true;
      gateway.onUntrustedProxy?.();
    }
    addHeaders(
      response,
      makeCorsHeaders(exchange.gateway.policy.corsOrigins, request.headers),
    );
    const durationMs = performance.now() - arrivedMs;
    exchange.gateway.metrics.observeRequest(
      exchange.route ?? "other",
      response.status,
      durationMs / 1000,
    );
    exchange.gateway.onRequest?.({
      time: new Date(),
      address: exchange.address,
      group: exchange.group,
      method: request.method,
      path: exchange.path,
      route: exchange.route,
      command: exchange.command,
      status: response.status,
      durationMs,
      rig: exchange.rig,
      problem: problem?.code,
    });
    return response;
  };
}

/** Makes a gateway of the options, and another one when they are others. */
function followOptions(
  options: HandlerOptions | (() => HandlerOptions),
): () => Gateway {
  const getOptions = typeof options === "function" ? options : () => options;
  let current = getOptions();
  let gateway = createGateway(current);
  return () => {
    const now = getOptions();
    if (now !== current) [current, gateway] = [now, createGateway(now)];
    return gateway;
  };
}

/** The walk: route, question, guard, fleet, queue, rpc, reply, response. */
async function serveExchange(
  exchange: Exchange,
  renew: () => void,
): Promise<Response> {
  const { request } = exchange;
  const target = findTarget(request, exchange.gateway);
  exchange.path = readPath(target);
  exchange.isForwarded = checkHeaders(request.headers);
  const host = readHost(request);
  checkHostHeader(host);
  const { route, name } = findRoute(target);
  exchange.route = name;
  const methods = checkMethod(request.method, route);
  if (request.method === "OPTIONS") {
    const allow = methods.join(", ");
    return answerOptions(request, exchange.gateway.policy, allow);
  }
  const question = await findQuestion(exchange, route);
  renew();
  const { gateway } = exchange;
  if (question === "page" && route.kind === "rig") {
    exchange.isPageOpened = isNavigation(request);
    if (route.rig !== undefined) exchange.routeRig = route.rig;
  }
  // No socket to a rig opens before this line.
  admitExchange(exchange, host, toGuardTarget(request, route, question));
  if (question instanceof Problem) throw question;
  if (route.kind === "own") return await servePage(route, exchange);
  const selection = selectRigs(
    gateway.fleet,
    route.rig,
    question === "page" || isReadRequest(question),
  );
  exchange.rig = selection.name;
  if (question === "page") return serveRootPage(route.rig, gateway.prefix);
  checkHead(request.method, question);
  const isOwner = exchange.group === "W";
  if (!isOwner) checkMembers(question);
  const handling = readHandling(request);
  const isLenient = isOwner && handling === "lenient";
  if (!isLenient) checkCrash(question);
  // What no rig can read is refused before many of them are asked.
  if (selection.rig === undefined) encodeRequest(question);
  const isLive = prefersEventStream(request) && isReadRequest(question);
  if (isLive || route.query.interval !== undefined) {
    const intervalMs = readIntervalMs(route.query.interval);
    if (isLive) {
      return serveLiveReplies(exchange, route, question, selection, intervalMs);
    }
  }
  const { rig } = selection;
  if (rig === undefined) {
    return serveAllRigs(exchange, route, question, selection, isLenient);
  }
  const answer = await rig.queue.ask(question, {
    // `request.signal` is made when it is first read, which costs more than a call.
    makeSignal: () => request.signal,
    guest: toGuest(exchange),
    isLenient,
    onSettled: (timing) => exchange.timing = timing,
  });
  return route.query.isRaw
    ? makeRawResponse(answer)
    : makeReplyResponse(answer, rig, {
      isPretty: route.query.isPretty,
      isStrict: gateway.httpErrors === true || handling === "strict",
    });
}

/** Path and query below the prefix. */
function findTarget({ url }: Request, { prefix }: Gateway): string {
  const target = stripPrefix(readTarget(url), prefix);
  if (target !== undefined) return target;
  throw new Problem("not-found", `Everything here stands below ${prefix}/`);
}

function readPath(target: string): string {
  const queryAt = target.indexOf("?");
  return queryAt === -1 ? target : target.slice(0, queryAt);
}

/** What a target means, and what kind of URL that is. */
interface KnownRoute {
  readonly route: Route;
  readonly name: RouteName;
}

/** The same few targets are asked again and again. */
const knownRoutes = new Map<string, KnownRoute>();
const MAX_KNOWN_ROUTES = 1000;
const MAX_KNOWN_LENGTH = 256;

function findRoute(target: string): KnownRoute {
  const known = knownRoutes.get(target);
  if (known !== undefined) return known;
  const route = parseTarget(target);
  const found = { route, name: nameRoute(route) };
  if (target.length > MAX_KNOWN_LENGTH) return found;
  // Attack: ever other targets, which would fill the memory.
  if (knownRoutes.size >= MAX_KNOWN_ROUTES) knownRoutes.clear();
  knownRoutes.set(target, found);
  return found;
}

/** A question for a rig, a page, or why what came cannot be read. */
async function findQuestion(
  exchange: Exchange,
  route: Route,
): Promise<RigRequest | "page" | Problem> {
  const { request, gateway } = exchange;
  if (route.kind === "own") return "page";
  if (route.isRoot && prefersHtml(request)) return "page";
  try {
    const question = await readQuestion(request, route, gateway.timeoutMs);
    if (question !== route.request) exchange.command = question.command;
    return question;
  } catch (error) {
    // Whether this client may ask at all comes before what it asked wrongly.
    if (error instanceof Problem) return error;
    throw error;
  }
}

function toGuardTarget(
  request: Request,
  route: Route,
  question: RigRequest | "page" | Problem,
): GuardTarget {
  if (question instanceof Problem) return { kind: "unreadable" };
  if (question !== "page") {
    const { command, parameter, body } = question;
    // Attack: a page that may read, through a visitor who may do anything, and
    // insists on what crashes the miner.
    const isInsisting = findCrash(command, parameter) !== undefined &&
      readHandling(request) === "lenient";
    const isWrite = body !== undefined || isInsisting;
    return { kind: "command", command, isWrite };
  }
  return { kind: route.kind === "own" ? findPage(route).access : "page" };
}

function answerOptions(
  { headers }: Request,
  { corsOrigins }: GuardPolicy,
  allow: string,
): Response {
  return makeResponse(null, 204, {
    allow,
    ...makePreflightHeaders(corsOrigins, headers, allow),
  });
}

function addHeaders(
  response: Response,
  headers: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(headers)) {
    // What a page varies by already, it still varies by.
    if (name === "vary") response.headers.append(name, value);
    else response.headers.set(name, value);
  }
}

async function serveAllRigs(
  exchange: Exchange,
  route: RigRoute,
  question: RigRequest,
  { rigs }: Selection,
  isLenient: boolean,
): Promise<Response> {
  if (route.query.isRaw) {
    throw new Problem("bad-request", "?raw works for one rig, not for several");
  }
  const { request, gateway: { onDefect } } = exchange;
  const { isPretty } = route.query;
  const guest = toGuest(exchange);
  const options = { isPretty, guest, isLenient, onDefect };
  const body = streamAllReplies(rigs, question, options);
  // Each rig has its own; the head is sent before any of them was asked.
  const headers = { ...JSON_TYPE, "server-timing": formatTiming(NO_TIME) };
  if (request.method !== "HEAD") return makeResponse(body, 200, headers);
  await body.pipeTo(new WritableStream(), { signal: request.signal });
  return makeResponse(makeEmptyStream(), 200, headers);
}

/** What a rig's problem says of its time where no call of its own began. */
function untimed({ code }: Problem): Timing | undefined {
  return code.startsWith("rig-") ? NO_TIME : undefined;
}

function reportDefect(error: unknown, options: HandlerOptions): void {
  if (toProblem(error).code === "internal-error") options.onDefect?.(error);
}
