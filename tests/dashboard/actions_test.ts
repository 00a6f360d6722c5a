import {
  choosePool,
  findLoss,
  joinPoolDetails,
  listNames,
  moveEntry,
  orderPools,
} from "../../dashboard/action_form.tsx";
import {
  hideSecret,
  isFailure,
  type Outcome,
  readAnswer,
  runAtRigs,
  type Sent,
} from "../../dashboard/action_runs.ts";
import {
  ACTIONS,
  type Choice,
  describeDown,
  listAllowedActions,
  listDevices,
  listPools,
  makeOrder,
  nameRigs,
  nameTarget,
  quoteText,
  type Rights,
} from "../../dashboard/action_table.ts";
import type { Member } from "../../dashboard/figures.ts";
import { authHeaders, getToken, setToken } from "../../dashboard/token.ts";
import { splitPoolDetails } from "../../rigs/simulator/controls.ts";
import { COMMANDS } from "../../rpc/commands.ts";
import type { Pool } from "../../telemetry/telemetry.ts";
import { assert, assertEquals, assertMatch } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";

const FULL = { group: "W", allowed: COMMANDS.map(({ name }) => name) };

function findAction(name: string) {
  const action = ACTIONS.find((each) => each.name === name);
  if (action === undefined) throw new Error(`No action ${name}`);
  return action;
}

/** A member of `/-/rigs`, as far as actions look at it. */
function makeRig(
  pools: readonly Pool[] | undefined,
  devices: readonly string[] = [],
): Member {
  return {
    name: "a",
    state: "up",
    telemetry: {
      ...(pools === undefined ? {} : { pools }),
      devices: devices.map((name) => ({ name })),
    },
  };
}

Deno.test("ACTIONS has only commands that write, and each that hurts asks", () => {
  const groups = new Map(COMMANDS.map(({ name, group }) => [name, group]));
  for (const { commands = {} } of ACTIONS) {
    for (const command of Object.values(commands)) {
      assertEquals([command, groups.get(command)], [command, "W"]);
    }
  }
  assertEquals(
    ACTIONS.filter(({ isAsked }) => isAsked).map(({ name }) => name),
    ["removepool", "replacepools", "pause", "restart", "quit"],
  );
  assertEquals(
    ACTIONS.filter(({ isFinal }) => isFinal).map(({ name }) => name),
    ["quit"],
  );
});

Deno.test("ACTIONS says in one sentence what will happen, to what", () => {
  const words = {
    target: "Rig a",
    pool: "pool 1",
    device: "ASC0",
    order: "1, 0",
    watts: "3000 W",
  };
  for (const { describe, needs } of ACTIONS) {
    const sentence = describe(words);
    assertMatch(sentence, /^Rig a will [^.]+\.$/);
    if (needs === "pool") assertMatch(sentence, /pool 1/);
    if (needs === "device") assertMatch(sentence, /ASC0/);
    if (needs === "order") assertMatch(sentence, /1, 0/);
    if (needs === "watts") assertMatch(sentence, /3000 W/);
  }
});

/** Rigs by what their telemetry says of them. */
const MAKES = {
  cgminer: { software: "cgminer" },
  whatsminer: { software: "btminer" },
  luxos: { software: "LUXminer" },
  braiins: { software: "BOSminer" },
  avalon: { software: "cgminer", model: "AvalonMiner 1246" },
  cpuminer: { software: "cpuminer" },
};

function makeRigOf(make: keyof typeof MAKES, name: string = make): Member {
  return { name, state: "up", telemetry: { miner: MAKES[make] } };
}

const POOLS = "switchpool enablepool disablepool removepool addpool ";
const DEVICES = "poolpriority enabledevice disabledevice ";

Deno.test("listAllowedActions() gives what a rig's make has", () => {
  const list = (...makes: (keyof typeof MAKES)[]) =>
    listAllowedActions(FULL, makes.map((make) => makeRigOf(make)))
      .map(({ name }) => name).join(" ");
  assertEquals(list("cgminer"), `${POOLS}${DEVICES}zero restart quit`);
  assertEquals(
    list("whatsminer"),
    "replacepools pause resume powerlimit locate locateoff restart",
  );
  assertEquals(
    list("luxos"),
    `${POOLS}pause resume powerlimit locate locateoff restart`,
  );
  assertEquals(list("braiins"), `${POOLS}pause resume`);
  assertEquals(
    list("avalon"),
    `${POOLS}${DEVICES}pause resume locate locateoff zero restart quit`,
  );
  assertEquals(list("cpuminer"), "quit");
  // Of a selection, what all have.
  assertEquals(
    list("whatsminer", "luxos", "avalon"),
    "pause resume locate locateoff restart",
  );
  assertEquals(list("cgminer", "braiins"), POOLS.trim());
});

