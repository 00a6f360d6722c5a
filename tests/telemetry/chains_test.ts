import { assertEquals } from "jsr:@std/assert@1";
import {
  type Chain,
  type ChainContext,
  readChains,
} from "../../telemetry/chains.ts";

/** The chains of a section that has some. */
function listChains(
  section: Readonly<Record<string, unknown>>,
  context?: ChainContext,
): Chain[] {
  const chains = readChains(section, context);
  if (chains === undefined) throw new Error("no fields of chains");
  return chains;
}

/** Sensors as `board 56, chip 71`. */
function listSensors(chain: Chain | undefined): string {
  return (chain?.temperatures ?? [])
    .map(({ sensor, celsius }) => `${sensor} ${celsius}`).join(", ");
}

Deno.test("readChains() reads an S9's chains, numbered as the miner does", () => {
  const chains = listChains({
    "GHS 5s": "9081.77",
    "temp2": 0,
    "temp6": 56,
    "temp7": 52,
    "temp2_6": 71,
    "temp2_7": 67,
    "temp3_6": 0,
    "chain_acn5": 0,
    "chain_acn6": 63,
    "chain_acn7": 63,
    "chain_acs5": "",
    "chain_acs6": " oooooooo ooooooo",
    "chain_acs7": " oooooooo oooooxx",
    "chain_hw5": 0,
    "chain_hw6": 1184,
    "chain_hw7": 22,
    "chain_rate5": "",
    "chain_rate6": "4536.24",
    "chain_rate7": "4545.53",
  });
  assertEquals(chains, [{
    number: 6,
    name: "chain 6",
    isUp: true,
    hashrate: { "5s": 4536.24e9 },
    temperatures: [
      { sensor: "board", celsius: 56 },
      { sensor: "chip", celsius: 71 },
    ],
    hardwareErrors: 1184,
    chips: 63,
    expectedChips: 63,
  }, {
    number: 7,
    name: "chain 7",
    isUp: true,
    hashrate: { "5s": 4545.53e9 },
    temperatures: [
      { sensor: "board", celsius: 52 },
      { sensor: "chip", celsius: 67 },
    ],
    hardwareErrors: 22,
    chips: 61,
    expectedChips: 63,
  }]);
});

Deno.test("readChains() gives no empty slot, however it looks", () => {
  const slots = {
    "chain_acn1": 0,
    "chain_acn2": 0,
    "chain_acn3": 0,
    "chain_rate1": "",
    "chain_rate2": "0.00000",
    "chain_rate3": 0,
    "temp1": 0,
    "temp_pcb2": "-",
    "temp_chip3": "0-0-0-0",
    "chain_hw1": 0,
    "chain_voltage1": 15.7,
    "chain_rateideal2": 31436.24,
  };
  assertEquals(readChains(slots), []);
});

Deno.test("readChains() gives a chain that is there but does not hash", () => {
  const chains = listChains({
    "chain_acn2": 76,
    "chain_acs2": " xx xx xx",
    "chain_rate2": "0.00",
    "chain_acn3": 0,
    "temp_pcb3": "38-38-40-40",
    "chain_rate3": "",
  });
  assertEquals(
    chains.map(({ name, isUp, hashrate }) => [
      name,
      isUp,
      hashrate,
    ]),
    [
      ["chain 2", false, { "5s": 0 }],
      ["chain 3", false, undefined],
    ],
  );
});

Deno.test("readChains() tells sections without chains from those with none", () => {
  assertEquals(readChains({}), undefined);
  assertEquals(readChains({ Elapsed: 1, temp1: 5, fan1: 3 }), undefined);
  assertEquals(readChains({ "chain_acn1": 0 }), []);
});

Deno.test("readChains() takes the highest of a list, and lists before singles", () => {
  const [chain] = listChains({
    "chain_acn1": 60,
    "temp1": 61,
    "temp2_1": 51,
    "temp3_1": 75,
    "temp_pcb1": "25-61",
    "temp_chip1": "51-85",
    "temp_pic1": "63-35-54-55",
  });
  assertEquals(listSensors(chain), "board 61, chip 85, pic 63");
});

