import { assertEquals } from "jsr:@std/assert@1";
import { readDevices } from "../../telemetry/devices.ts";
import type { Reports } from "../../telemetry/reports.ts";

type Section = Readonly<Record<string, unknown>>;

/** The reports of a rig, from the objects of their sections. */
function makeReports(
  sections: Readonly<Record<string, readonly Section[]>>,
): Reports {
  const names: Readonly<Record<string, string>> = {
    edevs: "DEVS",
    estats: "STATS",
  };
  return Object.fromEntries(
    Object.entries(sections).map(([command, objects]) => [command, {
      STATUS: [{ STATUS: "S", Description: "cgminer 4.11.1" }],
      [names[command] ?? command.toUpperCase()]: objects,
      id: 1,
    }]),
  );
}

function listNames(reports: Reports): string[] {
  return readDevices(reports).map(({ name }) => name);
}

Deno.test("readDevices() reads all that devs says of a device", () => {
  const devs = [{
    ASC: 0,
    Name: "SM",
    ID: 0,
    Enabled: "Y",
    Status: "Alive",
    Temperature: 57.5,
    "MHS av": 24731566.18,
    "MHS 5s": 25012892.74,
    Accepted: 756,
    Rejected: 1,
    "Hardware Errors": 3,
    "PCB SN": "ERI4LN78901234O67890",
    "Chip Temp Max": 77.44,
  }];
  assertEquals(readDevices(makeReports({ devs })), [{
    name: "ASC0",
    status: "Alive",
    isUp: true,
    hashrate: { "5s": 25012892.74e6, average: 24731566.18e6 },
    temperatures: [
      { sensor: "board", celsius: 57.5 },
      { sensor: "chip max", celsius: 77.44 },
    ],
    hardwareErrors: 3,
    shares: { accepted: 756, rejected: 1 },
  }]);
});

Deno.test("readDevices() names devices by kind and number, else by driver", () => {
  const devs = [
    { GPU: 1 },
    { GPU: 0 },
    { PGA: 0, Name: "CPU", ID: 0 },
    { ASC: 2, ID: 1 },
    { ASC: 0, ID: 0 },
    { CPU: 3 },
    { Name: "BFL", ID: 7 },
    { Name: "bare" },
  ];
  assertEquals(listNames(makeReports({ devs })), [
    "bare",
    "BFL7",
    "ASC0",
    "ASC2",
    "PGA0",
    "GPU0",
    "GPU1",
    "CPU3",
  ]);
});

Deno.test("readDevices() skips what has no name, and keeps names apart", () => {
  const devs = [{ ASC: 0 }, { ASC: 0 }, { Name: "ASC0 (2)" }, { ID: 4 }, {}];
  const names = listNames(makeReports({ devs }));
  assertEquals(names, ["ASC0 (2)", "ASC0", "ASC0 (3)"]);
});

Deno.test("readDevices() says whether a device is up, where the miner does", () => {
  const cases: readonly (readonly [Section, boolean | undefined])[] = [
    [{ Status: "Alive", Enabled: "Y" }, true],
    [{ Status: "Alive" }, true],
    [{ Status: "Alive", Enabled: "N" }, false],
    [{ Status: "Alive", "No Device": true }, false],
    [{ Status: "Alive", Disabled: true }, false],
    [{ Status: "Dead", Enabled: "Y" }, false],
    [{ Status: "SICK", Enabled: "Y" }, false],
    [{ Status: "Initialising" }, false],
    [{ Status: "constructor" }, undefined],
    [{ Enabled: "Y" }, undefined],
    [{}, undefined],
  ];
  for (const [members, isUp] of cases) {
    const [device] = readDevices(
      makeReports({ devs: [{ ASC: 0, ...members }] }),
    );
    assertEquals(device?.isUp, isUp, JSON.stringify(members));
  }
});

Deno.test("readDevices() takes edevs where devs has none", () => {
  const edevs = [{ ASC: 1, ID: 1 }];
  assertEquals(listNames(makeReports({ edevs })), ["ASC1"]);
  assertEquals(listNames(makeReports({ edevs, devs: [] })), ["ASC1"]);
  assertEquals(listNames(makeReports({ edevs, devs: [{ ASC: 0 }] })), ["ASC0"]);
});

Deno.test("readDevices() takes estats where stats has none but pools", () => {
  const estats = [{ ID: "BC50", "chain_acn6": 63 }];
  const stats = [{ ID: "POOL0", "MHS av": 5 }];
  assertEquals(listNames(makeReports({ stats, estats })), ["chain 6"]);
});

