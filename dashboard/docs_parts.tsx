/**
 * What `/-/docs` is made of: operations, failures and schemas as people read
 * them, each folded until it is opened.
 *
 * @module
 */

import type { ComponentChildren, JSX } from "npm:preact@11";
import { useState } from "npm:preact@11/hooks";
import type {
  Content,
  Json,
  MediaType,
  Method,
  OpenApiDocument,
  Operation,
  Parameter,
  ResponseDescription,
  Schema,
} from "../gateway/openapi/document.ts";
import { followReference, formatCurl } from "./curl.ts";
import { CopyButton } from "./page_parts.tsx";
import { BASE } from "./place.ts";

/** An operation, and where it stands. */
export interface Entry {
  readonly path: string;
  readonly method: Method;
  readonly operation: Operation;
}

/** Something that is folded. */
interface FoldProps {
  /** Its anchor. */
  readonly id: string;
  /** What is always there. */
  readonly summary: ComponentChildren;
  /** Draws the rest, when it is opened. */
  readonly draw: () => ComponentChildren;
}

/** Something that is folded; the page's address says what was opened last. */
function Fold({ id, summary, draw }: FoldProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      id={id}
      onToggle={({ currentTarget: { open } }) => {
        setOpen(open);
        if (open) history.replaceState(null, "", `#${id}`);
      }}
    >
      <summary>{summary}</summary>
      {isOpen && <div class="fold">{draw()}</div>}
    </details>
  );
}

/** A text of one paragraph, with code in backticks. */
function Inline({ text = "" }: { text?: string | undefined }): JSX.Element {
  return (
    <>
      {text.split(/`([^`]*)`/).map((part, at) =>
        at % 2 === 0 ? part : <code key={at}>{part}</code>
      )}
    </>
  );
}

/** The same with paragraphs; an empty line ends one. */
export function Prose(
  { text = "" }: { text?: string | undefined },
): JSX.Element {
  return (
    <>
      {text.split("\n\n").map((paragraph) => (
        <p key={paragraph}>
          <Inline text={paragraph} />
        </p>
      ))}
    </>
  );
}

/** An operation, its id as the anchor. */
export function OperationFold(
  { document, entry: { path, method, operation } }: {
    document: OpenApiDocument;
    entry: Entry;
  },
): JSX.Element {
  const { operationId, summary, description } = operation;
  return (
    <Fold
      id={operationId}
      summary={
        <>
          <b class={method}>{method.toUpperCase()}</b> <code>{path}</code>{" "}
          <span class="muted">
            <Inline text={summary} />
          </span>
        </>
      }
      draw={() => {
        const root = location.origin + BASE;
        const curl = formatCurl(document, path, method, root);
        return (
          <>
            <Prose text={description} />
            <div class="line">
              <code class="curl">{curl}</code>
              <CopyButton text={curl} label="Copy the curl line" />
            </div>
            <Parameters document={document} operation={operation} />
            <Body operation={operation} />
            <Responses document={document} operation={operation} />
          </>
        );
      }}
    />
  );
}

/** What the parts of an operation are given. */
interface OperationProps {
  readonly document: OpenApiDocument;
  readonly operation: Operation;
}

function Parameters(
  { document, operation: { parameters = [] } }: OperationProps,
): JSX.Element | null {
  if (parameters.length === 0) return null;
  return (
    <>
      <h3>Parameters</h3>
      <dl>
        {parameters.map((each) => {
          const parameter = followReference<Parameter>(document, each);
          const { name, description, schema, required, example } = parameter;
          return (
            <Member
              key={name}
              name={name}
              note={
                <>
                  {required ? parameter.in : `${parameter.in}, optional`}:{" "}
                  <Type schema={schema} />
                </>
              }
            >
              <Inline text={description} />
              {typeof example === "string" && (
                <>
                  {" For example "}
                  <code>{example}</code>.
                </>
              )}
            </Member>
          );
        })}
      </dl>
    </>
  );
}

/** A parameter, or a member of an object. */
function Member({ name, note, children }: {
  name: string;
  note: ComponentChildren;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <>
      <dt>
        <code>{name}</code> <small>{note}</small>
      </dt>
      <dd>{children}</dd>
    </>
  );
}

function Body(
  { operation: { requestBody } }: Pick<OperationProps, "operation">,
): JSX.Element | null {
  if (requestBody === undefined) return null;
  const { description, content } = requestBody;
  return (
    <>
      <h3>Body</h3>
      <p>
        <Inline text={description} />
      </p>
      <ul>
        {Object.entries(content).flatMap(([type, { examples = {} }]) =>
          Object.entries(examples).map(([name, { value }]) => (
            <li key={type + name}>
              <code>{type}</code>: <code>{JSON.stringify(value)}</code>
            </li>
          ))
        )}
      </ul>
    </>
  );
}

/** Success in full; failures by links, as they are the same nearly everywhere. */
function Responses(
  { document, operation: { responses } }: OperationProps,
): JSX.Element {
  const all = Object.entries(responses);
  const isSuccess = (status: string) => status.startsWith("2");
  return (
    <>
      <h3>Responses</h3>
      {all.filter(([status]) => isSuccess(status)).map(([status, part]) => {
        const response = followReference<ResponseDescription>(document, part);
        return (
          <div key={status}>
            <p>
              <b>{status}</b> <Inline text={response.description} />
            </p>
            <Bodies content={response.content} />
          </div>
        );
      })}
      <p>
        {"What goes wrong: "}
        {all.filter(([status]) => !isSuccess(status)).map(([status, part]) => {
          const name = "$ref" in part ? part.$ref.split("/").at(-1) : "";
          return (
            <span key={status}>
              <a href={`#response-${name}`}>{status}</a>
              {" "}
            </span>
          );
        })}
      </p>
    </>
  );
}

