/**
 * Reads server-sent events out of text that comes in pieces (WHATWG HTML,
 * section 9.2.6), as far as the gateway sends them. Pure.
 *
 * @example
 * ```ts
 * import { EventParser } from "./event_parser.js";
 *
 * const parser = new EventParser();
 * parser.push("event: gone\nda");
 * console.log(parser.push("ta: garage\n\n")); // [{ event: "gone", data: "garage" }]
 * ```
 *
 * @module
 */

/** A parser of one stream. */
export class EventParser {
  #rest = "";
  #event = "";
  /** @type {string[]} */
  #data = [];

  /**
   * @param {string} text What has come.
   * @returns {{ event: string, data: string }[]} The events that it ends.
   */
  push(text) {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    const events = [];
    for (const line of lines) {
      if (line === "") {
        if (this.#data.length > 0) {
          events.push({ event: this.#event, data: this.#data.join("\n") });
        }
        this.#event = "";
        this.#data = [];
        continue;
      }
      const colon = line.indexOf(":");
      const field = colon === -1 ? line : line.slice(0, colon);
      const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "event") this.#event = value;
      else if (field === "data") this.#data.push(value);
    }
    return events;
  }
}
