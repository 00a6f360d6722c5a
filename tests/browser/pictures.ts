/**
 * Makes the pictures of the dashboard in `docs/`, from `--demo`, in a real
 * Chromium: the fleet and a rig, on a desk and on a phone, light and dark.
 *
 * ```sh
 * deno run -A --lock=tests/deno.lock tests/browser/pictures.ts
 * ```
 *
 * All permissions, because Playwright wants them; `CHROMIUM_BIN` names the
 * browser, where it is not on `PATH`. The charts are of the minutes that it
 * waits.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { chromium } from "npm:playwright-core@1";
import { FINDING } from "./chromium.ts";
import { Program } from "../program/program.ts";

const FOLDER = fileURLToPath(new URL("../../docs/", import.meta.url));
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const RIG = "#/rig/demo-2";

/** Each picture: its name, what is looked at, the window and the colours. */
const PICTURES = [
  ["fleet", "", DESK, "light"],
  ["fleet_dark", "", DESK, "dark"],
  ["rig", RIG, DESK, "light"],
  ["rig_dark", RIG, DESK, "dark"],
  ["phone_light", "", PHONE, "light"],
  ["phone_dark", RIG, PHONE, "dark"],
] as const;

/** How long the rigs are looked at before. */
const WAIT_MS = Number(Deno.args[0] ?? 300) * 1000;

if ("missing" in FINDING) throw new Error(`Pictures ${FINDING.missing}`);
await using program = Program.spawn([
  ...["--http-host=127.0.0.1", "-w0", "--log=off", "--demo=12"],
]);
const origin = `http://127.0.0.1:${await program.readPort()}`;
const browser = await chromium.launch({
  executablePath: FINDING.path,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-proxy-server"],
});
const pages = await Promise.all(
  PICTURES.map(async ([name, hash, viewport, colorScheme]) => {
    const page = await browser.newPage({ viewport, colorScheme });
    await page.goto(`${origin}/${hash}`);
    return { name, page };
  }),
);
await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
for (const { name, page } of pages) {
  await page.screenshot({
    path: `${FOLDER}dashboard_${name}.png`,
    fullPage: true,
  });
}
await browser.close();
