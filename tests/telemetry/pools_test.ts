import { assertEquals } from "jsr:@std/assert@1";
import { readPools, readPoolUrl } from "../../telemetry/pools.ts";
import type { Pool } from "../../telemetry/telemetry.ts";

type Members = Readonly<Record<string, unknown>>;

/** When the replies here were given. */
const WHEN = 1_576_765_846;

function read(pools: readonly Members[], when = WHEN): readonly Pool[] {
  const STATUS = [{ STATUS: "S", When: when, Code: 7 }];
  return readPools({ pools: { STATUS, POOLS: pools } }) ?? [];
}

function listActive(pools: readonly Members[]): number[] {
  return read(pools).filter(({ isActive }) => isActive)
    .map(({ index }) => index);
}

function readLastShare(value: unknown, when?: number): number | undefined {
  return read([{ "Last Share Time": value }], when)[0]?.lastShareTimeS;
}

function readDifficulty(pool: Members): number | undefined {
  return read([pool])[0]?.difficulty;
}

Deno.test("readPools() reads a pool, and not its user", () => {
  const pool = {
    "POOL": 0,
    "URL": "stratum+tcp://btc.luxor.tech:700",
    "Status": "Alive",
    "Priority": 0,
    "Accepted": 457459,
    "Rejected": 518,
    "Discarded": 0,
    "Stale": 95,
    "User": "account.worker",
    "Last Share Time": 1576765840,
    "Stratum Active": true,
    "Stratum Difficulty": 54954,
  };
  assertEquals(read([pool]), [{
    index: 0,
    url: "stratum+tcp://btc.luxor.tech:700",
    status: "Alive",
    isUp: true,
    priority: 0,
    shares: { accepted: 457459, rejected: 518, stale: 95, discarded: 0 },
    difficulty: 54954,
    lastShareTimeS: 1576765840,
    isActive: true,
  }]);
});

Deno.test("readPools() tells no pools from not being told", () => {
  assertEquals(readPools({}), undefined);
  assertEquals(readPools({ pools: { STATUS: [{ STATUS: "S" }] } }), undefined);
  assertEquals(readPools({ pools: { POOLS: [] } }), []);
  const error = { STATUS: [{ STATUS: "E", Code: 8, Msg: "No pools" }], id: 1 };
  assertEquals(readPools({ pools: error }), []);
  const unknown = { STATUS: [{ STATUS: "E", Code: 14 }], id: 1 };
  assertEquals(readPools({ pools: unknown }), undefined);
});

Deno.test("readPools() leaves out slots that nobody filled", () => {
  const pools = [
    { POOL: 0, URL: "stratum+tcp://pool:1", Status: "Alive" },
    { POOL: 1, URL: "", Status: "Dead" },
    { POOL: 2, Status: "Dead" },
  ];
  assertEquals(read(pools).map(({ index }) => index), [0, 2]);
});

Deno.test("readPools() gives each pool a number of its own", () => {
  assertEquals(read([{}, {}]).map(({ index }) => index), [0, 1]);
  assertEquals(read([{ POOL: 1 }, { POOL: 1 }]).length, 1);
});

Deno.test("readPools() says what a status means, where that is known", () => {
  const statuses: readonly (readonly [string, boolean | undefined])[] = [
    ["Alive", true],
    ["Dead", false],
    ["Deed", false],
    ["Disabled", undefined],
    ["Rejecting", undefined],
  ];
  for (const [status, isUp] of statuses) {
    const [pool] = read([{ Status: status }]);
    assertEquals(pool?.isUp, isUp, status);
    assertEquals(pool?.status, status);
  }
});

Deno.test("readPools() takes the connected pool with the latest share for active", () => {
  const pools = [
    { "POOL": 0, "Stratum Active": true, "Last Share Time": "66:18:15" },
    { "POOL": 1, "Stratum Active": true, "Last Share Time": "0:00:03" },
    { "POOL": 2, "Stratum Active": false, "Last Share Time": "0:00:01" },
  ];
  assertEquals(listActive(pools), [1]);
  assertEquals(read(pools).map(({ isActive }) => isActive), [
    false,
    true,
    false,
  ]);
});

Deno.test("readPools() takes the first by priority for active where no share was sent", () => {
  const pools = [
    { "POOL": 0, "Stratum Active": true, "Priority": 2 },
    { "POOL": 1, "Stratum Active": true, "Priority": 1 },
  ];
  assertEquals(listActive(pools), [1]);
});

Deno.test("readPools() takes no dead pool for active", () => {
  const pools = [
    { "POOL": 0, "Status": "Dead", "Stratum Active": true, "Priority": 0 },
    { "POOL": 1, "Status": "Alive", "Stratum Active": true, "Priority": 1 },
  ];
  assertEquals(listActive(pools), [1]);
  assertEquals(listActive(pools.slice(0, 1)), []);
});

