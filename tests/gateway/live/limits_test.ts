import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import { LivePolls } from "../../../gateway/live/streams.ts";
import { Problem } from "../../../gateway/http/problems.ts";

Deno.test("LivePolls leaves room for others beside one who opens many streams", () => {
  const polls = new LivePolls({ maxPolls: 1024 });
  const { signal } = new AbortController();
  const open = (key: string, owner: string) =>
    polls.open({ key, poll: () => {} }, { intervalMs: 5000, signal, owner });
  for (let index = 0; index < 256; index++) open(`key ${index}`, "10.0.0.1");
  assertThrows(() => open("one more", "10.0.0.1"), Problem, "256 different");
  // What runs already may be joined, by anybody.
  open("key 0", "10.0.0.1");
  open("one more", "10.0.0.2");
  open("one more", "10.0.0.1");
  polls.close();
  assertEquals(polls.pollCount, 0);
});
