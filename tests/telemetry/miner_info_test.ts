import { assertEquals } from "jsr:@std/assert@1";
import { findAlgorithm } from "../../telemetry/algorithm.ts";
import { readMinerInfo } from "../../telemetry/miner_info.ts";
import type { MinerInfo } from "../../telemetry/telemetry.ts";

function readVersion(
  members: Readonly<Record<string, unknown>>,
  description?: string,
): MinerInfo | undefined {
  const status = { STATUS: "S", Code: 22, Description: description };
  return readMinerInfo({ version: { STATUS: [status], VERSION: [members] } });
}

Deno.test("readMinerInfo() reads the versions of an Antminer", () => {
  const members = {
    BMMiner: "2.0.0",
    API: "3.1",
    Miner: "16.8.1.3",
    CompileTime: "Fri Nov 17 17:37:49 CST 2017",
    Type: "Antminer S9",
  };
  assertEquals(readVersion(members, "bmminer 1.0.0"), {
    software: "bmminer",
    version: "2.0.0",
    api: "3.1",
    model: "Antminer S9",
    firmware: "16.8.1.3",
  });
});

Deno.test("readMinerInfo() knows software by the name of its member", () => {
  const names: readonly (readonly [string, string, string, string])[] = [
    ["CGMiner", "4.11.1", "cgminer", "4.11.1"],
    ["BOSminer", "0.2.0-d360818", "BOSminer", "0.2.0-d360818"],
    ["BOSminer+", "0.2.0-36c56a9363", "BOSminer+", "0.2.0-36c56a9363"],
    ["BOSer", "boser-openwrt 0.1.0-11012d53", "BOSer", "0.1.0-11012d53"],
    ["LUXminer", "2025.4.8.220305", "LUXminer", "2025.4.8.220305"],
    ["Cgminer", "4.9.0 rwglr", "cgminer", "4.9.0 rwglr"],
    ["BMMiner", "bOS_am1-s9-20181127-0", "bmminer", "bOS_am1-s9-20181127-0"],
  ];
  for (const [name, value, software, version] of names) {
    const info = readVersion({ [name]: value, API: "3.7" });
    assertEquals(info, { software, version, api: "3.7" }, name);
  }
});

Deno.test("readMinerInfo() takes bfgminer for what it is", () => {
  const members = { Miner: "bfgminer 5.5.0", CGMiner: "5.5.0", API: "3.1" };
  assertEquals(readVersion(members), {
    software: "bfgminer",
    version: "5.5.0",
    api: "3.1",
  });
});

Deno.test("readMinerInfo() reads a description that names a miner", () => {
  const descriptions: readonly (readonly [string, MinerInfo | undefined])[] = [
    ["cgminer 4.11.1", { software: "cgminer", version: "4.11.1" }],
    ["TeamRedMiner 0.3.10", { software: "TeamRedMiner", version: "0.3.10" }],
    ["btminer", { software: "btminer" }],
    ["BOSminer bosminer-plus-am2-s17 0.8.0-feaec278", {
      software: "BOSminer",
      version: "0.8.0-feaec278",
    }],
    ["whatsminer v1.4", undefined],
    ["my rig in the barn", undefined],
    ["x".repeat(3000), undefined],
  ];
  for (const [text, info] of descriptions) {
    const summary = { STATUS: [{ STATUS: "S", Description: text }] };
    assertEquals(readMinerInfo({ summary }), info, text);
  }
});

Deno.test("readMinerInfo() parts a model from the firmware in its name", () => {
  const types: readonly (readonly [string, string, string | undefined])[] = [
    ["Antminer S17 (vnish 0.9.2-alpha)", "Antminer S17", "vnish 0.9.2-alpha"],
    ["Antminer S19 XP (Vnish 1.2.0-rc1)", "Antminer S19 XP", "Vnish 1.2.0-rc1"],
    ["Antminer D3 Blissz v2.06 beta", "Antminer D3", "Blissz v2.06 beta"],
    ["Antminer S9 Hiveon", "Antminer S9", "Hiveon"],
    ["S19-88 v.2.6.0.39 ", "S19-88", "2.6.0.39"],
    ["Antminer L3+ (024)", "Antminer L3+ (024)", undefined],
    ["Blackminer F1-ULTRA", "Blackminer F1-ULTRA", undefined],
  ];
  for (const [type, model, firmware] of types) {
    const expected = firmware === undefined ? { model } : { model, firmware };
    assertEquals(readVersion({ Type: type }), expected, type);
  }
});

Deno.test("readMinerInfo() finds the firmware in a time of compilation", () => {
  const time = "Sat May 23 19:07:17 CST 2020 (Chipless v3.0 Auto Paid)";
  assertEquals(readVersion({ CompileTime: time, Miner: "9.0.0.5" }), {
    firmware: "Chipless v3.0 Auto Paid",
  });
});

