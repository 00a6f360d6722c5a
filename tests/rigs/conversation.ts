/**
 * A client for tests: sends bytes to a rig as it is told, and gives back all
 * that came, and how it ended.
 *
 * @module
 */

/** Where a rig listens. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
}

/** What is sent, and how. */
export interface Conversation {
  /** The request, a string of bytes. */
  readonly request: string;
  /** The sizes of its segments; default one of all. */
  readonly sizes?: readonly number[];
  /** Whether the client says that it is done; default false. */
  readonly halfClose?: boolean;
  /** Resolves when the rig has read something; needed for several segments. */
  readonly nextRequest?: () => Promise<void>;
}

/** What came of it. */
export interface Result {
  /** The reply, a string of bytes, NULs included. */
  readonly reply: string;
  /** How the connection ended; `refused` if there was none. */
  readonly end: "fin" | "rst" | "refused";
}

const toBytes = (string: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(string, (character) => character.charCodeAt(0));

/** Sends a request to a rig and reads to the end of the connection. */
export async function converse(
  { hostname, port }: Address,
  conversation: Conversation,
): Promise<Result> {
  let connection: Deno.TcpConn;
  try {
    connection = await Deno.connect({ hostname, port });
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    return { reply: "", end: "refused" };
  }
  try {
    const sending = send(connection, conversation);
    const result = await readToEnd(connection);
    await sending;
    return result;
  } finally {
    connection.close();
  }
}

/** Asks a rig for something in JSON; gives the reply without its NUL. */
export async function ask(
  address: Address,
  command: string,
  parameter?: string | number,
): Promise<string> {
  const json = JSON.stringify({ command, parameter });
  const bytes = new TextEncoder().encode(json);
  const request = Array.from(bytes, (byte) => String.fromCharCode(byte));
  const { reply } = await converse(address, { request: request.join("") });
  return reply.replace(/\0$/, "");
}

/** One thing of a report. */
export type Item = Readonly<Record<string, unknown>>;

/** As {@link ask}, and gives the objects of one section of the reply. */
export async function askSection(
  address: Address,
  section: string,
  command: string,
  parameter?: string | number,
): Promise<Item[]> {
  const reply = JSON.parse(await ask(address, command, parameter));
  return reply[section] ?? [];
}

/** As {@link ask}, and gives the code of the reply's first STATUS. */
export async function askCode(
  address: Address,
  command: string,
  parameter?: string | number,
): Promise<unknown> {
  const [status] = await askSection(address, "STATUS", command, parameter);
  return status?.Code;
}

/** Connects to a rig that is restarting, as soon as it is back. */
export async function connectAgain(
  { hostname, port }: Address,
): Promise<Deno.TcpConn> {
  while (true) {
    try {
      return await Deno.connect({ hostname, port });
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function send(
  connection: Deno.TcpConn,
  { request, sizes = [request.length], halfClose, nextRequest }: Conversation,
): Promise<void> {
  let at = 0;
  try {
    for (const size of sizes) {
      // Not before the rig has taken what was sent before.
      const taken = nextRequest?.();
      const bytes = toBytes(request.slice(at, at + size));
      for (let sent = 0; sent < bytes.length;) {
        sent += await connection.write(bytes.subarray(sent));
      }
      at += size;
      if (at < request.length) await taken;
    }
    if (halfClose) await connection.closeWrite();
  } catch (error) {
    // The rig has closed already: what it said is still there to be read.
    if (!isClosed(error)) throw error;
  }
}

async function readToEnd(connection: Deno.TcpConn): Promise<Result> {
  let reply = "";
  const buffer = new Uint8Array(65_536);
  try {
    while (true) {
      const size = await connection.read(buffer);
      if (size === null) return { reply, end: "fin" };
      for (const byte of buffer.subarray(0, size)) {
        reply += String.fromCharCode(byte);
      }
    }
  } catch (error) {
    if (!isClosed(error)) throw error;
    return { reply, end: "rst" };
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.NotConnected;
}
