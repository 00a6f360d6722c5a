/**
 * What an OpenAPI 3.1 document is made of, as far as the gateway's own uses it;
 * the names are those of the specification.
 *
 * @module
 */

/** What JSON can say. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** A JSON Schema of 2020-12. */
export type Schema = { readonly [keyword: string]: Json };

/** Points to a part of the document that is used more than once. */
export type Reference = { readonly $ref: string };

/** What one parameter of an operation is. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly description: string;
  readonly required?: true;
  readonly allowEmptyValue?: true;
  readonly schema: Schema;
  readonly example?: Json;
  readonly examples?: Readonly<Record<string, { readonly value: Json }>>;
}

/** A header of a response. */
export interface Header {
  readonly description: string;
  readonly required?: true;
  readonly schema: Schema;
}

/** A body of one type. */
export interface MediaType {
  readonly schema: Schema;
  readonly examples?: Readonly<
    Record<string, { readonly summary?: string; readonly value: Json }>
  >;
  /** For `text/event-stream`: the data of each event, by its name. */
  readonly "x-events"?: Readonly<Record<string, Schema>>;
}

/** Bodies, by their type. */
export type Content = Readonly<Record<string, MediaType>>;

/** An answer of one status. */
export interface ResponseDescription {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Reference | Header>>;
  readonly content?: Content;
}

/** What a request may carry. */
export interface RequestBody {
  readonly description: string;
  readonly required: true;
  readonly content: Content;
}

/** One method of one path. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly (Reference | Parameter)[];
  readonly requestBody?: RequestBody;
  readonly responses: Readonly<Record<string, Reference | ResponseDescription>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

/** The methods that are described; all URLs answer OPTIONS, and HEAD for GET. */
export type Method = "get" | "post";

/** One path. */
export type PathItem = Readonly<Partial<Record<Method, Operation>>>;

/** Paths with their templates. */
export type Paths = Readonly<Record<string, PathItem>>;

/** A whole description. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly summary: string;
    readonly description: string;
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly jsonSchemaDialect: string;
  readonly servers: readonly {
    readonly url: string;
    readonly description: string;
  }[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly tags: readonly {
    readonly name: string;
    readonly description: string;
  }[];
  readonly paths: Paths;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly headers: Readonly<Record<string, Header>>;
    readonly responses: Readonly<Record<string, ResponseDescription>>;
    readonly securitySchemes: Readonly<Record<string, Schema>>;
  };
}

/** The parts of a document that can be pointed to. */
export type Component = keyof OpenApiDocument["components"];

/**
 * Points to the schema of a body.
 *
 * @param name Its name.
 * @returns The reference.
 */
export function referToSchema(name: string): Reference {
  return referTo("schemas", name);
}

/**
 * Points to a part of the document.
 *
 * @param component Which kind of part.
 * @param name Its name.
 * @returns The reference.
 */
export function referTo(component: Component, name: string): Reference {
  return { $ref: `#/components/${component}/${name}` };
}
