// Attacks on group R: commands that shall pass for one that only reports, by
// every way in. The client may read, and nothing else (--allow R:0/0).

import { assert, assertEquals } from "jsr:@std/assert@1";
import { COMMANDS } from "../../rpc/commands.ts";
import {
  assertRefused,
  type AttackedGateway,
  REPLY,
  SUMMARY,
  testAttack,
} from "./attacked_gateway.ts";

const READ_ONLY = { flags: ["--allow=R:0/0"] };

/** What may be said to a command that the client may not send. */
const DENIED = "command-denied";

/** Sends a command by every way in; each must refuse it. */
async function refuseEveryWay(
  gateway: AttackedGateway,
  command: string,
): Promise<void> {
  const escaped = encodeURIComponent(command);
  for (
    const target of [
      `/${escaped}`,
      `/${escaped}/1`,
      `/@garage/${escaped}`,
      `/@default/${escaped}/1`,
      `/@all/${escaped}`,
      `/%40garage/${escaped}`,
      `/summary%2B${escaped}`,
      `/${escaped}?raw`,
    ]
  ) {
    for (const method of ["GET", "HEAD"]) {
      await gateway.refuse(DENIED, target, { method });
    }
    await gateway.refuse(DENIED, target, { method: "POST", body: "" });
    await gateway.refuse(DENIED, target, {
      headers: { accept: "text/event-stream" },
    });
  }
  for (const target of ["/", "/@garage", "/@all/", "/?raw"]) {
    for (const parameter of [undefined, "1"]) {
      const body = JSON.stringify({ command, parameter });
      assertRefused(
        await gateway.post(body, {}, target),
        DENIED,
        `${target} ${body}`,
      );
    }
  }
}

function attackWith(commands: readonly string[]) {
  return async (gateway: AttackedGateway): Promise<void> => {
    for (const command of commands) await refuseEveryWay(gateway, command);
  };
}

testAttack("A write past a read-only list, by every way in", {
  ...READ_ONLY,
  attack: attackWith(["quit", "nosuchcommand"]),
});

testAttack("Every command that is known to write", {
  ...READ_ONLY,
  async attack(gateway) {
    const writes = COMMANDS.filter(({ group }) => group === "W");
    assert(writes.length > 20);
    for (const { name } of writes) await gateway.refuse(DENIED, `/${name}`);
  },
});

testAttack("A joined command", {
  ...READ_ONLY,
  attack: attackWith([
    "summary+quit",
    "quit+summary",
    "+quit",
    "quit+",
    "summary++quit",
    "summary+devs+pools+quit",
    "summary+ quit",
  ]),
});

testAttack("A cased command", {
  ...READ_ONLY,
  // The long s and the Kelvin sign are letters of ASCII in another case.
  attack: attackWith(["Quit", "QUIT", "Summary", "SUMMARY", "ſummary", "devſ"]),
});

testAttack("An escaped command", {
  ...READ_ONLY,
  async attack(gateway) {
    for (
      const target of [
        "/%71uit",
        "/%71%75%69%74",
        "/summary%2bquit",
        "/%2571uit",
        "/@garage/%71uit",
        "/@%67arage/quit",
        "/%40all/quit",
        "/\\u0071uit",
        "/&#113;uit",
        "/=?utf-8?q?quit?=",
      ]
    ) {
      await gateway.refuse(DENIED, target);
    }
    for (const target of ["/%ff%71uit", "/%c1%b1uit", "/quit%", "/%u0071uit"]) {
      await gateway.refuse("bad-request", target);
    }
    assertRefused(
      await gateway.post('{"\\u0063ommand":"\\u0071uit"}'),
      DENIED,
      "JSON escapes",
    );
  },
});

testAttack("A spaced command", {
  ...READ_ONLY,
  attack: attackWith([
    " quit",
    "quit ",
    "summary ",
    " summary",
    "summary quit",
    "\tsummary",
    "summary\u00a0",
    "\ufeffsummary",
    "sum\u200bmary",
  ]),
});

