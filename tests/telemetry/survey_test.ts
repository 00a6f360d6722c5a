import { assertEquals } from "jsr:@std/assert@1";
import { REPORTS } from "../../telemetry/reports.ts";
import { SurveyPlan } from "../../telemetry/survey.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";

type Sections = Record<string, unknown>;

const MINUTE_MS = 60_000;

const STATUS_INVALID = [{ STATUS: "E", Code: 14, Msg: "Invalid command" }];

/** The reports of a rig that started at 0, and says so. */
function makeReports(nowMs: number, startedMs = 0): Sections {
  return {
    summary: {
      STATUS: [{ STATUS: "S", Code: 11 }],
      SUMMARY: [{ Elapsed: (nowMs - startedMs) / 1000, "MHS av": 100 }],
      id: 1,
    },
    version: {
      STATUS: [{ STATUS: "S", Code: 22 }],
      VERSION: [{ CGMiner: "4.11.1", API: "3.7" }],
      id: 1,
    },
    pools: {
      STATUS: [{ STATUS: "S", Code: 7 }],
      POOLS: [{ POOL: 0, URL: "stratum+tcp://pool:3333", Status: "Alive" }],
      id: 1,
    },
    devs: {
      STATUS: [{ STATUS: "S", Code: 9 }],
      DEVS: [{ ASC: 0, Status: "Alive", "MHS av": 100, Temperature: 61 }],
      id: 1,
    },
    temps: {
      STATUS: [{ STATUS: "S", Code: 201 }],
      TEMPS: [{ ID: 0, TEMP: 0, Board: 61, Chip: 70 }],
      id: 1,
    },
  };
}

/** Answers one command; undefined: nothing usable came. */
type Answer = (command: string, reports: Sections) => unknown;

const answerOne: Answer = (command, reports) =>
  reports[command] ?? { STATUS: STATUS_INVALID, id: 1 };

/** As cgminer answers. */
const answerJoined: Answer = (command, reports) =>
  command.includes("+")
    ? {
      ...Object.fromEntries(
        command.split("+").map((part) => [part, [answerOne(part, reports)]]),
      ),
      id: 1,
    }
    : answerOne(command, reports);

/** As a miner that knows no joined commands. */
const answerSingly: Answer = (command, reports) => answerOne(command, reports);

/** One survey: what was asked, and what came of it. */
function survey(
  plan: SurveyPlan,
  nowMs: number,
  answer: Answer,
  {
    reports = makeReports(nowMs),
    maxCalls = 20,
    isHung = false,
    wasDown = false,
  } = {},
): { asked: string[]; telemetry: Telemetry; hasRestarted: boolean } {
  const asked: string[] = [];
  plan.begin(nowMs);
  while (asked.length < maxCalls) {
    const command = plan.next();
    if (command === undefined) break;
    asked.push(command);
    const reply = answer(command, reports);
    if (reply === undefined) plan.fail(command);
    else plan.take(command, reply);
    // Silence is not asked on.
    if (reply === undefined && isHung) break;
  }
  return { asked, ...plan.finish(wasDown) };
}

const toParts = (asked: string[]) =>
  asked.map((each) => each.split("+").sort());

Deno.test("SurveyPlan asks for all in one call, then only what the rig knows and what moves", () => {
  const plan = new SurveyPlan();
  const first = survey(plan, 1000, answerJoined);
  assertEquals(
    first.asked[0]?.split("+"),
    REPORTS
      .filter(({ substituteFor, isOwn }) =>
        substituteFor === undefined && !isOwn
      )
      .map(({ command }) => command),
  );
  assertEquals(first.telemetry.miner?.software, "cgminer");
  assertEquals(first.telemetry.pools?.length, 1);
  const second = survey(plan, 2000, answerJoined);
  assertEquals(toParts(second.asked), [["devs", "pools", "summary", "temps"]]);
  assertEquals(second.telemetry.miner, first.telemetry.miner);
  assertEquals(second.telemetry.devices?.length, 1);
});

