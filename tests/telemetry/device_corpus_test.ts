/** Devices and fans of the recorded rigs, against figures read by hand. */
import { assertEquals } from "jsr:@std/assert@1";
import { readDevices } from "../../telemetry/devices.ts";
import { readFans } from "../../telemetry/fans.ts";
import { readTelemetry } from "../../telemetry/read_telemetry.ts";
import type { Reports } from "../../telemetry/reports.ts";
import { type Device, HASHRATE_WINDOWS } from "../../telemetry/telemetry.ts";
import { loadReplies, loadRigs } from "./recorded_rigs.ts";
import { listViolations } from "./violations.ts";
import { NEED_REPLIES, skipTests } from "../executables.ts";

/** What a rig's replies say, as a reader of the replies finds it. */
interface Expected {
  readonly devices: number;
  /** Of one device: name, window and rate, sensors, hardware errors. */
  readonly device?: string;
  /** Name and rpm of every fan. */
  readonly fans: string;
}

const RIGS: Readonly<Record<string, Expected>> = {
  "antminer-d3": {
    devices: 3,
    device: "chain 2, 5s 5.71288e9, board 63, chip 79, 3 errors",
    fans: "1 5190, 2 5250",
  },
  "antminer-e3": {
    devices: 9,
    device:
      "chain 13, 5s 20.13e6, board 39, board 2 37, chip 58, chip 2 53, 0 errors",
    fans: "5 3600, 6 3720",
  },
  "antminer-l3plus": {
    devices: 4,
    device: "chain 3, 5s 126.06e6, board 46, chip 56, 153 errors",
    fans: "1 3840, 2 3810",
  },
  "antminer-l3plus-rwglr": {
    devices: 4, // One of them is lost.
    device: "chain 4, 5s 137.72e6, board 36, chip 42, 258 errors",
    fans: "1 3180, 2 3090",
  },
  "antminer-s15": {
    devices: 4,
    device: "chain 4, 5s 7366.51e9, board 59, chip 74, 2273 errors",
    fans: "1 4080, 2 4200",
  },
  "antminer-s17plus": { devices: 0, fans: "" },
  "antminer-s17pro": {
    devices: 3,
    device: "chain 1, 5s 17968.26e9, board 53, chip 80, 731 errors",
    fans: "1 2400, 2 3000, 3 3120, 4 2400",
  },
  "antminer-s19": {
    devices: 3, // One of them is lost.
    device: "chain 2, 5s 0, board 40, chip 40, pic 40, 0 errors",
    fans: "1 1560, 2 1560, 3 600, 4 720",
  },
  "antminer-s19pro-2022": {
    devices: 3,
    device: "chain 2, 5s 35536.22e9, board 66, chip 71, pic 56, 195 errors",
    fans: "1 6000, 2 5880, 3 5040, 4 5040",
  },
  "antminer-s19pro-cold": {
    devices: 3,
    device: "chain 1, 5s 37735.24e9, board 22, chip 27, pic 12, 1527 errors",
    fans: "1 5520, 2 5400, 3 5040, 4 5040",
  },
  "antminer-s7": {
    devices: 3,
    device: "chain 3, board 54",
    fans: "1 3720, 3 3600",
  },
  "antminer-s9": {
    devices: 3,
    device: "chain 7, 5s 4545.53e9, board 52, chip 67, 22 errors",
    fans: "3 4080, 6 4080",
  },
  "antminer-s9k": {
    devices: 3,
    device: "chain 3, 5s 4881.69e9, board 58, chip 78, 2789 errors",
    fans: "1 2280, 2 3720",
  },
  "antminer-t15": {
    devices: 3,
    device: "chain 2, 5s 6574.89e9, board 35, chip 50, 17 errors",
    fans: "1 2880, 2 2880",
  },
  "antminer-t9plus": {
    devices: 9,
    device: "chain 14, 5s 1171.12e9, board 70, chip 85, 55 errors",
    fans: "3 5880, 6 5400",
  },
  "antminer-z9mini": {
    devices: 3,
    device: "chain 3, 5s 5.61e3, board 56, chip 71, 0 errors",
    fans: "1 4200",
  },
  "asicseer-s9": {
    devices: 3,
    device: "chain 8, 5s 4503.15e9, board 56, chip 86, 0 errors",
    fans: "5 2880, 6 3840",
  },
  "avalon-24102401": {
    devices: 3,
    device: "board 2, average 61407.83e9, chip max 78, chip avg 70",
    fans: "1 4275, 2 4282",
  },
  "avalon-a7xx": {
    devices: 10,
    fans: "AV70 MM1 2550, AV70 MM2 1440, AV70 MM3 2700, AV70 MM4 2580, " +
      "AV70 MM5 2430, AV71 MM1 4440, AV71 MM2 3900, AV71 MM3 3150, " +
      "AV71 MM4 2760, AV71 MM5 3810",
  },
  "avalon-q": {
    devices: 1,
    device: "ASC0, 5s 0, 1m 0, 5m 20000, 15m 32370.32e6, " +
      "average 44046770.26e6, inlet 26, board inlet 27, board outlet 27, " +
      "0 errors",
    fans: "1 0, 2 0, 3 0, 4 0",
  },
  "baikal-sgminer-5.6.6-l": {
    devices: 3,
    device: "ASC2, 5s 3379.1582e6, average 3090.5468e6, board 46, 0 errors",
    fans: "",
  },
  "blackminer-f1-ultra": {
    devices: 2,
    device: "chain 1, 5s 1.8897e9, board 52, chip 69.64, 0 errors",
    fans: "1 2820, 2 2850",
  },
  "braiins-bosminer-plus-0.2.0": {
    devices: 3,
    device: "chain 6, board 75",
    fans: "0 2820, 1 3780",
  },
  "bw-l21-cgminer-4.10.0": {
    devices: 4,
    device: "ASC3, 5s 90.15e6, 1m 109.07e6, 5m 90.15e6, 15m 91.3e6, " +
      "average 62.12e6, board 32, 721 errors",
    fans: "",
  },
  "cgminer-3.7.2-gpu": {
    devices: 2,
    device: "GPU1, 5s 0.55e6, average 0.55e6, chip 74, 0 errors",
    fans: "GPU0 4274, GPU1 2010",
  },
  "dragonmint-t1": {
    devices: 3,
    device: "DT11, average 5370624e6, chip max 87, chip avg 74, chip min 59",
    fans: "all undefined",
  },
  "hammer-2023-05-28": {
    devices: 3,
    device: "chain 1, 5s 1578.2742e6, board 45, 2133 errors",
    fans: "1 4650, 2 4500, 3 3870, 4 3930",
  },
  "honorknight-cgminer-4.10.0": {
    devices: 4,
    device: "ASC3, 5s 0, 1m 0, 5m 0, 15m 1962.61e6, average 333297.76e6, " +
      "board 68, chip max 85, chip avg 74, chip min 63, 5466 errors",
    fans: "0 6270, 1 6810",
  },
  "luxos-s19kpro-2025.4.8": {
    devices: 3,
    device: "ASC1, 5s 19230588.7466751e6, 1m 20117883.2979288e6, " +
      "5m 20467887.3521985e6, 15m 20466566.8203479e6, " +
      "average 18939953.7981834e6, board 47, chip 47, pic 47, top left 47, " +
      "top right 33, bottom left 47, bottom right 33, 0 errors",
    fans: "1 2340, 2 1920, 3 2340, 4 1920",
  },
  "minerva-mv8": {
    devices: 4,
    device: "C121, 5s 22420627.92e6, 1m 23225273.66e6, 5m 23158147.49e6, " +
      "15m 22986218.87e6, average 22738423.52e6, chip avg 84.14, 224 errors",
    fans: "0 3090, 1 3330",
  },
  "mskminer-2.6.0.39": {
    devices: 3,
    device:
      "chain 2, 5s 32303.65e9, average 32788.97e9, board 45, chip 57, 0 errors",
    fans: "1 5010, 2 5160, 3 5070, 4 5040",
  },
  "sgminer-4.1.0-text": {
    devices: 1,
    device: "GPU0, 5s 59100, average 59200, 0 errors",
    fans: "",
  },
  "strongu-stu-u6": {
    devices: 2,
    device: "ASC2, 5s 208240.11e6, 1m 211732.23e6, 5m 208990.13e6, " +
      "15m 192341.76e6, average 196438.3e6, board 55.62, 3509 errors",
    fans: "1 7800, 2 7800",
  },
  "teamredminer-0.3.8": {
    devices: 6,
    device: "GPU1, 1m 2118, average 2112, chip 61, 0 errors",
    fans: "GPU0 3185, GPU1 3226, GPU2 3273, GPU3 3185, GPU4 3299, GPU5 3216",
  },
  "vnish-s17-0.9.2": {
    devices: 3,
    device: "chain 3, 5s 21635.21e9, board 56, chip 75, 977 errors",
    fans: "",
  },
  "vnish-s19xp-1.2.0-rc1": {
    devices: 3,
    device: "chain 2, 5s 47262.92e9, board 57, chip 72, 7994 errors",
    fans: "1 2790, 2 2850, 3 2940, 4 2910",
  },
  "whatsminer-m3": {
    devices: 3,
    device: "SM1, board 75",
    fans: "in 5730, out 5880",
  },
  "whatsminer-m31s": {
    devices: 3,
    device: "ASC0, 5s 25012892.74e6, 1m 24720718.63e6, 5m 24741199.08e6, " +
      "15m 24731544.59e6, average 24731566.18e6, board 57.5, chip max 77.44, " +
      "chip avg 66.3, chip min 48, 0 errors",
    fans: "in 5700, out 0, psu 7608",
  },
  "zig-z1": {
    devices: 4,
    device: "CH1, 5s 2236e6, board 26",
    fans: "in 3570, out 3540",
  },
  "recorded-cgminer-sp10-w": { devices: 4, fans: "" },
  "recorded-bfgminer-w": {
    devices: 1,
    device: "PGA0, 5s 1.849e6, average 1.782e6, 0 errors",
    fans: "",
  },
  "recorded-sgminer-w": { devices: 1, fans: "" },
};

