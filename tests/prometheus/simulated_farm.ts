/**
 * Simulated rigs whose clock a test turns, with tags, and the real program in
 * front of them.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import {
  type Personality,
  type PoolOptions,
  Simulator,
} from "../../rigs/simulator.ts";
import { repairReply } from "../../rpc/repair.ts";
import { Program, ROOT } from "../program/program.ts";

/** The kinds of the farm: those whose fields are compared. */
export const PERSONALITIES = [
  "cgminer",
  "antminer",
  "bfgminer",
  "sgminer",
] as const satisfies readonly Personality[];

/** `deno` runs the program with net permission, and may read its file. */
const RUN = [
  ...["run", "--no-prompt", "-N", "--allow-read"],
  fileURLToPath(new URL("main.ts", ROOT)),
];

/** A rig as the configuration names it. */
export interface ConfiguredRig {
  readonly name: string;
  readonly host: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Starts the program with a configuration; disposing of it ends it. */
export class Gateway implements AsyncDisposable {
  readonly #program: Program;
  readonly #file: string;
  /** Where it serves: `127.0.0.1:` and its port. */
  readonly address: string;

  private constructor(program: Program, file: string, port: number) {
    this.#program = program;
    this.#file = file;
    this.address = `127.0.0.1:${port}`;
  }

  /** Starts it, and waits until it serves. */
  static async start(
    config: Readonly<Record<string, unknown>>,
  ): Promise<Gateway> {
    const file = await Deno.makeTempFile({ suffix: ".json" });
    await Deno.writeTextFile(file, JSON.stringify(config));
    const program = Program.spawn(
      // Whatever is on a pipe that nobody reads stops the program some day.
      ["-w0", "--http-host=127.0.0.1", "--log=off", `--config=${file}`],
      { run: RUN },
    );
    try {
      return new Gateway(program, file, await program.readPort());
    } catch (error) {
      await program[Symbol.asyncDispose]();
      await Deno.remove(file);
      throw error;
    }
  }

  /** The text of one of its pages; without `Accept`, as a person gets it. */
  async readPage(path: string): Promise<string> {
    const response = await fetch(`http://${this.address}${path}`, {
      headers: { accept: "text/plain" },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
    await Deno.remove(this.#file);
  }
}

/** One rig of the farm. */
export interface FarmRig {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly simulator: Simulator;
}

/** What is particular about a rig. */
export interface RigTraits {
  readonly tags: Readonly<Record<string, string>>;
  /** Its pools, in the order of their priority; default three. */
  readonly pools?: PoolOptions[];
}

/** Many rigs of all kinds; disposing of it ends all. */
export class SimulatedFarm implements AsyncDisposable {
  /** The rigs, in the order of their numbers. */
  readonly rigs: readonly FarmRig[];
  /** The rigs' clock, in ms since 1970: it stands unless it is turned. */
  #nowMs = 1_800_000_000_000;

  /**
   * Starts rigs `rig-01`, `rig-02` and so on, of each kind in turn.
   *
   * @param count How many.
   * @param describe What the rig of an index is like, besides its kind.
   */
  constructor(count: number, describe: (index: number) => RigTraits) {
    this.rigs = Array.from({ length: count }, (_, index) => {
      const personality = PERSONALITIES[index % PERSONALITIES.length];
      const { tags, pools } = describe(index);
      return {
        name: `rig-${String(index + 1).padStart(2, "0")}`,
        tags,
        simulator: Simulator.start({
          seed: index + 1,
          now: () => this.#nowMs,
          ...(personality === undefined ? {} : { personality }),
          ...(pools === undefined ? {} : { pools }),
        }),
      };
    });
  }

  /** What `rigs` of a configuration is. */
  get configured(): ConfiguredRig[] {
    return this.rigs.map(({ name, tags, simulator }) => ({
      name,
      tags,
      host: `127.0.0.1:${simulator.port}`,
    }));
  }

  /** Turns the rigs' clock forward. */
  advance(seconds: number): void {
    this.#nowMs += 1000 * seconds;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.rigs.map(({ simulator }) => simulator.stop()));
  }
}

/** A section of a reply: `SUMMARY`'s first, one of `POOLS`. */
export type Section = Readonly<Record<string, unknown>>;

/** Asks a rig itself, past the gateway; gives the reply's sections. */
export async function askRig(
  { simulator }: FarmRig,
  command: "summary" | "pools" | "stats" | "devs",
): Promise<Section[]> {
  using connection = await Deno.connect(simulator);
  await connection.write(new TextEncoder().encode(JSON.stringify({ command })));
  const text = await new Response(connection.readable).text();
  const read = repairReply(text);
  if (!read.ok) throw new Error(`${command}: ${text}`);
  return JSON.parse(read.text)[command.toUpperCase()];
}

/** A rig's own summary, in the units of the metrics. */
export interface RigFigures {
  readonly hashrate: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly uptimeS: number;
}

/** Which field is a kind's newest hashrate of those that are steady. */
const HASHRATE_FIELDS: Readonly<Record<string, [string, number]>> = {
  cgminer: ["MHS 5m", 1e6],
  antminer: ["GHS 5s", 1e9],
  bfgminer: ["MHS 20s", 1e6],
  sgminer: ["MHS 5s", 1e6],
};

/** Asks a rig for its summary. */
export async function readFigures(rig: FarmRig): Promise<RigFigures> {
  const [summary = {}] = await askRig(rig, "summary");
  const [field, scale] = HASHRATE_FIELDS[rig.simulator.personality] ?? ["", 1];
  const read = (name: string): number => {
    if (summary[name] === undefined) throw new Error(`No ${name}: ${summary}`);
    return Number(summary[name]);
  };
  return {
    hashrate: read(field) * scale,
    accepted: read("Accepted"),
    rejected: read("Rejected"),
    uptimeS: read("Elapsed"),
  };
}

/** Asks a rig for the fields of `stats` and `devs` with such a name. */
async function readFields(rig: FarmRig, name: RegExp): Promise<number[]> {
  const sections = [
    ...await askRig(rig, "stats"),
    ...await askRig(rig, "devs"),
  ];
  return sections.flatMap((section) =>
    Object.entries(section).filter(([key]) => name.test(key))
      .map(([, value]) => Number(value))
  ).filter((value) => value > 0);
}

/** Asks a rig for its highest temperature; `undefined` if it has none. */
export async function readHottest(rig: FarmRig): Promise<number | undefined> {
  const temperatures = await readFields(rig, /^temp(erature.*|[\d_]+)$/i);
  return temperatures.length > 0 ? Math.max(...temperatures) : undefined;
}

/** Asks a rig for its slowest fan; `undefined` if it has none. */
export async function readSlowestFan(
  rig: FarmRig,
): Promise<number | undefined> {
  const fans = await readFields(rig, /^fan(\d+| speed)$/i);
  return fans.length > 0 ? Math.min(...fans) : undefined;
}
