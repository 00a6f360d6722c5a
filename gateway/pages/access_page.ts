/**
 * `/-/access` and `/-/history`: what the dashboard asks the gateway about.
 *
 * @module
 */

import denoConfig from "../../deno.json" with { type: "json" };
import type { OwnRoute } from "../../routes.ts";
import { type Command, COMMANDS } from "../../rpc/commands.ts";
import type { Exchange } from "../exchange.ts";
import { STEP_S } from "../watch/history.ts";
import { JSON_TYPE, makeResponse } from "../http/responses.ts";
import { findOneRig } from "../http/selection.ts";

/** What the page needs of the table. */
const SHOWN_COMMANDS = COMMANDS.map(
  ({ name, group, joinable, parameter }) => ({
    name,
    group,
    joinable,
    parameter,
  }),
);

/** What the page needs to know of a command. */
export type ShownCommand =
  & Pick<Command, "name" | "group" | "joinable">
  & { readonly parameter?: string | undefined };

/** What `/-/access` says. */
export interface AccessDocument {
  /** The gateway's version. */
  readonly version: string;
  /** The name of the rig that paths without `/@` mean. */
  readonly defaultRig: string;
  /** The client's group. */
  readonly group: string;
  /** Whether a token is configured. */
  readonly hasToken: boolean;
  /** The commands that the client may send. */
  readonly allowed: readonly string[];
  /** The commands that are known. */
  readonly commands: readonly ShownCommand[];
}

/**
 * Serves `/-/access`: who the client is to the gateway, and which commands it
 * may send. So a page shows nothing that the gateway would refuse.
 *
 * @param exchange Who asks; the guard was asked already, and gave it a group.
 * @returns The version, the default rig, the group, whether a token is
 * configured, the commands that may be sent, and the table of commands.
 */
export function serveAccess({ gateway, group = "R" }: Exchange): Response {
  const { policy, fleet } = gateway;
  const document: AccessDocument = {
    version: denoConfig.version,
    defaultRig: fleet.defaultRig.name,
    group,
    hasToken: policy.hasToken,
    allowed: COMMANDS.map(({ name }) => name)
      .filter((name) => policy.groups.isAllowed(group, name)),
    commands: SHOWN_COMMANDS,
  };
  return makeResponse(JSON.stringify(document), 200, JSON_TYPE);
}

/**
 * Serves `/-/history`: the last hours of the fleet, or with `?rig=garage` of one
 * rig.
 *
 * @param exchange Who asks; the guard was asked already.
 * @param route Its query.
 * @returns `{"stepS": 60, "points": […]}`, oldest first.
 * @throws {Problem} `unknown-rig`.
 */
export function serveHistory(
  { gateway: { fleet, history } }: Exchange,
  route: OwnRoute,
): Response {
  const name = new URLSearchParams(route.query).get("rig");
  const document = name === null
    ? { stepS: STEP_S, points: history.readFleet() }
    : {
      rig: name,
      stepS: STEP_S,
      points: history.readRig(findOneRig(fleet, name)),
    };
  return makeResponse(JSON.stringify(document), 200, JSON_TYPE);
}
