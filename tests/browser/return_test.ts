import { assert, assertEquals, assertMatch } from "jsr:@std/assert@1";
import type { Page } from "npm:playwright-core@1";
import { testInBrowser } from "./chromium.ts";
import { Dashboard } from "./dashboard_page.ts";

/** Tells the page that it is looked at, or not. */
async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, "hidden",
      { value: ${isHidden}, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  `);
}

/** Notes whether the banner is ever shown. */
const WATCH_BANNER = `
  globalThis.wasBannerShown = false;
  new MutationObserver(() => {
    wasBannerShown ||= document.querySelector(".banner") !== null;
  }).observe(document, { childList: true, subtree: true });
`;

testInBrowser(
  "a hidden page lets its stream go, and takes it up again when it is looked at",
  async (browser) => {
    await using board = await Dashboard.start(browser, ["--demo=3"]);
    const { page } = board;
    await page.clock.install();
    await page.addInitScript(WATCH_BANNER);
    await board.open();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByText("3 of 3", { exact: true }).waitFor();
    const ended = page.waitForEvent("requestfailed", {
      predicate: (request) => request.url().endsWith("/-/rigs"),
    });
    await setHidden(page, true);
    await page.clock.fastForward(11_000);
    await ended;
    const asked = page.waitForRequest("**/-/rigs");
    await setHidden(page, false);
    await asked;
    await page.getByText("Live", { exact: true }).waitFor();
    await page.locator(".stale").first().waitFor({ state: "detached" });
    assertEquals(await page.evaluate("wasBannerShown"), false);
    board.assertClean();
  },
);

testInBrowser(
  "a computer that slept connects anew, and reads the history that it missed",
  async (browser) => {
    await using board = await Dashboard.start(browser, ["--demo=3"]);
    const { page } = board;
    await page.clock.install();
    await page.addInitScript(WATCH_BANNER);
    await board.open();
    await page.getByText("3 of 3", { exact: true }).waitFor();
    await page.locator(".u-legend").first().waitFor();
    const asked = Promise.all([
      page.waitForRequest("**/-/rigs"),
      page.waitForRequest("**/-/history"),
      page.waitForRequest("**/-/history?rig=demo-1"),
    ]);
    await page.clock.setSystemTime(Date.now() + 3_600_000);
    await page.clock.runFor(6000);
    await asked;
    await page.getByText("Live", { exact: true }).waitFor();
    assertEquals(await page.evaluate("wasBannerShown"), false);
    board.assertClean();
  },
);

testInBrowser(
  "a browser that loses its network says so at once, and how old the values are",
  async (browser) => {
    await using board = await Dashboard.start(browser, ["--demo=3"]);
    const { page } = board;
    await board.open();
    await page.getByText("3 of 3", { exact: true }).waitFor();
    await page.context().setOffline(true);
    const banner = page.locator(".banner");
    await banner.waitFor();
    assertMatch(await banner.innerText(), /Last heard .*(just now|ago)/);
    await page.context().setOffline(false);
    await banner.waitFor({ state: "detached" });
    board.assertClean();
  },
);

testInBrowser(
  "a chart whose script did not come is drawn when the gateway is back",
  async (browser) => {
    const args = ["--demo=3"];
    await using board = await Dashboard.start(browser, args);
    const { page } = board;
    const failed = page.waitForEvent("requestfailed", {
      predicate: (request) => request.url().endsWith("/uplot.js"),
    });
    await page.route("**/uplot.js", (route) => route.abort());
    await board.open();
    await failed;
    await page.getByText("3 of 3", { exact: true }).waitFor();
    await page.unroute("**/uplot.js");
    await board.program[Symbol.asyncDispose]();
    await page.getByText("Connection lost, retrying").waitFor();
    assertEquals(await page.locator(".u-legend").count(), 0);
    await board.restart(args);
    await page.locator(".u-legend").first().waitFor();
    board.assertClean();
  },
);

testInBrowser(
  "who comes back from a rig finds filter, order, selection and place again",
  async (browser) => {
    await using board = await Dashboard.start(browser, ["--demo=60"]);
    const { page } = board;
    await board.open();
    await page.getByText("60 rigs", { exact: true }).waitFor();
    await page.getByLabel("Filter").fill("demo-");
    await page.getByLabel("State").selectOption("up");
    await page.getByRole("button", { name: "Name" }).click();
    await page.getByRole("button", { name: "Name" }).click();
    await page.getByRole("checkbox", { name: "Select demo-60", exact: true })
      .check();
    await page.evaluate(`document.querySelector(".fleet").scrollTop = 800`);
    // In sight only there.
    await page.getByRole("link", { name: "demo-60" }).waitFor({
      state: "detached",
    });
    const name = await page.locator(".fleet tbody th a").nth(14).innerText();
    const link = page.getByRole("link", { name, exact: true });
    await link.hover();
    const top = await page.evaluate(
      `document.querySelector(".fleet").scrollTop`,
    );
    assert(Number(top) > 0);
    await link.click();
    await page.getByRole("heading", { name }).waitFor();
    await page.goBack();
    await page.getByRole("link", { name, exact: true }).waitFor();
    assertEquals(await page.getByLabel("Filter").inputValue(), "demo-");
    assertEquals(await page.getByLabel("State").inputValue(), "up");
    await page.getByText("1 selected").waitFor();
    assertEquals(
      await page.evaluate(`document.querySelector(".fleet").scrollTop`),
      top,
    );
    const heading = page.getByRole("columnheader", { name: "Name" });
    assertEquals(await heading.getAttribute("aria-sort"), "descending");
    board.assertClean();
  },
);
