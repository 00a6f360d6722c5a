/**
 * Benchmarks of the pure steps before a rig is asked: `deno task bench`.
 *
 * @module
 */

import {
  DEFAULT_ALLOW,
  parseAllowList,
  parseGroups,
} from "../gateway/access/access_list.ts";
import { type GuardPolicy, guardRequest } from "../gateway/access/guard.ts";
import { formatLogLine } from "../gateway/http/log.ts";
import { parseTarget, readTarget } from "../routes.ts";
import { encodeRequest } from "../rpc.ts";
import { isReadCommand } from "../rpc/commands.ts";
import { indentJson } from "../rpc/indent.ts";

const TARGETS = {
  "a command": "/summary",
  "joined, indented": "/summary+devs+pools?pretty",
  "a rig and a parameter": "/@garage/asc/0",
  "escapes": "/addpool/stratum%2Btcp%3A%2F%2Fpool%3A3333,user,pass",
  "the longest": `/${"x".repeat(4081)}`,
};

for (const [name, target] of Object.entries(TARGETS)) {
  Deno.bench(`parseTarget: ${name}`, { group: "parseTarget" }, () => {
    parseTarget(target);
  });
}

Deno.bench("readTarget", () => {
  readTarget("http://garage.lan:8080/summary+devs?pretty");
});

Deno.bench("isReadCommand: one", { group: "isReadCommand" }, () => {
  isReadCommand("summary");
});

Deno.bench("isReadCommand: joined", { group: "isReadCommand" }, () => {
  isReadCommand("summary+devs+pools");
});

Deno.bench("encodeRequest", () => {
  encodeRequest({ command: "addpool", parameter: "stratum+tcp://p:1,u,p" });
});

const GROUPS = parseGroups("");
const POLICY: GuardPolicy = {
  rules: parseAllowList(DEFAULT_ALLOW, GROUPS),
  groups: GROUPS,
  hasToken: false,
  isTokenForReads: false,
  allowedHosts: [],
  corsOrigins: [],
};

for (
  const [name, headers] of [
    ["curl", { "user-agent": "curl/8.5.0", host: "10.0.0.7:8080" }],
    ["a browser", { "user-agent": "Mozilla/5.0", host: "garage.lan:8080" }],
  ] as const
) {
  const guarded = {
    method: "GET",
    target: { kind: "command", command: "summary+devs" },
    headers: new Headers(headers),
    address: "192.168.1.5",
    credential: "none",
  } as const;
  Deno.bench(`guardRequest: ${name}`, { group: "guardRequest" }, () => {
    guardRequest(POLICY, guarded);
  });
}

const ENTRY = {
  time: new Date(0),
  address: "192.168.1.5",
  method: "GET",
  path: "/@garage/summary",
  status: 200,
  durationMs: 1.2,
  rig: "garage",
};

Deno.bench("formatLogLine: text", { group: "formatLogLine" }, () => {
  formatLogLine(ENTRY, "text");
});

Deno.bench("formatLogLine: json", { group: "formatLogLine" }, () => {
  formatLogLine(ENTRY, "json");
});

const REPLY = JSON.stringify({
  DEVS: Array.from({ length: 200 }, (_, index) => ({
    ASC: index,
    Name: "SPN",
    Temperature: 61.5,
    "MHS av": 502211.64,
  })),
});

Deno.bench("indentJson: 14 KB", () => {
  indentJson(REPLY);
});
