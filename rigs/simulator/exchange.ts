/**
 * One command on its way through a simulated rig: what was asked, of whom, and
 * the reply so far; and the messages that a rig may answer with. Every command
 * is a function of this.
 *
 * @module
 */

import { escapeString, type Member, type Reply, type Value } from "./reply.ts";
import type { RigState } from "./state.ts";

/** How a personality speaks. */
export interface Voice {
  /** The Description of every STATUS. */
  readonly description: string;
  /** Messages with words of its own. */
  readonly messages: Partial<Record<MessageName, Message>>;
  /** Whether it gives no Description to who sends an invalid command. */
  readonly discreet: boolean;
}

/** What becomes of a rig after a command. */
export type Outcome = "stays" | "restarts" | "quits" | "crashes";

/** A field of a report: its name, and what it says of an item of a rig. */
export type Field<Item> = readonly [
  name: string,
  read: (item: Item, rig: RigState) => Value,
];

/** A command of a rig. */
export type Command = (exchange: Exchange) => void;

/** What an exchange is made of. */
export interface ExchangeParts {
  readonly rig: RigState;
  readonly voice: Voice;
  readonly reply: Reply;
  /** The parameter, a string of bytes; absent if there is none. */
  readonly parameter?: string | undefined;
}

/** One command being answered. */
export class Exchange {
  readonly rig: RigState;
  readonly voice: Voice;
  readonly reply: Reply;
  readonly parameter: string | undefined;
  /** What becomes of the rig afterwards. */
  outcome: Outcome = "stays";

  /** @param parts What it is made of. */
  constructor(parts: ExchangeParts) {
    this.rig = parts.rig;
    this.voice = parts.voice;
    this.reply = parts.reply;
    this.parameter = parts.parameter;
  }

  /**
   * Adds a message to the reply.
   *
   * @param name Which.
   * @param values What goes into its words.
   * @returns Nothing, so that a command can end by it.
   */
  say(name: MessageName, ...values: (string | number)[]): undefined {
    const [severity, code, words] = this.voice.messages[name] ??
      MESSAGES[name];
    const silent = name === "invalidCommand" && this.voice.discreet;
    this.reply.addStatus({
      severity,
      code,
      text: fillMessage(words, values),
      description: silent ? undefined : this.voice.description,
    });
  }

  /**
   * Adds a section to the reply.
   *
   * @param section Its name.
   * @param items What it lists.
   * @param fields What it says of each.
   * @param named Whether the text dialect says its name.
   */
  report<Item>(
    section: string,
    items: readonly Item[],
    fields: readonly Field<Item>[],
    named = false,
  ): void {
    const written = items.map((item) => this.read(item, fields));
    this.reply.addSection(section, written, named);
  }

  /** Reads fields of an item. */
  read<Item>(item: Item, fields: readonly Field<Item>[]): Member[] {
    return fields.map(([name, read]) => [name, read(item, this.rig)]);
  }

  /** Escapes a string for the reply's dialect. */
  escape(string: string): string {
    return escapeString(string, this.reply.dialect);
  }
}

/** Severity, number, and words with `%d` and `%s` where values go. */
export type Message = readonly [severity: string, code: number, words: string];

