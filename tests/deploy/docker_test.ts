/** The image and the composition start chi-server, Prometheus and Grafana rightly. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { parse } from "npm:yaml@2";
import {
  OPTIONS,
  SUBCOMMANDS,
  toVariable,
} from "../../program/config/options.ts";
import { listVariables, nameBinary } from "../../scripts/compile_plan.ts";
import { TARGETS } from "../../scripts/compile_plan.ts";
import {
  isShipped,
  readArguments,
  readDurationMs,
  readShipped,
  toPath,
} from "./shipped_files.ts";
import { TestFolder, testWithTool } from "./tools.ts";

const FOLDER = "deploy/docker";

interface Service {
  readonly image: string;
  readonly build?: {
    readonly context: string;
    readonly dockerfile: string;
    readonly args: Readonly<Record<string, string>>;
  };
  readonly environment?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly volumes: readonly string[];
  readonly secrets?: readonly string[];
  readonly ports: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly stop_grace_period?: string;
  readonly depends_on?: unknown;
}

interface Composition {
  readonly services: Readonly<
    Record<"chi-server" | "prometheus" | "grafana", Service>
  >;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const { services, secrets, volumes }: Composition = parse(
  readShipped(`${FOLDER}/compose.yaml`),
);

/** The instructions of the Dockerfile, each with its words as one text. */
function readInstructions(): [name: string, rest: string][] {
  return readShipped(`${FOLDER}/Dockerfile`)
    .replaceAll(/^\s*#.*\n/gm, "").replaceAll(/\\\n\s*/g, "")
    .split("\n").filter(Boolean)
    .map((line) => {
      const [, name = "", rest = ""] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
      return [name, rest];
    });
}

/** The only instruction of a name. */
function readOne(name: string): string {
  const found = readInstructions().filter(([other]) => other === name);
  assertEquals(found.length, 1, name);
  return found[0]?.[1] ?? "";
}

/** What COPY takes, for a target. */
function readSource(target: string): string {
  const [, source = "", destination] = /^--chmod=0555 (\S+) (\S+)$/
    .exec(readOne("COPY")) ?? [];
  assertEquals(destination, "/chi-server");
  return source.replace("${CHI_TARGET}", target);
}

function toPattern(glob: string): RegExp {
  const parts = glob.split("*").map((part) =>
    part.replaceAll(/[.+^$(){}|[\]\\]/g, "\\$&")
  );
  return new RegExp(`^${parts.join("[^/]*")}$`);
}

Deno.test("Dockerfile takes the Linux binary that deno task compile makes", () => {
  const targets = TARGETS.filter((target) => target.includes("linux"));
  assertEquals(targets.length, 2);
  assertEquals(readOne("ARG"), `CHI_TARGET=${targets[0]}`);
  for (const target of targets) {
    const path = `dist/${nameBinary("1.2.3", target)}`;
    assertMatch(path, toPattern(readSource(target)));
    const other = nameBinary("1.2.3", "x86_64-apple-darwin");
    assert(!toPattern(readSource(target)).test(`dist/${other}`));
  }
});

Deno.test(".dockerignore leaves in what Dockerfile copies, and nothing else", () => {
  const lines = readShipped(".dockerignore").split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  assertEquals([lines.length, lines[0], lines[1]?.[0]], [2, "*", "!"]);
  const pattern = toPattern(lines[1]?.slice(1) ?? "");
  for (const target of TARGETS) {
    const path = `dist/${nameBinary("1.2.3", target)}`;
    assertEquals(pattern.test(path), target.includes("linux"), path);
  }
});

Deno.test("Dockerfile starts chi-server as nobody special, on its own port", () => {
  assertMatch(readOne("FROM"), /^gcr\.io\/distroless\/cc-debian12:nonroot$/);
  assertMatch(readOne("USER"), /^(?!0)\d+:(?!0)\d+$/);
  assertEquals(JSON.parse(readOne("ENTRYPOINT")), ["/chi-server"]);
  assertEquals(Number(readOne("EXPOSE")), readArguments([]).httpPort);
});

Deno.test("Dockerfile checks health by a sub-command that is there", () => {
  const [, command = ""] = / CMD (\[.*\])$/.exec(readOne("HEALTHCHECK")) ?? [];
  const [program, name, ...rest] = JSON.parse(command);
  assertEquals([program, rest], ["/chi-server", []]);
  const subcommand = SUBCOMMANDS.find((one) => one.name === name);
  // The variables that its comment names are those of options that it has.
  const comment = readShipped(`${FOLDER}/Dockerfile`);
  const variables = comment.match(/CHI_(?!TARGET)[A-Z_]+/g) ?? [];
  assertEquals(variables.length, 3);
  for (const variable of variables) {
    const option = OPTIONS.find((one) => toVariable(one) === variable);
    assert(subcommand?.flags.includes(option?.flag ?? ""), variable);
  }
});

Deno.test("compose.yaml builds the image from files that are there", () => {
  const { build } = services["chi-server"];
  const context = toPath(`${FOLDER}/${build?.context}/`);
  assertEquals(context, toPath(""));
  assert(isShipped(build?.dockerfile ?? ""));
  const [, target] = /^\$\{CHI_TARGET:-(.*)\}$/
    .exec(build?.args["CHI_TARGET"] ?? "") ?? [];
  assertEquals(readOne("ARG"), `CHI_TARGET=${target}`);
});

Deno.test("compose.yaml mounts files that are there", () => {
  for (const [name, service] of Object.entries(services)) {
    for (const volume of service.volumes) {
      const [source = "", target, mode] = volume.split(":");
      assertMatch(target ?? "", /^\/\S+$/, name);
      if (source.startsWith(".")) {
        assert(isShipped(`${FOLDER}/${source}`), source);
        assertEquals(mode, "ro", source);
      } else {
        assert(source in volumes, source);
      }
    }
  }
});

Deno.test("compose.yaml starts chi-server with a configuration that it takes", () => {
  const { environment = {}, volumes: mounts, ...service } =
    services["chi-server"];
  // The health check of the image sees variables, and no arguments.
  assertEquals([service.command, service.entrypoint], [undefined, undefined]);
  for (const name of Object.keys(environment)) {
    assert(listVariables().includes(name), name);
  }
  const [source, target] = mounts[0]?.split(":") ?? [];
  assertEquals(environment["CHI_CONFIG"], `${target}/config.json`);
  const file = readShipped(`${FOLDER}/${source}/config.json`);
  const { rigs, access, httpPort } = readArguments([], {
    variables: environment,
    file,
  });
  assertEquals(rigs[0]?.name, "garage");
  assertEquals(service.ports, [`8080:${httpPort}`]);
  // No address may write, not even 127.0.0.1: the token decides.
  assertEquals(access.rules, readArguments(["--allow=R:0/0"]).access.rules);
  const [secret = ""] = service.secrets ?? [];
  assertEquals(access.tokenFile, `/run/secrets/${secret}`);
  assertEquals(
    readShipped(`${FOLDER}/.gitignore`),
    secrets[secret]?.file.replace(".", "") + "\n",
  );
});

Deno.test("compose.yaml takes rights away, and waits for chi-server's end", () => {
  for (const [name, service] of Object.entries(services)) {
    assertEquals(service.cap_drop, ["ALL"], name);
    assertEquals(service.security_opt, ["no-new-privileges:true"], name);
  }
  const { read_only, stop_grace_period = "" } = services["chi-server"];
  assertEquals(read_only, true);
  assert(readDurationMs(stop_grace_period) > readArguments([]).timeoutMs);
  // Without a password: for this machine alone.
  for (const { ports } of [services.prometheus, services.grafana]) {
    assertEquals(ports.length, 1);
    assertMatch(ports[0] ?? "", /^127\.0\.0\.1:(\d+):\1$/);
  }
});

/** What the composition makes of Prometheus' configuration. */
function adaptPrometheus(): string {
  const [, from = "", to = "", path = ""] =
    /^sed s\/([^/]+)\/([^/]+)\/ \/etc\/chi\/(\S+) > \/etc\/prometheus\/prometheus\.yml$/m
      .exec(services.prometheus.command?.[0] ?? "") ?? [];
  assertEquals([from, to], ["localhost:8080", "chi-server:8080"]);
  return readShipped(`deploy/prometheus/${path}`).split("\n")
    .map((line) => line.replace(from, to)).join("\n");
}

Deno.test("compose.yaml lets Prometheus scrape the gateway by the shipped configuration", () => {
  const { scrape_configs, rule_files } = parse(adaptPrometheus());
  const text = JSON.stringify(scrape_configs);
  assertEquals(text.match(/localhost/g), null);
  assertEquals(text.match(/chi-server:8080/g)?.length, 3);
  assertEquals(services["chi-server"].ports[0]?.split(":").at(-1), "8080");
  assertEquals(rule_files, ["rules/*.yml"]);
  const { volumes: mounts, command = [] } = services.prometheus;
  assert(mounts.includes("../prometheus/rules:/etc/prometheus/rules:ro"));
  assert(mounts.includes("../prometheus:/etc/chi:ro"));
  assertStringIncludes(
    command[0] ?? "",
    "--config.file=/etc/prometheus/prometheus.yml",
  );
});

Deno.test("compose.yaml gives Grafana its data source and both dashboards", () => {
  const { volumes: mounts } = services.grafana;
  const findSource = (target: string) =>
    mounts.find((mount) => mount.split(":")[1] === target)?.split(":")[0];
  const provisioned = "/etc/grafana/provisioning";
  assertEquals(
    findSource(`${provisioned}/datasources`),
    "./grafana/datasources",
  );
  assertEquals(findSource(`${provisioned}/dashboards`), "./grafana/dashboards");
  const { datasources: [source] } = parse(
    readShipped(`${FOLDER}/grafana/datasources/prometheus.yaml`),
  );
  const port = services.prometheus.ports[0]?.split(":").at(-1);
  assertEquals(
    [source.type, source.url, source.isDefault],
    ["prometheus", `http://prometheus:${port}`, true],
  );
  const interval = /scrape_interval: (\w+)/.exec(adaptPrometheus())?.[1];
  assertEquals(source.jsonData.timeInterval, interval);
  const { providers: [provider] } = parse(
    readShipped(`${FOLDER}/grafana/dashboards/chi.yaml`),
  );
  assertEquals(findSource(provider.options.path), "../grafana");
  assert(isShipped("deploy/grafana/chi_fleet.json"));
});

await testWithTool(
  "sh and promtool accept what compose.yaml makes of Prometheus' configuration",
  "promtool",
  async (promtool) => {
    await using folder = new TestFolder();
    const script = (services.prometheus.command?.[0] ?? "")
      .replace("/etc/chi/", toPath("deploy/prometheus/"))
      .replaceAll("/etc/prometheus/", `${folder.path}/`)
      .replace("exec /bin/prometheus ", `exec ${promtool.path} check config `)
      .replace("--config.file=", "")
      .replaceAll(/ --storage\.\S+/g, "");
    for (const entry of Deno.readDirSync(toPath("deploy/prometheus/rules"))) {
      const text = readShipped(`deploy/prometheus/rules/${entry.name}`);
      folder.write(`rules/${entry.name}`, text);
    }
    const [, ...args] = services.prometheus.entrypoint ?? [];
    const { code, stdout, stderr } = await new Deno.Command("/bin/sh", {
      args: [...args, script],
    }).output();
    const said = new TextDecoder().decode(stdout) +
      new TextDecoder().decode(stderr);
    assertEquals(code, 0, said);
    assertEquals(
      Deno.readTextFileSync(`${folder.path}/prometheus.yml`),
      adaptPrometheus(),
    );
    assertEquals(said.match(/SUCCESS: \d+ rules found/g)?.length, 2, said);
  },
);
