import { assert, assertEquals, assertMatch } from "jsr:@std/assert@1";
import { ACTIONS } from "../../dashboard/action_table.ts";
import { TOKEN } from "../program/attacked_gateway.ts";
import { Farm, WRITES } from "./acting_farm.ts";
import { testInBrowser } from "./chromium.ts";

/** Asserts that there is no button of any action, once there could be. */
async function assertNoButtons(farm: Farm): Promise<void> {
  // They come with the rights; what is rendered then is there a frame later.
  await farm.page.getByText(/^chi-server \d/).waitFor();
  await farm.page.evaluate(
    "new Promise((resolve) => setTimeout(requestAnimationFrame, 0, resolve))",
  );
  for (const { title } of ACTIONS) {
    assertEquals([title, await farm.opener(title).count()], [title, 0]);
  }
}

/** Types a token where one is asked for. */
async function enterToken(farm: Farm, token: string): Promise<void> {
  const field = farm.page.getByLabel("Token", { exact: true });
  await field.fill(token);
  await field.press("Enter");
}

/** Has the page send every write, in both ways; gives each answer once. */
async function forgeWrites(farm: Farm): Promise<unknown> {
  // Else the browser asks the viewer for a password, and waits.
  const script = `{ "x-requested-with": "test" }`;
  const answers = await farm.page.evaluate(
    `Promise.all(${JSON.stringify([...WRITES])}.flatMap((command) => [
      fetch("/@a/" + command + "/0", { method: "POST", headers: ${script} }),
      fetch("/@a", {
        method: "POST",
        headers: { "content-type": "application/json", ...${script} },
        body: JSON.stringify({ command, parameter: "0" }),
      }),
    ].map(async (asked) => {
      const response = await asked;
      return response.status + " " + (await response.json()).code;
    })))`,
  ) as string[];
  assertEquals(answers.length, 2 * WRITES.size);
  return [...new Set(answers)];
}