Deno.test("readChains() reads temperatures below zero", () => {
  const [chain] = listChains({
    "chain_acn1": 114,
    "temp_pcb1": "-3--1--20--22",
    "temp_chip1": "7-4-25-27",
    "temp_pic1": "-8--11-10-12",
  });
  assertEquals(listSensors(chain), "board -1, chip 27, pic 12");
});

Deno.test("readChains() reads a Blackminer's list of chips", () => {
  const [chain] = listChains({
    "chain_acn1": 6,
    "temp1": 52,
    "chipTemp1": "[65.21, 64.10, 69.64]",
  });
  assertEquals(listSensors(chain), "board 52, chip 69.64");
});

Deno.test("readChains() reads an E3's two pairs of sensors", () => {
  const [chain] = listChains({
    "chain_acn10": 2,
    "temp10": 46,
    "temp2_10": 59,
    "temp3_10": 44,
    "temp4_10": 57,
  });
  assertEquals(listSensors(chain), "board 46, board 2 44, chip 59, chip 2 57");
});

Deno.test("readChains() takes a third sensor without a fourth for a chip's", () => {
  const [chain] = listChains({
    "chain_acn1": 48,
    "temp1": 55,
    "temp2_1": 75,
    "temp3_1": 77,
  });
  assertEquals(listSensors(chain), "board 55, chip 75, chip 2 77");
});

Deno.test("readChains() makes no chain 31 of an L3+'s temp31", () => {
  const chains = listChains({
    ID: "L30",
    "chain_acn1": 72,
    "chain_rate1": "126.12",
    "temp1": 46,
    "temp31": 9,
  });
  assertEquals(chains.map(({ name }) => name), ["chain 1"]);
  assertEquals(chains[0]?.hashrate, { "5s": 126.12e6 });
});

Deno.test("readChains() counts chains as the section counts the whole", () => {
  const hammer = { "MHS 5s": "4686.4", "chain_acn1": 108 };
  const [chain] = listChains({ ...hammer, "chain_rate1": "1578.2742" });
  assertEquals(chain?.hashrate, { "5s": 1578.2742e6 });
});

Deno.test("readChains() reads MSKminer's averages", () => {
  const rates = { "chain_rate1": 34084.86, "chain_avgrate1": 33585.34 };
  const [chain] = listChains({ "chain_acn1": 88, ...rates });
  assertEquals(chain?.hashrate, { "5s": 34084.86e9, average: 33585.34e9 });
});

Deno.test("readChains() knows that LuxOS' chain_rate is the average", () => {
  const section = { "chain_acn1": 77, "chain_rate1": "18910.28" };
  const [chain] = listChains(section, { software: "LUXminer 2025.4.8" });
  assertEquals(chain?.hashrate, { average: 18910.28e9 });
});

Deno.test("readChains() reads VNish's states", () => {
  const chains = listChains({
    "chain_state1": "mining",
    "chain_state2": "failure",
    "chain_acn1": 110,
    "chain_acn2": 110,
  });
  assertEquals(chains.map(({ status, isUp }) => [status, isUp]), [
    ["mining", true],
    ["failure", false],
  ]);
});

Deno.test("readChains() reads Bitmain's newer list", () => {
  const chains = listChains({
    "rate_unit": "GH/s",
    chain: [
      {
        index: 0,
        "rate_real": 37000.5,
        "asic_num": 114,
        asic: " ooo",
        "temp_pcb": [45, 62],
        "temp_chip": [50, 78],
        hw: 3,
        sn: "SECRET",
      },
    ],
  });
  assertEquals(chains, [{
    number: 0,
    name: "chain 0",
    isUp: true,
    hashrate: { "5s": 37000.5e9 },
    temperatures: [
      { sensor: "board", celsius: 62 },
      { sensor: "chip", celsius: 78 },
    ],
    hardwareErrors: 3,
    chips: 114,
    expectedChips: 114,
  }]);
});

