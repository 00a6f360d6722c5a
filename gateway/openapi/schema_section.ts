/**
 * Schemas as people read them: a type in a few words, and all schemas of a
 * document as lists of their members.
 *
 * @module
 */

import type { Json, OpenApiDocument, Schema } from "./document.ts";
import {
  formatInline,
  type Markup,
  markup,
  type MarkupPart,
} from "./markup.ts";

const NOTHING = markup``;

/**
 * Says what a schema is.
 *
 * @param schema The schema.
 * @returns A few words, with links to the schemas that it names.
 */
export function describeType(schema: Schema): Markup {
  const { $ref, anyOf, type, items, additionalProperties } = schema;
  if (typeof $ref === "string") {
    const name = $ref.split("/").at(-1) ?? "";
    return markup`<a href="#schema-${name}">${name}</a>`;
  }
  if (isList(anyOf)) return joinWords(anyOf.map(describeJson));
  if (type === "array") return markup`list of ${describeJson(items ?? {})}`;
  if (isSchema(additionalProperties)) {
    return markup`object of ${describeJson(additionalProperties)}`;
  }
  if (isList(schema.enum)) return joinWords(schema.enum.map(describeValue));
  if (schema.const !== undefined) return describeValue(schema.const);
  const words = markup`${
    joinWords((isList(type) ? type : [type]).map(nameType))
  }`;
  return markup`${words}${describeLimits(schema)}`;
}

function describeJson(json: Json): Markup {
  return isSchema(json) ? describeType(json) : markup`anything`;
}

function describeValue(value: Json): Markup {
  return markup`<code>${String(value)}</code>`;
}

function nameType(type: Json | undefined): string {
  return typeof type === "string" ? type : "anything";
}

function describeLimits({ minimum, maximum, default: usual }: Schema): Markup {
  return markup`${minimum === undefined ? "" : ` from ${String(minimum)}`}${
    maximum === undefined ? "" : ` to ${String(maximum)}`
  }${usual === undefined ? "" : `, ${String(usual)} by default`}`;
}

function joinWords(words: readonly MarkupPart[]): Markup {
  return markup`${
    words.map((word, index) => index === 0 ? word : [" or ", word])
  }`;
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

function isSchema(json: Json | undefined): json is Schema {
  return typeof json === "object" && json !== null && !isList(json);
}

/**
 * Writes all schemas of a document.
 *
 * @param document The document.
 * @returns A section, with an anchor for each schema.
 */
export function renderSchemas({ components }: OpenApiDocument): Markup {
  const schemas = Object.entries(components.schemas).map(([name, schema]) =>
    markup`<article aria-labelledby="schema-${name}">
<h3 id="schema-${name}"><a href="#schema-${name}">${name}</a></h3>
${describeSchema(schema)}${renderMembers(schema)}</article>
`
  );
  return markup`<section aria-labelledby="schemas">
<h2 id="schemas">Schemas</h2>
${schemas}</section>
`;
}

function describeSchema(schema: Schema): Markup {
  const type = isSchema(schema.properties)
    ? ""
    : markup`It is: ${describeType(schema)}.`;
  return markup`<p>${formatDescription(schema)} ${type}</p>
`;
}

function formatDescription({ description }: Schema): MarkupPart {
  return typeof description === "string" ? formatInline(description) : "";
}

function renderMembers({ properties, required }: Schema): Markup {
  if (!isSchema(properties)) return NOTHING;
  const sure = isList(required) ? required : [];
  const members = Object.entries(properties).map(([name, member]) => {
    const optional = sure.includes(name) ? "" : ", optional";
    const type = markup`${describeJson(member)}${optional}`;
    const text = isSchema(member) ? formatDescription(member) : "";
    return markup`<dt><code>${name}</code> <small>${type}</small></dt>
<dd>${text}</dd>
`;
  });
  return markup`<dl>
${members}</dl>
`;
}
