/**
 * What keeps other people's pages out: a browser asks whatever any page tells it
 * to, so it has to be known that it was not led here by somebody else's. Pure.
 *
 * @example
 * ```ts
 * import { parseGroups } from "./access_list.ts";
 * import { checkBrowser } from "./browser_guard.ts";
 *
 * const policy = {
 *   rules: [],
 *   groups: parseGroups(""),
 *   hasToken: false,
 *   isTokenForReads: false,
 *   allowedHosts: [],
 *   corsOrigins: [],
 * };
 * checkBrowser(policy, {
 *   method: "GET",
 *   asked: { kind: "command", command: "summary" },
 *   headers: new Headers({ host: "rig.lan", "sec-fetch-site": "same-origin" }),
 * }); // with "sec-fetch-site": "cross-site" it would throw a Problem
 * ```
 *
 * @module
 */

import { isReadCommand } from "../../rpc/commands.ts";
import { isCorsOrigin } from "./cors.ts";
import type { Asked, BrowserRequest, GuardPolicy } from "./guard_policy.ts";
import { Problem } from "../http/problems.ts";

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
 * Refuses what a page of somebody else made a browser ask. What is open to every
 * address is looked at by this alone.
 *
 * @param policy What is allowed.
 * @param request What is asked.
 * @throws {Problem} `host-denied`, `origin-denied` or `method-not-allowed`.
 */
export function checkBrowser(
  policy: GuardPolicy,
  request: BrowserRequest,
): void {
  const { method, headers, host = headers.get("host") } = request;
  const isRead = isReadOnly(request.asked);
  if (!isFromBrowser(headers)) return;
  checkHost(policy, host);
  checkOrigin(policy, request, host, isRead);
  checkBrowserWrite(method, headers, isRead);
}

/**
 * Refuses a browser's request for a name that may be anybody's, whatever else
 * it brings. Attack: a rebound page, which may send any header to its own name,
 * so that by a token of its own choice it would find out which one is right.
 *
 * @param policy What is allowed.
 * @param request What is asked.
 * @throws {Problem} `host-denied`.
 */
export function checkBrowserHost(
  policy: GuardPolicy,
  { headers, host = headers.get("host") }: BrowserRequest,
): void {
  if (isFromBrowser(headers)) checkHost(policy, host);
}

/**
 * Whether something only tells.
 *
 * @param asked What is asked.
 * @returns True for a page, and for a command of group R.
 */
export function isReadOnly(asked: Asked): boolean {
  return asked.kind === "page" ||
    (asked.kind === "command" && isReadCommand(asked.command));
}

const BROWSER_HEADERS = [
  "origin",
  "sec-fetch-site",
  "sec-fetch-dest",
  "sec-fetch-user",
  "sec-fetch-storage-access",
];

/**
 * Whether a browser may have sent it. `Sec-Fetch-*` alone would not do: they
 * are not sent to plain-http addresses of a LAN; nor `Origin`, which an image
 * does not carry. Every browser says `Mozilla/` (PowerShell does too, and runs
 * no pages). Node's `fetch` says `sec-fetch-mode` and none of the others, which
 * a browser sends along with it.
 */
function isFromBrowser(headers: Headers): boolean {
  if (BROWSER_HEADERS.some((name) => headers.has(name))) return true;
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
  { method, headers, isTls = false }: BrowserRequest,
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