testInBrowser(
  "who may only read sees no buttons, and a forged POST is refused",
  async (browser) => {
    const config = { allow: "R:0/0" };
    await using farm = await Farm.start(browser, [{}, {}], { config });
    const { page } = farm;
    await farm.open();
    await page.getByText("2 of 2", { exact: true }).waitFor();
    assertEquals(await page.getByRole("checkbox").count(), 0);
    await page.getByRole("link", { name: "a", exact: true }).click();
    await assertNoButtons(farm);
    // Without a token at the gateway, none is asked for.
    assertEquals(await page.getByText(/token/i).count(), 0);
    assertEquals(await forgeWrites(farm), ["403 command-denied"]);
    assertEquals(farm.writes, []);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "rights that come after the rigs are in every row at once",
  async (browser) => {
    const now = () => Date.UTC(2026, 0, 1);
    await using farm = await Farm.start(browser, [{ now }, { now }]);
    const { page } = farm;
    const rows = Promise.withResolvers<void>();
    await page.route("**/-/access", async (route) => {
      await rows.promise;
      await route.continue();
    });
    await page.goto(farm.origin);
    await page.getByText("2 of 2", { exact: true }).waitFor();
    rows.resolve();
    await page.getByLabel("Select all rigs that are listed").waitFor();
    // Else a row's cells stand below the wrong headings.
    assertEquals(await page.locator(".fleet tbody td.select").count(), 2);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a group that may do some things sees the buttons of those alone",
  async (browser) => {
    const config = { allow: "P:0/0", groups: "P:switchpool:zero:*" };
    await using farm = await Farm.start(browser, [{}], { config });
    await farm.open();
    await farm.opener("Switch pool").waitFor();
    const shown = [];
    for (const { title } of ACTIONS) {
      if (await farm.opener(title).count() > 0) shown.push(title);
    }
    assertEquals(shown, ["Switch pool", "Zero stats"]);
    const form = await farm.openForm("Zero stats");
    await form.getByRole("button", { name: "Zero stats" }).click();
    assertMatch(await farm.readAnswer("a"), /^S Zeroed All stats/);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a group that may switch devices of a kind sees the buttons at such rigs",
  async (browser) => {
    const config = { allow: "P:0/0", groups: "P:gpudisable:*" };
    await using farm = await Farm.start(browser, [
      { personality: "sgminer" },
      { personality: "cgminer" },
    ], { config });
    await farm.open("#/rig/a");
    const form = await farm.openForm("Disable device");
    await form.getByRole("button", { name: "Disable device" }).click();
    assertMatch(await farm.readAnswer("a"), /^I GPU 0 set disable flag/);
    assertEquals(farm.writes, ["a gpudisable 0"]);
    await farm.open("#/rig/b");
    await assertNoButtons(farm);
    assertEquals(await farm.page.getByText("Actions").count(), 0);
  },
);

/** All that a page may keep beyond its memory, and what it shows. */
const READ_TRACES = `(async () => JSON.stringify([
  { ...localStorage }, { ...sessionStorage }, document.cookie,
  await indexedDB.databases(), isSecureContext && await caches.keys(),
  location.href, history.state, name, document.documentElement.outerHTML,
  [...document.querySelectorAll("input")].map(({ value }) => value),
  performance.getEntries().map(({ name }) => name),
]))()`;

/** Asserts that the token is in the page's memory at most. */
async function assertNoTraces(farm: Farm): Promise<void> {
  const traces = String(await farm.page.evaluate(READ_TRACES));
  assert(traces.includes(farm.origin));
  assert(!traces.includes(TOKEN));
  const { cookies, origins } = await farm.page.context().storageState();
  assertEquals([cookies, origins], [[], []]);
}

testInBrowser(
  "the token in the header brings the actions, and is kept in memory alone",
  async (browser) => {
    const path = await Deno.makeTempFile();
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Deno.remove(path));
    await Deno.writeTextFile(path, TOKEN);
    const config = { allow: "R:0/0", "token-file": path };
    const farm = stack.use(await Farm.start(browser, [{}, {}], { config }));
    const { page } = farm;
    await farm.open();
    await page.getByText("2 of 2", { exact: true }).waitFor();
    const buttons = page.getByRole("button", { name: /token/i });
    // Its module is loaded behind the first values.
    await buttons.first().waitFor();
    assertEquals(await buttons.allInnerTexts(), ["Enter a token"]);
    await buttons.click();
    await enterToken(farm, TOKEN.slice(1));
    await page.getByText("This is not the token").waitFor();
    await enterToken(farm, "no token at all");
    await page.getByText("This is not the token").waitFor();
    assertEquals(await page.getByLabel(/^Select /).count(), 0);
    await enterToken(farm, TOKEN);
    await page.getByLabel("Select all rigs that are listed").waitFor();
    await page.getByLabel("Select a", { exact: true }).waitFor();
    assertEquals(await buttons.allInnerTexts(), ["Forget token"]);
    await assertNoTraces(farm);

    await page.getByRole("link", { name: "a", exact: true }).click();
    const form = await farm.openForm("Switch pool");
    await form.getByRole("combobox").selectOption("1");
    await form.getByRole("button", { name: "Switch pool" }).click();
    assertMatch(await farm.readAnswer("a"), /^S Switching to pool 1:/);
    assertEquals(farm.writes, ["a switchpool 1"]);
    await farm.button("Ask").click();
    // The line for a shell names the variable, never the token.
    await page.getByText('"Authorization: Bearer $CHI_TOKEN"').waitFor();
    await assertNoTraces(farm);
    assertEquals(await buttons.allInnerTexts(), ["Forget token"]);
    await buttons.click();
    await farm.opener("Switch pool").waitFor({ state: "detached" });
    await assertNoButtons(farm);
    assertEquals(await buttons.allInnerTexts(), ["Enter a token"]);
    assertEquals(await forgeWrites(farm), ["401 token-required"]);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a page whose viewer loses the right to read says so, and the token brings it back",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}, {}]);
    const { page } = farm;
    await farm.open();
    await page.getByText("2 of 2", { exact: true }).waitFor();
    const config = {
      allow: "R:0/0",
      token: TOKEN,
      "token-for-reads": true,
    };
    await farm.configure(config);
    await page.getByRole("heading", { name: "No permission" }).waitFor();
    await page.getByText("A token is needed", { exact: true }).waitFor();
    // No value of a rig is left.
    assertEquals(await page.locator(".tile, .fleet").count(), 0);
    await enterToken(farm, "wrong");
    await page.getByText("This is not the token").waitFor();
    await enterToken(farm, TOKEN);
    await page.getByText("2 of 2", { exact: true }).waitFor();
    await page.getByLabel("Select a", { exact: true }).waitFor();
    await assertNoTraces(farm);
    // Another token: what the page holds is worth nothing now.
    await farm.configure({ ...config, token: `${TOKEN}-2` });
    await page.getByRole("heading", { name: "No permission" }).waitFor();
    await enterToken(farm, `${TOKEN}-2`);
    await page.getByText("2 of 2", { exact: true }).waitFor();
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a page whose viewer may ask nothing comes back when it may again",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}, {}]);
    const { page } = farm;
    await farm.open();
    await farm.configure({ allow: "W:10/8" });
    await page.getByText("Not allowed from that address").waitFor();
    // The gateway has no token.
    assertEquals(await page.getByLabel("Token", { exact: true }).count(), 0);
    await farm.configure();
    await farm.button("Try again").click();
    await page.getByText("2 of 2", { exact: true }).waitFor();
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "buttons go away when the viewer may only read any more",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}]);
    await farm.open();
    await farm.button("Restart").waitFor();
    await farm.configure({ allow: "R:0/0" });
    await farm.button("Restart").waitFor({ state: "detached" });
    await assertNoButtons(farm);
    await farm.page.getByText("Up", { exact: true }).waitFor();
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a token that is withdrawn is said, not tried on, and another one is taken",
  async (browser) => {
    const config = { allow: "R:0/0", token: TOKEN };
    await using farm = await Farm.start(browser, [{}], { config });
    const { page } = farm;
    await farm.open();
    await farm.button("Enter a token").click();
    await enterToken(farm, TOKEN);
    await farm.button("Restart").waitFor();
    const token = `${TOKEN}-2`;
    await farm.configure({ ...config, token });
    await page.getByText("does not take the token any more").waitFor();
    await farm.button("Restart").waitFor({ state: "detached" });
    await page.getByText("Up", { exact: true }).waitFor();
    await farm.button("Enter a token").click();
    await enterToken(farm, token);
    await farm.button("Restart").waitFor();
    assertEquals(await page.getByText("any more").count(), 0);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a page that may not be read opens with the form for the token",
  async (browser) => {
    const config = { allow: "R:0/0", "token-for-reads": true, token: TOKEN };
    await using farm = await Farm.start(browser, [{}], { config });
    const { page } = farm;
    for (const path of ["/", "/@a/"]) {
      await page.goto(farm.origin + path);
      await page.getByRole("heading", { name: "No permission" }).waitFor();
      await enterToken(farm, TOKEN);
      await page.getByText("Up", { exact: true }).filter({ visible: true })
        .first().waitFor();
    }
    assertEquals(farm.errors, []);
  },
);
