/**
 * Drives the operations of an OpenAPI document on a running gateway, holds each
 * response against the document, and notes which of those that are declared
 * have come.
 *
 * @module
 */

import {
  type Schema as JsonSchema,
  Validator,
} from "npm:@cfworker/json-schema@4";
import { followReference } from "../../../dashboard/curl.ts";
import type {
  Header,
  Json,
  MediaType,
  OpenApiDocument,
  ResponseDescription,
  Schema,
} from "../../../gateway/openapi/document.ts";
import {
  buildRequest,
  type DrivenOperation,
  listOperations,
  type Variation,
} from "./openapi_operations.ts";

/** A response, whole; of a live stream its first event. */
export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Headers of HTTP itself, which no document declares. */
const HTTP_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "date",
  "transfer-encoding",
]);

/** The longest that one request may take. */
const PATIENCE_MS = 120_000;

/** Holds a gateway against its description. */
export class OpenApiDriver {
  readonly document: OpenApiDocument;
  readonly operations: readonly DrivenOperation[];
  /** How many responses were held against the document. */
  count = 0;
  /** The codes of all problems that came. */
  readonly codes = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #validators = new Map<string, Validator>();
  readonly #components: OpenApiDocument["components"];

  constructor(document: OpenApiDocument) {
    this.document = document;
    this.operations = listOperations(document);
    this.#components = closeSchemas(document.components);
  }

  /** The responses that are declared, and have not come. */
  listUnseen(): string[] {
    return this.operations.flatMap(({ id, responses }) =>
      [...responses].flatMap(([status, { content = {} }]) =>
        Object.keys(content).map((type) => `${id} ${status} ${type}`)
      )
    ).filter((key) => !this.#seen.has(key));
  }

  /** Sends an operation, and holds what comes against the document. */
  async drive(
    operation: DrivenOperation,
    base: string,
    variation: Variation = {},
  ): Promise<Received> {
    const { method, target, headers, body } = buildRequest(
      operation,
      variation,
    );
    const leaving = new AbortController();
    const signal = AbortSignal.any([
      leaving.signal,
      AbortSignal.timeout(PATIENCE_MS),
    ]);
    const response = await fetch(base + target, {
      method,
      headers: { accept: "*/*", ...headers },
      redirect: "manual",
      signal,
      ...(body === undefined ? {} : { body }),
    });
    const isLive = response.headers.get("content-type") === "text/event-stream";
    const text = isLive
      ? await readFirstEvent(response, leaving)
      : await response.text();
    const received = {
      status: response.status,
      headers: response.headers,
      body: text,
    };
    this.check(operation, received);
    return received;
  }

  /** Holds a response against what its operation declares. */
  check(operation: DrivenOperation, received: Received): void {
    const { id, responses } = operation;
    const { status } = received;
    const declared = responses.get(status);
    if (declared === undefined) {
      throw new Error(`${id} does not declare ${status}: ${received.body}`);
    }
    const type = this.checkResponse(`${id} ${status}`, declared, received);
    this.#seen.add(`${id} ${status} ${type}`);
  }

  /** Holds a response against its description; gives its type. */
  checkResponse(
    where: string,
    declared: ResponseDescription,
    { headers, body }: Received,
  ): string {
    this.count++;
    const whole = headers.get("content-type") ?? "no type";
    const { content = {} } = declared;
    const type = whole in content ? whole : whole.replace(/;.*/, "");
    const media = content[type];
    if (media === undefined) {
      throw new Error(`${where} does not declare ${whole}`);
    }
    this.#checkHeaders(where, declared, headers);
    this.#checkBody(`${where} ${type}`, type, media, body);
    return type;
  }

  #checkHeaders(
    where: string,
    { headers: declared = {} }: ResponseDescription,
    headers: Headers,
  ): void {
    const names = new Set(
      Object.keys(declared).map((name) => name.toLowerCase()),
    );
    for (const [name] of headers) {
      if (!names.has(name) && !HTTP_HEADERS.has(name)) {
        throw new Error(`${where} does not declare the header ${name}`);
      }
    }
    for (const [name, part] of Object.entries(declared)) {
      const { required, schema } = followReference<Header>(this.document, part);
      const value = headers.get(name);
      if (value === null && required) throw new Error(`${where} lacks ${name}`);
      if (value === null) continue;
      const isNumber = schema.type === "integer";
      this.validate(`${where} ${name}`, schema, isNumber ? +value : value);
    }
  }

  #checkBody(
    where: string,
    type: string,
    { schema, "x-events": events }: MediaType,
    body: string,
  ): void {
    if (/[/+]json$/.test(type)) {
      const value = JSON.parse(body);
      this.validate(where, schema, value);
      if (type === "application/problem+json") this.codes.add(value.code);
      return;
    }
    this.validate(where, schema, body);
    if (events === undefined) return;
    const [, name = "", data = ""] =
      /^event: (.*)\n((?:data: .*\n)+)$/m.exec(body) ?? [];
    const expected = events[name];
    if (expected === undefined) throw new Error(`${where}: event "${name}"`);
    const text = data.replaceAll(/^data: /gm, "");
    this.validate(`${where} ${name}`, expected, JSON.parse(text));
  }

  /** Fails unless a value is what a schema of the document says. */
  validate(where: string, schema: Schema, value: unknown): void {
    const key = JSON.stringify(schema);
    let validator = this.#validators.get(key);
    if (validator === undefined) {
      const whole = { allOf: [schema], components: this.#components };
      validator = new Validator(whole as unknown as JsonSchema, "2020-12");
      this.#validators.set(key, validator);
    }
    const { valid, errors } = validator.validate(value);
    if (valid) return;
    const reasons = errors.map(({ instanceLocation, error }) =>
      `${instanceLocation}: ${error}`
    );
    throw new Error(
      `${where}: ${JSON.stringify(value)?.slice(0, 500)}\n${
        reasons.join("\n")
      }`,
    );
  }
}

/**
 * Of what the gateway says itself every member stands in the document: here
 * none may come that does not. Rigs may say more than is known.
 */
function closeSchemas(
  components: OpenApiDocument["components"],
): OpenApiDocument["components"] {
  const schemas = Object.entries(components.schemas).map(([name, schema]) => {
    const isOpen = /(?:Reply|Section)$|^Status/.test(name) ||
      schema.type !== "object";
    return [name, isOpen ? schema : { ...schema, additionalProperties: false }];
  });
  const closed: Record<string, Json> = Object.fromEntries(schemas);
  return { ...components, schemas: closed as Record<string, Schema> };
}

/** Reads a live stream up to its first event, and leaves. */
async function readFirstEvent(
  { body }: Response,
  leaving: AbortController,
): Promise<string> {
  let text = "";
  for await (
    const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []
  ) {
    text += chunk;
    if (/^event: .*\n(?:data: .*\n)+\n/m.test(text)) break;
  }
  leaving.abort();
  return text;
}
