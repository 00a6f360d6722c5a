/**
 * What kind of URL a route is, for metrics: never a path. Pure.
 *
 * @module
 */

import type { Route } from "../../routes.ts";
import type { RouteName } from "../metrics/gateway_metrics.ts";
import { ALL_RIGS } from "./selection.ts";

const PAGE_NAMES: ReadonlyMap<string, RouteName> = new Map([
  ["metrics", "metrics"],
  ["-/metrics", "metrics"],
  ["probe", "probe"],
  ["-/rigs", "rigs"],
  ["-/sd", "sd"],
  ["-/healthz", "healthz"],
  ["-/readyz", "readyz"],
  ["-/openapi.json", "openapi"],
  ["-/docs", "openapi"],
  ["-/docs.css", "openapi"],
]);

/** The dashboard's files, and what it asks the gateway. */
const DASHBOARD_PAGE = /^-\/(?:assets\/|access$|history$)/;

/**
 * Names a route.
 *
 * @param route What a URL means.
 * @returns One of a few names.
 */
export function nameRoute(route: Route): RouteName {
  if (route.kind === "own") {
    if (DASHBOARD_PAGE.test(route.page)) return "dashboard";
    return PAGE_NAMES.get(route.page) ?? "other";
  }
  const { rig, isRoot } = route;
  if (rig === ALL_RIGS) return "all";
  if (rig?.includes(":")) return "tag";
  return isRoot ? "root" : "rig";
}
