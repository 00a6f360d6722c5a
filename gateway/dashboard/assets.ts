/**
 * The files of the dashboard, embedded as text: no build step, and no file is
 * read. Pure.
 *
 * @example
 * ```ts
 * import { ASSETS } from "./assets.ts";
 *
 * console.log(ASSETS.get("style.css")?.type); // text/css; charset=utf-8
 * ```
 *
 * @module
 */

import preact from "npm:htm@3/preact/standalone" with { type: "text" };
import uPlotScript from "npm:uplot@1/dist/uPlot.iife.min.js" with {
  type: "text",
};
import uPlotStyle from "npm:uplot@1/dist/uPlot.min.css" with { type: "text" };
import tokenJs from "./token.js" with { type: "text" };

/** A file, and what it is. */
export interface Asset {
  readonly text: string;
  readonly type: string;
}

const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";

/** Every file by its name, as `/-/assets/<name>` serves it. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map([
  ["preact.js", { text: preact, type: SCRIPT }],
  // Its build for browsers makes a global; modules import it.
  ["uplot.js", {
    text: `${uPlotScript}\nexport default uPlot;\n`,
    type: SCRIPT,
  }],
  ["uplot.css", { text: uPlotStyle, type: STYLE }],
  ["token.js", { text: tokenJs, type: SCRIPT }],
]);
