/** The package that `chi-server home-assistant` writes: its sensors, units and actions. */
import { fileURLToPath } from "node:url";
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
import { type Outcome, ROOT, runProgram } from "../program/program.ts";
import { TestFolder, testWithTool, type Tool } from "./tools.ts";

interface Sensor {
  readonly name: string;
  readonly unique_id: string;
  readonly device_class?: string;
  readonly state_class?: string;
  readonly unit_of_measurement?: string;
  readonly availability?: string;
  readonly value_template: string;
}

interface Resource {
  readonly resource: string;
  readonly timeout: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly binary_sensor: readonly Sensor[];
  readonly sensor: readonly Sensor[];
}

interface Command {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Package {
  readonly rest: readonly Resource[];
  readonly rest_command?: Readonly<
    Record<"chi_restart" | "chi_switch_pool", Command>
  >;
  readonly template?: readonly {
    readonly button: readonly {
      readonly unique_id: string;
      readonly press: readonly { readonly action: string; data: unknown }[];
    }[];
  }[];
}

/** What secrets.yaml has. */
const SECRETS = new Map([["chi_authorization", `Bearer ${TOKEN}`]]);

/** Reads a package as Home Assistant does. */
function readPackage(yaml: string): Package {
  const resolve = (name: string) => {
    const secret = SECRETS.get(name);
    if (secret === undefined) throw new Error(`No secret is called ${name}`);
    return secret;
  };
  return parse(yaml, { customTags: [{ tag: "!secret", resolve }] });
}

/** Runs the sub-command with a file of that text. */
async function runHomeAssistant(
  config: unknown,
  ...args: string[]
): Promise<Outcome> {
  await using folder = new TestFolder();
  const file = folder.write("farm.json", JSON.stringify(config));
  return await runProgram(["home-assistant", `--config=${file}`, ...args], {
    run: [
      ...["run", "--no-prompt", "-N", "-R"],
      fileURLToPath(new URL("main.ts", ROOT)),
    ],
  });
}

async function makePackage(
  config: unknown,
  ...args: string[]
): Promise<Package> {
  const { code, stdout } = await runHomeAssistant(config, ...args);
  assertEquals(code, 0);
  return readPackage(stdout);
}

/** Nobody listens there. */
const NO_RIG = { garage: "127.0.0.1:1" };

function replyWithSummary(summary: Readonly<Record<string, unknown>>) {
  return replyWith(JSON.stringify({
    STATUS: [{ STATUS: "S", When: 1, Code: 11, Msg: "Summary" }],
    SUMMARY: [{ Elapsed: 60, ...summary }],
    id: 1,
  }));
}

/** Rigs of several kinds, and a gateway that serves them. */
async function startFarm() {
  await using stack = new AsyncDisposableStack();
  const addresses: Record<string, string> = {};
  const add = (name: string, rig: { hostname: string; port: number }) =>
    addresses[name] = `${rig.hostname}:${rig.port}`;
  add("garage", stack.use(Simulator.start()));
  add("10.0.0.7", stack.use(Simulator.start({ personality: "antminer" })));
  for (
    const [name, behaviour] of Object.entries({
      // What WhatsMiners say, as far as it matters here.
      powered: replyWithSummary({ "MHS av": 90e6, Power: 3268, Accepted: 5 }),
      // Scrypt: an Antminer L3+, and an L7.
      l3: replyWithSummary({ "MHS av": 504.2 }),
      l7: replyWithSummary({ "MHS av": 9300 }),
      usb: replyWithSummary({ "MHS av": 0.5 }),
      // It answers, and not with figures.
      bare: replyWith('{"STATUS":[{"STATUS":"S","When":1}],"VERSION":[{}]}'),
      // Without data: every report is an error.
      errors: replyWith('{"STATUS":[{"STATUS":"E","Msg":"Not ready"}]}'),
      down: replyWith("no JSON"),
    })
  ) {
    add(name, stack.use(await ScriptedRig.start(behaviour)));
  }
  const gateway = stack.use(GatewayServer.start(
    Object.entries(addresses).map(([name, address]) => {
      const [hostname = "", port] = address.split(":");
      return { name, hostname, port: Number(port) };
    }),
  ));
  const cleanUp = stack.move();
  return {
    addresses,
    /** What Home Assistant gets of a resource. */
    read: async (resource: string) => {
      const response = await fetch(gateway.url(new URL(resource).pathname));
      assertEquals(response.status, 200, resource);
      return await response.json();
    },
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  };
}

Deno.test("the package has each rig, in the unit that fits what it hashes", async () => {
  await using farm = await startFarm();
  const { code, stdout, stderr } = await runHomeAssistant({
    rigs: farm.addresses,
    "public-url": "http://10.0.0.2:8080/",
  });
  assertEquals(code, 0);
  assertEquals(
    stderr.trim(),
    "chi-server: no hashrate is known of bare, errors, down: in TH/s, until " +
      "this runs again while they hash",
  );
  const { rest, ...others } = readPackage(stdout);
  assertEquals(others, {});
  assertEquals(
    rest.map(({ resource, sensor }) => [
      resource.replace("http://10.0.0.2:8080/-/rigs/", ""),
      sensor.find(({ name }) => name.endsWith(" hashrate"))
        ?.unit_of_measurement,
    ]),
    [
      ["garage", "TH/s"],
      ["10.0.0.7", "TH/s"],
      ["powered", "TH/s"],
      ["l3", "MH/s"],
      ["l7", "GH/s"],
      ["usb", "kH/s"],
      ["bare", "TH/s"],
      ["errors", "TH/s"],
      ["down", "TH/s"],
    ],
  );
  const all = rest.flatMap((each) => [...each.binary_sensor, ...each.sensor]);
  assertEquals(
    new Set(all.map(({ unique_id }) => unique_id)).size,
    all.length,
  );
  for (const { unique_id, device_class = "", ...sensor } of all) {
    // Home Assistant wants these units for these classes.
    const unit = { power: "W", temperature: "°C" }[device_class];
    if (unit !== undefined) assertEquals(sensor.unit_of_measurement, unit);
    if (sensor.unit_of_measurement === undefined) continue;
    assertEquals(sensor.state_class, "measurement", unique_id);
  }
  // Longer than the gateway waits for a rig.
  for (const { timeout } of rest) assert(timeout > 5);
});

Deno.test("sensors alone need no secret, a token for reads and actions do", async () => {
  await using folder = new TestFolder();
  const token = folder.write("token", TOKEN, 0o600);
  const withToken = { rigs: NO_RIG, "token-file": token };
  const { stdout } = await runHomeAssistant(withToken);
  assert(!/secret|headers|rest_command|button/.test(stdout), stdout);

  const private_ = { ...withToken, "token-for-reads": true };
  const { rest: [resource], rest_command } = await makePackage(private_);
  assertEquals(resource?.headers, { Authorization: `Bearer ${TOKEN}` });
  assertEquals(rest_command, undefined);

  // Who may write by address needs none.
  const { stdout: open } = await runHomeAssistant(
    { rigs: NO_RIG },
    "--actions",
  );
  assert(!open.includes("secret"), open);
});

Deno.test("the package asks where the gateway is", async () => {
  for (
    const [config, resource] of [
      // Without the permission to know this machine's addresses.
      [{}, "http://127.0.0.1:8080/-/rigs/garage"],
      [
        { "http-host": "10.0.0.2", "http-port": 81 },
        "http://10.0.0.2:81/-/rigs/garage",
      ],
      [{ "http-host": "::1" }, "http://[::1]:8080/-/rigs/garage"],
      [
        { "public-url": "https://farm.example.com/chi/", "http-port": 0 },
        "https://farm.example.com/chi/-/rigs/garage",
      ],
      [
        { "tls-cert": "a.pem", "tls-key": "b.pem" },
        "https://127.0.0.1:8080/-/rigs/garage",
      ],
    ] as const
  ) {
    const { rest } = await makePackage({ rigs: NO_RIG, ...config });
    assertEquals(rest.map(({ resource }) => resource), [resource]);
  }
  const { code, stdout, stderr } = await runHomeAssistant(
    { rigs: NO_RIG },
    "-w0",
  );
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "--public-url");
});