Deno.test("readDevices() joins devs and stats by driver and number", () => {
  const devs = [
    { ASC: 0, Name: "IT1", ID: 0, "MHS av": 5, Temperature: 71 },
    { ASC: 1, Name: "IT1", ID: 1, "MHS av": 6 },
  ];
  const stats = [
    { STATS: 0, ID: "IT11", "MHS av": 9, "MHS 5s": 8, "Temp max": 86 },
    { STATS: 1, ID: "IT10", "MHS av": 9, "Temp max": 85 },
    { STATS: 2, ID: "POOL0", "MHS av": 1 },
  ];
  assertEquals(readDevices(makeReports({ devs, stats })), [{
    name: "ASC0",
    hashrate: { average: 5e6 },
    temperatures: [
      { sensor: "board", celsius: 71 },
      { sensor: "chip max", celsius: 85 },
    ],
  }, {
    name: "ASC1",
    hashrate: { "5s": 8e6, average: 6e6 },
    temperatures: [{ sensor: "chip max", celsius: 86 }],
  }]);
});

Deno.test("readDevices() gives the chains that one device adds up", () => {
  const devs = [{ ASC: 0, Name: "BTM_SOC", ID: 0, "MHS av": 0 }];
  const stats = [
    { Type: "Antminer S19 Pro" },
    { ID: "BTM_SOC0", "chain_acn1": 114, "chain_acn2": 114, "chain_acn3": 0 },
  ];
  const names = ["chain 1", "chain 2"];
  assertEquals(listNames(makeReports({ devs, stats })), names);
  const unnamed = [{ ASC: 0, ID: 0, "MHS av": 0 }];
  assertEquals(listNames(makeReports({ devs: unnamed, stats })), names);
});

Deno.test("readDevices() gives no device that only added up chains now gone", () => {
  const devs = [{ ASC: 0, Name: "BTM_SOC", ID: 0, "MHS av": 0 }];
  const stats = [{ ID: "BTM_SOC0", "chain_acn1": 0, "chain_rate1": "" }];
  assertEquals(listNames(makeReports({ devs, stats })), []);
});

Deno.test("readDevices() joins as many devices as chains in order", () => {
  const devs = [
    { ASC: 2, ID: 2, Name: "", "MHS av": 30 },
    { ASC: 0, ID: 0, Name: "", "MHS av": 10 },
  ];
  const stats = [{
    ID: "BTM_SOC0",
    "chain_acn1": 77,
    "chain_rate1": "0.01",
    "temp_chip1": "47-34",
    "chain_acn3": 77,
    "temp_chip3": "48-34",
  }];
  assertEquals(readDevices(makeReports({ devs, stats })), [{
    name: "ASC0",
    hashrate: { "5s": 1e7, average: 1e7 },
    temperatures: [{ sensor: "chip", celsius: 47 }],
    chips: 77,
    expectedChips: 77,
  }, {
    name: "ASC2",
    hashrate: { average: 3e7 },
    temperatures: [{ sensor: "chip", celsius: 48 }],
    chips: 77,
    expectedChips: 77,
  }]);
});

Deno.test("readDevices() never gives a board twice where counts differ", () => {
  const devs = [{ ASC: 0, ID: 0 }, { ASC: 1, ID: 1 }, { ASC: 2, ID: 2 }];
  const stats = [{ ID: "X", "chain_acn1": 77, "chain_acn2": 77 }];
  assertEquals(listNames(makeReports({ devs, stats })), [
    "ASC0",
    "ASC1",
    "ASC2",
  ]);
});

Deno.test("readDevices() joins temps by ID", () => {
  const devs = [
    { ASC: 0, ID: 1, Temperature: 0 },
    { ASC: 1, ID: 2, Temperature: 0 },
  ];
  const temps = [
    { TEMP: 0, ID: 2, Board: 64.5625, Chip: 98 },
    { TEMP: 1, ID: 1, Board: 67.25, Chip: 0 },
    { TEMP: 2, ID: 3, Board: 50, Chip: 60 },
  ];
  assertEquals(readDevices(makeReports({ devs, temps })), [{
    name: "ASC0",
    temperatures: [{ sensor: "board", celsius: 67.25 }],
  }, {
    name: "ASC1",
    temperatures: [
      { sensor: "board", celsius: 64.5625 },
      { sensor: "chip", celsius: 98 },
    ],
  }]);
});

Deno.test("readDevices() joins temps in order where no ID fits, and alone", () => {
  const devs = [{ ASC: 0, ID: 0 }, { ASC: 1, ID: 1 }];
  const temps = [
    { TEMP: 0, ID: 6, Board: 53 },
    { TEMP: 1, ID: 7, Board: 46 },
  ];
  const boards = readDevices(makeReports({ devs, temps }))
    .map(({ name, temperatures }) => [name, temperatures?.[0]?.celsius]);
  assertEquals(boards, [["ASC0", 53], ["ASC1", 46]]);
  const alone = makeReports({
    temps: [...temps, { TEMP: 2, ID: 8, Board: 0 }],
  });
  assertEquals(listNames(alone), ["chain 6", "chain 7"]);
});

Deno.test("readDevices() reads the corners of LuxOS' boards", () => {
  const temps = [{ ID: 0, TEMP: 1, TopLeft: 47, BottomRight: 34, TopRight: 0 }];
  assertEquals(readDevices(makeReports({ temps })), [{
    name: "chain 0",
    temperatures: [
      { sensor: "top left", celsius: 47 },
      { sensor: "bottom right", celsius: 34 },
    ],
  }]);
});

