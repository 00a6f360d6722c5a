/**
 * The real program before rigs `a`, `b` …, and its dashboard in a browser.
 *
 * @module
 */

import { PATIENCE_MS } from "./chromium.ts";
import type {
  Browser,
  BrowserContextOptions,
  Locator,
  Page,
} from "npm:playwright-core@1";
import { ACTIONS } from "../../dashboard/action_table.ts";
import { Simulator, type SimulatorOptions } from "../../rigs/simulator.ts";
import { callRig } from "../../rpc.ts";
import { isReadCommand } from "../../rpc/commands.ts";
import { findActions } from "../../telemetry/actions.ts";
import { WITH_FILES } from "../program/attacked_gateway.ts";
import { Program } from "../program/program.ts";
import { ScriptedRig } from "../scripted_rig.ts";

/** How a farm is set up. */
export interface FarmOptions {
  /** Members of the program's configuration file, besides its rigs. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Tags of rigs, by their names. */
  readonly tags?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Whether the program may write files. */
  readonly mayWriteFiles?: boolean;
  /** What the browser is like. */
  readonly context?: BrowserContextOptions;
}

/** The running program, its rigs and the page. */
export class Farm implements AsyncDisposable {
  readonly rigs: readonly (Simulator | ScriptedRig)[];
  readonly page: Page;
  readonly origin: string;
  readonly program: Program;
  /** What the rigs were asked but their reports: `a quit`, `b zero all,false`. */
  readonly writes: string[];
  /** What the page has posted. */
  readonly posted: unknown[] = [];
  /** What scripts threw and the page's policy refused. */
  readonly errors: string[] = [];
  readonly #file: ConfigFile;
  readonly #cleanUp: AsyncDisposableStack;

