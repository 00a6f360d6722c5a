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
 * import { guardRequest } from "./guard.ts";
 * import type { GuardPolicy } from "./guard_policy.ts";
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

import { type AccessRule, findGroup, type GroupLetter } from "./access_list.ts";
import { checkBrowser, checkBrowserHost, isReadOnly } from "./browser_guard.ts";
import type { Asked, GuardedRequest, GuardPolicy } from "./guard_policy.ts";
import { Problem } from "../http/problems.ts";

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
  // proves what the checks of origin and method are there to find out; not what
  // the check of Host is: a rebound page is of this origin. Basic proves
  // nothing: a browser that was told it once sends it by itself.
  if (request.credential === "bearer") checkBrowserHost(policy, request);
  else checkBrowser(policy, request);
  return checkAccess(policy, request);
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
