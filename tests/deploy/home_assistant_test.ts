/** The sensors of Home Assistant ask for what `/-/rigs` has. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { parse } from "npm:yaml@2";
import { Simulator } from "../../rigs/simulator.ts";
import { GatewayServer } from "../gateway_server.ts";
import { echoRequests, replyWith, ScriptedRig } from "../scripted_rig.ts";
import { AttackedGateway, TOKEN } from "../program/attacked_gateway.ts";
import { readShipped } from "./shipped_files.ts";
import { testWithTool, type Tool } from "./tools.ts";

const PATH = "deploy/home_assistant/chi_server.yaml";

interface Sensor {
  readonly name: string;
  readonly unique_id: string;
  readonly device_class?: string;
  readonly state_class?: string;
  readonly unit_of_measurement?: string;
  readonly availability?: string;
  readonly value_template: string;
}

interface Package {
  readonly rest: readonly {
    readonly resource: string;
    readonly timeout: number;
    readonly binary_sensor: readonly Sensor[];
    readonly sensor: readonly Sensor[];
  }[];
  readonly rest_command: Readonly<
    Record<"chi_switch_pool", {
      readonly url: string;
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
    }>
  >;
}

/** What stands in secrets.yaml, as the file's comment shows it. */
const [, SECRET = ""] = /^# {3}chi_authorization: (.+)$/m
  .exec(readShipped(PATH)) ?? [];

const { rest: [resource], rest_command }: Package = parse(readShipped(PATH), {
  customTags: [{
    tag: "!secret",
    resolve: (name: string) => name === "chi_authorization" ? SECRET : name,
  }],
});
if (resource === undefined) throw new Error("There is no resource");

const SENSORS = [...resource.binary_sensor, ...resource.sensor];

/** What WhatsMiners say, as far as it matters here. */
const WITH_POWER = JSON.stringify({
  STATUS: [{ STATUS: "S", When: 1, Code: 11, Msg: "Summary" }],
  SUMMARY: [{ Elapsed: 60, "MHS av": 90e6, Power: 3268, Accepted: 5 }],
  id: 1,
});

/** What `/-/rigs` says of rigs of several makes, and of one that is down. */
async function readRigs(): Promise<readonly unknown[]> {
  await using stack = new AsyncDisposableStack();
  const powered = await ScriptedRig.start(replyWith(WITH_POWER));
  stack.use(powered);
  const gone = await ScriptedRig.start(replyWith("{}"));
  const rigs = [
    { name: "garage", ...toAddress(stack.use(Simulator.start())) },
    {
      name: "antminer",
      ...toAddress(stack.use(Simulator.start({ personality: "antminer" }))),
    },
    { name: "powered", ...toAddress(powered) },
    { name: "gone", ...toAddress(gone) },
  ];
  await gone[Symbol.asyncDispose]();
  await using gateway = GatewayServer.start(rigs);
  const url = new URL(resource?.resource ?? "");
  const response = await fetch(gateway.url(url.pathname));
  return (await response.json()).rigs;
}

function toAddress({ hostname, port }: { hostname: string; port: number }) {
  return { hostname, port };
}

