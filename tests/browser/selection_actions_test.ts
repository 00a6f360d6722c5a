import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { Farm } from "./acting_farm.ts";
import { testInBrowser } from "./chromium.ts";

/** The number of the pool that a rig prefers, by its own report. */
async function readFirstPool(farm: Farm, rig: number): Promise<unknown> {
  const pools = await farm.ask(rig, "pools");
  return pools.find((pool) => pool["Priority"] === 0)?.["POOL"];
}

testInBrowser(
  "a pool is switched at two of three rigs; each answers, and the third stays",
  async (browser) => {
    await using farm = await Farm.start(browser, [
      {},
      { personality: "antminer" },
      { personality: "sgminer" },
    ]);
    const { page } = farm;
    await farm.open();
    await page.getByText("3 of 3", { exact: true }).waitFor();
    await farm.select("a", "c");
    await page.getByText("2 selected").waitFor();
    const form = await farm.openForm("Switch pool");
    await form.getByRole("combobox").selectOption("1");
    assertMatch(
      await form.getByRole("status").innerText(),
      /^Each of the 2 rigs will put pool 1 \(/,
    );
    await form.getByText("Rigs: a, c", { exact: true }).waitFor();
    assertEquals(farm.writes, []);
    await form.getByRole("button", { name: "Switch pool" }).click();
    await page.getByText("Switch pool: 2 of 2 rigs answered.").waitFor();
    for (const rig of ["a", "c"]) {
      assertMatch(await farm.readAnswer(rig), /^S Switching to pool 1:/);
    }
    assertEquals(await page.locator(".action-answers tbody tr").count(), 2);
    assertEquals(farm.writes.toSorted(), ["a switchpool 1", "c switchpool 1"]);
    assertEquals(
      await Promise.all([0, 1, 2].map((rig) => readFirstPool(farm, rig))),
      [1, 0, 1],
    );
    await farm.button("Clear the selection").click();
    assertEquals(
      await page.getByRole("checkbox", { checked: true }).count(),
      0,
    );
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a rig that is down fails beside the other's success, and the sentence says so",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}, {}, {}]);
    const { page } = farm;
    await farm.open();
    await page.getByText("3 of 3", { exact: true }).waitFor();
    await farm.stopRig(1);
    await page.getByText("2 of 3", { exact: true }).waitFor();
    await farm.select("a", "b");
    const form = await farm.openForm("Zero stats");
    assertMatch(
      await form.getByRole("status").innerText(),
      / 1 of them does not answer now\.$/,
    );
    await form.getByRole("button", { name: "Zero stats" }).click();
    await page.getByText("2 of 2 rigs answered, 1 failed").waitFor();
    assertMatch(await farm.readAnswer("a"), /^S Zeroed All stats/);
    assertMatch(
      await farm.readAnswer("b"),
      // It answered a moment ago, unless this machine is very slow.
      /^The rig refused the connection: .+(?:It answered|--api-listen)/,
    );
    // The failure stands first.
    assertEquals(
      await page.locator(".action-answers tbody th").allInnerTexts(),
      ["b", "a"],
    );
    assertEquals(farm.writes, ["a zero all,false"]);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a whole fleet is selected and restarted, after one question",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}, {}, {}]);
    const { page } = farm;
    await farm.open();
    await page.getByText("3 of 3", { exact: true }).waitFor();
    await page.getByLabel("Filter").fill(`127.0.0.1:${farm.rigs[2]?.port}`);
    await page.getByText("1 of 3 rigs").waitFor();
    await page.getByLabel("Select all rigs that are listed").check();
    await page.getByText("1 selected").waitFor();
    await page.getByLabel("Filter").fill("");
    await page.getByLabel("Select all rigs that are listed").check();
    await page.getByText("3 selected").waitFor();
    await farm.button("Restart").click();
    const dialog = page.getByRole("dialog", { name: "Restart 3 rigs?" });
    await dialog.waitFor();
    assertEquals(await dialog.getByRole("listitem").allInnerTexts(), [
      "a",
      "b",
      "c",
    ]);
    // What hurts is not what Enter does.
    assertEquals(await dialog.locator(":focus").innerText(), "Cancel");
    await page.keyboard.press("Enter");
    assertEquals(farm.writes, []);
    await farm.button("Restart").click();
    await dialog.getByRole("button", { name: "Restart" }).click();
    await page.getByText("Restart: 3 of 3 rigs answered.").waitFor();
    assertEquals(farm.writes.toSorted(), [
      "a restart",
      "b restart",
      "c restart",
    ]);
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
    await form.waitFor();
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
      `E Cannot disable last active pool 0:'${
        url.replace("\u202e", "U+202E")
      }'`,
    );
    await page.getByText("2 of 2 rigs answered, 1 failed").waitFor();

    await farm.stopRig(1);
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

testInBrowser(
  "rigs that are chosen and filtered out are counted, and the form names them",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}, {}, {}]);
    const { page } = farm;
    await farm.open();
    await page.getByText("3 of 3", { exact: true }).waitFor();
    await farm.select("a", "c");
    await page.getByText("2 selected", { exact: true }).waitFor();
    await page.getByLabel("Filter").fill(`127.0.0.1:${farm.rigs[2]?.port}`);
    await page.getByText("2 selected, 1 not shown", { exact: true }).waitFor();
    const form = await farm.openForm("Zero stats");
    await form.getByText("Rigs: a, c", { exact: true }).waitFor();
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "of rigs of several makes each is sent what its make wants",
  async (browser) => {
    await using farm = await Farm.start(browser, [
      {},
      { personality: "whatsminer" },
      { personality: "luxos" },
    ]);
    const { page } = farm;
    await farm.open();
    await page.getByText("3 of 3", { exact: true }).waitFor();
    await farm.select("b", "c");
    await farm.button("Pause").click();
    await page.getByRole("dialog", { name: "Pause 2 rigs?" })
      .getByRole("button", { name: "Pause" }).click();
    await page.getByText("Pause: 2 of 2 rigs answered").waitFor();
    // No password is configured for this one.
    assertEquals(
      await farm.readAnswer("b"),
      "E permission denied A WhatsMiner obeys only who has its password: give it " +
        "to the gateway, as password-file of this rig in its configuration",
    );
    assertEquals(await farm.readAnswer("c"), "S curtail done");
    assertEquals(farm.posted.splice(0), [
      { command: "power_off", respbefore: "true" },
      { command: "curtail", parameter: "sleep" },
    ]);
    // What one of them lacks is not offered.
    await farm.select("a");
    await page.getByText("3 selected", { exact: true }).waitFor();
    assertEquals(await farm.button("Pause").count(), 0);
    await farm.button("Restart").click();
    await page.getByRole("dialog", { name: "Restart 3 rigs?" })
      .getByRole("button", { name: "Restart" }).click();
    await page.getByText("Restart: 3 of 3 rigs answered").waitFor();
    assertEquals(farm.posted, [
      { command: "restart_btminer" },
      { command: "resetminer" },
      { command: "restart" },
    ]);
    assertEquals(farm.errors, []);
  },
);
