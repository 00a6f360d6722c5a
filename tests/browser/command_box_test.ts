/**
 * The dashboard's box for commands, before the real program and its rigs.
 *
 * @module
 */

import {
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { Farm } from "./acting_farm.ts";
import { testInBrowser } from "./chromium.ts";

/** Asks the rig, and waits for what comes of it. */
async function ask(
  { page }: Farm,
  command: string,
  parameter = "",
): Promise<void> {
  await page.getByLabel("Command").fill(command);
  await page.getByLabel("Parameter").fill(parameter);
  await page.getByRole("button", { name: "Ask", exact: true }).click();
}

/** Runs the curl line that is shown, in a shell; gives what curl would get. */
async function readCurlWords({ page }: Farm): Promise<string[]> {
  const line = await page.locator("code.curl").innerText();
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", line.replace(/^curl/, "printf '%s\\n'")],
  }).output();
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

testInBrowser(
  "joined commands are answered, and an objection takes the last reply away",
  async (browser) => {
    const config = { allow: "R:0/0" };
    await using farm = await Farm.start(browser, [{}], { config });
    const { page } = farm;
    await farm.open();
    await ask(farm, "summary+devs");
    const reply = JSON.parse(await page.getByLabel("Reply").innerText());
    assertEquals(Object.keys(reply).toSorted(), ["devs", "id", "summary"]);
    await ask(farm, "quit");
    await page.getByText('"quit" is no command that reads').waitFor();
    assertEquals(await page.locator("pre, code.curl").count(), 0);
    await ask(farm, "summary+asc");
    await page.getByText('"asc" cannot be joined').waitFor();
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "two dots are asked as they are, and half a character is refused",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}]);
    const { page } = farm;
    await farm.open();
    for (const parameter of ["..", "."]) {
      await ask(farm, "check", parameter);
      // Of "check", not of "version" or of the rig's page.
      await page.locator("pre", { hasText: '"CHECK"' }).waitFor();
      assertEquals(await readCurlWords(farm), [
        "-s",
        "-H",
        "Content-Type: application/json",
        "-d",
        JSON.stringify({ command: "check", parameter }),
        `${farm.origin}/@a?pretty`,
      ]);
    }
    await page.evaluate(`{
      const input = document.querySelector(".command input:not([list])");
      input.value = "\\ud800";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }`);
    await farm.button("Ask").click();
    await page.getByText("Half a character cannot be sent").waitFor();
    await ask(farm, "version");
    await page.locator("pre", { hasText: '"VERSION"' }).waitFor();
    assertEquals(farm.errors, []);
  },
);

testInBrowser(
  "who may write may ask what the gateway does not know, and a problem has its curl line",
  async (browser) => {
    await using farm = await Farm.start(browser, [{}]);
    const { page } = farm;
    await farm.open();
    await ask(farm, "privileged");
    assertMatch(
      await page.getByLabel("Reply").innerText(),
      /Privileged access/,
    );
    await ask(farm, "made_up", "it's");
    assertMatch(await page.getByLabel("Reply").innerText(), /Invalid command/);
    assertStringIncludes(
      (await readCurlWords(farm)).join("\n"),
      '{"command":"made_up","parameter":"it\'s"}',
    );
    await farm.stopRig(0);
    await ask(farm, "version");
    await page.locator(".command [role=alert]").waitFor();
    assertEquals(await readCurlWords(farm), [
      "-s",
      `${farm.origin}/@a/version?pretty`,
    ]);
    await farm.configure({ allow: "R:0/0" });
    await farm.button("Restart").waitFor({ state: "detached" });
    for (const command of ["privileged", "made_up"]) {
      await ask(farm, command);
      await page.getByText(`"${command}" is no command that reads`).waitFor();
    }
    assertEquals(farm.errors, []);
  },
);