/** A step of a template: to the members of that name, or a look at them. */
const STEP =
  /\b(?:map\(attribute=|selectattr\()'([\w.]+)'|\bfirst\)\.([\w.]+)|\brate\['(\w+)'\]/g;

/**
 * Walks a template's steps through the reply.
 *
 * @returns The paths that no rig has; alternatives are all looked for.
 */
function findMissing(template: string, rigs: readonly unknown[]): string[] {
  const missing: string[] = [];
  let items = rigs;
  for (const step of template.matchAll(STEP)) {
    const [all, path = "", direct, rate] = step;
    const found = readMembers(items, direct ?? rate ?? path);
    if (found.length === 0) missing.push(direct ?? rate ?? path);
    // `selectattr` looks, and `rate[…]` is one of several.
    if (!all.startsWith("selectattr") && rate === undefined) items = found;
  }
  return missing;
}

/** The members of a path in all of some items; lists are opened. */
function readMembers(items: readonly unknown[], path: string): unknown[] {
  return path.split(".").reduce<unknown[]>(
    (items, name) =>
      items.flatMap((item) =>
        typeof item === "object" && item !== null && name in item
          ? (item as Readonly<Record<string, unknown>>)[name]
          : []
      ),
    [...items],
  );
}

Deno.test("chi_server.yaml asks for nothing that /-/rigs does not have", async () => {
  const rigs = await readRigs();
  let steps = 0;
  for (const { unique_id, value_template, availability = "" } of SENSORS) {
    for (const template of [value_template, availability]) {
      assertEquals(
        findMissing(template, rigs),
        [],
        `${unique_id}: ${template}`,
      );
      steps += [...template.matchAll(STEP)].length;
    }
    assertStringIncludes(value_template, "selectattr('name', 'eq', 'garage')");
  }
  // All that the templates ask for was looked for.
  const members = readShipped(PATH).match(
    /(?:attribute=|selectattr\(|rate\[)'|first\)\./g,
  );
  assertEquals(steps, members?.length);
  assertEquals(findMissing("map(attribute='nope') | first).url", rigs), [
    "nope",
    "url",
  ]);
});

Deno.test("chi_server.yaml gives units and classes that go together", () => {
  const ids = SENSORS.map(({ unique_id }) => unique_id);
  assertEquals(new Set(ids).size, ids.length);
  for (const { name, unique_id, ...sensor } of SENSORS) {
    assertMatch(name, /^Garage /);
    assertMatch(unique_id, /^chi_garage_[a-z]+$/);
    // Home Assistant wants these units for these classes.
    const unit = { power: "W", temperature: "°C" }[sensor.device_class ?? ""];
    if (unit !== undefined) assertEquals(sensor.unit_of_measurement, unit);
    if (sensor.unit_of_measurement !== undefined) {
      assertEquals(sensor.state_class, "measurement");
    }
  }
  // Longer than the gateway waits for a rig.
  assert((resource?.timeout ?? 0) > 5);
});

Deno.test("chi_server.yaml switches a pool by a request that chi-server takes", async () => {
  await using gateway = await AttackedGateway.start({
    flags: ["--allow=R:0/0"],
    hasToken: true,
  });
  gateway.rig.behaviour = echoRequests();
  const { url, method, headers } = rest_command.chi_switch_pool;
  assertEquals(SECRET, `Bearer ${TOKEN}`);
  assertEquals(headers["Authorization"], SECRET);
  const { pathname } = new URL(
    url.replace("{{ rig | urlencode }}", "garage")
      .replace("{{ pool | int }}", "1"),
  );
  const response = await fetch(`http://127.0.0.1:${gateway.port}${pathname}`, {
    method: method.toUpperCase(),
    headers,
  });
  assertEquals([response.status, await response.json()], [200, {
    echo: { command: "switchpool", parameter: "1" },
  }]);
  await gateway.refuse("token-required", pathname, { method: "POST" });
});

/** Renders every template for every rig, as Home Assistant does. */
const RENDER = `
import json, sys
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
sensors, reply = json.load(sys.stdin)
values, checks = ImmutableSandboxedEnvironment(), ImmutableSandboxedEnvironment(undefined=StrictUndefined)
def render(rig, sensor):
    take = lambda text: text.replace("'garage'", repr(rig))
    check = checks.from_string(take(sensor.get("availability", "True")))
    if check.render(value_json=reply).strip() != "True": return None
    return values.from_string(take(sensor["value_template"])).render(value_json=reply).strip()
print(json.dumps({rig: {s.get("unique_id", s["name"]): render(rig, s) for s in sensors} for rig in sys.argv[1:]}))
`;

await testWithTool(
  "chi_server.yaml gives the values that /-/rigs has, and none of what is missing",
  "python3",
  async (python) => {
    const reply = { rigs: await readRigs() };
    const names = ["garage", "antminer", "powered", "gone", "nosuch"];
    const { stdout, stderr } = await python.run(
      ["-c", RENDER, ...names],
      JSON.stringify([SENSORS, reply]),
    );
    assertEquals(stderr, "");
    const { garage, antminer, powered, gone, nosuch } = JSON.parse(stdout);
    assertEquals(garage.chi_garage_up, "True");
    for (
      const { chi_garage_hashrate, chi_garage_temperature } of [
        garage,
        antminer,
      ]
    ) {
      assert(Number(chi_garage_hashrate) > 0, chi_garage_hashrate);
      assert(Number(chi_garage_temperature) > 20, chi_garage_temperature);
    }
    assert(Number(garage.chi_garage_accepted) > 0);
    assertMatch(garage.chi_garage_pool, /^stratum\+tcp:\/\/\S+:\d+$/);
    assertEquals(garage.chi_garage_power, null);
    assertEquals(powered, {
      chi_garage_up: "True",
      chi_garage_hashrate: "90.0",
      chi_garage_temperature: null,
      chi_garage_power: "3268",
      chi_garage_accepted: "5",
      chi_garage_pool: null,
    });
    for (const { chi_garage_up, ...others } of [gone, nosuch]) {
      assertEquals(chi_garage_up, "False");
      assertEquals(new Set(Object.values(others)), new Set([null]));
    }
  },
  findJinja,
);

async function findJinja(python: Tool): Promise<string | undefined> {
  const { code } = await python.run(["-c", "import jinja2"]);
  return code === 0 ? undefined : "need python3 with jinja2, as PYTHON3_BIN";
}

await testWithTool(
  "the REST sensors of docs/rigs.md give what /-/rigs/<rig> has, and none of what is missing",
  "python3",
  async (python) => {
    const [, example = ""] = /^```yaml\n(rest:\n[^]*?)^```$/m
      .exec(readShipped("docs/rigs.md")) ?? [];
    const { rest: [resource] }: Package = parse(example);
    const { pathname } = new URL(resource?.resource ?? "");
    const sensors = [
      ...resource?.binary_sensor ?? [],
      ...resource?.sensor ?? [],
    ];
    const behaviours = {
      up: replyWith(WITH_POWER),
      // It answers, and not with figures.
      bare: replyWith('{"STATUS":[{"STATUS":"S","When":1}],"VERSION":[{}]}'),
      // Without data: every report is an error.
      errors: replyWith('{"STATUS":[{"STATUS":"E","Msg":"Not ready"}]}'),
      down: replyWith("no JSON"),
    };
    const rendered: Record<string, unknown> = {};
    for (const [name, behaviour] of Object.entries(behaviours)) {
      await using rig = await ScriptedRig.start(behaviour);
      await using gateway = GatewayServer.start([
        { name: "garage", ...toAddress(rig) },
      ]);
      const reply = await (await fetch(gateway.url(pathname))).json();
      const { stdout, stderr } = await python.run(
        ["-c", RENDER, name],
        JSON.stringify([sensors, reply]),
      );
      assertEquals(stderr, "");
      Object.assign(rendered, JSON.parse(stdout));
    }
    const none = { "Garage hashrate": null, "Garage power": null };
    const lost = { "Garage rig": "False", "Garage trouble": "True", ...none };
    assertEquals(rendered, {
      up: {
        "Garage rig": "True",
        "Garage trouble": "False",
        "Garage hashrate": "90.0",
        "Garage power": "3268",
      },
      bare: { "Garage rig": "True", "Garage trouble": "False", ...none },
      errors: lost,
      down: lost,
    });
  },
  findJinja,
);
