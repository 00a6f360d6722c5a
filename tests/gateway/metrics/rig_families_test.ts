import {
  type ExpositionFormat,
  renderFamilies,
} from "../../../gateway/metrics/exposition.ts";
import {
  listRigFamilies,
  MAX_LABEL_LENGTH,
  MAX_POOLS,
  RIG_METRICS,
  type RigSample,
} from "../../../gateway/metrics/rig_families.ts";
import {
  MAX_DEVICES,
  MAX_FANS,
  MAX_SENSORS,
  type Telemetry,
} from "../../../telemetry/telemetry.ts";
import type { Trouble } from "../../../telemetry/trouble.ts";
import { parseExposition, type ReadSample } from "./exposition_parser.ts";
import { assertEquals } from "jsr:@std/assert@1";

const FORMATS: readonly ExpositionFormat[] = ["text", "openmetrics"];

function render(
  samples: readonly RigSample[],
  format: ExpositionFormat = "text",
): string {
  return [...renderFamilies(listRigFamilies(samples), format)].join("");
}

/** All samples of rigs, after a strict parser had no objection. */
function listSamples(
  samples: readonly RigSample[],
  format: ExpositionFormat = "text",
): readonly ReadSample[] {
  return parseExposition(render(samples, format), format)
    .flatMap((family) => family.samples);
}

/** The samples of one rig, as `name{label=value} number`. */
function readSamples(telemetry: Telemetry): string[] {
  return listSamples([{ rig: "a", isUp: true, telemetry }])
    .map(({ name, labels: { rig: _, ...labels }, text }) => {
      const pairs = Object.entries(labels).map((pair) => pair.join("="));
      return `${name}{${pairs}} ${text}`;
    });
}

/** A rig that says everything. */
const WHOLE: Telemetry = {
  miner: {
    software: "bmminer",
    version: "2.0.0",
    api: "3.1",
    model: "Antminer S9",
    firmware: "16.8.1.3",
  },
  uptimeS: 40206,
  hashrate: {
    "5s": 13581930000000,
    "1m": 1.5e13,
    "5m": 1,
    "15m": 0,
    average: 0.5,
    ideal: 1.4e13,
  },
  shares: { accepted: 7629, rejected: 2, stale: 0, discarded: 21530 },
  hardwareErrors: 354,
  bestShare: 99242396,
  blocksFound: 0,
  powerW: 1350.5,
  temperatures: [{ sensor: "ambient", celsius: -3.5 }],
  devices: [{
    name: "chain 6",
    status: "Alive",
    isUp: true,
    hashrate: { "5s": 4536240000000 },
    temperatures: [{ sensor: "chip", celsius: 71 }],
    hardwareErrors: 1184,
    shares: { accepted: 10, rejected: 1 },
  }],
  fans: [{ name: "3", rpm: 4080, percent: 57 }],
  pools: [{
    index: 0,
    url: "stratum+tcp://pool.example.com:3333",
    status: "Alive",
    isUp: true,
    isActive: false,
    priority: 0,
    shares: { accepted: 7629, stale: 3 },
    difficulty: 65536,
    lastShareTimeS: 1700000000,
  }],
};

const POOL = 'rig="a",pool="0",url="stratum+tcp://pool.example.com:3333"';

