/**
 * The guard: who may ask what. One pure function, called once a request,
 * before any socket to a rig opens.
 *
 * A gateway on the rig speaks to the miner from 127.0.0.1 and so holds the
 * miner's full trust; and a browser asks it whatever any page tells it to. So
 * two things are checked: that a browser was not led to ask by somebody else's
 * page, and that the client may ask this.
 *
 * @module
 */

import { isReadCommand } from "../../rpc/commands.ts";
import { Problem } from "../http/problems.ts";
import {
  type AccessRule,
  type CommandGroups,
  findGroup,
  type GroupLetter,
  hasReads,
} from "./access_list.ts";
import { checkBrowser, checkBrowserHost } from "./browser_guard.ts";
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
 * What a request asks for:
 *
 * - `command`: a command of a rig;
 * - `open`: a page for every address, which holds nothing of any rig;
 * - `page`: a page for every group, which holds nothing of any rig either, such
 *   as the API description;
 * - `fleet`: a page that tells of rigs, such as `/-/rigs` and `/metrics`;
 * - `unreadable`: something that could not be read, and is not sent to a rig.
 */
export type GuardTarget =
  | {
    readonly kind: "command";
    readonly command: string;
    /** Whether it counts as no read, though its command may only report. */
    readonly isWrite?: boolean;
  }
  | { readonly kind: "open" | "page" | "fleet" | "unreadable" };

/** What of a request decides. */
export interface GuardedRequest {
  /** The HTTP method. */
  readonly method: string;
  /** What it asks for. */
  readonly target: GuardTarget;
  /** Its headers. */
  readonly headers: Headers;
  /** Its host, as `readHost` finds it. If not given, its `Host` header. */
  readonly host?: string | null;
  /** Whether it came by HTTPS. Default: it did not. */
  readonly isTls?: boolean;
  /** The client's address; absent if it is not known. */
  readonly address: string | undefined;
  /** What its `Authorization` is worth. */
  readonly credential: Credential;
}

/**
 * Lets a request pass, or refuses it.
 *
 * @param policy What is allowed.
 * @param request What is asked, and by whom.
 * @returns The group whose rights the request has; undefined for an open page,
 * which needs none.
 * @throws {Problem} `host-denied`, `origin-denied`, `method-not-allowed`,
 * `token-required` or `command-denied`.
 */
export function guardRequest(
  policy: GuardPolicy,
  request: GuardedRequest,
): GroupLetter | undefined {
  const { target, credential } = request;
  // No page of another origin can make a browser send a Bearer token, so it
  // proves what the checks of origin and method are there to find out; not what
  // the check of Host is: a rebound page is of this origin. Basic proves
  // nothing: a browser that was told it once sends it by itself.
  checkPage(policy, request, credential === "bearer");
  return target.kind === "open" ? undefined : checkAccess(policy, request);
}

/**
 * Refuses what is refused whatever the token is, before anybody looks at it:
 * it does not count as a try, and tells nothing of the token.
 *
 * Attack: a page that sends wrong tokens through its visitor's browser and so
 * locks the visitor out. By Basic that is any page; by Bearer only one whose
 * name was rebound to the gateway, which the check of Host refuses.
 *
 * @param policy What is allowed.
 * @param request What is asked.
 * @param isBearer Whether it brings a token as Bearer.
 * @throws {Problem} `host-denied`, `origin-denied` or `method-not-allowed`.
 */
export function checkPage(
  policy: GuardPolicy,
  request: Omit<GuardedRequest, "address" | "credential">,
  isBearer: boolean,
): void {
  const sent = { ...request, isRead: isReadOnly(request.target) };
  if (isBearer) checkBrowserHost(policy, sent);
  else checkBrowser(policy, sent);
}

/** Whether something only tells. */
function isReadOnly(target: GuardTarget): boolean {
  return target.kind === "command"
    ? target.isWrite !== true && isReadCommand(target.command)
    : target.kind !== "unreadable";
}

/** Whether the groups, or the token, allow it. */
function checkAccess(
  policy: GuardPolicy,
  { target, headers, address, credential }: GuardedRequest,
): GroupLetter {
  if (credential === "bearer" || credential === "basic") return "W";
  const { rules, hasToken, isTokenForReads } = policy;
  const group = recallGroup(rules, address);
  if (group === "W") return group;
  const isAllowed = group !== undefined && !isTokenForReads &&
    isGroupAllowed(policy, group, target);
  if (isAllowed) return group;
  const what = TARGET_TITLES[target.kind];
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
  const letter = isReadOnly(target) ? "R" : "W";
  throw new Problem("command-denied", `${what} is not allowed to ${who}`, {
    hint:
      `Start chi-server with --allow ${letter}:<address>, or with --token-file`,
  });
}

function isGroupAllowed(
  { groups }: GuardPolicy,
  group: GroupLetter,
  target: GuardTarget,
): boolean {
  switch (target.kind) {
    // Attack: a write past a read-only list, joined, cased, spaced or unknown:
    // every part must be allowed, by its exact name.
    case "command":
      return groups.isAllowed(group, target.command);
    // Attack: a group that may only switch pools reads the pools' users, and
    // whatever else a rig reports, in the metrics.
    case "fleet":
      return hasReads(groups, group);
    // What could not be read is not sent: a client that may ask is told why.
    default:
      return true;
  }
}

/** The groups of addresses that were looked for before, for each list. */
const knownGroups = new WeakMap<
  readonly AccessRule[],
  Map<string | undefined, GroupLetter | undefined>
>();
const MAX_KNOWN_ADDRESSES = 1000;

/** Finds the group of an address: the same few clients ask again and again. */
function recallGroup(
  rules: readonly AccessRule[],
  address: string | undefined,
): GroupLetter | undefined {
  const known = knownGroups.get(rules) ?? new Map();
  if (known.has(address)) return known.get(address);
  const group = findGroup(rules, address);
  if (known.size < MAX_KNOWN_ADDRESSES) {
    knownGroups.set(rules, known.set(address, group));
  }
  return group;
}

const TARGET_TITLES: Readonly<Record<GuardTarget["kind"], string>> = {
  command: "This command",
  open: "This page",
  page: "This page",
  fleet: "This page",
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
