import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { ACTIONS } from "../../gateway/dashboard/action_table.js";
import { TOKEN } from "../program/attacked_gateway.ts";
import { Farm, WRITES } from "./acting_farm.ts";
import { testInBrowser } from "./chromium.ts";

testInBrowser(
  "a pool is switched, and the rig's own pools show it",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}]);
    await farm.open();
    const form = await farm.openForm("Switch pool");
    await form.getByRole("combobox").selectOption("2");
    assertMatch(
      await form.getByRole("status").innerText(),
      /^Rig a will put pool 2 \(.+\) first/,
    );
    // It said so beforehand.
    assertEquals(farm.writes, []);
    await form.getByRole("button", { name: "Switch pool" }).click();
    assertMatch(await farm.readAnswer("a"), /^S Switching to pool 2:'/);
    assertEquals(farm.writes, ["a switchpool 2"]);
    const pools = await farm.ask(0, "pools");
    assertEquals(
      pools.map((pool) => [pool["POOL"], pool["Priority"]]),
      [[0, 1], [1, 2], [2, 0]],
    );
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "pools get priorities, and one is disabled, enabled and removed",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}]);
    await farm.open();
    const { page } = farm;
    await farm.openForm("Pool priorities");
    await farm.button("Move pool 1 up").click();
    await page.getByRole("form").getByRole("button", {
      name: "Pool priorities",
    }).click();
    assertMatch(await farm.readAnswer("a"), /^S Changed pool priorities/);
    for (
      const [name, words] of [
        ["Disable pool", /^S Disabling pool 2:/],
        ["Enable pool", /^S Enabling pool 2:/],
      ] as const
    ) {
      const form = await farm.openForm(name);
      await form.getByRole("combobox").selectOption("2");
      await form.getByRole("button", { name }).click();
      await page.getByText(`${name}: 1 of 1 rig answered`).waitFor();
      assertMatch(await farm.readAnswer("a"), words);
    }
    const form = await farm.openForm("Remove pool");
    await form.getByRole("combobox").selectOption("2");
    await form.getByRole("button", { name: "Remove pool" }).click();
    const dialog = page.getByRole("dialog");
    assertStringIncludes(await dialog.innerText(), "will forget pool 2");
    assertEquals(farm.writes.length, 3);
    await dialog.getByRole("button", { name: "Remove pool" }).click();
    await page.getByText("Remove pool: 1 of 1 rig answered").waitFor();
    assertEquals(farm.writes, [
      "a poolpriority 1,0,2",
      "a disablepool 2",
      "a enablepool 2",
      "a removepool 2",
    ]);
    assertEquals((await farm.ask(0, "pools")).length, 2);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a pool is added as it was typed, and its password stays nowhere in the page",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}, { access: "R" }]);
    for (const [index, rig] of ["a", "b"].entries()) {
      await farm.open(`#/rig/${rig}`);
      const form = await farm.openForm("Add pool");
      await form.getByLabel("Pool URL").fill("stratum+tcp://new:1/#a,b");
      await form.getByLabel("User").fill("me\\1");
      await form.getByLabel("Password").fill("s3cret,pass");
      await form.getByLabel("Password").press("Enter");
      const answer = await farm.readAnswer(rig);
      assertMatch(answer, index === 0 ? /^S Added pool 3: / : /^E /);
      assertEquals(
        farm.writes[index],
        `${rig} addpool stratum+tcp://new:1/#a\\,b,me\\\\1,s3cret\\,pass`,
      );
      const page = await farm.page.evaluate(`
        document.documentElement.outerHTML +
        [...document.querySelectorAll("input")].map(({ value }) => value)
      `);
      assert(!String(page).includes("s3cret"));
    }
    const [, , , added] = await farm.ask(0, "pools");
    assertEquals(
      [added?.["URL"], added?.["User"]],
      ["stratum+tcp://new:1/#a,b", "me\\1"],
    );
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a device is disabled and enabled by the command of its kind",
  async (browser) => {
    const rigs = [
      { personality: "cgminer", kind: "asc", name: "ASC1" },
      { personality: "bfgminer", kind: "pga", name: "PGA1" },
      { personality: "sgminer", kind: "gpu", name: "GPU1" },
    ] as const;
    await using farm = await Farm.start(browser, rigs);
    for (const [index, { kind, name }] of rigs.entries()) {
      const rig = String.fromCharCode(97 + index);
      await farm.open(`#/rig/${rig}`);
      for (const [verb, flag] of [["disable", "N"], ["enable", "Y"]]) {
        const title = verb === "enable" ? "Enable device" : "Disable device";
        const form = await farm.openForm(title);
        await form.getByRole("combobox").selectOption(name);
        await form.getByRole("button", { name: title }).click();
        await farm.page.getByText(`${title}: 1 of 1 rig answered`).waitFor();
        assertEquals(farm.writes.at(-1), `${rig} ${kind}${verb} 1`);
        const devices = await farm.ask(index, "devs");
        assertEquals(devices[1]?.["Enabled"], flag);
      }
    }
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "restart asks first, and Escape cancels",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}]);
    await farm.open();
    const { page } = farm;
    for (const title of ["Restart", "Quit"]) {
      await farm.button(title).click();
      const dialog = page.getByRole("dialog");
      assertMatch(await dialog.innerText(), /Rig a will (restart|end) its/);
      // Tab stays inside, and what hurts is not what Enter does.
      const visited = [];
      for (let i = 0; i < 3; i++) {
        visited.push(await page.evaluate("document.activeElement.innerText"));
        await page.keyboard.press("Tab");
      }
      assertEquals(visited, ["Cancel", title, "Cancel"]);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      const focused = await page.evaluate("document.activeElement.innerText");
      assertEquals(focused, title);
    }
    await farm.ask(0, "version");
    assertEquals(farm.writes, []);
    await farm.button("Restart").click();
    await page.getByRole("dialog").getByRole("button", { name: "Restart" })
      .click();
    assertEquals(await farm.readAnswer("a"), "S RESTART");
    assertEquals(farm.writes, ["a restart"]);
    assertEquals(farm.errors, []);
  },
);

