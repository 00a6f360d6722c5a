/**
 * Who may ask what, by address: cgminer's `--api-allow` and `--api-groups`
 * (`api.c`, `setup_ipaccess` and `setup_groups`), read strictly. Where cgminer
 * logs a bad entry and goes on without it, or takes an unknown group for R,
 * this throws: a list that is not what its author meant lets nobody in.
 *
 * @example
 * ```ts
 * import {
 *   describeAccess,
 *   findGroup,
 *   parseAllowList,
 *   parseGroups,
 * } from "./access_list.ts";
 *
 * const groups = parseGroups("P:switchpool:enablepool:*");
 * const rules = parseAllowList("W:127/8,P:192.168/16,R:0/0", groups);
 * const group = findGroup(rules, "192.168.1.7") ?? "";
 * console.log(group, groups.isAllowed(group, "switchpool")); // P true
 * console.log(describeAccess(rules, groups));
 * ```
 *
 * @module
 */

import { isReadCommand, splitCommand } from "../../rpc/commands.ts";
import { quoteText } from "../../rpc/errors.ts";
import { trimSpace } from "./forwarded.ts";
import {
  matchNetwork,
  type Network,
  parseIpAddress,
  parseNetwork,
} from "./ip_address.ts";

/**
 * A group's name: one letter, `A` to `Z`. Several letters mean what each of those
 * groups may do: a client of unknown address has no more than that.
 */
export type GroupLetter = string;

/** One entry of an allow list. */
export interface AccessRule {
  /** The group of those who come from the network. */
  readonly group: GroupLetter;
  /** Where they come from. */
  readonly network: Network;
}

/** What a defined group may do. */
export interface GroupCommands {
  /** The commands it names, as written. */
  readonly names: ReadonlySet<string>;
  /** Whether it has `*`: all of group R as well. */
  readonly hasReads: boolean;
}

/** The groups there are: R, W and those defined. */
export interface CommandGroups {
  /** The defined ones, in the order of their definition; never R or W. */
  readonly defined: ReadonlyMap<GroupLetter, GroupCommands>;
  /**
   * Whether a group may send a command. W may send anything; R what only
   * reports; a defined group what it names, every part of a joined command.
   * Names are compared exactly, as miners do. A group that does not exist may
   * send nothing.
   *
   * @param group The group's letter, upper case; of several, all must be allowed.
   * @param command The command member of the request, such as `summary+devs`.
   * @returns True if it may.
   */
  isAllowed(group: GroupLetter, command: string): boolean;
}

/** Who may do what if nothing is said: the machine itself all, others read. */
export const DEFAULT_ALLOW = "W:127/8,W:[::1],R:0/0,R:[::]/0";

/** Every address there is. */
const EVERYONE = parseNetwork("0/0");
const ALL_V4 = parseNetwork("0.0.0.0/0");
const NOBODY = "no address";

/**
 * Reads group definitions: `P:switchpool:enablepool:*,Q:quit:restart:*`.
 * Letters in any case; `*` is all of group R. Any name that could be a
 * command's is taken, as forks add commands (cgminer takes only its own, and
 * in any case: here `Quit` is not `quit`).
 *
 * @param text The definitions; `""` for none but R and W.
 * @returns The groups.
 * @throws {TypeError} One line that quotes what is bad and says what is right:
 *   a group that is not a letter, is R or W, comes twice or has no command; a
 *   name with anything but letters, digits, `_` and `-`.
 */
export function parseGroups(text: string): CommandGroups {
  const defined = new Map<GroupLetter, GroupCommands>();
  for (const part of text === "" ? [] : text.split(",")) {
    const [name = "", ...commands] = part.split(":");
    const letter = parseGroupLetter(name, part);
    if (defined.has(letter)) {
      throw toError(part, `group ${letter} is defined twice; put all in one`);
    }
    defined.set(letter, parseCommands(commands, part));
  }
  return {
    defined,
    isAllowed: (group, command) =>
      group !== "" &&
      [...group].every((letter) => isAllowed(defined, letter, command)),
  };
}

/**
 * Whether a group may read all that rigs report: R, W, and those with `*`.
 *
 * @param groups The groups there are.
 * @param group The group's letter, upper case; of several, all must.
 * @returns True if it may.
 */
export function hasReads(groups: CommandGroups, group: GroupLetter): boolean {
  return group !== "" &&
    [...group].every((letter) =>
      letter === "R" || letter === "W" ||
      groups.defined.get(letter)?.hasReads === true
    );
}

