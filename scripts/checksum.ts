/**
 * The checksum of a file.
 *
 * @example
 * ```ts
 * import { formatDigest } from "./checksum.ts";
 *
 * console.log(formatDigest(new Uint8Array([0, 255]).buffer)); // 00ff
 * ```
 *
 * @module
 */

/**
 * Computes a file's SHA-256.
 *
 * @param path The file.
 * @returns It, in hexadecimal.
 */
export async function hashFile(path: string): Promise<string> {
  const bytes = await Deno.readFile(path);
  return formatDigest(await crypto.subtle.digest("SHA-256", bytes));
}

/**
 * Writes bytes in hexadecimal.
 *
 * @param digest The bytes.
 * @returns Two digits a byte, in lower case.
 */
export function formatDigest(digest: ArrayBuffer): string {
  return Array.from(
    new Uint8Array(digest),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}
