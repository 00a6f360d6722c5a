/**
 * The headers of requests and responses, and the security schemes.
 *
 * @module
 */

import {
  type Header,
  type Reference,
  referTo,
  type Schema,
} from "./document.ts";

const TEXT: Schema = { type: "string" };

const TIMING =
  "Milliseconds in the rig's queue, and of the call: `queue;dur=0.1, rpc;dur=2.4`.";

/** Every header that is described, by its name, and how sure it is. */
export const HEADERS = {
  "Cache-Control": {
    description: "Nothing here may be kept.",
    required: true,
    schema: { type: "string", const: "no-store" },
  },
  "X-Content-Type-Options": {
    description: "It is what its type says.",
    required: true,
    schema: { type: "string", const: "nosniff" },
  },
  "Server-Timing": {
    description: `${TIMING} There for all that waited for one rig.`,
    schema: TEXT,
  },
  "Server-Timing-always": {
    description: TIMING,
    required: true,
    schema: TEXT,
  },
  "Chi-Status": {
    description: "The letter of the reply's first STATUS.",
    schema: { type: "string", enum: ["S", "I", "W", "E", "F"] },
  },
  "Chi-Code": {
    description: "The code of the reply's first STATUS.",
    schema: { type: "integer" },
  },
  "Chi-Repaired": {
    description:
      "What was repaired in the reply, and at which byte: `missing-comma; at=412, nan; at=530`.",
    schema: TEXT,
  },
  "Chi-Truncated": {
    description: "The miner itself says that it cut its data short.",
    schema: { type: "string", const: "id=0" },
  },
  Allow: {
    description: "The methods that would do.",
    required: true,
    schema: TEXT,
  },
  "Retry-After": {
    description: "Seconds after which to try again.",
    required: true,
    schema: { type: "integer", minimum: 0 },
  },
  "WWW-Authenticate": {
    description: "How to send the token: Basic and Bearer.",
    required: true,
    schema: TEXT,
  },
  Vary: {
    description: "Which headers of the request made a difference.",
    schema: TEXT,
  },
  "X-Accel-Buffering": {
    description: "Tells nginx to pass a live stream on as it comes.",
    schema: { type: "string", const: "no" },
  },
  "Content-Security-Policy": {
    description: "What the page may load and run: the gateway's own files.",
    schema: TEXT,
  },
  "Cross-Origin-Opener-Policy": {
    description: "Whoever opened the page's window gets no hold of it.",
    schema: { type: "string", const: "same-origin" },
  },
  "Cross-Origin-Resource-Policy": {
    description:
      "On the gateway's own pages: none of another origin loads it as a part of itself.",
    schema: { type: "string", const: "same-origin" },
  },
  "Referrer-Policy": {
    description: "Its links tell nobody where they stand.",
    schema: { type: "string", const: "no-referrer" },
  },
} as const satisfies Readonly<Record<string, Header>>;

/** The name of a header that is described. */
export type HeaderName = keyof typeof HEADERS;

/** Headers as they stand in a response. */
export type Headers = Readonly<Record<string, Reference>>;

/**
 * Points to headers.
 *
 * @param names Their names, besides those of every response.
 * @returns References by name.
 */
export function listHeaders(names: readonly HeaderName[]): Headers {
  return {
    ...COMMON_HEADERS,
    ...Object.fromEntries(names.map((name) => [
      name.replace(/-always$/, ""),
      referTo("headers", name),
    ])),
  };
}

/** On every response. */
export const COMMON_HEADERS: Headers = {
  "Cache-Control": referTo("headers", "Cache-Control"),
  "X-Content-Type-Options": referTo("headers", "X-Content-Type-Options"),
  "Cross-Origin-Resource-Policy": referTo(
    "headers",
    "Cross-Origin-Resource-Policy",
  ),
};

/** What the gateway tells of a rig's reply, besides where its time went. */
export const REPLY_HEADERS: readonly HeaderName[] = [
  "Chi-Status",
  "Chi-Code",
  "Chi-Repaired",
  "Chi-Truncated",
];

/** What a page for browsers has. */
export const HTML_HEADERS: readonly HeaderName[] = [
  "Content-Security-Policy",
  "Cross-Origin-Opener-Policy",
  "Referrer-Policy",
];

/** How to send the token. */
export const SECURITY_SCHEMES: Readonly<Record<string, Schema>> = {
  bearer: {
    type: "http",
    scheme: "bearer",
    description:
      "The token of `--token-file`. It gives group W from any address.",
  },
  basic: {
    type: "http",
    scheme: "basic",
    description: "The same token as the password, with any user name.",
  },
};
