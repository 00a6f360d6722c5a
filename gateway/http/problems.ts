/**
 * Problems: what the gateway says when it could not do what was asked, as
 * `application/problem+json` (RFC 9457) with a stable `code`. This is the one
 * table from error to status.
 *
 * @module
 */

import { RequestError, RigError } from "../../rpc/errors.ts";

/** Every code with its status and its title. */
export const PROBLEMS = {
  "bad-request": [400, "The request cannot be understood"],
  "token-required": [401, "A token is needed"],
  "command-denied": [403, "Not allowed from that address"],
  "origin-denied": [403, "Not allowed from pages of that origin"],
  "host-denied": [403, "Not a name of this gateway"],
  "unknown-rig": [404, "No rig of that name"],
  "not-found": [404, "No such page"],
  "method-not-allowed": [405, "That method is not allowed here"],
  "body-too-large": [413, "The body is too large"],
  "unsupported-media-type": [415, "The body is not JSON"],
  "rig-locked": [409, "Another client holds the rig's session"],
  "too-many-tries": [429, "Too many wrong tokens"],
  "internal-error": [500, "The gateway failed"],
  "rig-refused": [502, "The rig refused the connection"],
  "rig-unreachable": [502, "The rig cannot be reached"],
  "rig-closed": [502, "The rig closed the connection without a reply"],
  "rig-reply-invalid": [502, "The rig's reply cannot be read"],
  "rig-reply-truncated": [502, "The rig's reply is cut off"],
  "rig-reply-too-large": [502, "The rig's reply is too large"],
  "rig-login-failed": [502, "The rig refused its configured password"],
  "rig-no-data": [502, "The rig answers with errors alone"],
  "rig-busy": [503, "Too many calls wait for the rig"],
  "rig-timeout": [504, "The rig did not answer in time"],
} as const satisfies Record<string, readonly [number, string]>;

/** The code of a problem; stable across versions. */
export type ProblemCode = keyof typeof PROBLEMS;

/** What a problem may carry besides code and detail. */
export interface ProblemOptions {
  /** The rig it is about. */
  readonly rig?: string | undefined;
  /** What to do about it. */
  readonly hint?: string | undefined;
  /** Headers that belong to the status, such as `Allow`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A problem as its document. */
export interface ProblemDocument {
  /** Which problem; stable across versions. */
  readonly code: ProblemCode;
  /** What it is, in general. */
  readonly title: string;
  /** The HTTP status. */
  readonly status: number;
  /** What happened, to what. */
  readonly detail: string;
  /** The rig that it is about. */
  readonly rig?: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** A refusal or failure that is told to the client. */
export class Problem extends Error {
  /** Always `Problem`. */
  override readonly name = "Problem";
  /** Which problem; stable across versions. */
  readonly code: ProblemCode;
  /** The HTTP status. */
  readonly status: number;
  /** What it is, in general. */
  readonly title: string;
  /** The rig that it is about. */
  readonly rig: string | undefined;
  /** What to do about it. */
  readonly hint: string | undefined;
  /** Headers that belong to the status, such as `Allow`. */
  readonly headers: Readonly<Record<string, string>>;

  /**
   * Makes a problem.
   *
   * @param code Which problem.
   * @param detail What happened, to what.
   * @param options The rig, what to do about it, headers.
   */
  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.code = code;
    [this.status, this.title] = PROBLEMS[code];
    this.rig = options.rig;
    this.hint = options.hint;
    this.headers = options.headers ?? {};
  }

  /**
   * Gives what is sent.
   *
   * @returns The problem document (RFC 9457).
   */
  toJSON(): ProblemDocument {
    const { code, title, status, message: detail, rig, hint } = this;
    return {
      code,
      title,
      status,
      detail,
      ...(rig === undefined ? {} : { rig }),
      ...(hint === undefined ? {} : { hint }),
    };
  }
}

/** The client left before its request was whole: there is nobody to answer. */
export class ClientGone extends Error {
  /** Always `ClientGone`. */
  override readonly name = "ClientGone";
}

/** Seconds after which a client may come back to a busy rig. */
const RETRY_AFTER_S = "1";

/**
 * Makes a problem of whatever was thrown on the way of a request.
 *
 * @param error What was thrown.
 * @param rig The name of the rig that was asked, if it came that far.
 * @returns The problem; `internal-error` for what should not happen.
 */
export function toProblem(error: unknown, rig?: string): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof RequestError) {
    const { hint } = error;
    return new Problem(error.code, error.message, hint ? { hint } : {});
  }
  // A gateway sends commands as they are: it has no actions that a make may lack.
  if (error instanceof RigError && error.code !== "not-supported") {
    return new Problem(error.code, error.message, {
      rig,
      hint: error.hint,
      headers: error.code === "rig-busy"
        ? { "retry-after": RETRY_AFTER_S }
        : {},
    });
  }
  return new Problem(
    "internal-error",
    "Something went wrong in the gateway itself; its log says what",
    { rig },
  );
}