/** `20.13e9` of the table as the model's 20130000000. */
function spellOut(description: string): string {
  return description.replace(
    /[\d.]+e\d+/g,
    (number) => String(Number(Number(number).toPrecision(15))),
  );
}

function describeDevice(device: Device): string {
  const { name, hashrate, temperatures, hardwareErrors } = device;
  return [
    name,
    ...HASHRATE_WINDOWS.flatMap((window) => {
      const rate = hashrate?.[window];
      return rate === undefined ? [] : `${window} ${rate}`;
    }),
    ...(temperatures ?? []).map(({ sensor, celsius }) =>
      `${sensor} ${celsius}`
    ),
    ...(hardwareErrors === undefined ? [] : [`${hardwareErrors} errors`]),
  ].join(", ");
}

function checkRig(reports: Reports, expected: Expected): void {
  // The model, by which some lie, is found in all of the reports.
  const { devices = [] } = readTelemetry(reports);
  assertEquals(devices.length, expected.devices);
  if (expected.device !== undefined) {
    const [name] = expected.device.split(", ");
    const device = devices.find((device) => device.name === name);
    const description = device === undefined ? name : describeDevice(device);
    assertEquals(description, spellOut(expected.device));
  }
  const fans = readFans(reports).map(({ name, rpm }) => `${name} ${rpm}`);
  assertEquals(fans.join(", "), expected.fans);
}

