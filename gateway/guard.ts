/**
 * The guard: who may ask what. One pure function, called once a request,
 * before any socket to a rig opens.
 *
 * A gateway on the rig speaks to the miner from 127.0.0.1 and so holds the
 * miner's full trust; and a browser asks it whatever any page tells it to. So
 * two things are checked: that a browser was not led to ask by somebody else's
 * page, and that whoever asks may ask this.
 *
 * @example
 * ```ts
 * import { DEFAULT_ALLOW, parseAllowList, parseGroups } from "./access_list.ts";
 * import { type GuardPolicy, guardRequest } from "./guard.ts";
 *
 * const groups = parseGroups("");
 * const policy: GuardPolicy = {
 *   rules: parseAllowList(DEFAULT_ALLOW, groups),
 *   groups,
 *   hasToken: false,
 *   isTokenForReads: false,
 *   allowedHosts: [],
 *   corsOrigins: [],
 * };
 * const group = guardRequest(policy, {
 *   method: "GET",
 *   asked: { kind: "command", command: "summary" },
 *   headers: new Headers(),
 *   address: "192.168.1.5",
 *   credential: "none",
 * });
 * console.log(group); // R; the command "quit" would be a Problem
 * ```
 *
 * @module
 */

import { isReadCommand } from "../rpc/commands.ts";
import {
  type AccessRule,
  type CommandGroups,
  findGroup,
  type GroupLetter,
} from "./access_list.ts";
import { isCorsOrigin } from "./cors.ts";
import { Problem } from "./problems.ts";
import type { Credential } from "./token.ts";

/** What is allowed, as configured. */
export interface GuardPolicy {
  /** `--allow`: groups by address, first match wins. */
  readonly rules: readonly AccessRule[];
  /** `--groups`: commands by group. */
  readonly groups: CommandGroups;
  /** Whether a token is configured at all. */
  readonly hasToken: boolean;
  /** `--token-for-reads`: all groups but W need the token to read as well. */
  readonly isTokenForReads: boolean;
  /** `--allow-host`: names besides those that cannot be rebound. */
  readonly allowedHosts: readonly string[];
  /** `--cors`: origins whose pages may ask; `*`: any page may read. */
  readonly corsOrigins: readonly string[];
}

/**
 * What a request asks: a command of a rig; a page of the gateway, which only
 * tells; or something that could not be read, and will not be sent to a rig.
 */
export type Asked =
  | { readonly kind: "command"; readonly command: string }
  | { readonly kind: "page" }
  | { readonly kind: "unreadable" };

/** What of a request decides. */
export interface GuardedRequest {
  /** The HTTP method. */
  readonly method: string;
  /** What is asked. */
  readonly asked: Asked;
  /** The request's headers. */
  readonly headers: Headers;
  /**
   * The host that was asked for, as `readHost` finds it: HTTP/2 has no `Host`
   * header. If not given, that header.
   */
  readonly host?: string | null;
  /** Whether it came by HTTPS. Default: it did not. */
  readonly isTls?: boolean;
  /** The client's address; absent if it is not known. */
  readonly address: string | undefined;
  /** What its `Authorization` was worth. */
  readonly credential: Credential;
}

/** Names that resolve on a local network or nowhere: nobody can rebind them. */
const LOCAL_SUFFIXES: readonly string[] = [
  ".home",
  ".home.arpa",
  ".internal",
  ".lan",
  ".local",
  ".localhost",
];

/**
 * Lets a request pass, or refuses it.
 *
 * @param policy What is allowed.
 * @param request What is asked, and by whom.
 * @returns The group whose rights the request has.
 * @throws {Problem} `host-denied`, `origin-denied`, `method-not-allowed`,
 * `token-required` or `command-denied`.
 */
export function guardRequest(
  policy: GuardPolicy,
  request: GuardedRequest,
): GroupLetter {
  // No page of another origin can make a browser send a Bearer token, so it
  // proves what the browser checks are there to find out. Basic proves
  // nothing: a browser that was told it once sends it by itself.
  if (request.credential !== "bearer") checkBrowser(policy, request);
  return checkAccess(policy, request);
}

