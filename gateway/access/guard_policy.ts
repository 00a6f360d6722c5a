/**
 * What the guard decides by: what is allowed, and what of a request counts. Types
 * alone.
 *
 * @example
 * ```ts
 * import type { Asked } from "./guard_policy.ts";
 *
 * const asked: Asked = { kind: "command", command: "summary" };
 * console.log(asked.kind);
 * ```
 *
 * @module
 */

import type { AccessRule, CommandGroups } from "./access_list.ts";
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

/** What of a request the checks of browsers look at. */
export interface BrowserRequest {
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
}

/** What of a request decides. */
export interface GuardedRequest extends BrowserRequest {
  /** The client's address; absent if it is not known. */
  readonly address: string | undefined;
  /** What its `Authorization` was worth. */
  readonly credential: Credential;
}
