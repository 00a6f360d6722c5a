/**
 * md5crypt, the hash of passwords whose text begins with `$1$`, by a library of
 * Node's that is loaded when it is needed first.
 *
 * @module
 */

/** How `apache-md5` hashes; it takes and gives one character a byte. */
type HashPassword = (password: string, salt: string) => string;

/** What counts of a salt (glibc, `md5-crypt.c`). */
const SALT_LENGTH = 8;

/**
 * Hashes a password.
 *
 * @param password The password; not ASCII: its UTF-8 counts.
 * @param salt Letters, digits, `.` and `/`, of which the first eight count.
 * @returns What stands after the last `$`: 22 characters.
 */
export async function deriveMd5Crypt(
  password: string,
  salt: string,
): Promise<string> {
  const { default: library } = await import("npm:apache-md5@1");
  // What its types call the default is all of a CommonJS module.
  const hash = library as unknown as HashPassword;
  const bytes = new TextEncoder().encode(password);
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const whole = hash(text, `$1$${salt.slice(0, SALT_LENGTH)}$`);
  return whole.slice(whole.lastIndexOf("$") + 1);
}