/** Asserts that there is no button of any action, once there could be. */
async function assertNoButtons(farm: Farm): Promise<void> {
  // The module of the buttons adds it; what it renders is there a frame later.
  await farm.page.locator('link[href$="/actions.css"]').waitFor({
    state: "attached",
  });
  await farm.page.evaluate(
    "new Promise((resolve) => setTimeout(requestAnimationFrame, 0, resolve))",
  );
  for (const { title } of ACTIONS) {
    assertEquals([title, await farm.button(title).count()], [title, 0]);
  }
}

testInBrowser(
  "who may only read sees no buttons, and a forged POST is refused",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}], ["--allow=R:0/0"]);
    await farm.open();
    await assertNoButtons(farm);
    assertEquals(await farm.page.getByText("Enter token").count(), 0);
    const commands = [...WRITES];
    const outcomes = await farm.page.evaluate(
      `Promise.all(${JSON.stringify(commands)}.map(async (command) => {
        const response = await fetch("/@a/" + command + "/0", { method: "POST" });
        return [response.status, (await response.json()).code];
      }))`,
    );
    assertEquals(outcomes, commands.map(() => [403, "command-denied"]));
    assertEquals(farm.writes, []);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a group that may do some things sees the buttons of those alone",
  async (browser) => {
    const flags = ["--allow=P:0/0", "--groups=P:switchpool:zero:*"];
    await using farm = await Farm.start(browser, [{}], flags);
    await farm.open();
    await farm.button("Switch pool").waitFor();
    const shown = [];
    for (const { title } of ACTIONS) {
      if (await farm.button(title).count() > 0) shown.push(title);
    }
    assertEquals(shown, ["Switch pool", "Zero stats"]);
    const form = await farm.openForm("Zero stats");
    await form.getByRole("button", { name: "Zero stats" }).click();
    assertMatch(await farm.readAnswer("a"), /^S Zeroed All stats/);
    assertEquals(farm.errors, []);
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

testInBrowser(
  "the token makes the buttons appear, and is kept in memory alone",
  async (browser) => {
    const path = await Deno.makeTempFile();
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Deno.remove(path));
    await Deno.writeTextFile(path, TOKEN);
    const flags = ["--allow=R:0/0", `--token-file=${path}`];
    const farm = stack.use(await Farm.start(browser, [{}], flags));
    const { page } = farm;
    await farm.open();
    await farm.button("Enter token to act").click();
    await assertNoButtons(farm);
    const field = page.getByLabel("Token", { exact: true });
    await field.fill(TOKEN.slice(1));
    await field.press("Enter");
    await page.getByText("This is not the token").waitFor();
    await assertNoButtons(farm);
    await field.fill(TOKEN);
    await field.press("Enter");
    const form = await farm.openForm("Switch pool");
    await form.getByRole("combobox").selectOption("1");
    await form.getByRole("button", { name: "Switch pool" }).click();
    assertMatch(await farm.readAnswer("a"), /^S Switching to pool 1:/);
    assertEquals(farm.writes, ["a switchpool 1"]);
    const traces = String(await page.evaluate(READ_TRACES));
    assertStringIncludes(traces, farm.origin);
    assert(!traces.includes(TOKEN));
    assertEquals((await page.context().storageState()).cookies, []);
    await farm.button("Forget token").click();
    await farm.button("Enter token to act").waitFor();
    await assertNoButtons(farm);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a selection of two rigs shows two answers, one of them failing",
  async (browser) => {
    const url = '<img src=x onerror="document.title=1">\u202e</script>';
    await using farm = await Farm.start(browser, [
      {},
      { pools: [{ url, user: "u" }] },
    ]);
    const { page } = farm;
    await farm.open();
    for (const rig of ["a", "b"]) {
      await page.getByRole("checkbox", { name: `Select ${rig}`, exact: true })
        .check();
    }
    const form = await farm.openForm("Disable pool");
    // Only the pool that both have.
    assertEquals(await form.getByRole("option").count(), 1);
    assertMatch(
      await form.getByRole("status").innerText(),
      /^Each of the 2 rigs will not mine for pool 0 \(not the same/,
    );
    await form.getByRole("button", { name: "Disable pool" }).click();
    assertMatch(await farm.readAnswer("a"), /^S Disabling pool 0:/);
    assertEquals(
      await farm.readAnswer("b"),
      `E Cannot disable last active pool 0:'${url}'`,
    );
    await page.getByText("2 of 2 rigs answered, 1 failed").waitFor();

    await farm.rigs[1]?.stop();
    const zero = await farm.openForm("Zero stats");
    await zero.getByRole("button", { name: "Zero stats" }).click();
    await page.getByText("Zero stats: 2 of 2 rigs answered, 1 failed")
      .waitFor();
    assertMatch(await farm.readAnswer("a"), /^S Zeroed All stats/);
    assertMatch(
      await farm.readAnswer("b"),
      /^The rig refused the connection: .+ \S+/,
    );
    assertEquals(farm.writes.toSorted(), [
      "a disablepool 0",
      "a zero all,false",
      "b disablepool 0",
    ]);
    assertEquals(farm.errors, []);
  },
);
