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

import type { Fleet, Rig } from "../rigs/fleet.ts";
import type { Timing } from "../rigs/queue.ts";
import {
  parseTarget,
  readTarget,
  type RigRoute,
  type Route,
} from "../routes.ts";
import type { RigRequest } from "../rpc.ts";
import {
  DEFAULT_ALLOW,
  type GroupLetter,
  parseAllowList,
  parseGroups,
} from "./access_list.ts";
import { streamAllReplies } from "./all_rigs.ts";
import { makeCorsHeaders, makePreflightHeaders } from "./cors.ts";
import { type Asked, type GuardPolicy, guardRequest } from "./guard.ts";
import type { Network } from "./ip_address.ts";
import type { LogEntry } from "./log.ts";
import { servePage, serveRootPage } from "./pages.ts";
import { Problem, toProblem } from "./problems.ts";
import { readQuestion } from "./question.ts";
import {
  checkHead,
  checkHostHeader,
  checkMethod,
  type ConnectionInfo,
  isForwardedLocally,
  prefersHtml,
  prefersStrict,
  readClientAddress,
  readHost,
} from "./requests.ts";
import {
  COMMON_HEADERS,
  JSON_TYPE,
  makeProblemResponse,
  makeRawResponse,
  makeReplyResponse,
  makeResponse,
} from "./responses.ts";
import { type Credential, TokenCheck } from "./token.ts";

export type { ConnectionInfo } from "./requests.ts";

/** What the gateway serves, and how. */
export interface HandlerOptions {
  /** The rigs. */
  readonly fleet: Fleet;
  /** Who may ask what. Default: anyone may read, this machine may write. */
  readonly policy?: GuardPolicy;
  /** Checks tokens. Default: there is none. */
  readonly tokens?: TokenCheck;
  /** Proxies whose word on the client's address is taken. Default: none. */
  readonly trustedProxies?: readonly Network[];
  /** Tell a rig's own errors by the status too (422, 403, 404). */
  readonly httpErrors?: boolean;
  /** Milliseconds that a request's body may take. Default 5,000. */
  readonly timeoutMs?: number;
  /** Called once a request, when its response is ready. */
  readonly onRequest?: (entry: LogEntry) => void;
  /**
   * Called once, when a request from this machine itself carries
   * `X-Forwarded-For` or `Forwarded` and no proxy is trusted: everyone behind
   * that proxy has the rights of 127.0.0.1 then.
   */
  readonly onUntrustedProxy?: () => void;
  /** Called with what should not happen: a defect of the gateway itself. */
  readonly onDefect?: (error: unknown) => void;
}

/** A handler for `Deno.serve`. */
export type Handler = (
  request: Request,
  info?: ConnectionInfo,
) => Promise<Response>;

/** The options, with nothing left to choose. */
interface Gateway extends HandlerOptions {
  readonly policy: GuardPolicy;
  readonly tokens: TokenCheck;
  readonly trustedProxies: readonly Network[];
}

/** One request on its way; each step notes what the log will want. */
interface Exchange {
  readonly request: Request;
  readonly gateway: Gateway;
  readonly address: string | undefined;
  path: string;
  group?: string | undefined;
  rig?: string;
  command?: string;
  timing?: Timing;
}

/** The status that the log shows for a client that went away. */
const STATUS_CLIENT_GONE = 499;

/**
 * Makes a handler for `Deno.serve`.
 *
 * @param options The rigs, and how to serve them.
 * @returns The handler; it never throws.
 */
