/**
 * The members of a request's body, numbers as they are written. Pure.
 *
 * @module
 */

/** What a reviver is told of a value that is no object. */
export interface JsonContext {
  /** The value as it is written. */
  readonly source: string;
}

// In V8, not in every runtime and not yet in TypeScript's library (ECMAScript
// proposal "JSON.parse source text access").
declare global {
  interface JSON {
    rawJSON?(text: string): { readonly rawJSON: string };
    isRawJSON?(value: unknown): value is { readonly rawJSON: string };
  }
}

/**
 * Keeps a number as it is written: more digits than a double has survive.
 *
 * @param value What a reviver is given.
 * @param context Where it stands.
 * @returns A number as `JSON.stringify` writes it again; all else as it is.
 */
export function keepNumber(value: unknown, context?: JsonContext): unknown {
  return typeof value === "number" && context !== undefined
    ? JSON.rawJSON?.(context.source) ?? value
    : value;
}

/**
 * Reads a body that was looked at before.
 *
 * @param body A JSON object.
 * @returns Its members.
 */
export function parseMembers(body: string): Readonly<Record<string, unknown>> {
  return JSON.parse(
    body,
    (_, value, context?: JsonContext) => keepNumber(value, context),
  );
}
