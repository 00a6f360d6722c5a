/**
 * The dashboard below a path of its host: of a server that mounts the handler,
 * and behind a proxy that takes the path off and tells nobody.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@1";
import type { Browser, Page } from "npm:playwright-core@1";
import { createHandler } from "../../gateway/handler.ts";
import { LivePolls } from "../../gateway/live/streams.ts";
import { Fleet, type NamedRig } from "../../rigs/fleet.ts";
import { Simulator } from "../../rigs/simulator.ts";
import { GatewayServer } from "../gateway_server.ts";
import { PATIENCE_MS, testInBrowser } from "./chromium.ts";

const PREFIX = "/miners";

/** The time of rigs whose values stand still. */
const now = (): number => Date.UTC(2026, 0, 1);

/** A page below the prefix, and what went wrong in it. */
class PrefixedPage implements AsyncDisposable {
  readonly page: Page;
  readonly origin: string;
  readonly errors: string[] = [];

  private constructor(page: Page, origin: string) {
    this.page = page;
    this.origin = origin;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
    page.on("request", (request) => {
      const url = request.url();
      const root = origin + PREFIX;
      const isBelow = url === root || url.startsWith(`${root}/`);
      if (!isBelow && !url.startsWith("data:")) {
        this.errors.push(`It asked ${url}`);
      }
    });
  }

  static async open(browser: Browser, origin: string): Promise<PrefixedPage> {
    const context = await browser.newContext();
    return new PrefixedPage(await context.newPage(), origin);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }
}

/** A gateway whose server takes the prefix off, as nginx's `proxy_pass` can. */
class StrippingServer implements AsyncDisposable {
  readonly #live = new LivePolls();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(rigs: readonly NamedRig[]) {
    const handler = createHandler({ fleet: new Fleet(rigs), live: this.#live });
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request, info) => {
        const { origin, pathname, search } = new URL(request.url);
        if (!pathname.startsWith(`${PREFIX}/`)) {
          return new Response("Not the gateway's", { status: 404 });
        }
        const url = origin + pathname.slice(PREFIX.length) + search;
        return handler(new Request(url, request), info);
      },
    );
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#live.close();
    await this.#server.shutdown();
  }
}

/** Goes through the whole page, as a visitor would. */
async function visit({ page, origin, errors }: PrefixedPage): Promise<void> {
  await page.goto(`${origin}${PREFIX}/`);
  await page.getByText("2 of 2", { exact: true }).waitFor();
  await page.locator(".u-legend").first().waitFor();
  await page.getByRole("link", { name: "a", exact: true }).click();
  await page.getByRole("region", { name: "Pools" }).waitFor();
  assertEquals(page.url(), `${origin}${PREFIX}/#/rig/a`);
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  const url = `${origin}${PREFIX}/@a/summary?pretty`;
  await page.getByText(`curl -s '${url}'`).waitFor();
  assertEquals(
    await page.getByLabel("Reply", { exact: true }).innerText(),
    await (await fetch(url)).text(),
  );
  await page.getByRole("button", { name: "Zero stats" }).click();
  await page.getByRole("form").getByRole("button", { name: "Zero stats" })
    .click();
  await page.getByText("Zero stats: 1 of 1 rig answered").waitFor();
  await page.getByRole("link", { name: "All rigs" }).click();
  await page.getByRole("link", { name: "b", exact: true }).waitFor();
  await page.goto(`${origin}${PREFIX}/@b/`);
  await page.getByRole("region", { name: "Pools" }).waitFor();
  assertEquals(await page.locator("h2").first().innerText(), "b");
  await page.getByRole("link", { name: "All rigs" }).click();
  await page.getByText("2 of 2", { exact: true }).waitFor();
  assertEquals(page.url(), `${origin}${PREFIX}/`);
  await page.goto(`${origin}${PREFIX}/@site:barn/`);
  await page.getByText("1 of 1", { exact: true }).waitFor();
  await page.getByRole("link", { name: "b", exact: true }).waitFor();
  assertEquals(errors, []);
}

/** Two rigs, one of them with a tag. */
function nameRigs(rigs: readonly Simulator[]): NamedRig[] {
  return rigs.map(({ hostname, port }, index) => ({
    name: String.fromCharCode(97 + index),
    hostname,
    port,
    ...(index === 1 ? { tags: { site: "barn" } } : {}),
  }));
}

testInBrowser(
  "the dashboard works below the prefix of a server that mounts the handler",
  async (browser) => {
    await using a = Simulator.start({ now });
    await using b = Simulator.start({ now, seed: 2 });
    const rigs = nameRigs([a, b]);
    await using gateway = GatewayServer.start(rigs, { prefix: PREFIX });
    await using board = await PrefixedPage.open(browser, gateway.url(""));
    await visit(board);
    // It knows its prefix, and needs no slash behind that or a rig's name.
    const { page, origin, errors } = board;
    await page.goto(`${origin}${PREFIX}`);
    await page.getByText("2 of 2", { exact: true }).waitFor();
    await page.goto(`${origin}${PREFIX}/@b`);
    await page.getByRole("region", { name: "Pools" }).waitFor();
    assertEquals(errors, []);
  },
);

testInBrowser(
  "the dashboard works behind a proxy that takes a path off and tells nobody",
  async (browser) => {
    await using a = Simulator.start({ now });
    await using b = Simulator.start({ now, seed: 2 });
    await using server = new StrippingServer(nameRigs([a, b]));
    await using board = await PrefixedPage.open(browser, server.origin);
    await visit(board);
  },
);
