import { assertEquals, assertRejects } from "jsr:@std/assert@1";
import * as crypto from "node:crypto";
import { deriveMd5Crypt } from "../../../rigs/md5_crypt.ts";
import { RigQueue } from "../../../rigs/queue.ts";
import {
  decryptReply,
  deriveToken,
  encryptCommand,
} from "../../../rigs/sessions/whatsminer.ts";
import type { RawReply, RigRequest } from "../../../rpc.ts";
import { RequestError, RigError } from "../../../rpc/errors.ts";
import { ScriptedRig } from "../../scripted_rig.ts";
import exchanges from "./pyasic_exchanges.json" with { type: "json" };

const RIG = { hostname: "10.0.0.7", port: 4028 };

function toReply(text: string): RawReply {
  return { bytes: new TextEncoder().encode(text), end: "eof" };
}

function readText({ bytes }: RawReply): string {
  return new TextDecoder().decode(bytes);
}

Deno.test("deriveMd5Crypt() gives the published hashes", async () => {
  const vectors: [password: string, salt: string, hash: string][] = [
    // glibc, crypt/md5c-test.c; its salt is longer than what counts.
    ["Hello world!", "saltstring", "YMyguxXMBpd2TEZ.vS/3q1"],
    // The manual of PHP's crypt().
    ["rasmuslerdorf", "rasmusle", "rISCgZzpwk3UhDidwXvin0"],
    // The manual of passlib's md5_crypt.
    ["password", "3azHgidD", "SrJPt7B.9rekpmwJwtON31"],
  ];
  for (const [password, salt, hash] of vectors) {
    assertEquals(await deriveMd5Crypt(password, salt), hash);
  }
});

Deno.test("decryptReply() gives the text of NIST SP 800-38A, F.1.6", () => {
  const toBytes = (hex: string) => Uint8Array.fromHex(hex);
  const key = toBytes(
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
  );
  const enc = toBytes(
    "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870",
  ).toBase64();
  const { bytes } = decryptReply(
    crypto,
    { sign: "", key },
    RIG,
    toReply(JSON.stringify({ enc })),
  );
  assertEquals(
    bytes.toHex(),
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
  );
});

Deno.test("a WhatsMiner gets what pyasic sends it, and its reply is read", async () => {
  for (const exchange of exchanges) {
    const { password, command: { cmd, ...members } } = exchange;
    const token = await deriveToken(crypto, password, exchange);
    assertEquals(token.sign, exchange.sign);
    const request: RigRequest = {
      command: cmd,
      body: JSON.stringify({ command: cmd, ...members }),
    };
    // What decrypts a reply decrypts a command.
    const open = (data: string) =>
      JSON.parse(readText(decryptReply(
        crypto,
        token,
        RIG,
        toReply(JSON.stringify({ enc: data })),
      )));
    const sent = JSON.parse(encryptCommand(crypto, token, request));
    assertEquals(sent.enc, 1);
    assertEquals(open(sent.data), open(exchange.request.data));
    assertEquals(open(sent.data), { cmd, ...members, token: exchange.sign });
    const reply = toReply(`${JSON.stringify(exchange.encryptedReply)}\0`);
    assertEquals(
      readText(decryptReply(crypto, token, RIG, reply)),
      exchange.reply,
    );
  }
});

Deno.test("encryptCommand() takes a parameter, keeps long numbers, and lets nobody set its token", async () => {
  const exchange = exchanges[0]!;
  const token = await deriveToken(crypto, exchange.password, exchange);
  const open = (request: RigRequest) => {
    const { data } = JSON.parse(encryptCommand(crypto, token, request));
    return readText(decryptReply(
      crypto,
      token,
      RIG,
      toReply(JSON.stringify({ enc: data })),
    ));
  };
  assertEquals(
    open({ command: "set_led", parameter: "auto" }),
    `{"cmd":"set_led","parameter":"auto","token":"${exchange.sign}"}`,
  );
  assertEquals(
    open({
      command: "set_led",
      body:
        '{"token":"mine","cmd":"power_off","command":"set_led","n":12345678901234567890}',
    }),
    `{"cmd":"set_led","n":12345678901234567890,"token":"${exchange.sign}"}`,
  );
});

const exchange = exchanges[0]!;
const { password, salt, newsalt, time } = exchange;
const OFFER = {
  STATUS: "S",
  When: 1,
  Code: 134,
  Msg: { time, salt, newsalt },
  Description: "",
};