testAttack("A piped command", {
  ...READ_ONLY,
  attack: attackWith([
    "summary|quit",
    "quit|summary",
    "|quit",
    "summary|",
    "summary;quit",
    "summary,quit",
    "summary&quit",
  ]),
});

testAttack("A newlined command", {
  ...READ_ONLY,
  attack: attackWith([
    "summary\nquit",
    "summary\r\nquit",
    "\nquit",
    "summary\n",
    "summary\u2028quit",
  ]),
});

testAttack("A command with a NUL", {
  ...READ_ONLY,
  async attack(gateway) {
    for (const target of ["/summary%00quit", "/summary%00", "/%00quit"]) {
      await gateway.refuse([DENIED, "bad-request"], target);
    }
    await gateway.refuse("bad-request", "/summary/a%00b");
  },
});

testAttack("A command that is a name of JavaScript", {
  ...READ_ONLY,
  attack: attackWith(["__proto__", "constructor", "toString", "*", "R"]),
});

testAttack("A command that ends the JSON, or begins its own", {
  ...READ_ONLY,
  attack: attackWith([
    'summary","command":"quit',
    '{"command":"quit"}',
    'summary"}{"command":"quit"}',
    "summary\\",
  ]),
  async allowed(gateway) {
    // In a parameter it is a parameter.
    const { status } = await gateway.send(
      `/check/${encodeURIComponent('x","command":"quit')}`,
    );
    assertEquals(status, 200);
  },
  reaches: ['{"command":"check","parameter":"x\\",\\"command\\":\\"quit"}'],
});

testAttack("Duplicate JSON members", {
  ...READ_ONLY,
  async attack(gateway) {
    for (
      const body of [
        '{"command":"summary","command":"quit"}',
        '{"command":"summary","\\u0063ommand":"quit"}',
        '{"command":"quit","command":"quit"}',
      ]
    ) {
      assertRefused(await gateway.post(body), DENIED, body);
    }
  },
  async allowed(gateway) {
    // What is checked is what is sent, and the other is not.
    const body = '{"command":"quit","command":"summary","command":"summary"}';
    assertEquals((await gateway.post(body)).body, REPLY);
  },
});

testAttack("Extra JSON members (cmd, token) from who may only read", {
  ...READ_ONLY,
  async attack(gateway) {
    for (
      const body of [
        '{"cmd":"quit"}',
        '{"cmd":"summary"}',
        '{"Command":"summary"}',
        '{"__proto__":{"command":"summary"}}',
        '{"command":["summary","quit"]}',
        '{"command":{"command":"quit"}}',
        '{"command":"summary","parameter":{"cmd":"quit"}}',
        '[{"command":"summary"}]',
        '"summary"',
      ]
    ) {
      assertRefused(await gateway.post(body), "bad-request", body);
    }
    const body = '{"command":"quit","cmd":"summary","group":"W","allow":true}';
    assertRefused(await gateway.post(body), DENIED, body);
    for (
      const member of [
        '"cmd":"quit"',
        '"token":"admin"',
        '"host":"127.0.0.1"',
        '"rig":"garage"',
        '"__proto__":{"command":"quit"}',
        '"":0',
      ]
    ) {
      const body = `{"command":"summary",${member}}`;
      assertRefused(await gateway.post(body), "bad-request", body);
    }
  },
  async allowed(gateway) {
    const { status } = await gateway.post('{"command":"summary"}');
    assertEquals(status, 200);
  },
});

testAttack("A command that is known to crash its miner", {
  // This client may write, and still has to insist.
  async attack(gateway) {
    for (
      const target of [
        "/setconfig",
        "/setconfig/",
        "/addprofile",
        "/summary+setconfig",
        "/@garage/setconfig",
        "/@all/setconfig",
        "/@all/addprofile?raw",
      ]
    ) {
      for (const method of ["GET", "POST"]) {
        const refused = await gateway.send(target, { method });
        assertRefused(refused, "bad-request", `${method} ${target}`);
      }
    }
    for (
      const body of [
        '{"command":"setconfig"}',
        '{"command":"setconfig","parameter":""}',
        '{"command":"setconfig","parameter":null}',
        '{"command":"setconfig","name":"queue","value":1}',
        '{"command":"addprofile","Parameter":"scrypt:ckolivas"}',
      ]
    ) {
      assertRefused(await gateway.post(body), "bad-request", body);
    }
  },
});

