/**
 * An operation as a line for a shell.
 *
 * @module
 */

import {
  followReference,
  type Json,
  type Method,
  type OpenApiDocument,
  type Operation,
  type Parameter,
} from "./document.ts";

/** Where the gateway is in examples. Attack: a Host that leads elsewhere. */
const ORIGIN = "http://localhost:8080";

/**
 * Writes an operation with its examples.
 *
 * @param document The document in which it stands.
 * @param path Its path.
 * @param method Its method.
 * @returns A command with all that is required, to be pasted into a shell.
 * @throws {TypeError} If there is no such operation.
 */
export function formatCurl(
  document: OpenApiDocument,
  path: string,
  method: Method,
): string {
  const operation = document.paths[path]?.[method];
  if (operation === undefined) {
    throw new TypeError(`There is no ${method} ${path}`);
  }
  const parameters = (operation.parameters ?? [])
    .map((parameter) => followReference<Parameter>(document, parameter));
  const target = parameters.filter((each) => each.in === "path").reduce(
    (text, each) => text.replace(`{${each.name}}`, encode(findExample(each))),
    path,
  );
  const query = parameters
    .filter((each) => each.in === "query" && each.required)
    .map((each) => `${encode(each.name)}=${encode(findExample(each))}`)
    .join("&");
  const url = ORIGIN + target + (query === "" ? "" : `?${query}`);
  return ["curl", ...listOptions(operation, method), quote(url)].join(" ");
}

function listOptions(
  { requestBody }: Operation,
  method: Method,
): readonly string[] {
  const [type, body] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const [example] = Object.values(body?.examples ?? {});
  if (type === undefined || example === undefined) {
    return method === "get" ? [] : ["-X", method.toUpperCase()];
  }
  return [
    "-H",
    quote(`Content-Type: ${type}`),
    "-d",
    quote(JSON.stringify(example.value)),
  ];
}

/** A parameter's example, or the first of several. */
function findExample({ example, examples = {} }: Parameter): Json {
  return example ?? Object.values(examples)[0]?.value ?? "";
}

function encode(value: Json): string {
  return encodeURIComponent(String(value));
}

/** As a shell takes it: what is plain stays plain. */
function quote(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
