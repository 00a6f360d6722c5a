import { assertEquals } from "jsr:@std/assert@1";
import type { Page } from "npm:playwright-core@1";
import { testInBrowser } from "./chromium.ts";
import { EvilOrigin } from "./evil_origin.ts";
import { GatewayProgram, REPLY } from "./gateway_program.ts";

testInBrowser(
  "the gateway's page shows without scripts, and all its links work",
  async (browser) => {
    await using gateway = await GatewayProgram.start();
    await using page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(gateway.origin());
    assertEquals(await page.textContent("h1"), "chi-server");
    const names = await page.locator("a").allTextContents();
    assertEquals(names.length >= 6, true);
    for (const name of names) {
      await page.goto(gateway.origin());
      const [response] = await Promise.all([
        page.waitForResponse((response) => response.url().includes("?pretty")),
        page.getByRole("link", { name, exact: true }).click(),
      ]);
      assertEquals(response.status(), 200);
    }
    assertEquals(
      gateway.rig.requests,
      names.map((command) => JSON.stringify({ command })),
    );
  },
);

testInBrowser(
  "the gateway's page runs nothing but its own files, and asks nobody else",
  async (browser) => {
    await using gateway = await GatewayProgram.start();
    await using evil = EvilOrigin.start();
    await using page = await browser.newPage();
    await page.goto(gateway.origin());
    const origin = JSON.stringify(evil.origin("evil.example"));
    const outcome = await page.evaluate(`(async () => {
    const script = document.createElement("script");
    script.textContent = "globalThis.ran = true";
    document.body.append(script);
    const foreign = document.createElement("script");
    foreign.src = ${origin} + "/x.js";
    document.body.append(foreign);
    await new Promise((resolve) => foreign.onload = foreign.onerror = resolve);
    const asked = await fetch(${origin}).catch(({ name }) => name);
    return [globalThis.ran ?? "did not run", asked];
  })()`);
    assertEquals(outcome, ["did not run", "TypeError"]);
  },
);

testInBrowser("no page may frame the gateway's page", async (browser) => {
  await using gateway = await GatewayProgram.start();
  await using evil = EvilOrigin.start();
  await using page = await browser.newPage();
  // On a LAN, where nothing tells the gateway that a frame is asking.
  evil.html = `<iframe src="${gateway.origin("rig.lan")}/"></iframe>`;
  await page.goto(evil.origin("evil.example"));
  assertEquals(await gateway.readLog(1), ["GET / 200"]);
  assertEquals(await readFrameUrl(page), "chrome-error://chromewebdata/");
});

/** Where the page's frame is, once it is anywhere. */
async function readFrameUrl(page: Page): Promise<string> {
  while (true) {
    const url = page.frames()[1]?.url() ?? "";
    if (url !== "" && url !== "about:blank") return url;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

testInBrowser(
  "a script of the gateway's own origin writes by POST, and not by GET",
  async (browser) => {
    await using gateway = await GatewayProgram.start();
    for (const hostname of ["127.0.0.1", "rig.lan"]) {
      await using page = await browser.newPage();
      // The page at / asks nothing by itself; a reply is no page, and may.
      await page.goto(gateway.origin(hostname) + "/version");
      const outcome = await page.evaluate(`(async () => {
      const written = await fetch("/switchpool/1", { method: "POST" });
      const refused = await fetch("/quit");
      return [await written.text(), refused.status];
    })()`);
      assertEquals(outcome, [REPLY, 405]);
    }
    assertEquals(gateway.rig.requests, [
      '{"command":"version"}',
      '{"command":"switchpool","parameter":"1"}',
      '{"command":"version"}',
      '{"command":"switchpool","parameter":"1"}',
    ]);
  },
);

testInBrowser(
  "an address that a person types reads, and does not write",
  async (browser) => {
    await using gateway = await GatewayProgram.start();
    await using page = await browser.newPage();
    const write = await page.goto(gateway.origin() + "/quit");
    assertEquals([write?.status(), write?.headers().allow], [
      405,
      "POST, OPTIONS",
    ]);
    assertEquals(gateway.rig.requests, []);
    const read = await page.goto(gateway.origin() + "/summary");
    assertEquals(await read?.text(), REPLY);
    assertEquals(gateway.rig.requests, ['{"command":"summary"}']);
  },
);

testInBrowser(
  "a link from another origin that a person follows reads, and tells the other page nothing",
  async (browser) => {
    await using gateway = await GatewayProgram.start();
    await using evil = EvilOrigin.start();
    evil.html = `<a href="${gateway.origin()}/summary">here</a>`;
    await using page = await browser.newPage();
    await page.goto(evil.origin("localhost"));
    await page.click("a");
    await page.waitForURL("**/summary");
    assertEquals(await page.textContent("body"), REPLY);
    await page.goto(evil.origin("localhost"));
    const outcome = await page.evaluate(`(async () => {
    const other = open("${gateway.origin()}/summary");
    while (true) {
      try {
        other.document.title;
        await new Promise((resolve) => setTimeout(resolve, 5));
      } catch (error) {
        return error.name;
      }
    }
  })()`);
    assertEquals(outcome, "SecurityError");
    assertEquals(await gateway.readLog(2), Array(2).fill("GET /summary 200"));
  },
);
