/**
 * UDP over IPv4 with promises: open a socket, send a datagram, close it. On
 * `node:dgram`, because `Deno.listenDatagram` is not stable.
 *
 * @module
 */

import dgram from "node:dgram";
import { IS_DENO } from "../rpc/runtime.ts";

/** Where a datagram goes, or a socket listens. */
export interface DatagramAddress {
  /** An IPv4 address. */
  readonly hostname: string;
  /** The UDP port. */
  readonly port: number;
}

/** How {@linkcode openSocket} opens. */
export interface SocketOptions {
  /** The IPv4 address to listen at; a multicast group hears that alone. */
  readonly hostname: string;
  /** The UDP port; default 0, any that is free. */
  readonly port?: number;
  /** Whether others may listen there as well. Default false. */
  readonly isShared?: boolean;
}

/**
 * Opens a socket.
 *
 * @param options Where it listens.
 * @returns The socket, bound; close it with {@linkcode closeSocket}.
 * @throws {Error} One sentence: the port is taken, the address is not this
 * machine's, or net permission is missing (nothing prompts).
 */
export async function openSocket(
  { hostname, port = 0, isShared = false }: SocketOptions,
): Promise<dgram.Socket> {
  const where = `${hostname}:${port}`;
  // Bound without permission, node:dgram throws where nobody can catch it.
  if (!isPermitted({ hostname, port })) {
    throw new Error(`Cannot listen on UDP ${where}: no net permission for it`);
  }
  const socket = dgram.createSocket({ type: "udp4", reuseAddr: isShared });
  const bound = Promise.withResolvers<void>();
  socket.once("error", bound.reject);
  socket.bind({ address: hostname, port }, bound.resolve);
  try {
    await bound.promise;
  } catch (cause) {
    await closeSocket(socket);
    throw new Error(`Cannot listen on UDP ${where}: ${describeCause(cause)}`, {
      cause,
    });
  }
  socket.removeListener("error", bound.reject);
  return socket;
}

/**
 * Sends one datagram.
 *
 * @param socket From {@linkcode openSocket}.
 * @param payload Its content; text goes as UTF-8.
 * @param target Where to.
 * @throws {Error} If the system does not take it. Deno 2.9 does not say why:
 * its `code` is `UNKNOWN` for no route and no permission alike.
 */
export function sendDatagram(
  socket: dgram.Socket,
  payload: string | Uint8Array,
  { hostname, port }: DatagramAddress,
): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(payload, port, hostname, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/**
 * Closes a socket and waits until it is closed. Nothing may be on its way.
 *
 * @param socket From {@linkcode openSocket}.
 */
export function closeSocket(socket: dgram.Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}

/**
 * Whether datagrams may go there, or a socket listen there.
 *
 * @param address The address.
 * @returns True if net permission was granted; asks nobody.
 */
export function isPermitted({ hostname, port }: DatagramAddress): boolean {
  if (!IS_DENO) return true;
  const host = `${hostname}:${port}`;
  return Deno.permissions.querySync({ name: "net", host }).state === "granted";
}

function describeCause(cause: unknown): string {
  const { code, message } = cause as Error & { code?: unknown };
  if (code === "EADDRINUSE") return "another program uses it";
  if (code === "EADDRNOTAVAIL") return "the address is not this machine's";
  return message;
}
