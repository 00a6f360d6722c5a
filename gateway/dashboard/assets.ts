/**
 * The files of the dashboard, embedded as text: no build step, and no file is
 * read.
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
import actionFormJs from "./action_form.js" with { type: "text" };
import actionRunsJs from "./action_runs.js" with { type: "text" };
import actionTableJs from "./action_table.js" with { type: "text" };
import actionsCss from "./actions.css" with { type: "text" };
import actionsJs from "./actions.js" with { type: "text" };
import appJs from "./app.js" with { type: "text" };
import chartJs from "./chart.js" with { type: "text" };
import commandBoxJs from "./command_box.js" with { type: "text" };
import confirmDialogJs from "./confirm_dialog.js" with { type: "text" };
import eventParserJs from "./event_parser.js" with { type: "text" };
import fetchJsonJs from "./fetch_json.js" with { type: "text" };
import figuresJs from "./figures.js" with { type: "text" };
import fleetRowJs from "./fleet_row.js" with { type: "text" };
import fleetViewJs from "./fleet_view.js" with { type: "text" };
import formatJs from "./format.js" with { type: "text" };
import pagePartsJs from "./page_parts.js" with { type: "text" };
import rigTablesJs from "./rig_tables.js" with { type: "text" };
import rigViewJs from "./rig_view.js" with { type: "text" };
import storeJs from "./store.js" with { type: "text" };
import storeLimitsJs from "./store_limits.js" with { type: "text" };
import styleCss from "./style.css" with { type: "text" };
import thresholdsJs from "./thresholds.js" with { type: "text" };
import tokenJs from "./token.js" with { type: "text" };
import tokenFormJs from "./token_form.js" with { type: "text" };
import trailJs from "./trail.js" with { type: "text" };

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

/** Every file by its name, as `/-/assets/<name>` serves it. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map([
  ["preact.js", { text: preact, type: SCRIPT }],
  // Its build for browsers makes a global; modules import it.
  ["uplot.js", {
    text: `${uPlotScript}\nexport default uPlot;\n`,
    type: SCRIPT,
  }],
  ["uplot.css", { text: uPlotStyle, type: STYLE }],
  ["action_form.js", { text: actionFormJs, type: SCRIPT }],
  ["action_runs.js", { text: actionRunsJs, type: SCRIPT }],
  ["action_table.js", { text: actionTableJs, type: SCRIPT }],
  ["actions.css", { text: actionsCss, type: STYLE }],
  ["actions.js", { text: actionsJs, type: SCRIPT }],
  ["app.js", { text: appJs, type: SCRIPT }],
  ["chart.js", { text: chartJs, type: SCRIPT }],
  ["command_box.js", { text: commandBoxJs, type: SCRIPT }],
  ["confirm_dialog.js", { text: confirmDialogJs, type: SCRIPT }],
  ["event_parser.js", { text: eventParserJs, type: SCRIPT }],
  ["fetch_json.js", { text: fetchJsonJs, type: SCRIPT }],
  ["figures.js", { text: figuresJs, type: SCRIPT }],
  ["fleet_row.js", { text: fleetRowJs, type: SCRIPT }],
  ["fleet_view.js", { text: fleetViewJs, type: SCRIPT }],
  ["format.js", { text: formatJs, type: SCRIPT }],
  ["page_parts.js", { text: pagePartsJs, type: SCRIPT }],
  ["rig_tables.js", { text: rigTablesJs, type: SCRIPT }],
  ["rig_view.js", { text: rigViewJs, type: SCRIPT }],
  ["store.js", { text: storeJs, type: SCRIPT }],
  ["store_limits.js", { text: storeLimitsJs, type: SCRIPT }],
  ["style.css", { text: styleCss, type: STYLE }],
  ["thresholds.js", { text: thresholdsJs, type: SCRIPT }],
  ["token.js", { text: tokenJs, type: SCRIPT }],
  ["token_form.js", { text: tokenFormJs, type: SCRIPT }],
  ["trail.js", { text: trailJs, type: SCRIPT }],
]);