/** Names, and whether they are up. */
function listStates(section: Readonly<Record<string, unknown>>): string[] {
  return listChains(section).map(({ name, isUp }) => `${name} ${isUp}`);
}

Deno.test("readChains() gives a chain that the list has without chips as down", () => {
  const one = { "asic_num": 2, asic: "oo", "rate_real": 1 };
  const none = { "asic_num": 0, asic: "", "rate_real": 0 };
  assertEquals(
    listStates({ "chain_num": 4, chain: [one, none, one] }),
    ["chain 0 true", "chain 1 false", "chain 2 true", "chain 3 false"],
  );
});

Deno.test("readChains() gives a chain that is lost, and no spare slot", () => {
  const slots = (filled: readonly number[], count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => index + 1).flatMap((slot) => [
        [`chain_acn${slot}`, filled.includes(slot) ? 63 : 0],
        [`chain_acs${slot}`, filled.includes(slot) ? "oo" : ""],
      ]),
    );
  assertEquals(listStates(slots([6, 8], 16)), [
    "chain 6 true",
    "chain 7 false",
    "chain 8 true",
  ]);
  // A board of its own stands apart from the others: antminer/t9plus.
  const apart = listStates(slots([2, 3, 8], 16));
  assertEquals(apart, ["chain 2 true", "chain 3 true", "chain 8 true"]);
  const first = listStates(slots([2, 3], 4));
  assertEquals(first, ["chain 1 false", "chain 2 true", "chain 3 true"]);
  const last = listStates({ ...slots([1, 2], 4), "miner_count": 3 });
  assertEquals(last, ["chain 1 true", "chain 2 true", "chain 3 false"]);
  assertEquals(listStates({ ...slots([], 4), "miner_count": 3 }), []);
});

Deno.test("readChains() takes a dash in the marks for a place without a chip", () => {
  const marks = (text: string) =>
    listChains({ "chain_acn1": 4, "chain_acs1": text })[0];
  assertEquals(marks("oo oo--")?.isUp, true);
  assertEquals(marks("xx xx--")?.isUp, false);
  assertEquals(marks("--")?.isUp, undefined);
  assertEquals(marks("xo oo--")?.chips, 3);
});

Deno.test("readChains() names inlets and outlets", () => {
  const [chain] = listChains({
    "chain_acn1": 4,
    "temp_in_pcb_1": "40",
    "temp_out_pcb_1": "64",
    "temp_in_chip1": "59-58",
    "temp_out_chip_1": "66",
  });
  assertEquals(
    listSensors(chain),
    "board inlet 40, board outlet 64, chip inlet 59, chip outlet 66",
  );
  const [cooled] = listChains(
    { "chain_acn1": 4, "temp_pcb1": "35-47-48-52", "temp_chip1": "m-m" },
    { isLiquidCooled: true },
  );
  assertEquals(
    listSensors(cooled),
    "board 52, board inlet 35, board outlet 52",
  );
});

Deno.test("readChains() reads a Zig's channels", () => {
  const chains = listChains({
    "Temperature Core": 24,
    CH1: { Temperature: 26, "MHS 30S": 2236, status: [{ x: 0 }] },
    CH2: { Temperature: 22, "MHS 30S": 0 },
    CH3: "none",
  });
  assertEquals(chains, [{
    number: 1,
    name: "CH1",
    hashrate: { "5s": 2236e6 },
    temperatures: [{ sensor: "board", celsius: 26 }],
  }, {
    number: 2,
    name: "CH2",
    hashrate: { "5s": 0 },
    temperatures: [{ sensor: "board", celsius: 22 }],
  }]);
});

Deno.test("readChains() drops what wrapped below zero", () => {
  const [chain] = listChains({
    "chain_acn1": 63,
    "chain_hw1": 18446744073709551000,
    "chain_rate1": 18446767111905,
    "temp1": 4294967200,
  });
  assertEquals(chain, {
    number: 1,
    name: "chain 1",
    temperatures: [],
    chips: 63,
    expectedChips: 63,
  });
});
