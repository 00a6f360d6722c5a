import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import type { Page } from "npm:playwright-core@1";
import { HistoryFile } from "../../gateway/watch/history_file.ts";
import { Simulator } from "../../rigs/simulator.ts";
import { callRig } from "../../rpc.ts";
import { TOKEN } from "../program/attacked_gateway.ts";
import { type Behaviour, replyWith, ScriptedRig } from "../scripted_rig.ts";
import { Farm } from "./acting_farm.ts";
import { testInBrowser } from "./chromium.ts";

/** Whether the page is wider than the window, so that it moves sideways. */
async function measureExcess(page: Page): Promise<unknown> {
  return await page.evaluate(
    "document.documentElement.scrollWidth - innerWidth",
  );
}

/** Waits until the page has this title. */
async function waitForTitle(page: Page, title: string): Promise<void> {
  // The page's policy lets no predicate of a text run in it.
  while (await page.title() !== title) await page.waitForTimeout(100);
}

/** The names in the table, in its order. */
function readNames(page: Page): Promise<string[]> {
  return page.locator(".fleet tbody tr:not(.sums) th").allInnerTexts();
}

testInBrowser(
  "a rig that flips between good, cut, words, errors and silence is marked, counted, and comes back",
  async (browser) => {
    await using real = Simulator.start();
    const answer: Behaviour = async ({ request, send }) => {
      const { command, parameter } = JSON.parse(request);
      const { bytes } = await callRig(real, { command, parameter });
      await send(bytes);
    };
    const flips: readonly (readonly [string, Behaviour])[] = [
      ["cut", async ({ send }) => await send('{"STATUS":[{"STATUS":"S","Wh')],
      ["words", replyWith("<html>Not found</html>")],
      [
        "errors",
        replyWith(
          '{"STATUS":[{"STATUS":"E","When":1,"Code":45,"Msg":"Access denied","Description":"x"}],"id":1}',
        ),
      ],
      ["silence", () => new Promise(() => {})],
    ];
    let behave = answer;
    await using rig = await ScriptedRig.start((connection) =>
      behave(connection)
    );
    const config = { timeout: 1 };
    await using farm = await Farm.start(browser, [{}, rig, {}], { config });
    const { page } = farm;
    await farm.open();
    const attention = page.locator(".tile", { hasText: "Need attention" });
    const row = page.locator(".fleet tbody tr").filter({
      has: page.getByRole("link", { name: "b", exact: true }),
    });
    for (const [name, behaviour] of flips) {
      await row.locator(".state.up").waitFor();
      await waitForTitle(page, "chi-server");
      assertEquals(await readNames(page), ["a", "b", "c"], name);
      assertEquals(await attention.getAttribute("class"), "tile ", name);
      behave = behaviour;
      await row.locator(".state.critical").waitFor();
      // Trouble first; the mark, the tile and the title say the same.
      await waitForTitle(page, "(1) chi-server");
      assertEquals(await readNames(page), ["b", "a", "c"], name);
      assertMatch(await row.locator(".state").first().innerText(), /^Down/);
      assertEquals(await attention.getAttribute("class"), "tile critical");
      assertMatch(await attention.innerText(), /\b1\b/);
      const icon = page.locator("link[rel=icon]");
      assertMatch(String(await icon.getAttribute("href")), /^data:image\/svg/);
      behave = answer;
    }
    await row.locator(".state.up").waitFor();
    await waitForTitle(page, "chi-server");
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "columns, grouping and tiles are chosen, and remembered on this device",
  async (browser) => {
    const tags = { a: { site: "barn" }, b: { site: "shed" } };
    await using farm = await Farm.start(browser, [{}, {}, {}], { tags });
    const { page } = farm;
    await farm.open();
    await page.getByText("3 of 3", { exact: true }).waitFor();
    const readHeadings = () =>
      page.locator(".fleet thead tr").first().locator("th").allInnerTexts();
    const before = (await readHeadings()).map((text) => text.trim());
    assertEquals(before.includes("Address"), false);
    // No rig says what it takes: an empty column is not there.
    assertEquals(before.includes("Power"), false);
    await page.locator("summary", { hasText: "Columns" }).click();
    await page.getByLabel("Address", { exact: true }).check();
    await page.getByLabel("Uptime", { exact: true }).uncheck();
    await page.getByLabel("Group by").selectOption("site");
    await page.locator("tr.sums", { hasText: "site:barn (1)" }).waitFor();
    const link = page.locator(".fleet tbody a[href^='http://127.0.0.1/']");
    assertEquals(
      await link.first().getAttribute("rel"),
      "noopener noreferrer",
    );
    await page.reload();
    await page.locator("tr.sums", { hasText: "no tag (1)" }).waitFor();
    const after = (await readHeadings()).map((text) => text.trim());
    assertEquals(after.includes("Address"), true);
    assertEquals(after.includes("Uptime"), false);
    await farm.button("Compact").click();
    await page.locator("h3", { hasText: "site:shed (1)" }).waitFor();
    const tile = page.locator(".rig-tile");
    assertEquals(await tile.count(), 3);
    await farm.stopRig(1);
    await page.locator(".rig-tile.critical", { hasText: "Down" }).waitFor();
    await tile.first().click();
    await page.getByRole("heading", { name: "a", exact: true }).waitFor();
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "where the browser keeps nothing, all is there, and nothing is remembered",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}, {}]);
    const { page } = farm;
    await page.addInitScript(`
      Object.defineProperty(globalThis, "localStorage", {
        get() { throw new DOMException("Forbidden", "SecurityError"); },
      });
    `);
    await farm.open();
    await page.getByText("2 of 2", { exact: true }).waitFor();
    await farm.button("Compact").click();
    assertEquals(await page.locator(".rig-tile").count(), 2);
    await page.reload();
    await page.locator(".fleet").waitFor();
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "the file for a spreadsheet has the rigs that are listed, and no formula",
  async (browser) => {
    const tags = { a: { note: "=1+1" }, b: { note: "x" } };
    await using farm = await Farm.start(browser, [{}, {}, {}], { tags });
    const { page } = farm;
    await farm.open();
    await page.getByLabel("Filter").fill("note:");
    await page.getByText("2 of 3 rigs", { exact: true }).waitFor();
    assertMatch(await page.locator("thead .sums").innerText(), /^\s*Total/);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      farm.button("CSV").click(),
    ]);
    assertEquals(download.suggestedFilename(), "rigs.csv");
    const lines = (await Deno.readTextFile(await download.path()))
      .trimEnd().split("\r\n");
    assertMatch(lines[0] ?? "", /^Name,State,.*Hashrate \(H\/s\).*,Tags$/);
    assertMatch(lines[1] ?? "", /^a,Up,.*,note:=1\+1$/);
    assertMatch(lines[2] ?? "", /^b,Up,.*,note:x$/);
    assertEquals(lines.length, 3);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a chart says its last value, is zoomed by dragging and by keyboard, and back",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}]);
    const { page } = farm;
    await farm.open();
    const chart = page.locator(".chart").first();
    await chart.locator(".u-legend", { hasText: /Hashrate\s*\S+ TH\/s/ })
      .waitFor();
    const back = farm.button("Zoom back");
    const box = await chart.locator(".u-over").boundingBox();
    if (box === null) throw new Error("The chart has no place");
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width / 4, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, y, { steps: 5 });
    await page.mouse.up();
    await back.click();
    await back.waitFor({ state: "detached" });
    await page.locator("section.history").focus();
    await page.keyboard.press("+");
    await back.waitFor();
    await page.keyboard.press("Escape");
    await back.waitFor({ state: "detached" });
    await farm.button("1 h").click();
    await page.reload();
    await page.locator(".ranges [aria-pressed=true]", { hasText: "1 h" })
      .waitFor();
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a chart goes as far back as there is a past, and shades when the rig was down",
  async (browser) => {
    const folder = await Deno.makeTempDir();
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    const path = `${folder}/past.db`;
    const endS = Math.floor(Date.now() / 60_000) * 60;
    // 30 hours, of which one without an answer.
    const file = await HistoryFile.open(path, { onTrouble: console.error });
    for (let timeS = endS - 30 * 3600; timeS < endS; timeS += 300) {
      const isDown = timeS > endS - 9 * 3600 && timeS < endS - 8 * 3600;
      const sample = {
        ...{ timeS, takenS: timeS + 1, rounds: 1 },
        ...(isDown ? { up: 0, down: 1, hashrate: 0 } : {
          ...{ up: 1, down: 0, hashrate: 1.5e12, celsius: 60 },
          ...{ powerW: 1300, accepted: 12, rejected: 1 },
        }),
      };
      file.append([{ name: "a", tags: {}, algorithm: "SHA-256", sample }]);
    }
    await file.settle();
    await file.close();
    const options = { config: { history: path }, mayWriteFiles: true };
    await using farm = await Farm.start(browser, [{}], options);
    const { page } = farm;
    await farm.open();
    const ranges = page.locator(".ranges button");
    await ranges.filter({ hasText: "7 d" }).waitFor();
    // The first that holds all of it is the last.
    assertEquals(await ranges.allInnerTexts(), ["1 h", "6 h", "24 h", "7 d"]);
    await farm.button("24 h").click();
    const chart = page.getByRole("img", { name: /^Hashrate, .*are shaded/ });
    await chart.waitFor();
    for (const name of ["Hottest", "Power", "Rejected"]) {
      await page.getByRole("img", { name: new RegExp(`^${name}, `) }).waitFor();
    }
    const rejected = page.getByRole("img", { name: /^Rejected, / });
    assertMatch(
      String(await rejected.getAttribute("aria-label")),
      /7\.69 % to 7\.69 %/,
    );
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "a token is remembered on this device if the visitor says so, until it is forgotten",
  async (browser) => {
    const config = { allow: "R:0/0", token: TOKEN };
    await using farm = await Farm.start(browser, [{}], { config });
    const { page } = farm;
    const enter = async (isRemembered: boolean) => {
      await farm.button("Enter a token").click();
      await page.getByLabel("Token", { exact: true }).fill(TOKEN);
      const box = page.getByLabel("Remember it on this device");
      await box.setChecked(isRemembered);
      await farm.button("Use token").click();
      await farm.button("Restart").waitFor();
    };
    const readStored = async () =>
      String(await page.evaluate("JSON.stringify({ ...localStorage })"));
    await farm.open();
    await enter(false);
    assertEquals((await readStored()).includes(TOKEN), false);
    await page.reload();
    await enter(true);
    assertEquals((await readStored()).includes(TOKEN), true);
    await page.reload();
    await farm.button("Restart").waitFor();
    await farm.button("Forget token").click();
    await farm.button("Restart").waitFor({ state: "detached" });
    assertEquals((await readStored()).includes(TOKEN), false);
    await page.reload();
    await farm.button("Enter a token").waitFor();
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "new trouble is one notification where the visitor wants it, and old trouble none",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}, {}, {}, {}], {
      context: { permissions: ["notifications"] },
    });
    const { page } = farm;
    // The browser's own, which also says what it was made of.
    await page.addInitScript(`
      globalThis.Notification = class extends Notification {
        constructor(title, options) {
          super(title, options);
          document.documentElement.dataset.told = title + " " + options.body;
        }
      };
    `);
    await farm.stopRig(0);
    await farm.open();
    await page.getByText("3 of 4", { exact: true }).waitFor();
    await farm.button("Notify me").click();
    await page.locator("[aria-pressed=true]", { hasText: "Notify me" })
      .waitFor();
    await Promise.all([farm.stopRig(1), farm.stopRig(2)]);
    const told = page.locator("html[data-told]");
    await told.waitFor({ state: "attached" });
    await page.getByText("1 of 4", { exact: true }).waitFor();
    const text = String(await told.getAttribute("data-told"));
    assertMatch(text, /\b[bc]: Down/);
    assertEquals(/\ba: Down/.test(text), false);
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "notifications are not offered on plain HTTP, where browsers have none",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}, {}]);
    const { page } = farm;
    await page.goto(farm.origin.replace("127.0.0.1", "farm.lan"));
    await page.getByText("2 of 2", { exact: true }).waitFor();
    assertEquals(await page.evaluate("isSecureContext"), false);
    assertEquals(await farm.button("Notify me").count(), 0);
  },
);

