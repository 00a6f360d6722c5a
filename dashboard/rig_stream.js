/**
 * One live stream of rigs, from its request to its end.
 *
 * @module
 */

import { EventParser } from "./event_parser.js";
import { readProblem, Refusal } from "./fetch_json.js";
import { toUrl } from "./place.js";
import { MAX_SILENCE_MS } from "./store_limits.js";
import { authHeaders } from "./token.js";

/**
 * Reads the stream until it ends.
 *
 * @param {string | undefined} tag Only rigs that have it.
 * @param {AbortController} connection Ends it; it ends itself that way when
 * nothing comes any more.
 * @param {object} listener Who is told.
 * @param {(response: Response) => void} listener.onBegin Once, of its headers.
 * @param {(event: string, data: string) => void} listener.onEvent Of each event.
 * @returns {Promise<void>} When the gateway has ended it.
 * @throws {Refusal} If the gateway refuses; anything else if the line breaks.
 */
export async function readRigStream(tag, connection, { onBegin, onEvent }) {
  const { signal } = connection;
  const query = tag === undefined ? "" : `?tag=${encodeURIComponent(tag)}`;
  let silence;
  const wait = () => {
    clearTimeout(silence);
    silence = setTimeout(() => connection.abort(), MAX_SILENCE_MS);
  };
  wait();
  try {
    const response = await fetch(toUrl(`/-/rigs${query}`), {
      headers: { accept: "text/event-stream", ...authHeaders() },
      signal,
    });
    if (!response.ok) throw new Refusal(await readProblem(response));
    onBegin(response);
    const parser = new EventParser();
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    while (true) {
      wait();
      const { value, done } = await reader.read();
      if (done) return;
      const text = decoder.decode(value, { stream: true });
      for (const { event, data } of parser.push(text)) onEvent(event, data);
    }
  } finally {
    clearTimeout(silence);
  }
}
