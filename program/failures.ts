/**
 * What the program says when it cannot go on, or not at once.
 *
 * @module
 */

import { formatAddress } from "../rpc/errors.ts";

/** The exit status for a wrong option, value or file. */
export const EXIT_USAGE = 2;
/** The exit status where the server cannot start. */
export const EXIT_FAILURE = 1;

/**
 * Prints a line on stderr, with the program's name before it.
 *
 * @param line The line.
 */
export function printError(line: string): void {
  console.error(`chi-server: ${line}`);
}

/**
 * Ends the program.
 *
 * @param line Why.
 * @param status The exit status.
 */
export function exitWithError(line: string, status: number): never {
  printError(line);
  Deno.exit(status);
}

/**
 * Takes what an error says, without line breaks and the system's numbers.
 *
 * @param error Whatever was thrown.
 * @returns One line.
 */
export function toOneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, " ").replace(/ \(os error \d+\)/g, "");
}

/**
 * Whether the certificate is wrong, rather than the address.
 *
 * @param error What listening threw.
 * @returns True if it is about certificate or key.
 */
export function isTlsError(error: unknown): boolean {
  return error instanceof Deno.errors.InvalidData ||
    (error instanceof Error && /certificate|key|PEM/i.test(error.message));
}

/**
 * Says why it cannot listen.
 *
 * @param error What listening threw.
 * @param where Where it was to listen.
 * @returns A clause that says what to do.
 */
export function toListenError(
  error: unknown,
  where: { readonly httpHost?: string; readonly httpPort: number },
): string {
  const { httpHost, httpPort } = where;
  const place = httpHost === undefined
    ? `port ${httpPort}`
    : formatAddress({ hostname: httpHost, port: httpPort });
  return error instanceof Deno.errors.AddrInUse
    ? `cannot listen on ${place}: another program does; choose another port with -w`
    : `cannot listen on ${place}: ${toOneLine(error)}`;
}
