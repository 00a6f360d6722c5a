import { assertEquals } from "jsr:@std/assert@1";
import type { Browser } from "npm:playwright-core@1";
import { testInBrowser } from "./chromium.ts";
import { EvilOrigin } from "./evil_origin.ts";
import { GatewayProgram } from "./gateway_program.ts";

/** A page reads, writes, and writes as JSON, which wants a preflight. */
const SCRIPT = `(async () => {
  const ask = async (path, init) => {
    try {
      const { status, headers } = await fetch("GATEWAY" + path, init);
      return [status, headers.get("chi-code")].join(" ").trim();
    } catch (error) {
      return error.name;
    }
  };
  const json = { "content-type": "application/json" };
  const body = '{"command":"switchpool","parameter":"2"}';
  return [
    await ask("/summary"),
    await ask("/switchpool/1", { method: "POST" }),
    await ask("/", { method: "POST", headers: json, body }),
    await ask("/summary", { headers: { "x-other": "1" } }),
  ];
})()`;

async function askFrom(
  browser: Browser,
  origin: string,
  gateway: GatewayProgram,
): Promise<unknown> {
  await using page = await browser.newPage();
  await page.goto(origin);
  return await page.evaluate(SCRIPT.replace("GATEWAY", gateway.origin()));
}

testInBrowser(
  "--cors lets pages of that origin read and write",
  async (browser) => {
    await using site = EvilOrigin.start();
    const origin = site.origin("localhost");
    await using gateway = await GatewayProgram.start([`--cors=${origin}`]);
    assertEquals(await askFrom(browser, origin, gateway), [
      "200 22",
      "200 22",
      "200 22",
      // A header that it may not send: the preflight says so.
      "TypeError",
    ]);
    assertEquals(await gateway.readLog(5), [
      "GET /summary 200",
      "OPTIONS / 204",
      "OPTIONS /summary 204",
      "POST / 200",
      "POST /switchpool/… 200",
    ]);
    assertEquals(gateway.rig.requests, [
      '{"command":"summary"}',
      '{"command":"switchpool","parameter":"1"}',
      '{"command":"switchpool","parameter":"2"}',
    ]);
  },
);

testInBrowser(
  "--cors lets pages of no other origin read or write",
  async (browser) => {
    await using site = EvilOrigin.start();
    const named = site.origin("localhost");
    await using gateway = await GatewayProgram.start([`--cors=${named}`]);
    for (
      const hostname of ["127.0.0.1", "127.0.0.2", "localhost.evil.example"]
    ) {
      assertEquals(
        await askFrom(browser, site.origin(hostname), gateway),
        Array(4).fill("TypeError"),
      );
    }
    const logged = [
      "GET /summary 403 origin-denied",
      "OPTIONS / 204",
      "OPTIONS /summary 204",
      "POST /switchpool/… 403 origin-denied",
    ].flatMap((line) => Array(3).fill(line));
    assertEquals(await gateway.readLog(logged.length), logged);
    assertEquals(gateway.rig.requests, []);
  },
);

testInBrowser(
  "--cors=* lets every page read, and none write",
  async (browser) => {
    await using site = EvilOrigin.start();
    await using gateway = await GatewayProgram.start(["--cors=*"]);
    assertEquals(
      await askFrom(browser, site.origin("127.0.0.2"), gateway),
      ["200 22", "403", "403", "TypeError"],
    );
    assertEquals(gateway.rig.requests, ['{"command":"summary"}']);
  },
);
