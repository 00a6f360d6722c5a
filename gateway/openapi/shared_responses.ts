/**
 * The responses that operations have in common; of these above all what goes
 * wrong: each problem of the gateway, and a rig's own errors as `Prefer:
 * handling=strict` shows them.
 *
 * @module
 */

import type { ProblemCode, PROBLEMS } from "../http/problems.ts";
import {
  type Content,
  type Reference,
  referTo,
  type ResponseDescription,
} from "./document.ts";
import { type HeaderName, listHeaders, REPLY_HEADERS } from "./headers.ts";

/** When each problem comes. */
const OCCASIONS: Readonly<Record<ProblemCode, string>> = {
  "bad-request":
    "a malformed escape, Host or body, a request of over 4,095 bytes, or a wrong query",
  "token-required": "this needs the token, and none or a wrong one came",
  "command-denied": "the client's address may not ask this",
  "origin-denied": "a browser asked for a page of another origin",
  "host-denied": "a browser asked by a name that could be anybody's",
  "unknown-rig": "no rig has that name or tag",
  "not-found": "there is no such page",
  "method-not-allowed":
    "that method is not allowed here; nor may HEAD, or a browser's GET, change a rig",
  "body-too-large": "the body is over 16 KiB",
  "unsupported-media-type": "the body is not `application/json`",
  "too-many-tries":
    "too many wrong tokens came from that address within a minute",
  "internal-error": "a defect of the gateway; its log says more",
  "rig-refused": "nothing listens at the rig's address",
  "rig-unreachable": "there is no way to the rig's host",
  "rig-closed":
    "the rig closed the connection without a byte: often its `--api-allow`",
  "rig-reply-invalid":
    "the reply is no JSON and cannot be repaired; `?raw` gives its bytes",
  "rig-reply-truncated": "the reply ends in the middle; `?raw` gives its bytes",
  "rig-reply-too-large": "the reply is longer than `--max-reply`",
  "rig-no-data":
    "the rig answers, and every report is an error: in `/-/rigs`, never as a status",
  "rig-busy": "too many calls wait for the rig, or too many live streams run",
  "rig-timeout": "the rig did not answer in time",
};

/** What a rig's own error becomes with `Prefer: handling=strict`. */
const STRICT_OCCASIONS: Readonly<Record<number, string>> = {
  403: "the rig replied `Access denied` (code 45)",
  404: "the rig replied `Invalid command` (code 14)",
  422: "the rig replied any other error",
};

/** The statuses of a rig's own errors. */
export const STRICT_STATUSES: readonly number[] = Object.keys(STRICT_OCCASIONS)
  .map(Number);

/** Headers that belong to a status. */
const STATUS_HEADERS: Readonly<Record<number, HeaderName>> = {
  401: "WWW-Authenticate",
  405: "Allow",
  429: "Retry-After",
  503: "Retry-After",
};

/** Statuses that come before any rig is asked. */
const EARLY_STATUSES: ReadonlySet<number> = new Set([401, 405, 413, 415, 429]);

/** Collects the responses that operations have in common. */
export class SharedResponses {
  readonly #problems: typeof PROBLEMS;
  readonly #components: Record<string, ResponseDescription> = {};

  /**
   * Starts with none.
   *
   * @param problems All problems that there are.
   */
  constructor(problems: typeof PROBLEMS) {
    this.#problems = problems;
  }

  /** All that were shared so far, by name. */
  get components(): Readonly<Record<string, ResponseDescription>> {
    const entries = Object.entries(this.#components);
    return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1));
  }

  /**
   * Keeps a response for all operations that have it.
   *
   * @param name Its name; whoever gives the same one means the same response.
   * @param response The response.
   * @returns A reference to it.
   */
  share(name: string, response: ResponseDescription): Reference {
    this.#components[name] ??= response;
    return referTo("responses", name);
  }

  /**
   * Lists the responses for what may go wrong.
   *
   * @param codes The problems.
   * @param strictStatuses Statuses of a rig's own errors.
   * @returns References by status.
   */
  listFailures(
    codes: readonly ProblemCode[],
    strictStatuses: readonly number[] = [],
  ): Readonly<Record<string, Reference>> {
    const statuses = new Set([
      ...codes.map((code) => this.#problems[code][0]),
      ...strictStatuses,
    ]);
    return Object.fromEntries(
      [...statuses].sort((a, b) => a - b).map((status) => [
        String(status),
        this.#refer(
          status,
          codes.filter((code) => this.#problems[code][0] === status),
          strictStatuses.includes(status),
        ),
      ]),
    );
  }

  #refer(
    status: number,
    codes: readonly ProblemCode[],
    isStrict: boolean,
  ): Reference {
    const all = Object.values(this.#problems)
      .filter(([each]) => each === status);
    const name = [
      codes.length === 0 ? `Reply${status}` : `Problem${status}`,
      ...(codes.length === all.length ? [] : codes),
      ...(isStrict && codes.length > 0 ? ["or-reply"] : []),
    ].join("-");
    return this.share(name, this.#describe(status, codes, isStrict));
  }

  #describe(
    status: number,
    codes: readonly ProblemCode[],
    isStrict: boolean,
  ): ResponseDescription {
    const occasions = codes.map((code) => `\`${code}\`: ${OCCASIONS[code]}.`);
    const strict = `With \`Prefer: handling=strict\` or \`--http-errors\`: ${
      STRICT_OCCASIONS[status]
    }.`;
    const header = STATUS_HEADERS[status];
    const timing: HeaderName = codes.length === 0
      ? "Server-Timing-always"
      : "Server-Timing";
    return {
      description: [...occasions, ...(isStrict ? [strict] : [])].join("\n\n"),
      headers: listHeaders([
        ...(header === undefined ? [] : [header]),
        ...(isStrict ? REPLY_HEADERS : []),
        ...(EARLY_STATUSES.has(status) ? [] : [timing]),
      ]),
      content: {
        ...(codes.length === 0 ? {} : this.#describeProblem(codes)),
        ...(isStrict
          ? { "application/json": { schema: referTo("schemas", "Reply") } }
          : {}),
      },
    };
  }

  #describeProblem(codes: readonly ProblemCode[]): Content {
    const examples = codes.map((code) => {
      const [status, title] = this.#problems[code];
      const detail = OCCASIONS[code].replaceAll("`", "");
      return [code, {
        summary: title,
        value: { code, title, status, detail },
      }] as const;
    });
    return {
      "application/problem+json": {
        schema: {
          ...referTo("schemas", "Problem"),
          properties: { code: { enum: [...codes] } },
        },
        examples: Object.fromEntries(examples),
      },
    };
  }
}