Deno.test("readMinerInfo() takes WhatsMiner's firmware out of its quotes", () => {
  const summary = { SUMMARY: [{ "Firmware Version": "'20210109.22.REL'" }] };
  assertEquals(readMinerInfo({ summary }), { firmware: "20210109.22.REL" });
});

Deno.test("readMinerInfo() reads an Avalon's modules", () => {
  const versions: readonly (readonly [string, string, string])[] = [
    [
      "15-194-24102401_25462b2_9ddf522",
      "AvalonMiner 15-194",
      "24102401_25462b2_9ddf522",
    ],
    [
      "1246-83-21072802_4ec6bb0_211fc46",
      "AvalonMiner 1246-83",
      "21072802_4ec6bb0_211fc46",
    ],
    [
      "1047-20051101_85dc6f0_0332654",
      "AvalonMiner 1047",
      "20051101_85dc6f0_0332654",
    ],
    ["7411706-3162860", "AvalonMiner 741", "1706-3162860"],
    ["Q-25052801_14a19a2", "Avalon Q", "25052801_14a19a2"],
  ];
  for (const [text, model, firmware] of versions) {
    const stats = { STATS: [{ "MM ID0": `Ver[${text}] DNA[0102] HW[0]` }] };
    assertEquals(readMinerInfo({ stats }), { model, firmware }, text);
  }
});

Deno.test("readMinerInfo() takes a machine's model of its devices, no GPU's", () => {
  const models: readonly (readonly [readonly string[], string | undefined])[] =
    [
      [["Antminer S17", "Antminer S17"], "Antminer S17"],
      [["M30S+_VE40", "M30S+_VE40"], "M30S+_VE40"],
      [["AMD Radeon HD 7900 Series"], undefined],
      [["0", "1", "2"], undefined],
      [["Antminer S17", "Antminer S19"], undefined],
      [[""], undefined],
    ];
  for (const [names, model] of models) {
    const devices = names.map((Model) => ({ Model }));
    const info = readMinerInfo({ devdetails: { DEVDETAILS: devices } });
    assertEquals(info, model === undefined ? undefined : { model });
  }
});

Deno.test("readMinerInfo() says no serial number, address or key", () => {
  const members = {
    DNA: "0102030405060708",
    MAC: "020000000001",
    PROD: "Avalon Q",
    constructor: "1.0",
  };
  assertEquals(readVersion(members), { model: "Avalon Q" });
});

Deno.test("readMinerInfo() gives nothing where nothing is said", () => {
  assertEquals(readMinerInfo({}), undefined);
  assertEquals(readVersion({ Type: "", Miner: " ", API: null }), undefined);
  assertEquals(readVersion({ Type: 5 }), undefined);
});

Deno.test("readMinerInfo() knows a miner by the name of its version", () => {
  assertEquals(readVersion({ BDMiner: "4.11.1", Miner: "", API: "3.7" }), {
    software: "BDMiner",
    version: "4.11.1",
    api: "3.7",
  });
});

Deno.test("readMinerInfo() knows other miners by a description with a version", () => {
  const descriptions: readonly (readonly [string, string, string])[] = [
    ["avermore 1.4.1", "avermore", "1.4.1"],
    ["GCMiner-2023-05.24-0ce5", "GCMiner", "2023-05.24-0ce5"],
    ["innominer a9-1.1.0", "innominer", "a9-1.1.0"],
  ];
  for (const [description, software, version] of descriptions) {
    assertEquals(readVersion({}, description), { software, version });
  }
  for (const description of ["whatsminer v1.4", "rig 7", "2.2.0", "My 1.0 r"]) {
    assertEquals(readVersion({}, description), undefined, description);
  }
});

Deno.test("findAlgorithm() knows by the model what is made for no SHA-256", () => {
  for (
    const [algorithm, ...models] of [
      ["SHA-256", "Antminer S9", "Antminer T17+", "AvalonMiner 1246-83", ""],
      ["SHA-256", "WhatsMiner M31S", "Antminer S19 XP", "Antminer S21 L"],
      ["Scrypt", "Antminer L3", "Antminer L3+", "Antminer L7", "Hammer D10"],
      ["Equihash", "Antminer Z9-Mini", "Antminer Z15"],
      ["X11", "Antminer D3", "Antminer D7"],
      ["kHeavyHash", "Antminer KS3"],
      ["FPGA", "Blackminer F1-ULTRA"],
    ]
  ) {
    for (const model of models) {
      assertEquals(findAlgorithm({ model }), algorithm, model);
    }
  }
  assertEquals(findAlgorithm({ software: "TeamRedMiner" }), "GPU");
  assertEquals(findAlgorithm(undefined), "SHA-256");
});
