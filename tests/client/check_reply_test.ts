import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "jsr:@std/assert@1";
import { checkReply } from "../../client/check_reply.ts";
import type { RigReply } from "../../client/reply.ts";
import { Rig } from "../../client/rig.ts";
import { RigReplyError, RigStatusError } from "../../client/rig_errors.ts";
import { readStatus } from "../../rpc/replies.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import { loadRecordedReplies } from "./recorded_replies.ts";
import { NEED_REPLIES, skipTests } from "../executables.ts";

const RIG = { hostname: "10.0.0.7", port: 4028 };
const STATUS = [{ STATUS: "S", When: 1, Code: 1, Msg: "" }];

/** What the check says of a reply: fine, an error's status, or what it lacks. */
function judgeReply(command: string, reply: RigReply): string {
  try {
    assertEquals(checkReply(RIG, command, reply) as RigReply === reply, true);
    return "fine";
  } catch (error) {
    if (error instanceof RigStatusError) return error.letter;
    if (error instanceof RigReplyError) {
      return error.message.split(" has no ")[1]!;
    }
    throw error;
  }
}

/** Replies of real miners whose shape is nobody else's. */
const ODD_REPLIES: Readonly<Record<string, string>> = {
  "antminer/s7/lcd.txt": '"LCD"',
  "innosilicon/a9-sgminer-4.4.2/pools.json": '"POOLS"',
  "innosilicon/a9-sgminer-4.4.2/stats.json": '"STATS"',
  "whatsminer/flat-msg-v1.4/summary.json": "list STATUS",
};

const recorded = await loadRecordedReplies();
if (recorded === undefined) {
  skipTests("checkReply() on replies of real miners", NEED_REPLIES);
} else {
  Deno.test("checkReply() takes every reply of real miners, or says why not", () => {
    const odd: Record<string, string> = {};
    let count = 0;
    for (const { file, command, reply } of recorded) {
      const { letter } = readStatus(reply);
      const expected = letter === "E" || letter === "F" ? letter : "fine";
      const verdict = judgeReply(command, reply);
      if (verdict === expected) count++;
      else odd[file] = verdict;
    }
    assertEquals(odd, ODD_REPLIES);
    assertEquals(count > 900, true, `only ${count} replies were checked`);
  });
}

Deno.test("checkReply() wants the section of the command, with objects in it", () => {
  const judge = (reply: RigReply) => judgeReply("summary", reply);
  assertEquals(judge({ STATUS, SUMMARY: [{}], id: 1 }), "fine");
  assertEquals(judge({ STATUS, SUMMARY: [], id: 1 }), '"SUMMARY"');
  assertEquals(judge({ STATUS, SUMMARY: {}, id: 1 }), '"SUMMARY"');
  assertEquals(judge({ STATUS, SUMMARY: [null], id: 1 }), '"SUMMARY"');
  assertEquals(judge({ STATUS, SUMMARY: [[]], id: 1 }), '"SUMMARY"');
  assertEquals(judge({ STATUS, POOLS: [{}], id: 1 }), '"SUMMARY"');
  assertEquals(judge({ SUMMARY: [{}], id: 1 }), "list STATUS");
  assertEquals(judge({ STATUS: [], SUMMARY: [{}], id: 1 }), "list STATUS");
});

Deno.test("checkReply() takes empty lists of devices, and either name of them", () => {
  assertEquals(judgeReply("devs", { STATUS, DEVS: [] }), "fine");
  assertEquals(judgeReply("devdetails", { STATUS, DEVS: [{}] }), "fine");
  assertEquals(judgeReply("devdetails", { STATUS, DEVDETAILS: [] }), "fine");
  assertEquals(
    judgeReply("devdetails", { STATUS }),
    '"DEVDETAILS" or "DEVS"',
  );
});

Deno.test("checkReply() takes sgminer's profiles, which are under POOLS", () => {
  const profile = { PROFILE: 0, Name: "x", IsDefault: true };
  assertEquals(judgeReply("profiles", { STATUS, POOLS: [profile] }), "fine");
  assertEquals(judgeReply("profiles", { STATUS, PROFILES: [profile] }), "fine");
  assertEquals(judgeReply("profiles", { STATUS }), '"PROFILES" or "POOLS"');
});