Deno.test("the package's actions are requests that chi-server takes", async () => {
  await using gateway = await AttackedGateway.start({
    flags: ["--allow=R:0/0"],
    hasToken: true,
  });
  gateway.rig.behaviour = echoRequests();
  await using folder = new TestFolder();
  const { rest_command, template = [] } = await makePackage({
    rigs: NO_RIG,
    "token-file": folder.write("token", TOKEN, 0o600),
  }, "--actions");
  if (rest_command === undefined) throw new Error("There are no actions");
  const [press] = template.flatMap(({ button }) => button)
    .flatMap(({ press }) => press);
  assertEquals(press, {
    action: "rest_command.chi_restart",
    data: { rig: "garage" },
  });
  for (
    const [name, echo] of [
      ["chi_restart", { command: "restart" }],
      ["chi_switch_pool", { command: "switchpool", parameter: "1" }],
    ] as const
  ) {
    const { url, method, headers } = rest_command[name];
    const { pathname } = new URL(
      url.replace("{{ rig | urlencode }}", "garage")
        .replace("{{ pool | int }}", "1")
        .replace("{{ command | default('restart') | urlencode }}", "restart"),
    );
    const response = await fetch(
      `http://127.0.0.1:${gateway.port}${pathname}`,
      { method: method.toUpperCase(), headers },
    );
    assertEquals([response.status, await response.json()], [200, { echo }]);
    await gateway.refuse("token-required", pathname, { method: "POST" });
  }
});

