/**
 * The real program before simulated rigs `a`, `b` …, and its dashboard in a
 * browser.
 *
 * @module
 */

import type { Browser, Locator, Page } from "npm:playwright-core@1";
import { ACTIONS } from "../../gateway/dashboard/action_table.js";
import { Simulator, type SimulatorOptions } from "../../rigs/simulator.ts";
import { callRig } from "../../rpc.ts";
import { WITH_FILES } from "../program/attacked_gateway.ts";
import { Program } from "../program/program.ts";

/** The running program, its rigs and the page. */
export class Farm implements AsyncDisposable {
  readonly rigs: readonly Simulator[];
  readonly page: Page;
  readonly origin: string;
  /** What the rigs were asked but their reports: `a quit`, `b zero all,false`. */
  readonly writes: string[];
  /** What scripts threw and the page's policy refused. */
  readonly errors: string[] = [];
  readonly #cleanUp: AsyncDisposableStack;

  private constructor(
    rigs: Simulator[],
    page: Page,
    origin: string,
    writes: string[],
    cleanUp: AsyncDisposableStack,
  ) {
    this.rigs = rigs;
    this.page = page;
    this.origin = origin;
    this.writes = writes;
    this.#cleanUp = cleanUp;
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      const text = message.text();
      if (text.includes("Content Security")) this.errors.push(text);
    });
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(`${origin}/`) && !url.startsWith("data:")) {
        this.errors.push(`The page asked ${url}`);
      }
    });
  }

  static async start(
    browser: Browser,
    options: readonly SimulatorOptions[],
    flags: readonly string[] = [],
  ): Promise<Farm> {
    await using stack = new AsyncDisposableStack();
    const writes: string[] = [];
    const names = options.map((_, index) => String.fromCharCode(97 + index));
    const rigs = options.map((each, index) =>
      stack.use(Simulator.start({
        restartMs: 100,
        ...each,
        onRequest(request) {
          const write = readWrite(request);
          if (write !== undefined) writes.push(`${names[index]} ${write}`);
        },
      }))
    );
    const program = stack.use(Program.spawn([
      "--http-host=127.0.0.1",
      "-w0",
      "--log=off",
      ...rigs.map(({ port }, index) =>
        `--rig=${names[index]}=127.0.0.1:${port}`
      ),
      ...flags,
    ], { run: WITH_FILES }));
    const origin = `http://127.0.0.1:${await program.readPort()}`;
    const context = await browser.newContext();
    stack.defer(() => context.close());
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    return new Farm(rigs, page, origin, writes, stack.move());
  }

  /** The rig's own report, asked past the gateway. */
  async ask(rig: number, command: string): Promise<Entry[]> {
    const { bytes } = await callRig(this.rigs[rig] as Simulator, { command });
    const text = new TextDecoder().decode(bytes).replace(/\0$/, "");
    return JSON.parse(text)[command.toUpperCase()];
  }

  /** Opens the page of a rig, and waits until the rig's state is on it. */
  async open(hash = ""): Promise<void> {
    // Another hash alone would not load it anew.
    await this.page.goto("about:blank");
    const access = this.page.waitForResponse("**/-/access");
    await this.page.goto(`${this.origin}/${hash}`);
    await access;
    await this.page.getByText("Up", { exact: true }).filter({ visible: true })
      .first().waitFor();
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** Opens an action's form. */
  async openForm(name: string): Promise<Locator> {
    await this.button(name).click();
    return this.page.getByRole("form", { name, exact: true });
  }

  /** Waits for a rig's answer, and gives it. */
  async readAnswer(rig: string): Promise<string> {
    const row = this.page.locator(".action-answers").getByRole("row").filter({
      has: this.page.getByRole("rowheader", { name: rig, exact: true }),
    });
    return (await row.getByRole("cell").innerText()).replace(/\s+/g, " ");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}

/** An entry of a report. */
type Entry = Readonly<Record<string, string | number>>;

/** Commands of the dashboard's actions. */
export const WRITES: ReadonlySet<string> = new Set(
  ACTIONS.flatMap(({ commands }) => Object.values<string>(commands)),
);

/** The command and the parameter of a request, if it writes. */
function readWrite(request: Uint8Array): string | undefined {
  const { command, parameter } = JSON.parse(new TextDecoder().decode(request));
  if (!WRITES.has(command)) return undefined;
  return parameter === undefined ? command : `${command} ${parameter}`;
}