Deno.test("readDevices() reads an Avalon's module into its device", () => {
  const text = "Ver[1246-83] SYSTEMSTATU[Work: In Work, Hash Board: 3 ] " +
    "HW[2735] DH[2.732%] Temp[30] TMax[77] TAvg[65] Fan1[5344] " +
    "GHSspd[81072.68] GHSmm[83923.04] GHSavg[79656.63] MTmax[77 77 76]";
  const stats = [{ STATS: 0, ID: "AVA100", "MM ID0": text, "MM Count": 1 }];
  const temperatures = [
    { sensor: "inlet", celsius: 30 },
    { sensor: "chip max", celsius: 77 },
    { sensor: "chip avg", celsius: 65 },
    { sensor: "chip max 1", celsius: 77 },
    { sensor: "chip max 2", celsius: 77 },
    { sensor: "chip max 3", celsius: 76 },
  ];
  assertEquals(readDevices(makeReports({ stats })), [{
    name: "AVA100",
    hashrate: { "5s": 81072.68e9, average: 79656.63e9, ideal: 83923.04e9 },
    temperatures,
    hardwareErrors: 2735,
  }]);
  const devs = [{
    ASC: 0,
    Name: "AVA10",
    ID: 0,
    Status: "Alive",
    Temperature: -273,
    "MHS av": 79e6,
  }];
  assertEquals(readDevices(makeReports({ stats, devs })), [{
    name: "ASC0",
    status: "Alive",
    isUp: true,
    hashrate: { "5s": 81072.68e9, average: 79e12, ideal: 83923.04e9 },
    temperatures,
    hardwareErrors: 2735,
  }]);
});

Deno.test("readDevices() gives each module of an Avalon's several", () => {
  const devs = [{ ASC: 0, Name: "AV7", ID: 0 }, { ASC: 1, Name: "AV7", ID: 1 }];
  const module = "Temp[38] TMax[89] Fan[2550] WU[60.00] GHSmm[6836.48]";
  const stats = [
    { ID: "AV70", "MM ID1": module, "MM ID2": module },
    { ID: "AV71", "MM ID1": module, "MM ID2": "Temp[0] TMax[80]" },
  ];
  const devices = readDevices(makeReports({ devs, stats }));
  assertEquals(devices.map(({ name }) => name), [
    "AV70 MM1",
    "AV70 MM2",
    "AV71 MM1",
    "AV71 MM2",
  ]);
  assertEquals(devices[0]?.hashrate, { average: 2 ** 32, ideal: 6836.48e9 });
  assertEquals(devices[3]?.temperatures, [{ sensor: "chip max", celsius: 80 }]);
});

Deno.test("readDevices() reads the Avalon Q's summary of a module", () => {
  const text = "'STATS':{Ver[Q-25052801] SSID[] ITemp[26] HBITemp[27] " +
    "HBOTemp[28] TMax[0] TAvg[0] GHSspd[0.00] Nonce Mask[25]}";
  const stats = [{ ID: "AVALON0", "MM ID0:Summary": text }];
  assertEquals(readDevices(makeReports({ stats })), [{
    name: "AVALON0",
    hashrate: { "5s": 0 },
    temperatures: [
      { sensor: "inlet", celsius: 26 },
      { sensor: "board inlet", celsius: 27 },
      { sensor: "board outlet", celsius: 28 },
    ],
  }]);
});

Deno.test("readDevices() does not stall on a module's text without brackets", () => {
  const words = "a".repeat(1_000_000);
  const stats = [{
    ID: "AVA100",
    "MM ID0": `${words}Temp[30]${"[".repeat(1e6)}`,
  }];
  const [device] = readDevices(makeReports({ stats }));
  assertEquals(device?.temperatures, undefined);
});

Deno.test("readDevices() reads an old Innosilicon's numbered sections", () => {
  const stats = {
    STATUS: [{ STATUS: "S" }],
    STATS0: [{ STATS: 0, "Num chips": 12, "MHS av": 16500, Temp: 47 }],
    STATS1: [{ STATS: 1, "MHS av": 16500, Temp: 48 }],
    STATS3: [{ STATS: 3 }],
  };
  assertEquals(listNames({ stats }), ["chain 0", "chain 1"]);
});

Deno.test("readDevices() bounds how many devices there are", () => {
  const devs = Array.from({ length: 5000 }, (_, ASC) => ({ ASC }));
  assertEquals(readDevices(makeReports({ devs })).length, 512);
});

Deno.test("readDevices() is empty where nothing tells of a device", () => {
  const stats = [
    { STATS: 0, ID: "", Elapsed: 0, Calls: 0, Wait: 0, Max: 0, Min: 0 },
    { Type: "Antminer S19", Miner: "49.0.1.3" },
  ];
  assertEquals(readDevices(makeReports({ stats, devs: [], temps: [] })), []);
  assertEquals(readDevices({}), []);
  const error = { STATUS: [{ STATUS: "E" }], DEVS: [{ ASC: 0 }] };
  assertEquals(readDevices({ devs: error }), []);
});