  private constructor(
    parts: Pick<Farm, "rigs" | "page" | "origin" | "program" | "writes">,
    file: ConfigFile,
    cleanUp: AsyncDisposableStack,
  ) {
    const { page, origin } = parts;
    this.rigs = parts.rigs;
    this.page = page;
    this.origin = origin;
    this.program = parts.program;
    this.writes = parts.writes;
    this.#file = file;
    this.#cleanUp = cleanUp;
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      const text = message.text();
      if (text.includes("Content Security")) this.errors.push(text);
    });
    page.on("request", (request) => {
      const url = request.url();
      if (request.method() === "POST") this.posted.push(request.postDataJSON());
      if (!url.startsWith(`${origin}/`) && !url.startsWith("data:")) {
        this.errors.push(`The page asked ${url}`);
      }
    });
  }

  /** Starts all but the scripted rigs, which whoever made them ends. */
  static async start(
    browser: Browser,
    wanted: readonly (SimulatorOptions | ScriptedRig)[],
    options: FarmOptions = {},
  ): Promise<Farm> {
    const { config = {}, tags = {}, context: contextOptions } = options;
    await using stack = new AsyncDisposableStack();
    const writes: string[] = [];
    const rigs = wanted.map((each, index) =>
      each instanceof ScriptedRig
        ? each
        : stack.use(startSimulator(each, nameRig(index), writes))
    );
    const file = stack.use(
      await ConfigFile.make(rigs.map(({ port }, index) => {
        const each = wanted[index];
        return each === undefined || each instanceof ScriptedRig
          ? { port }
          : { port, password: each.password };
      })),
    );
    await file.write(config, tags);
    const program = stack.use(Program.spawn([
      "--http-host=127.0.0.1",
      "-w0",
      "--log=off",
      `--config=${file.path}`,
    ], {
      run: options.mayWriteFiles
        ? WITH_FILES.toSpliced(-1, 0, "-W")
        : WITH_FILES,
    }));
    const origin = `http://127.0.0.1:${await program.readPort()}`;
    const context = await browser.newContext(contextOptions);
    stack.defer(() => context.close());
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const parts = { rigs, page, origin, program, writes };
    return new Farm(parts, file, stack.move());
  }

  /** The rig's own report, asked past the gateway. */
  async ask(rig: number, command: string): Promise<Entry[]> {
    const { bytes } = await callRig(this.rigs[rig] as Simulator, { command });
    const text = new TextDecoder().decode(bytes).replace(/\0$/, "");
    return JSON.parse(text)[command.toUpperCase()];
  }

  /** Ends a simulated rig: nothing listens there any more. */
  async stopRig(rig: number): Promise<void> {
    await (this.rigs[rig] as Simulator).stop();
  }

  /** Configures the program anew, and waits until it has read it. */
  async configure(
    config: FarmOptions["config"] = {},
    tags: FarmOptions["tags"] = {},
  ): Promise<void> {
    await this.#file.write(config, tags);
    this.program.kill("SIGHUP");
    while (true) {
      const line = await this.program.readLine();
      if (line === undefined) throw new Error("The program has ended");
      if (line.startsWith("Read configuration")) return;
    }
  }

  /** Opens the page of a rig, and waits until the rig's state is on it. */
  async open(path = ""): Promise<void> {
    // Another hash alone would not load it anew.
    await this.page.goto("about:blank");
    const access = this.page.waitForResponse("**/-/access");
    await this.page.goto(`${this.origin}/${path}`);
    await access;
    await this.page.getByText("Up", { exact: true }).filter({ visible: true })
      .first().waitFor();
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** The button of an action; of a pool's the first, in the table of pools. */
  opener(name: string, pool = "\\d+"): Locator {
    return this.page.getByRole("button", {
      name: new RegExp(`^${name}(?: ${pool})?$`),
    }).first();
  }

  /** Opens an action's form. */
  async openForm(name: string, pool?: string): Promise<Locator> {
    await this.opener(name, pool).click();
    return this.page.getByRole("form", { name, exact: true });
  }

  /** Ticks rigs of the fleet. */
  async select(...names: string[]): Promise<void> {
    for (const name of names) {
      await this.page.getByRole("checkbox", {
        name: `Select ${name}`,
        exact: true,
      }).check();
    }
  }

  /** Waits for a rig's answer, and gives it. */
  async readAnswer(rig: string): Promise<string> {
    const row = this.page.locator(".action-answers").getByRole("row").filter({
      has: this.page.getByRole("rowheader", { name: rig, exact: true }),
    });
    // Actions on pools have their answers above those of the others.
    return (await row.getByRole("cell").last().innerText()).replace(
      /\s+/g,
      " ",
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}

/** What the configuration says of a rig. */
interface FarmRig {
  readonly port: number;
  readonly password?: string | undefined;
}

/** The program's configuration file. */
class ConfigFile implements AsyncDisposable {
  readonly path: string;
  readonly #rigs: readonly FarmRig[];

  private constructor(path: string, rigs: readonly FarmRig[]) {
    this.path = path;
    this.#rigs = rigs;
  }

  static async make(rigs: readonly FarmRig[]): Promise<ConfigFile> {
    return new ConfigFile(await Deno.makeTempFile({ suffix: ".json" }), rigs);
  }

  async write(
    config: FarmOptions["config"],
    tags: NonNullable<FarmOptions["tags"]>,
  ): Promise<void> {
    const rigs = this.#rigs.map(({ port, password }, index) => {
      const name = nameRig(index);
      const host = `127.0.0.1:${port}`;
      return { name, host, password, tags: tags[name] ?? {} };
    });
    await Deno.writeTextFile(this.path, JSON.stringify({ ...config, rigs }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path);
  }
}

function nameRig(index: number): string {
  return String.fromCharCode(97 + index);
}

function startSimulator(
  options: SimulatorOptions,
  name: string,
  writes: string[],
): Simulator {
  return Simulator.start({
    restartMs: 100,
    ...options,
    onRequest(request) {
      const write = readWrite(request);
      if (write !== undefined) writes.push(`${name} ${write}`);
    },
  });
}

/** An entry of a report. */
type Entry = Readonly<Record<string, string | number>>;

/** Commands of the dashboard's actions on a rig like cgminer. */
export const WRITES: ReadonlySet<string> = new Set([
  ...ACTIONS.flatMap(({ commands = {} }) => Object.values<string>(commands)),
  ...Object.values(findActions(undefined)).map(({ command }) => command),
]);

/** The command and the parameter of a request, if it writes. */
function readWrite(request: Uint8Array): string | undefined {
  const { command, parameter } = JSON.parse(new TextDecoder().decode(request));
  if (typeof command !== "string" || isReadCommand(command)) return undefined;
  return parameter === undefined ? command : `${command} ${parameter}`;
}
