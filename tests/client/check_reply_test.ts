import { assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@1";
import { checkReply } from "../../client/check_reply.ts";
import type { CommandName } from "../../client/replies.ts";
import type { RigReply } from "../../client/reply.ts";
import { Rig } from "../../client/rig.ts";
import { RigStatusError } from "../../client/rig_status_error.ts";
import { RigError } from "../../rpc/errors.ts";
import { readStatus } from "../../rpc/replies.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import { loadRecordedReplies } from "./recorded_replies.ts";

const RIG = { hostname: "10.0.0.7", port: 4028 };
const STATUS = [{ STATUS: "S", When: 1, Code: 1, Msg: "" }];

/** What the check says of a reply: fine, an error's status, or what it lacks. */
function judgeReply(command: CommandName, reply: RigReply): string {
  try {
    assertEquals(checkReply(RIG, command, reply) as RigReply === reply, true);
    return "fine";
  } catch (error) {
    if (error instanceof RigStatusError) return error.letter;
    if (error instanceof RigError) return error.message.split(" has no ")[1]!;
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
  Deno.test.ignore(
    "checkReply() on replies of real miners (skipped: ../shared/replies is absent)",
    () => {},
  );
} else {
  Deno.test("checkReply() takes every reply of real miners, or says why not", () => {
    const odd: Record<string, string> = {};
    let count = 0;
    for (const { file, command, reply } of recorded) {
      const { letter } = readStatus(reply);
      const expected = letter === "E" || letter === "F" ? letter : "fine";
      const verdict = judgeReply(command as CommandName, reply);
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

Deno.test("checkReply() knows the word of quit, and WhatsMiner's flat replies", () => {
  const flat = { STATUS: "S", When: 1, Code: 131, Msg: {}, Description: "" };
  assertEquals(judgeReply("quit", { STATUS: "BYE", id: 1 }), "fine");
  assertEquals(judgeReply("quit", { STATUS, id: 1 }), "fine");
  assertEquals(judgeReply("switchpool", { STATUS: "BYE" }), "list STATUS");
  assertEquals(judgeReply("get_psu", flat), "fine");
  assertEquals(judgeReply("get_psu", { STATUS }), "flat STATUS");
  assertEquals(judgeReply("get_psu", { ...flat, STATUS: "E" }), "E");
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

Deno.test("a method rejects with a reply of another shape, and says what to do", async () => {
  const reply = { STATUS, POOL0: [{ POOL: 0 }], id: 1 };
  await using scripted = await ScriptedRig.start(
    replyWith(JSON.stringify(reply)),
  );
  const rig = new Rig(scripted);
  const error = await assertRejects(() => rig.pools(), RigError, '"POOLS"');
  assertEquals(error.code, "rig-reply-invalid");
  assertEquals(error.hint?.includes('call("pools")'), true);
  assertEquals(await rig.call("pools"), reply);
});
