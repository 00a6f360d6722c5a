/**
 * Finds programs that some tests need, and says why they are skipped without.
 *
 * @module
 */

/** The system, as far as the search asks it. */
export interface Surroundings {
  /** `Deno.build.os`. */
  readonly os: string;
  /** A variable of the environment. */
  readonly readVariable: (name: string) => string | undefined;
  /** Whether there is such a file. */
  readonly isFile: (path: string) => boolean;
}

/** Why something is missing, and whether that is a failure. */
export interface Missing {
  readonly missing: string;
  readonly isFailure: boolean;
}

/** This system. */
export const SYSTEM: Surroundings = {
  os: Deno.build.os,
  readVariable: (name) => Deno.env.get(name),
  isFile(path) {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  },
};

/**
 * Looks for a program: the file that a variable names, or else one of some names
 * on `PATH`. On Linux alone. Under `CI=true` it is a failure if it is missing.
 *
 * @param surroundings The system.
 * @param variable Names the file.
 * @param names Tried in this order.
 * @param advice What to do where there is none: `need … or set …`.
 */
export function findExecutable(
  { os, readVariable, isFile }: Surroundings,
  variable: string,
  names: readonly string[],
  advice: string,
): { readonly path: string } | Missing {
  if (os !== "linux") {
    return { missing: `run on Linux, not on ${os}`, isFailure: false };
  }
  const chosen = readVariable(variable) ?? "";
  if (chosen !== "") {
    return isFile(chosen) ? { path: chosen } : {
      missing: `need the file that ${variable} names: ${chosen}`,
      isFailure: true,
    };
  }
  const folders = (readVariable("PATH") ?? "").split(":").filter(Boolean);
  for (const name of names) {
    const folder = folders.find((folder) => isFile(`${folder}/${name}`));
    if (folder !== undefined) return { path: `${folder}/${name}` };
  }
  return { missing: advice, isFailure: readVariable("CI") === "true" };
}

/** A system that has these variables and files, for tests of the search. */
export function makeSurroundings(
  variables: Readonly<Record<string, string>>,
  files: readonly string[],
  os = "linux",
): Surroundings {
  return {
    os,
    readVariable: (name) => variables[name],
    isFile: (path) => files.includes(path),
  };
}

/** What tests of replies of real miners lack where those are absent. */
export const NEED_REPLIES = "need ../shared beside the checkout";

/** Leaves tests out, as ignored and with a line that says why. */
export function skipTests(tests: string, missing: string): void {
  announceMissing({ missing, isFailure: false }, `${tests}:`);
  Deno.test.ignore(`${tests} (skipped: ${missing})`, () => {});
}

/** Says once, for all files of a part, that its tests are left out. */
export function announceMissing(
  finding: object | Missing,
  tests: string,
): void {
  if (!("missing" in finding)) return;
  const { missing, isFailure } = finding as Missing;
  console.log(`${isFailure ? "FAILED" : "SKIPPED"}: ${tests} ${missing}`);
}
