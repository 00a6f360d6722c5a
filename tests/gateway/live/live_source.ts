/**
 * For tests of live streams: a source that does what a test says.
 *
 * @module
 */

import {
  type LiveItem,
  LivePolls,
  type LiveSource,
  type LiveTopic,
  type OpenOptions,
} from "../../../gateway/live/streams.ts";
import { EventReader, ManualClock } from "./live_streams.ts";

/** The interval of the polls of these tests. */
export const INTERVAL_MS = 5000;

/** A reply event. */
export function reply(data: string): LiveItem {
  return { event: "reply", data };
}

/** A poll whose ticks the test counts and ends. */
export class ScriptedSource implements LiveSource {
  readonly key = "scripted";
  readonly topics: LiveTopic[] = [];
  readonly signals: AbortSignal[] = [];
  /** What a tick does; its number counts from 0. */
  onTick: (topic: LiveTopic, tick: number) => Promise<void> | void = () => {};

  poll(topic: LiveTopic, signal: AbortSignal): Promise<void> | void {
    this.topics.push(topic);
    this.signals.push(signal);
    return this.onTick(topic, this.topics.length - 1);
  }

  /** The topic of the poll that runs. */
  get topic(): LiveTopic {
    const topic = this.topics.at(-1);
    if (topic === undefined) throw new Error("Nothing was polled yet");
    return topic;
  }
}

/** What {@linkcode setUpPolls} gives. */
export interface PollsSetup {
  readonly clock: ManualClock;
  readonly source: ScriptedSource;
  readonly polls: LivePolls;
  /** What was reported. */
  readonly defects: unknown[];
  /** Opens a stream of the source. */
  open(options?: Partial<OpenOptions>): EventReader;
}

/** Polls on a clock of the test's, with one source. */
export function setUpPolls(
  onTick: ScriptedSource["onTick"] = () => {},
): PollsSetup {
  const clock = new ManualClock();
  const source = new ScriptedSource();
  source.onTick = onTick;
  const defects: unknown[] = [];
  const polls = new LivePolls({
    clock,
    onDefect: (error) => defects.push(error),
  });
  const open = (options: Partial<OpenOptions> = {}) =>
    new EventReader(polls.open(source, {
      intervalMs: INTERVAL_MS,
      signal: new AbortController().signal,
      ...options,
    }));
  return { clock, source, defects, polls, open };
}