/** Of each metric its lines, as both formats have them. */
const WHOLE_LINES: Readonly<Record<string, readonly string[]>> = {
  cgminer_up: ['cgminer_up{rig="a"} 1'],
  cgminer_trouble: [
    'cgminer_trouble{rig="a",code="hot",severity="critical",device="chain 6"} 1',
    'cgminer_trouble{rig="a",code="no-shares",severity="critical"} 1',
  ],
  cgminer_scrape_duration_seconds: [
    'cgminer_scrape_duration_seconds{rig="a"} 0.012346',
  ],
  cgminer: [
    'cgminer_info{rig="a",miner="bmminer",version="2.0.0",api="3.1",' +
    'model="Antminer S9",firmware="16.8.1.3"} 1',
  ],
  cgminer_uptime_seconds: ['cgminer_uptime_seconds{rig="a"} 40206'],
  cgminer_hashrate_hashes_per_second: [
    'cgminer_hashrate_hashes_per_second{rig="a",window="5s"} 13581930000000',
    'cgminer_hashrate_hashes_per_second{rig="a",window="1m"} 15000000000000',
    'cgminer_hashrate_hashes_per_second{rig="a",window="5m"} 1',
    'cgminer_hashrate_hashes_per_second{rig="a",window="15m"} 0',
    'cgminer_hashrate_hashes_per_second{rig="a",window="average"} 0.5',
  ],
  cgminer_hashrate_ideal_hashes_per_second: [
    'cgminer_hashrate_ideal_hashes_per_second{rig="a"} 14000000000000',
  ],
  cgminer_shares: [
    'cgminer_shares_total{rig="a",result="accepted"} 7629',
    'cgminer_shares_total{rig="a",result="rejected"} 2',
    'cgminer_shares_total{rig="a",result="stale"} 0',
    'cgminer_shares_total{rig="a",result="discarded"} 21530',
  ],
  cgminer_hardware_errors: ['cgminer_hardware_errors_total{rig="a"} 354'],
  cgminer_blocks_found: ['cgminer_blocks_found_total{rig="a"} 0'],
  cgminer_best_share: ['cgminer_best_share{rig="a"} 99242396'],
  cgminer_power_watts: ['cgminer_power_watts{rig="a"} 1350.5'],
  cgminer_temperature_celsius: [
    'cgminer_temperature_celsius{rig="a",sensor="ambient"} -3.5',
  ],
  cgminer_device_up: ['cgminer_device_up{rig="a",device="chain 6"} 1'],
  cgminer_device_hashrate_hashes_per_second: [
    'cgminer_device_hashrate_hashes_per_second{rig="a",device="chain 6",' +
    'window="5s"} 4536240000000',
  ],
  cgminer_device_temperature_celsius: [
    'cgminer_device_temperature_celsius{rig="a",device="chain 6",' +
    'sensor="chip"} 71',
  ],
  cgminer_device_hardware_errors: [
    'cgminer_device_hardware_errors_total{rig="a",device="chain 6"} 1184',
  ],
  cgminer_device_shares: [
    'cgminer_device_shares_total{rig="a",device="chain 6",' +
    'result="accepted"} 10',
    'cgminer_device_shares_total{rig="a",device="chain 6",' +
    'result="rejected"} 1',
  ],
  cgminer_fan_rpm: ['cgminer_fan_rpm{rig="a",fan="3"} 4080'],
  cgminer_fan_ratio: ['cgminer_fan_ratio{rig="a",fan="3"} 0.57'],
  cgminer_pool_up: [`cgminer_pool_up{${POOL}} 1`],
  cgminer_pool_active: [`cgminer_pool_active{${POOL}} 0`],
  cgminer_pool_priority: [`cgminer_pool_priority{${POOL}} 0`],
  cgminer_pool_difficulty: [`cgminer_pool_difficulty{${POOL}} 65536`],
  cgminer_pool_shares: [
    `cgminer_pool_shares_total{${POOL},result="accepted"} 7629`,
    `cgminer_pool_shares_total{${POOL},result="stale"} 3`,
  ],
  cgminer_pool_last_share_timestamp_seconds: [
    `cgminer_pool_last_share_timestamp_seconds{${POOL}} 1700000000`,
  ],
};

const TROUBLE: readonly Trouble[] = [{
  code: "hot",
  severity: "critical",
  what: "It is hot",
  device: "chain 6",
  since: "2026-11-30T00:00:00.000Z",
}, {
  code: "no-shares",
  severity: "critical",
  what: "It sends none",
  since: "2026-11-30T00:00:00.000Z",
}];

for (const format of FORMATS) {
  Deno.test(`listRigFamilies() of a rig that says everything, as ${format}`, () => {
    const sample = {
      rig: "a",
      isUp: true,
      durationMs: 12.3456,
      telemetry: WHOLE,
      trouble: TROUBLE,
    };
    const lines = render([sample], format).split("\n");
    const values = lines.filter((line) => line !== "" && line[0] !== "#");
    assertEquals(values, Object.values(WHOLE_LINES).flat());
    const types = lines.filter((line) => line.startsWith("# TYPE"));
    assertEquals(types.length, RIG_METRICS.length);
    const known = RIG_METRICS.map(({ name, type }) => {
      if (format === "openmetrics") return `# TYPE ${name} ${type}`;
      if (type === "info") return `# TYPE ${name}_info gauge`;
      return `# TYPE ${name}${type === "counter" ? "_total" : ""} ${type}`;
    });
    assertEquals(types, known);
    const units = lines.filter((line) => line.startsWith("# UNIT"));
    assertEquals(units.length, format === "text" ? 0 : 11);
  });
}

Deno.test("listRigFamilies() writes a rig that is down, its trouble and nothing else of it", () => {
  const telemetry = WHOLE;
  const [hot] = TROUBLE;
  const trouble = [hot, hot].flatMap((each) => each ?? []);
  const lines = render([
    { rig: "down", isUp: false, durationMs: 5000, telemetry, trouble },
    { rig: "up", isUp: true },
  ]);
  assertEquals(
    lines,
    "# HELP cgminer_up Whether the rig answers with reports that can be read: 1 or 0.\n" +
      "# TYPE cgminer_up gauge\n" +
      'cgminer_up{rig="down"} 0\ncgminer_up{rig="up"} 1\n' +
      "# HELP cgminer_trouble What a person should look at: 1 while it is there.\n" +
      "# TYPE cgminer_trouble gauge\n" +
      'cgminer_trouble{rig="down",code="hot",severity="critical",device="chain 6"} 1\n',
  );
});

