/**
 * What a reverse proxy of deploy/ must do, whichever it is: checked through it,
 * with the real program behind, started with the flags that its file names.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "jsr:@std/assert@1";
import {
  AttackedGateway,
  BEARER,
  makeFetchHeaders,
} from "../program/attacked_gateway.ts";
import { parseResponse, type RawResponse } from "../raw_http.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import { findCommandLines, readShipped, toPath } from "./shipped_files.ts";

/** The name that the shipped files serve. */
export const NAME = "miners.example.com";

/** A certificate for localhost and its addresses, and its key. */
export const CERTIFICATE = {
  cert: toPath("tests/program/test_certificate_1.pem"),
  key: toPath("tests/program/test_certificate_1_key.pem"),
};

const caCerts = [Deno.readTextFileSync(CERTIFICATE.cert)];

const SWITCH = "/switchpool/1";

/** How something is asked through a proxy. */
interface Ask {
  /** Who asks: 127.0.0.1, who may only read here, or ::1, who may write. */
  readonly from?: "127.0.0.1" | "::1";
  readonly host?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks over TLS by HTTP/1.1, byte by byte as it is written. */
async function ask(
  port: number,
  target: string,
  { from = "127.0.0.1", host = NAME, method = "GET", headers = {} }: Ask = {},
): Promise<RawResponse> {
  const plain = await Deno.connect({ hostname: from, port });
  using conn = await Deno.startTls(plain, { hostname: "localhost", caCerts });
  const lines = { host, connection: "close", ...headers };
  const head = Object.entries(lines).map(([name, value]) =>
    `${name}: ${value}\r\n`
  );
  const writer = conn.writable.getWriter();
  const request = `${method} ${target} HTTP/1.1\r\n${head.join("")}\r\n`;
  await writer.write(new TextEncoder().encode(request));
  writer.releaseLock();
  return parseResponse(await new Response(conn.readable).text());
}

/** The rig that waits, and the gateway with it. */
interface Farm {
  readonly gateway: AttackedGateway;
  readonly slowRig: ScriptedRig;
  readonly port: number;
}

/**
 * Starts the program as a proxy's file says.
 *
 * @param file The file, in which a comment has the command line.
 * @param slowRig The rig called `slow`.
 */
export function startGateway(
  file: string,
  slowRig: ScriptedRig,
): Promise<AttackedGateway> {
  const lines = findCommandLines(readShipped(file));
  assertEquals(lines.length, 1, `command lines in ${file}`);
  const flags = [
    ...lines[0] ?? [],
    // ::1 stands for a machine that may write, 127.0.0.1 for one that may not.
    "--allow=W:[::1],R:0/0",
    `--rig=slow=127.0.0.1:${slowRig.port}`,
  ];
  return AttackedGateway.start({ flags, hasToken: true });
}

/** Starts a rig that nobody has told yet what to do. */
export function startSlowRig(): Promise<ScriptedRig> {
  return ScriptedRig.start(replyWith('{"id":1}'));
}

/** All that every proxy must do, a step each. */
export async function checkProxy(
  test: Deno.TestContext,
  farm: Farm,
): Promise<void> {
  await test.step("passes paths on as they were sent", () => checkPaths(farm));
  await test.step("says who the client is", () => checkClient(farm));
  await test.step("drops what a client says of who it is", () =>
    checkSpoofing(farm));
  await test.step("lets browsers ask by its name, and act", () =>
    checkBrowsers(farm));
  await test.step("speaks HTTP/2, and passes live streams on", () =>
    checkStream(farm));
  await test.step("passes /@all on rig by rig", () => checkPieces(farm));
}

async function checkPaths({ gateway, port }: Farm): Promise<void> {
  const { requests } = gateway.rig;
  for (
    const [path, parameter] of [
      [
        "/addpool/stratum+tcp://pool.example.com:3333,a,b",
        "stratum+tcp://pool.example.com:3333,a,b",
      ],
      [
        "/addpool/stratum%2Btcp%3A%2F%2Fpool:3333,a%20b,c%25d",
        "stratum+tcp://pool:3333,a b,c%d",
      ],
      ["/addpool/a/../b//./c?pretty", "a/../b//./c"],
    ] as const
  ) {
    const { status, body } = await ask(port, path, { headers: BEARER });
    assertEquals(status, 200, body);
    assertEquals(JSON.parse(requests.at(-1) ?? ""), {
      command: "addpool",
      parameter,
    });
  }
}

async function checkClient({ port }: Farm): Promise<void> {
  const stranger = await ask(port, SWITCH);
  assertEquals([stranger.status, JSON.parse(stranger.body).code], [
    401,
    "token-required",
  ]);
  assertStringIncludes(stranger.body, "127.0.0.1 asks");
  assertEquals((await ask(port, SWITCH, { from: "::1" })).status, 200);
}

async function checkSpoofing({ gateway, port }: Farm): Promise<void> {
  const before = gateway.rig.requests.length;
  for (
    const headers of [
      { "x-forwarded-for": "::1" },
      { "x-forwarded-for": "::1, 127.0.0.1", forwarded: 'for="[::1]"' },
      { forwarded: 'for="[::1]"' },
      { "x-forwarded-for": "garbage", "x-real-ip": "::1" },
    ]
  ) {
    const { status, body } = await ask(port, SWITCH, { headers });
    assertEquals(status, 401, JSON.stringify(headers));
    assertStringIncludes(body, "127.0.0.1 asks");
    // Nor does it harm who has rights.
    const owner = await ask(port, SWITCH, { from: "::1", headers });
    assertEquals(owner.status, 200, JSON.stringify(headers));
  }
  assertEquals(gateway.rig.requests.length, before + 4);
}

async function checkBrowsers({ port }: Farm): Promise<void> {
  const fetched = makeFetchHeaders("same-origin", "cors", "empty");
  for (const host of [NAME, `${NAME}:${port}`]) {
    const page = await ask(port, "/", {
      host,
      headers: {
        ...makeFetchHeaders("none", "navigate", "document"),
        accept: "text/html",
      },
    });
    assertEquals(page.status, 200, host);
    assertStringIncludes(page.body, "<!doctype html>");
    const act = async (origin: string) => {
      const headers = { ...fetched, origin, "content-length": "0" };
      const asked = { from: "::1", host, method: "POST", headers } as const;
      return (await ask(port, SWITCH, asked)).status;
    };
    assertEquals(await act(`https://${host}`), 200, host);
    assertEquals(await act("https://evil.example"), 403, host);
  }
}

async function checkStream({ port }: Farm): Promise<void> {
  using client = Deno.createHttpClient({ caCerts, http1: false, http2: true });
  const response = await fetch(
    `https://localhost:${port}/summary?interval=1`,
    { client, headers: { accept: "text/event-stream" } },
  );
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  let text = "";
  const pieces = response.body?.pipeThrough(new TextDecoderStream()) ?? [];
  for await (const piece of pieces) {
    text += piece;
    if ([...text.matchAll(/^event: reply$/gm)].length === 2) break;
  }
  assertStringIncludes(text, "data: {");
}

async function checkPieces({ slowRig, port }: Farm): Promise<void> {
  const isRead = Promise.withResolvers<void>();
  slowRig.behaviour = async ({ send }) => {
    await isRead.promise;
    await send('{"id":"slow"}\0');
  };
  using client = Deno.createHttpClient({ caCerts });
  const response = await fetch(`https://localhost:${port}/@all/version`, {
    client,
  });
  let text = "";
  const pieces = response.body?.pipeThrough(new TextDecoderStream()) ?? [];
  for await (const piece of pieces) {
    text += piece;
    // Whoever keeps it back until it is whole hears that the rig is silent.
    if (text.includes('"garage"')) isRead.resolve();
  }
  assertEquals(JSON.parse(text)["slow"], { id: "slow" });
}
