/**
 * Operations as people read them: parameters, responses, and a line for a
 * shell.
 *
 * @module
 */

import { formatCurl } from "./curl.ts";
import {
  followReference,
  type MediaType,
  type Method,
  type OpenApiDocument,
  type Operation,
  type Parameter,
  type Reference,
  type ResponseDescription,
} from "./document.ts";
import { formatInline, formatText, type Markup, markup } from "./markup.ts";
import { describeType } from "./schema_section.ts";

const NOTHING = markup``;

/**
 * Writes an operation.
 *
 * @param document The document in which it stands.
 * @param path Its path.
 * @param method Its method.
 * @returns An article, with its id as the anchor; empty if there is none.
 */
export function renderOperation(
  document: OpenApiDocument,
  path: string,
  method: Method,
): Markup {
  const operation = document.paths[path]?.[method];
  if (operation === undefined) return NOTHING;
  const { operationId: id, summary, description } = operation;
  const title =
    markup`<b class="${method}">${method.toUpperCase()}</b> ${path}`;
  const text = description === undefined ? NOTHING : formatText(description);
  return markup`<article aria-labelledby="${id}">
<h3 id="${id}"><a href="#${id}">${title}</a></h3>
<p class="summary">${formatInline(summary)}.</p>
${text}<pre><code>${formatCurl(document, path, method)}</code></pre>
${renderParameters(document, operation)}${renderBody(operation)}${
    renderResponses(document, operation)
  }</article>
`;
}

function renderParameters(
  document: OpenApiDocument,
  { parameters = [] }: Operation,
): Markup {
  if (parameters.length === 0) return NOTHING;
  const items = parameters.map((each) => {
    const parameter = followReference<Parameter>(document, each);
    const { name, description, schema, required, example } = parameter;
    const place = required ? parameter.in : `${parameter.in}, optional`;
    const type = describeType(schema);
    const text = typeof example === "string"
      ? markup` For example <code>${example}</code>.`
      : NOTHING;
    return markup`<dt><code>${name}</code> <small>${place}: ${type}</small></dt>
<dd>${formatInline(description)}${text}</dd>
`;
  });
  return markup`<h4>Parameters</h4>
<dl>
${items}</dl>
`;
}

function renderBody({ requestBody }: Operation): Markup {
  if (requestBody === undefined) return NOTHING;
  const { description, content } = requestBody;
  const items = Object.entries(content).flatMap(([type, media]) =>
    Object.values(media.examples ?? {}).map(({ value }) => {
      const json = JSON.stringify(value);
      return markup`<li><code>${type}</code>: <code>${json}</code></li>
`;
    })
  );
  return markup`<h4>Body</h4>
<p>${formatInline(description)}</p>
<ul>
${items}</ul>
`;
}

/** Success in full; failures by links, as they are the same nearly everywhere. */
function renderResponses(
  document: OpenApiDocument,
  { responses }: Operation,
): Markup {
  const all = Object.entries(responses);
  const successes = all.filter(([status]) => status.startsWith("2"))
    .map(([status, part]) => {
      const response = followReference<ResponseDescription>(document, part);
      const text = formatInline(response.description);
      return markup`<p><b>${status}</b> ${text}</p>
${renderContent(response)}`;
    });
  const failures = all.filter(([status]) => !status.startsWith("2"))
    .map(([status, part]) =>
      markup` <a href="#response-${readName(part)}">${status}</a>`
    );
  return markup`<h4>Responses</h4>
${successes}<p>What goes wrong:${failures}</p>
`;
}

function readName(part: Reference | ResponseDescription): string {
  if (!("$ref" in part)) return "";
  return part.$ref.slice(part.$ref.lastIndexOf("/") + 1);
}

function renderContent({ content = {} }: ResponseDescription): Markup {
  const items = Object.entries(content).map(([type, media]) =>
    markup`<li><code>${type}</code>: ${describeMedia(media)}</li>
`
  );
  return markup`<ul>
${items}</ul>
`;
}

function describeMedia(
  { schema, "x-events": events = {} }: MediaType,
): Markup {
  const data = Object.entries(events).map(([name, each]) =>
    markup`; event <code>${name}</code>: ${describeType(each)}`
  );
  const text = typeof schema.description === "string"
    ? markup`. ${formatInline(schema.description)}`
    : NOTHING;
  return markup`${describeType(schema)}${data}${text}`;
}

/** What a response of a failure brings with it. */
const FAILURE_HEADERS = ["Allow", "Retry-After", "WWW-Authenticate"];

/**
 * Writes the failures that operations share.
 *
 * @param document The document.
 * @returns A section, with an anchor for each.
 */
export function renderFailures({ components }: OpenApiDocument): Markup {
  const failures = Object.entries(components.responses)
    .filter(([name]) => !name.includes("200"))
    .map(([name, response]) => {
      const { description, headers = {} } = response;
      const header = FAILURE_HEADERS.filter((each) => each in headers)
        .map((each) =>
          markup`<p>With <code>${each}</code>.</p>
`
        );
      return markup`<article aria-labelledby="response-${name}">
<h3 id="response-${name}"><a href="#response-${name}">${
        nameFailure(name)
      }</a></h3>
${formatText(description)}${renderContent(response)}${header}</article>
`;
    });
  return markup`<section aria-labelledby="failures">
<h2 id="failures">What goes wrong</h2>
${failures}</section>
`;
}

/** `Problem404-unknown-rig-or-reply` → `404 unknown-rig, or the rig's reply`. */
function nameFailure(name: string): string {
  return name.replace(/^Problem/, "")
    .replace(/^Reply(.*)/, "$1, the rig's reply")
    .replace(/-or-reply$/, ", or the rig's reply")
    .replace(/^(\d+)-/, "$1 ");
}
