/**
 * `chi-server notify --test`: sends one message to each target, and shows what
 * was sent and what came back.
 *
 * @module
 */

import {
  formatMessage,
  type NotifyUrl,
  postMessage,
} from "../gateway/watch/notify_target.ts";
import type { TroubleEvent } from "../gateway/watch/trouble_news.ts";

/** Whom to send to. */
export interface NotifyTestOptions {
  /** The targets, in the order of their numbers. */
  readonly targets: readonly NotifyUrl[];
  /** Where a person looks; absent: not known. */
  readonly link?: string | undefined;
  /** How long each may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Prints on stdout. Default `console.log`. */
  readonly print?: (text: string) => void;
}

/**
 * Sends a test message to each target, one after the other.
 *
 * @param options Whom to send to.
 * @returns The exit status: 0 if all took it, 1 if not.
 */
export async function runNotifyTest(
  options: NotifyTestOptions,
): Promise<number> {
  const { targets, link, timeoutMs, print = console.log } = options;
  let status = 0;
  for (const [index, target] of targets.entries()) {
    const nowMs = Date.now();
    const event = makeTestEvent(nowMs);
    // Alertmanager tells nobody of what has ended already, and ends it itself.
    const isAlert = target.kind === "alertmanager";
    const body = formatMessage(target, {
      events: isAlert ? [event] : [event, { ...event, state: "ends" }],
      nowMs,
      link,
    });
    const { failure, status: answered } = await postMessage(target, body, {
      timeoutMs,
    });
    // The URL is a secret, and so is the topic: neither is shown.
    const shown = target.topic === undefined
      ? body
      : body.replace(JSON.stringify(target.topic), '"…"');
    print(`notify target ${index + 1} (${target.kind}) gets: ${shown}`);
    print(
      failure === undefined
        ? `notify target ${index + 1} took it: it answered ${answered}`
        : `notify target ${index + 1} did not take it: ${failure}`,
    );
    if (failure !== undefined) status = 1;
  }
  return status;
}

/** What ends as it begins: whoever acts on it has nothing left to do. */
function makeTestEvent(nowMs: number): TroubleEvent {
  return {
    rig: "test",
    trouble: {
      code: "hot",
      severity: "warning",
      what: "This is a test of chi-server's messages: all is well",
      since: new Date(nowMs).toISOString(),
    },
    state: "begins",
  };
}
