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
import actionOrdersJs from "./action_orders.js" with { type: "text" };
import actionRunsJs from "./action_runs.js" with { type: "text" };
import actionTableJs from "./action_table.js" with { type: "text" };
import actionsCss from "./actions.css" with { type: "text" };
import actionsJs from "./actions.js" with { type: "text" };
import appJs from "./app.js" with { type: "text" };
import chartJs from "./chart.js" with { type: "text" };
import commandAnswerJs from "./command_answer.js" with { type: "text" };
import commandBoxJs from "./command_box.js" with { type: "text" };
import confirmDialogJs from "./confirm_dialog.js" with { type: "text" };
import eventParserJs from "./event_parser.js" with { type: "text" };
import fetchJsonJs from "./fetch_json.js" with { type: "text" };
import figuresJs from "./figures.js" with { type: "text" };
import fleetRowJs from "./fleet_row.js" with { type: "text" };
import fleetViewJs from "./fleet_view.js" with { type: "text" };
import flusherJs from "./flusher.js" with { type: "text" };
import formatJs from "./format.js" with { type: "text" };
import pageClockJs from "./page_clock.js" with { type: "text" };
import pagePartsJs from "./page_parts.js" with { type: "text" };
import pageWatchJs from "./page_watch.js" with { type: "text" };
import legendJs from "./legend.js" with { type: "text" };
import heardRigsJs from "./heard_rigs.js" with { type: "text" };
import { joinScripts } from "./joined_script.ts";
import placeJs from "./place.js" with { type: "text" };
import rigStreamJs from "./rig_stream.js" with { type: "text" };
import rigTablesJs from "./rig_tables.js" with { type: "text" };
import rigTrailsJs from "./rig_trails.js" with { type: "text" };
import rigViewJs from "./rig_view.js" with { type: "text" };
import selectionJs from "./selection.js" with { type: "text" };
import storeJs from "./store.js" with { type: "text" };
import storeLimitsJs from "./store_limits.js" with { type: "text" };
import styleCss from "./style.css" with { type: "text" };
import thresholdsJs from "./thresholds.js" with { type: "text" };
import tokenJs from "./token.js" with { type: "text" };
import tokenFormJs from "./token_form.js" with { type: "text" };
import trailJs from "./trail.js" with { type: "text" };
import troubleJs from "./trouble.js" with { type: "text" };
import { slimStyle } from "./slim_text.ts";

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

/**
 * The scripts that are served, and the modules that each is made of, every one
 * behind those that it imports: a browser that asks for twenty files, six at a
 * time, waits longer for the first values. What is not in `app.js` is loaded
 * when it is wanted.
 */
export const SCRIPTS: ReadonlyMap<string, ReadonlyMap<string, string>> =
  new Map([
    [
      "app.js",
      new Map([
        ["place.js", placeJs],
        ["token.js", tokenJs],
        ["format.js", formatJs],
        ["thresholds.js", thresholdsJs],
        ["figures.js", figuresJs],
        ["trail.js", trailJs],
        ["event_parser.js", eventParserJs],
        ["fetch_json.js", fetchJsonJs],
        ["store_limits.js", storeLimitsJs],
        ["flusher.js", flusherJs],
        ["page_clock.js", pageClockJs],
        ["page_watch.js", pageWatchJs],
        ["rig_stream.js", rigStreamJs],
        ["rig_trails.js", rigTrailsJs],
        ["heard_rigs.js", heardRigsJs],
        ["store.js", storeJs],
        ["page_parts.js", pagePartsJs],
        ["chart.js", chartJs],
        ["fleet_row.js", fleetRowJs],
        ["fleet_view.js", fleetViewJs],
        ["rig_tables.js", rigTablesJs],
        ["command_box.js", commandBoxJs],
        ["rig_view.js", rigViewJs],
        ["app.js", appJs],
      ]),
    ],
    [
      "actions.js",
      new Map([
        ["action_table.js", actionTableJs],
        ["action_orders.js", actionOrdersJs],
        ["action_runs.js", actionRunsJs],
        ["actions.js", actionsJs],
      ]),
    ],
    ["action_form.js", new Map([["action_form.js", actionFormJs]])],
    ["command_answer.js", new Map([["command_answer.js", commandAnswerJs]])],
    ["confirm_dialog.js", new Map([["confirm_dialog.js", confirmDialogJs]])],
    ["legend.js", new Map([["legend.js", legendJs]])],
    ["selection.js", new Map([["selection.js", selectionJs]])],
    ["trouble.js", new Map([["trouble.js", troubleJs]])],
    ["token_form.js", new Map([["token_form.js", tokenFormJs]])],
  ]);

/** Finds the served script that has a module. */
function locateModule(name: string): string {
  for (const [served, modules] of SCRIPTS) {
    if (modules.has(name)) return served;
  }
  return name;
}

/** An asset that is made when somebody wants it first. */
function makeAsset(type: string, make: () => string): Asset {
  let text: string | undefined;
  return {
    get text() {
      return text ??= make();
    },
    type,
  };
}

/** Every file by its name, as `/-/assets/<name>` serves it. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map([
  ["preact.js", { text: preact, type: SCRIPT }],
  // Its build for browsers makes a global; modules import it.
  ["uplot.js", {
    text: `${uPlotScript}\nexport default uPlot;\n`,
    type: SCRIPT,
  }],
  ["uplot.css", makeAsset(STYLE, () => slimStyle(uPlotStyle))],
  ["style.css", makeAsset(STYLE, () => slimStyle(styleCss))],
  ["actions.css", makeAsset(STYLE, () => slimStyle(actionsCss))],
  ...[...SCRIPTS].map(([name, modules]) =>
    [
      name,
      makeAsset(SCRIPT, () => joinScripts(modules, locateModule)),
    ] as const
  ),
]);