Deno.test("listAllowedActions() gives only what the gateway allows", () => {
  const list = (access: Rights, make: keyof typeof MAKES = "cgminer") =>
    listAllowedActions(access, [makeRigOf(make)]).map(({ name }) => name);
  assertEquals(list({ group: "R", allowed: ["summary"] }), []);
  assertEquals(list({ group: "R", allowed: ["summary"] }, "whatsminer"), []);
  const some = {
    group: "P",
    allowed: ["summary", "switchpool", "pgadisable", "restart"],
  };
  assertEquals(list(some), ["switchpool", "disabledevice", "restart"]);
  // Its own commands stand in no list: they are for group W.
  assertEquals(list(some, "luxos"), ["switchpool"]);
});

Deno.test("makeOrder() gives each rig what its make wants", () => {
  const rigs = (Object.keys(MAKES) as (keyof typeof MAKES)[])
    .map((make) => makeRigOf(make));
  const facts = { nowS: 100.5 };
  const list = (name: string, choice?: Choice) =>
    [...makeOrder(findAction(name), rigs, choice).steps]
      .map(([rig, { command, toArguments }]) => [
        rig,
        command,
        toArguments(facts),
      ]);
  assertEquals(list("pause").slice(1, 5), [
    ["whatsminer", "power_off", { members: { respbefore: "true" } }],
    ["luxos", "curtail", { parameter: "sleep" }],
    ["braiins", "pause", {}],
    ["avalon", "ascset", { parameter: "0,softoff,1:105" }],
  ]);
  assertEquals(list("locateoff")[4], [
    "avalon",
    "ascset",
    { parameter: "0,led,1-0" },
  ]);
  assertEquals(list("powerlimit", { value: 3000 })[1], [
    "whatsminer",
    "adjust_power_limit",
    { members: { power_limit: "3000" } },
  ]);
  assertEquals(list("zero")[0], [
    "cgminer",
    "zero",
    { parameter: "all,false" },
  ]);
});

Deno.test("joinPoolDetails() escapes commas and backslashes as addpool wants", () => {
  assertEquals(
    joinPoolDetails("stratum+tcp://p:3333/#a,b", "me\\1", "x,\\"),
    "stratum+tcp://p:3333/#a\\,b,me\\\\1,x\\,\\\\",
  );
  const part = fc.string({ unit: "grapheme", minLength: 1 });
  fc.assert(fc.property(part, part, part, (url, user, password) => {
    const details = joinPoolDetails(url, user, password);
    assertEquals(splitPoolDetails(details), [url, user, password]);
  }));
});

Deno.test("listPools() gives the pools whose numbers all rigs have", () => {
  const one = makeRig([
    { index: 2, url: "c" },
    { index: 0, url: "a", isActive: true, priority: 1 },
    { index: 1, url: "b", status: "Disabled", priority: 0 },
  ]);
  const other = makeRig([
    { index: 0, url: "a", isActive: true },
    { index: 1, url: "z", status: "Alive" },
  ]);
  assertEquals(listPools([one, other]), [
    {
      index: 0,
      words: "pool 0 (a)",
      urls: "a",
      isActive: true,
      isDisabled: false,
      isEnabled: true,
      priority: 1,
    },
    {
      index: 1,
      words: "pool 1 (not the same at every rig)",
      urls: "b z",
      isActive: false,
      isDisabled: true,
      isEnabled: true,
      priority: 0,
    },
  ]);
  assertEquals(listPools([one]).map(({ index }) => index), [0, 1, 2]);
  assertEquals(listPools([one, makeRig(undefined)]), []);
  assertEquals(listPools([{ name: "b", state: "down" }]), []);
});

Deno.test("choosePool() and orderPools() take what most likely is meant", () => {
  const pools = listPools([makeRig([
    { index: 0, url: "a", isActive: true, priority: 2 },
    { index: 1, url: "b", status: "Disabled", priority: 0 },
    { index: 2, url: "c", status: "Alive", priority: 1 },
  ])]);
  const choose = (name: string) => choosePool(findAction(name), pools)?.index;
  assertEquals(choose("disablepool"), 2);
  assertEquals(choose("enablepool"), 1);
  assertEquals(orderPools(pools).map(({ index }) => index), [1, 2, 0]);
  assertEquals(choosePool(findAction("disablepool"), []), undefined);
});

