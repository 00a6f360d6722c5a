/** Whatever a rig sends, devices and fans stay plausible. */
import { assertEquals } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";
import { readDevices } from "../../telemetry/devices.ts";
import { readFans } from "../../telemetry/fans.ts";
import type { Reports } from "../../telemetry/reports.ts";
import { listViolations } from "./violations.ts";

/** Names that the readers know, and some beside them. */
const NAMES: readonly string[] = [
  ..."ASC GPU PGA CPU ID Name Status Enabled Disabled STATS Type".split(" "),
  ..."chain_acn1 chain_acn2 chain_acs1 chain_rate1 chain_rate2".split(" "),
  ..."chain_hw1 chain_state1 temp1 temp2 temp2_1 temp3_1 temp4_1".split(" "),
  ..."temp_pcb1 temp_chip2 temp_pic1 chipTemp1 chain CH1 rate_unit".split(" "),
  ..."fan_num fan1 fan2 fan9 fan_pwm FAN RPM Speed TEMP Board Chip".split(" "),
  ...["MM ID0", "MM ID1", "MM ID0:Summary", "GHS 5s", "MHS av", "HS RT"],
  ...["KHS 20s", "Total MH", "Elapsed", "Temperature", "Chip Temp Max"],
  ...["Fan Speed In", "Fan Speed", "Fan Percent", "Power Fanspeed", "Fan duty"],
  ...["Hardware Errors", "Accepted", "Liquid Cooling", "__proto__", "length"],
];

const SECTIONS: readonly string[] = [
  ..."STATUS DEVS STATS STATS0 TEMPS FANS SUMMARY VERSION Msg id".split(" "),
];

const COMMANDS: readonly string[] = [
  ..."devs edevs stats estats temps fans summary version get_psu".split(" "),
];

const value = fc.oneof(
  fc.jsonValue(),
  fc.double(),
  fc.integer(),
  fc.constantFrom(
    18446767111905,
    18446744073709551616,
    4294967295,
    1e308,
    -273,
    " 5.0000",
    "35-36",
    "nan",
    "2.685%",
    "2--1-20-22",
    "0-0-0-0",
    "[65.21, 1e99]",
    "Temp[30] TMax[nan] Fan1[4200] FanR[1e9%] GHSspd[1e300] HW[-1] MTmax[1 2 3]",
    "Y",
    "Alive",
    " oooo xx",
  ),
);

const members = fc.dictionary(fc.constantFrom(...NAMES), value, {
  maxKeys: 30,
});

const section = fc.oneof(
  { weight: 5, arbitrary: fc.array(members, { maxLength: 4 }) },
  { weight: 1, arbitrary: members },
  { weight: 1, arbitrary: value },
);

const reply = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.dictionary(fc.constantFrom(...SECTIONS), section),
  },
  { weight: 1, arbitrary: value },
);

const reports = fc.dictionary(fc.constantFrom(...COMMANDS), reply);

function checkReports(given: unknown): void {
  const known = given as Reports;
  const devices = readDevices(known);
  const fans = readFans(known);
  const violations = listViolations({
    ...(devices.length > 0 && { devices }),
    ...(fans.length > 0 && { fans }),
  });
  assertEquals(violations, []);
  assertEquals(JSON.parse(JSON.stringify({ devices, fans })), {
    devices,
    fans,
  });
  // The same replies give the same devices.
  assertEquals(readDevices(known), devices);
}

Deno.test("readDevices() and readFans() never throw and give only plausible figures", () => {
  fc.assert(fc.property(reports, checkReports), { numRuns: 1500 });
});

Deno.test("readDevices() and readFans() take any JSON for a reply", () => {
  const anything = fc.dictionary(fc.constantFrom(...COMMANDS), fc.jsonValue());
  fc.assert(fc.property(anything, checkReports), { numRuns: 300 });
});
