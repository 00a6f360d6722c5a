/**
 * The paths of the gateway's own pages.
 *
 * @module
 */

import type { ProblemCode } from "../http/problems.ts";
import { CONTENT_TYPES } from "../metrics/exposition.ts";
import {
  type HeaderName,
  HTML_HEADERS,
  listHeaders,
  listParameters,
  type ParameterName,
  type SharedResponses,
} from "./components.ts";
import {
  type Content,
  type Operation,
  type Paths,
  referToSchema,
  type Schema,
} from "./document.ts";
import { GUARD_CODES } from "./rig_paths.ts";

/** What a page is. */
interface Page {
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly ParameterName[];
  /** What it serves; absent: nothing but problems. */
  readonly content?: Content;
  readonly headers?: readonly HeaderName[];
  /** Problems besides those of the guard. */
  readonly codes?: readonly ProblemCode[];
  /** Whether everybody gets it, without a look at who they are. */
  readonly isOpen?: true;
}

const TEXT: Schema = { type: "string" };
const HTML: Content = { "text/html": { schema: TEXT } };
const EXPOSITION: Content = {
  [CONTENT_TYPES.text]: { schema: TEXT },
  [CONTENT_TYPES.openmetrics]: { schema: TEXT },
};
const SCRAPE_TEXT =
  "`Accept: application/openmetrics-text` gives OpenMetrics. A rig that does not answer has `cgminer_up` 0.";

function describeJson(name: string): Content {
  return { "application/json": { schema: referToSchema(name) } };
}

function describeDocument(description: string): Schema {
  return { type: "object", description };
}

const GATEWAY = "Gateway";
const PROMETHEUS = "Prometheus";

/** What is known of rigs besides JSON: as a table, and live. */
const RIGS_CONTENT: Content = {
  "text/csv": {
    schema: {
      type: "string",
      description:
        "A table: the names of its columns, and a line a rig in the order of the configuration.",
    },
  },
  "text/event-stream": {
    schema: {
      type: "string",
      description:
        "A live stream: a `rig` event for each rig, and again when it has changed; `gone` events with the name, as plain text, of a rig that is there no more; a `dropped` event, whose last line is a problem, if the reader is too slow.",
    },
    "x-events": {
      rig: referToSchema("Rig"),
      gone: TEXT,
      problem: referToSchema("Problem"),
      dropped: TEXT,
    },
  },
};

