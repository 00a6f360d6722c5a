/**
 * An operation of `/-/openapi.json` as a line for a shell. Pure.
 *
 * @module
 */

import type {
  Json,
  Method,
  OpenApiDocument,
  Operation,
  Parameter,
  Reference,
} from "../gateway/openapi/document.ts";
import { quoteForShell } from "./format.ts";

/**
 * Follows a reference.
 *
 * @param document The document in which it stands.
 * @param part A reference, or the thing itself.
 * @returns The thing itself.
 * @throws {TypeError} If it leads nowhere.
 */
export function followReference<Part extends object>(
  document: OpenApiDocument,
  part: Part | Reference,
): Part {
  if (!("$ref" in part)) return part;
  const { $ref } = part as Reference;
  const found = $ref.split("/").slice(1).reduce<unknown>(
    (place, key) => (place as Record<string, unknown> | undefined)?.[key],
    document,
  );
  if (found === undefined) throw new TypeError(`${$ref} leads nowhere`);
  return found as Part;
}

/**
 * Writes an operation with its examples.
 *
 * @param document The document in which it stands.
 * @param path Its path.
 * @param method Its method.
 * @param root The gateway's URL, with no slash at its end.
 * @returns A command with all that is required, to be pasted into a shell.
 * @throws {TypeError} If there is no such operation.
 */
export function formatCurl(
  document: OpenApiDocument,
  path: string,
  method: Method,
  root: string,
): string {
  const operation = document.paths[path]?.[method];
  if (operation === undefined) {
    throw new TypeError(`There is no ${method} ${path}`);
  }
  const parameters = (operation.parameters ?? [])
    .map((parameter) => followReference<Parameter>(document, parameter));
  const target = parameters.filter((each) => each.in === "path").reduce(
    (text, each) =>
      text.replace(`{${each.name}}`, () => encode(findExample(each))),
    path,
  );
  const query = parameters
    .filter((each) => each.in === "query" && each.required)
    .map((each) => `${encode(each.name)}=${encode(findExample(each))}`)
    .join("&");
  const url = root + target + (query === "" ? "" : `?${query}`);
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
  return /^[\w@%+=:,./-]+$/.test(text) ? text : quoteForShell(text);
}
