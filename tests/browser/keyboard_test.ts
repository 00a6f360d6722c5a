import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import type { Page } from "npm:playwright-core@1";
import { TOKEN } from "../program/attacked_gateway.ts";
import { Farm } from "./acting_farm.ts";
import { testInBrowser } from "./chromium.ts";

/** What has the focus, as it is called; "" where nothing has. */
async function readFocus(page: Page): Promise<string> {
  return String(
    await page.evaluate(`(() => {
      const { activeElement: found } = document;
      if (found === document.body) return "";
      return found.ariaLabel ?? (found.labels?.[0] ?? found).innerText.trim();
    })()`),
  );
}

/** More stops than any page of these tests has. */
const MAX_STOPS = 80;

/** Goes on by Tab until what is called so has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const met: string[] = [];
  for (let stop = 0; stop < MAX_STOPS; stop++) {
    await page.keyboard.press("Tab");
    const focus = await readFocus(page);
    if (name instanceof RegExp ? name.test(focus) : name === focus) return;
    met.push(focus);
  }
  throw new Error(`Tab never came to ${name}: ${met.join(", ")}`);
}

/** Waits until what is called so has the focus. */
async function waitForFocus(page: Page, name: string): Promise<void> {
  const hasText = new RegExp(`^\\s*${name}\\s*$`);
  await page.locator(":focus").filter({ hasText }).waitFor();
}

testInBrowser(
  "by keyboard alone the fleet is sorted and filtered, and a rig opened and left",
  async (browser) => {
    await using farm = await Farm.start(browser, [
      { deviceCount: 1 },
      { deviceCount: 3 },
      { deviceCount: 2 },
    ]);
    const { page } = farm;
    await farm.open();
    await page.getByText("3 of 3", { exact: true }).waitFor();
    const readNames = () => page.locator(".fleet tbody th").allInnerTexts();
    const heading = page.locator("th.hashrate");
    assertEquals(await readNames(), ["a", "b", "c"]);
    await tabTo(page, "Hashrate");
    await page.keyboard.press("Enter");
    await page.locator("th.hashrate[aria-sort=descending]").waitFor();
    assertEquals(await readNames(), ["b", "c", "a"]);
    await page.keyboard.press("Space");
    await page.locator("th.hashrate[aria-sort=ascending]").waitFor();
    assertEquals(await readNames(), ["a", "c", "b"]);
    assertMatch(await readFocus(page), /^Hashrate/);
    assertEquals(await heading.count(), 1);
    await page.keyboard.press("Shift+Tab");
    await tabTo(page, "c");
    await page.keyboard.press("Enter");
    await waitForFocus(page, "c");
    assertEquals(await page.locator("h2:focus").innerText(), "c");
    await page.keyboard.press("Shift+Tab");
    assertMatch(await readFocus(page), /All rigs/);
    await page.keyboard.press("Enter");
    // Where it came from.
    await waitForFocus(page, "c");
    assertEquals(await page.locator(".fleet a:focus").count(), 1);
    await page.reload();
    await page.getByText("3 of 3", { exact: true }).waitFor();
    await tabTo(page, /^Filter/);
    await page.keyboard.type("b");
    await page.getByText("1 of 3 rigs").waitFor();
    await tabTo(page, /^State/);
    await page.keyboard.type("Down");
    await page.getByText("No rig matches.").waitFor();
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "by keyboard alone a pool is switched, and Escape leaves a form",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}]);
    const { page } = farm;
    await farm.open();
    await tabTo(page, "Switch pool 1");
    await page.keyboard.press("Enter");
    await page.locator("select:focus").waitFor();
    await page.keyboard.press("Escape");
    await waitForFocus(page, "Switch");
    assertEquals(await page.getByRole("form").count(), 0);
    await page.keyboard.press("Space");
    await page.locator("select:focus").waitFor();
    await page.keyboard.type("pool 2");
    await page.getByText("Rig a will put pool 2").waitFor();
    await tabTo(page, "Switch pool");
    await page.keyboard.press("Enter");
    assertMatch(await farm.readAnswer("a"), /^S Switching to pool 2:/);
    await waitForFocus(page, "Switch");
    assertEquals(farm.writes, ["a switchpool 2"]);
    await tabTo(page, "Clear answers");
    await page.keyboard.press("Enter");
    await waitForFocus(page, "Add pool");
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "by keyboard alone a dialog is answered, and the focus goes back",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}]);
    const { page } = farm;
    await farm.open();
    await tabTo(page, "Remove pool 1");
    await page.keyboard.press("Enter");
    await page.getByRole("form").waitFor();
    await tabTo(page, "Remove pool…");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    assertEquals(await readFocus(page), "Cancel");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    // Still in the form, with what was chosen.
    await waitForFocus(page, "Remove pool…");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await tabTo(page, "Remove pool");
    await page.keyboard.press("Enter");
    assertMatch(await farm.readAnswer("a"), /^S Removed pool 1:/);
    await waitForFocus(page, "Remove");

    await tabTo(page, "Restart");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await waitForFocus(page, "Restart");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Restart: 1 of 1 rig answered").waitFor();
    assertEquals(await farm.readAnswer("a"), "S RESTART");
    await waitForFocus(page, "Restart");
    assertEquals(farm.writes, ["a removepool 1", "a restart"]);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "by keyboard alone the token is entered and forgotten, and a rig is asked",
  async (browser) => {
    const config = { allow: "R:0/0", token: TOKEN };
    await using farm = await Farm.start(browser, [{}], { config });
    const { page } = farm;
    await farm.open();
    await tabTo(page, "Enter a token");
    await page.keyboard.press("Enter");
    await page.locator("input[name=token]:focus").waitFor();
    await page.keyboard.press("Escape");
    await waitForFocus(page, "Enter a token");
    await page.keyboard.press("Enter");
    await page.locator("input[name=token]:focus").waitFor();
    await page.keyboard.type(TOKEN);
    await page.keyboard.press("Enter");
    await waitForFocus(page, "Forget token");
    await farm.button("Restart").waitFor();
    // Until the gateway says so, the page does not know that a token helps.
    const { promise: released, resolve: release } = Promise.withResolvers();
    await page.route("**/-/access", async (route) => {
      await released;
      await route.continue();
    });
    await page.keyboard.press("Enter");
    await waitForFocus(page, "Enter a token");
    release(undefined);
    await farm.button("Restart").waitFor({ state: "detached" });
    await waitForFocus(page, "Enter a token");
    await tabTo(page, "Ask");
    await page.keyboard.press("Enter");
    await page.getByLabel("Reply", { exact: true }).waitFor();
    await waitForFocus(page, "Ask");
    assertEquals(farm.errors, []);
  },
);
