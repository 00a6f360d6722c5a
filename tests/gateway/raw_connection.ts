/**
 * Connections to a gateway that a test opens, fills and leaves as it likes.
 *
 * @module
 */

/** When a test that hangs fails: far from what any of them takes. */
const HANGS_MS = 120_000;

/** Rejects when a promise hangs. */
export async function within<T>(promise: Promise<T>): Promise<T> {
  const { promise: hangs, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("It hangs")), HANGS_MS);
  try {
    return await Promise.race([promise, hangs]);
  } finally {
    clearTimeout(timer);
  }
}

/** Opens a connection and writes to it, no more. */
export async function openWith(
  { port }: { port: number },
  text: string,
): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  if (text !== "") await conn.write(new TextEncoder().encode(text));
  return conn;
}

/** Reads from a connection until what came matches, or it ends. */
export async function readUntil(
  conn: Deno.TcpConn,
  end: RegExp,
): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  let text = "";
  while (!end.test(text)) {
    const count = await within(conn.read(buffer));
    if (count === null) break;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text;
}

/** The header that every request must have. */
export const HEAD = "Host: 127.0.0.1\r\n";
