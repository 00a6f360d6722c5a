import { assertEquals } from "jsr:@std/assert@1";
import type { Browser, Page } from "npm:playwright-core@1";
import { FACTS, makeOpenApi } from "../../gateway/openapi/openapi.ts";
import { testInBrowser } from "./chromium.ts";
import { GatewayProgram } from "./gateway_program.ts";
import { findViolations } from "./violations.ts";

/** The page `/-/docs` of a running gateway, and what went wrong in it. */
async function openDocs(browser: Browser, origin: string, hash = ""): Promise<{
  page: Page;
  errors: string[];
}> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => errors.push(message.text()));
  page.on("request", (request) => {
    const { origin: asked, protocol } = new URL(request.url());
    if (asked !== origin && protocol !== "data:") errors.push(request.url());
  });
  await page.goto(`${origin}/-/docs${hash}`);
  return { page, errors };
}

/** Waits until so many operations are listed. */
function waitForCount(page: Page, text: string | RegExp): Promise<void> {
  return page.getByRole("status").filter({ hasText: text }).waitFor();
}

testInBrowser(
  "/-/docs shows without an error, fits a phone, and axe-core finds nothing, in light and dark",
  async (browser) => {
    await using gateway = await GatewayProgram.start();
    const { page, errors } = await openDocs(browser, gateway.origin());
    assertEquals(await page.title(), "chi-server: its API");
    await waitForCount(page, /^\d+ operations$/);
    // One is made like the other, and to look at all takes a quarter of a minute.
    await page.getByLabel("Search").fill("switchpool");
    await waitForCount(page, /^\d of \d+ operations$/);
    for (const fold of await page.locator("details").all()) {
      await fold.locator("summary").click();
    }
    await page.locator("#switchpool").getByText("Responses").waitFor();
    await page.setViewportSize({ width: 320, height: 600 });
    assertEquals(
      await page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
      true,
    );
    assertEquals(await findViolations(page), []);
    assertEquals(errors, []);
    assertEquals(gateway.rig.requests, []);
    await page.context().close();
  },
);

testInBrowser(
  "/-/docs lists every operation, folded, and searches in them",
  async (browser) => {
    await using gateway = await GatewayProgram.start();
    const { page, errors } = await openDocs(browser, gateway.origin());
    const { paths } = makeOpenApi(FACTS);
    const ids = Object.values(paths)
      .flatMap((item) => Object.values(item))
      .map(({ operationId }) => operationId);
    await waitForCount(page, `${ids.length} operations`);
    const listed = await page.locator("details").evaluateAll(
      (all) =>
        (all as unknown as { id: string; open: boolean }[])
          .map(({ id, open }) => [id, open]),
    );
    for (const id of ids) {
      assertEquals(listed.filter(([each]) => each === id), [[id, false]]);
    }
    await page.getByLabel("Search").fill("POST poolpriority");
    await waitForCount(page, new RegExp(`^\\d of ${ids.length} operations$`));
    await page.getByText("/poolpriority/{parameter}").waitFor();
    await page.getByLabel("Search").fill("no such thing");
    await waitForCount(page, `0 of ${ids.length} operations`);
    assertEquals(await page.locator("details").count(), 0);
    assertEquals(errors, []);
    await page.context().close();
  },
);

testInBrowser(
  "/-/docs opens the operation that its address names, and is gone through by keyboard",
  async (browser) => {
    await using gateway = await GatewayProgram.start();
    const { page, errors } = await openDocs(
      browser,
      gateway.origin(),
      "#switchpool",
    );
    const operation = page.locator("#switchpool");
    const curl = `curl -X POST ${gateway.origin()}/switchpool/0`;
    await operation.getByText(curl, { exact: true }).waitFor();
    const { y = -1 } = await operation.boundingBox() ?? {};
    assertEquals(y >= 0 && y < 200, true);
    assertEquals(await page.locator("#switchpool summary:focus").count(), 1);
    await page.keyboard.press("Enter");
    await operation.getByText(curl).waitFor({ state: "detached" });
    await page.keyboard.press("Space");
    await operation.getByText(curl).waitFor();
    await page.keyboard.press("Tab");
    assertEquals(
      await page.locator("button:focus").innerText(),
      "Copy the curl line",
    );
    // A failure that it links to, though the search has hidden it.
    await page.getByLabel("Search").fill("switchpool");
    await waitForCount(page, /^\d+ of/);
    await operation.getByRole("link", { name: "503", exact: true })
      .press("Enter");
    await page.locator("details[open][id^=response-] summary:focus").waitFor();
    assertEquals(await page.getByLabel("Search").inputValue(), "");
    assertEquals(errors, []);
    await page.context().close();
  },
);

testInBrowser(
  "/-/docs leads to /-/openapi.json without scripts",
  async (browser) => {
    await using gateway = await GatewayProgram.start();
    await using page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(gateway.origin() + "/-/docs");
    const [response] = await Promise.all([
      page.waitForResponse((each) => each.url().endsWith("openapi.json")),
      page.getByRole("link", { name: "openapi.json", exact: true }).click(),
    ]);
    assertEquals((await response.json()).openapi, "3.1.0");
  },
);

testInBrowser(
  "attack: markup in the name, the parameter or the version of what /-/docs describes",
  async (browser) => {
    await using gateway = await GatewayProgram.start();
    const evil =
      `</code><script>alert("1")</script><img src=x onerror='alert(1)'>&`;
    const page = await browser.newPage();
    const reply = { status: "list", sections: [], isSingle: false } as const;
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("dialog", (dialog) => {
      errors.push("It ran");
      return dialog.dismiss();
    });
    await page.route("**/-/openapi.json", (route) =>
      route.fulfill({
        json: makeOpenApi({
          ...FACTS,
          version: evil,
          commands: [
            { name: evil, group: "R", joinable: true, reply, text: evil },
            {
              name: "W" + evil,
              group: "W",
              joinable: false,
              reply,
              text: evil,
            },
          ],
        }),
      }));
    await page.goto(gateway.origin() + "/-/docs");
    await page.locator("h1").filter({ hasText: evil }).waitFor();
    await page.getByLabel("Search").fill("onerror");
    for (const fold of await page.locator("details").all()) {
      await fold.locator("summary").click();
    }
    await page.locator(".fold").first().waitFor();
    assertEquals(await page.locator("img, body script").count(), 0);
    assertEquals(errors, []);
    await page.context().close();
  },
);