/**
 * Reads an allow list: `[group:]address[/bits]`, comma-separated, as in
 * `W:192.168.1.0/24,R:0/0`; addresses as {@linkcode parseNetwork} reads them.
 * Without a group it is R. Letters in any case; spaces and tabs around an
 * entry are left out.
 *
 * @param text The list.
 * @param groups The groups it may name.
 * @returns The rules in their order: the first that matches decides.
 * @throws {TypeError} One line that quotes the bad entry and says what is
 *   right: an empty one (or list), an unknown group, a bad address or bits.
 */
export function parseAllowList(
  text: string,
  groups: CommandGroups,
): AccessRule[] {
  return text.split(",").map((part) => {
    const entry = trimSpace(part);
    const [, name, address = entry] = /^([A-Za-z]):(\[.*|[^:]*)$/.exec(entry) ??
      [];
    if (address === "") {
      throw toError(
        entry || text,
        "an address is missing; write [group:]address[/bits], " +
          "such as W:127/8,R:0/0",
      );
    }
    if (name === undefined && /^[^[]*:/.test(entry)) {
      throw toError(
        entry,
        "a group is one letter before a colon, and IPv6 stands in brackets, " +
          "such as W:[fd00::]/8",
      );
    }
    const group = (name ?? "R").toUpperCase();
    if (group !== "R" && group !== "W" && !groups.defined.has(group)) {
      const known = ["R", "W", ...groups.defined.keys()].join(", ");
      throw toError(entry, `there is no group ${group}, only ${known}`);
    }
    return { group, network: parseNetwork(address) };
  });
}

/**
 * Finds the group of an address: that of the first rule that matches.
 *
 * @param rules The rules, in their order.
 * @param address The address, as the server or `findClientAddress` gives it.
 * @returns The group's letter; undefined, which is no access at all, if no
 *   rule matches. A client of unknown address (absent, or no address) may have
 *   any address, and gets what all of them may do: the letters of all groups
 *   that an address can have (W only if there is no other, as it may do what
 *   each of them may), or undefined if an address can have none.
 */
export function findGroup(
  rules: readonly AccessRule[],
  address: string | undefined,
): GroupLetter | undefined {
  const bytes = address === undefined ? undefined : parseIpAddress(address);
  if (bytes === undefined) return findLeastGroup(rules);
  return rules.find(({ network }) => matchNetwork(network, bytes))?.group;
}

/**
 * Attack: a client that an earlier rule gives less makes its address unreadable,
 * to have what a later rule gives to everyone.
 */
function findLeastGroup(
  rules: readonly AccessRule[],
): GroupLetter | undefined {
  const networks = rules.map(({ network }) => network);
  if (!isCovered(EVERYONE, networks)) return undefined;
  const letters = new Set(
    rules.filter(({ network }, i) => !isCovered(network, networks.slice(0, i)))
      .map(({ group }) => group),
  );
  if (letters.size > 1) letters.delete("W");
  return [...letters].join("");
}

/**
 * Says who may do what, for people: `May write: 127.0.0.0/8, [::1]. May read:
 * anyone.` Those who may write may read as well and are counted so. A rule
 * that earlier ones leave nothing of is left out; what they take of it is
 * named (`10.0.0.0/8 (except 10.0.0.5)`).
 *
 * @param rules The rules, in their order.
 * @param groups The groups they name.
 * @returns One line.
 */
export function describeAccess(
  rules: readonly AccessRule[],
  groups: CommandGroups,
): string {
  const networks = rules.map(({ network }) => network);
  const live = rules.filter(({ network }, i) =>
    !isCovered(network, networks.slice(0, i))
  );
  if (live.length === 0) return "No address has access.";
  const list = (isOf: (group: GroupLetter) => boolean): string =>
    listAddresses(live, isOf);
  const writers = list((group) => group === "W");
  const readers = list((group) => hasReads(groups, group));
  const sentences: string[] = [];
  if (writers !== readers) {
    sentences.push(`May write: ${writers}`, `May read: ${readers}`);
  } else if (writers === "anyone") sentences.push("Anyone may read and write");
  else sentences.push(`May read and write: ${writers}`);
  for (const letter of new Set(live.map(({ group }) => group))) {
    if (letter === "R" || letter === "W") continue;
    const commands = describeCommands(groups.defined.get(letter));
    const members = list((group) => group === letter);
    sentences.push(`Group ${letter} (${commands}): ${members}`);
  }
  if (!isCovered(EVERYONE, networks)) {
    sentences.push("All others: no access");
  }
  return `${sentences.join(". ")}.`;
}

function isAllowed(
  defined: ReadonlyMap<GroupLetter, GroupCommands>,
  group: GroupLetter,
  command: string,
): boolean {
  if (group === "W") return true;
  if (group === "R") return isReadCommand(command);
  const commands = defined.get(group);
  const parts = splitCommand(command);
  if (commands === undefined || parts.length === 0) return false;
  return parts.every((part) =>
    commands.names.has(part) || (commands.hasReads && isReadCommand(part))
  );
}

function parseGroupLetter(name: string, part: string): GroupLetter {
  if (!/^[A-Za-z]$/.test(name)) {
    throw toError(
      part,
      "a group is one letter, a colon and its commands, without spaces, " +
        "such as P:switchpool:enablepool:*",
    );
  }
  const letter = name.toUpperCase();
  if (letter === "R" || letter === "W") {
    throw toError(
      part,
      `group ${letter} is given and cannot be redefined; use another letter`,
    );
  }
  return letter;
}

function parseCommands(
  commands: readonly string[],
  part: string,
): GroupCommands {
  if (commands.length === 0) {
    throw toError(
      part,
      "a group has at least one command, such as P:switchpool",
    );
  }
  for (const command of commands) {
    if (command !== "*" && !/^[A-Za-z0-9_-]+$/.test(command)) {
      throw toError(
        part,
        `${quoteText(command)} cannot be a command: ` +
          "letters, digits, _ and -, or * for all that only report",
      );
    }
  }
  return {
    names: new Set(commands.filter((command) => command !== "*")),
    hasReads: commands.includes("*"),
  };
}

function describeCommands(commands: GroupCommands | undefined): string {
  const names = [...commands?.names ?? []];
  if (commands?.hasReads) return ["reads", ...names].join(", ");
  return names.length > 0 ? `only ${names.join(", ")}` : "no commands";
}

/**
 * The addresses of the groups that are asked for: each rule's network, less
 * what earlier rules of other groups take of it.
 */
function listAddresses(
  rules: readonly AccessRule[],
  isOf: (group: GroupLetter) => boolean,
): string {
  const entries = rules.flatMap(({ group, network }, i) => {
    if (!isOf(group)) return [];
    const others = rules.slice(0, i).filter((rule) =>
      !isOf(rule.group) && contains(network, rule.network)
    ).map((rule) => rule.network);
    return [{ network, except: dropContained(others) }];
  });
  // What a wider entry says already is left out, unless it is an island in
  // what the wider one excepts.
  const told = entries.filter(({ network }, i) =>
    !entries.slice(i + 1).some((wider) =>
      contains(wider.network, network) &&
      !wider.except.some((other) => contains(other, network))
    )
  ).map(({ network, except }) =>
    except.length === 0
      ? nameNetwork(network)
      : `${nameNetwork(network)} (except ${
        except.map(nameNetwork).join(" and ")
      })`
  );
  return told.length === 0 ? NOBODY : told.join(", ");
}

function nameNetwork(network: Network): string {
  if (network.bits === 0) return "anyone";
  return network.text === ALL_V4.text ? "any IPv4 address" : network.text;
}

function dropContained(networks: readonly Network[]): Network[] {
  return networks.filter((network) =>
    !networks.some((wider) => wider !== network && contains(wider, network))
  );
}

function contains(wider: Network, network: Network): boolean {
  return wider.bits <= network.bits && matchNetwork(wider, network.bytes);
}

/** Whether networks, taken together, leave nothing of a network. */
function isCovered(network: Network, by: readonly Network[]): boolean {
  if (by.some((wider) => contains(wider, network))) return true;
  const inside = by.filter((part) => contains(network, part));
  // One part is less than the whole, and its two halves need one each.
  if (inside.length < 2) return false;
  const { bytes, bits } = network;
  const lower: Network = { bytes, bits: bits + 1, text: "" };
  const upper: Network = { ...lower, bytes: bytes.slice() };
  const index = bits >> 3;
  upper.bytes[index] = (upper.bytes[index] ?? 0) | 0x80 >> (bits & 7);
  return isCovered(lower, inside) && isCovered(upper, inside);
}

function toError(text: string, reason: string): TypeError {
  return new TypeError(`${quoteText(text)}: ${reason}`);
}
