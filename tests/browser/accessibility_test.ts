import { assertEquals } from "jsr:@std/assert@1";
import { TOKEN } from "../program/attacked_gateway.ts";
import { Farm } from "./acting_farm.ts";
import { testInBrowser } from "./chromium.ts";
import { findViolations } from "./violations.ts";

/** Asserts that axe-core finds nothing, and names the state if it does. */
async function assertAccessible(farm: Farm, state: string): Promise<void> {
  assertEquals([state, await findViolations(farm.page)], [state, []]);
}

testInBrowser(
  "axe-core finds nothing in the fleet, with a rig down, a selection and answers",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}, {
      personality: "antminer",
    }, {}], {
      tags: { a: { site: "barn" } },
    });
    const { page } = farm;
    await farm.stopRig(2);
    await farm.open();
    await page.getByText("2 of 3", { exact: true }).waitFor();
    await page.getByText("refused the connection").waitFor();
    await assertAccessible(farm, "fleet");
    await page.getByLabel("Filter").fill("no such rig");
    await page.getByText("No rig matches.").waitFor();
    await assertAccessible(farm, "no rig matches");
    await farm.button("Show all").click();
    await farm.select("a", "c");
    await farm.openForm("Add pool");
    await assertAccessible(farm, "form for a selection");
    await farm.button("Restart").click();
    await page.getByRole("dialog").waitFor();
    await assertAccessible(farm, "dialog for a selection");
    await page.getByRole("dialog").getByRole("button", { name: "Restart" })
      .click();
    await page.getByText("2 of 2 rigs answered, 1 failed").waitFor();
    await assertAccessible(farm, "answers");
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "axe-core finds nothing in a rig's page, its forms, its dialog and a reply",
  async (browser) => {
    await using farm = await Farm.start(browser, [{ personality: "sgminer" }]);
    const { page } = farm;
    await farm.open();
    await page.locator(".u-legend").first().waitFor();
    await farm.button("Ask").click();
    await page.getByLabel("Reply", { exact: true }).waitFor();
    await assertAccessible(farm, "rig");
    for (
      const name of ["Switch pool", "Pool priorities", "Disable device"]
    ) {
      await farm.openForm(name);
      await assertAccessible(farm, name);
    }
    await farm.button("Quit").click();
    await page.getByRole("dialog").waitFor();
    await assertAccessible(farm, "dialog");
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "axe-core finds nothing in the token's form, and where there is no permission",
  async (browser) => {
    const config = { allow: "R:0/0", token: TOKEN };
    await using farm = await Farm.start(browser, [{}, {}], { config });
    const { page } = farm;
    await farm.open();
    await farm.button("Enter a token").click();
    await page.getByLabel("Token", { exact: true }).fill("wrong");
    await farm.button("Use token").click();
    await page.getByText("This is not the token").waitFor();
    await assertAccessible(farm, "token");
    await farm.configure({ ...config, "token-for-reads": true });
    await page.getByRole("heading", { name: "No permission" }).waitFor();
    await page.getByLabel("Token", { exact: true }).waitFor();
    await assertAccessible(farm, "no permission");
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "axe-core finds nothing where no rig answers, nor where the gateway is gone",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}, {}]);
    const { page } = farm;
    await farm.open();
    await page.getByText("2 of 2", { exact: true }).waitFor();
    await farm.stopRig(0);
    await farm.stopRig(1);
    await page.getByRole("heading", { name: "No rig answers" }).waitFor();
    await assertAccessible(farm, "no rig answers");
    await page.getByRole("link", { name: "a", exact: true }).click();
    await page.getByText("The rig is down").waitFor();
    await assertAccessible(farm, "rig down");
    await farm.program[Symbol.asyncDispose]();
    await page.getByText("Connection lost").waitFor();
    await assertAccessible(farm, "rig, connection lost");
    await page.getByRole("link", { name: "All rigs" }).click();
    await assertAccessible(farm, "fleet, connection lost");
    assertEquals(farm.errors, []);
  },
);
