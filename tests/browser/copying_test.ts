import { assertEquals, assertStringIncludes } from "jsr:@std/assert@1";
import type { Page } from "npm:playwright-core@1";
import { TOKEN } from "../program/attacked_gateway.ts";
import { Farm } from "./acting_farm.ts";
import { testInBrowser } from "./chromium.ts";

const CLIPBOARD = ["clipboard-read", "clipboard-write"];

/** Presses a button that copies, and reads the clipboard. */
async function copy(page: Page, name: string): Promise<string> {
  // What was there before is no proof.
  await page.evaluate("navigator.clipboard.writeText('')");
  const button = page.getByRole("button", { name, exact: true });
  await button.click();
  await page.locator("button", { hasText: name }).locator("+ [role=status]")
    .getByText("Copied").waitFor();
  return String(await page.evaluate("navigator.clipboard.readText()"));
}

testInBrowser(
  "a reply and its curl line are copied whole, and users only if they are shown",
  async (browser) => {
    await using farm = await Farm.start(browser, [{
      now: () => Date.UTC(2026, 0, 1),
      pools: [{ url: "stratum+tcp://pool:3333", user: "it's me" }],
    }], { context: { permissions: CLIPBOARD } });
    const { page, origin } = farm;
    await farm.open();
    await page.getByLabel("Command").fill("pools");
    await farm.button("Ask").click();
    const reply = await (await fetch(`${origin}/@a/pools?pretty`)).text();
    const shown = await copy(page, "Copy the reply");
    assertStringIncludes(shown, '"User": "•••"');
    assertEquals(shown.includes("it's me"), false);
    await page.getByLabel("show user names").check();
    assertEquals(await copy(page, "Copy the reply"), reply);
    assertEquals(
      await copy(page, "Copy the curl line"),
      `curl -s '${origin}/@a/pools?pretty'`,
    );
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "the curl line that is copied works in a shell, and holds no token",
  async (browser) => {
    const config = { allow: "R:0/0", token: TOKEN };
    await using farm = await Farm.start(browser, [{}], {
      config,
      context: { permissions: CLIPBOARD },
    });
    const { page } = farm;
    await farm.open();
    await farm.button("Enter a token").click();
    const field = page.getByLabel("Token", { exact: true });
    await field.fill(TOKEN);
    await field.press("Enter");
    await farm.button("Restart").waitFor();
    await page.getByLabel("Command").fill("asc");
    await page.getByLabel("Parameter").fill("it's $HOME/`0`");
    await farm.button("Ask").click();
    const line = await copy(page, "Copy the curl line");
    assertEquals(line.includes(TOKEN), false);
    // The shell's own words, without curl.
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", line.replace(/^curl/, "printf '%s\\n'")],
      env: { CHI_TOKEN: TOKEN },
    }).output();
    const path = "/@a/asc/it's%20%24HOME%2F%600%60?pretty";
    assertEquals(new TextDecoder().decode(stdout).split("\n"), [
      "-s",
      "-H",
      `Authorization: Bearer ${TOKEN}`,
      farm.origin + path,
      "",
    ]);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "where the browser has no clipboard, the page copies in the old way, or says so",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}], {
      context: { permissions: CLIPBOARD },
    });
    const { page } = farm;
    await farm.open();
    await farm.button("Ask").click();
    await farm.button("Copy the curl line").waitFor();
    // As it is over plain HTTP from another machine.
    await page.evaluate(`
      globalThis.readText = navigator.clipboard.readText.bind(navigator.clipboard);
      Object.defineProperty(navigator, "clipboard", { value: undefined });
    `);
    await farm.button("Copy the curl line").click();
    await page.getByText("Copied").waitFor();
    assertEquals(
      await page.evaluate("readText()"),
      `curl -s '${farm.origin}/@a/summary?pretty'`,
    );
    await page.evaluate("document.execCommand = () => false");
    await farm.button("Copy the curl line").click();
    await page.getByText("Cannot copy here: select the text").waitFor();
    assertEquals(await page.locator("textarea").count(), 0);
    assertEquals(farm.errors, []);
  },
);
