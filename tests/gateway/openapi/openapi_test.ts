import { PROBLEMS } from "../../../gateway/http/problems.ts";
import { followReference } from "../../../dashboard/curl.ts";
import { FACTS, makeOpenApi } from "../../../gateway/openapi/openapi.ts";
import { isOptional } from "../../../gateway/openapi/rig_paths.ts";
import { PAGES } from "../../../gateway/pages/pages.ts";
import { isReadCommand, PARAMETERS } from "../../../rpc/commands.ts";
import { OpenApiDriver } from "./openapi_driver.ts";
import { listExamples, listOperations } from "./openapi_operations.ts";
import { assert, assertEquals, assertMatch } from "jsr:@std/assert@1";

const DOCUMENT = makeOpenApi(FACTS);
const OPERATIONS = listOperations(DOCUMENT);

/** Every object in the document, with the keys that lead there. */
function* walk(
  value: unknown,
  path: readonly string[] = [],
): Generator<[Readonly<Record<string, unknown>>, readonly string[]]> {
  if (typeof value !== "object" || value === null) return;
  yield [value as Record<string, unknown>, path];
  for (const [key, member] of Object.entries(value)) {
    yield* walk(member, [...path, key]);
  }
}

Deno.test("makeOpenApi() tells the version and the licence that it is given", () => {
  const { openapi, info } = makeOpenApi({ ...FACTS, version: "9.8.7" });
  assertMatch(openapi, /^3\.1\.\d$/);
  assertEquals([info.version, info.license], ["9.8.7", {
    name: "Apache-2.0",
    identifier: "Apache-2.0",
  }]);
});

Deno.test("makeOpenApi() is pure: the same facts, the same document", () => {
  assertEquals(JSON.stringify(makeOpenApi(FACTS)), JSON.stringify(DOCUMENT));
});

Deno.test("makeOpenApi() has a path for each command that it is given", () => {
  const reply = { status: "list", sections: [], isSingle: false } as const;
  const { paths } = makeOpenApi({
    ...FACTS,
    commands: [
      { name: "new_report", group: "R", joinable: true, reply, text: "New" },
      {
        name: "new-control",
        group: "W",
        joinable: false,
        parameter: "N",
        reply,
        text: "Changes",
      },
    ],
  });
  const report = paths["/new_report"]?.get;
  assertEquals(report?.summary, "New");
  const control = paths["/new-control/{parameter}"]?.post;
  assertEquals(control?.operationId, "newControl");
  assertEquals([paths["/summary"], paths["/switchpool"]], [
    undefined,
    undefined,
  ]);
});

Deno.test("the document has a path for every page that the gateway serves", () => {
  assertEquals(
    PAGES.map((page) => `/${page}`).filter((path) => !(path in DOCUMENT.paths)),
    [],
  );
  assert(PAGES.length > 10);
});

Deno.test("the document has every command, by GET if it reports and by POST if it may change a rig", () => {
  for (const { name, parameter } of FACTS.commands) {
    const isRequired = parameter !== undefined && !isOptional(parameter);
    const paths = [
      ...(isRequired ? [] : [`/${name}`]),
      ...(parameter === undefined ? [] : [`/${name}/{parameter}`]),
    ];
    for (const path of paths) {
      const methods = Object.keys(DOCUMENT.paths[path] ?? {});
      assertEquals(methods, [isReadCommand(name) ? "get" : "post"], path);
    }
  }
});

