import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import configurationPage from "../../../docs/configuration.md" with {
  type: "text",
};
import { readConfig } from "../../../program/config/config.ts";
import schemaText from "../../../gateway/pages/config_schema.json" with {
  type: "text",
};
import { listFileOptions } from "../../../program/config/options.ts";
import { WRONG_CONFIG_FILES } from "./wrong_config_files.ts";

/** A schema with what is said of it. */
interface SchemaNode {
  readonly title?: string;
  readonly description?: string;
  readonly errorMessage?: string;
  readonly properties: Readonly<Record<string, SchemaNode>>;
}

const configSchema = JSON.parse(schemaText) as SchemaNode & {
  readonly definitions: Readonly<
    Record<"rig" | "namedRig" | "tags", SchemaNode>
  >;
};

Deno.test("the schema has the options of a file, in their order, with their help", () => {
  const described = Object.entries(configSchema.properties)
    .filter(([key]) => !["$schema", "rigs", "token", "trouble"].includes(key))
    .map(([key, { description }]) => [key, description]);
  assertEquals(
    described,
    listFileOptions().map(({ flag, help }) => [flag, help]),
  );
});

Deno.test("the schema explains every option, rig and tag, and what is wrong with it", () => {
  const { rig, namedRig, tags } = configSchema.definitions;
  const members = [rig, namedRig].flatMap(({ properties }) =>
    Object.values(properties)
  )
    .filter((node) => !("$ref" in node));
  for (
    const node of [
      ...Object.values(configSchema.properties),
      rig,
      namedRig,
      tags,
      ...members,
    ]
  ) {
    const { title, description, errorMessage } = node;
    for (const text of [title, description, errorMessage]) {
      assertMatch(String(text ?? ""), /^\S.*\S$/);
    }
  }
});

Deno.test("docs/configuration.md shows files that are right, and messages that are so", () => {
  const examples = [...configurationPage.matchAll(/^```json\n(.*?)^```$/gms)];
  assertEquals(examples.length >= 5, true);
  for (const [, text = ""] of examples) {
    const { action } = readConfig(["--config=f"], () => undefined, () => text);
    assertEquals(action, "serve");
  }
  const messages = /^```\n(farm\.json.*?)^```$/ms.exec(configurationPage)?.[1];
  const known = WRONG_CONFIG_FILES.map(([, message]) =>
    `farm.json: ${message}`
  );
  const lines = (messages ?? "").trim().split("\n")
    .filter((line) => line.startsWith("farm.json"));
  assertEquals(lines.length, 3);
  assertEquals(lines.filter((line) => !known.includes(line)), []);
});
