/**
 * Ctrl-C as an AbortSignal, for what the program does once and then ends.
 *
 * @example
 * ```ts
 * import { Interrupt } from "./interrupt.ts";
 *
 * using interrupt = new Interrupt();
 * console.log(interrupt.signal.aborted); // false
 * ```
 *
 * @module
 */

/** Listens for SIGINT until it is disposed of. */
export class Interrupt implements Disposable {
  readonly #controller = new AbortController();

  /** Starts to listen. */
  constructor() {
    Deno.addSignalListener("SIGINT", this.#stop);
  }

  /** Aborts with the first SIGINT; the second ends the program at once. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly #stop = (): void => {
    this[Symbol.dispose]();
    this.#controller.abort();
  };

  /** Stops listening: SIGINT ends the program again. */
  [Symbol.dispose](): void {
    Deno.removeSignalListener("SIGINT", this.#stop);
  }
}
