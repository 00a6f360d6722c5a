import { assertEquals } from "jsr:@std/assert@1";
import { checkCase, surveyCase } from "./telemetry_case.ts";

const NAME = { name: "", why: "" };

/** A rig with two devices and two fans. */
const REPLIES = {
  summary:
    '{"STATUS":[{"STATUS":"S","When":@NOW-0@}],"SUMMARY":[{"Elapsed":60}]}',
  devs: JSON.stringify({
    STATUS: [{ STATUS: "S" }],
    DEVS: [
      { ASC: 0, Status: "Alive", Temperature: 60, "MHS av": 1 },
      { ASC: 1, Status: "Dead", Temperature: 61 },
    ],
  }),
  pools:
    '{"STATUS":[{"STATUS":"S"}],"POOLS":[{"POOL":0,"Last Share Time":@NOW-60@,"Accepted":1}]}',
};

/** The paths of these that are not as expected. */
const listWrong = (expect: Record<string, unknown>) =>
  checkCase({ ...NAME, replies: REPLIES, expect })
    .map((line) => line.slice(0, line.indexOf(": expected")));

Deno.test("checkCase() finds what is as a case expects", () => {
  assertEquals(
    listWrong({
      uptimeS: 60,
      "hashrate.average": 1_001_999,
      "devices.length": 2,
      "devices.1.name": "ASC1",
      "devices[].isUp": [true, false],
      "devices[].temperatures[].sensor": "board",
      "devices[].temperatures[].celsius": [60, 61],
      "*.celsius~": [61],
      "*.average": 1e6,
      "devices[].status~": "Dead",
      fans: null,
      "fans[].rpm": null,
      "devices.1.hashrate": null,
      "pools.0.lastShareTimeS": 1_799_999_940,
    }),
    [],
  );
});

Deno.test("checkCase() tells what is not as a case expects", () => {
  const wrong = {
    uptimeS: 61,
    "hashrate.average": 1_003_000,
    "hashrate.5s": 1,
    "devices.length": 1,
    "devices[].isUp": [true],
    "devices[].name": ["ASC1", "ASC0"],
    "devices[].status": "Alive",
    "*.celsius~": [61, 62],
    "*.celsius": [61],
    "fans[].rpm": 0,
    uptime: 60,
    devices: null,
    "devices[].temperatures[].celsius": null,
  };
  assertEquals(listWrong(wrong), Object.keys(wrong));
});

Deno.test("surveyCase() answers joined commands and unknown ones as invalid", () => {
  const { asked } = surveyCase({ replies: REPLIES });
  assertEquals(asked[0]?.includes("+"), true);
  assertEquals(asked.slice(1).filter((each) => each.includes("+")), []);
  assertEquals(asked.includes("stats"), true);
});

Deno.test("surveyCase() answers everything alike where the case has *", () => {
  const { telemetry } = surveyCase({
    replies: { "*": '{"STATUS":[{"STATUS":"E","Code":23}]}' },
  });
  assertEquals(telemetry, {});
});
