/**
 * What can be done with a rig of any make, and what each make is sent for it.
 * Pure. The dashboard gets it as well, so it stands apart from the files of
 * `vendors/`, which are too large for a page.
 *
 * @module
 */

import type { MinerInfo } from "./telemetry.ts";

/** A pool that a rig is to mine for. */
export interface ActionPool {
  /** Its URL. */
  readonly url: string;
  /** The user. */
  readonly user: string;
  /** The password. */
  readonly pass: string;
}

/** What each action is given. */
export interface ActionValues {
  /** Restarts the miner, not the machine. */
  readonly restart: undefined;
  /** Stops mining, until `resume`. */
  readonly pause: undefined;
  /** Mines again. */
  readonly resume: undefined;
  /** The most that it may take, in watts. */
  readonly powerLimit: number;
  /** Whether its light blinks, so that somebody finds it. */
  readonly locate: boolean;
  /** Mines for these pools and no others, the first choice first. */
  readonly replacePools: readonly ActionPool[];
}

/** The name of an action. */
export type ActionName = keyof ActionValues;

/** What a command is given. */
export interface ActionArguments {
  readonly parameter?: string | undefined;
  /** Further members of the request, beside `command`. */
  readonly members?: Readonly<Record<string, string | number>>;
}

/** What is known before a command is sent. */
export interface ActionFacts {
  /** Unix time in seconds. */
  readonly nowS: number;
  /** The reply to {@linkcode MakeAction.report}, parsed. */
  readonly reply?: unknown;
}

/** How a make does an action. */
export interface MakeAction<Value> {
  readonly command: string;
  /** A report that has to be asked for first. */
  readonly report?: string;
  /**
   * Says what the command is given.
   *
   * @param value What the action is given.
   * @param facts What is known.
   * @returns What is sent; a text says why nothing can be (it ends a sentence).
   */
  readonly toArguments: (
    value: Value,
    facts: ActionFacts,
  ) => ActionArguments | string;
}

/** The actions that a make has. */
export type MakeActions = {
  readonly [Name in ActionName]?: MakeAction<ActionValues[Name]>;
};

/** A make. */
interface Make {
  readonly name: string;
  /** What a configuration calls it, where that may be said. */
  readonly kind?: string;
  /** What tells it: any of these. */
  readonly recognised: Partial<Record<keyof MinerInfo, RegExp>>;
  /** Which of cgminer's control commands it has; absent: all. */
  readonly controls?: readonly string[];
  readonly actions: MakeActions;
}

/** An action that is always the same request. */
function send(
  command: string,
  given: ActionArguments = {},
): MakeAction<unknown> {
  return { command, toArguments: () => given };
}

/** How WhatsMiner's LED blinks, in milliseconds. */
const WHATSMINER_BLINK: Readonly<Record<string, string | number>> = {
  color: "red",
  period: 200,
  duration: 100,
  start: 0,
};

/** The pools that WhatsMiner keeps. */
const WHATSMINER_POOLS = 3;

/** Those that are not given are emptied, as pyasic does (`PoolGroup.as_wm`). */
function writePools(pools: readonly ActionPool[]): ActionArguments | string {
  if (pools.length > WHATSMINER_POOLS) {
    return `WhatsMiner keeps ${WHATSMINER_POOLS} pools`;
  }
  const members = Array.from({ length: WHATSMINER_POOLS }, (_, index) => {
    const { url = "", user = "", pass = "" } = pools[index] ?? {};
    const number = index + 1;
    return [
      [`pool${number}`, url],
      [`worker${number}`, user],
      [`passwd${number}`, pass],
    ];
  });
  return { members: Object.fromEntries(members.flat()) };
}

/** The profile that takes most of those that take no more than the limit. */
function chooseProfile(
  limitW: number,
  { reply }: ActionFacts,
): ActionArguments | string {
  const { PROFILES: profiles } = Object(reply);
  const known = (Array.isArray(profiles) ? profiles : []).flatMap((profile) => {
    const { Watts: watts, "Profile Name": name } = Object(profile);
    // One of 0 W would be a pause.
    return watts > 0 && typeof name === "string" && !name.includes(",")
      ? [{ watts: Number(watts), name }]
      : [];
  }).sort((one, other) => other.watts - one.watts);
  const least = known.at(-1);
  if (least === undefined) return "it does not say what its profiles take";
  const fitting = known.find(({ watts }) => watts <= limitW);
  return fitting === undefined
    ? `none of its profiles takes less than ${least.watts} W`
    : { parameter: fitting.name };
}

/** How far the time of Canaan's `softoff` has to lie ahead, as pyasic has it. */
const SOFT_DELAY_S = 5;

/**
 * By the rig's own clock: an Avalon that was never told the time counts from its
 * start (`When=18798` in Canaan's manual of the A10).
 */
function sendSoft(which: "softoff" | "softon"): MakeAction<unknown> {
  return {
    command: "ascset",
    report: "version",
    toArguments: (_, { nowS, reply }) => {
      const { STATUS: status } = Object(reply);
      const { When: when } = Object(Array.isArray(status) ? status[0] : {});
      const timeS = Math.floor(typeof when === "number" ? when : nowS);
      return { parameter: `0,${which},1:${timeS + SOFT_DELAY_S}` };
    },
  };
}

