/**
 * The gateway's own pages: what it says of itself and of its rigs.
 *
 * @example
 * ```ts
 * import { Fleet } from "../../rigs/fleet.ts";
 * import { createGateway } from "../http/exchange.ts";
 * import { servePage } from "./pages.ts";
 *
 * const fleet = new Fleet([{ name: "a", hostname: "127.0.0.1", port: 4028 }]);
 * const response = await servePage(
 *   { kind: "own", page: "-/healthz", query: "" },
 *   {
 *     request: new Request("http://gateway/-/healthz"),
 *     gateway: createGateway({ fleet }),
 *     address: "127.0.0.1",
 *     path: "/-/healthz",
 *   },
 * );
 * console.log(await response.json()); // { status: "ok" }
 * ```
 *
 * @module
 */

import { type OwnRoute, parseQuery } from "../../routes.ts";
import { indentJson } from "../../rpc/indent.ts";
import configSchema from "../../program/config/config_schema.json" with {
  type: "text",
};
import { serveAccess, serveHistory } from "./access_page.ts";
import { type Asset, ASSETS, compressAsset } from "../../dashboard/assets.ts";
import docsPage from "../../dashboard/docs.html" with { type: "text" };
import indexPage from "../../dashboard/index.html" with { type: "text" };
import type { Exchange } from "../http/exchange.ts";
import {
  serveDiscovery,
  serveMetrics,
  serveOwnMetrics,
  serveProbe,
} from "./metrics_page.ts";
import { BEARER } from "../access/guard.ts";
import { Problem } from "../http/problems.ts";
import { COMMON_HEADERS, makeResponse } from "../http/responses.ts";
import { serveRigs } from "./rigs_page.ts";

/** Makes a page. */
type ServePage = (
  exchange: Exchange,
  route: OwnRoute,
) => Response | Promise<Response>;

/**
 * For whoever watches: that the gateway is there, and how many rigs it has.
 * They are told that without a look at who they are.
 */
const OPEN_PAGES = new Map<string, ServePage>([
  ["-/healthz", () => makeJson({ status: "ok" })],
  [
    "-/readyz",
    ({ gateway }) => makeJson({ status: "ready", rigs: gateway.fleet.size }),
  ],
]);

/** All other pages: for whoever may read. */
const GUARDED_PAGES = new Map<string, ServePage>([
  ["metrics", serveMetrics],
  ["probe", serveProbe],
  ["-/access", serveAccess],
  ["-/history", serveHistory],
  ["-/metrics", serveOwnMetrics],
  ["-/rigs", serveRigs],
  ["-/sd", serveDiscovery],
  [
    "-/config.schema.json",
    () =>
      makeResponse(configSchema, 200, {
        "content-type": "application/schema+json",
      }),
  ],
  ["-/openapi.json", async ({ request }) => {
    // Loaded when it is wanted: a gateway that starts does not wait for it.
    const { getOpenApi } = await import("../openapi/openapi.ts");
    return await serveAsset(getOpenApi(), request);
  }],
  ["-/docs", () => makeResponse(docsPage, 200, PAGE_HEADERS)],
]);

/** The paths of all pages, as routes have them. */
export const PAGES: readonly string[] = [
  ...OPEN_PAGES.keys(),
  ...GUARDED_PAGES.keys(),
];

/** Where the files of the dashboard are. */
const ASSET_FOLDER = "-/assets/";

/**
 * Whether a page is served to everyone: what a watcher asks, and the dashboard's
 * files, which hold nothing of any rig. A page whose right to read is withdrawn
 * still has to load its token form.
 *
 * @param route Which page.
 * @returns True if the guard has nothing to say about it.
 */
export function isOpenPage({ page }: OwnRoute): boolean {
  return OPEN_PAGES.has(page) || page.startsWith(ASSET_FOLDER);
}