export function createHandler(options: HandlerOptions): Handler {
  const gateway: Gateway = {
    policy: createDefaultPolicy(),
    tokens: new TokenCheck(undefined),
    trustedProxies: [],
    ...options,
  };
  let hasWarned = gateway.trustedProxies.length > 0;
  return async function handle(request, info): Promise<Response> {
    const arrivedMs = performance.now();
    const address = readClientAddress(request, info, gateway.trustedProxies);
    if (!hasWarned && isForwardedLocally(request, address)) {
      hasWarned = true;
      options.onUntrustedProxy?.();
    }
    const exchange: Exchange = { request, gateway, address, path: "" };
    let problem: Problem | undefined;
    let response: Response;
    try {
      response = await serveExchange(exchange);
    } catch (error) {
      if (!request.signal.aborted) reportDefect(error, options);
      problem = toProblem(error, exchange.rig);
      response = makeProblemResponse(problem, exchange.timing);
    }
    addHeaders(
      response,
      makeCorsHeaders(gateway.policy.corsOrigins, request.headers),
    );
    options.onRequest?.({
      time: new Date(),
      address,
      group: exchange.group,
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

/** The walk: route, question, guard, fleet, queue, rpc, reply, response. */
async function serveExchange(exchange: Exchange): Promise<Response> {
  const { request, gateway } = exchange;
  const { fleet, policy } = gateway;
  const target = readTarget(request.url);
  exchange.path = target.split("?", 1)[0] as string;
  const host = readHost(request);
  checkHostHeader(host);
  const route = parseTarget(target);
  const allow = checkMethod(request.method, route);
  if (request.method === "OPTIONS") {
    return answerOptions(request, policy, allow);
  }
  if (route.kind === "own" && OPEN_PAGES.has(route.page)) {
    return servePage(route.page, fleet, COMMON_HEADERS);
  }
  const question = await findQuestion(exchange, route);
  // No socket to a rig opens before this line.
  exchange.group = guardExchange(exchange, host, toAsked(question));
  if (question instanceof Problem) throw question;
  if (route.kind === "own") return servePage(route.page, fleet, COMMON_HEADERS);
  const rig = route.rig === ALL_RIGS ? undefined : findRig(fleet, route.rig);
  exchange.rig = rig?.name ?? ALL_RIGS;
  if (question === "page") return serveRootPage(route.rig, COMMON_HEADERS);
  checkHead(request.method, question);
  if (rig === undefined) return serveAllRigs(request, route, question, fleet);
  const answer = await rig.queue.ask(question, {
    signal: request.signal,
    onSettled: (timing) => exchange.timing = timing,
  });
  return route.query.isRaw
    ? makeRawResponse(answer)
    : makeReplyResponse(answer, rig, {
      isPretty: route.query.isPretty,
      isStrict: gateway.httpErrors === true || prefersStrict(request),
    });
}

/**
 * Asks the guard. A wrong token that a refused page made its visitor's browser
 * send is not counted against the visitor. That can only be Basic; and with
 * Basic the right token is refused alike, so that there is nothing to learn.
 * Attack: guessing without limit, by Bearer beside a foreign `Origin`, where
 * the right one would pass.
 */
function guardExchange(
  exchange: Exchange,
  host: string | null,
  asked: Asked,
): GroupLetter {
  const { request: { method, headers, url }, gateway, address } = exchange;
  const credential = readCredential(exchange);
  const isTls = url.startsWith("https:");
  try {
    return guardRequest(gateway.policy, {
      method,
      asked,
      headers,
      host,
      isTls,
      address,
      credential,
    });
  } catch (error) {
    const isRefusedPage = error instanceof Problem &&
      error.code !== "token-required" &&
      /^\s*basic\s/i.test(headers.get("authorization") ?? "");
    if (credential === "wrong" && isRefusedPage) {
      gateway.tokens.takeBackTry(address);
    }
    throw error;
  }
}

/** What the gateway allows if nobody says otherwise (contract C4). */
function createDefaultPolicy(): GuardPolicy {
  const groups = parseGroups("");
  return {
    rules: parseAllowList(DEFAULT_ALLOW, groups),
    groups,
    hasToken: false,
    isTokenForReads: false,
    allowedHosts: [],
    corsOrigins: [],
  };
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

function toAsked(question: RigRequest | "page" | Problem): Asked {
  if (question === "page") return { kind: "page" };
  return question instanceof Problem
    ? { kind: "unreadable" }
    : { kind: "command", command: question.command };
}

function readCredential({ request, gateway, address }: Exchange): Credential {
  const authorization = request.headers.get("authorization");
  return gateway.tokens.read(authorization, address, performance.now());
}

/** For whoever watches: that the gateway is there, and how many rigs it has. */
const OPEN_PAGES: ReadonlySet<string> = new Set(["-/healthz", "-/readyz"]);

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
    response.headers.set(name, value);
  }
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

function reportDefect(error: unknown, options: HandlerOptions): void {
  if (toProblem(error).code === "internal-error") options.onDefect?.(error);
}
