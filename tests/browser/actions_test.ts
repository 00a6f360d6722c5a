import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import type { Simulator } from "../../rigs/simulator.ts";
import { callRig } from "../../rpc.ts";
import { Farm } from "./acting_farm.ts";
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

testInBrowser(
  "what a form has chosen stays chosen when the rig switches, and not when its pool goes",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}]);
    await farm.open();
    const { page } = farm;
    const form = await farm.openForm("Disable pool", "1");
    const sentence = form.getByRole("status");
    const submit = form.getByRole("button", { name: "Disable pool" });
    assertMatch(await sentence.innerText(), /^Rig a will not mine for pool 1 /);
    await callRig(farm.rigs[0] as Simulator, {
      command: "switchpool",
      parameter: "1",
    });
    const option = form.getByRole("option", { name: /^pool 1 .+, in use$/ });
    await option.waitFor({ state: "attached" });
    assertMatch(await sentence.innerText(), /^Rig a will not mine for pool 1 /);
    assertEquals(await form.getByRole("combobox").inputValue(), "1");
    // Removed: the next one has its number now.
    const open = await farm.openForm("Remove pool");
    await open.getByRole("combobox").selectOption("0");
    await open.getByRole("button", { name: "Remove pool" }).click();
    await page.getByRole("dialog").waitFor();
    await callRig(farm.rigs[0] as Simulator, {
      command: "removepool",
      parameter: "0",
    });
    // The question is taken back as well.
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assertMatch(
      await open.getByRole("status").innerText(),
      /^pool 0 \(.+\) has changed: it is pool 0 \(.+\) now\. Choose anew\.$/,
    );
    const remove = open.getByRole("button", { name: "Remove pool" });
    assertEquals([await remove.isDisabled(), await submit.count()], [true, 0]);
    await open.getByRole("combobox").selectOption("1");
    assertMatch(await open.getByRole("status").innerText(), /forget pool 1 /);
    assertEquals(await remove.isDisabled(), false);
    assertEquals(farm.writes, ["a switchpool 1", "a removepool 0"]);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "an Avalon is paused by the command of its make, after a question",
  async (browser) => {
    await using farm = await Farm.start(browser, [{ personality: "avalon" }]);
    await farm.open();
    const { page } = farm;
    await farm.button("Resume").waitFor();
    assertEquals(await farm.button("Power limit").count(), 0);
    await farm.button("Pause").click();
    const dialog = page.getByRole("dialog", { name: "Pause a?" });
    assertMatch(await dialog.innerText(), /will stop mining until it is resum/);
    assertEquals(farm.posted, []);
    await dialog.getByRole("button", { name: "Pause" }).click();
    assertMatch(
      await farm.readAnswer("a"),
      /^I ASC 0 set info: success softoff:/,
    );
    for (const title of ["Blink LED", "LED off"]) {
      const form = await farm.openForm(title);
      await form.getByRole("button", { name: title }).click();
      await page.getByText(`${title}: 1 of 1 rig answered.`).waitFor();
    }
    assertMatch(farm.writes[0] ?? "", /^a ascset 0,softoff,1:\d{10}$/);
    assertEquals(farm.writes.slice(1), [
      "a ascset 0,led,1-1",
      "a ascset 0,led,1-0",
    ]);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a WhatsMiner has the actions of its make, with members beside the command",
  async (browser) => {
    await using farm = await Farm.start(browser, [
      { personality: "whatsminer", password: "s3cret" },
    ]);
    await farm.open();
    const { page } = farm;
    const form = await farm.openForm("Power limit");
    for (const title of ["Add pool", "Zero stats", "Quit"]) {
      assertEquals(await farm.button(title).count(), 0);
    }
    assertEquals(await page.getByRole("button", { name: "Switch" }).count(), 0);
    await form.getByLabel("Watts").fill("0");
    await form.getByRole("button", { name: "Power limit" }).click();
    // The browser says what is wrong with it.
    assertEquals(farm.posted, []);
    await form.getByLabel("Watts").fill("3000");
    assertMatch(
      await form.getByRole("status").innerText(),
      /^Rig a will take at most 3000 W: /,
    );
    await form.getByRole("button", { name: "Power limit" }).click();
    await page.getByText("Power limit: 1 of 1 rig answered.").waitFor();
    assertEquals(await farm.readAnswer("a"), "S API command OK");
    const pools = await farm.openForm("Replace pools");
    await pools.getByLabel("Pool URL").fill("stratum+tcp://new:1");
    await pools.getByLabel("User").fill("me");
    await pools.getByLabel("Password").fill("s3cret");
    await pools.getByLabel("Password").press("Enter");
    const dialog = page.getByRole("dialog", {
      name: "Replace all pools of a?",
    });
    await dialog.getByRole("button", { name: "Replace pools" }).click();
    await page.getByText("Replace pools: 1 of 1 rig answered.").waitFor();
    const [replaced, ...others] = await farm.ask(0, "pools");
    assertEquals(
      [replaced?.["URL"], replaced?.["User"], others],
      ["stratum+tcp://new:1", "me", []],
    );
    assertEquals(farm.posted, [
      { command: "adjust_power_limit", power_limit: "3000" },
      {
        command: "update_pools",
        ...{ pool1: "stratum+tcp://new:1", worker1: "me", passwd1: "s3cret" },
        ...{ pool2: "", worker2: "", passwd2: "" },
        ...{ pool3: "", worker3: "", passwd3: "" },
      },
    ]);
    const text = await page.evaluate("document.documentElement.outerHTML");
    assert(!String(text).includes("s3cret"));
    assertEquals(farm.errors, []);
  },
);