testAttack("HEAD of a write", {
  // This client may write, so that the method alone decides.
  async attack(gateway) {
    for (
      const target of [
        "/quit",
        "/switchpool/1",
        "/summary+quit",
        "/@garage/quit",
        "/@all/quit",
        "/nosuchcommand",
      ]
    ) {
      const { status, headers } = await gateway.send(target, {
        method: "HEAD",
      });
      assertEquals([target, status], [target, 405]);
      assertEquals(headers.get("allow"), "GET, POST, OPTIONS");
    }
  },
  async allowed(gateway) {
    const { status, body } = await gateway.send("/summary", { method: "HEAD" });
    assertEquals([status, body], [200, ""]);
  },
});

testAttack("A method that overrides the method", {
  ...READ_ONLY,
  async attack(gateway) {
    for (const method of ["PUT", "DELETE", "PATCH", "TRACE", "QUIT", "get"]) {
      await gateway.refuse("method-not-allowed", "/summary", { method });
    }
    for (const name of ["x-http-method-override", "x-method-override"]) {
      await gateway.refuse(DENIED, "/quit", {
        headers: { [name]: "HEAD" },
      });
    }
  },
});

testAttack("A group that names some commands", {
  needsIpv6: true,
  flags: [
    "--groups=P:switchpool:enablepool,Q:save:*",
    "--allow=P:127.0.0.1,Q:[::1]",
  ],
  attack: attackWith([
    "quit",
    "summary",
    "switchpool+quit",
    "Switchpool",
    "switchpool ",
    "save",
  ]),
  async allowed(gateway) {
    assertEquals((await gateway.send("/switchpool/1")).status, 200);
    for (const target of ["/save", "/summary", "/save+summary"]) {
      assertEquals((await gateway.sendFromIpv6(target)).status, 200);
    }
    for (const target of ["/quit", "/switchpool/1", "/save+switchpool"]) {
      assertEquals((await gateway.sendFromIpv6(target)).status, 403);
    }
  },
  reaches: [
    '{"command":"switchpool","parameter":"1"}',
    '{"command":"save"}',
    SUMMARY,
    '{"command":"save+summary"}',
  ],
});

testAttack("A group without * that reads the pages of rigs", {
  needsIpv6: true,
  flags: [
    "--groups=P:switchpool:enablepool,Q:save:*",
    "--allow=P:127.0.0.1,Q:[::1]",
  ],
  async attack(gateway) {
    const events = { headers: { accept: "text/event-stream" } };
    for (
      const target of [
        "/-/rigs",
        "/-/rigs?tag=site:barn",
        "/-/rigs?format=csv",
        "/-/rigs/garage",
        "/-/%72igs",
        "/metrics",
        "/-/metrics",
        "/probe?target=garage",
        "/-/history",
        "/-/history?rig=garage",
        "/-/sd",
        "/-/nosuchpage",
      ]
    ) {
      await gateway.refuse(DENIED, target);
      await gateway.refuse(DENIED, target, { method: "HEAD" });
      await gateway.refuse(DENIED, target, events);
    }
    for (const target of ["/summary", "/@all/stats", "/", "/@garage"]) {
      await gateway.refuse(DENIED, target, events);
    }
    // What tells nothing of rigs is shown.
    for (const target of ["/-/access", "/-/openapi.json", "/-/docs"]) {
      assertEquals((await gateway.send(target)).status, 200);
    }
  },
  async allowed(gateway) {
    assertEquals((await gateway.send("/switchpool/1")).status, 200);
    for (const target of ["/-/sd", "/-/metrics", "/-/history"]) {
      assertEquals((await gateway.sendFromIpv6(target)).status, 200);
    }
  },
  reaches: ['{"command":"switchpool","parameter":"1"}'],
});
