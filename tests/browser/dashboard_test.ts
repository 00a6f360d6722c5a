import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { readFigures } from "../../dashboard/figures.ts";
import {
  formatCelsius,
  formatCount,
  formatDuration,
  formatHashrate,
  formatPercent,
  formatPool,
} from "../../dashboard/format.ts";
import { Simulator } from "../../rigs/simulator.ts";
import { ScriptedRig } from "../scripted_rig.ts";
import { testInBrowser } from "./chromium.ts";
import { Dashboard } from "./dashboard_page.ts";

/** The time of rigs whose values stand still. */
const NOW_MS = Date.UTC(2026, 0, 1);
const now = (): number => NOW_MS;

testInBrowser(
  "the fleet's values are those of /-/rigs",
  async (browser) => {
    await using a = Simulator.start({ now });
    await using b = Simulator.start({ now, seed: 2, personality: "antminer" });
    await using c = Simulator.start({ now, seed: 3, personality: "bfgminer" });
    const args = Dashboard.nameRigs([a, b, c]);
    await using board = await Dashboard.start(browser, args);
    await board.open();
    await board.page.getByText("3 of 3", { exact: true }).waitFor();
    const members = await board.readMembers();
    let total = 0;
    for (const member of members) {
      const figures = readFigures(member);
      total += figures.hashrate ?? 0;
      assertEquals(await board.readRow(String(member.name)), [
        member.name,
        "Up",
        formatCelsius(figures.celsius),
        formatHashrate(figures.hashrate),
        figures.rpm === undefined ? "–" : formatCount(figures.rpm),
        formatPercent(figures.rejectPercent),
        formatCount(figures.hardwareErrors),
        formatDuration(figures.uptimeS),
        formatPool(figures.pool),
        member.telemetry?.miner?.model ?? "–",
      ]);
    }
    assertEquals(await board.readTile("Hashrate"), formatHashrate(total));
    board.assertClean();
  },
);

testInBrowser(
  "a rig's values are those of /-/rigs, and a lone rig is shown at once",
  async (browser) => {
    await using rig = Simulator.start({ now, personality: "antminer" });
    const args = Dashboard.nameRigs([rig]);
    await using board = await Dashboard.start(browser, args);
    await board.open();
    const { page } = board;
    await page.getByRole("heading", { name: "Devices" }).waitFor();
    assertEquals(await page.locator("h2").innerText(), "a");
    const [member] = await board.readMembers();
    if (member?.telemetry === undefined) throw new Error("no telemetry");
    const { telemetry } = member;
    const figures = readFigures(member);
    assertMatch(
      await board.readTile("Hashrate"),
      new RegExp(`^${formatHashrate(figures.hashrate)}`),
    );
    const devices = await page.getByRole("region", { name: "Devices" })
      .locator("tbody tr").allInnerTexts();
    assertEquals(devices.length, telemetry.devices?.length);
    telemetry.devices?.forEach(({ name, hardwareErrors }, index) => {
      assertStringIncludes(devices[index], name);
      assertStringIncludes(devices[index], formatCount(hardwareErrors));
    });
    const pools = await page.getByRole("region", { name: "Pools" })
      .locator("tbody tr").allInnerTexts();
    telemetry.pools?.forEach(({ url }, index) => {
      assertStringIncludes(pools[index], formatPool(url));
    });
    board.assertClean();
  },
);

