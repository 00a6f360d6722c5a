/**
 * The files of the dashboard and of `/-/docs` as browsers get them, embedded as
 * text: no file is read. `deno task dashboard` builds them from the sources
 * beside this module.
 *
 * @module
 */

import appJs from "./bundle/app.js" with { type: "text" };
import docsCss from "./bundle/docs.css" with { type: "text" };
import docsJs from "./bundle/docs.js" with { type: "text" };
import licenses from "./bundle/licenses.txt" with { type: "text" };
import styleCss from "./bundle/style.css" with { type: "text" };
import uplotJs from "./bundle/uplot.js" with { type: "text" };

/** A file, and what it is. */
export interface Asset {
  readonly text: string;
  readonly type: string;
}

const compressed = new WeakMap<Asset, Promise<Uint8Array<ArrayBuffer>>>();

/**
 * Compresses a file, once.
 *
 * @param asset The file.
 * @returns Its text in UTF-8, by gzip.
 */
export function compressAsset(asset: Asset): Promise<Uint8Array<ArrayBuffer>> {
  const known = compressed.get(asset);
  if (known !== undefined) return known;
  const stream = new Blob([asset.text]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  const bytes = new Response(stream).bytes();
  compressed.set(asset, bytes);
  return bytes;
}

const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";

/** Also drawn where a phone has put the page among its programs. */
const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">' +
  '<rect width="16" height="16" rx="3" fill="#0b6e99"/>' +
  '<path d="M3 11l3-4 3 2 4-5" fill="none" stroke="#fff" stroke-width="2"/></svg>';

/** What a phone wants to know to put the page among its programs. */
const MANIFEST = JSON.stringify({
  name: "chi-server",
  short_name: "Rigs",
  // From /-/assets/: the page may stand under a path of its host.
  start_url: "../../",
  scope: "../../",
  display: "standalone",
  background_color: "#12161b",
  theme_color: "#0b6e99",
  icons: [{ src: "icon.svg", sizes: "any", type: "image/svg+xml" }],
});

/** Every file by its name, as `/-/assets/<name>` serves it. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map([
  ["app.webmanifest", { text: MANIFEST, type: "application/manifest+json" }],
  ["app.js", { text: appJs, type: SCRIPT }],
  ["docs.css", { text: docsCss, type: STYLE }],
  ["docs.js", { text: docsJs, type: SCRIPT }],
  ["icon.svg", { text: ICON, type: "image/svg+xml; charset=utf-8" }],
  ["licenses.txt", { text: licenses, type: "text/plain; charset=utf-8" }],
  ["style.css", { text: styleCss, type: STYLE }],
  ["uplot.js", { text: uplotJs, type: SCRIPT }],
]);
