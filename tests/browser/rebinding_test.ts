import { assertEquals } from "jsr:@std/assert@1";
import type { Browser } from "npm:playwright-core@1";
import { testInBrowser } from "./chromium.ts";
import { EvilOrigin, RebindingRelay } from "./evil_origin.ts";
import { GatewayProgram, REPLY } from "./gateway_program.ts";

/** Asked by a page of what it takes for its own server. */
const SCRIPT = `(async () => {
  const read = async (path, init) => {
    const response = await fetch(path, init);
    const { code } = await response.clone().json();
    return code ?? await response.text();
  };
  const outcomes = [
    await read("/summary"),
    await read("/quit", { method: "POST" }),
    await read("/", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"command":"restart"}',
    }),
  ];
  const image = new Image();
  image.src = "/quit";
  await new Promise((resolve) => image.onload = image.onerror = resolve);
  const frame = document.createElement("iframe");
  frame.src = "/";
  const loaded = new Promise((resolve) => frame.onload = resolve);
  document.body.append(frame);
  await loaded;
  return outcomes;
})()`;

/** A visit to a name that leads to the evil server, and then to the gateway. */
async function visitAndRebind(
  browser: Browser,
  name: string,
  gateway: GatewayProgram,
): Promise<unknown> {
  await using evil = EvilOrigin.start();
  await using relay = await RebindingRelay.start(evil.port);
  await using page = await browser.newPage();
  await page.goto(`http://${name}:${relay.port}/`);
  assertEquals(await page.title(), "evil");
  relay.rebind(gateway.port);
  return await page.evaluate(SCRIPT);
}

const DENIED = [
  "GET / 403 host-denied",
  "GET /quit 403 host-denied",
  "GET /summary 403 host-denied",
  "POST / 403 host-denied",
  "POST /quit 403 host-denied",
];

for (
  const name of [
    "rebind.example",
    "REBIND.Example",
    "rebind.example.",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "rig.lan.evil.example",
  ]
) {
  testInBrowser(`DNS rebinding: ${name}`, async (browser) => {
    await using gateway = await GatewayProgram.start();
    assertEquals(
      await visitAndRebind(browser, name, gateway),
      ["host-denied", "host-denied", "host-denied"],
    );
    assertEquals(await gateway.readLog(DENIED.length), DENIED);
    assertEquals(gateway.rig.requests, []);
    const response = await fetch(gateway.origin() + "/version");
    assertEquals(await response.text(), REPLY);
  });
}

// Without this the tests before could pass because nothing came through.
testInBrowser(
  "DNS rebinding: a name of --allow-host is the gateway's own",
  async (browser) => {
    await using gateway = await GatewayProgram.start([
      "--allow-host=rebind.example",
    ]);
    assertEquals(
      await visitAndRebind(browser, "rebind.example", gateway),
      [REPLY, REPLY, REPLY],
    );
    assertEquals(gateway.rig.requests, [
      '{"command":"summary"}',
      '{"command":"quit"}',
      '{"command":"restart"}',
    ]);
  },
);

testInBrowser(
  "DNS rebinding: a link to the gateway by a foreign name",
  async (browser) => {
    await using gateway = await GatewayProgram.start();
    await using page = await browser.newPage();
    for (const path of ["/summary", "/", "/quit"]) {
      const response = await page.goto(gateway.origin("evil.example") + path);
      assertEquals(response?.status(), 403);
    }
    assertEquals(gateway.rig.requests, []);
  },
);
