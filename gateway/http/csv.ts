/**
 * Who wants a table as CSV. Pure.
 *
 * @module
 */

import { accepts } from "jsr:@std/http@1/negotiation";
import { Problem } from "./problems.ts";

/** The type of a table; its first line has the names of its columns. */
export const CSV_TYPE = "text/csv; charset=utf-8; header=present";

/** How much of a wrong format is repeated in a message. */
const MAX_QUOTED_LENGTH = 32;

/**
 * Reads in which format a page with a table is wanted.
 *
 * @param request The request; `Accept` counts where the query says nothing.
 * @param query Its query: `format=csv` or `format=json`.
 * @returns `json` also where `Accept` puts CSV and JSON on a level, or does not
 * name CSV (a wildcard does not); undefined: the query says nothing, and `Accept`
 * does not ask for CSV.
 * @throws {Problem} `bad-request` for another format.
 */
export function readFormat(
  request: Request,
  query: URLSearchParams,
): "csv" | "json" | undefined {
  const format = query.get("format");
  if (format === "csv" || format === "json") return format;
  if (format !== null) {
    throw new Problem(
      "bad-request",
      `format=${format.slice(0, MAX_QUOTED_LENGTH)} is no format here`,
      { hint: "Give format=csv or format=json" },
    );
  }
  const accept = request.headers.get("accept");
  if (accept === null || !/text\/csv/i.test(accept)) return undefined;
  const types = ["application/json", "text/event-stream", CSV_TYPE];
  return accepts(request, ...types) === CSV_TYPE ? "csv" : undefined;
}