Deno.test("SurveyPlan asks one by one where the rig takes no joined commands, and remembers", () => {
  const plan = new SurveyPlan();
  const first = survey(plan, 1000, answerSingly);
  assertEquals(first.asked[0]?.includes("+"), true);
  assertEquals(first.asked[1], "summary");
  assertEquals(first.asked.slice(1).every((each) => !each.includes("+")), true);
  assertEquals(first.telemetry.devices?.length, 1);
  const second = survey(plan, 2000, answerSingly);
  assertEquals(second.asked.toSorted(), ["devs", "pools", "summary", "temps"]);
  assertEquals(second.telemetry.miner, first.telemetry.miner);
});

Deno.test("SurveyPlan asks for a command that the rig does not know once until it restarts", () => {
  const plan = new SurveyPlan();
  for (const [count, answer] of [answerJoined, answerSingly].entries()) {
    plan.forget();
    const startMs = count * 1000 * MINUTE_MS;
    let asked: string[] = [];
    for (let minute = 1; minute < 60; minute++) {
      const nowMs = startMs + minute * MINUTE_MS;
      asked = asked.concat(survey(plan, nowMs, answer).asked);
    }
    const parts = asked.slice(1).flatMap((each) => each.split("+"));
    const fans = parts.filter((part) => part === "fans").length;
    assertEquals(fans, answer === answerJoined ? 0 : 1);
    const startedMs = startMs + 60 * MINUTE_MS;
    const nowMs = startedMs + 5000;
    const reports = makeReports(nowMs, startedMs);
    const { hasRestarted } = survey(plan, nowMs, answer, { reports });
    assertEquals(hasRestarted, true);
    plan.forget();
    const again = survey(plan, nowMs, answer, { reports });
    assertEquals(again.hasRestarted, false);
    const askedAgain = again.asked.join("+").split("+");
    assertEquals(askedAgain.includes("fans"), true);
  }
});

Deno.test("SurveyPlan sees a restart by when the miner started, not by its uptime alone", () => {
  const plan = new SurveyPlan();
  survey(plan, 100_000, answerJoined);
  // 190 s up is more than 100 s before, and yet it started 110 s later.
  const nowMs = 300_000;
  const reports = makeReports(nowMs, 110_000);
  assertEquals(
    survey(plan, nowMs, answerJoined, { reports }).hasRestarted,
    true,
  );
  const later = makeReports(nowMs + 5000, 110_000 - 2000);
  assertEquals(
    survey(plan, nowMs + 5000, answerJoined, { reports: later }).hasRestarted,
    false,
  );
});

Deno.test("SurveyPlan makes three calls do: the summary, then what is oldest", () => {
  const plan = new SurveyPlan();
  survey(plan, 1000, answerSingly);
  const asked = [2000, 3000, 4000, 5000].map((nowMs) =>
    survey(plan, nowMs, answerSingly, { maxCalls: 2 })
  );
  assertEquals(asked.map(({ asked }) => asked[0]), Array(4).fill("summary"));
  assertEquals(
    new Set(asked.map(({ asked }) => asked[1])),
    new Set(["devs", "pools", "temps"]),
  );
  for (const { telemetry } of asked) {
    assertEquals(telemetry.pools?.length, 1);
    assertEquals(telemetry.devices?.length, 1);
  }
});

Deno.test("SurveyPlan drops what it could not ask again for five minutes", () => {
  const plan = new SurveyPlan();
  survey(plan, 1000, answerSingly);
  const nowMs = 1000 + 5 * MINUTE_MS + 1;
  const { telemetry } = survey(plan, nowMs, answerSingly, { maxCalls: 1 });
  assertEquals(telemetry.pools, undefined);
  assertEquals(telemetry.miner?.version, "4.11.1");
});

