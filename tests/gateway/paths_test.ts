import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { GatewayServer } from "../gateway_server.ts";
import { sendRequest } from "../raw_http.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";

const LONG = "x".repeat(4000);

/** A request target, and the bytes that must reach the rig for it. */
const SENT: readonly [target: string, request: string][] = [
  ["/", '{"command":"summary+devs"}'],
  ["/?pretty", '{"command":"summary+devs"}'],
  ["//", '{"command":"summary+devs"}'],
  ["/@default", '{"command":"summary+devs"}'],
  ["/@default/", '{"command":"summary+devs"}'],
  ["/@default?pretty", '{"command":"summary+devs"}'],
  ["/%40default/pools", '{"command":"pools"}'],
  ["/summary", '{"command":"summary"}'],
  ["/summary/", '{"command":"summary"}'],
  ["/summary+pools", '{"command":"summary+pools"}'],
  ["/summary%2Bpools", '{"command":"summary+pools"}'],
  ["/%73ummary", '{"command":"summary"}'],
  ["/Summary", '{"command":"Summary"}'],
  ["/summary%20", '{"command":"summary "}'],
  ["/nosuch", '{"command":"nosuch"}'],
  ["/+", '{"command":"+"}'],
  ["/asc/0", '{"command":"asc","parameter":"0"}'],
  ["/@default/asc/0", '{"command":"asc","parameter":"0"}'],
  ["/asc/0/", '{"command":"asc","parameter":"0/"}'],
  ["/asc//", '{"command":"asc","parameter":"/"}'],
  ["/asc/0?parameter=1", '{"command":"asc","parameter":"0"}'],
  ["/summary?command=quit&raw=0", '{"command":"summary"}'],
  ["/check/quit", '{"command":"check","parameter":"quit"}'],
  [
    "/addpool/stratum+tcp://pool:3333,user,pass",
    '{"command":"addpool","parameter":"stratum+tcp://pool:3333,user,pass"}',
  ],
  [
    "/addpool/stratum%2Btcp%3A%2F%2Fpool%3A3333,user,pass",
    '{"command":"addpool","parameter":"stratum+tcp://pool:3333,user,pass"}',
  ],
  [
    "/addpool/a%20b,us%2520er,p%3Fss",
    '{"command":"addpool","parameter":"a b,us%20er,p?ss"}',
  ],
  ["/zero/all,false", '{"command":"zero","parameter":"all,false"}'],
  ["/ascset/0,freq,500", '{"command":"ascset","parameter":"0,freq,500"}'],
  [
    "/save//etc/cgminer.conf",
    '{"command":"save","parameter":"/etc/cgminer.conf"}',
  ],
  [
    "/save/%2Fetc%2Fcgminer.conf",
    '{"command":"save","parameter":"/etc/cgminer.conf"}',
  ],
  ["/.", '{"command":"."}'],
  ["/..", '{"command":".."}'],
  ["/./summary", '{"command":".","parameter":"summary"}'],
  ["/summary/../quit", '{"command":"summary","parameter":"../quit"}'],
  ["/summary/%2e%2e/quit", '{"command":"summary","parameter":"../quit"}'],
  ["/%2e%2e%2Fquit", '{"command":"../quit"}'],
  ["//summary", '{"command":"","parameter":"summary"}'],
  ["/%2Fsummary", '{"command":"/summary"}'],
  ["/summary%2Fpools", '{"command":"summary/pools"}'],
  ["/summary%3Fpretty", '{"command":"summary?pretty"}'],
  ["/summary%23x", '{"command":"summary#x"}'],
  ["/summary|quit", '{"command":"summary|quit"}'],
  ["/summary;quit", '{"command":"summary;quit"}'],
  ["/a%22b", '{"command":"a\\"b"}'],
  ["/a%5Cb", '{"command":"a\\\\b"}'],
  ["/a\\..\\b", '{"command":"a\\\\..\\\\b"}'],
  ["/a%0Ab", '{"command":"a\\nb"}'],
  ["/a%0D%0Ab/c%09d", '{"command":"a\\r\\nb","parameter":"c\\td"}'],
  ["/%22%7D%7B", '{"command":"\\"}{"}'],
  ['/{"command":"quit"}', '{"command":"{\\"command\\":\\"quit\\"}"}'],
  ["/%C3%A9%E4%B8%AD", '{"command":"é中"}'],
  ["/addpool/%F0%9F%98%80", '{"command":"addpool","parameter":"😀"}'],
  ["/%EF%BB%BFsummary", '{"command":"\ufeffsummary"}'],
  ["/__proto__/x", '{"command":"__proto__","parameter":"x"}'],
  ["/%2Dx", '{"command":"-x"}'],
  ["/metricss", '{"command":"metricss"}'],
  [`/${LONG}`, `{"command":"${LONG}"}`],
  [
    "http://elsewhere.example/summary/1",
    '{"command":"summary","parameter":"1"}',
  ],
  ["http://elsewhere.example", '{"command":"summary+devs"}'],
];

