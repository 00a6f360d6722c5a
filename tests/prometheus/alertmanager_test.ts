import { assertEquals } from "jsr:@std/assert@1";
import {
  formatMessage,
  type NotifyUrl,
  parseNotifyUrl,
  postMessage,
} from "../../gateway/watch/notify_target.ts";
import type { TroubleEvent } from "../../gateway/watch/trouble_news.ts";
import { findExecutable, SYSTEM } from "../executables.ts";

const FOUND = findExecutable(
  SYSTEM,
  "ALERTMANAGER_BIN",
  ["prometheus-alertmanager", "alertmanager"],
  "need Alertmanager: apt-get install prometheus-alertmanager, or set " +
    "ALERTMANAGER_BIN",
);

/** What Alertmanager sends on. */
interface Notice {
  readonly status: "firing" | "resolved";
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

function makeEvent(rig: string, state: TroubleEvent["state"]): TroubleEvent {
  // One began before the clock was put back.
  const agoMs = rig === "rig-0" ? -3_600_000 : 60_000;
  return {
    rig,
    state,
    trouble: {
      code: "hot",
      severity: "critical",
      what: "Board 0 has 101 °C; 85 °C are allowed",
      device: "board 0",
      since: new Date(Date.now() - agoMs).toISOString(),
    },
  };
}

async function run(path: string): Promise<void> {
  const notices: Notice[] = [];
  const watchers = new Set<() => void>();
  await using receiver = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      notices.push(await request.json());
      for (const check of watchers) check();
      return new Response();
    },
  );
  const until = (isReached: () => boolean) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const check = () => isReached() && resolve();
    watchers.add(check);
    check();
    return promise;
  };
  const folder = await Deno.makeTempDir();
  const { port } = receiver.addr as Deno.NetAddr;
  await Deno.writeTextFile(
    `${folder}/alertmanager.yml`,
    `route: {receiver: test, group_by: [alertname], group_wait: 1s, group_interval: 1s}
receivers:
  - name: test
    webhook_configs: [{url: "http://127.0.0.1:${port}/", send_resolved: true}]
`,
  );
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port: ownPort } = listener.addr as Deno.NetAddr;
  listener.close();
  const child = new Deno.Command(path, {
    args: [
      `--config.file=${folder}/alertmanager.yml`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${ownPort}`,
      "--cluster.listen-address=",
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    const target = parseNotifyUrl(
      `alertmanager+http://127.0.0.1:${ownPort}`,
    ) as NotifyUrl;
    const post = async (events: readonly TroubleEvent[]) => {
      const message = { events, nowMs: Date.now() };
      return await postMessage(target, formatMessage(target, message));
    };
    const rigs = Array.from({ length: 50 }, (_, n) => `rig-${n}`);
    const begun = rigs.map((rig) => makeEvent(rig, "begins"));
    // It takes a moment to start, and refuses until then.
    while ((await post(begun)).failure !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    // It sends the first at once, as they began long ago, and then the group.
    const findWhole = () => notices.find(({ alerts }) => alerts.length === 50);
    await until(() => findWhole() !== undefined);
    const whole = findWhole();
    assertEquals(whole?.status, "firing");
    assertEquals(whole?.alerts[0]?.labels["code"], "hot");
    assertEquals(
      whole?.alerts[0]?.annotations["description"],
      "Board 0 has 101 °C; 85 °C are allowed",
    );
    const ended = rigs.map((rig) => makeEvent(rig, "ends"));
    assertEquals(await post(ended), { status: 200 });
    const listResolved = () =>
      new Set(
        notices.flatMap(({ alerts }) => alerts)
          .filter(({ status }) => status === "resolved")
          .map(({ labels }) => labels["rig"]),
      );
    await until(() => listResolved().size === 50);
    assertEquals(listResolved(), new Set(rigs));
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await Deno.remove(folder, { recursive: true });
  }
}

const NAME =
  "a real Alertmanager groups what the gateway tells, and resolves it";
if ("missing" in FOUND) {
  const { missing, isFailure } = FOUND;
  Deno.test({
    name: `${NAME} (${isFailure ? "failed" : "skipped"}: ${missing})`,
    ignore: !isFailure,
    fn(): never {
      throw new Error(`The test with Alertmanager ${missing}`);
    },
  });
} else {
  Deno.test(NAME, () => run(FOUND.path));
}
