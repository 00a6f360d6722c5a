/**
 * The description as it is served: as JSON, as a page, and the page's style.
 * Each is made when it is asked for, once.
 *
 * @module
 */

import type { Asset } from "../../dashboard/assets.ts";
import { FACTS, makeOpenApi } from "./openapi.ts";
import { WINDOW_HEADERS } from "../http/responses.ts";
import docsCss from "./docs.css" with { type: "text" };
import { renderDocs } from "./docs_page.ts";

let openApi: Asset | undefined;
let docsPage: Asset | undefined;

/**
 * Gives `/-/openapi.json`.
 *
 * @returns The document.
 */
export function getOpenApi(): Asset {
  return openApi ??= {
    text: JSON.stringify(makeOpenApi(FACTS)),
    type: "application/json",
  };
}

/**
 * Gives `/-/docs`.
 *
 * @returns The page.
 */
export function getDocsPage(): Asset {
  return docsPage ??= {
    text: renderDocs(makeOpenApi(FACTS)),
    type: "text/html; charset=utf-8",
  };
}

/** `/-/docs.css`. */
export const DOCS_STYLE: Asset = {
  text: docsCss,
  type: "text/css; charset=utf-8",
};

/** The page loads its style and nothing else, and no page may frame it. */
export const DOCS_HEADERS = {
  "content-security-policy": "default-src 'none'; style-src 'self'; " +
    "img-src data:; base-uri 'none'; form-action 'none'; " +
    "frame-ancestors 'none'",
  ...WINDOW_HEADERS,
};
