/**
 * A visit to a page that attacks a gateway, and what is held afterwards.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@1";
import type { Browser, Page } from "npm:playwright-core@1";
import type { Attack } from "./attacks.ts";
import { EvilOrigin } from "./evil_origin.ts";
import { type GatewayProgram, REPLY } from "./gateway_program.ts";

/** Pages by the host that they visit: the same host again is quick. */
const kept = new Map<string, Page>();

async function findPage(browser: Browser, hostname: string): Promise<Page> {
  const page = kept.get(hostname) ?? await browser.newPage();
  kept.set(hostname, page);
  return page;
}

/** Loads a page with an attack, runs it, and gives what it has learned. */
export async function runAttack(
  page: Page,
  { html, script }: Required<Attack>,
  evil: EvilOrigin,
  hostname: string,
): Promise<unknown> {
  evil.html = html;
  // A page that leads on by itself may be gone before it is loaded.
  const waitUntil = script === "" ? "commit" : "load";
  await page.goto(evil.origin(hostname), { waitUntil });
  if (script === "") return undefined;
  return await page.evaluate(`(async () => { ${script} })()`);
}

/**
 * Runs an attack from several origins at once, waits until all that it asks is
 * in the gateway's log, and gives log and outcomes.
 */
export async function runAttacks(
  browser: Browser,
  attack: Required<Attack>,
  gateway: GatewayProgram,
  hostnames: readonly string[],
): Promise<{ logged: string[]; outcomes: unknown[] }> {
  await using evil = EvilOrigin.start();
  const pages = await Promise.all(
    hostnames.map((hostname) =>
      attack.leaves ? browser.newPage() : findPage(browser, hostname)
    ),
  );
  const outcomes = await Promise.all(
    hostnames.map((hostname, index) =>
      runAttack(pages[index] as Page, attack, evil, hostname)
    ),
  );
  const count = attack.logged.length * hostnames.length;
  const logged = await gateway.readLog(count);
  if (attack.leaves) {
    await Promise.all(pages.map((page) => page.context().close()));
  }
  return { logged, outcomes };
}

/** The rig was asked nothing; and it does answer who may ask. */
export async function assertUnasked(gateway: GatewayProgram): Promise<void> {
  assertEquals(gateway.rig.requests, []);
  const response = await fetch(gateway.origin() + "/version");
  assertEquals(await response.text(), REPLY);
  assertEquals(gateway.rig.requests, ['{"command":"version"}']);
}