/** The checks that keep other people's pages out. */
function checkBrowser(policy: GuardPolicy, request: GuardedRequest): void {
  const { method, headers, host = headers.get("host") } = request;
  const isRead = isReadOnly(request.asked);
  if (!isFromBrowser(headers)) return;
  checkHost(policy, host);
  checkOrigin(policy, request, host, isRead);
  checkBrowserWrite(method, headers, isRead);
}

function isReadOnly(asked: Asked): boolean {
  return asked.kind === "page" ||
    (asked.kind === "command" && isReadCommand(asked.command));
}

/**
 * Whether a browser may have sent it. `Sec-Fetch-*` alone would not do: they
 * are not sent to plain-http addresses of a LAN; nor `Origin`, which an image
 * does not carry. Every browser says `Mozilla/` (PowerShell does too, and runs
 * no pages). Node's `fetch` says `sec-fetch-mode` and none of the others, which
 * a browser sends along with it.
 */
function isFromBrowser(headers: Headers): boolean {
  if (headers.has("origin") || headers.has("sec-fetch-site")) return true;
  if (headers.has("sec-fetch-dest")) return true;
  const agent = headers.get("user-agent");
  if (headers.has("sec-fetch-mode")) {
    return !/^(?:node|undici)$/.test(agent ?? "");
  }
  return agent !== null && /^\s*(?:Mozilla|Opera)\//i.test(agent) &&
    !agent.includes("PowerShell/");
}

/**
 * Attack: DNS rebinding. A page's own name is made to resolve to the gateway,
 * whereupon the browser takes both for one origin. Its requests still carry
 * that name in Host, and a name that its owner can point anywhere is refused.
 */
function checkHost(policy: GuardPolicy, host: string | null): void {
  if (host !== null && isSafeHost(readHostname(host), policy.allowedHosts)) {
    return;
  }
  throw new Problem(
    "host-denied",
    `A browser asked for the host "${
      host ?? ""
    }", which is not known to be this gateway`,
    { hint: "Use the IP address, or allow the name with --allow-host" },
  );
}

/** The name or address in a Host header: lower case, no port, no final dot. */
function readHostname(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, "").replace(/\.$/, "");
}

function isSafeHost(name: string, allowed: readonly string[]): boolean {
  if (name === "") return false;
  if (/^\[[0-9a-f:.]+\]$/.test(name)) return true;
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(name)) return true;
  if (!name.includes(".")) return /^[a-z0-9_-]+$/.test(name);
  return LOCAL_SUFFIXES.some((suffix) => name.endsWith(suffix)) ||
    allowed.includes(name);
}

/**
 * Attack: cross-site request. A page of another origin asks through its
 * visitor's browser, and reads the reply or at least has its effect. `null` is
 * the origin of a sandboxed frame, which anybody can make. A link that a person
 * follows is a top-level navigation, and may only read.
 */
function checkOrigin(
  policy: GuardPolicy,
  { method, headers, isTls = false }: GuardedRequest,
  host: string | null,
  isRead: boolean,
): void {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  const isForeignSite = site === "cross-site" || site === "same-site";
  if (origin !== null) {
    if (!isForeignSite && isOwnOrigin(origin, host, isTls, site)) return;
    // A page that only `*` stands for may read, and POST is for writing.
    const isPlainRead = isRead && method !== "POST";
    if (isCorsOrigin(policy.corsOrigins, origin, isPlainRead)) return;
    throw toOriginDenied(
      `A page of ${origin.slice(0, 200)} asked through a browser`,
    );
  }
  if (!isForeignSite) return;
  const isNavigation = headers.get("sec-fetch-mode") === "navigate" &&
    headers.get("sec-fetch-dest") === "document";
  if (isNavigation && isRead && method === "GET") return;
  throw toOriginDenied("A page of another origin asked through a browser");
}

function toOriginDenied(detail: string): Problem {
  return new Problem("origin-denied", detail, {
    hint: "Allow that origin with --cors, or send the token as Bearer",
  });
}

