/**
 * What the dashboard loads and in which order, and what it does with a thousand
 * rigs. How long that takes is measured by bench/dashboard.ts.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@1";
import { Simulator } from "../../rigs/simulator.ts";
import { replyAfter, ScriptedRig } from "../scripted_rig.ts";
import { testInBrowser } from "./chromium.ts";
import { Dashboard } from "./dashboard_page.ts";

/** Less than 1,000, and more than any window shows. */
const MAX_ROWS = 60;

/** What the page may weigh, in bytes, as it is sent. */
const MAX_WEIGHT = 90_000;

testInBrowser(
  "a first visit of the fleet and of a rig weighs less than 90 kB as it is sent",
  async (browser) => {
    await using board = await Dashboard.start(browser, ["--demo=3"]);
    const charts = board.page.waitForResponse("**/uplot.js");
    await board.open();
    await charts;
    await board.page.getByRole("link", { name: "demo-2", exact: true }).click();
    await board.page.getByRole("region", { name: "Pools" }).waitFor();
    // This visitor may act, for which more is loaded.
    await board.page.getByRole("button", { name: "Restart" }).waitFor();
    const { decoded, transferred } = await board.weigh();
    assert(transferred < MAX_WEIGHT, `It weighs ${transferred} bytes`);
    assert(decoded > 100_000, `Only ${decoded} bytes were counted`);
    assert(transferred < decoded / 2, `${transferred} of ${decoded} bytes`);
    board.assertClean();
  },
);

testInBrowser(
  "the rigs are asked for once app.js is there, and nothing else before them",
  async (browser) => {
    await using board = await Dashboard.start(browser, ["--demo=3"]);
    await board.open();
    await board.readRow("demo-1");
    const first = board.asked.indexOf("/-/rigs");
    assertEquals(board.asked.slice(0, first).toSorted(), [
      "/",
      "/-/assets/app.js",
      "/-/assets/style.css",
    ]);
    assertEquals(board.asked.filter((path) => path === "/-/rigs").length, 1);
    board.assertClean();
  },
);

testInBrowser(
  "values are shown while the charts, the history and the rights have not come",
  async (browser) => {
    await using board = await Dashboard.start(browser, ["--demo=3"]);
    const { promise: released, resolve: release } = Promise.withResolvers();
    for (const path of ["assets/uplot.*", "history*", "access", "readyz"]) {
      await board.page.route(`**/-/${path}`, async (route) => {
        await released;
        await route.continue();
      });
    }
    await board.open();
    for (const name of ["demo-1", "demo-2", "demo-3"]) {
      const [, state, , hashrate] = await board.readRow(name);
      assertEquals(state, "Up");
      assert(hashrate?.endsWith("H/s"), hashrate);
    }
    assertEquals(await board.page.locator(".u-legend").count(), 0);
    release(undefined);
    await board.page.locator(".u-legend").first().waitFor();
    board.assertClean();
  },
);

testInBrowser(
  "the first rig that has answered is not taken for the only one",
  async (browser) => {
    const { promise: released, resolve: release } = Promise.withResolvers();
    await using rig = Simulator.start();
    await using silent = await ScriptedRig.start(
      replyAfter(() => released, "{}"),
    );
    const args = Dashboard.nameRigs([rig, silent]);
    await using board = await Dashboard.start(browser, args);
    // What says how many rigs there are comes last.
    await board.page.route("**/-/readyz", async (route) => {
      await released;
      await route.continue();
    });
    await board.page.addInitScript(`
      globalThis.wasRigShown = false;
      new MutationObserver(() => {
        wasRigShown ||= document.querySelector(".rig-head") !== null;
      }).observe(document, { childList: true, subtree: true });
    `);
    await board.open();
    await board.readRow("a");
    release(undefined);
    await board.page.getByText("1 of 2", { exact: true }).waitFor();
    assertEquals(await board.page.evaluate("wasRigShown"), false);
    board.assertClean();
  },
);

testInBrowser(
  "of many rigs only the rows in sight are there; they sort, filter and scroll",
  async (browser) => {
    // A thousand names of one rig.
    await using rig = Simulator.start({ personality: "antminer" });
    const args = Array.from(
      { length: 1000 },
      (_, index) => `--rig=rig-${index + 1}=127.0.0.1:${rig.port}`,
    );
    await using board = await Dashboard.start(browser, args);
    await board.open();
    const { page } = board;
    await page.getByText("1,000 of 1,000", { exact: true }).waitFor();
    const rows = page.locator(".fleet tbody tr:not(.spacer)");
    assert(await rows.count() < MAX_ROWS);
    const table = page.locator(".fleet table");
    assertEquals(await table.getAttribute("aria-rowcount"), "1001");
    await page.evaluate(`document.querySelector(".fleet").scrollTop = 1e6`);
    await page.getByRole("link", { name: "rig-1000", exact: true }).waitFor();
    assert(await rows.count() < MAX_ROWS);
    await page.getByRole("button", { name: "Name" }).click();
    await page.getByRole("button", { name: "Name" }).click();
    await page.evaluate(`document.querySelector(".fleet").scrollTop = 0`);
    await page.getByRole("link", { name: "rig-1000", exact: true }).waitFor();
    await page.getByLabel("Filter").fill("S9 rig-99");
    await page.getByText("11 of 1,000 rigs").waitFor();
    assertEquals(await rows.count(), 11);
    await page.getByLabel("Filter").fill("nothing of that");
    await page.getByText("No rig matches.").waitFor();
    board.assertClean();
  },
);