testInBrowser(
  "where no rig is up, what is wrong has the room of all figures",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}, {}], {
      context: { viewport: { width: 1440, height: 900 } },
    });
    const { page } = farm;
    await Promise.all([farm.stopRig(0), farm.stopRig(1)]);
    await page.goto(`${farm.origin}/`);
    await page.getByText("0 of 2", { exact: true }).waitFor();
    const cell = page.locator(".fleet td.problem").first();
    const isCut = await cell.evaluate((place) =>
      place.scrollWidth > place.clientWidth
    );
    assertEquals([await page.locator(".fleet td.problem").count(), isCut], [
      2,
      false,
    ]);
    // Nothing that can only be sent to a rig that answers.
    await page.getByRole("link", { name: "a", exact: true }).click();
    await page.getByText("The rig does not answer").waitFor();
    assertEquals(await farm.button("Restart").count(), 0);
  },
);

testInBrowser(
  "a phone has name, trouble and temperature in the row, and a program's icon",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}, {}], {
      context: { viewport: { width: 390, height: 844 } },
    });
    const { page } = farm;
    await farm.open();
    await page.getByText("2 of 2", { exact: true }).waitFor();
    assertEquals(await measureExcess(page), 0);
    const row = page.locator(".fleet tbody tr").first();
    for (const cell of [row.locator("th"), row.getByText(/°C$/)]) {
      const box = await cell.boundingBox();
      assertEquals(box !== null && box.x + box.width <= 390, true);
    }
    // The name stays in sight.
    await page.evaluate(`document.querySelector(".fleet").scrollLeft = 1000`);
    const box = await row.locator("th a").boundingBox();
    assertEquals(box !== null && box.x >= 0 && box.x < 100, true);
    const manifest = new URL(
      String(await page.locator("link[rel=manifest]").getAttribute("href")),
      page.url(),
    );
    const response = await page.request.get(manifest.href);
    assertMatch(
      response.headers()["content-type"] ?? "",
      /^application\/manifest\+json/,
    );
    const { icons, start_url } = await response.json();
    assertEquals(new URL(start_url, manifest).href, `${farm.origin}/`);
    const icon = await page.request.get(new URL(icons[0].src, manifest).href);
    assertEquals([icon.status(), icon.headers()["content-type"]], [
      200,
      "image/svg+xml; charset=utf-8",
    ]);
    await page.getByRole("link", { name: "a", exact: true }).click();
    await page.getByRole("region", { name: "Pools", exact: true }).waitFor();
    assertEquals(await measureExcess(page), 0);
    assertEquals(farm.errors, []);
  },
);