Deno.test("findLoss() lets a choice stand as long as its number means its URL", () => {
  const url = `stratum+tcp://${"long.".repeat(20)}example`;
  const rig = makeRig([{ index: 0, url: "a", isActive: true }, {
    index: 1,
    url,
  }]);
  const chosen = choosePool(findAction("disablepool"), listPools([rig]));
  const find = (...rigs: Member[]) => findLoss(chosen, listPools(rigs));
  assertEquals(chosen?.index, 1);
  // Switched, or disabled: still the same pool.
  const switched = makeRig([{ index: 0, url: "a", status: "Disabled" }, {
    index: 1,
    url,
    isActive: true,
  }]);
  assertEquals(find(rig), undefined);
  assertEquals(find(switched), undefined);
  const other = makeRig([{ index: 1, url: `${url}:2` }]);
  assertMatch(find(other), /^pool 1 \(.+\) has changed: it is pool 1 \(/);
  assertMatch(find(rig, other), /has changed: .+ \(not the same at every rig/);
  assertMatch(find(makeRig([{ index: 0, url }])), /^pool 1 \(.+\) is gone$/);
  assertMatch(find(makeRig(undefined)), /is gone$/);
  assertMatch(findLoss(undefined, []), /nothing to choose/);
});

Deno.test("listNames() names five rigs, and counts the others", () => {
  assertEquals(listNames(["a", "b"]), "a, b");
  assertEquals(listNames([..."abcde"]), "a, b, c, d, e");
  assertEquals(listNames([..."abcdefg"]), "a, b, c, d, e and 2 more");
  assertEquals(listNames(["\u202e", "x".repeat(99)]).length, 38);
});

Deno.test("listDevices() gives the devices that all rigs have and commands name", () => {
  const enable = findAction("enabledevice");
  const disable = findAction("disabledevice");
  const one = makeRig([], ["ASC0", "PGA1", "GPU12", "CPU0", "chain 6"]);
  assertEquals(listDevices([one], enable, FULL), [
    { name: "ASC0", kind: "ASC", number: "0" },
    { name: "PGA1", kind: "PGA", number: "1" },
    { name: "GPU12", kind: "GPU", number: "12" },
  ]);
  assertEquals(
    listDevices([one, makeRig([], ["GPU12", "ASC9"])], enable, FULL),
    [{ name: "GPU12", kind: "GPU", number: "12" }],
  );
  const some = { group: "P", allowed: ["pgadisable"] };
  assertEquals(listDevices([one], enable, some), []);
  assertEquals(
    listDevices([one], disable, some).map(({ name }) => name),
    ["PGA1"],
  );
  const odd = makeRig([], ["ASC0 (2)", "XASC0", "ASC", "asc0", "constructor"]);
  assertEquals(listDevices([odd], enable, FULL), []);
});

Deno.test("quoteText() leaves no character that turns or hides a sentence", () => {
  assertEquals(quoteText("<img onerror=x>"), "<img onerror=x>");
  assertEquals(quoteText("a\u202eb\nc"), "aU+202EbU+000Ac");
  assertEquals([...quoteText("é".repeat(10_000))].length, 60);
  assertEquals([...quoteText("é".repeat(10_000), 1000)].length, 1000);
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const quoted = quoteText(text);
    assert(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(quoted));
    assert([...quoted].length <= 60);
  }));
});

Deno.test("nameTarget(), nameRigs() and describeDown() speak of one rig and of many", () => {
  assertEquals(nameTarget(["a"]), "Rig a");
  assertEquals(nameTarget(["a", "b"]), "Each of the 2 rigs");
  assertEquals(nameRigs(["a"]), "a");
  assertEquals(nameRigs(["a", "b"]), "2 rigs");
  const [up, down] = [{ state: "up" }, { state: "down" }] as const;
  assertEquals(describeDown([up]), "");
  assertEquals(describeDown([down]), " It does not answer now.");
  assertEquals(describeDown([up, down]), " 1 of them does not answer now.");
  assertEquals(describeDown([down, down]), " 2 of them do not answer now.");
});

Deno.test("moveEntry() exchanges neighbours, and nothing at the ends", () => {
  assertEquals(moveEntry([0, 1, 2], 1, -1), [1, 0, 2]);
  assertEquals(moveEntry([0, 1, 2], 1, 1), [0, 2, 1]);
  assertEquals(moveEntry([0, 1, 2], 0, -1), [0, 1, 2]);
  assertEquals(moveEntry([0, 1, 2], 2, 1), [0, 1, 2]);
});