Deno.test("listRigFamilies() of no rigs is nothing", () => {
  assertEquals(render([]), "");
  assertEquals(render([], "openmetrics"), "# EOF\n");
});

Deno.test("listRigFamilies() leaves out what is absent, and keeps each 0", () => {
  assertEquals(readSamples({}), ["cgminer_up{} 1"]);
  assertEquals(
    readSamples({
      miner: { model: "Antminer S9" },
      uptimeS: 0,
      hashrate: { average: 0 },
      shares: { rejected: 0 },
      devices: [{ name: "ASC0" }, { name: "ASC1", isUp: false }],
      fans: [{ name: "1", rpm: 0 }, { name: "2", percent: 100 }],
      pools: [{ index: 3 }, { index: 4, isActive: false }],
    }),
    [
      "cgminer_up{} 1",
      "cgminer_info{model=Antminer S9} 1",
      "cgminer_uptime_seconds{} 0",
      "cgminer_hashrate_hashes_per_second{window=average} 0",
      "cgminer_shares_total{result=rejected} 0",
      "cgminer_device_up{device=ASC1} 0",
      "cgminer_fan_rpm{fan=1} 0",
      "cgminer_fan_ratio{fan=2} 1",
      "cgminer_pool_active{pool=4} 0",
    ],
  );
});

Deno.test("listRigFamilies() writes no cgminer_info without anything to say", () => {
  assertEquals(readSamples({ miner: {} }), ["cgminer_up{} 1"]);
  assertEquals(readSamples({ miner: { api: "" } }), ["cgminer_up{} 1"]);
});

Deno.test("listRigFamilies() drops what is no number, and counters below zero", () => {
  assertEquals(
    readSamples({
      uptimeS: NaN,
      powerW: Infinity,
      bestShare: -Infinity,
      hardwareErrors: -1,
      shares: { accepted: -5, stale: NaN },
      temperatures: [{ sensor: "ambient", celsius: NaN }],
    }),
    ["cgminer_up{} 1"],
  );
});

Deno.test("listRigFamilies() takes the first of what has the same labels", () => {
  assertEquals(
    readSamples({
      temperatures: [
        { sensor: "psu", celsius: 40 },
        { sensor: "psu", celsius: 50 },
      ],
      devices: [
        {
          name: "ASC0",
          isUp: true,
          temperatures: [
            { sensor: "chip", celsius: 60 },
            { sensor: "chip", celsius: 70 },
          ],
        },
        { name: "ASC0", isUp: false, hardwareErrors: 1 },
      ],
      fans: [{ name: "1", rpm: 1 }, { name: "1", rpm: 2 }],
      pools: [
        { index: 0, priority: 0, url: "pool:1" },
        { index: 0, priority: 1, url: "pool:1" },
        { index: 0, priority: 2, url: "pool:2" },
      ],
    }),
    [
      "cgminer_up{} 1",
      "cgminer_temperature_celsius{sensor=psu} 40",
      "cgminer_device_up{device=ASC0} 1",
      "cgminer_device_temperature_celsius{device=ASC0,sensor=chip} 60",
      "cgminer_fan_rpm{fan=1} 1",
      "cgminer_pool_priority{pool=0,url=pool:1} 0",
      "cgminer_pool_priority{pool=0,url=pool:2} 2",
    ],
  );
  const twice = [{ rig: "a", isUp: false }, { rig: "a", isUp: true }];
  assertEquals(listSamples(twice).map(({ text }) => text), ["0"]);
});

Deno.test("listRigFamilies() bounds the parts of a rig and the length of labels", () => {
  const names = Array.from({ length: 1_000 }, (_, at) => `${at}`);
  const temperatures = names.map((sensor) => ({ sensor, celsius: 1 }));
  const samples = listSamples([{
    rig: "a",
    isUp: true,
    telemetry: {
      miner: { model: `${"x".repeat(MAX_LABEL_LENGTH - 1)}\u{1F600}y` },
      temperatures,
      devices: names.map((name) => ({ name, isUp: true, temperatures })),
      fans: names.map((name) => ({ name, rpm: 1 })),
      pools: names.map((_, index) => ({ index, priority: 1 })),
    },
  }]);
  const count = (wanted: string) =>
    samples.filter(({ name }) => name === wanted).length;
  assertEquals(count("cgminer_device_up"), MAX_DEVICES);
  assertEquals(count("cgminer_fan_rpm"), MAX_FANS);
  assertEquals(count("cgminer_pool_priority"), MAX_POOLS);
  assertEquals(count("cgminer_temperature_celsius"), MAX_SENSORS);
  assertEquals(
    count("cgminer_device_temperature_celsius"),
    MAX_DEVICES * MAX_SENSORS,
  );
  const info = samples.find(({ name }) => name === "cgminer_info");
  // Half of a character is no character.
  assertEquals(info?.labels["model"], "x".repeat(MAX_LABEL_LENGTH - 1));
});
