import { assert, assertEquals, assertStringIncludes } from "jsr:@std/assert@1";
import { type Behaviour, ScriptedRig } from "../scripted_rig.ts";
import { Farm, WRITES } from "./acting_farm.ts";
import { testInBrowser } from "./chromium.ts";

/** Attack: text of a stranger that becomes markup, or turns what is around it. */
const IMAGE = `<img src=x onerror="document.title='ran'">`;
const SCRIPT = `</script><script>document.title='ran'</script>`;
const BIDI = "\u202egnp.exe\u2066";
const LONG = "x".repeat(10_000);
const ALL = `${IMAGE}${SCRIPT}${BIDI}${LONG}`;

/** Of a pool's address the gateway passes on what may be one, and no more. */
const POOLS = [
  [IMAGE, "pool 0"],
  [SCRIPT, "pool 1"],
  [BIDI, "pool 2 (stratum+tcp://gnp.exe)"],
  ["z".repeat(80), `pool 3 (stratum+tcp://${"z".repeat(45)}…)`],
] as const;

/** Tags have no slash, and at most 100 characters. */
const TAGS = { site: IMAGE, row: BIDI, shelf: "y".repeat(100) };

/** What `IMAGE` is that has become markup, or the like. */
const MARKUP = "main img, main script, header img, header script";

/** Is a rig with such pools, and answers every write with such a STATUS. */
function answerHostile(makeWriteReply: (text: string) => unknown): Behaviour {
  return async ({ request, send }) => {
    const { command } = JSON.parse(request);
    await send(
      JSON.stringify(
        WRITES.has(command)
          ? makeWriteReply(ALL)
          : { STATUS: [{ STATUS: "S", Msg: ALL }], ...REPORTS[command], id: 1 },
      ) + "\0",
    );
  };
}

const REPORTS: Readonly<Record<string, object>> = {
  summary: {
    SUMMARY: [{ Elapsed: 60, "MHS 5s": 1, Accepted: 1, Rejected: 0 }],
  },
  devs: {
    DEVS: [{ ASC: 0, Name: ALL, Enabled: "Y", Status: ALL, "MHS 5s": 1 }],
  },
  pools: {
    POOLS: POOLS.map(([host], index) => ({
      POOL: index,
      URL: `stratum+tcp://${host}`,
      User: ALL,
      Status: "Alive",
      Priority: index,
    })),
  },
};

/** Asserts that nothing of it ran, turned, or made the page wider. */
async function assertHarmless(farm: Farm): Promise<void> {
  const { page } = farm;
  assertEquals(await page.locator(MARKUP).count(), 0);
  assert(!/ran/.test(await page.title()), await page.title());
  const text = await page.locator("body").innerText();
  assert(!/[\u202a-\u202e\u2066-\u2069]/.test(text), "a character that turns");
  assert(text.length < 10_000, `${text.length} characters`);
  const excess = await page.evaluate(
    "document.documentElement.scrollWidth - innerWidth",
  );
  assertEquals(excess, 0);
  assertEquals(farm.errors, []);
}

testInBrowser(
  "hostile tags show as text in the fleet, at their rig and on their own page",
  async (browser) => {
    const options = { tags: { a: TAGS, b: TAGS } };
    await using farm = await Farm.start(browser, [{}, {}], options);
    const { page } = farm;
    await farm.open();
    await page.getByText("2 of 2", { exact: true }).waitFor();
    const row = page.locator(".fleet tbody tr").first();
    assertStringIncludes(await row.innerText(), `site:${IMAGE}`);
    await assertHarmless(farm);
    await page.getByLabel("Filter").fill(IMAGE.slice(0, 10));
    await page.getByText("2 rigs", { exact: true }).waitFor();
    await page.getByRole("link", { name: "a", exact: true }).click();
    await page.getByRole("heading", { name: "a", exact: true }).waitFor();
    const chips = await page.locator(".tag").allInnerTexts();
    assertEquals(chips[0], `site:${IMAGE}`);
    await assertHarmless(farm);
    await farm.open(`@site:${encodeURIComponent(IMAGE)}/`);
    await page.getByText("2 of 2", { exact: true }).waitFor();
    assertEquals(await page.locator("header bdi").innerText(), `site:${IMAGE}`);
    await assertHarmless(farm);
  },
);

testInBrowser(
  "hostile pools show as text in forms, in the sentence and in the dialog",
  async (browser) => {
    await using rig = await ScriptedRig.start(
      answerHostile((Msg) => ({ STATUS: [{ STATUS: "S", Msg }], id: 1 })),
    );
    await using farm = await Farm.start(browser, [rig]);
    const { page } = farm;
    await farm.open();
    for (const [index, [, words]] of POOLS.entries()) {
      const form = await farm.openForm("Remove pool");
      await form.getByRole("combobox").selectOption({ label: words });
      const hasText = `Rig a will forget ${words} with`;
      await form.getByRole("status").filter({ hasText }).waitFor();
      await form.getByRole("button", { name: "Remove pool" }).click();
      const dialog = page.getByRole("dialog");
      assertStringIncludes(await dialog.innerText(), hasText);
      await assertHarmless(farm);
      await dialog.getByRole("button", { name: "Cancel" }).click();
      assertEquals(await form.getByRole("combobox").inputValue(), `${index}`);
      await form.getByRole("button", { name: "Cancel" }).click();
    }
    const form = await farm.openForm("Pool priorities");
    assertStringIncludes(await form.innerText(), "pool 2 (stratum+tcp://gnp");
    await assertHarmless(farm);
  },
);

for (
  const [name, makeWriteReply] of [
    [
      "in its STATUS",
      (text: string) => ({ STATUS: [{ STATUS: "S", Msg: text }] }),
    ],
    [
      "as its letter",
      (text: string) => ({ STATUS: [{ STATUS: text, Msg: text }] }),
    ],
    ["as its last word", (text: string) => ({ STATUS: text })],
    [
      "in an object",
      (text: string) => ({ STATUS: "E", Msg: { [text]: text } }),
    ],
  ] as const
) {
  testInBrowser(
    `a hostile answer to an action shows as text, ${name}`,
    async (browser) => {
      await using rig = await ScriptedRig.start(answerHostile(makeWriteReply));
      await using farm = await Farm.start(browser, [rig, {}]);
      const { page } = farm;
      await farm.open("#/rig/a");
      const form = await farm.openForm("Zero stats");
      await form.getByRole("button", { name: "Zero stats" }).click();
      await page.getByText("Zero stats: 1 of 1 rig answered").waitFor();
      assertStringIncludes(await farm.readAnswer("a"), "<img src=x onerror=");
      await assertHarmless(farm);
    },
  );
}
