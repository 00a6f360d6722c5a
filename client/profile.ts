/**
 * A profile of sgminer, for `addprofile`. Pure.
 *
 * @example
 * ```ts
 * import { formatProfile } from "./profile.ts";
 *
 * const profile = { name: "cool", algorithm: "scrypt", intensity: "13" };
 * console.log(formatProfile(profile)); // cool:scrypt::::13
 * ```
 *
 * @module
 */

import { RequestError } from "../rpc/errors.ts";
import { checkText } from "./arguments.ts";

/** A profile: settings under a name, each as in sgminer's configuration. */
export interface NewProfile {
  /** Its name. */
  readonly name: string;
  /** The algorithm: `scrypt`, `x11mod` … */
  readonly algorithm: string;
  /** The N factor of scrypt-N. */
  readonly nfactor?: string;
  /** Lookup gap. */
  readonly lookupGap?: string;
  /** The GPUs that use it: `0,2-3`. */
  readonly devices?: string;
  /** Intensity; one for all GPUs, or one for each with commas between. */
  readonly intensity?: string;
  /** The finer intensity, likewise. */
  readonly xintensity?: string;
  /** The finest intensity, likewise. */
  readonly rawintensity?: string;
  /** Engine clock in MHz, likewise. */
  readonly gpuEngine?: string;
  /** Memory clock in MHz, likewise. */
  readonly gpuMemclock?: string;
  /** Threads on each GPU, likewise. */
  readonly gpuThreads?: string;
  /** Fan in percent, likewise. */
  readonly gpuFan?: string;
  /** PowerTune in percent, likewise. */
  readonly gpuPowertune?: string;
  /** Voltage in volts, likewise. */
  readonly gpuVddc?: string;
  /** Shaders. */
  readonly shaders?: string;
  /** Thread concurrency. */
  readonly threadConcurrency?: string;
  /** Work size. */
  readonly worksize?: string;
}

/** In the order of sgminer's `api_profile_add()`. */
const FIELDS: readonly (keyof NewProfile)[] = [
  "name",
  "algorithm",
  "nfactor",
  "lookupGap",
  "devices",
  "intensity",
  "xintensity",
  "rawintensity",
  "gpuEngine",
  "gpuMemclock",
  "gpuThreads",
  "gpuFan",
  "gpuPowertune",
  "gpuVddc",
  "shaders",
  "threadConcurrency",
  "worksize",
];

/**
 * Writes a profile.
 *
 * @param profile Name, algorithm and settings.
 * @returns The fields with colons between them, up to the last that is given.
 * @throws {RequestError} If a field is empty or holds a colon or a control
 * character.
 */
export function formatProfile(profile: NewProfile): string {
  // A caller in JavaScript may have given anything.
  if (typeof profile !== "object" || profile === null) {
    throw new RequestError(
      "A profile is given as an object: { name, algorithm, … }",
    );
  }
  checkText("a profile's name", profile.name);
  checkText("an algorithm", profile.algorithm);
  const values = FIELDS.map((field) => {
    const value = profile[field];
    return value === undefined ? "" : checkText(`a ${field}`, value, ":");
  });
  const count = values.findLastIndex((value) => value !== "") + 1;
  return values.slice(0, count).join(":");
}
