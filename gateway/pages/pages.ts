/**
 * The gateway's own pages: what it says of itself and of its rigs.
 *
 * @module
 */

import { type OwnRoute, parseQuery, type Route } from "../../routes.ts";
import { indentJson } from "../../rpc/indent.ts";
import configSchema from "./config_schema.json" with {
  type: "text",
};
import { serveAccess, serveHistory } from "./access_page.ts";
import { type Asset, ASSETS, compressAsset } from "../../dashboard/assets.ts";
import docsPage from "../../dashboard/docs.html" with { type: "text" };
import indexPage from "../../dashboard/index.html" with { type: "text" };
import type { Exchange } from "../exchange.ts";
import {
  serveDiscovery,
  serveMetrics,
  serveOwnMetrics,
  serveProbe,
} from "./metrics_page.ts";
import { BEARER } from "../access/guard.ts";
import { nameRigRoute, type RouteName } from "../http/route_names.ts";
import { Problem } from "../http/problems.ts";
import {
  COMMON_HEADERS,
  makeResponse,
  RESOURCE_POLICY,
  WINDOW_HEADERS,
} from "../http/responses.ts";
import { serveRig, serveRigs } from "./rigs_page.ts";

/** One of the gateway's own pages. */
interface Page {
  /** Makes it. */
  readonly serve: (
    exchange: Exchange,
    route: OwnRoute,
  ) => Response | Promise<Response>;
  /**
   * For whom it is, as the guard has it: `open` to every address, for
   * monitoring; a `page` for every group, as it tells nothing of rigs; of the
   * `fleet`, for groups that may read all that rigs report.
   */
  readonly access: "open" | "page" | "fleet";
  /** What metrics call it. */
  readonly label: RouteName;
}

/**
 * All pages, by their paths, as routes have them; `{…}` at the end of one stands
 * for whatever follows.
 */
const PAGE_TABLE: ReadonlyMap<string, Page> = new Map<string, Page>([
  ["-/healthz", {
    serve: () => makeJson({ status: "ok" }),
    access: "open",
    label: "healthz",
  }],
  ["-/readyz", {
    serve: ({ gateway }) =>
      makeJson({ status: "ready", rigs: gateway.fleet.size }),
    access: "open",
    label: "readyz",
  }],
  ["metrics", { serve: serveMetrics, access: "fleet", label: "metrics" }],
  ["probe", { serve: serveProbe, access: "fleet", label: "probe" }],
  ["-/history", { serve: serveHistory, access: "fleet", label: "dashboard" }],
  ["-/metrics", { serve: serveOwnMetrics, access: "fleet", label: "metrics" }],
  ["-/rigs", { serve: serveRigs, access: "fleet", label: "rigs" }],
  ["-/rigs/{rig}", { serve: serveRig, access: "fleet", label: "rigs" }],
  ["-/sd", { serve: serveDiscovery, access: "fleet", label: "sd" }],
  // It names the default rig, and says what the client itself may do.
  ["-/access", { serve: serveAccess, access: "page", label: "dashboard" }],
  ["-/config.schema.json", {
    serve: () =>
      makeResponse(configSchema, 200, {
        "content-type": "application/schema+json",
      }),
    access: "page",
    label: "other",
  }],
  ["-/openapi.json", {
    async serve({ request }) {
      // Loaded when it is wanted: a gateway that starts does not wait for it.
      const { getOpenApi } = await import("../openapi/openapi.ts");
      return await serveAsset(getOpenApi(), request);
    },
    access: "page",
    label: "openapi",
  }],
  ["-/docs", {
    serve: () => makeResponse(docsPage, 200, PAGE_HEADERS),
    access: "page",
    label: "openapi",
  }],
  // Open to every address, as they hold nothing of any rig: a page whose right
  // to read is withdrawn still has to load its token form.
  ["-/assets/{file}", {
    serve({ request }, route) {
      const asset = ASSETS.get(route.page.slice("-/assets/".length));
      return asset === undefined
        ? refusePage(route)
        : serveAsset(asset, request);
    },
    access: "open",
    label: "dashboard",
  }],
]);

/** The paths of all pages, as routes have them. */
export const PAGES: readonly string[] = [...PAGE_TABLE.keys()];

/** Those below which anything may stand, by what stands before it. */
const FOLDERS: ReadonlyMap<string, Page> = new Map(
  [...PAGE_TABLE].filter(([path]) => path.endsWith("}"))
    .map(([path, page]) => [path.slice(0, path.indexOf("{")), page]),
);

/** What is not there is refused like a page of the fleet. */
const NO_PAGE: Page = {
  serve: (_, route) => refusePage(route),
  access: "fleet",
  label: "other",
};

/**
 * Finds a page.
 *
 * @param route Which page.
 * @returns Its row; of what is not there, one that says so.
 */
export function findPage({ page }: OwnRoute): Page {
  const folder = page.slice(0, page.indexOf("/", "-/".length) + 1);
  return PAGE_TABLE.get(page) ?? FOLDERS.get(folder) ?? NO_PAGE;
}

function refusePage({ page }: OwnRoute): never {
  throw new Problem("not-found", `There is no page /${page}`);
}

/**
 * Names what a URL means, for metrics and spans.
 *
 * @param route What it means.
 * @returns One of a few names.
 */
export function nameRoute(route: Route): RouteName {
  return route.kind === "own" ? findPage(route).label : nameRigRoute(route);
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
  const response = await makePage(route, exchange);
  for (const [name, value] of Object.entries(RESOURCE_POLICY)) {
    response.headers.set(name, value);
  }
  return response;
}

async function makePage(
  route: OwnRoute,
  exchange: Exchange,
): Promise<Response> {
  const { page, query } = route;
  const response = await findPage(route).serve(exchange, route);
  return parseQuery(query).isPretty ? indentPage(page, response) : response;
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
    "connect-src 'self'; img-src 'self' data:; manifest-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ...WINDOW_HEADERS,
  ...RESOURCE_POLICY,
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
 * @returns True if the page is shown in a browser nevertheless.
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
