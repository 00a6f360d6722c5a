/**
 * What kind of URL a route is, for metrics and spans: one of a few names, never
 * a path. Pure.
 *
 * @module
 */

import type { RigRoute } from "../../routes.ts";
import { ALL_RIGS } from "./selection.ts";

/** What the label `route` may be. */
export const ROUTE_NAMES = [
  /** The root of a rig, the default one or a named one. */
  "root",
  /** A command for one rig. */
  "rig",
  /** A command for all rigs: `/@all/…`. */
  "all",
  /** A command for the rigs of a tag: `/@key:value/…`. */
  "tag",
  "metrics",
  "probe",
  "rigs",
  "sd",
  "healthz",
  "readyz",
  "openapi",
  /** The dashboard and its files. */
  "dashboard",
  /** All else: pages that are not there, requests that were refused unread. */
  "other",
] as const;

/** What kind of URL was asked for. */
export type RouteName = typeof ROUTE_NAMES[number];

/**
 * Names the route of a rig, or of several; a page's name stands in its row.
 *
 * @param route What a URL means.
 * @returns One of a few names.
 */
export function nameRigRoute({ rig, isRoot }: RigRoute): RouteName {
  if (rig === ALL_RIGS) return "all";
  if (rig?.includes(":")) return "tag";
  return isRoot ? "root" : "rig";
}
