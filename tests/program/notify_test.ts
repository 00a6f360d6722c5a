import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { Program, runProgram } from "./program.ts";

const SECRET = "tk_marked-secret";

Deno.test("notify --test shows what each target gets and says, and no secret", async () => {
  const received: { path: string; authorization: string | null }[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      await request.text();
      const { pathname: path } = new URL(request.url);
      const authorization = request.headers.get("authorization");
      received.push({ path, authorization });
      return new Response("", { status: path === "/" ? 403 : 200 });
    },
  );
  const { port } = server.addr as Deno.NetAddr;
  const { code, stdout, stderr } = await runProgram([
    ...["notify", "--test", "--public-url=http://farm.example"],
    `--notify=http://me:${SECRET}@127.0.0.1:${port}/${SECRET}`,
    `--notify=ntfy+http://${SECRET}@127.0.0.1:${port}/${SECRET}`,
  ]);
  assertEquals([code, stderr], [1, ""]);
  assertEquals((stdout + stderr).includes(SECRET), false);
  assertMatch(stdout, /target 1 \(webhook\) gets: \{"text":"test: warning/);
  assertMatch(stdout, /target 1 took it: it answered 200/);
  assertMatch(stdout, /"click":"http:\/\/farm\.example\/"/);
  assertMatch(stdout, /target 2 did not take it: it answered 403/);
  assertEquals(received, [
    { path: `/${SECRET}`, authorization: `Basic ${btoa(`me:${SECRET}`)}` },
    { path: "/", authorization: `Bearer ${SECRET}` },
  ]);
});

Deno.test("a wrong target of messages is named by where it stands, and not shown", async () => {
  for (
    const args of [
      [`--notify=slack://${SECRET}`],
      [`--notify=ntfy+http://h/${SECRET}/b`],
      ["notify"],
      ["notify", "--test"],
      ["--test"],
    ]
  ) {
    const { code, stdout, stderr } = await runProgram(args);
    assertEquals([args, code, stdout], [args, 2, ""]);
    assertMatch(stderr, /^chi-server: .*notify.*\n?$/);
    assertEquals(stderr.includes(SECRET), false);
  }
});

Deno.test("a gateway says no target's URL, in no log, page or metric", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port: nobody } = listener.addr as Deno.NetAddr;
  listener.close();
  await using program = Program.spawn([
    ...["-w0", "--http-host=127.0.0.1", "--demo=1"],
    `--notify=http://me:${SECRET}@127.0.0.1:${nobody}/${SECRET}`,
  ]);
  const port = await program.readPort();
  const pages = [
    "-/rigs",
    "metrics",
    "-/metrics",
    "-/access",
    "-/openapi.json",
  ];
  for (const page of pages) {
    const response = await fetch(`http://127.0.0.1:${port}/${page}`);
    assertEquals((await response.text()).includes(SECRET), false, page);
  }
  program.kill("SIGTERM");
  const { stdout, stderr } = await program.readOutcome();
  assertEquals((stdout + stderr).includes(SECRET), false);
});
