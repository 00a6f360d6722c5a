import { assertEquals } from "jsr:@std/assert@1";
import type { Page } from "npm:playwright-core@1";
import { aimAttack, type Attack, ATTACKS } from "./attacks.ts";
import { testInBrowser } from "./chromium.ts";
import { EvilOrigin } from "./evil_origin.ts";
import { GatewayProgram } from "./gateway_program.ts";
import { assertUnasked, runAttack, runAttacks } from "./visit.ts";

/** Where the page stands: two sites that are others, and another port. */
const ATTACKERS = ["localhost", "127.0.0.2", "127.0.0.1"];

for (const attack of ATTACKS) {
  testInBrowser(`a page of another origin: ${attack.name}`, async (browser) => {
    await using gateway = await GatewayProgram.start();
    const aimed = aimAttack(attack, gateway.origin());
    // A page that leaves is a new one, which takes long: one origin will do.
    const hostnames = attack.leaves ? ATTACKERS.slice(0, 1) : ATTACKERS;
    const { logged, outcomes } = await runAttacks(
      browser,
      aimed,
      gateway,
      hostnames,
    );
    assertEquals(logged, hostnames.flatMap(() => aimed.logged).toSorted());
    assertEquals(outcomes, hostnames.map(() => aimed.outcome));
    await assertUnasked(gateway);
  });
}

/** A page that has its visitor's browser send what it knows by heart. */
const WITH_CREDENTIALS: Attack = {
  name: "",
  html: '<form method="post" action="GATEWAY/quit" target="_blank"></form>',
  script: `const init = { mode: "no-cors", credentials: "include" };
    await fetch("GATEWAY/summary", init);
    await fetch("GATEWAY/switchpool/1", { ...init, method: "POST" });
    document.forms[0].submit();`,
  logged: ["GET /summary", "POST /quit", "POST /switchpool/…"],
};

/** Has the browser learn the token by Basic, as a person types it. */
async function logIn(
  page: Page,
  gateway: GatewayProgram,
): Promise<void> {
  const url = gateway.origin().replace("//", "//me:the-token@");
  await page.goto(`${url}/version`);
  // From here on it sends it by itself.
  const script = `fetch("${gateway.origin()}/zero/all,false", {
    method: "POST" }).then(({ status }) => status)`;
  assertEquals(await page.evaluate(script), 200);
  assertEquals(gateway.rig.requests.length, 2);
}

const LOGGED_IN = [
  "GET /version 200",
  "GET /version 401 token-required",
  "POST /zero/… 200",
];

testInBrowser(
  "a page of another origin: requests with the token that the browser knows by Basic",
  async (browser) => {
    const args = ["--allow=R:0/0", "--token-for-reads"];
    await using evil = EvilOrigin.start();
    for (const hostname of ATTACKERS) {
      await using gateway = await GatewayProgram.start(args, "the-token");
      await using page = await browser.newPage();
      await logIn(page, gateway);
      const aimed = aimAttack(WITH_CREDENTIALS, gateway.origin());
      await runAttack(page, aimed, evil, hostname);
      assertEquals(
        await gateway.readLog(6),
        [...LOGGED_IN, ...aimed.logged].toSorted(),
      );
      assertEquals(gateway.rig.requests.length, 2);
    }
  },
);

// Without this the test before could pass because no token was sent at all.
testInBrowser(
  "a page that --cors names sends the token that the browser knows by Basic",
  async (browser) => {
    await using evil = EvilOrigin.start();
    await using gateway = await GatewayProgram.start([
      "--allow=R:0/0",
      "--token-for-reads",
      `--cors=${evil.origin("127.0.0.1")}`,
    ], "the-token");
    await using page = await browser.newPage();
    await logIn(page, gateway);
    const aimed = aimAttack({
      ...WITH_CREDENTIALS,
      logged: [
        "GET /summary",
        "POST /quit 200",
        "POST /switchpool/… 200",
      ],
    }, gateway.origin());
    await runAttack(page, aimed, evil, "127.0.0.1");
    assertEquals(
      await gateway.readLog(6),
      [...LOGGED_IN, ...aimed.logged].toSorted(),
    );
  },
);
