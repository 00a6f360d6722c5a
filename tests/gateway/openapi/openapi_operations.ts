/**
 * The operations of an OpenAPI document as requests, built of nothing but the
 * document: paths, parameters and their examples.
 *
 * @module
 */

import { followReference } from "../../../dashboard/curl.ts";
import type {
  Json,
  Method,
  OpenApiDocument,
  Operation,
  Parameter,
  ResponseDescription,
} from "../../../gateway/openapi/document.ts";

/** One method of one path, with its references followed. */
export interface DrivenOperation {
  readonly path: string;
  readonly method: Method;
  readonly id: string;
  readonly operation: Operation;
  readonly parameters: readonly Parameter[];
  readonly responses: ReadonlyMap<number, ResponseDescription>;
}

/** How a request differs from the plain one. */
export interface Variation {
  readonly headers?: Readonly<Record<string, string>>;
  /** Values of parameters, in place of their examples. */
  readonly values?: Readonly<Record<string, string>>;
  /** Optional parameters that are sent, with their examples. */
  readonly optional?: readonly string[];
  readonly body?: string;
}

/** A request, with its target below the server. */
export interface BuiltRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Lists the operations of a document. */
export function listOperations(document: OpenApiDocument): DrivenOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      path,
      method: method as Method,
      id: operation.operationId,
      operation,
      parameters: (operation.parameters ?? []).map((each) =>
        followReference<Parameter>(document, each)
      ),
      responses: new Map(
        Object.entries(operation.responses).map(([status, each]) => [
          Number(status),
          followReference<ResponseDescription>(document, each),
        ]),
      ),
    }))
  );
}

/** A parameter's examples, the plain one first. */
export function listExamples({ example, examples = {} }: Parameter): Json[] {
  return example === undefined
    ? Object.values(examples).map(({ value }) => value)
    : [example];
}

/** Makes a request, with the examples of all parameters that are required. */
export function buildRequest(
  { path, method, parameters, operation }: DrivenOperation,
  { headers = {}, values = {}, optional = [], body }: Variation = {},
): BuiltRequest {
  let target = path;
  const query = new URLSearchParams();
  const sent: Record<string, string> = {};
  for (const parameter of parameters) {
    const { name, in: place, required } = parameter;
    const isSent = required || name in values || optional.includes(name);
    if (!isSent) continue;
    const value = values[name] ?? String(listExamples(parameter)[0]);
    if (place === "query") query.set(name, value);
    else if (place === "header") sent[name] = value;
    else target = target.replace(`{${name}}`, encodeURIComponent(value));
  }
  const text = String(query) === "" ? target : `${target}?${query}`;
  const [type, content] =
    Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const [example] = Object.values(content?.examples ?? {});
  const whole = body ??
    (example === undefined ? undefined : JSON.stringify(example.value));
  return {
    method: method.toUpperCase(),
    target: text,
    headers: {
      ...(type === undefined ? {} : { "content-type": type }),
      ...sent,
      ...headers,
    },
    ...(whole === undefined ? {} : { body: whole }),
  };
}