testInBrowser(
  "a rig that dies shows its problem and no numbers, and comes back by itself",
  async (browser) => {
    await using a = Simulator.start({ now });
    const b = Simulator.start({ now, seed: 2 });
    const args = Dashboard.nameRigs([a, b]);
    await using board = await Dashboard.start(browser, args);
    await board.open();
    await board.page.getByText("2 of 2", { exact: true }).waitFor();
    const both = await board.readTile("Hashrate");
    await b.stop();
    await board.page.getByText("1 of 2", { exact: true }).waitFor();
    const [name, state, problem] = await board.readRow("b");
    assertEquals([name, state?.split("\n")[0]], ["b", "Down"]);
    assertStringIncludes(problem, "The rig refused the connection");
    assert(await board.readTile("Hashrate") !== both);
    await board.page.getByRole("link", { name: "b", exact: true }).click();
    await board.page.getByRole("heading", { name: "The rig is down" })
      .waitFor();
    assertEquals(await board.page.locator(".tile").count(), 0);
    const text = await board.page.locator("main").innerText();
    assertStringIncludes(text, "What to do:");
    assertStringIncludes(text, "Down since");
    await using _back = Simulator.start({ now, seed: 2, port: b.port });
    await board.page.locator(".tile").first().waitFor();
    await board.page.getByRole("link", { name: "All rigs" }).click();
    await board.page.getByText("2 of 2", { exact: true }).waitFor();
    assertEquals(await board.readTile("Hashrate"), both);
    board.assertClean();
  },
);

testInBrowser(
  "a gateway that goes away is told, values turn grey, and it comes back",
  async (browser) => {
    await using rig = Simulator.start({ now });
    await using other = Simulator.start({ now, seed: 2 });
    const args = Dashboard.nameRigs([rig, other]);
    await using board = await Dashboard.start(browser, args);
    await board.open();
    const { page } = board;
    await page.getByText("2 of 2", { exact: true }).waitFor();
    assertEquals(await page.locator(".stale").count(), 0);
    const before = await board.readTile("Hashrate");
    await board.program[Symbol.asyncDispose]();
    await page.getByText("Connection lost, retrying").waitFor();
    // Both rows and the sums.
    assertEquals(await page.locator(".stale").count(), 3);
    assertEquals(await board.readTile("Hashrate"), before);
    assertMatch((await board.readRow("a"))[1] ?? "", /^Up .*(ago|just now)$/s);
    await board.restart(args);
    await page.getByText("Connection lost").waitFor({ state: "detached" });
    await page.locator(".stale").first().waitFor({ state: "detached" });
    board.assertClean();
  },
);

const HOSTILE = [
  `<img src=x onerror="document.title='ran'">`,
  `</script><script>document.title='ran'</script>`,
  "javascript:document.title='ran'",
  "${document.title='ran'}",
  "\u202egnp.exe",
  "x".repeat(10_000),
];

/** A rig that has nothing but such names. */
function answerHostile(request: string): string {
  const { command } = JSON.parse(request);
  const sections: Record<string, unknown[]> = {
    SUMMARY: [{ Elapsed: 60, "MHS 5s": 1, Accepted: 1, Rejected: 0 }],
    DEVS: HOSTILE.map((text, index) => ({
      ASC: index,
      Name: text,
      Enabled: "Y",
      Status: text,
      "MHS 5s": 1,
    })),
    POOLS: HOSTILE.map((text, index) => ({
      POOL: index,
      URL: text,
      User: text,
      Status: text,
      Priority: index,
    })),
    VERSION: HOSTILE.map((text) => ({ CGMiner: text, API: text, Type: text })),
  };
  const section = sections[command.toUpperCase()];
  const STATUS = [{ STATUS: section ? "S" : "E", Msg: HOSTILE[0], Code: 14 }];
  if (section === undefined) return JSON.stringify({ STATUS });
  return JSON.stringify({ STATUS, [command.toUpperCase()]: section, id: 1 });
}