Deno.test("checkReply() knows the word of quit, and WhatsMiner's flat replies", () => {
  const flat = { STATUS: "S", When: 1, Code: 131, Msg: {}, Description: "" };
  assertEquals(judgeReply("quit", { STATUS: "BYE", id: 1 }), "fine");
  assertEquals(judgeReply("quit", { STATUS, id: 1 }), "fine");
  assertEquals(judgeReply("switchpool", { STATUS: "BYE" }), "list STATUS");
  assertEquals(judgeReply("switchpool", { STATUS: "S" }), "list STATUS");
  assertEquals(judgeReply("get_psu", flat), "fine");
  assertEquals(judgeReply("get_psu", { STATUS }), "flat STATUS");
  assertEquals(judgeReply("get_psu", { ...flat, STATUS: "E" }), "E");
});

Deno.test("checkReply() makes a list of WhatsMiner's STATUS, where nothing else is asked for", () => {
  const text = "API command OK";
  const flat = { STATUS: "S", When: 1, Code: 131, Msg: text, Description: "" };
  for (const command of ["switchpool", "restart", "tempctrl"] as const) {
    for (const letter of ["S", "I", "W"]) {
      const status = { ...flat, STATUS: letter };
      assertEquals(
        checkReply(RIG, command, { ...status, more: [1] }) as unknown,
        { STATUS: [status], id: 1, more: [1] },
      );
    }
  }
  const { STATUS: [odd] } = checkReply(RIG, "addpool", {
    STATUS: "S",
    Msg: { pool: 3 },
  });
  assertEquals(odd.Msg, '{"pool":3}');
  assertEquals(judgeReply("summary", flat), "list STATUS");
  assertEquals(judgeReply("debug", flat), "list STATUS");
});

Deno.test("RigStatusError quotes the rig, wherever it says it", () => {
  const read = (reply: RigReply) =>
    assertThrows(() => checkReply(RIG, "quit", reply), RigStatusError).message;
  const start = '"quit" failed on the rig at 10.0.0.7:4028: ';
  assertEquals(
    read({ STATUS: "E", Code: 23, Msg: "enc json load err" }),
    `${start}enc json load err (code 23)`,
  );
  assertEquals(read({ STATUS: "E" }), `${start}it gives no reason`);
  assertEquals(
    read({ STATUS: [{ STATUS: "F", Code: 45, Msg: "no" }] }),
    `${start}no (code 45)`,
  );
});

Deno.test("a report rejects with a reply of another shape, and has it", async () => {
  const reply = { STATUS, POOL0: [{ POOL: 0 }], id: 1 };
  await using scripted = await ScriptedRig.start(
    replyWith(JSON.stringify(reply)),
  );
  const rig = new Rig(scripted);
  const error = await assertRejects(() => rig.pools(), RigReplyError);
  assertStringIncludes(error.message, '"POOLS"');
  assertEquals([error.code, error.name], [
    "rig-reply-invalid",
    "RigReplyError",
  ]);
  assertEquals([error.reply, error.bytes], [reply, undefined]);
  assertStringIncludes(error.hint ?? "", 'call("pools")');
  assertEquals(await rig.call("pools"), reply);
});

Deno.test("a control whose reply has another shape says that it may be done, and never to send it again", async () => {
  const odd = '{"done":true}';
  const bytes = new TextEncoder().encode("done\0");
  await using scripted = await ScriptedRig.start(replyWith(odd));
  const rig = new Rig(scripted);
  const control = await assertRejects(() => rig.debug("debug"), RigReplyError);
  assertEquals(control.reply, { done: true });
  assertStringIncludes(control.hint ?? "", "may have done it");
  scripted.behaviour = ({ send }) => send(bytes);
  const text = await assertRejects(() => rig.switchPool(1), RigReplyError);
  assertEquals([text.bytes, text.reply], [bytes, undefined]);
  scripted.behaviour = replyWith(odd);
  const joined = await assertRejects(
    () => rig.join("summary", "lockstats"),
    RigReplyError,
  );
  assertEquals(joined.reply, { done: true });
  for (const { hint = "" } of [control, text, joined]) {
    assertEquals(/call|Rig\(\)|ask for each/.test(hint), false, hint);
  }
});

Deno.test("a control of a WhatsMiner resolves, and its STATUS is read like any other", async () => {
  await using scripted = await ScriptedRig.start(
    replyWith(
      '{"STATUS":"S","When":1,"Code":131,"Msg":"API command OK","Description":""}',
    ),
  );
  const rig = new Rig(scripted);
  const { STATUS: [status] } = await rig.switchPool(1);
  assertEquals([status.STATUS, status.Msg], ["S", "API command OK"]);
  assertEquals((await rig.call("restart")).STATUS, "S");
});
