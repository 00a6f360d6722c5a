/**
 * Holds the simulator against recorded exchanges with real miners: the same
 * requests, cut into the same segments, over real sockets, must bring the same
 * replies and the same ends of connections.
 *
 * What is masked on both sides before they are compared: `When`; numbers of
 * reports, of which only the format counts (how many decimals), unless they
 * stand in {@link EXACT}; strings that say which hardware it is or what moment
 * it was ({@link VARYING}). All else is compared byte by byte.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@1";
import { type Personality, Simulator } from "../../rigs/simulator.ts";
import { ask, connectAgain, converse } from "./conversation.ts";
import { NEED_REPLIES, skipTests } from "../executables.ts";

const RECORDED = new URL(
  "../../../shared/replies/recorded/",
  import.meta.url,
);

/** One recorded exchange. */
interface Recording {
  readonly label: string;
  readonly request_base64: string | null;
  readonly request_len: number;
  readonly segments: readonly (readonly [delayS: number, size: number])[];
  readonly half_close: boolean;
  readonly reply_base64: string;
  readonly nul_count: number;
  readonly end: string;
}

/** The rig of one recording. */
interface Setup {
  readonly file: string;
  readonly personality: Personality;
  readonly deviceCount: number;
  readonly access?: "R" | "W";
  readonly pools: { url: string; user: string; alive?: boolean }[];
  /** Strings, flags or numbers that vary in this recording only. */
  readonly varying?: readonly string[];
}

const FIRST_POOL = { url: "stratum+tcp://127.0.0.1:3333", user: "w1" };
const DEAD_POOL = {
  url: "stratum+tcp://127.0.0.1:3334",
  user: 'w"2\\q,=|',
  alive: false,
};
const TWO_POOLS = [FIRST_POOL, DEAD_POOL];

const cgminer = (
  file: string,
  deviceCount: number,
  more: Partial<Setup> = {},
): Setup => ({
  file,
  personality: "cgminer",
  deviceCount,
  pools: TWO_POOLS,
  ...more,
});

const SETUPS: readonly Setup[] = [
  cgminer("cgminer-sp10-R", 1, { access: "R" }),
  cgminer("cgminer-sp10-W", 4),
  cgminer("cgminer-sp10-priv", 3),
  // Built with other drivers, and so with hotplug.
  cgminer("cgminer-nodev", 0, { varying: ["Device Code", "Hotplug"] }),
  cgminer("cgminer-weird", 3),
  cgminer("cgminer-restart", 3),
  cgminer("cgminer-quit", 3),
  cgminer("cgminer-after-zero", 3),
  ...["bfgminer-W", "bfgminer-priv", "bfgminer-restart"].map((file): Setup => ({
    file,
    personality: "bfgminer",
    deviceCount: 1,
    pools: [FIRST_POOL],
    // Recorded with its CPU miner.
    varying: ["Name", "Driver", "Kernel", "Algorithm", "Device Code"],
  })),
  {
    file: "sgminer-W",
    personality: "sgminer",
    deviceCount: 1,
    pools: [FIRST_POOL],
    // Recorded with OpenCL on a CPU.
    varying: ["Model", "Intensity", "ADL", "ADL in use"],
  },
  // Recorded without --api-remote.
  {
    file: "cpuminer-multi",
    personality: "cpuminer",
    deviceCount: 1,
    access: "R",
    pools: [FIRST_POOL],
  },
];

/** Exchanges that are left out, and why. */
const LEFT_OUT:
  readonly (readonly [file: RegExp, label: RegExp, why: string])[] = [
    [
      /-W$|-R$|nodev/,
      /^empty: connect, nothing, 2s$/,
      "a client that says nothing is never answered: held in simulator_test.ts",
    ],
    [
      /^sgminer-W$/,
      /^split 2 segs mid JSON 1ms$/,
      "a race: here both segments had arrived when the miner read",
    ],
    [
      /^bfgminer-restart$/,
      /^version immediately after restart$/,
      "a race: it was still listening, and reset; the simulator refuses at once",
    ],
    [
      /^bfgminer-/,
      /^(json )?cpu(count|enable\|0|disable\|0|\|0)$/,
      "recorded with its CPU miner, simulated with USB miners",
    ],
    [
      /^cpuminer-multi$/,
      /^(text |silent 1s)$/,
      "a client that says nothing is never answered: held in simulator_test.ts",
    ],
    [
      /^cpuminer-multi$/,
      /^size 9000$/,
      "recorded by its length only",
    ],
  ];