const rigs = await loadRigs();
const replies = await loadReplies();
if (rigs === undefined || replies === undefined) {
  skipTests("devices of recorded rigs", NEED_REPLIES);
} else {
  Deno.test("the corpus holds every rig that the table names", () => {
    const names = new Set(rigs.map(({ name }) => name));
    assertEquals(Object.keys(RIGS).filter((name) => !names.has(name)), []);
  });
  for (const { name, reports } of rigs) {
    const expected = RIGS[name];
    if (expected === undefined) continue;
    Deno.test(`readDevices() and readFans() on ${name}`, () => {
      checkRig(reports, expected);
    });
  }
  Deno.test("readDevices() and readFans() on every rig and every reply", () => {
    const single = replies.map(({ file, command, value }) => ({
      name: file,
      reports: { [command]: value },
    }));
    for (const { name, reports } of [...rigs, ...single]) {
      const devices = readDevices(reports);
      const fans = readFans(reports);
      const violations = listViolations({
        ...(devices.length > 0 && { devices }),
        ...(fans.length > 0 && { fans }),
      });
      assertEquals(violations, [], name);
    }
  });
  Deno.test("readDevices() adds up to what the rig says of its hashrate", () => {
    for (
      const name of ["antminer-s9k", "minerva-mv8", "luxos-s19kpro-2025.4.8"]
    ) {
      const { reports } = rigs.find((rig) => rig.name === name) ?? {};
      const text = JSON.stringify(reports);
      const said = /"(GHS|MHS) 5s":"?([\d.]+)/g;
      const rates = [...text.matchAll(said)].map(([, unit, rate]) =>
        Number(rate) * (unit === "GHS" ? 1e9 : 1e6)
      );
      const sum = readDevices(reports ?? {})
        .reduce((sum, { hashrate }) => sum + (hashrate?.["5s"] ?? 0), 0);
      const most = Math.max(...rates);
      assertEquals(Math.abs(sum / most - 1) < 0.03, true, `${name}: ${sum}`);
    }
  });
}