const PAGES: readonly Page[] = [
  {
    path: "/-/rigs",
    operationId: "listRigs",
    tag: GATEWAY,
    summary: "Every rig: whether it is up, and what it says of itself",
    description:
      "Rigs are asked when somebody wants to know. Of a rig that is down there is what it said last.",
    parameters: ["tag", "onlyRig", "format", "interval", "pretty"],
    content: { ...describeJson("Rigs"), ...RIGS_CONTENT },
    headers: ["X-Accel-Buffering"],
    codes: ["unknown-rig", "rig-busy"],
  },
  {
    path: "/-/rigs/{rig}",
    operationId: "readRig",
    tag: GATEWAY,
    summary: "One rig: whether it is up, and what it says of itself",
    description: "What `/-/rigs` has of it, with nothing around it.",
    parameters: ["rig", "format", "interval", "pretty"],
    content: { ...describeJson("Rig"), ...RIGS_CONTENT },
    headers: ["X-Accel-Buffering"],
    codes: ["unknown-rig", "rig-busy"],
  },
  {
    path: "/-/access",
    operationId: "readAccess",
    tag: GATEWAY,
    summary: "Who the client is to the gateway, and what it may send",
    parameters: ["pretty"],
    content: describeJson("Access"),
  },
  {
    path: "/-/history",
    operationId: "readHistory",
    tag: GATEWAY,
    summary: "The past of one rig, of those of a tag, or of all together",
    description:
      "`rig` and `tag` do not go together. A step is made longer where it asks for too many points, or for more than is kept.",
    parameters: [
      ...["historyRig", "historyTag", "from", "to"] as const,
      ...["step", "format", "pretty"] as const,
    ],
    content: {
      "application/json": {
        schema: {
          anyOf: [
            referToSchema("RigHistory"),
            referToSchema("FleetHistory"),
          ],
        },
      },
      "text/csv": { schema: TEXT },
    },
    headers: ["Vary"],
    codes: ["unknown-rig"],
  },
  {
    path: "/-/healthz",
    operationId: "checkHealth",
    tag: GATEWAY,
    summary: "Whether the gateway is there",
    description: "For whoever watches it: no token, whoever asks.",
    parameters: ["pretty"],
    content: describeJson("Health"),
    isOpen: true,
  },
  {
    path: "/-/readyz",
    operationId: "checkReadiness",
    tag: GATEWAY,
    summary: "Whether the gateway serves, and how many rigs it has",
    description: "For whoever watches it: no token, whoever asks.",
    parameters: ["pretty"],
    content: describeJson("Readiness"),
    isOpen: true,
  },
  {
    path: "/metrics",
    operationId: "scrapeAll",
    tag: PROMETHEUS,
    summary: "Every rig and the gateway, as metrics",
    description: SCRAPE_TEXT,
    parameters: ["tag", "scrapeTimeout"],
    content: EXPOSITION,
    headers: ["Vary"],
    codes: ["unknown-rig"],
  },
  {
    path: "/probe",
    operationId: "scrapeRig",
    tag: PROMETHEUS,
    summary: "One rig as metrics: the multi-target pattern",
    description: SCRAPE_TEXT,
    parameters: ["target", "scrapeTimeout"],
    content: EXPOSITION,
    headers: ["Vary"],
    codes: ["unknown-rig"],
  },
  {
    path: "/-/metrics",
    operationId: "scrapeGateway",
    tag: PROMETHEUS,
    summary: "The gateway alone, as metrics; no rig is asked",
    content: EXPOSITION,
    headers: ["Vary"],
  },
  {
    path: "/-/sd",
    operationId: "discoverTargets",
    tag: PROMETHEUS,
    summary: "The rigs as targets, for `http_sd_configs`",
    parameters: ["tag", "pretty"],
    content: {
      "application/json": {
        schema: { type: "array", items: referToSchema("TargetGroup") },
      },
    },
    codes: ["unknown-rig"],
  },
  {
    path: "/-/openapi.json",
    operationId: "describeApi",
    tag: GATEWAY,
    summary: "This description, as OpenAPI 3.1",
    parameters: ["pretty"],
    content: {
      "application/json": {
        schema: describeDocument("A document of OpenAPI 3.1."),
      },
    },
    headers: ["Vary"],
  },
  {
    path: "/-/docs",
    operationId: "readDocs",
    tag: GATEWAY,
    summary: "This description, as a page",
    content: HTML,
    headers: HTML_HEADERS,
  },
  {
    path: "/-/config.schema.json",
    operationId: "readConfigSchema",
    tag: GATEWAY,
    summary: "The JSON Schema of the configuration file",
    parameters: ["pretty"],
    content: {
      "application/schema+json": {
        schema: describeDocument("A JSON Schema of draft 7."),
      },
    },
  },
  {
    path: "/-/assets/{file}",
    operationId: "readAsset",
    tag: GATEWAY,
    summary: "A file of the dashboard",
    description: "It holds nothing of any rig: no token, whoever asks.",
    isOpen: true,
    parameters: ["file"],
    content: {
      "application/manifest+json": { schema: { type: "object" } },
      "image/svg+xml": { schema: TEXT },
      "text/css": { schema: TEXT },
      "text/javascript": { schema: TEXT },
      "text/plain": { schema: TEXT },
    },
    headers: ["Vary"],
    codes: ["not-found"],
  },
  {
    path: "/favicon.ico",
    operationId: "readIcon",
    tag: GATEWAY,
    summary: "There is none; and it is no command for a rig",
    codes: ["not-found"],
  },
];

/**
 * Makes the paths.
 *
 * @param shared Where their responses are kept.
 * @returns The paths.
 */
export function makePagePaths(shared: SharedResponses): Paths {
  return Object.fromEntries(
    PAGES.map((page) => [page.path, { get: describePage(page, shared) }]),
  );
}

/** What is open to every address is not open to other people's pages. */
const OPEN_CODES: readonly ProblemCode[] = [
  "bad-request",
  "host-denied",
  "origin-denied",
];

function describePage(page: Page, shared: SharedResponses): Operation {
  const { operationId, tag, summary, description, content, isOpen } = page;
  const codes = isOpen ? OPEN_CODES : GUARD_CODES;
  const success: Operation["responses"] = content === undefined ? {} : {
    200: {
      description: "What was asked for.",
      headers: listHeaders(page.headers ?? []),
      content,
    },
  };
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(page.parameters === undefined
      ? {}
      : { parameters: listParameters(page.parameters) }),
    responses: {
      ...success,
      ...shared.listFailures([...codes, ...(page.codes ?? [])]),
    },
    ...(isOpen ? { security: [] } : {}),
  };
}
