import { assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@1";
import { callRig, encodeRequest, MAX_REQUEST_BYTES, RigCall } from "../rpc.ts";
import { RequestError, RigError } from "../rpc/errors.ts";
import { type Behaviour, replyWith, ScriptedRig } from "./scripted_rig.ts";

const REQUEST = { command: "summary" };

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Asks a rig that behaves so, and gives the reply as text. */
async function ask(
  behaviour: Behaviour,
  options?: Parameters<typeof callRig>[2],
): Promise<{ text: string; end: string }> {
  await using rig = await ScriptedRig.start(behaviour);
  const { bytes, end } = await callRig(rig, REQUEST, options);
  return { text: decode(bytes), end };
}

/** Asks a rig that behaves so, and gives the error's code and message. */
async function fail(
  behaviour: Behaviour,
  options?: Parameters<typeof callRig>[2],
): Promise<{ code: string; message: string }> {
  await using rig = await ScriptedRig.start(behaviour);
  const error: RigError = await assertRejects(
    () => callRig({ ...address(rig), name: "garage" }, REQUEST, options),
    RigError,
  );
  return {
    code: error.code,
    message: error.message.replace(`:${rig.port}`, ":4028"),
  };
}

function address({ hostname, port }: ScriptedRig): {
  hostname: string;
  port: number;
} {
  return { hostname, port };
}

Deno.test("encodeRequest() writes the request as the API reads it", () => {
  const write = (...args: Parameters<typeof encodeRequest>) =>
    decode(encodeRequest(...args));
  assertEquals(write({ command: "summary" }), '{"command":"summary"}');
  assertEquals(write({ command: "a", parameter: "" }), '{"command":"a"}');
  assertEquals(
    write({ command: "asc", parameter: 0 }),
    '{"command":"asc","parameter":0}',
  );
  assertEquals(
    write({ command: "addpool", parameter: 'é"\\\n' }),
    '{"command":"addpool","parameter":"é\\"\\\\\\n"}',
  );
});

Deno.test("encodeRequest() refuses what no rig could read", () => {
  const frame = '{"command":""}'.length;
  const fits = "x".repeat(MAX_REQUEST_BYTES - frame);
  assertEquals(encodeRequest({ command: fits }).length, 4095);
  for (
    const request of [
      { command: fits + "x" },
      { command: "é".repeat(2041) },
      { command: "a\0b" },
      { command: "a", parameter: "\0" },
      { command: "\ud800" },
    ]
  ) assertThrows(() => encodeRequest(request), RequestError);
});

Deno.test("encodeRequest() refuses a parameter that a rig would take for none", () => {
  for (const parameter of [NaN, -Infinity, null, true, 1n, {}, ["1"]]) {
    const error = assertThrows(
      () => encodeRequest({ command: "a", parameter: parameter as number }),
      RequestError,
    );
    assertEquals(error.message.startsWith("The parameter is neither"), true);
  }
  for (const command of [undefined, null, 5, ["a"]]) {
    assertThrows(
      () => encodeRequest({ command: command as unknown as string }),
      RequestError,
      "The command is no text",
    );
  }
});

Deno.test("callRig() writes the request once and keeps the NUL", async () => {
  await using rig = await ScriptedRig.start(replyWith('{"id":1}'));
  const { bytes, end } = await callRig(rig, REQUEST);
  assertEquals([decode(bytes), end], ['{"id":1}\0', "nul"]);
  assertEquals(rig.requests, ['{"command":"summary"}']);
});

Deno.test("callRig() reads to the first NUL only", async () => {
  assertEquals(
    await ask(({ send }) => send('{"id":1}\0{"id":2},"id":1}\0')),
    { text: '{"id":1}\0', end: "nul" },
  );
});

Deno.test("callRig() does not wait for the end of the connection after a NUL", async () => {
  assertEquals(
    await ask(async ({ send, closed }) => {
      await send('{"id":1}\0');
      await closed;
    }),
    { text: '{"id":1}\0', end: "nul" },
  );
});

Deno.test("callRig() takes the end of the connection for the end of the reply", async () => {
  assertEquals(
    await ask(({ send }) => send('{"id":1}\n')),
    { text: '{"id":1}\n', end: "eof" },
  );
});

Deno.test("callRig() takes silence after a complete value for the end", async () => {
  for (const reply of ['{"a":"}{\\"","id":1}', '[{"x":nan}]', '{"a":1}"}']) {
    assertEquals(
      await ask(async ({ send, closed }) => {
        await send(reply);
        await closed;
      }),
      { text: reply, end: "silence" },
    );
  }
});

Deno.test("callRig() puts a reply together from many reads", async () => {
  const reply = JSON.stringify({ text: "é中😀".repeat(60_000) });
  const { text, end } = await ask(async ({ send }) => {
    const bytes = new TextEncoder().encode(reply + "\0");
    for (let at = 0; at < bytes.length; at += 99_991) {
      await send(bytes.subarray(at, at + 99_991));
    }
  });
  assertEquals(end, "nul");
  assertEquals(text === reply + "\0", true);
});

Deno.test("callRig() gives what came before a reset", async () => {
  const { text } = await ask(async ({ send, reset, closed }) => {
    await send('{"STATUS":[');
    // Until the bytes are read, a reset would take them along.
    await new Promise((resolve) => setTimeout(resolve, 20));
    reset();
    await closed;
  });
  assertEquals(text, '{"STATUS":[');
});

Deno.test("callRig() says rig-closed when not one byte came", async () => {
  assertEquals((await fail(() => {})).code, "rig-closed");
  assertEquals(
    await fail(({ reset }) => reset()),
    {
      code: "rig-closed",
      message:
        'No reply from rig "garage" at 127.0.0.1:4028: it closed the connection',
    },
  );
});

Deno.test("callRig() says rig-refused when nothing listens", async () => {
  const { port } = await (async () => {
    await using gone = await ScriptedRig.start(() => {});
    return address(gone);
  })();
  const error = await assertRejects(
    () => callRig({ name: "garage", hostname: "127.0.0.1", port }, REQUEST),
    RigError,
  );
  assertEquals(
    [error.code, error.message],
    [
      "rig-refused",
      `Cannot reach rig "garage" at 127.0.0.1:${port}: connection refused`,
    ],
  );
});

Deno.test("callRig() says rig-unreachable for a name that does not exist", async () => {
  const error = await assertRejects(
    () => callRig({ hostname: "not a host", port: 4028 }, REQUEST),
    RigError,
  );
  assertEquals(error.code, "rig-unreachable");
});

Deno.test("callRig() ends at the deadline, and says how far it came", async () => {
  const silent = await fail(({ closed }) => closed, { timeoutMs: 60 });
  assertEquals(silent, {
    code: "rig-timeout",
    message:
      'No whole reply from rig "garage" at 127.0.0.1:4028 within 0.06 s: it accepted the connection and said nothing',
  });
  const partial = await fail(async ({ send, closed }) => {
    await send('{"id":');
    await closed;
  }, { timeoutMs: 60 });
  assertEquals(partial.code, "rig-timeout");
  assertEquals(
    partial.message.endsWith("its reply stopped after 6 bytes"),
    true,
  );
});

Deno.test("callRig() ends a reply that never ends", async () => {
  const endless: Behaviour = async ({ send, closed }) => {
    let isOpen = true;
    closed.then(() => isOpen = false);
    const chunk = new Uint8Array(64 * 1024).fill(0x20);
    while (isOpen) {
      await Promise.race([send(chunk), closed]);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  };
  const { code } = await fail(endless, { maxReplyBytes: 1_000_000 });
  assertEquals(code, "rig-reply-too-large");
});

Deno.test("callRig() allows a reply of exactly the limit", async () => {
  const reply = '{"id":1}';
  const { text } = await ask(replyWith(reply), { maxReplyBytes: 9 });
  assertEquals(text, reply + "\0");
  assertEquals(
    (await fail(replyWith(reply), { maxReplyBytes: 8 })).code,
    "rig-reply-too-large",
  );
});

Deno.test("callRig() stops when its caller's signal aborts", async () => {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  const caller = new AbortController();
  const reason = new Error("left");
  const call = callRig(rig, REQUEST, {
    signal: caller.signal,
    onSend: () => queueMicrotask(() => caller.abort(reason)),
  });
  assertEquals(await assertRejects(() => call), reason);
  const late = callRig(rig, REQUEST, { signal: caller.signal });
  assertEquals(await assertRejects(() => late), reason);
  assertEquals(rig.connectionCount, 1);
});

/** Asks a rig that writes so many times at once, and waits for its end too. */
async function askMany(
  count: number,
  write: (
    send: (text: string) => Promise<void>,
    index: number,
  ) => Promise<void>,
): Promise<string[]> {
  const ends: Promise<void>[] = [];
  await using rig = await ScriptedRig.start(({ send, closed, index }) => {
    const end = write(send, index).then(() => closed);
    ends.push(end);
    return end;
  });
  const calls = Array.from({ length: count }, () => callRig(rig, REQUEST));
  const replies = await Promise.all(calls);
  await Promise.all(ends);
  return replies.map(({ bytes }) => decode(bytes).trimEnd());
}

const pause = (delayMs = 50) =>
  new Promise((resolve) => setTimeout(resolve, delayMs));

Deno.test({
  name:
    "a call that is ended in the turn in which its connection comes up closes it",
  // What it would leave open is for this to find.
  sanitizeResources: true,
  async fn() {
    await using rig = await ScriptedRig.start(({ closed }) => closed);
    const bytes = encodeRequest({ command: "summary" });
    const endCall = async () => {
      const call = new RigCall(rig);
      const failed = call.run(bytes).catch((error) => error.message);
      setTimeout(() => call.fail(new Error("enough")), 3);
      assertEquals(await failed, "enough");
    };
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 100 }, endCall));
    }
  },
});

Deno.test("callRig() keeps a reply behind which a newline comes as the silence ends", async () => {
  // The loop stands still until both the newline and the end of the silence are
  // due: they are seen in the same turn.
  const replies = await askMany(1, async (send) => {
    await send('{"id":1}');
    await pause(20);
    await send("\n");
    const until = performance.now() + 60;
    while (performance.now() < until) { /* busy */ }
  });
  assertEquals(replies, ['{"id":1}']);
});

Deno.test("callRig() reads a reply of one byte every 50 ms, with a newline behind it", async () => {
  const replies = await askMany(20, async (send) => {
    for (const char of '{"id":1}') {
      await send(char);
      await pause();
    }
    await send("\n");
  });
  assertEquals(replies, Array(20).fill('{"id":1}'));
});