function Bodies(
  { content = {} }: { content?: Content | undefined },
): JSX.Element {
  return (
    <ul>
      {Object.entries(content).map(([type, media]) => (
        <li key={type}>
          <code>{type}</code>: <Media media={media} />
        </li>
      ))}
    </ul>
  );
}

function Media(
  { media: { schema, "x-events": events = {} } }: { media: MediaType },
): JSX.Element {
  return (
    <>
      <Type schema={schema} />
      {Object.entries(events).map(([name, each]) => (
        <span key={name}>
          ; event <code>{name}</code>: <Type schema={each} />
        </span>
      ))}
      {typeof schema.description === "string" && (
        <>
          . <Inline text={schema.description} />
        </>
      )}
    </>
  );
}

/** What a response of a failure brings with it. */
const FAILURE_HEADERS = ["Allow", "Retry-After", "WWW-Authenticate"];

/** A response that is no success, and that operations share. */
export function FailureFold(
  { name, response }: { name: string; response: ResponseDescription },
): JSX.Element {
  const { description, headers = {}, content } = response;
  return (
    <Fold
      id={`response-${name}`}
      summary={nameFailure(name)}
      draw={() => (
        <>
          <Prose text={description} />
          <Bodies content={content} />
          {FAILURE_HEADERS.filter((each) => each in headers).map((each) => (
            <p key={each}>
              With <code>{each}</code>.
            </p>
          ))}
        </>
      )}
    />
  );
}

/** `Problem404-unknown-rig-or-reply` → `404 unknown-rig, or the rig's reply`. */
function nameFailure(name: string): string {
  return name.replace(/^Problem/, "")
    .replace(/^Reply(.*)/, "$1, the rig's reply")
    .replace(/-or-reply$/, ", or the rig's reply")
    .replace(/^(\d+)-/, "$1 ");
}

/** A schema that others name. */
export function SchemaFold(
  { name, schema }: { name: string; schema: Schema },
): JSX.Element {
  const { properties, required } = schema;
  const sure = isList(required) ? required : [];
  return (
    <Fold
      id={`schema-${name}`}
      summary={<code>{name}</code>}
      draw={() => (
        <>
          <p>
            <Inline text={readDescription(schema)} />
            {!isSchema(properties) && (
              <>
                {" It is: "}
                <Type schema={schema} />.
              </>
            )}
          </p>
          {isSchema(properties) && (
            <dl>
              {Object.entries(properties).map(([key, member]) => (
                <Member
                  key={key}
                  name={key}
                  note={
                    <>
                      <Type schema={member} />
                      {!sure.includes(key) && ", optional"}
                    </>
                  }
                >
                  <Inline text={readDescription(member)} />
                </Member>
              ))}
            </dl>
          )}
        </>
      )}
    />
  );
}

function readDescription(schema: Json): string | undefined {
  return isSchema(schema) && typeof schema.description === "string"
    ? schema.description
    : undefined;
}

/** What a schema is, in a few words, with links to those that it names. */
function Type({ schema }: { schema: Json }): JSX.Element {
  if (!isSchema(schema)) return <>anything</>;
  const { $ref, anyOf, type, items, additionalProperties } = schema;
  if (typeof $ref === "string") {
    const name = $ref.split("/").at(-1) ?? "";
    return <a href={`#schema-${name}`}>{name}</a>;
  }
  if (isList(anyOf)) {
    return joinWords(
      anyOf.map((each) => <Type key={JSON.stringify(each)} schema={each} />),
    );
  }
  if (type === "array") {
    return (
      <>
        list of <Type schema={items ?? {}} />
      </>
    );
  }
  if (isSchema(additionalProperties)) {
    return (
      <>
        object of <Type schema={additionalProperties} />
      </>
    );
  }
  const values = isList(schema.enum) ? schema.enum : schema.const;
  if (values !== undefined) {
    return joinWords(
      [values].flat().map((each) => (
        <code key={String(each)}>{String(each)}</code>
      )),
    );
  }
  return (
    <>
      {joinWords([type].flat().map((each) => each ?? "anything"))}
      {describeLimits(schema)}
    </>
  );
}

function describeLimits({ minimum, maximum, default: usual }: Schema): string {
  return (minimum === undefined ? "" : ` from ${minimum}`) +
    (maximum === undefined ? "" : ` to ${maximum}`) +
    (usual === undefined ? "" : `, ${usual} by default`);
}

function joinWords(words: readonly ComponentChildren[]): JSX.Element {
  return <>{words.flatMap((word, at) => at === 0 ? [word] : [" or ", word])}</>;
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

function isSchema(json: Json | undefined): json is Schema {
  return typeof json === "object" && json !== null && !isList(json);
}