testInBrowser(
  "hostile names of pools and devices show as text, and run nothing",
  async (browser) => {
    await using rig = await ScriptedRig.start(async (connection) => {
      await connection.send(answerHostile(connection.request) + "\0");
    });
    await using other = Simulator.start({ now });
    const args = Dashboard.nameRigs([rig, other]);
    await using board = await Dashboard.start(browser, args);
    await board.open();
    const { page } = board;
    await page.getByText("2 of 2", { exact: true }).waitFor();
    await page.getByRole("link", { name: "a", exact: true }).click();
    for (const name of ["Pools", "Devices"]) {
      const table = page.getByRole("region", { name });
      await table.waitFor();
      const text = await table.innerText();
      assertStringIncludes(text, HOSTILE[0]);
      assertStringIncludes(text, HOSTILE[1]);
      assertEquals(text.includes("\u202e"), false);
      assert(text.length < 3000, `${name}: ${text.length} characters`);
    }
    await page.getByLabel("Command").fill("pools");
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    const reply = page.getByLabel("Reply", { exact: true });
    await reply.waitFor();
    assertStringIncludes(await reply.innerText(), '"User": "•••"');
    await page.getByLabel("show user names").check();
    assertStringIncludes(await reply.innerText(), '"User": "<img src=x');
    assertEquals(await page.locator("main img, main script").count(), 0);
    assertEquals(await page.title(), "a · chi-server");
    assertEquals(await readOverflow(page), 0);
    board.assertClean();
  },
);

/** By how many pixels the page is wider than its window. */
async function readOverflow(page: Dashboard["page"]): Promise<number> {
  return Number(
    await page.evaluate("document.documentElement.scrollWidth - innerWidth"),
  );
}

testInBrowser(
  "a command that reads is asked, with its curl line; one that writes is not",
  async (browser) => {
    await using rig = Simulator.start({ now });
    const args = Dashboard.nameRigs([rig]);
    await using board = await Dashboard.start(browser, args);
    await board.open("/@a/");
    const { page } = board;
    const ask = page.getByRole("button", { name: "Ask", exact: true });
    await page.getByLabel("Command").fill("asc");
    await page.getByLabel("Parameter").fill("1");
    await ask.click();
    const reply = page.getByLabel("Reply", { exact: true });
    await reply.waitFor();
    assertEquals(
      await reply.innerText(),
      await (await fetch(`${board.origin}/@a/asc/1?pretty`)).text(),
    );
    await page.getByText(`curl -s '${board.origin}/@a/asc/1?pretty'`).waitFor();
    await page.getByLabel("Command").fill("quit");
    await ask.click();
    await page.getByText('"quit" is no command that reads').waitFor();
    const names = await page.evaluate(
      `[...document.querySelectorAll("datalist option")].map((o) => o.value)`,
    ) as string[];
    assert(names.includes("summary") && !names.includes("quit"));
    assertMatch(
      await (await fetch(`${board.origin}/@a/version`)).text(),
      /API/,
    );
    board.assertClean();
  },
);

testInBrowser(
  "where no rig answers, the page says what to check",
  async (browser) => {
    // A system never hands port 1 out: nothing listens there.
    const args = Dashboard.nameRigs([{ port: 1 }, { port: 1 }]);
    await using board = await Dashboard.start(browser, args.slice(0, 1));
    await board.open();
    const main = board.page.locator("main");
    await board.page.getByText("What to check").waitFor();
    const text = await main.innerText();
    for (const word of ["--api-listen", "--api-allow", "--api-port"]) {
      assertStringIncludes(text, word);
    }
    await using fleet = await Dashboard.start(browser, args);
    await fleet.open();
    await fleet.page.getByRole("heading", { name: "No rig answers" })
      .waitFor();
    board.assertClean();
    fleet.assertClean();
  },
);

testInBrowser("the page fits a phone", async (browser) => {
  await using board = await Dashboard.start(browser, ["--demo=3"], {
    viewport: { width: 390, height: 844 },
  });
  await board.open();
  await board.page.locator(".u-legend").first().waitFor();
  assertEquals(await readOverflow(board.page), 0);
  await board.open("/#/rig/demo-2");
  await board.page.getByRole("region", { name: "Pools" }).waitFor();
  assertEquals(await readOverflow(board.page), 0);
  board.assertClean();
});
