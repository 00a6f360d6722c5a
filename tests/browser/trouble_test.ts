import {
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import denoConfig from "../../deno.json" with { type: "json" };
import { Simulator } from "../../rigs/simulator.ts";
import { Program } from "../program/program.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import { Farm } from "./acting_farm.ts";
import { testInBrowser } from "./chromium.ts";

testInBrowser(
  "a first start without a rig says what to check, and shows the rig once it answers",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}]);
    const { page } = farm;
    await farm.stopRig(0);
    await page.goto(farm.origin);
    // Until it is known that there is one rig, the page is that of a fleet.
    await page.getByText("What to check").waitFor();
    const text = await page.locator("main").innerText();
    for (const word of ["--api-listen", "--api-allow", "4028", "--api-port"]) {
      assertStringIncludes(text, word);
    }
    assertEquals(
      await page.getByRole("link", { name: "How each make" })
        .getAttribute("href"),
      `${denoConfig.repository}/blob/main/docs/switch_on.md`,
    );
    // Nothing is known: no value is shown, not even 0.
    assertEquals(await page.locator(".tile, .windows").count(), 0);
    await using _ = Simulator.start({ port: farm.rigs[0]?.port ?? 0 });
    await page.getByRole("region", { name: "Devices" }).waitFor();
    assertEquals(await page.getByText("What to check").count(), 0);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a gateway for which no rig was named says what to do, as it does at its start",
  async (browser) => {
    // Something may listen there on the machine of a developer.
    const isFree = await Deno.connect({ hostname: "127.0.0.1", port: 4028 })
      .then((conn) => (conn.close(), false), () => true);
    if (!isFree) return;
    await using program = Program.spawn(["-w0", "--http-host=127.0.0.1"]);
    const port = await program.readPort();
    await using page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.getByText("No rig is configured").waitFor();
    const text = await page.locator("main").innerText();
    for (const word of ["-a ADDRESS", "scan 192.168.1.0/24", "--demo"]) {
      assertStringIncludes(text, `chi-server ${word}`);
    }
  },
);

testInBrowser(
  "of rigs in trouble each says its own, beside those that answer",
  async (browser) => {
    // As cgminer does to whoever is not in its --api-allow.
    await using closing = await ScriptedRig.start(({ reset }) => reset());
    await using babbling = await ScriptedRig.start(replyWith("<html>no rig"));
    await using farm = await Farm.start(browser, [{}, closing, babbling]);
    const { page } = farm;
    await farm.open();
    // The rigs come one by one: before both are known to be down, another leads.
    await page.locator(".fleet tbody .state.critical").nth(1).waitFor();
    await page.locator(".fleet tbody .state.up").waitFor();
    const readRow = async (index: number) =>
      (await page.locator(".fleet tbody tr").nth(index).innerText())
        .replace(/\s+/g, " ");
    // Trouble first.
    assertMatch(await readRow(0), /b Down.* The rig closed the connection/);
    assertMatch(await readRow(1), /c Down.* The rig's reply cannot be read/);
    assertMatch(await readRow(2), /a Up .*TH\/s/);
    assertEquals(await page.getByText("What to check").count(), 0);
    await farm.button("Show them").click();
    await page.getByText("2 of 3 rigs").waitFor();
    await page.getByRole("link", { name: "b", exact: true }).click();
    const trouble = page.locator(".panel.bad");
    await trouble.waitFor();
    assertMatch(await trouble.innerText(), /What to do: .*--api-allow/);
    assertEquals(farm.errors, []);
  },
);