Deno.test("readAnswer() reads the STATUS of every kind of miner", () => {
  const status = { STATUS: "E", When: 1, Code: 8, Msg: "Invalid pool id 9" };
  assertEquals(readAnswer({ STATUS: [status], id: 1 }), {
    letter: "E",
    message: "Invalid pool id 9",
  });
  assertEquals(readAnswer({ STATUS: "RESTART", id: 1 }), {
    letter: "S",
    message: "RESTART",
  });
  assertEquals(readAnswer({ STATUS: "S", Msg: { ok: 1 }, Code: 131 }), {
    letter: "S",
    message: '{"ok":1}',
  });
  const denied = { STATUS: "E", Code: 45, Msg: "permission denied" };
  const { hint = "", ...rest } = readAnswer(denied);
  assertEquals(rest, { letter: "E", message: "permission denied" });
  assertMatch(hint, /password-file/);
  assertEquals(readAnswer({ STATUS: [denied] }), rest);
  for (const reply of [null, 1, [], {}, { STATUS: [] }, { STATUS: [null] }]) {
    assert(isFailure(readAnswer(reply)), JSON.stringify(reply));
  }
});

Deno.test("isFailure() takes E, F and problems, and not warnings", () => {
  const letters = ["S", "I", "W", "E", "F"];
  assertEquals(letters.filter((letter) => isFailure({ letter })), ["E", "F"]);
  assertEquals(isFailure({ problem: {} }), true);
});

Deno.test("hideSecret() hides a password however a miner repeats it", () => {
  const details = joinPoolDetails("u", "me", 'p,a"\\ss');
  const escaped = details.replace(/["\\]/g, "\\$&");
  for (const text of [details, escaped]) {
    assertEquals(
      hideSecret(`Invalid addpool details '${text}'`, 'p,a"\\ss'),
      "Invalid addpool details 'u,me,•••'",
    );
  }
  assertEquals(hideSecret("Example fixed: x", "x"), "Example fixed: •••");
  assertEquals(hideSecret("Added", undefined), "Added");
});

/** A reply of STATUS alone. */
function reply(letter: string, message: string) {
  return { reply: { STATUS: [{ STATUS: letter, Msg: message }], id: 1 } };
}

Deno.test("runAtRigs() asks each rig once, and at most 16 at a time", async () => {
  const rigs = Array.from(
    { length: 100 },
    (_, index) => makeRigOf("cgminer", `rig-${index}`),
  );
  const names = rigs.map(({ name }) => name);
  const asked: string[] = [];
  const answered: string[] = [];
  let running = 0;
  let most = 0;
  await runAtRigs(
    makeOrder(findAction("addpool"), rigs, {
      parameter: "u,me,pw",
      secret: "pw",
    }),
    (name, { message }) => {
      assertEquals(message, "no •••");
      answered.push(name);
    },
    async (name, command, given) => {
      assertEquals([command, given], ["addpool", { parameter: "u,me,pw" }]);
      asked.push(name);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      return reply("E", "no pw");
    },
  );
  assertEquals(asked, names);
  assertEquals(answered.toSorted(), names.toSorted());
  assertEquals(most, 16);
});

Deno.test("runAtRigs() asks for the report that a make's action needs", async () => {
  const run = async (watts: number, profiles: Sent) => {
    const order = makeOrder(findAction("powerlimit"), [makeRigOf("luxos")], {
      value: watts,
    });
    const asked: unknown[] = [];
    let outcome: Outcome = {};
    await runAtRigs(order, (_, each) => outcome = each, (...request) => {
      asked.push(request);
      return Promise.resolve(
        request[1] === "profiles" ? profiles : reply("S", "Profile Set"),
      );
    });
    return { asked, outcome };
  };
  const known = {
    reply: { PROFILES: [{ "Profile Name": "low", Watts: 784 }] },
  };
  assertEquals(await run(1000, known), {
    asked: [["luxos", "profiles"], ["luxos", "profileset", {
      parameter: "low",
    }]],
    outcome: { letter: "S", message: "Profile Set" },
  });
  const { asked, outcome } = await run(500, known);
  assertEquals(asked, [["luxos", "profiles"]]);
  assertMatch(outcome.problem?.detail ?? "", /less than 784 W/);
  const problem = { title: "The rig did not answer in time" };
  assertEquals(await run(1000, { problem }), {
    asked: [["luxos", "profiles"]],
    outcome: { problem },
  });
});

Deno.test("token.ts keeps the token, and forgets it", () => {
  const script = { "x-requested-with": "fetch" };
  assertEquals([getToken(), authHeaders()], [undefined, script]);
  setToken("a-b");
  assertEquals([getToken(), authHeaders()], ["a-b", {
    ...script,
    authorization: "Bearer a-b",
  }]);
  setToken("");
  assertEquals([getToken(), authHeaders()], [undefined, script]);
});
