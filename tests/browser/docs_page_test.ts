import { assertEquals } from "jsr:@std/assert@1";
import { testInBrowser } from "./chromium.ts";
import { GatewayProgram } from "./gateway_program.ts";
import { findViolations } from "./violations.ts";

testInBrowser(
  "/-/docs shows without an error, fits a phone, and axe-core finds nothing, in light and dark",
  async (browser) => {
    await using gateway = await GatewayProgram.start();
    await using page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => errors.push(message.text()));
    page.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      const isOwn = origin === gateway.origin() || protocol === "data:";
      if (!isOwn) errors.push(request.url());
    });
    await page.goto(gateway.origin() + "/-/docs");
    assertEquals(await page.title(), "chi-server: its API");
    const read = (script: string) => page.evaluate(script);
    const color = await read("getComputedStyle(document.body).marginLeft");
    // The style came: without it, the margin would be the browser's own.
    assertEquals(color === "8px", false);
    await page.setViewportSize({ width: 320, height: 600 });
    assertEquals(
      await read("document.documentElement.scrollWidth <= innerWidth"),
      true,
    );
    // One is made like the other, and to look at all takes a quarter of a minute.
    await read(`document.querySelectorAll("article:nth-of-type(n + 3)")
      .forEach((each) => each.remove())`);
    assertEquals(await findViolations(page), []);
    assertEquals(errors, []);
    assertEquals(gateway.rig.requests, []);
  },
);

testInBrowser(
  "/-/docs leads to each operation, and to the gateway, without scripts",
  async (browser) => {
    await using gateway = await GatewayProgram.start();
    await using page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(gateway.origin() + "/-/docs");
    const name = "POST /switchpool/{parameter}";
    await page.getByRole("navigation")
      .getByRole("link", { name, exact: true }).click();
    assertEquals(new URL(page.url()).hash, "#switchpool");
    const heading = page.getByRole("heading", { name, exact: true });
    const { y = -1 } = await heading.boundingBox() ?? {};
    assertEquals(y >= 0 && y < 200, true);
    const [response] = await Promise.all([
      page.waitForResponse((each) => each.url().endsWith("openapi.json")),
      page.getByRole("link", { name: "openapi.json", exact: true }).click(),
    ]);
    assertEquals((await response.json()).openapi, "3.1.0");
  },
);
