/**
 * Reads files that options name, without ever asking for a permission: whoever
 * started the program with net permission alone, in a terminal or not, is told
 * what is missing, and is not prompted for it.
 *
 * @module
 */

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
