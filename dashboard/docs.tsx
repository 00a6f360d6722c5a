/**
 * `/-/docs`: `/-/openapi.json` for people, with a search.
 *
 * @module
 */

import { type ComponentChildren, type JSX, render } from "npm:preact@11";
import { useEffect, useState } from "npm:preact@11/hooks";
import type { OpenApiDocument } from "../gateway/openapi/document.ts";
import {
  type Entry,
  FailureFold,
  OperationFold,
  Prose,
  SchemaFold,
} from "./docs_parts.tsx";
import {
  fetchJson,
  type PageProblem,
  readMessage,
  Refusal,
} from "./fetch_json.ts";
import { formatCount } from "./format.ts";
import { ProblemText } from "./page_parts.tsx";

/** What is searched: whether a text has all the words. */
type Matches = (...texts: readonly (string | undefined)[]) => boolean;

/** Lists all operations, in the order of the document. */
function listEntries({ paths }: OpenApiDocument): Entry[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    (["get", "post"] as const).flatMap((method): Entry[] => {
      const operation = item[method];
      return operation === undefined ? [] : [{ path, method, operation }];
    })
  );
}

function makeMatches(search: string): Matches {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return (...texts) => {
    const text = texts.join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

/** What the address names, and opens it; the focus goes there. */
function reveal(): void {
  const id = decodeURIComponent(location.hash.slice(1));
  const found = id === "" ? null : document.getElementById(id);
  if (found === null) return;
  if (found instanceof HTMLDetailsElement) found.open = true;
  found.scrollIntoView();
  found.querySelector("summary")?.focus({ preventScroll: true });
}

/** A part of the page; nothing where the search finds nothing in it. */
function Part({ id, title, text, children }: {
  id: string;
  title: string;
  text?: string;
  children: readonly ComponentChildren[];
}): JSX.Element | null {
  if (children.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {text !== undefined && <Prose text={text} />}
      {children}
    </section>
  );
}

function Description({ api }: { api: OpenApiDocument }): JSX.Element {
  const [search, setSearch] = useState("");
  useEffect(() => {
    const follow = () => {
      // What it leads to may be hidden by the search.
      setSearch("");
      requestAnimationFrame(reveal);
    };
    addEventListener("hashchange", follow);
    follow();
    return () => removeEventListener("hashchange", follow);
  }, []);
  const matches = makeMatches(search);
  const { info, tags, components } = api;
  const all = listEntries(api);
  const entries = all.filter(({ path, method, operation }) => {
    const { operationId, summary, description } = operation;
    return matches(method, path, operationId, summary, description);
  });
  const groups = tags.map((tag) => ({
    ...tag,
    id: `tag-${tag.name.toLowerCase().replaceAll(/\W+/g, "-")}`,
    entries: entries.filter(({ operation }) =>
      operation.tags.includes(tag.name)
    ),
  }));
  return (
    <>
      <div class="line search">
        <label>
          Search{" "}
          <input
            type="search"
            value={search}
            maxlength={200}
            placeholder="a path, a command, a word"
            onInput={({ currentTarget }) => setSearch(currentTarget.value)}
          />
        </label>
        <span class="muted" role="status">
          {entries.length === all.length
            ? `${formatCount(all.length)} operations`
            : `${formatCount(entries.length)} of ${
              formatCount(all.length)
            } operations`}
        </span>
      </div>
      {search === "" && (
        <section aria-label="About">
          <Prose text={info.description} />
        </section>
      )}
      {groups.map(({ id, name, description, entries }) => (
        <Part key={id} id={id} title={name} text={description}>
          {entries.map((entry) => (
            <OperationFold
              key={entry.operation.operationId}
              document={api}
              entry={entry}
            />
          ))}
        </Part>
      ))}
      <Part id="failures" title="What goes wrong">
        {Object.entries(components.responses)
          .filter(([name, { description }]) =>
            !name.includes("200") && matches(name, description)
          )
          .map(([name, response]) => (
            <FailureFold key={name} name={name} response={response} />
          ))}
      </Part>
      <Part id="schemas" title="Schemas">
        {Object.entries(components.schemas)
          .filter(([name, schema]) => matches(name, JSON.stringify(schema)))
          .map(([name, schema]) => (
            <SchemaFold key={name} name={name} schema={schema} />
          ))}
      </Part>
    </>
  );
}

function Docs(): JSX.Element {
  const [api, setApi] = useState<OpenApiDocument | undefined>(undefined);
  const [problem, setProblem] = useState<PageProblem | undefined>(undefined);
  useEffect(() => {
    fetchJson<OpenApiDocument>("/-/openapi.json").then(setApi, (error) => {
      setProblem(
        error instanceof Refusal ? error.problem : {
          title: "The gateway does not answer",
          detail: readMessage(error),
          hint: "Load this page again",
        },
      );
    });
  }, []);
  return (
    <>
      <header class="top">
        <h1>
          {api?.info.title ?? "chi-server"} <small>{api?.info.version}</small>
        </h1>
        <span class="muted">{api?.info.summary}</span>
        <a href="../">Dashboard</a>
        <a href="openapi.json">openapi.json</a>
      </header>
      <main class="docs">
        {api && <Description api={api} />}
        {problem && (
          <div class="panel bad" role="alert">
            <ProblemText problem={problem} />
          </div>
        )}
      </main>
    </>
  );
}

const root = document.getElementById("app");
if (root === null) throw new Error("The page has no place for the description");
root.replaceChildren();
render(<Docs />, root);