/**
 * Serves one of the gateway's own pages.
 *
 * @param route Which page.
 * @param exchange Who wants it; the guard was asked already.
 * @returns The page.
 * @throws {Problem} `not-found`, or what the page has to say.
 */
export async function servePage(
  route: OwnRoute,
  exchange: Exchange,
): Promise<Response> {
  const { page, query } = route;
  const serve = OPEN_PAGES.get(page) ?? GUARDED_PAGES.get(page);
  if (serve !== undefined) {
    const response = await serve(exchange, route);
    return parseQuery(query).isPretty ? indentPage(page, response) : response;
  }
  const asset = page.startsWith(ASSET_FOLDER)
    ? ASSETS.get(page.slice(ASSET_FOLDER.length))
    : undefined;
  if (asset === undefined) {
    throw new Problem("not-found", `There is no page /${page}`);
  }
  return serveAsset(asset, exchange.request);
}

/** Indents a JSON document; `/-/rigs` is a stream, and does it by itself. */
async function indentPage(page: string, response: Response): Promise<Response> {
  const { body, headers } = response;
  const isText = body !== null && !headers.has("content-encoding") &&
    /^application\/(?:schema\+)?json$/.test(headers.get("content-type") ?? "");
  return isText && page !== "-/rigs"
    ? new Response(indentJson(await response.text()) + "\n", response)
    : response;
}

/** Compressed, if the client takes that: a phone on a bad line loads it too. */
async function serveAsset(
  asset: Asset,
  { headers }: Request,
): Promise<Response> {
  const isCompressed = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i
    .test(headers.get("accept-encoding") ?? "");
  const body = isCompressed ? await compressAsset(asset) : asset.text;
  return makeResponse(body, 200, {
    "content-type": asset.type,
    vary: "Accept-Encoding",
    ...(isCompressed ? { "content-encoding": "gzip" } : {}),
  });
}

/** Only the gateway's own files run in the page, and no page may frame it. */
const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; " +
    "connect-src 'self'; img-src 'self' data:; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
};

const SHOWN_PROBLEMS: ReadonlySet<string> = new Set([
  "command-denied",
  "token-required",
]);

/**
 * Whether the dashboard itself has words for a refusal of its own page, and a form for
 * the token: it holds nothing of any rig, and asks for what it shows.
 *
 * @param problem The refusal.
 * @returns True if whoever opens it in a browser may see it nevertheless.
 */
export function isShownByPage({ code }: Problem): boolean {
  return SHOWN_PROBLEMS.has(code);
}

/**
 * Serves what a browser sees at a rig's root.
 *
 * @param rig What stands after `@`, where the URL has that: the page's links
 * stay with it. Attack: a name with a quote in it, which would end the link.
 * @param prefix The path that stands before all of the gateway's, escaped, with
 * a slash at its start and none at its end. Empty: none that is known; the page
 * is found then relative to its own address, for a proxy that takes one off.
 * @param problem Why it is refused, where it is: {@linkcode isShownByPage}.
 * @returns The page; with a problem, of its status.
 */
export function serveRootPage(
  rig: string | undefined,
  prefix = "",
  problem?: Problem,
): Response {
  const base = prefix.replaceAll("&", "&amp;").replaceAll('"', "%22");
  const above = rig === undefined ? "" : "../";
  const root = base === "" ? above : `${base}/`;
  const own = rig === undefined ? root : `${base}/@${encodeURIComponent(rig)}/`;
  const page = indexPage
    .replaceAll('="-/', () => `="${root}-/`)
    .replaceAll(/href="(?=[\w+]+\?pretty")/g, () => `href="${own}`);
  return makeResponse(page, problem?.status ?? 200, {
    ...PAGE_HEADERS,
    // Not Basic: the browser would ask for a password itself, and keep it.
    ...(problem?.status === 401 ? { "www-authenticate": BEARER } : {}),
  });
}

function makeJson(document: unknown): Response {
  return Response.json(document, { headers: COMMON_HEADERS });
}
