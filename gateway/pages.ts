/**
 * The gateway's own pages: what it says of itself, without asking a rig.
 *
 * @example
 * ```ts
 * import { Fleet } from "../rigs/fleet.ts";
 * import { servePage } from "./pages.ts";
 *
 * const fleet = new Fleet([{ name: "a", hostname: "127.0.0.1", port: 4028 }]);
 * console.log(await servePage("-/healthz", fleet).json()); // { status: "ok" }
 * ```
 *
 * @module
 */

import type { Fleet } from "../rigs/fleet.ts";
import indexPage from "./dashboard/index.html" with { type: "text" };
import { Problem } from "./problems.ts";

type Headers = Readonly<Record<string, string>>;

/** Nothing may run in the page, and no page may frame it. */
const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
};

/**
 * Serves one of the gateway's own pages.
 *
 * @param page Its path without the first slash.
 * @param fleet The rigs.
 * @param headers Headers of every response.
 * @returns The page.
 * @throws {Problem} `not-found`.
 */
export function servePage(
  page: string,
  fleet: Fleet,
  headers: Headers = {},
): Response {
  switch (page) {
    case "-/healthz":
      return Response.json({ status: "ok" }, { headers: { ...headers } });
    case "-/readyz":
      return Response.json(
        { status: "ready", rigs: fleet.size },
        { headers: { ...headers } },
      );
    default:
      throw new Problem("not-found", `There is no page /${page}`);
  }
}

/**
 * Serves what a browser sees at a rig's root.
 *
 * @param rig The rig's name, where the URL gives one: the page's links stay
 * with that rig. It needs no escape ({@linkcode RIG_NAME}).
 * @param headers Headers of every response.
 * @returns The page.
 */
export function serveRootPage(
  rig: string | undefined,
  headers: Headers = {},
): Response {
  const page = rig === undefined
    ? indexPage
    : indexPage.replaceAll('href="/', `href="/@${rig}/`);
  return new Response(page, { headers: { ...headers, ...PAGE_HEADERS } });
}
