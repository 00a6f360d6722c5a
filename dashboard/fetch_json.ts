/**
 * Asks the gateway, with the token if one was entered, and reads its refusals.
 *
 * @module
 */

import type { ProblemDocument } from "../gateway/http/problems.ts";
import { toUrl } from "./place.ts";
import { authHeaders } from "./token.ts";

/** What went wrong: as the gateway says, or as the page says in its place. */
export type PageProblem =
  & Pick<ProblemDocument, "title">
  & {
    readonly [key in "detail" | "hint"]?: string | undefined;
  }
  & Partial<Pick<ProblemDocument, "status">>;

/** The gateway's answer was a refusal. */
export class Refusal extends Error {
  /** @param problem What it said. */
  constructor(readonly problem: PageProblem) {
    super(problem.title);
  }
}

/**
 * Asks the gateway for JSON.
 *
 * @param path Path and query, of the gateway: `/-/access`.
 * @param init More of the request.
 * @returns The document.
 * @throws {Refusal} With `problem`, if the status is not that of success.
 */
export async function fetchJson<T>(
  path: string,
  init: RequestInit = {},
): Promise<T> {
  const response = await fetch(toUrl(path), {
    ...init,
    headers: { accept: "application/json", ...authHeaders() },
  });
  if (!response.ok) throw new Refusal(await readProblem(response));
  return await response.json();
}

/**
 * Asks for what may be missing: the live stream meets the same trouble, and
 * shows it.
 *
 * @param path As {@linkcode fetchJson} takes it.
 * @param init More of the request.
 * @param onDocument Called with the document, if it comes.
 */
export async function fetchQuietly<T>(
  path: string,
  init: RequestInit,
  onDocument: (document: T) => void,
): Promise<void> {
  let document: T;
  try {
    document = await fetchJson(path, init);
  } catch {
    return;
  }
  onDocument(document);
}

/**
 * @param response One that is not a success.
 * @returns What it says.
 */
export async function readProblem(response: Response): Promise<PageProblem> {
  const { status } = response;
  try {
    const problem = await response.json();
    if (typeof problem?.title === "string") return problem;
  } catch {
    // A proxy's page: the status has to do.
  }
  return { title: `The answer was HTTP ${status}`, status };
}

/**
 * @param error What was thrown.
 * @returns What it says.
 */
export function readMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