/**
 * Exchanges of which only the end of the connection is not compared, and why.
 */
const OTHER_ENDS: readonly (readonly [label: RegExp, why: string])[] = [
  [
    /^size \d+ (json padded|unknown text cmd)$/,
    "with bytes unread, a close resets the connection; the simulator reads them",
  ],
];

/** Numbers of reports that must be the same, not only of the same format. */
const EXACT = new Set(
  `Code Count ASC PGA GPU ID POOL STATS NOTIFY DEVDETAILS Priority Quota
  Processors ProcID`.split(/\s+/).concat(
    ["ASC Count", "PGA Count", "GPU Count", "Pool Count", "Log Interval"],
    ["ScanTime", "Queue", "Expiry"],
  ),
);

/** Strings and flags that say what moment it was. */
const VARYING = ["Current Block Hash", "Stratum Active", "Stratum URL"];

/** A value in JSON, in text, and what follows it there. */
const JSON_MEMBER =
  /"([^"\\]+)":(-?\d+(?:\.\d+)?|true|false|"(?:[^"\\]|\\.)*")/g;
const TEXT_MEMBER = /(?<=^|[,|])([^=,|]+)=((?:[^,|\\]|\\.)*)(?=[,|])/g;
/** The same in the text of cpuminer. */
const CPUMINER_MEMBER = /(?<=^|[;|])([^=;|]+)=([^;|]*)(?=[;|])/g;

/** Masks what may differ in a reply, given as a string of bytes. */
function maskReply(reply: string, setup: Setup): string {
  const varying = new Set([...VARYING, ...setup.varying ?? []]);
  const maskValue = (name: string, value: string): string => {
    if (name === "When" || varying.has(name)) return "~";
    // bfgminer's statistics call a device by its driver's name.
    const identifier = setup.personality === "bfgminer" && name === "ID";
    if (identifier) return value.replace(/^("?)[A-Z]+/, "$1~");
    if (EXACT.has(name) || !/^-?\d+(\.\d+)?$/.test(value)) return value;
    return value.replace(/^-?\d+/, "0").replace(/\d/g, "0");
  };
  const json = /^[{,]/.test(reply);
  return reply.replace(
    json
      ? JSON_MEMBER
      : setup.personality === "cpuminer"
      ? CPUMINER_MEMBER
      : TEXT_MEMBER,
    (_member, name: string, value: string) =>
      json
        ? `"${name}":${maskValue(name, value)}`
        : `${name}=${maskValue(name, value)}`,
  );
}

const decodeBase64 = (text: string): string => atob(text);

/** The request of a recording; the longest are recorded by their length only. */
function findRequest(recording: Recording): string {
  if (recording.request_base64 !== null) {
    return decodeBase64(recording.request_base64);
  }
  const [head, tail] = ['{"command":"coin","p":"', '"}'];
  return head + "A".repeat(recording.request_len - head.length - tail.length) +
    tail;
}

/** Replays one recording; gives what was different, if anything. */
async function replay(
  recording: Recording,
  setup: Setup,
  rig: Simulator,
  nextRequest: () => Promise<void>,
): Promise<string[]> {
  const what = await converse(rig, {
    request: findRequest(recording),
    sizes: recording.segments.map(([, size]) => size),
    halfClose: recording.half_close,
    nextRequest,
  });
  const end = recording.end.replace(/^rst:.*/, "rst")
    .replace("connect-failed", "refused");
  const differences: string[] = [];
  const note = (kind: string, actual: unknown, expected: unknown): void => {
    if (actual === expected) return;
    differences.push(
      `${recording.label}: ${kind}\n  rig:   ${actual}\n  miner: ${expected}`,
    );
  };
  const otherEnd = end === "rst" && what.end === "fin" &&
    OTHER_ENDS.some(([label]) => label.test(recording.label));
  if (!otherEnd) note("the end", what.end, end);
  note(
    "the reply",
    maskReply(what.reply, setup),
    maskReply(decodeBase64(recording.reply_base64), setup),
  );
  note("NULs", what.reply.split("\0").length - 1, recording.nul_count);
  return differences;
}

async function replayAll(
  recordings: readonly Recording[],
  setup: Setup,
): Promise<void> {
  let notify = (): void => {};
  const nextRequest = (): Promise<void> =>
    new Promise((resolve) => notify = resolve);
  await using rig = Simulator.start({
    personality: setup.personality,
    deviceCount: setup.deviceCount,
    pools: setup.pools,
    access: setup.access ?? "W",
    restartMs: 300,
    onRequest: () => notify(),
  });
  const differences: string[] = [];
  const leftOut = LEFT_OUT.filter(([file]) => file.test(setup.file));
  let restarting = false;
  for (const recording of recordings) {
    if (leftOut.some(([, label]) => label.test(recording.label))) continue;
    // The recording goes on when the miner is back.
    if (restarting && recording.end !== "connect-failed") {
      (await connectAgain(rig)).close();
      restarting = false;
    }
    restarting ||= recording.label.startsWith("restart");
    differences.push(...await replay(recording, setup, rig, nextRequest));
  }
  assertEquals(differences.join("\n"), "");
}

function readRecordings(file: string): Recording[] | undefined {
  try {
    return JSON.parse(
      Deno.readTextFileSync(new URL(`${file}.json`, RECORDED)),
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

for (const setup of SETUPS) {
  const recordings = readRecordings(setup.file);
  if (recordings === undefined) {
    skipTests(`Simulator against ${setup.file}`, NEED_REPLIES);
    continue;
  }
  Deno.test(
    `Simulator answers as ${setup.personality} did: ${setup.file}, ${recordings.length} exchanges`,
    () => replayAll(recordings, setup),
  );
}

/** Without the recordings there is nothing to hold it against. */
const testRecorded = SETUPS.every(({ file }) => readRecordings(file))
  ? Deno.test
  : Deno.test.ignore;

testRecorded("LEFT_OUT names only exchanges that are recorded", () => {
  for (const [file, label, why] of LEFT_OUT) {
    const files = SETUPS.map((setup) => setup.file)
      .filter((name) => file.test(name));
    const recorded = files.map(readRecordings);
    const found = recorded.flatMap((recordings) => recordings ?? [])
      .some((recording) => label.test(recording.label));
    assertEquals(found, true, `nothing is left out because of ${why}`);
  }
});

testRecorded(
  "Simulator reports as an Antminer S9 did: version, summary, stats",
  async () => {
    const setup: Setup = {
      file: "antminer/s9",
      personality: "antminer",
      deviceCount: 1,
      pools: TWO_POOLS,
      // "GHS 5s" and the like are strings with two decimals.
      varying: ["CompileTime", "frequency", "miner_id"],
    };
    const files = ["version.json", "summary.json", "stats.txt"];
    const mask = (reply: string): string =>
      maskReply(reply, setup).replace(/"\d+\.(\d+)"/g, '"0.$1"')
        .replace(/"0\.\d\d"/g, '"0.00"')
        .replace(/("chain_(?:opencore|offside)_\d":)"\d+"/g, '$1"0"')
        .replace(/"\{X\d+=\d+\}"/g, '"{}"');
    await using rig = Simulator.start({ personality: "antminer" });
    for (const file of files) {
      const recorded = await Deno.readTextFile(
        new URL(`../antminer/s9/${file}`, RECORDED),
      );
      const [command = ""] = file.split(".");
      assertEquals(mask(await ask(rig, command)), mask(recorded.trimEnd()));
    }
  },
);