/** What all personalities say, unless they have words of their own. */
export const MESSAGES = {
  // Reports.
  version: ["S", 22, "CGMiner versions"],
  config: ["S", 33, "CGMiner config"],
  summary: ["S", 11, "Summary"],
  pools: ["S", 7, "%d Pool(s)"],
  devs: ["S", 9, "%d ASC(s) - %d PGA(s)"],
  noDevices: ["E", 10, "No ASCs/PGAs"],
  coin: ["S", 78, "CGMiner coin"],
  stats: ["S", 70, "CGMiner stats"],
  // cgminer has no entry for its message 126, and so fails at it.
  debugStats: ["F", -1, "126"],
  notify: ["S", 60, "Notify"],
  devdetails: ["S", 69, "Device Details"],
  noUsbStats: ["I", 88, "No USB Statistics"],
  lcd: ["S", 125, "LCD"],
  // LuxOS.
  power: ["S", 311, "Power usage"],
  profiles: ["S", 326, "%d Profile(s)"],
  temps: ["S", 201, "%d Temp(s)"],
  fans: ["S", 202, "%d Fan(s)"],
  lockStatsDisabled: ["W", 124, "Lock stats not enabled"],
  check: ["S", 72, "Check command"],
  missingCheck: ["E", 71, "Missing check cmd"],
  // Requests.
  invalidCommand: ["E", 14, "Invalid command"],
  invalidJson: ["E", 23, "Invalid JSON"],
  missingCommand: ["E", 24, "Missing JSON 'command'"],
  accessDenied: ["E", 45, "Access denied to '%s' command"],
  privileged: ["S", 46, "Privileged access OK"],
  // Devices.
  missingDevice: ["E", 15, "Missing device id parameter"],
  ascNone: ["E", 105, "No ASCs"],
  ascCount: ["S", 104, "ASC count"],
  asc: ["S", 106, "ASC%d"],
  ascInvalid: ["E", 107, "Invalid ASC id %d - range is 0 - %d"],
  ascAlreadyEnabled: ["I", 108, "ASC %d already enabled"],
  ascAlreadyDisabled: ["I", 109, "ASC %d already disabled"],
  ascEnabling: ["I", 110, "ASC %d sent enable message"],
  ascDisabling: ["I", 111, "ASC %d set disable flag"],
  ascNoIdentify: ["W", 114, "ASC%d does not support identify"],
  ascMissingOption: ["E", 116, "Missing option after ASC number"],
  ascNoSet: ["W", 117, "ASC %d does not support ascset"],
  ascSetInfo: ["I", 118, "ASC %d set info: %s"],
  ascSetOk: ["S", 119, "ASC %d set OK"],
  pgaNone: ["E", 56, "No PGAs"],
  pgaCount: ["S", 59, "PGA count"],
  pga: ["S", 57, "PGA%d"],
  pgaInvalid: ["E", 58, "Invalid PGA id %d - range is 0 - %d"],
  pgaAlreadyEnabled: ["I", 61, "PGA %d already enabled"],
  pgaAlreadyDisabled: ["I", 62, "PGA %d already disabled"],
  pgaEnabling: ["I", 63, "PGA %d sent enable message"],
  pgaDisabling: ["I", 64, "PGA %d set disable flag"],
  // bfgminer has no words for it, and prints a null pointer.
  pgaRestarting: ["S", 257, "(null)"],
  pgaNoIdentify: ["W", 81, "PGA%d does not support identify"],
  pgaMissingOption: ["E", 89, "Missing option after PGA number"],
  pgaNoSet: ["W", 90, "PGA %d does not support pgaset"],
  noCpus: ["E", 16, "No CPUs"],
  cpuCount: ["S", 21, "CPU count"],
  gpuNone: ["E", 6, "No GPUs"],
  gpuCount: ["S", 20, "GPU count"],
  gpu: ["S", 17, "GPU%d"],
  gpuInvalid: ["E", 1, "Invalid GPU id %d - range is 0 - %d"],
  gpuAlreadyEnabled: ["I", 2, "GPU %d already enabled"],
  gpuAlreadyDisabled: ["I", 3, "GPU %d already disabled"],
  gpuEnabling: ["I", 5, "GPU %d sent enable message"],
  gpuDisabling: ["I", 12, "GPU %d set disable flag"],
  gpuRestarting: ["I", 13, "GPU %d restart attempted"],
  missingGpuValue: ["E", 28, "Missing comma after GPU number"],
  gpuMemory: ["S", 35, "Setting GPU %d memoryclock to (%s) reported success"],
  gpuEngine: ["S", 37, "Setting GPU %d clock to (%s) reported success"],
  gpuVoltage: ["S", 39, "Setting GPU %d vddc to (%s) reported success"],
  gpuFan: ["S", 41, "Setting GPU %d fan to (%s) reported success"],
  invalidIntensity: [
    "E",
    31,
    "Invalid intensity (%s) - must be 'd' or range 8 - 31",
  ],
  gpuIntensity: ["I", 32, "GPU %d set new intensity to %s"],
  devscan: ["S", 256, "Added %d new device(s)"],
  // Pools.
  noPools: ["E", 8, "No pools"],
  missingPool: ["E", 25, "Missing pool id parameter"],
  invalidPool: ["E", 26, "Invalid pool id %d - range is 0 - %d"],
  switchingPool: ["S", 27, "Switching to pool %d:'%s'"],
  enablingPool: ["S", 47, "Enabling pool %d:'%s'"],
  disablingPool: ["S", 48, "Disabling pool %d:'%s'"],
  poolAlreadyEnabled: ["I", 49, "Pool %d:'%s' already enabled"],
  poolAlreadyDisabled: ["I", 50, "Pool %d:'%s' already disabled"],
  lastActivePool: ["E", 51, "Cannot disable last active pool %d:'%s'"],
  missingPoolDetails: ["E", 52, "Missing addpool details"],
  invalidPoolDetails: ["E", 53, "Invalid addpool details '%s'"],
  addedPool: ["S", 55, "Added pool %d: '%s'"],
  lastPool: ["E", 66, "Cannot remove last pool %d:'%s'"],
  activePool: ["E", 67, "Cannot remove active pool %d:'%s'"],
  removedPool: ["S", 68, "Removed pool %d:'%s'"],
  changedPriorities: ["S", 73, "Changed pool priorities"],
  duplicatePool: ["E", 74, "Duplicate pool specified %d"],
  negativeNumber: ["E", 121, "Invalid negative number (%d) for '%s'"],
  setQuota: ["S", 122, "Set pool '%s' to quota %d'"],
  // The miner.
  saveFailed: ["E", 43, "Can't open or create save file '%s'"],
  saved: ["S", 44, "Configuration saved to file '%s'"],
  missingFlag: ["E", 75, "Missing parameter: true/false"],
  invalidFlag: ["E", 76, "Invalid parameter should be true or false"],
  failoverOnly: ["S", 77, "Failover-Only set to %s"],
  debug: ["S", 79, "Debug settings"],
  setConfig: ["S", 82, "Set config '%s' to %d"],
  unknownConfig: ["E", 83, "Unknown config '%s'"],
  invalidNumber: ["E", 84, "Invalid number (%d) for '%s' range is 0-9999"],
  missingConfig: ["E", 85, "Missing config parameters 'name,N'"],
  missingConfigValue: ["E", 86, "Missing config value N for '%s,N'"],
  deprecatedConfig: ["E", 127, "Deprecated config option '%s'"],
  missingZero: ["E", 94, "Missing zero parameters"],
  invalidZero: ["E", 95, "Invalid zero parameter '%s'"],
  zeroedWithSummary: ["S", 96, "Zeroed %s stats with summary"],
  zeroedWithoutSummary: ["S", 97, "Zeroed %s stats without summary"],
  invalidHotplug: ["E", 99, "Invalid value for hotplug (%s) must be 0..9999"],
  hotplugSet: ["S", 100, "Hotplug check set to %ds"],
  hotplugDisabled: ["S", 101, "Hotplug disabled"],
  noHotplug: ["W", 102, "Hotplug is not available"],
  missingHotplug: ["E", 103, "Missing hotplug parameter"],
  goodbye: ["S", 257, "%s"],
} as const satisfies Record<string, Message>;

/** The name of a message. */
export type MessageName = keyof typeof MESSAGES;

/**
 * Fills values into words.
 *
 * @param words With `%d` and `%s` where values go.
 * @param values The values, in their order.
 * @returns The message.
 */
export function fillMessage(
  words: string,
  values: readonly (string | number)[],
): string {
  let next = 0;
  return words.replace(/%[ds]/g, () => String(values[next++] ?? ""));
}
