/**
 * `/-/docs`: the description as a page, made of the document alone. It needs no
 * script, loads nothing but its own style, and its links are relative.
 *
 * @module
 */

import type { Method, OpenApiDocument, Operation } from "./document.ts";
import { formatInline, formatText, type Markup, markup } from "./markup.ts";
import { renderFailures, renderOperation } from "./operation_section.ts";
import { renderSchemas } from "./schema_section.ts";

/** An operation, and where it stands. */
interface Entry {
  readonly path: string;
  readonly method: Method;
  readonly operation: Operation;
}

/** The operations of one tag. */
interface Group {
  readonly name: string;
  readonly description: string;
  /** The anchor. */
  readonly id: string;
  readonly entries: readonly Entry[];
}

/**
 * Writes the page.
 *
 * @param document The description.
 * @returns A whole page of HTML.
 */
export function renderDocs(document: OpenApiDocument): string {
  const { title, version, summary, description } = document.info;
  const groups = listGroups(document);
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}: its API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs.css">
</head>
<body>
<header>
<h1>${title} <small>${version}</small></h1>
<p>${summary}. <a href="../">Dashboard</a> · <a href="openapi.json">openapi.json</a></p>
</header>
<nav aria-label="Contents">
${
    groups.map(renderContents)
  }<p><a href="#failures">What goes wrong</a> · <a href="#schemas">Schemas</a></p>
</nav>
<main>
${formatText(description)}
${groups.map((group) => renderGroup(document, group))}
${renderFailures(document)}
${renderSchemas(document)}
</main>
</body>
</html>
`.text;
}

function listGroups(document: OpenApiDocument): Group[] {
  const entries = Object.entries(document.paths).flatMap(([path, item]) =>
    (["get", "post"] as const).flatMap((method): Entry[] => {
      const operation = item[method];
      return operation === undefined ? [] : [{ path, method, operation }];
    })
  );
  return document.tags.map((tag) => ({
    ...tag,
    id: `tag-${tag.name.toLowerCase().replaceAll(/\W+/g, "-")}`,
    entries: entries.filter(({ operation }) =>
      operation.tags.includes(tag.name)
    ),
  }));
}

function renderContents({ id, name, entries }: Group): Markup {
  const items = entries.map(({ path, method, operation }) => {
    const title = `${method.toUpperCase()} ${path}`;
    return markup`<li><a href="#${operation.operationId}">${title}</a></li>
`;
  });
  return markup`<h2><a href="#${id}">${name}</a></h2>
<ul>
${items}</ul>
`;
}

function renderGroup(document: OpenApiDocument, group: Group): Markup {
  const { id, name, description, entries } = group;
  const operations = entries.map(({ path, method }) =>
    renderOperation(document, path, method)
  );
  return markup`<section aria-labelledby="${id}">
<h2 id="${id}">${name}</h2>
<p>${formatInline(description)}</p>
${operations}</section>
`;
}