Deno.test("every command has words of its own, and so has every parameter", () => {
  for (const { name, text } of FACTS.commands) {
    assertMatch(text, /^[A-Z].*[^.\s]$/, name);
  }
  for (const [kind, { text, example }] of Object.entries(PARAMETERS)) {
    assertMatch(text, /^[A-Z`].*\.$/, kind);
    assertMatch(example, /./, kind);
  }
});

Deno.test("every problem stands in the document with its status, and in a response", () => {
  const declared = new Set(
    OPERATIONS.flatMap(({ responses }) =>
      [...responses].flatMap(([status, { content = {} }]) =>
        Object.keys(content["application/problem+json"]?.examples ?? {})
          .map((code) => `${status} ${code}`)
      )
    ),
  );
  // No request gets that one: it says in /-/rigs why a rig is down.
  const expected = Object.entries(PROBLEMS)
    .filter(([code]) => code !== "rig-no-data")
    .map(([code, [status]]) => `${status} ${code}`);
  assertEquals([...declared].toSorted(), expected.toSorted());
});

Deno.test("every operation has an id of its own, a tag that is explained, and words", () => {
  const tags = new Set(DOCUMENT.tags.map(({ name }) => name));
  const ids = OPERATIONS.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
  for (const { id, operation } of OPERATIONS) {
    assertMatch(id, /^[a-z][A-Za-z0-9]*$/);
    assertEquals(operation.tags.filter((tag) => !tags.has(tag)), [], id);
    assertMatch(operation.summary, /^[A-Z].*[^.\s]$/, id);
  }
  const used = new Set(OPERATIONS.flatMap(({ operation }) => operation.tags));
  assertEquals(used, tags);
});

Deno.test("every path has just the parameters that its operations explain", () => {
  for (const { id, path, parameters } of OPERATIONS) {
    const inPath = [...path.matchAll(/\{(.*?)\}/g)].map(([, name]) => name);
    assertEquals(
      parameters.filter((each) => each.in === "path").map(({ name }) => name),
      inPath,
      id,
    );
    const names = parameters.map((each) => `${each.in} ${each.name}`);
    assertEquals(new Set(names).size, names.length, id);
  }
});

Deno.test("every reference leads somewhere, and every part is used", () => {
  const used = new Set<string>();
  for (const [part] of walk(DOCUMENT)) {
    if (typeof part.$ref !== "string") continue;
    followReference(DOCUMENT, { $ref: part.$ref });
    used.add(part.$ref);
  }
  const parts = Object.entries(DOCUMENT.components).flatMap(([kind, parts]) =>
    Object.keys(parts).map((name) => `#/components/${kind}/${name}`)
  );
  assertEquals(
    parts.filter((part) =>
      !used.has(part) && !part.includes("/securitySchemes/")
    ),
    [],
  );
  const schemes = DOCUMENT.security.flatMap((each) => Object.keys(each));
  assertEquals(schemes, Object.keys(DOCUMENT.components.securitySchemes));
});

Deno.test("the document is of 3.1: no nullable, no example in a schema", () => {
  for (const [part, path] of walk(DOCUMENT)) {
    const isSchema = path.includes("schema") || path.includes("schemas");
    const isNamed = path.at(-1) === "properties";
    if (!isSchema || isNamed) continue;
    for (const keyword of ["nullable", "example", "discriminator", "xml"]) {
      assert(!(keyword in part), `${path.join("/")} has ${keyword}`);
    }
  }
});

Deno.test("every example is what its schema says", () => {
  const driver = new OpenApiDriver(DOCUMENT);
  let count = 0;
  for (const { id, parameters, responses, operation } of OPERATIONS) {
    for (const parameter of parameters) {
      for (const example of listExamples(parameter)) {
        driver.validate(`${id} ${parameter.name}`, parameter.schema, example);
        count++;
      }
    }
    const contents = [
      operation.requestBody?.content ?? {},
      ...[...responses.values()].map(({ content = {} }) => content),
    ];
    for (const media of contents.flatMap((each) => Object.values(each))) {
      for (const { value } of Object.values(media.examples ?? {})) {
        driver.validate(id, media.schema, value);
        count++;
      }
    }
  }
  for (const [name, schema] of Object.entries(DOCUMENT.components.schemas)) {
    for (
      const example of Array.isArray(schema.examples) ? schema.examples : []
    ) {
      driver.validate(name, schema, example);
      count++;
    }
  }
  assert(count > 1000, String(count));
});

Deno.test("what the document lists as a command is one", () => {
  const names = new Set(FACTS.commands.map(({ name }) => name));
  for (const parameter of Object.values(DOCUMENT.components.parameters)) {
    if (parameter.name !== "command") continue;
    const examples = parameter.schema.examples as readonly string[];
    assert(examples.length > 3);
    assertEquals(examples.filter((name) => !names.has(name)), []);
  }
});
