import { assert, assertEquals, assertMatch } from "jsr:@std/assert@1";
import {
  parseAllowList,
  parseGroups,
} from "../../../gateway/access/access_list.ts";
import { ASSETS } from "../../../dashboard/assets.ts";
import { authHeaders } from "../../../dashboard/token.ts";
import { FleetHistory } from "../../../gateway/watch/history.ts";
import { TokenCheck } from "../../../gateway/access/token.ts";
import { COMMANDS } from "../../../rpc/commands.ts";
import { type GatewayOptions, GatewayServer } from "../../gateway_server.ts";
import { sendRequest } from "../../raw_http.ts";
import { replyAfter, ScriptedRig } from "../../scripted_rig.ts";

async function measureCompressed(text: string): Promise<number> {
  const stream = new Blob([text]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).bytes()).length;
}

const HERE = { hostname: "127.0.0.1", port: 4028 };

function allow(list: string, groupList = ""): GatewayOptions {
  const groups = parseGroups(groupList);
  return {
    policy: {
      rules: parseAllowList(list, groups),
      groups,
      hasToken: true,
      isTokenForReads: false,
      allowedHosts: [],
      corsOrigins: [],
    },
    tokens: new TokenCheck("secret"),
  };
}

const NAMES = COMMANDS.map(({ name }) => name);
const READS = COMMANDS.filter(({ group }) => group === "R").map(({ name }) =>
  name
);

Deno.test("/-/access tells which commands this client may send", async () => {
  const cases: [list: string, groups: string, allowed: string[]][] = [
    ["W:0/0", "", NAMES],
    ["R:0/0", "", READS],
    ["P:0/0", "P:switchpool:summary", ["summary", "switchpool"]],
  ];
  for (const [list, groups, allowed] of cases) {
    await using gateway = GatewayServer.start(HERE, allow(list, groups));
    const response = await fetch(gateway.url("/-/access"));
    const access = await response.json();
    assertEquals(access.allowed.toSorted(), allowed.toSorted(), list);
    assertEquals([access.hasToken, access.defaultRig], [true, "default"]);
    assertEquals(access.commands.length, COMMANDS.length);
  }
});

Deno.test("/-/access tells who brings the token that it may send all", async () => {
  await using gateway = GatewayServer.start(HERE, allow("R:0/0"));
  const headers = { authorization: "Bearer secret" };
  const response = await fetch(gateway.url("/-/access"), { headers });
  const { allowed, group } = await response.json();
  assertEquals([allowed.length, group], [NAMES.length, "W"]);
});

Deno.test("/-/access asks everyone for a token, but scripts not by way of the browser", async () => {
  await using gateway = GatewayServer.start(HERE, allow("R:10/8"));
  const readChallenge = async (headers: HeadersInit) => {
    const response = await fetch(gateway.url("/-/access"), { headers });
    await response.body?.cancel();
    return [response.status, response.headers.get("www-authenticate")];
  };
  const bearer = 'Bearer realm="chi-server"';
  const basic = 'Basic realm="chi-server", charset="UTF-8"';
  assertEquals(await readChallenge({}), [401, `${basic}, ${bearer}`]);
  assertEquals(await readChallenge(authHeaders()), [401, bearer]);
});

/** A gateway whose rig `default`, of the site `barn`, was asked twice. */
function serveHistory(): GatewayServer {
  const history = new FleetHistory();
  const rigs = [{ name: "default", ...HERE, tags: { site: "barn" } }];
  const gateway = GatewayServer.start(rigs, { history });
  const nowS = Math.floor(Date.now() / 1000);
  for (const timeS of [nowS - 120, nowS - 60]) {
    history.record(
      gateway.fleet.defaultRig,
      1,
      { hashrate: { "5s": 5 }, powerW: 9 },
      { timeS, takenS: timeS },
    );
    history.endRound();
  }
  return gateway;
}

