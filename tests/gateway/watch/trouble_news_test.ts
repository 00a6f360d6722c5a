import { assertEquals } from "jsr:@std/assert@1";
import {
  type RigFinding,
  TroubleNews,
} from "../../../gateway/watch/trouble_news.ts";
import type { TroubleCode } from "../../../telemetry/trouble.ts";

const START_MS = Date.parse("2026-12-01T00:00:00Z");
const MINUTE_MS = 60_000;

/** One survey: a new object each time. */
function find(
  codes: readonly TroubleCode[],
  sinceMs = START_MS,
  state: RigFinding["state"] = codes.includes("down") ? "down" : "up",
): RigFinding {
  return {
    state,
    trouble: codes.map((code) => ({
      code,
      severity: "warning",
      what: code,
      since: new Date(sinceMs).toISOString(),
    })),
  };
}

/** A rig that is surveyed each minute. */
function watch(): (codes: readonly TroubleCode[] | RigFinding) => string[] {
  const news = new TroubleNews();
  let nowMs = START_MS;
  return (codes) => {
    nowMs += MINUTE_MS;
    const finding = "state" in codes ? codes : find(codes, nowMs);
    return news.look("garage", finding, nowMs)
      .map(({ state, trouble }) => `${trouble.code} ${state}`);
  };
}

Deno.test("TroubleNews tells what two surveys in a row find, once, and its end", () => {
  const look = watch();
  assertEquals(look(["hot"]), []);
  assertEquals(look([]), []);
  assertEquals(look(["hot"]), []);
  assertEquals(look(["hot", "rejects"]), ["hot begins"]);
  assertEquals(look(["hot", "rejects"]), ["rejects begins"]);
  assertEquals(look(["rejects"]), []);
  assertEquals(look(["rejects", "hot"]), []);
  assertEquals(look([]), []);
  assertEquals(look([]), ["hot ends", "rejects ends"]);
  assertEquals(look([]), []);
});

Deno.test("TroubleNews takes what was looked at before for no second survey", () => {
  const look = watch();
  const finding = find(["hot"]);
  assertEquals([look(finding), look(finding), look(finding)], [[], [], []]);
  assertEquals(look(find(["hot"])), ["hot begins"]);
  const well = find([]);
  assertEquals([look(well), look(well)], [[], []]);
});

Deno.test("TroubleNews tells that a rig is down after a minute, whoever asks it", () => {
  const news = new TroubleNews();
  const down = find(["down"]);
  const look = (afterMs: number) =>
    news.look("garage", down, START_MS + afterMs).length;
  assertEquals([look(0), look(10_000), look(59_999), look(60_000)], [
    0,
    0,
    0,
    1,
  ]);
  assertEquals(look(70_000), 0);
});

Deno.test("TroubleNews takes a rig for down by its own clock: that of the system may be put back", () => {
  const news = new TroubleNews();
  const look = (nowMs: number) =>
    news.look("garage", find(["down"], START_MS + 1e9), nowMs).length;
  assertEquals([look(5), look(59_999), look(60_005)], [0, 0, 1]);
});

Deno.test("TroubleNews tells once that a trouble became critical, and calls it so until it ends", () => {
  const news = new TroubleNews();
  let nowMs = 0;
  const look = (severity?: "warning" | "critical") => {
    const { state, trouble } = find(severity === undefined ? [] : ["hot"]);
    const found = trouble.map((each) => ({ ...each, severity: severity! }));
    return news.look("garage", { state, trouble: found }, nowMs += MINUTE_MS)
      .map(({ state, before, trouble: { severity } }) =>
        `${before ?? ""}>${severity} ${state}`
      );
  };
  look("warning");
  assertEquals(look("warning"), [">warning begins"]);
  assertEquals(look("critical"), []);
  assertEquals(look("warning"), []);
  assertEquals(look("critical"), []);
  assertEquals(look("critical"), ["warning>critical begins"]);
  assertEquals(look("warning"), []);
  assertEquals(news.told.map(({ trouble }) => trouble.severity), ["critical"]);
  assertEquals([look("critical"), look("critical"), look()], [[], [], []]);
  assertEquals(look(), [">critical ends"]);
});

Deno.test("TroubleNews ends nothing because a rig does not answer", () => {
  const look = watch();
  look(["hot"]);
  assertEquals(look(["hot"]), ["hot begins"]);
  const down = () => find(["down"]);
  assertEquals(look(down()), []);
  assertEquals(look(down()), ["down begins"]);
  assertEquals([look(down()), look(down()), look(down())], [[], [], []]);
  assertEquals(look(["hot"]), []);
  assertEquals(look(["hot"]), ["down ends"]);
});

Deno.test("TroubleNews says little of what flaps", () => {
  const look = watch();
  let told = 0;
  for (let round = 0; round < 100; round++) {
    for (const codes of [["hot"], ["hot"], [], []] as const) {
      told += look(codes).length;
    }
  }
  assertEquals(told, 3);
  const calm = Array.from({ length: 20 }, () => look([]));
  assertEquals(calm.flat(), ["hot ends"]);
});

Deno.test("TroubleNews ends what was told of a rig that is no longer there", () => {
  const news = new TroubleNews();
  for (const nowMs of [START_MS, START_MS + MINUTE_MS]) {
    news.look("garage", find(["hot"]), nowMs);
    news.look("barn", find(["hot"]), nowMs);
  }
  assertEquals(news.told.length, 2);
  assertEquals(
    news.keepRigs(new Set(["barn"])).map(({ rig, state }) => [rig, state]),
    [["garage", "ends"]],
  );
  assertEquals(news.told.map(({ rig }) => rig), ["barn"]);
  assertEquals(news.keepRigs(new Set(["barn"])), []);
});