const POOL_CONTROLS = [
  "switchpool",
  "enablepool",
  "disablepool",
  "addpool",
  "removepool",
];

const MAKES: readonly Make[] = [
  {
    // MicroBT's "WhatsMiner API 2.0.5"; pyasic's rpc/btminer.py. Firmware is
    // called `20210109.22.REL`, and the description is empty on much of it.
    name: "WhatsMiner",
    kind: "whatsminer",
    recognised: { software: /^btminer/i, firmware: /^20\d{6}\..{1,20}REL/i },
    controls: [],
    actions: {
      restart: send("restart_btminer"),
      // It answers before it is off.
      pause: send("power_off", { members: { respbefore: "true" } }),
      resume: send("power_on"),
      powerLimit: {
        command: "adjust_power_limit",
        toArguments: (limitW) => ({
          members: { power_limit: String(limitW) },
        }),
      },
      locate: {
        command: "set_led",
        toArguments: (isOn): ActionArguments =>
          isOn ? { members: WHATSMINER_BLINK } : { members: { param: "auto" } },
      },
      replacePools: { command: "update_pools", toArguments: writePools },
    },
  },
  {
    // docs.luxor.tech/firmware/api; pyasic's rpc/luxminer.py and
    // miners/backends/luxminer.py; api.json of LuxorLabs/luxos-tooling, which has
    // neither `restart` nor `quit`, `poolpriority`, `zero` or `ascenable`.
    name: "LuxOS",
    kind: "luxos",
    recognised: { software: /^LUXminer/i },
    controls: POOL_CONTROLS,
    actions: {
      restart: send("resetminer"),
      pause: send("curtail", { parameter: "sleep" }),
      resume: send("curtail", { parameter: "wakeup" }),
      powerLimit: {
        command: "profileset",
        report: "profiles",
        toArguments: chooseProfile,
      },
      locate: {
        command: "ledset",
        toArguments: (isOn) => ({
          parameter: isOn ? "red,blink" : "red,off",
        }),
      },
    },
  },
  {
    // "BOSminer API" of docs.braiins.com, which has no `restart`; pyasic's
    // rpc/bosminer.py. Light and power limit are of its other APIs.
    name: "Braiins OS",
    recognised: { software: /^BOS(?:miner|er)/i },
    controls: POOL_CONTROLS,
    actions: { pause: send("pause"), resume: send("resume") },
  },
  {
    // Canaan's "Avalon A10 API manual" (`led`); pyasic's
    // miners/backends/avalonminer.py (`softoff`, `softon`, `restart`).
    name: "Avalon",
    recognised: { model: /^Avalon/i },
    actions: {
      restart: send("restart"),
      pause: sendSoft("softoff"),
      resume: sendSoft("softon"),
      locate: {
        command: "ascset",
        toArguments: (isOn) => ({ parameter: `0,led,1-${isOn ? 1 : 0}` }),
      },
    },
  },
  // `cmds[]` of their api.c and api.cpp: they have `quit`, and nothing that restarts them.
  {
    name: "cpuminer",
    recognised: { software: /^cpuminer/i },
    controls: ["quit"],
    actions: {},
  },
  {
    name: "ccminer",
    recognised: { software: /^ccminer/i },
    controls: ["switchpool", "quit"],
    actions: {},
  },
];

/** cgminer and whatever is like it: `api.c`. */
const USUAL: Make = {
  name: "cgminer",
  recognised: {},
  actions: { restart: send("restart") },
};

function findMake(miner: MinerInfo = {}, kind?: string): Make {
  return MAKES.find((make) => kind !== undefined && make.kind === kind) ??
    MAKES.find(({ recognised }) =>
      Object.entries(recognised).some(([member, pattern]) =>
        pattern.test(miner[member as keyof MinerInfo] ?? "")
      )
    ) ?? USUAL;
}

/**
 * Finds what can be done with a rig.
 *
 * @param miner What telemetry says of it; absent: it counts as a cgminer.
 * @param kind What the configuration says that it is.
 * @returns The actions that its make has.
 */
export function findActions(
  miner: MinerInfo | undefined,
  kind?: string,
): MakeActions {
  return findMake(miner, kind).actions;
}

/**
 * Names the makes that have an action.
 *
 * @param name The action.
 * @returns Their names.
 */
export function listMakes(name: ActionName): string[] {
  return [...MAKES, USUAL].filter(({ actions }) => actions[name] !== undefined)
    .map((make) => make.name);
}

/**
 * Says whether a rig has a command of cgminer's that changes something.
 *
 * @param miner What telemetry says of it; absent: it counts as a cgminer.
 * @param command The command.
 * @returns False where its make has another, or none.
 */
export function hasControl(
  miner: MinerInfo | undefined,
  command: string,
): boolean {
  return findMake(miner).controls?.includes(command) ?? true;
}