Deno.test("SurveyPlan goes back to joined commands after one bad moment, not after two", () => {
  const plan = new SurveyPlan();
  survey(plan, 1000, answerJoined);
  const failOnce: Answer = (command, reports) =>
    command.includes("+") ? undefined : answerOne(command, reports);
  const bad = survey(plan, 2000, failOnce);
  assertEquals(bad.asked.length, 5);
  assertEquals(bad.telemetry.devices?.length, 1);
  assertEquals(survey(plan, 3000, answerJoined).asked.length, 1);
  survey(plan, 4000, failOnce);
  survey(plan, 5000, failOnce);
  assertEquals(
    survey(plan, 6000, answerJoined).asked.some((each) => each.includes("+")),
    false,
  );
});

Deno.test("SurveyPlan takes a joined reply that the miner cut for none", () => {
  const plan = new SurveyPlan();
  const cut: Answer = (command, reports) =>
    command.includes("+")
      ? { ...answerJoined(command, reports) as Sections, id: 0 }
      : answerOne(command, reports);
  const { asked, telemetry } = survey(plan, 1000, cut);
  assertEquals(asked[1], "summary");
  assertEquals(telemetry.pools?.length, 1);
});

Deno.test("SurveyPlan asks for a substitute where the rig does not know the report", () => {
  const plan = new SurveyPlan();
  const { devs, ...reports } = makeReports(1000);
  const { asked, telemetry } = survey(plan, 1000, answerJoined, {
    reports: { ...reports, edevs: devs },
  });
  assertEquals(asked.length, 2);
  assertEquals(asked[1]?.split("+").includes("edevs"), true);
  assertEquals(telemetry.devices?.length, 1);
});

Deno.test("SurveyPlan leaves out what says nothing new, for ten minutes", () => {
  const plan = new SurveyPlan();
  const reports = {
    ...makeReports(1000),
    stats: {
      STATUS: [{ STATUS: "S", Code: 70 }],
      STATS: [{ ID: "X0" }],
      id: 1,
    },
  };
  const ask = (nowMs: number) =>
    survey(plan, nowMs, answerJoined, {
      reports: { ...reports, ...makeReports(nowMs) },
    }).asked.join().split("+").includes("stats");
  assertEquals(ask(1000), true);
  assertEquals(ask(2000), false);
  assertEquals(ask(1000 + 9 * MINUTE_MS), false);
  assertEquals(ask(1000 + 11 * MINUTE_MS), true);
  assertEquals(ask(1000 + 12 * MINUTE_MS), false);
});

Deno.test("SurveyPlan asks again for a report that failed once, and gives up after two", () => {
  const plan = new SurveyPlan();
  const fail: Answer = (command, reports) =>
    command.includes("+") || command === "devs"
      ? undefined
      : answerOne(command, reports);
  const asks = [1000, 2000, 3000].map((nowMs) =>
    survey(plan, nowMs, fail).asked.includes("devs")
  );
  assertEquals(asks, [true, true, false]);
});

Deno.test("SurveyPlan keeps asking for a report that has nothing yet", () => {
  const plan = new SurveyPlan();
  const { devs, ...reports } = makeReports(1000);
  const none = { STATUS: [{ STATUS: "E", Code: 10, Msg: "No ASCs" }], id: 1 };
  survey(plan, 1000, answerJoined, { reports: { ...reports, devs: none } });
  const { telemetry } = survey(plan, 2000, answerJoined, {
    reports: { ...reports, devs },
  });
  assertEquals(telemetry.devices?.length, 1);
});

Deno.test("SurveyPlan takes whatever comes", () => {
  for (
    const reply of [null, 1, "x", [], [[]], { summary: [] }, { summary: 1 }]
  ) {
    const plan = new SurveyPlan();
    const { telemetry } = survey(plan, 1000, () => reply);
    assertEquals(telemetry, {});
  }
});

const DENIED = { STATUS: [{ STATUS: "E", Code: 45, Msg: "Access denied" }] };

