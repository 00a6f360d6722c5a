import { assertEquals } from "jsr:@std/assert@1";
import { readFigures, sumFleet } from "../../dashboard/figures.ts";
import {
  formatCelsius,
  formatHashrate,
  formatPercent,
  formatPool,
} from "../../dashboard/format.ts";
import { Farm } from "./acting_farm.ts";
import { testInBrowser } from "./chromium.ts";

/** Values stand still, so that the page and the test read the same ones. */
const now = (): number => Date.UTC(2026, 0, 1);

const OPTIONS = {
  tags: {
    a: { site: "barn", row: "1" },
    b: { site: "house" },
    c: { site: "barn" },
  },
};

testInBrowser(
  "the page of a tag has its rigs alone, with the values of /-/rigs?tag=",
  async (browser) => {
    await using farm = await Farm.start(browser, [
      { now },
      { now, seed: 2 },
      { now, seed: 3, personality: "antminer" },
    ], OPTIONS);
    const { page, origin } = farm;
    await farm.open("@site:barn/");
    await page.getByText("2 of 2", { exact: true }).waitFor();
    const response = await fetch(`${origin}/-/rigs?tag=site:barn`);
    const { rigs } = await response.json();
    assertEquals(rigs.map(({ name }: { name: string }) => name), ["a", "c"]);
    const rows = page.locator(".fleet tbody tr:not(.spacer)");
    assertEquals(await rows.locator("th").allInnerTexts(), ["a", "c"]);
    for (const [index, member] of rigs.entries()) {
      const figures = readFigures(member);
      const cells = rows.nth(index).locator("td:not(.select, .trend)");
      const [state, celsius, hashrate, , rejects, , , pool, , tags] =
        (await cells.allInnerTexts()).map((text) => text.trim());
      assertEquals([state, hashrate, celsius, rejects, pool, tags], [
        "Up",
        formatHashrate(figures.hashrate),
        formatCelsius(figures.celsius),
        formatPercent(figures.rejectPercent),
        formatPool(figures.pool),
        index === 0 ? "site:barn row:1" : "site:barn",
      ]);
    }
    const [hashrate] = sumFleet(rigs).hashrates.values();
    const tile = page.locator(".tile", { hasText: "Hashrate" }).first();
    assertEquals(
      await tile.locator("dd").innerText(),
      formatHashrate(hashrate),
    );
    assertEquals(await page.locator("header bdi").innerText(), "site:barn");
    await page.getByRole("link", { name: "c", exact: true }).click();
    await page.getByRole("heading", { name: "c", exact: true }).waitFor();
    await page.getByRole("link", { name: "All rigs" }).click();
    await page.getByText("2 of 2", { exact: true }).waitFor();
    // Still those of the tag.
    assertEquals(await rows.locator("th").allInnerTexts(), ["a", "c"]);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "the page of a tag selects and acts on the rigs of that tag alone",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}, {}, {}], OPTIONS);
    const { page } = farm;
    await farm.open("@site:barn/");
    await page.getByText("2 of 2", { exact: true }).waitFor();
    await page.getByLabel("Select all rigs that are listed").check();
    const form = await farm.openForm("Zero stats");
    await form.getByRole("button", { name: "Zero stats" }).click();
    await page.getByText("Zero stats: 2 of 2 rigs answered.").waitFor();
    assertEquals(farm.writes.toSorted(), [
      "a zero all,false",
      "c zero all,false",
    ]);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a rig that loses its tag leaves the page of the tag",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}, {}, {}], OPTIONS);
    const { page } = farm;
    await farm.open("@site:barn/");
    await page.getByText("2 of 2", { exact: true }).waitFor();
    await farm.configure({}, { a: { site: "barn" } });
    await page.getByRole("link", { name: "c", exact: true }).waitFor({
      state: "detached",
    });
    await page.getByText("1 of 1", { exact: true }).waitFor();
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "the page of a tag that no rig has says so",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}], OPTIONS);
    const { page } = farm;
    const response = await page.goto(`${farm.origin}/@site:cellar/`);
    assertEquals(response?.status(), 404);
    assertEquals((await response?.json()).code, "unknown-rig");
  },
);