/** A request target that no rig may hear of, with its status and code. */
const REFUSED: readonly [target: string, status: number, code: string][] = [
  ["/%", 400, "bad-request"],
  ["/summary%", 400, "bad-request"],
  ["/summary%zz", 400, "bad-request"],
  ["/asc/%4", 400, "bad-request"],
  ["/%FF", 400, "bad-request"],
  ["/%C3", 400, "bad-request"],
  ["/%C0%AFsummary", 400, "bad-request"],
  ["/%ED%A0%80", 400, "bad-request"],
  ["/summary%00", 400, "bad-request"],
  ["/asc/0%00,1", 400, "bad-request"],
  [`/${"x".repeat(4095)}`, 400, "bad-request"],
  [`/addpool/${"%22".repeat(2040)}`, 400, "bad-request"],
  ["/@nosuch/summary", 404, "unknown-rig"],
  ["/@", 404, "unknown-rig"],
  ["/@/summary", 404, "unknown-rig"],
  ["/@DEFAULT/summary", 404, "unknown-rig"],
  ["/@127.0.0.1:4028/summary", 404, "unknown-rig"],
  ["/@__proto__/summary", 404, "unknown-rig"],
  ["/favicon.ico", 404, "not-found"],
  ["/favicon.ico?x", 404, "not-found"],
  ["/-", 404, "not-found"],
  ["/-/", 404, "not-found"],
  ["/-/nosuch", 404, "not-found"],
  ["/%2D/healthz/x", 404, "not-found"],
  ["/metrics/x", 404, "not-found"],
  ["/probe/x", 404, "not-found"],
];

Deno.test("a path becomes the bytes that reach the rig", async (t) => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  await using gateway = GatewayServer.start(rig);
  for (const [target, request] of SENT) {
    await t.step(`GET ${target.slice(0, 60)}`, async () => {
      rig.requests.length = 0;
      const { status, body } = await sendRequest(gateway.port, target);
      assertEquals({ status, body, requests: rig.requests }, {
        status: 200,
        body: "{}",
        requests: [request],
      });
    });
  }
});

Deno.test("a path that no rig could read is refused before any socket opens", async (t) => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  await using gateway = GatewayServer.start(rig);
  for (const [target, status, code] of REFUSED) {
    await t.step(`GET ${target.slice(0, 60)}`, async () => {
      const response = await sendRequest(gateway.port, target);
      const problem = JSON.parse(response.body);
      assertEquals(response.status, status);
      assertEquals(
        response.headers.get("content-type"),
        "application/problem+json",
      );
      assertEquals([problem.status, problem.code], [status, code]);
      assertMatch(problem.detail, /\w/);
    });
  }
  assertEquals(rig.connectionCount, 0);
  assertEquals((await sendRequest(gateway.port, "/summary")).status, 200);
});

Deno.test("a Host that is no authority cannot change the path", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  await using gateway = GatewayServer.start(rig);
  for (const host of ["x/quit", "x?y", "a b", "x#", "a@b", "x\\quit"]) {
    const response = await sendRequest(gateway.port, "/summary", { host });
    assertEquals([host, response.status], [host, 400]);
  }
  assertEquals(rig.connectionCount, 0);
});