/**
 * Attack: a page of the same host by the other scheme, such as the miner's own
 * pages at http://rig beside the gateway at https://rig. Behind a proxy that
 * speaks TLS for a plain gateway, the browser itself says that both are one.
 */
function isOwnOrigin(
  origin: string,
  host: string | null,
  isTls: boolean,
  site: string | null,
): boolean {
  if (host === null) return false;
  const own = host.toLowerCase();
  const text = origin.toLowerCase();
  if (text === (isTls ? `https://${own}` : `http://${own}`)) return true;
  return !isTls && text === `https://${own}` && site === "same-origin";
}

/**
 * Attack: CSRF without Origin. `<img src="http://rig/quit">` is a GET that
 * carries neither Origin nor, to a LAN, `Sec-Fetch-*`; so no browser may write
 * by GET. A form's POST always carries Origin, which was checked; one without
 * is from no page of ours.
 */
function checkBrowserWrite(
  method: string,
  headers: Headers,
  isRead: boolean,
): void {
  if (method === "POST") {
    if (headers.has("origin")) return;
    throw toOriginDenied("A browser's POST came without an Origin");
  }
  if (isRead) return;
  throw new Problem(
    "method-not-allowed",
    "A browser may not change a rig by GET",
    { headers: { allow: "POST, OPTIONS" }, hint: "Use POST" },
  );
}

/** Whether the groups, or the token, allow it. */
function checkAccess(
  policy: GuardPolicy,
  { asked, headers, address, credential }: GuardedRequest,
): GroupLetter {
  if (credential === "bearer" || credential === "basic") return "W";
  const { rules, groups, hasToken, isTokenForReads } = policy;
  const group = recallGroup(rules, address);
  if (group === "W") return group;
  // Attack: a write past a read-only list, joined, cased, spaced or unknown:
  // every part must be allowed, by its exact name.
  const isAllowed = group !== undefined && !isTokenForReads &&
    // What could not be read is not sent: whoever may ask is told why.
    (asked.kind !== "command" || groups.isAllowed(group, asked.command));
  if (isAllowed) return group;
  const what = ASKED_TITLES[asked.kind];
  const who = address ?? "a client of unknown address";
  if (hasToken) {
    throw new Problem(
      "token-required",
      `${what} needs the token when ${who} asks`,
      {
        headers: { "www-authenticate": chooseChallenges(headers) },
        hint: "Send it as Authorization: Bearer, or as the password of Basic",
      },
    );
  }
  const letter = isReadOnly(asked) ? "R" : "W";
  throw new Problem("command-denied", `${what} is not allowed to ${who}`, {
    hint:
      `Start chi-server with --allow ${letter}:<address>, or with --token-file`,
  });
}

/** The groups of addresses that were looked for before, for each list. */
const knownGroups = new WeakMap<
  readonly AccessRule[],
  Map<string, GroupLetter | undefined>
>();
const MAX_KNOWN_ADDRESSES = 1000;

/** Finds the group of an address: the same few clients ask again and again. */
function recallGroup(
  rules: readonly AccessRule[],
  address: string | undefined,
): GroupLetter | undefined {
  if (address === undefined) return findGroup(rules, address);
  const known = knownGroups.get(rules) ?? new Map();
  if (known.has(address)) return known.get(address);
  const group = findGroup(rules, address);
  if (known.size < MAX_KNOWN_ADDRESSES) {
    knownGroups.set(rules, known.set(address, group));
  }
  return group;
}

const ASKED_TITLES: Readonly<Record<Asked["kind"], string>> = {
  command: "This command",
  page: "This page",
  unreadable: "This request",
};

const BASIC = 'Basic realm="chi-server", charset="UTF-8"';
/** Asks for the token in a way that no browser answers by itself. */
export const BEARER = 'Bearer realm="chi-server"';

/**
 * Basic first: Chromium looks no further than the first challenge of a line. A
 * script that says it is one, as the dashboard does, is not offered Basic: the
 * browser would ask for a password over the page, and keep the answer back.
 */
function chooseChallenges(headers: Headers): string {
  return headers.has("x-requested-with") ? BEARER : `${BASIC}, ${BEARER}`;
}
