/**
 * One live stream of rigs, from its request to its end.
 *
 * @module
 */

import { createParser } from "npm:eventsource-parser@4";
import { readProblem, Refusal } from "./fetch_json.ts";
import { toUrl } from "./place.ts";
import { authHeaders } from "./token.ts";

/**
 * The gateway sends values every 5 s as a rule, and a heartbeat after 15 s
 * without any: after this the line is dead.
 */
export const MAX_SILENCE_MS = 20_000;

/** What is called while the stream runs. */
export interface StreamListener {
  /** Called once, with the response's headers. */
  readonly onBegin: (response: Response) => void;
  /** Called for each event. */
  readonly onEvent: (event: string, data: string) => void;
}

/**
 * Reads the stream until it ends.
 *
 * @param tag Only rigs that have it; undefined: all.
 * @param connection Ends it; it ends itself that way when nothing comes any
 * more.
 * @param listener What is called.
 * @returns When the gateway has ended it.
 * @throws {Refusal} If the gateway refuses; anything else if the line breaks.
 */
export async function readRigStream(
  tag: string | undefined,
  connection: AbortController,
  { onBegin, onEvent }: StreamListener,
): Promise<void> {
  const { signal } = connection;
  const query = tag === undefined ? "" : `?tag=${encodeURIComponent(tag)}`;
  let silence: ReturnType<typeof setTimeout> | undefined;
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
    if (!response.ok || response.body === null) {
      throw new Refusal(await readProblem(response));
    }
    onBegin(response);
    const parser = createParser({
      onEvent: ({ event = "", data }) => onEvent(event, data),
    });
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    while (true) {
      wait();
      const { value, done } = await reader.read();
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    clearTimeout(silence);
  }
}
