/**
 * The real program with a rig behind it, under attack. An attack must leave
 * the rig without a single connection; then a request that is allowed must
 * reach it, and nothing else.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@1";
import { type ProblemCode, PROBLEMS } from "../../gateway/http/problems.ts";
import { type RawResponse, sendRequest } from "../raw_http.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import type { AttackName } from "./attack_names.ts";
import { NET_ONLY, type Outcome, Program } from "./program.ts";

/** Arguments of `deno` that run the program with net and file permission. */
export const WITH_FILES: readonly string[] = NET_ONLY.toSpliced(-1, 0, "-R");

/** The token of the tests that have one. */
export const TOKEN = "correct-horse-battery-staple";

/** `Authorization` headers that are right. */
export const BEARER = { authorization: `Bearer ${TOKEN}` };
export const BASIC = { authorization: `Basic ${btoa(`owner:${TOKEN}`)}` };

/** What most browsers say of themselves, and all that they say on a plain LAN. */
export const BROWSER = {
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 " +
    "(KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
};

/** Who attacks. */
export const EVIL = "https://evil.example";

/** What an allowed request is answered with. */
export const REPLY = '{"STATUS":[{"STATUS":"S","Code":11}],"id":1}';

/** What `GET /summary` sends to a rig. */
export const SUMMARY = '{"command":"summary"}';

/** What a browser adds where it trusts the address: loopback and HTTPS. */
export function makeFetchHeaders(
  site: string,
  mode: string,
  dest: string,
): Record<string, string> {
  return {
    ...BROWSER,
    "sec-fetch-site": site,
    "sec-fetch-mode": mode,
    "sec-fetch-dest": dest,
  };
}

/** How {@linkcode sendRequest} is asked. */
export type Ask = NonNullable<Parameters<typeof sendRequest>[2]>;

/** How the program is started. */
export interface GatewayOptions {
  /** Its flags, besides those of the rigs and the port. */
  readonly flags?: readonly string[];
  /** Start it with {@linkcode TOKEN}. */
  readonly hasToken?: boolean;
  /** What it logs; nothing if not said. */
  readonly log?: "text" | "json";
}

/** A running program, the rig behind it, and a machine that is none of its. */
export class AttackedGateway implements AsyncDisposable {
  /** The rig called `default` and `garage`. */
  readonly rig: ScriptedRig;
  /** A server on this network that is no rig. */
  readonly bystander: ScriptedRig;
  readonly program: Program;
  /** Where it serves, on 127.0.0.1 and on ::1. */
  readonly port: number;
  readonly #cleanUp: AsyncDisposableStack;

  private constructor(
    rigs: [ScriptedRig, ScriptedRig],
    program: Program,
    port: number,
    cleanUp: AsyncDisposableStack,
  ) {
    [this.rig, this.bystander] = rigs;
    this.program = program;
    this.port = port;
    this.#cleanUp = cleanUp;
  }

  /** Starts all of it; `await using` ends it. */
  static async start(options: GatewayOptions = {}): Promise<AttackedGateway> {
    await using stack = new AsyncDisposableStack();
    const rig = stack.use(await ScriptedRig.start(replyWith(REPLY)));
    const bystander = stack.use(await ScriptedRig.start(replyWith(REPLY)));
    const flags = ["-w0", `-p${rig.port}`, ...options.flags ?? []];
    flags.push(`--rig=garage=127.0.0.1:${rig.port}`);
    flags.push(`--log=${options.log ?? "off"}`);
    if (options.hasToken) {
      const path = await Deno.makeTempFile();
      stack.defer(() => Deno.remove(path));
      await Deno.writeTextFile(path, TOKEN + "\n");
      flags.push(`--token-file=${path}`);
    }
    const program = stack.use(Program.spawn(flags, { run: WITH_FILES }));
    const port = await program.readPort();
    // Two rigs, and who may do what.
    for (let i = 0; i < 3; i++) await program.readLine();
    const cleanUp = stack.move();
    return new AttackedGateway([rig, bystander], program, port, cleanUp);
  }

  /** Sends a request from 127.0.0.1, byte by byte as it is written. */
  send(target: string, ask: Ask = {}): Promise<RawResponse> {
    return sendRequest(this.port, target, ask);
  }

  /** Posts a body to a rig's root; as JSON if nothing else is said. */
  post(
    body: string,
    headers: Record<string, string> = {},
    target = "/",
  ): Promise<RawResponse> {
    return this.send(target, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    });
  }

  /** Sends a request from ::1, as a script does. */
  async sendFromIpv6(
    target: string,
    init: RequestInit = {},
  ): Promise<{ status: number; body: string }> {
    const response = await fetch(`http://[::1]:${this.port}${target}`, init);
    return { status: response.status, body: await response.text() };
  }

  /** Sends a request that must be refused, for one of these reasons. */
  async refuse(
    codes: ProblemCode | readonly ProblemCode[],
    target: string,
    ask: Ask = {},
  ): Promise<RawResponse> {
    return assertRefused(
      await this.send(target, ask),
      codes,
      `${ask.method ?? "GET"} ${target} ${JSON.stringify(ask)}`,
    );
  }

  /** Ends it, and gives all that it printed. */
  async stop(): Promise<Outcome> {
    this.program.kill("SIGTERM");
    return await this.program.readOutcome();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}

/** Asserts that a response says no, and to nobody else's page. */
export function assertRefused<T extends RawResponse>(
  response: T,
  codes: ProblemCode | readonly ProblemCode[],
  what: string,
): T {
  const { status, headers, body } = response;
  const expected = [codes].flat();
  // The response to HEAD has no body, and so no code.
  const found = body === ""
    ? expected.find((code) => PROBLEMS[code][0] === status)
    : JSON.parse(body).code;
  assert(
    expected.includes(found),
    `${what} was answered with ${status} ${found}, not ${expected}`,
  );
  assertEquals(status, PROBLEMS[found as ProblemCode][0], what);
  assertEquals(headers.get("access-control-allow-origin"), null, what);
  return response;
}

/** An attack, and what must still work after it. */
export interface Attack extends GatewayOptions {
  /** Left out where the program does not serve on ::1. */
  readonly needsIpv6?: boolean;
  /** What is done, none of which may reach the rig. */
  attack(gateway: AttackedGateway): Promise<void>;
  /** What is allowed; if not said, `GET /summary`. */
  allowed?(gateway: AttackedGateway): Promise<void>;
  /** All that the rig received in the end. */
  readonly reaches?: readonly string[];
}

/** Whether the program serves on ::1; on Windows it serves IPv4 alone. */
export const hasIpv6 = Deno.build.os !== "windows" && canListen("::1");

function canListen(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

/** Registers the test of an attack. */
export function testAttack(name: AttackName, attack: Attack): void {
  const ignore = attack.needsIpv6 === true && !hasIpv6;
  Deno.test({ name, ignore, fn: () => runAttack(attack) });
}

async function runAttack(attack: Attack): Promise<void> {
  await using gateway = await AttackedGateway.start(attack);
  const { rig, bystander } = gateway;
  await attack.attack(gateway);
  assertEquals(rig.connectionCount, 0, "the attack reached the rig");
  if (attack.allowed === undefined) {
    const { status, body } = await gateway.send("/summary");
    assertEquals([status, body], [200, REPLY]);
  } else {
    await attack.allowed(gateway);
  }
  // Whatever the attack sent late would stand before it: one at a time.
  assertEquals(rig.requests, [...attack.reaches ?? [SUMMARY]]);
  assertEquals(rig.connectionCount, rig.requests.length);
  assertEquals(bystander.connectionCount, 0, "a bystander was reached");
}