const say = (letter: string, Code: number, Msg: string) => ({
  STATUS: letter,
  When: 1,
  Code,
  Msg,
  Description: "",
});
const DONE = say("S", 131, "API command OK");
const REFUSED = say("E", 135, "check token err");

/** A rig that answers `get_token` and what is encrypted, one after the other. */
async function startRig(
  { offers = [OFFER], answers = [DONE], isPlain = false }: {
    offers?: unknown[];
    answers?: unknown[];
    isPlain?: boolean;
  },
): Promise<{ rig: ScriptedRig; sent: unknown[] }> {
  const token = await deriveToken(crypto, password, exchange);
  const sent: unknown[] = [];
  const take = (list: unknown[]) => list.length > 1 ? list.shift() : list[0];
  offers = [...offers];
  answers = [...answers];
  const rig = await ScriptedRig.start(async ({ request, send }) => {
    const { command, enc, data } = JSON.parse(request);
    if (enc !== 1) {
      sent.push(command);
      const answer = command === "get_token"
        ? take(offers)
        : say("S", 131, command);
      return await send(`${JSON.stringify(answer)}\0`);
    }
    const text = readText(decryptReply(
      crypto,
      token,
      RIG,
      toReply(JSON.stringify({ enc: data })),
    ));
    // Encrypted by another password.
    if (!text.startsWith("{")) {
      sent.push("?");
      return await send(`${JSON.stringify(REFUSED)}\0`);
    }
    const { token: _, ...members } = JSON.parse(text);
    sent.push(members);
    const answer = JSON.stringify(take(answers));
    const { data: reply } = JSON.parse(encryptText(token.key, answer));
    await send(`${isPlain ? answer : JSON.stringify({ enc: reply })}\0`);
  });
  return { rig, sent };
}

function encryptText(key: Uint8Array, text: string): string {
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array(Math.ceil(bytes.length / 16) * 16);
  padded.set(bytes);
  const cipher = crypto.createCipheriv("aes-256-ecb", key, null)
    .setAutoPadding(false);
  const data = cipher.update(padded).toString("base64");
  cipher.final();
  return JSON.stringify({ data });
}

function makeQueue(rig: ScriptedRig, kind?: "whatsminer"): RigQueue {
  const queue = new RigQueue({
    hostname: rig.hostname,
    port: rig.port,
    name: "wm",
  });
  queue.setLogin({ password, kind });
  return queue;
}

async function ask(queue: RigQueue, command: string): Promise<unknown> {
  const { reply } = await queue.ask({ command });
  return JSON.parse(readText(reply).replace("\0", ""));
}

async function refuse(queue: RigQueue, command: string): Promise<string> {
  const { code, message, hint } = await assertRejects(
    () => ask(queue, command),
    RigError,
  );
  return `${code}: ${message.replace(/127.0.0.1:\d+/, "RIG")} (${hint})`;
}

const PASSWORD_HINT =
  "Is it that of the account admin, as WhatsMinerTool has it?";
const SWITCH_HINT =
  "WhatsMinerTool switches the API on, and wants the password of admin changed from the factory's before";
const LIMIT_HINT =
  "It gives them to 16 addresses, and 32 to each, for 30 minutes: try again when one has ended, or end other programs that control it";

Deno.test("a WhatsMiner is asked for one token, and gets each write encrypted once", async () => {
  const { rig, sent } = await startRig({});
  await using _ = rig;
  const queue = makeQueue(rig);
  assertEquals(await ask(queue, "power_off"), DONE);
  assertEquals(await ask(queue, "power_on"), DONE);
  await ask(queue, "summary");
  await ask(queue, "get_something_new");
  assertEquals(sent, [
    "get_token",
    { cmd: "power_off" },
    { cmd: "power_on" },
    "summary",
    "get_something_new",
  ]);
});

Deno.test("a token that is refused is replaced once, and the command sent once more", async () => {
  const refusals = [
    REFUSED,
    say("E", 23, "invalid json"),
    say("E", 132, "enc json load err"),
  ];
  for (const isPlain of [false, true, true]) {
    const answers = [refusals.shift(), DONE];
    const { rig, sent } = await startRig({ answers, isPlain });
    await using _ = rig;
    assertEquals(await ask(makeQueue(rig), "power_off"), DONE);
    const pair = ["get_token", { cmd: "power_off" }];
    assertEquals(sent, [...pair, ...pair]);
  }
});

