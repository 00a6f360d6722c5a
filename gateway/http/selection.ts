/**
 * Which rigs a URL means: one by its name, all of them, or those of a tag.
 *
 * @module
 */

import type { Fleet, FleetRig } from "../../rigs/fleet.ts";
import { Problem } from "./problems.ts";

/** The name in a URL that means every rig. */
export const ALL_RIGS = "all";

/** The rigs that a URL means. */
export interface Selection {
  /** As the URL says it; the default rig's name where it says nothing. */
  readonly name: string;
  /** The one rig that it names; absent: any number, to be asked side by side. */
  readonly rig?: FleetRig;
  /** All rigs that it means. */
  readonly rigs: readonly FleetRig[];
}

/**
 * Finds the rigs that a URL means. They come from the configuration, and from the
 * search for rigs: no address is ever taken from a URL.
 *
 * @param fleet The rigs.
 * @param name What stands after `@`: a rig, `all`, or a tag as `site:barn`;
 * undefined: the default rig.
 * @param isRead Whether they are asked for what only tells. Anything else goes to
 * a rig that was found on the network only under its own name. Attack: a rig
 * invented by anybody on the network gets the password of `/@all/addpool/…`.
 * Default: it only tells.
 * @returns The rigs.
 * @throws {Problem} `unknown-rig`.
 */
export function selectRigs(
  fleet: Fleet,
  name: string | undefined,
  isRead = true,
): Selection {
  const isOne = name !== ALL_RIGS && name?.includes(":") !== true;
  const rigs = findRigs(fleet, name)
    .filter((rig) => isOne || isRead || fleet.isConfigured(rig));
  const [rig] = rigs;
  if (rig === undefined) {
    throw isOne ? toUnknownRig(name ?? "") : toUnknownTag(name ?? "");
  }
  return isOne
    ? { name: rig.name, rig, rigs }
    : { name: name ?? ALL_RIGS, rigs };
}

/**
 * The same without an error: for who looks again and again.
 *
 * @param fleet The rigs.
 * @param name As {@linkcode selectRigs} takes it.
 * @returns The rigs; none if there are none.
 */
export function findRigs(
  fleet: Fleet,
  name: string | undefined,
): readonly FleetRig[] {
  if (name === ALL_RIGS) return [...fleet.rigs];
  const colon = name?.indexOf(":") ?? -1;
  if (name !== undefined && colon !== -1) {
    return fleet.selectRigs(name.slice(0, colon), name.slice(colon + 1));
  }
  const rig = name === undefined ? fleet.defaultRig : fleet.findRig(name);
  return rig === undefined ? [] : [rig];
}

/**
 * Reads which rigs a page is to be about: `?tag=site:barn`.
 *
 * @param query The page's query.
 * @returns What {@linkcode selectRigs} takes: the tag, or all.
 * @throws {Problem} `bad-request` if it is no key and value.
 */
export function readTag(query: URLSearchParams): string {
  const tag = query.get("tag");
  if (tag === null) return ALL_RIGS;
  if (/^[^:]+:./.test(tag)) return tag;
  throw new Problem("bad-request", `tag=${tag.slice(0, 100)} is no tag`, {
    hint: "Give key and value: ?tag=site:barn",
  });
}

/**
 * Finds the rigs that a page is to be about: those of `?tag=`, the one of
 * `?rig=`, or with both that one if it has the tag.
 *
 * @param fleet The rigs.
 * @param query The page's query.
 * @returns The rigs; all, where the query says nothing.
 * @throws {Problem} `unknown-rig`; `bad-request` if the tag is none.
 */
export function selectByQuery(
  fleet: Fleet,
  query: URLSearchParams,
): Selection {
  const tag = readTag(query);
  const tagged = selectRigs(fleet, tag);
  const name = query.get("rig");
  if (name === null) return tagged;
  const rig = findOneRig(fleet, name);
  if (tagged.rigs.includes(rig)) return { name, rig, rigs: [rig] };
  throw new Problem("unknown-rig", `"${name}" has not the tag "${tag}"`);
}

/**
 * Finds one rig.
 *
 * @param fleet The rigs.
 * @param name Its name, neither `all` nor a tag; undefined: the default rig.
 * @returns The rig.
 * @throws {Problem} `unknown-rig`.
 */
export function findOneRig(fleet: Fleet, name: string | undefined): FleetRig {
  const rig = name === undefined ? fleet.defaultRig : fleet.findRig(name);
  if (rig === undefined) throw toUnknownRig(name ?? "");
  return rig;
}

function toUnknownRig(name: string): Problem {
  return new Problem("unknown-rig", `There is no rig called "${name}"`, {
    hint: "The rigs are named by --rig or in a file; /-/rigs lists them",
  });
}

function toUnknownTag(tag: string): Problem {
  return new Problem("unknown-rig", `No rig has the tag "${tag}"`, {
    hint: "Tags are given to rigs in the file of --config",
  });
}