Deno.test("the package restarts each rig as its make wants it, and has no button where that cannot be", async () => {
  const kinds = ["cgminer", "whatsminer", "luxos", "cpuminer"] as const;
  await using stack = new AsyncDisposableStack();
  const rigs = Object.fromEntries(kinds.map((personality) => {
    const { port } = stack.use(Simulator.start({ personality }));
    return [personality, `127.0.0.1:${port}`];
  }));
  const { template = [] } = await makePackage({ rigs }, "--actions");
  const pressed = template.flatMap(({ button }) => button)
    .flatMap(({ press }) => press).map(({ data }) => data);
  assertEquals(pressed, [
    { rig: "cgminer" },
    { rig: "whatsminer", command: "restart_btminer" },
    { rig: "luxos", command: "resetminer" },
  ]);
});

/** Renders the templates of resources, as Home Assistant does. */
const RENDER = `
import json, sys
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
values, checks = ImmutableSandboxedEnvironment(), ImmutableSandboxedEnvironment(undefined=StrictUndefined)
def render(sensor, reply):
    check = checks.from_string(sensor.get("availability", "True"))
    if check.render(value_json=reply).strip() != "True": return None
    return values.from_string(sensor["value_template"]).render(value_json=reply).strip()
print(json.dumps([{s["unique_id"].split("_")[-1]: render(s, reply) for s in sensors} for sensors, reply in json.load(sys.stdin)]))
`;

await testWithTool(
  "the package gives what /-/rigs/<rig> has, and none of what is missing",
  "python3",
  async (python) => {
    await using farm = await startFarm();
    const { rest } = await makePackage({ rigs: farm.addresses });
    const { stdout, stderr } = await python.run(
      ["-c", RENDER],
      JSON.stringify(
        await Promise.all(rest.map(async (each) => [
          [...each.binary_sensor, ...each.sensor],
          await farm.read(each.resource),
        ])),
      ),
    );
    assertEquals(stderr, "");
    const [garage, antminer, powered, l3, l7, usb, bare, errors, down] = JSON
      .parse(stdout);
    for (const { up, trouble, hashrate, temperature } of [garage, antminer]) {
      assertEquals([up, trouble], ["True", "False"]);
      assert(Number(hashrate) > 1 && Number(hashrate) < 1000, hashrate);
      assert(Number(temperature) > 20, temperature);
    }
    assert(Number(garage.accepted) > 0);
    assertMatch(garage.pool, /^stratum\+tcp:\/\/\S+:\d+$/);
    assertEquals(garage.power, null);
    const none = {
      hashrate: null,
      temperature: null,
      power: null,
      accepted: null,
      pool: null,
    };
    const up = { up: "True", trouble: "False", ...none };
    const lost = { up: "False", trouble: "True", ...none };
    assertEquals(
      { powered, l3, l7, usb, bare, errors, down },
      {
        powered: { ...up, hashrate: "90.0", power: "3268", accepted: "5" },
        l3: { ...up, hashrate: "504.2" },
        l7: { ...up, hashrate: "9.3" },
        usb: { ...up, hashrate: "500.0" },
        bare: up,
        errors: lost,
        down: lost,
      },
    );
  },
  findJinja,
);

async function findJinja(python: Tool): Promise<string | undefined> {
  const { code } = await python.run(["-c", "import jinja2"]);
  return code === 0 ? undefined : "need python3 with jinja2, as PYTHON3_BIN";
}