Deno.test("readPools() finds one active pool in each of LuxOS' groups", () => {
  const pools = [0, 0, 1, 1].map((GROUP, POOL) => ({
    POOL,
    GROUP,
    "Stratum Active": POOL !== 1,
    "Last Share Time": "00:00:01",
  }));
  assertEquals(listActive(pools), [0, 2]);
});

Deno.test("readPools() leaves open which pool is active where nothing says so", () => {
  assertEquals(read([{ POOL: 0, Status: "Alive" }]), [
    { index: 0, status: "Alive", isUp: true },
  ]);
});

Deno.test("readPools() reads when the last share was sent", () => {
  assertEquals(readLastShare(1576765840), 1576765840);
  assertEquals(readLastShare("1576765840"), 1576765840);
  assertEquals(readLastShare("0:00:12"), WHEN - 12);
  assertEquals(readLastShare("66:18:15"), WHEN - 238695);
});

Deno.test("readPools() drops a last share's time that is none", () => {
  const values = [0, "0", "", 975, -5, 1e15, null, "0:61:00", "yesterday"];
  for (const value of values) assertEquals(readLastShare(value), undefined);
  const local = "Tue Jun 16 10:16:42 2020\n";
  assertEquals(readLastShare(local), undefined);
});

Deno.test("readPools() counts from no clock that was never set", () => {
  assertEquals(readLastShare("0:00:12", 986), undefined);
  assertEquals(readLastShare("0:00:12", 947_282_096), undefined);
});

Deno.test("readPools() knows that a pool without shares had no last one", () => {
  const pool = { "Accepted": 0, "Rejected": 0, "Last Share Time": "00:57:33" };
  assertEquals(read([pool])[0]?.lastShareTimeS, undefined);
  const rejected = { ...pool, Rejected: 1 };
  assertEquals(read([rejected])[0]?.lastShareTimeS, WHEN - 3453);
});

Deno.test("readPools() reads difficulties, shortened ones exactly where it can", () => {
  assertEquals(readDifficulty({ Diff: " 69.2461" }), 69.2461);
  assertEquals(readDifficulty({ Diff: "8.19K" }), 8190);
  assertEquals(readDifficulty({ Diff: "1.05M" }), 1050000);
  const exact = { "Diff": "65.5K", "Last Share Difficulty": 65536 };
  assertEquals(readDifficulty(exact), 65536);
  const other = { "Diff": "8.19K", "Last Share Difficulty": 65536 };
  assertEquals(readDifficulty(other), 8190);
  assertEquals(
    readDifficulty({ "Stratum Difficulty": 0, "Diff": "" }),
    undefined,
  );
});

Deno.test("readPoolUrl() keeps who mines out of a URL", () => {
  const urls: readonly (readonly [string, string | undefined])[] = [
    ["stratum+tcp://pool.example:3333", "stratum+tcp://pool.example:3333"],
    ["stratum+tcp://me:secret@pool:3333", "stratum+tcp://pool:3333"],
    ["me@mail.example:secret@pool:3333", "pool:3333"],
    ["http://pool:8888/0xabc/rig1/me@mail", undefined],
    ["http://pool:8888/0xabc/rig1", "http://pool:8888"],
    ["http://pool:8888/?token=secret", "http://pool:8888"],
    ["stratum+tcp://me:p/w@pool:3333", undefined],
    ["stratum+tcp://pool:3333,me,secret", "stratum+tcp://pool:3333"],
    ["stratum+tcp://aaa.com:9999#xnsub", "stratum+tcp://aaa.com:9999#xnsub"],
    ["stratum+tcp://[fd00::1]:3333", "stratum+tcp://[fd00::1]:3333"],
    ["DevFee", undefined],
    ["*", undefined],
    [`stratum+tcp://${"me".repeat(100)}:secret@pool:3333`, undefined],
    ["", undefined],
  ];
  for (const [text, url] of urls) {
    assertEquals(readPoolUrl({ URL: text }), url, text);
  }
});

Deno.test("readPoolUrl() keeps the public key of Stratum V2", () => {
  const url = "stratum2+tcp://v2.stratum.example:3336/" +
    "9awtMD5KQgvRUh2yFbjVeT7b6hjipWcAsQHd6wEhgtDT9soosna";
  assertEquals(readPoolUrl({ URL: url }), url);
});

Deno.test("readPoolUrl() takes the host of Stratum where there is no URL", () => {
  assertEquals(readPoolUrl({ "Stratum URL": "pool.example" }), "pool.example");
});

Deno.test("readPools() makes no pool of what a rig says instead of pools", () => {
  const Msg = { btmineroff: "true", "Firmware Version": "'1.REL'" };
  const pools = { STATUS: "S", When: WHEN, Code: 131, Msg };
  assertEquals(readPools({ pools }), undefined);
});

Deno.test("readPools() drops priorities that are no choices", () => {
  const pools = [
    { POOL: 0, Priority: 16_842_753 },
    { POOL: 1, Priority: 2 },
    { POOL: 2, Priority: 701 },
  ];
  assertEquals(read(pools).map(({ priority }) => priority), [
    undefined,
    2,
    701,
  ]);
});
