/**
 * cpuminer-multi 1.3.7, API 1.1, as recorded: a server of its own that knows
 * no JSON. It takes the first word of what it received, up to a bar or the end
 * of the line, and the path of a GET; what it does not know it closes without a
 * byte (`api.c` of cpuminer-multi).
 *
 * @module
 */

import type { Answer, PersonalityTraits } from "./dispatch.ts";
import { findTemperature } from "./fields.ts";
import { toByteString } from "./request.ts";
import { DEFAULT_POOLS } from "./dispatch.ts";
import type { RigState } from "./state.ts";

type Fields = Readonly<Record<string, string | number>>;

/** `A=1;B=2|` */
function writeItem(fields: Fields): string {
  const written = Object.entries(fields).map((field) => field.join("="));
  return `${written.join(";")}|`;
}

const toKhs = (mhs: number): string => (mhs * 1000).toFixed(2);

function writeSummary(rig: RigState): string {
  const { counts, devices, elapsedS, nowS, traits } = rig;
  const hottest = Math.max(
    0,
    ...devices.map((device) => findTemperature(device, rig)),
  );
  return writeItem({
    NAME: "cpuminer-multi",
    VER: "1.3.7",
    API: "1.1",
    ALGO: "sha256d",
    CPUS: devices.length,
    KHS: toKhs(rig.findRate(5)),
    SOLV: 0,
    ACC: counts.accepted,
    REJ: counts.rejected,
    ACCMN: (60 * counts.accepted / Math.max(1, elapsedS)).toFixed(3),
    DIFF: traits.shareDifficulty.toFixed(6),
    TEMP: hottest.toFixed(1),
    FAN: 0,
    FREQ: 0,
    UPTIME: Math.floor(elapsedS),
    TS: Math.floor(nowS),
  });
}

function writeThreads(rig: RigState): string {
  return rig.devices.map((device) =>
    writeItem({ CPU: device.id, KHS: toKhs(device.findRate(rig.nowS, 5)) })
  ).join("");
}

const REPORTS: Readonly<Record<string, (rig: RigState) => string>> = {
  summary: writeSummary,
  threads: writeThreads,
  help: () => "summary\nthreads\nseturl\nquit\n|",
};

/** The first word, or the path of a GET. */
function readWord(bytes: Uint8Array): string {
  const request = toByteString(bytes);
  const [line = ""] = request.split(/[|\r\n\0]/, 1);
  return /^GET \/(\S*) /.exec(line)?.[1] ?? line;
}

function answer(
  bytes: Uint8Array,
  rig: RigState,
  access: "R" | "W",
): Answer {
  const word = readWord(bytes);
  if (Object.hasOwn(REPORTS, word)) {
    return { documents: [REPORTS[word]?.(rig) ?? ""], outcome: "stays" };
  }
  // Without --api-remote they say nothing, and do nothing.
  if (word === "quit" || word === "seturl") {
    const quits = word === "quit" && access === "W";
    return { documents: [""], outcome: quits ? "quits" : "stays" };
  }
  return { documents: [], outcome: "stays" };
}

/** cpuminer-multi 1.3.7. */
export const CPUMINER: PersonalityTraits = {
  answer,
  voice: { description: "", messages: {}, discreet: false },
  receiveLimit: 8191,
  repeatsFaults: false,
  deviceCount: 4,
  nominalMhs: 2.5,
  shareDifficulty: 0.01,
  pools: DEFAULT_POOLS.slice(0, 1),
  reports: {},
  lookups: {},
  audits: {},
  controls: {},
};
