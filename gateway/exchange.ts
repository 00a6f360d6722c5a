/**
 * One request on its way through the gateway, and what the gateway is.
 *
 * @module
 */

import type { Fleet } from "../rigs/fleet.ts";
import type { Timing } from "../rigs/queue.ts";
import type { RouteName } from "./http/route_names.ts";
import { DEFAULT_TIMEOUT_MS } from "../rpc.ts";
import {
  DEFAULT_ALLOW,
  type GroupLetter,
  parseAllowList,
  parseGroups,
} from "./access/access_list.ts";
import { FleetMonitor } from "./watch/fleet_monitor.ts";
import type { GuardPolicy } from "./access/guard.ts";
import { FleetHistory } from "./watch/history.ts";
import type { Network } from "./access/ip_address.ts";
import { LivePolls } from "./live/streams.ts";
import { type GatewayMetrics, makeMetrics } from "./metrics/gateway_metrics.ts";
import type { LogEntry } from "./http/log.ts";
import { TokenCheck } from "./access/token.ts";

/** What the gateway serves, and how. */
export interface HandlerOptions {
  /** The rigs. */
  readonly fleet: Fleet;
  /**
   * The path below which it is mounted in somebody's server, as `/miners`:
   * `/miners/summary` asks `summary` then. Default: none.
   */
  readonly prefix?: string;
  /** Who may ask what. Default: anyone may read, this machine may write. */
  readonly policy?: GuardPolicy;
  /** Checks tokens. Default: there is none. */
  readonly tokens?: TokenCheck;
  /** Proxies whose word on the client's address is taken. Default: none. */
  readonly trustedProxies?: readonly Network[];
  /** Tell a rig's own errors by the status too (422, 403, 404). */
  readonly httpErrors?: boolean;
  /**
   * Milliseconds that a request's body may take, and that all calls for a
   * rig's telemetry may take together. Default 5,000.
   */
  readonly timeoutMs?: number;
  /**
   * What a person should do who has named no rig, line by line, which the
   * dashboard shows where none answers. Default: nothing.
   */
  readonly advice?: readonly string[] | undefined;
  /**
   * What is known of the rigs. Default: a new one, which knows nothing.
   *
   * @internal
   */
  readonly monitor?: FleetMonitor;
  /**
   * The last hours of the rigs. Default: a new one, which is empty.
   *
   * @internal
   */
  readonly history?: FleetHistory;
  /**
   * What the gateway counts of itself; the fleet's options feed it calls, as
   * `observeFleet` says. Default: a new one, which sees only requests.
   *
   * @internal
   */
  readonly metrics?: GatewayMetrics;
  /**
   * The live streams. The one who shuts the server down closes them first, as they
   * would never end. Default: new ones.
   */
  readonly live?: LivePolls;
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

/** The options, with nothing left to choose. */
export interface Gateway extends HandlerOptions {
  readonly prefix: string;
  readonly policy: GuardPolicy;
  readonly tokens: TokenCheck;
  readonly trustedProxies: readonly Network[];
  readonly timeoutMs: number;
  readonly monitor: FleetMonitor;
  readonly history: FleetHistory;
  readonly metrics: GatewayMetrics;
  readonly live: LivePolls;
}

/** One request on its way; each step notes what the log will want. */
export interface Exchange {
  readonly request: Request;
  /** The gateway, with the rights and rigs of the moment when the body was whole. */
  gateway: Gateway;
  /** Who sent it; undefined if that is not known. */
  address: string | undefined;
  /** Its path as it stands in the request line, without the prefix. */
  path: string;
  /** What kind of URL that is; `other` until it is known. */
  route?: RouteName;
  /** Whether it says that a proxy hands it on for somebody else. */
  isForwarded?: boolean;
  /** The group whose rights it has. */
  group?: GroupLetter;
  /** The rig that it asks, or `all`, or a tag. */
  rig?: string;
  /** The command of its body. */
  command?: string;
  /** Whether somebody opens it in a browser, to see a page. */
  isPageOpened?: boolean;
  /** What stands after `@` in its path. */
  routeRig?: string;
  /** Where its time went, once a rig was asked. */
  timing?: Timing;
}

/**
 * Chooses what was left to choose.
 *
 * @param options The rigs, and how to serve them.
 * @returns All of it.
 * @throws {TypeError} If the prefix is no path.
 */
export function createGateway(options: HandlerOptions): Gateway {
  const groups = parseGroups("");
  const {
    policy = {
      rules: parseAllowList(DEFAULT_ALLOW, groups),
      groups,
      hasToken: false,
      isTokenForReads: false,
      allowedHosts: [],
      corsOrigins: [],
    },
    tokens = new TokenCheck(undefined),
    trustedProxies = [],
    timeoutMs = DEFAULT_TIMEOUT_MS,
    monitor = new FleetMonitor(toDefects(options)),
    history = new FleetHistory(),
    metrics = makeMetrics(() => options.fleet),
    live = new LivePolls(toDefects(options)),
  } = options;
  return {
    ...options,
    prefix: readPrefix(options.prefix),
    policy,
    tokens,
    trustedProxies,
    timeoutMs,
    monitor,
    history,
    metrics,
    live,
  };
}

/** Takes it as people write it: `/miners`, `/miners/`, `/`. */
function readPrefix(text = ""): string {
  const prefix = text.replace(/\/$/, "");
  if (/^(?:\/[\w.~!$&'()*+,;=:@%-]+)*$/.test(prefix)) return prefix;
  throw new TypeError(`The prefix "${text}" is not a path such as /miners`);
}

function toDefects(
  { onDefect }: HandlerOptions,
): Pick<HandlerOptions, "onDefect"> {
  return onDefect === undefined ? {} : { onDefect };
}