Deno.test("/-/history tells of one rig, of those of a tag, or of all, as JSON or CSV", async () => {
  await using gateway = serveHistory();
  const read = async (query: string, accept = "*/*") => {
    const response = await fetch(gateway.url(`/-/history${query}`), {
      headers: { accept },
    });
    assertEquals(response.headers.get("vary"), "Accept");
    return [response.headers.get("content-type"), await response.text()];
  };
  const fields = { hashrate: 5, powerW: 9 };
  for (
    const [query, member, extra] of [
      ["", {}, { up: 1, down: 0 }],
      ["?tag=site:barn", { tag: "site:barn" }, { up: 1, down: 0 }],
      ["?rig=default", { rig: "default" }, { state: "up" }],
    ] as const
  ) {
    const [type, text = ""] = await read(query);
    assertEquals(type, "application/json");
    const { points, stepS, from, to, since, ...rest } = JSON.parse(text ?? "");
    assertEquals([rest, stepS], [member, 60]);
    assertEquals(points.length, 2);
    const [{ timeS, ...first }] = points;
    assertEquals(first, { ...fields, ...extra });
    assertEquals(new Date(timeS * 1000).toISOString(), since);
    assertEquals(Date.parse(to) - Date.parse(from), 21_601_000);
  }
  const [type, csv] = await read("?rig=default&step=300&format=csv");
  assertEquals(type, "text/csv; charset=utf-8; header=present");
  const [names, ...lines] = csv?.trimEnd().split("\r\n") ?? [];
  assertEquals(
    names,
    "time,hashrate,celsius,powerW,accepted,rejected,state,upRatio",
  );
  assert(lines.every((line) => line.endsWith("Z,5,,9,,,up,")));
  assertEquals((await read("?rig=default", "text/csv"))[0], type);
  assertEquals((await read("?format=json", "text/csv"))[0], "application/json");
  const [, none = ""] = await read("?from=2001-01-01&to=2001-01-02");
  assertEquals(JSON.parse(none ?? "").points, []);
});

Deno.test("/-/history names what it cannot read", async () => {
  await using gateway = serveHistory();
  for (
    const [query, expected] of [
      ["rig=nosuch", [404, "unknown-rig", "nosuch"]],
      ["tag=site:nosuch", [404, "unknown-rig", "site:nosuch"]],
      ["tag=barn", [400, "bad-request", "tag=barn"]],
      ["rig=default&tag=site:barn", [400, "bad-request", "rig and tag"]],
      ["from=yesterday", [400, "bad-request", 'from="yesterday"']],
      ["to=", [400, "bad-request", 'to=""']],
      ["step=-1", [400, "bad-request", 'step="-1"']],
      ["step=1e2", [400, "bad-request", 'step="1e2"']],
      ["format=xml", [400, "bad-request", "format=xml"]],
      ["from=20&to=10", [400, "bad-request", "from is not before to"]],
    ] as const
  ) {
    const response = await fetch(gateway.url(`/-/history?${query}`));
    const { code, detail } = await response.json();
    const [status, expectedCode, words] = expected;
    assertEquals([response.status, code], [status, expectedCode], query);
    assert(detail.includes(words), detail);
  }
});

Deno.test("the dashboard's files are served with their type, and weigh little", async () => {
  await using gateway = GatewayServer.start(HERE);
  let length = 0;
  for (const [name, { text, type }] of ASSETS) {
    const response = await fetch(gateway.url(`/-/assets/${name}`));
    assertEquals(response.headers.get("content-type"), type);
    assertEquals(response.headers.get("x-content-type-options"), "nosniff");
    assertEquals(await response.text(), text, name);
    length += await measureCompressed(text);
  }
  // What a browser transfers: the server compresses what is text.
  assert(length < 150_000, `${length}`);
  for (const name of ["", "nosuch.js", "../index.html", "app.js/x"]) {
    const response = await fetch(gateway.url(`/-/assets/${name}`));
    assertEquals((await response.json()).code, "not-found", name);
  }
});

