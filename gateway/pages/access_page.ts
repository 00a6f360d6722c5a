/**
 * `/-/access` and `/-/history`: what the dashboard asks the gateway about; and
 * whoever else wants to know what was.
 *
 * @module
 */

import denoConfig from "../../deno.json" with { type: "json" };
import type { OwnRoute } from "../../routes.ts";
import { type Command, COMMANDS } from "../../rpc/commands.ts";
import type { Exchange } from "../exchange.ts";
import { formatCsv, parseStep, parseTime } from "../watch/history.ts";
import { CSV_TYPE, readFormat } from "../http/csv.ts";
import { Problem } from "../http/problems.ts";
import { JSON_TYPE, makeEmptyStream, makeResponse } from "../http/responses.ts";
import { findOneRig, readTag, selectRigs } from "../http/selection.ts";

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
  /** What to do where no rig is configured, line by line. */
  readonly advice?: readonly string[];
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
  const { policy, fleet, advice } = gateway;
  const document: AccessDocument = {
    version: denoConfig.version,
    defaultRig: fleet.defaultRig.name,
    group,
    hasToken: policy.hasToken,
    allowed: COMMANDS.map(({ name }) => name)
      .filter((name) => policy.groups.isAllowed(group, name)),
    commands: SHOWN_COMMANDS,
    ...(advice === undefined ? {} : { advice }),
  };
  return makeResponse(JSON.stringify(document), 200, JSON_TYPE);
}

/**
 * Serves `/-/history`: the past of one rig (`?rig=garage`), of a tag's rigs
 * (`?tag=site:barn`), or of all together; `from`, `to` and `step` say of it what,
 * `format` or `Accept` whether as JSON or CSV.
 *
 * @param exchange Who asks; the guard was asked already.
 * @param route Its query.
 * @returns As {@linkcode FleetHistory.read} answers.
 * @throws {Problem} `unknown-rig`, or `bad-request` for what cannot be read.
 */
export async function serveHistory(
  { request, gateway: { fleet, history } }: Exchange,
  route: OwnRoute,
): Promise<Response> {
  const params = new URLSearchParams(route.query);
  const rig = params.get("rig") ?? undefined;
  const tag = params.has("tag") ? readTag(params) : undefined;
  const rigs = rig !== undefined
    ? [findOneRig(fleet, rig)]
    : tag === undefined
    ? undefined
    : selectRigs(fleet, tag).rigs;
  if (rig !== undefined && tag !== undefined) {
    throw new Problem("bad-request", "rig and tag do not go together", {
      hint: "Leave one of them out",
    });
  }
  const isCsv = readFormat(request, params) === "csv";
  const fromS = readParameter(params, "from", parseTime);
  const toS = readParameter(params, "to", parseTime);
  const stepS = readParameter(params, "step", parseStep);
  if (fromS !== undefined && fromS >= (toS ?? Infinity)) {
    throw new Problem("bad-request", "from is not before to");
  }
  const query = {
    ...(rig === undefined ? {} : { rig }),
    ...(tag === undefined ? {} : { tag }),
    ...{ fromS, toS, stepS },
  };
  const headers = {
    ...(isCsv ? { "content-type": CSV_TYPE } : JSON_TYPE),
    vary: "Accept",
  };
  if (request.method === "HEAD") {
    return makeResponse(makeEmptyStream(), 200, headers);
  }
  const { signal } = request;
  const document = await history.read(query, rigs, { signal });
  const body = isCsv ? formatCsv(document) : JSON.stringify(document);
  return makeResponse(body, 200, headers);
}

const PARAMETER_HINTS = {
  from: "Give ISO 8601, such as 2026-12-01T06:00:00Z, or Unix seconds",
  to: "Give ISO 8601, such as 2026-12-01T06:00:00Z, or Unix seconds",
  step: "Give whole seconds, such as 900",
};

function readParameter(
  params: URLSearchParams,
  name: keyof typeof PARAMETER_HINTS,
  parse: (text: string) => number | undefined,
): number | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  const value = parse(text);
  if (value !== undefined) return value;
  const shown = JSON.stringify(text.slice(0, 100));
  throw new Problem("bad-request", `${name}=${shown} cannot be read`, {
    hint: PARAMETER_HINTS[name],
  });
}
