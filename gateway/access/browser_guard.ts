/**
 * What keeps other people's pages out: a browser asks whatever any page tells it
 * to, so it has to be known that it was not led here by somebody else's. Pure.
 *
 * @module
 */

import { Problem } from "../http/problems.ts";
import { isCorsOrigin } from "./cors.ts";

/** Names that resolve on a local network or nowhere: nobody can rebind them. */
const LOCAL_SUFFIXES: readonly string[] = [
  ".home",
  ".home.arpa",
  ".internal",
  ".lan",
  ".local",
  ".localhost",
];

/** Whom browsers may ask for whom, as configured. */
export interface BrowserPolicy {
  /** Names besides those that cannot be rebound. */
  readonly allowedHosts: readonly string[];
  /** Origins whose pages may ask; `*`: any page may read. */
  readonly corsOrigins: readonly string[];
}

/** What of a request is looked at. */
export interface BrowserRequest {
  /** The HTTP method. */
  readonly method: string;
  /** Its headers. */
  readonly headers: Headers;
  /** The host that it asks for. If not given, its `Host` header. */
  readonly host?: string | null;
  /** Whether it came by HTTPS. Default: it did not. */
  readonly isTls?: boolean;
  /** Whether what it asks for only tells, and changes nothing. */
  readonly isRead: boolean;
}

/**
 * Refuses what a page of somebody else made a browser ask, or a player that the
 * browser hands a page's media to.
 *
 * @param policy What is allowed.
 * @param request What is asked.
 * @throws {Problem} `host-denied`, `origin-denied` or `method-not-allowed`.
 */
export function checkBrowser(
  policy: BrowserPolicy,
  request: BrowserRequest,
): void {
  const { method, headers, host = headers.get("host"), isRead } = request;
  if (isFromBrowser(headers)) {
    checkHost(policy, host);
    checkOrigin(policy, request, host);
    if (method === "POST") checkPostOrigin(headers);
    else if (!isRead) {
      throw toWriteDenied("A browser or player", findProgramHint(headers));
    }
  } else if (method !== "POST" && !isRead && headers.has("range")) {
    throw toWriteDenied("What asks for a range, as players do,");
  }
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
  policy: BrowserPolicy,
  { headers, host = headers.get("host") }: BrowserRequest,
): void {
  if (isFromBrowser(headers)) checkHost(policy, host);
}

const BROWSER_HEADERS = [
  "origin",
  "sec-fetch-site",
  "sec-fetch-dest",
  "sec-fetch-user",
  "sec-fetch-storage-access",
];

/**
 * The products of `User-Agent` by which browsers are known, and the players that
 * a browser leaves a page's `<audio>` and `<video>` to, or a playlist that it
 * downloads. In lower case.
 */
const BROWSER_PRODUCTS: ReadonlySet<string> = new Set([
  // All common browsers; those of text and of few people have names of their own.
  ...["mozilla", "opera", "dillo", "netsurf", "lynx", "links", "elinks", "w3m"],
  // What Safari fetches a page's icons with: MobileSafari/604.1 CFNetwork/1410.
  ...["safari", "mobilesafari", "safariviewservice", "networkingextension"],
  "com.apple.webkit.networking",
  // Media in Safari and every browser of iOS; in those of Android; downloads there.
  ...["applecoremedia", "stagefright", "androiddownloadmanager"],
  // Windows, and plug-ins.
  ...["nsplayer", "wmfsdk", "wmplayer", "windows-media-player", "quicktime"],
  ...["rma", "realplayer", "realmedia"],
  // Libraries that play.
  ...["lavf", "libvlc", "gstreamer", "libmpv", "xine", "nexplayer"],
  ...["exoplayer", "exoplayerlib", "androidxmedia3"],
  // Players.
  ...["vlc", "mpv", "mplayer", "kodi", "xbmc", "itunes", "winamp"],
  ...["winampmpeg", "foobar2000", "audacious", "banshee", "clementine"],
  ...["mediamonkey", "nightingale", "potplayer", "rhythmbox", "songbird"],
  "totem",
]);

/**
 * Whether a browser may have sent it, or a player that a browser hands media to.
 * `Sec-Fetch-*` is not enough: it is not sent to plain-http addresses of a LAN;
 * nor is `Origin`, which an image does not carry. So `User-Agent` counts as well
 * (PowerShell says `Mozilla/` too, and runs no pages). Node's `fetch` says
 * `sec-fetch-mode` and none of the others, which a browser sends along with it.
 */
function isFromBrowser(headers: Headers): boolean {
  if (BROWSER_HEADERS.some((name) => headers.has(name))) return true;
  const agent = headers.get("user-agent");
  if (headers.has("sec-fetch-mode")) {
    return !/^(?:node|undici)$/.test(agent ?? "");
  }
  return agent !== null && !agent.includes("PowerShell/") &&
    agent.toLowerCase().split(/[^\w.-]/)
      .some((word) => BROWSER_PRODUCTS.has(word));
}

/**
 * Attack: DNS rebinding. A page's own name is made to resolve to the gateway,
 * whereupon the browser takes both for one origin. Its requests still carry
 * that name in Host, and a name that its owner can point anywhere is refused.
 */
function checkHost(policy: BrowserPolicy, host: string | null): void {
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
  policy: BrowserPolicy,
  { method, headers, isTls = false, isRead }: BrowserRequest,
  host: string | null,
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

function toOriginDenied(
  detail: string,
  hint = "Allow that origin with --cors, or send the token as Bearer",
): Problem {
  return new Problem("origin-denied", detail, { hint });
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

/** A form's POST always carries Origin; one without is from no page of ours. */
function checkPostOrigin(headers: Headers): void {
  if (headers.has("origin")) return;
  const detail = "A browser's POST came without an Origin";
  throw toOriginDenied(detail, findProgramHint(headers));
}

/**
 * Programs that call themselves a browser, in lower case: a cell of Excel (VBA),
 * a script of Windows, a sensor of PRTG, a sheet of Google. They run no pages,
 * and yet pass for browsers here, as anybody may put a page into some of them.
 */
const PROGRAMS: readonly string[] = [
  "winhttp",
  "msxml",
  "xmlhttp",
  "indy library",
  "prtg",
  "google-apps-script",
  "ms-office",
  "microsoft office",
];

/** What helps a program, which can neither be a page of ours nor of --cors. */
function findProgramHint(headers: Headers): string | undefined {
  const agent = headers.get("user-agent")?.toLowerCase() ?? "";
  return PROGRAMS.some((program) => agent.includes(program))
    ? "This program calls itself a browser: send the token of --token-file, as " +
      "Authorization: Bearer"
    : undefined;
}

/**
 * Attack: CSRF without Origin. `<img src="http://rig/quit">` is a GET that
 * carries neither Origin nor, to a LAN, `Sec-Fetch-*`; so no browser may write
 * by GET. `<audio src="http://rig/quit">` is a GET of a player, under a name of
 * its own and mostly for a range.
 */
function toWriteDenied(who: string, hint = "Use POST"): Problem {
  return new Problem(
    "method-not-allowed",
    `${who} may not change a rig by GET or HEAD`,
    { headers: { allow: "POST, OPTIONS" }, hint },
  );
}
