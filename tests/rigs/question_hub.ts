/**
 * A network of its own for discovery tests: what stands for the multicast group
 * is a UDP socket on loopback, which hands each question to whom a test says.
 *
 * @module
 */

import type { Socket } from "node:dgram";
import { closeSocket, openSocket, sendDatagram } from "../../rigs/datagrams.ts";
import type { DiscoveryOptions } from "../../rigs/discovery.ts";

/** What a hub does with a question. */
export type Hearing = (question: Question) => Promise<void> | void;

/** A question, as the hub hears it. */
export interface Question {
  /** The datagram as text. */
  readonly text: string;
  /** Which question it is, from 0. */
  readonly index: number;
  /** Sends an answer to where the question wants it. */
  answer(payload: string | Uint8Array): Promise<void>;
  /** Hands the question itself to another port on loopback. */
  forward(port: number): Promise<void>;
}

/** A socket on 127.0.0.1 that hears questions. */
export class QuestionHub implements AsyncDisposable {
  readonly #socket: Socket;
  /** The questions as text, in order. */
  readonly questions: string[] = [];
  #running = Promise.resolve();
  readonly #asked = Promise.withResolvers<void>();

  private constructor(socket: Socket, hear: Hearing) {
    this.#socket = socket;
    socket.on("message", (bytes) => {
      const text = bytes.toString();
      const index = this.questions.push(text) - 1;
      const port = Number(text.slice(text.lastIndexOf("-") + 1));
      const send = (payload: string | Uint8Array, to: number) =>
        sendDatagram(socket, payload, { hostname: "127.0.0.1", port: to });
      this.#asked.resolve();
      this.#running = this.#running.then(() =>
        hear({
          text,
          index,
          answer: (payload) => send(payload, port),
          forward: (to) => send(text, to),
        })
      );
    });
  }

  /** Starts to listen. */
  static async start(hear: Hearing): Promise<QuestionHub> {
    return new QuestionHub(await openSocket({ hostname: "127.0.0.1" }), hear);
  }

  /** Resolves with the first question. */
  get asked(): Promise<void> {
    return this.#asked.promise;
  }

  /** How to search here. */
  get search(): DiscoveryOptions {
    const { port } = this.#socket.address();
    return { group: "127.0.0.1", hostname: "127.0.0.1", port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running;
    await closeSocket(this.#socket);
  }
}