Deno.test("the dashboard's files are served to whoever may read nothing", async () => {
  const groups = parseGroups("");
  await using gateway = GatewayServer.start(HERE, {
    policy: {
      rules: parseAllowList("W:192.0.2.1", groups),
      groups,
      hasToken: false,
      isTokenForReads: false,
      allowedHosts: [],
      corsOrigins: [],
    },
  });
  const read = async (path: string) => {
    const response = await fetch(gateway.url(path));
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await read("/-/assets/app.js"), 200);
  assertEquals(await read("/-/access"), 403);
  assertEquals(await read("/-/rigs"), 403);
});

Deno.test("the dashboard opens for whoever may read nothing, and says so itself", async () => {
  await using gateway = GatewayServer.start(HERE, {
    policy: {
      rules: parseAllowList("R:127.0.0.1", parseGroups("")),
      groups: parseGroups(""),
      hasToken: true,
      isTokenForReads: true,
      allowedHosts: [],
      corsOrigins: [],
    },
    tokens: new TokenCheck("secret-of-the-test"),
  });
  const open = async (path: string, headers: Record<string, string> = {}) => {
    const response = await sendRequest(gateway.port, path, {
      headers: {
        accept: "text/html",
        "sec-fetch-mode": "navigate",
        "sec-fetch-site": "none",
        ...headers,
      },
    });
    const { status } = response;
    const type = response.headers.get("content-type");
    const challenge = response.headers.get("www-authenticate");
    return [status, type, challenge];
  };
  const bearer = 'Bearer realm="chi-server"';
  const html = "text/html; charset=utf-8";
  assertEquals(await open("/"), [401, html, bearer]);
  assertEquals(await open("/@nope/"), [401, html, bearer]);
  const authorization = "Bearer secret-of-the-test";
  assertEquals(await open("/", { authorization }), [200, html, null]);
  const problem = "application/problem+json";
  const both = `Basic realm="chi-server", charset="UTF-8", ${bearer}`;
  assertEquals(await open("/summary"), [401, problem, both]);
  // What was led here by another page, or says that it is a script, sees none.
  assertEquals(
    await open("/", { "sec-fetch-mode": "cors" }),
    [401, problem, both],
  );
  assertEquals(
    (await open("/", { host: "evil.example" })).slice(0, 2),
    [403, problem],
  );
});

Deno.test("HEAD tells no length of what is a stream", async () => {
  await using gateway = GatewayServer.start(HERE);
  const stream = { accept: "text/event-stream" };
  for (
    const [path, headers] of [
      ["/metrics", {}],
      ["/-/rigs", {}],
      ["/-/rigs", stream],
      ["/summary", stream],
    ] as const
  ) {
    const response = await sendRequest(gateway.port, path, {
      method: "HEAD",
      headers,
    });
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("content-length"), null, path);
  }
});

Deno.test("pages that are open to everyone are closed to other people's pages", async () => {
  await using gateway = GatewayServer.start(HERE);
  for (const path of ["/-/healthz", "/-/readyz", "/-/assets/app.js"]) {
    const read = async (host: string, headers: Record<string, string>) => {
      const { status } = await sendRequest(gateway.port, path, {
        host,
        headers,
      });
      return status;
    };
    const browser = { "user-agent": "Mozilla/5.0" };
    assertEquals(await read("127.0.0.1", browser), 200);
    assertEquals(await read("rig.example.com", {}), 200);
    assertEquals(await read("rig.example.com", browser), 403);
    assertEquals(await read("127.0.0.1", { origin: "https://a.example" }), 403);
  }
});

Deno.test("what a rig was to be asked has a Server-Timing, whatever came of it", async () => {
  const ready = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(
    replyAfter(() => ready.promise, '{"id":1}'),
  );
  await using gateway = GatewayServer.start(rig, { maxWaitingCalls: 0 });
  const running = fetch(gateway.url("/version"));
  await rig.untilRequests(1);
  const refused = await fetch(gateway.url("/summary"));
  const all = await fetch(gateway.url("/@all/pools"));
  ready.resolve();
  for (const response of [await running, refused, all]) {
    await response.text();
    const timing = response.headers.get("server-timing") ?? "";
    assertMatch(timing, /^queue;dur=[\d.]+, rpc;dur=[\d.]+$/);
  }
  assertEquals(refused.status, 503);
});