Deno.test("a password that is refused twice is rig-login-failed, and rests", async () => {
  const { rig, sent } = await startRig({ answers: [REFUSED], isPlain: true });
  await using _ = rig;
  const queue = makeQueue(rig);
  assertEquals(
    await refuse(queue, "power_off"),
    'rig-login-failed: rig "wm" at RIG refuses its configured password: ' +
      `nothing was done (${PASSWORD_HINT})`,
  );
  assertEquals(
    (await refuse(queue, "power_off")).replace(/\d+(?= s \()/, "30"),
    'rig-login-failed: rig "wm" at RIG refuses its configured password: ' +
      `nothing was done, and it is not tried again for 30 s (${PASSWORD_HINT})`,
  );
  assertEquals(sent.length, 4);
  // Another password is tried at once.
  queue.setLogin({ password: "other" });
  await refuse(queue, "power_off");
  assertEquals(sent.length, 8);
});

Deno.test("each refusal of a WhatsMiner gets words that help", async () => {
  const cases: [offer: unknown, answer: unknown, refusal: string][] = [
    [
      OFFER,
      say("E", 45, "permission denied"),
      'rig-login-failed: rig "wm" at RIG does not let its configured password ' +
      `change anything: permission denied (code 45) (${SWITCH_HINT})`,
    ],
    [
      OFFER,
      say("E", 136, "token over max times"),
      'rig-locked: rig "wm" at RIG has given too many tokens: nothing was ' +
      `done (${LIMIT_HINT})`,
    ],
    [
      say("E", 132, "over max connect"),
      DONE,
      'rig-locked: rig "wm" at RIG has given too many tokens: nothing was ' +
      `done (${LIMIT_HINT})`,
    ],
    [
      "over max connect",
      DONE,
      'rig-locked: rig "wm" at RIG has given too many tokens: nothing was ' +
      `done (${LIMIT_HINT})`,
    ],
    [
      say("E", 45, "permission denied"),
      DONE,
      'rig-login-failed: rig "wm" at RIG does not let its configured password ' +
      `change anything: get_token brings "permission denied" (${SWITCH_HINT})`,
    ],
    [
      { ...OFFER, Msg: { time, salt: "$", newsalt } },
      DONE,
      'rig-login-failed: rig "wm" at RIG does not let its configured password ' +
      `change anything: get_token brings no token (${SWITCH_HINT})`,
    ],
  ];
  for (const [offer, answer, refusal] of cases) {
    const { rig } = await startRig({ offers: [offer], answers: [answer] });
    await using _ = rig;
    const queue = makeQueue(rig);
    assertEquals(await refuse(queue, "power_off"), refusal);
    assertEquals(queue.isFailing, false);
  }
});

Deno.test("a rig with a password that is no WhatsMiner gets commands as they are", async () => {
  const offers = [say("E", 14, "Invalid command")];
  const { rig, sent } = await startRig({ offers });
  await using _ = rig;
  await ask(makeQueue(rig), "restart");
  assertEquals(sent, ["get_token", "restart"]);
  assertEquals(
    await refuse(makeQueue(rig, "whatsminer"), "restart"),
    'rig-login-failed: rig "wm" at RIG does not let its configured password ' +
      `change anything: get_token brings "Invalid command" (${SWITCH_HINT})`,
  );
});

Deno.test("a WhatsMiner without a configured password gets commands as they are", async () => {
  const { rig, sent } = await startRig({});
  await using _ = rig;
  const queue = new RigQueue(rig);
  queue.setLogin({ kind: "whatsminer" });
  await ask(queue, "power_off");
  assertEquals(sent, ["power_off"]);
});

Deno.test("a command that grows too long when it is encrypted is refused, and nothing is sent", async () => {
  const { rig, sent } = await startRig({});
  await using _ = rig;
  const queue = makeQueue(rig);
  await ask(queue, "power_off");
  await assertRejects(
    () => queue.ask({ command: "set_hostname", parameter: "x".repeat(3500) }),
    RequestError,
    "and a rig reads at most 4095",
  );
  assertEquals(sent.length, 2);
  assertEquals(await ask(queue, "power_on"), DONE);
});
