/**
 * The dashboard of the real program in a page, and all that the page must not
 * do: an error in its console, a request to another origin.
 *
 * @module
 */

import { PATIENCE_MS } from "./chromium.ts";
import { assertEquals } from "jsr:@std/assert@1";
import type {
  Browser,
  BrowserContextOptions,
  Page,
  Response as PageResponse,
} from "npm:playwright-core@1";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { Program } from "../program/program.ts";

/** A rig of `/-/rigs`, as far as tests look at it. */
export interface Member {
  readonly name: string;
  readonly state: "up" | "down" | "unknown";
  readonly telemetry?: Telemetry;
}

/** Bytes of files. */
export interface Weight {
  /** As they are transferred: compressed. */
  readonly transferred: number;
  /** As they are read. */
  readonly decoded: number;
}

/** What Chromium writes while a connection is down; not the page's doing. */
const NETWORK_ERROR = /net::ERR_|Failed to load resource/;

/** A program and a page of it. */
export class Dashboard implements AsyncDisposable {
  readonly page: Page;
  readonly origin: string;
  /** What went wrong in the page. */
  readonly errors: string[] = [];
  /** The files that the page loaded. */
  readonly files: PageResponse[] = [];
  /** The paths that the page asked, in that order. */
  readonly asked: string[] = [];
  program: Program;

  private constructor(program: Program, origin: string, page: Page) {
    this.program = program;
    this.origin = origin;
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      const text = message.text();
      const isNoise = message.type() !== "error" &&
        message.type() !== "warning";
      if (!isNoise && !NETWORK_ERROR.test(text)) this.errors.push(text);
    });
    page.on("request", (request) => {
      const { protocol, origin, pathname } = new URL(request.url());
      if (protocol === "data:") return;
      this.asked.push(pathname);
      if (origin !== this.origin) {
        this.errors.push(`It asked ${request.url().slice(0, 100)}`);
      }
    });
    page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      if (pathname !== "/" && !pathname.startsWith("/-/assets/")) return;
      this.files.push(response);
    });
  }

  /** Starts the program with these arguments; goes nowhere yet. */
  static async start(
    browser: Browser,
    args: readonly string[],
    options: BrowserContextOptions = {},
  ): Promise<Dashboard> {
    const program = spawnProgram(["-w0", ...args]);
    try {
      const origin = `http://127.0.0.1:${await program.readPort()}`;
      const context = await browser.newContext(options);
      return new Dashboard(program, origin, await context.newPage());
    } catch (error) {
      await program[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What all files together weigh that the page loaded so far. */
  async weigh(): Promise<Weight> {
    let [transferred, decoded] = [0, 0];
    for (const response of this.files) {
      const sizes = await response.request().sizes();
      transferred += sizes.responseBodySize;
      decoded += (await response.body()).length;
    }
    return { transferred, decoded };
  }

  /** The arguments that name rigs `a`, `b`, …. */
  static nameRigs(rigs: readonly { port: number }[]): string[] {
    return rigs.map(({ port }, index) =>
      `--rig=${String.fromCharCode(97 + index)}=127.0.0.1:${port}`
    );
  }

  /** Opens a path, as a new page would. */
  async open(path = "/"): Promise<void> {
    await this.page.goto(this.origin + path);
  }

  /** The texts of a rig's row, without those of its checkbox. */
  async readRow(name: string): Promise<string[]> {
    const row = this.page.locator(".fleet tbody tr", {
      has: this.page.getByRole("link", { name, exact: true }),
    });
    await row.waitFor();
    const cells = await row.locator("th, td:not(.select, .trend)")
      .allInnerTexts();
    return cells.map((text) => text.trim());
  }

  /** A tile's value. */
  async readTile(label: string): Promise<string> {
    const tile = this.page.locator(".tile", { hasText: label }).first();
    return (await tile.locator("dd").innerText()).trim();
  }

  /** All rigs, as the gateway says. */
  async readMembers(): Promise<Member[]> {
    return (await (await fetch(this.origin + "/-/rigs")).json()).rigs;
  }

  /** Ends the program, and starts it anew on the same port. */
  async restart(args: readonly string[]): Promise<void> {
    this.program = spawnProgram([`-w${new URL(this.origin).port}`, ...args]);
    await this.program.readPort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
    await this.program[Symbol.asyncDispose]();
  }

  /** Nothing went wrong until now. */
  assertClean(): void {
    assertEquals(this.errors, []);
  }
}

function spawnProgram(args: readonly string[]): Program {
  return Program.spawn(["--http-host=127.0.0.1", "--log=off", ...args]);
}
