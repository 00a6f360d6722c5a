import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "jsr:@std/assert@1";
import * as fc from "npm:fast-check@4";
import {
  EncodedEvent,
  formatEvent,
  HEARTBEAT,
  indentItem,
  prefersEventStream,
  readIntervalMs,
  STREAM_START,
} from "../../../gateway/live/events.ts";
import { Problem } from "../../../gateway/http/problems.ts";
import { EventReader, readEvents } from "./live_streams.ts";

Deno.test("formatEvent() writes a data line for each line, however it ends", () => {
  assertEquals(
    formatEvent({ event: "reply", data: '{\r\n"a":\r1,\n\n  "b":2}' }),
    'event: reply\ndata: {\ndata: "a":\ndata: 1,\ndata: \ndata:   "b":2}\n\n',
  );
});

Deno.test("formatEvent() keeps data without line breaks to the character", async () => {
  const data = ' {"a":"\u2028\u2029\u0085\ufeff:é😀 data: x\\n"} ';
  assertEquals(
    await readEvents(formatEvent({ event: "reply", data })),
    [{ event: "reply", data }],
  );
});

Deno.test("formatEvent() gives a listener the same JSON, whatever is between its tokens", async () => {
  const space = fc.stringMatching(/^[ \t\r\n]{0,4}$/);
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), space, space, async (value, one, two) => {
      const json = one + JSON.stringify(value, null, 2).replaceAll("\n", two);
      const events = await readEvents(
        formatEvent({ event: "reply", data: json }),
      );
      assertEquals(events, [{
        event: "reply",
        data: json.replaceAll(/\r\n|\r/g, "\n"),
      }]);
      assertEquals(JSON.parse(events[0]?.data ?? ""), JSON.parse(json));
    }),
  );
});

Deno.test("the start of a stream and a heartbeat are no events", async () => {
  const stream = new Blob([STREAM_START, HEARTBEAT, HEARTBEAT]).stream();
  const reader = new EventReader(stream);
  assertEquals(await reader.next(), { event: "comment", data: "" });
  assertEquals(await reader.next(), { event: "comment", data: "" });
  assertEquals(await reader.next(), undefined);
  assertEquals(reader.retryMs, 3000);
});

Deno.test("indentItem() indents by 4, and leaves what would be far longer as it is", () => {
  const event = "reply";
  assertEquals(
    indentItem({ event, data: '{"a":[1.00]}' }),
    '{\n    "a": [\n        1.00\n    ]\n}',
  );
  for (
    const data of [
      "[".repeat(60) + "]".repeat(60),
      `[${"1,".repeat(512 * 1024)}1]`,
    ]
  ) {
    assertEquals(indentItem({ event, data }) === data, true);
    // It is no second buffer either.
    const encoded = new EncodedEvent({ event, data });
    assertStrictEquals(encoded.layOut(indentItem), encoded.bytes);
  }
});

Deno.test("prefersEventStream() is true if Accept names it, and above JSON", () => {
  const cases: readonly [string | undefined, boolean][] = [
    ["text/event-stream", true],
    ["Text/Event-Stream", true],
    ["text/event-stream, */*", true],
    ["text/event-stream, application/json;q=0.9", true],
    ["text/event-stream;q=0.9, */*;q=0.1", true],
    ["application/json;q=0.5, text/event-stream", true],
    ["application/json, text/event-stream", false],
    ["text/event-stream, application/json", false],
    ["application/json, text/event-stream;q=0.9", false],
    ["text/event-stream;q=0", false],
    ["text/event-stream;q=0, text/*", false],
    ["text/*", false],
    ["*/*", false],
    ["application/json", false],
    ["text/html,application/xhtml+xml,*/*;q=0.8", false],
    [undefined, false],
  ];
  for (const [accept, expected] of cases) {
    for (const method of ["GET", "HEAD"]) {
      const headers = accept === undefined ? {} : { accept };
      const request = new Request("http://gateway/", { method, headers });
      assertEquals(prefersEventStream(request), expected, accept);
    }
  }
});

Deno.test("prefersEventStream() is false for POST and OPTIONS", () => {
  for (const method of ["POST", "OPTIONS"]) {
    const headers = { accept: "text/event-stream" };
    const request = new Request("http://gateway/", { method, headers });
    assertEquals(prefersEventStream(request), false);
  }
});

Deno.test("readIntervalMs() reads seconds, and takes 5 if there are none", () => {
  assertEquals(readIntervalMs(undefined), 5000);
  assertEquals(readIntervalMs("1"), 1000);
  assertEquals(readIntervalMs("2.5"), 2500);
  assertEquals(readIntervalMs("1.00049"), 1000);
  assertEquals(readIntervalMs("3600"), 3600_000);
});

Deno.test("readIntervalMs() refuses anything else by name", () => {
  const wrong = ["", "0", "0.999", "3600.1", "-5", "+5", "1e3", "5s", " 5"];
  for (const text of [...wrong, "5,5", ".5", "5.", "NaN", "Infinity", "0x5"]) {
    const error = assertThrows(() => readIntervalMs(text), Problem);
    assertEquals(error.code, "bad-request");
    assertEquals(
      error.message,
      `interval=${text}: give seconds from 1 to 3600`,
    );
  }
});

Deno.test("readIntervalMs() repeats no more than the start of a long text", () => {
  const error = assertThrows(() => readIntervalMs("9".repeat(4000)), Problem);
  assert(error.message.startsWith(`interval=${"9".repeat(32)}…: give`));
});

Deno.test("an encoded event is one buffer for each layout, and no copy for anybody", () => {
  const event = new EncodedEvent({ event: "reply", data: "[1]" });
  const indented = event.layOut(indentItem);
  for (let listener = 0; listener < 3; listener++) {
    assertStrictEquals(event.layOut(undefined), event.bytes);
    assertStrictEquals(event.layOut(indentItem), indented);
  }
  assertEquals(event.byteLength, event.bytes.length + indented.length);
});
