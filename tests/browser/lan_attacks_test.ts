/**
 * The same attacks where the gateway has a name on a LAN. To plain-http
 * addresses other than loopback no browser sends `Sec-Fetch-*`, so nothing
 * tells the gateway where an image or a navigation comes from; and still
 * nothing is written.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { aimAttack, type Attack, ATTACKS } from "./attacks.ts";
import { testInBrowser } from "./chromium.ts";
import { EvilOrigin } from "./evil_origin.ts";
import { GatewayProgram } from "./gateway_program.ts";
import { assertUnasked, runAttack, runAttacks } from "./visit.ts";

/** The gateway, and a sibling subdomain where the page stands. */
const RIG = "rig.farm.lan";
const SIBLING = "evil.farm.lan";

/** What the gateway may say to an attack. */
const REFUSED =
  / 403 origin-denied$|^(GET|HEAD) .* 405 method-not-allowed$|^OPTIONS .* 204$/;

for (const attack of ATTACKS) {
  const write: Attack = JSON.parse(
    JSON.stringify(attack).replaceAll("/summary", "/restart"),
  );
  testInBrowser(
    `a page of a sibling subdomain: ${attack.name}`,
    async (browser) => {
      await using gateway = await GatewayProgram.start();
      const aimed = aimAttack(write, gateway.origin(RIG));
      const { logged, outcomes } = await runAttacks(
        browser,
        aimed,
        gateway,
        [SIBLING],
      );
      const toRequest = (line: string) => line.split(" ", 2).join(" ");
      assertEquals(logged.map(toRequest), aimed.logged.map(toRequest));
      for (const line of logged) assertMatch(line, REFUSED);
      assertEquals(outcomes, [aimed.outcome]);
      await assertUnasked(gateway);
    },
  );
}

testInBrowser(
  "an image to a LAN comes without Sec-Fetch-* and Origin, and does not write",
  async (browser) => {
    await using gateway = await GatewayProgram.start();
    await using evil = EvilOrigin.start();
    await using page = await browser.newPage();
    const html = '<img src="GATEWAY/quit" referrerpolicy="no-referrer">';
    const logged = ["GET /quit 405 method-not-allowed"];
    const aimed = aimAttack({ name: "", html, logged }, gateway.origin(RIG));
    await runAttack(page, aimed, evil, "evil.example");
    assertEquals(await gateway.readLog(1), logged);
    await assertUnasked(gateway);
  },
);

// The limit of what a gateway can tell: nothing in such a request is foreign.
testInBrowser(
  "a page may have a rig on a LAN asked for a report, and learns nothing of it",
  async (browser) => {
    await using gateway = await GatewayProgram.start();
    await using evil = EvilOrigin.start();
    await using page = await browser.newPage();
    const aimed = aimAttack({
      name: "",
      script: `const image = new Image();
      image.src = "GATEWAY/summary";
      await new Promise((resolve) => image.onload = image.onerror = resolve);
      const { type } = await fetch("GATEWAY/summary", { mode: "no-cors" });
      const error = await fetch("GATEWAY/summary").catch(({ name }) => name);
      return [image.naturalWidth, type, error];`,
      logged: ["GET /summary 200", "GET /summary 200", "GET /summary"],
    }, gateway.origin(RIG));
    const outcome = await runAttack(page, aimed, evil, "evil.example");
    assertEquals(outcome, [0, "opaque", "TypeError"]);
    assertEquals(await gateway.readLog(3), aimed.logged);
  },
);