for (
  const [what, answer, isHung] of [
    ["hung", () => undefined, true],
    ["closed every connection", () => undefined, false],
    ["refused every command", () => DENIED, false],
    ["knew no command", () => ({ STATUS: STATUS_INVALID }), false],
    ["said what is no reply", () => 42, false],
  ] as const
) {
  Deno.test(`SurveyPlan knows a rig again that ${what} for a while`, () => {
    const plan = new SurveyPlan();
    const { telemetry } = survey(plan, 1000, answerJoined);
    let nowMs = 1000;
    for (let count = 0; count < 7; count++) {
      nowMs += 5000;
      const { asked } = survey(plan, nowMs, answer, { isHung });
      assertEquals(asked.length > 0, true, `survey ${count} asked nothing`);
    }
    // The first may find that it has to ask anew.
    for (let count = 0; count < 3; count++) {
      nowMs += 5000;
      const { hasRestarted } = survey(plan, nowMs, answerJoined, {
        wasDown: count === 0,
      });
      if (hasRestarted) plan.forget();
    }
    const { asked, telemetry: again } = survey(
      plan,
      nowMs + 5000,
      answerJoined,
      { reports: makeReports(1000) },
    );
    if (what === "hung" || what === "closed every connection") {
      assertEquals({ ...again, uptimeS: 1 }, telemetry);
      assertEquals(asked.length, 1);
    } else {
      // What a rig has said that it does not know is not asked until it starts.
      assertEquals(again.uptimeS, 1);
    }
  });
}

Deno.test("SurveyPlan finds out anew what a rig is that restarted while it was away", () => {
  const plan = new SurveyPlan();
  survey(plan, 1000, answerJoined);
  survey(plan, 6000, () => undefined, { isHung: true });
  const reports = makeReports(100_000, 95_000);
  const back = survey(plan, 100_000, answerJoined, { reports, wasDown: true });
  assertEquals(back.hasRestarted, true);
});

Deno.test("SurveyPlan asks anew of a rig that was away and does not say how long it is up", () => {
  const plan = new SurveyPlan();
  const { pools } = makeReports(0);
  const reports = { pools };
  survey(plan, 1000, answerJoined, { reports });
  survey(plan, 6000, () => undefined, { isHung: true });
  const options = { reports, wasDown: true };
  const back = survey(plan, 11_000, answerJoined, options);
  assertEquals(back.hasRestarted, true);
  plan.forget();
  const again = survey(plan, 11_000, answerJoined, options);
  assertEquals(again.hasRestarted, false);
  assertEquals(again.telemetry.pools?.length, 1);
});

Deno.test("SurveyPlan asks one by one after a rig hung on joined commands, and tries them once more", () => {
  const plan = new SurveyPlan();
  const hang: Answer = (command, reports) =>
    command.includes("+") ? undefined : answerOne(command, reports);
  const isJoined = (nowMs: number) =>
    survey(plan, nowMs, hang, { isHung: true }).asked[0]?.includes("+");
  assertEquals(
    [1000, 2000, 3000, 4000, 5000, 6000].map(isJoined),
    [true, false, true, false, false, false],
  );
});

Deno.test("SurveyPlan lets no counter fall where the summary is missing once", () => {
  const plan = new SurveyPlan();
  const makeAll = (nowMs: number) => {
    const { summary, pools, ...rest } = makeReports(nowMs);
    return {
      ...rest,
      summary: {
        ...summary as Sections,
        SUMMARY: [{ Elapsed: nowMs / 1000, "MHS av": 1, Accepted: 1009 }],
      },
      pools: {
        ...pools as Sections,
        POOLS: [{ POOL: 0, URL: "stratum+tcp://pool:3333", Accepted: 517 }],
      },
    };
  };
  const all = makeAll(1000);
  assertEquals(
    survey(plan, 1000, answerJoined, { reports: all }).telemetry.shares,
    { accepted: 1009 },
  );
  const notReady = { STATUS: [{ STATUS: "E", Code: 999, Msg: "Not ready" }] };
  const { telemetry } = survey(plan, 2000, answerJoined, {
    reports: { ...makeAll(2000), summary: notReady },
  });
  assertEquals(telemetry.shares, undefined);
  assertEquals(telemetry.pools?.[0]?.shares, { accepted: 517 });
});

