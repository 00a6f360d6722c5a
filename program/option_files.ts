/**
 * Files that options name: read without ever asking for a permission. Who
 * started the program with net permission only, in a terminal or not, is told
 * what is missing, and is not prompted for it.
 *
 * @module
 */

import { quoteText } from "../rpc/errors.ts";

/**
 * Reads a file.
 *
 * @param path Its path.
 * @returns What stands in it.
 * @throws {Deno.errors.NotCapable} If it may not be read without asking.
 * @throws {Error} As `Deno.readTextFileSync` does.
 */
export function readPermittedText(path: string): string {
  const { state } = Deno.permissions.querySync({ name: "read", path });
  if (state !== "granted") {
    throw new Deno.errors.NotCapable(`There is no permission to read ${path}`);
  }
  return Deno.readTextFileSync(path);
}

/**
 * Says who else may use a secret: one that others on this machine can read is
 * theirs as well; one that they can write is theirs from the next SIGHUP on.
 *
 * @param path The file.
 * @param os The system. Windows makes up a mode, in which everybody may read:
 * there it is the folder's access list that counts, which Deno does not give.
 * @returns A warning; undefined if only its owner may read and write it, and on
 * Windows.
 */
export function findOpenFile(
  path: string,
  os: typeof Deno.build.os = Deno.build.os,
): string | undefined {
  if (os === "windows") return undefined;
  let mode: number | null;
  try {
    mode = Deno.statSync(path).mode;
  } catch {
    return undefined; // Reading it says what is wrong.
  }
  if (mode === null || (mode & 0o066) === 0) return undefined;
  const isRead = (mode & 0o044) !== 0;
  const isWritten = (mode & 0o022) !== 0;
  const what = isRead && isWritten
    ? "read and written"
    : isRead
    ? "read"
    : "written";
  return `${
    quoteText(path)
  } can be ${what} by other users of this machine: chmod 600`;
}
