/**
 * The gateway's description of itself, as OpenAPI 3.1: made of the tables that
 * it works by, so that a command or a problem that is added stands in it.
 *
 * @module
 */

import type { Asset } from "../../dashboard/assets.ts";
import denoConfig from "../../deno.json" with { type: "json" };
import { type Command, COMMANDS } from "../../rpc/commands.ts";
import { PROBLEMS } from "../http/problems.ts";
import {
  HEADERS,
  makeParameters,
  SECURITY_SCHEMES,
  SharedResponses,
} from "./components.ts";
import type { OpenApiDocument } from "./document.ts";
import { makePagePaths } from "./page_paths.ts";
import { COMMAND_TAGS, makeCommandPaths, makeRigPaths } from "./rig_paths.ts";
import { makeSchemas } from "./schemas.ts";

/** What the description is made of. */
export interface OpenApiFacts {
  /** The gateway's version. */
  readonly version: string;
  /** Its licence, by SPDX. */
  readonly license: string;
  /** The commands that are known. */
  readonly commands: readonly Command[];
  /** The problems that there are. */
  readonly problems: typeof PROBLEMS;
}

/** Those of this gateway. */
export const FACTS: OpenApiFacts = {
  version: denoConfig.version,
  license: denoConfig.license,
  commands: COMMANDS,
  problems: PROBLEMS,
};

const DESCRIPTION = `
The CGMiner RPC API of mining rigs, on HTTP: a command in the path goes to a rig, and the rig's reply comes back as JSON, repaired where it is not.

Commands are not validated: a rig that does not know one answers so itself. Those that are known stand here one by one, for the default rig; \`/@{rig}/{command}\` takes the same for any other, and \`/@all/{command}\` for all.

A reply has the status 200 whatever the rig said: see its STATUS, or the header \`Chi-Status\`. What the gateway could not do is a problem (RFC 9457) with a stable \`code\`.

\`Accept: text/event-stream\` turns GET of what only reports into a live stream of server-sent events; \`interval\` says how often.

Who may do what depends on the client's address and on the token. A browser changes a rig by POST alone, and only from the gateway's own pages or those of an origin that was allowed by \`--cors\`; these have the headers of CORS in addition.

HEAD is answered wherever GET is, unless the command may change a rig; OPTIONS is answered everywhere, with \`Allow\`. Any other method is 405. A path of \`/-/\` that does not stand here is 404.
`.trim();

const TAGS: OpenApiDocument["tags"] = [
  {
    name: "Default rig",
    description: "Any command, for the rig that paths without `/@` mean.",
  },
  { name: "One rig", description: "Any command, for a rig by its name." },
  {
    name: "Many rigs",
    description:
      "Any command, for all rigs or those of a tag. One rig's failure never hides the others.",
  },
  {
    name: COMMAND_TAGS.R,
    description: "Commands of group R, which only report, for the default rig.",
  },
  {
    name: COMMAND_TAGS.W,
    description: "Commands that may change a rig, for the default rig.",
  },
  { name: "Gateway", description: "What the gateway says of rigs and itself." },
  { name: "Prometheus", description: "What is scraped." },
];

/** The token is for those whose address is not enough. */
const SECURITY: OpenApiDocument["security"] = [
  {},
  { bearer: [] },
  { basic: [] },
];

/**
 * Makes the description. Pure.
 *
 * @param facts What it is made of.
 * @returns The document.
 */
export function makeOpenApi(facts: OpenApiFacts): OpenApiDocument {
  const shared = new SharedResponses(facts.problems);
  const paths = {
    ...makeRigPaths(shared),
    ...makeCommandPaths(facts.commands, shared),
    ...makePagePaths(shared),
  };
  return {
    openapi: "3.1.0",
    info: {
      title: "chi-server",
      version: facts.version,
      summary: "An HTTP gateway for the CGMiner RPC API",
      description: DESCRIPTION,
      license: { name: facts.license, identifier: facts.license },
    },
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    servers: [{
      // Right also where the gateway stands below a path of another server.
      url: "../",
      description: "This gateway, as seen from `/-/openapi.json`.",
    }],
    security: SECURITY,
    tags: TAGS,
    paths,
    components: {
      schemas: makeSchemas(facts.problems),
      parameters: makeParameters(facts.commands),
      headers: HEADERS,
      responses: shared.components,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

let served: Asset | undefined;

/**
 * Gives `/-/openapi.json`, which is made when it is asked for, once.
 *
 * @returns The document as it is served.
 */
export function getOpenApi(): Asset {
  return served ??= {
    text: JSON.stringify(makeOpenApi(FACTS)),
    type: "application/json",
  };
}