Deno.test("SurveyPlan keeps what a restarted rig has just said", () => {
  const plan = new SurveyPlan();
  survey(plan, 100_000, answerSingly);
  const nowMs = 200_000;
  const reports = makeReports(nowMs, 195_000);
  const back = survey(plan, nowMs, answerSingly, { reports, maxCalls: 3 });
  assertEquals(back.hasRestarted, true);
  plan.forget();
  const again = survey(plan, nowMs, answerSingly, { reports, maxCalls: 0 });
  assertEquals(again.telemetry.uptimeS, 5);
});

/** The reports that only rigs of one make are asked for. */
const OWN = REPORTS.filter(({ isOwn }) => isOwn).map(({ command }) => command);

/** Counts how often each report was asked in half an hour of surveys. */
function countAsked(
  plan: SurveyPlan,
  makeAll: (nowMs: number) => Sections,
  answer: Answer,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (let minute = 1; minute <= 30; minute++) {
    const nowMs = minute * MINUTE_MS;
    const { asked } = survey(plan, nowMs, answer, { reports: makeAll(nowMs) });
    for (const part of asked.join("+").split("+")) {
      counts.set(part, (counts.get(part) ?? 0) + 1);
    }
  }
  return counts;
}

/** A WhatsMiner that knows no `get_psu`. */
function makeWhatsminer(nowMs: number): Sections {
  const { summary, pools, devs } = makeReports(nowMs);
  const flat = (Msg: unknown) => ({ STATUS: "S", Code: 131, Msg });
  return {
    summary: {
      ...summary as Sections,
      SUMMARY: [{ Elapsed: nowMs / 1000, "MHS av": 1, "Fan Speed In": 4000 }],
    },
    pools,
    devs,
    "get_version": flat({ "api_ver": "2.0.5", "fw_ver": "20230911.12.Rel" }),
    "get_error_code": flat({ "error_code": [] }),
    status: flat({ btmineroff: "false" }),
  };
}

Deno.test("SurveyPlan asks no rig for what only another make has", () => {
  for (const answer of [answerJoined, answerSingly]) {
    const counts = countAsked(new SurveyPlan(), makeReports, answer);
    assertEquals(OWN.filter((command) => counts.has(command)), []);
  }
});

Deno.test("SurveyPlan asks a make's own reports: what moves each time, what does not once, what is unknown once", () => {
  const counts = countAsked(new SurveyPlan(), makeWhatsminer, answerSingly);
  assertEquals(counts.get("get_version"), 1);
  assertEquals(counts.get("get_psu"), 1);
  // They say nothing now, and matter as soon as they do.
  assertEquals(counts.get("get_error_code"), 30);
  assertEquals(counts.get("status"), 30);
  assertEquals(counts.has("ipreport"), false);
});

Deno.test("SurveyPlan asks for a make's own reports again after a restart", () => {
  const plan = new SurveyPlan();
  countAsked(plan, makeWhatsminer, answerSingly);
  const nowMs = 31 * MINUTE_MS;
  const reports = makeWhatsminer(5000);
  const { hasRestarted } = survey(plan, nowMs, answerSingly, { reports });
  assertEquals(hasRestarted, true);
  plan.forget();
  const { asked } = survey(plan, nowMs, answerSingly, { reports });
  for (const command of ["get_version", "get_psu"]) {
    assertEquals(asked.includes(command), true, command);
  }
});

Deno.test("SurveyPlan asks for a static report that says nothing new once", () => {
  const makeAll = (nowMs: number) => ({
    ...makeReports(nowMs),
    devdetails: {
      STATUS: [{ STATUS: "S", Code: 69 }],
      DEVDETAILS: [{ DEVDETAILS: 0, Model: "" }],
      id: 1,
    },
  });
  const counts = countAsked(new SurveyPlan(), makeAll, answerSingly);
  assertEquals(counts.get("devdetails"), 2); // Once with the others.
});
