import {
  DEFAULT_ALLOW,
  describeAccess,
  findGroup,
  parseAllowList,
  parseGroups,
} from "../../../gateway/access/access_list.ts";
import { COMMANDS } from "../../../rpc/commands.ts";
import { quoteText } from "../../../rpc/errors.ts";
import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";

const SEED = 4028;
const NONE = parseGroups("");
const GROUPS = parseGroups("P:switchpool:enablepool:*,S:save,Q:*");

/** The groups of addresses under a list, in one line to compare. */
function listGroups(allow: string, ...addresses: string[]): string {
  const rules = parseAllowList(allow, GROUPS);
  return addresses.map((address) => findGroup(rules, address) ?? "-").join("");
}

Deno.test("parseAllowList() reads cgminer's examples", () => {
  const show = (text: string): string[] =>
    parseAllowList(text, GROUPS).map(({ group, network }) =>
      `${group} ${network.text}`
    );
  assertEquals(show("W:192.168.0.1,10.0.0/24"), [
    "W 192.168.0.1",
    "R 10.0.0.0/24",
  ]);
  assertEquals(show("P:192.168.0/32"), ["P 192.168.0.0"]);
  assertEquals(show("192.168/16"), ["R 192.168.0.0/16"]);
  assertEquals(show("0/0"), ["R 0/0"]);
  assertEquals(show("w:[fd00::1]/64,p:[::1],[fd00::]/8,r:10"), [
    "W [fd00::]/64",
    "P [::1]",
    "R [fd00::]/8",
    "R 10.0.0.0",
  ]);
  assertEquals(show("  W:127/8,\tR:0/0 , 10/8"), [
    "W 127.0.0.0/8",
    "R 0/0",
    "R 10.0.0.0/8",
  ]);
  assertEquals(show(DEFAULT_ALLOW), [
    "W 127.0.0.0/8",
    "W [::1]",
    "R 0/0",
    "R 0/0",
  ]);
});

Deno.test("parseAllowList() refuses a bad entry in one line that quotes it", () => {
  for (
    const [text, quoted, part] of [
      ["", "", "an address is missing"],
      [" ", " ", "an address is missing"],
      [",", ",", "an address is missing"],
      ["W:127/8,", "W:127/8,", "an address is missing"],
      ["W:127/8,,R:0/0", "W:127/8,,R:0/0", "an address is missing"],
      ["R:0/0,W:", "W:", "an address is missing"],
      ["R:0/0,X:10/8", "X:10/8", "no group X, only R, W, P, S, Q"],
      ["ſ:10/8", "ſ:10/8", "one letter"],
      ["1:10/8", "1:10/8", "one letter"],
      ["WW:10/8", "WW:10/8", "one letter"],
      [":10/8", ":10/8", "one letter"],
      ["W:W:10/8", "W:W:10/8", "one letter"],
      ["W:fd00::1", "W:fd00::1", "IPv6 stands in brackets"],
      ["fd00::1/64", "fd00::1/64", "IPv6 stands in brackets"],
      ["a::1", "a::1", "IPv6 stands in brackets"],
      ["W :10/8", "W :10/8", "one letter"],
      ["W: 10/8", " 10/8", "IPv4"],
      ["10 /8", "10 /8", "IPv4"],
      ["10/ 8", "10/ 8", "1 to 32 bits"],
      ["R:0/0;W:10/8", "R:0/0;W:10/8", "one letter"],
      ["W:10/33", "10/33", "1 to 32 bits"],
      ["W:10/0", "10/0", "0/0"],
      ["W:[::1]/129", "[::1]/129", "0 to 128 bits"],
      ["W:[::1", "[::1", "brackets"],
      ["W:localhost", "localhost", "IPv4"],
      ["\u00a010/8", "\u00a010/8", "IPv4"],
      ["10/8\n", "10/8\n", "1 to 32 bits"],
    ] as const
  ) {
    const { message } = assertThrows(
      () => parseAllowList(text, GROUPS),
      TypeError,
    );
    assertEquals(message.startsWith(`${quoteText(quoted)}: `), true, message);
    assertEquals(message.includes(part), true, message);
    assertEquals(/^[\x20-\x7e]+$/.test(message), true, message);
  }
});

Deno.test("parseAllowList() and parseGroups() throw nothing but a TypeError of one line", () => {
  const texts = fc.array(
    fc.oneof(
      fc.constantFrom("W:", "P:", "r:", "X:", "10", "0/0", "/8", ",", "[::1]"),
      fc.constantFrom("*", ":", "quit", " ", "/", "[", "]", ".", "ſ:", "\n"),
      fc.string({ maxLength: 2, unit: "binary" }),
    ),
    { maxLength: 8 },
  ).map((parts) => parts.join(""));
  const seen = { read: 0, refused: 0 };
  const tryTo = (parse: () => unknown): void => {
    try {
      parse();
      seen.read++;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      assertEquals(/^[\x20-\x7e]{1,600}$/.test(error.message), true);
      seen.refused++;
    }
  };
  fc.assert(
    fc.property(texts, (text) => {
      tryTo(() => parseAllowList(text, GROUPS));
      tryTo(() => parseGroups(text));
    }),
    { seed: SEED, numRuns: 5_000 },
  );
  assertEquals([seen.read > 50, seen.refused > 50], [true, true]);
});

Deno.test("findGroup() gives the group of the first rule that matches", () => {
  const list = "P:10.0.0.5,W:10.0.0/24,10/8,S:[fd00::]/8";
  assertEquals(
    listGroups(list, "10.0.0.5", "10.0.0.6", "10.9.9.9", "fd00::1", "1.1.1.1"),
    "PWRS-",
  );
  assertEquals(listGroups("R:0/0,W:127/8", "127.0.0.1"), "R");
  assertEquals(listGroups("W:0/0", "1.2.3.4", "2001:db8::1"), "WW");
  assertEquals(listGroups("0.0.0.0/0", "1.2.3.4", "2001:db8::1", "::1"), "R--");
  assertEquals(
    listGroups(
      DEFAULT_ALLOW,
      "127.0.0.1",
      "::ffff:127.0.0.1",
      "127.9.9.9",
      "::1",
      "::127.0.0.1",
      "192.168.1.7",
      "2001:db8::1",
    ),
    "WWWWRRR",
  );
  assertEquals(listGroups("W:[fe80::1]", "fe80::1%eth0"), "W");
});

Deno.test("findGroup() gives an address it cannot read what all addresses have", () => {
  const addresses = [
    "",
    "localhost",
    "127.0.0.1:80",
    "[::1]",
    "127.1",
    "010.0.0.1",
  ];
  assertEquals(listGroups("W:0/0", ...addresses), "WWWWWW");
  assertEquals(listGroups(DEFAULT_ALLOW, ...addresses), "RRRRRR");
  assertEquals(listGroups("R:10/8,W:0/0", ...addresses), "RRRRRR");
  assertEquals(listGroups("W:127/8,R:10/8", ...addresses), "------");
  assertEquals(findGroup(parseAllowList("W:0/0", NONE), undefined), "W");
  assertEquals(findGroup(parseAllowList(DEFAULT_ALLOW, NONE), undefined), "R");
  assertEquals(findGroup([], "127.0.0.1"), undefined);
});

Deno.test("parseGroups() reads cgminer's examples", () => {
  const show = (text: string): unknown[] =>
    [...parseGroups(text).defined].map(([letter, { names, hasReads }]) => [
      letter,
      [...names].join(" "),
      hasReads,
    ]);
  assertEquals(show(""), []);
  assertEquals(show("Q:quit:restart:*,S:save"), [
    ["Q", "quit restart", true],
    ["S", "save", false],
  ]);
  assertEquals(show("q:*"), [["Q", "", true]]);
  assertEquals(show("P:*:addpool:addpool:failover-only:set_x9"), [
    ["P", "addpool failover-only set_x9", true],
  ]);
});

Deno.test("parseGroups() refuses a bad group in one line that quotes it", () => {
  for (
    const [text, quoted, part] of [
      [" ", " ", "one letter"],
      ["P:quit,", "", "one letter"],
      [",P:quit", "", "one letter"],
      ["P", "P", "at least one command"],
      ["P:", "P:", '"" cannot be a command'],
      ["P:quit:", "P:quit:", '"" cannot be a command'],
      ["P::quit", "P::quit", '"" cannot be a command'],
      ["quit", "quit", "one letter"],
      ["PP:quit", "PP:quit", "one letter"],
      ["1:quit", "1:quit", "one letter"],
      ["ſ:quit", "ſ:quit", "one letter"],
      [":quit", ":quit", "one letter"],
      ["P:quit, Q:save", " Q:save", "without spaces"],
      ["R:quit", "R:quit", "R is given"],
      ["w:*", "w:*", "W is given"],
      ["P:quit,Q:save,p:save", "p:save", "P is defined twice"],
      ["P:quit+save", "P:quit+save", '"quit+save" cannot'],
      ["P:quit|", "P:quit|", '"quit|" cannot'],
      ["P: quit", "P: quit", '" quit" cannot'],
      ["P:quit ", "P:quit ", '"quit " cannot'],
      ["P:quit\n", "P:quit\n", '"quit\\n" cannot'],
      ["P:**", "P:**", '"**" cannot'],
      ["P:qu\u0131t", "P:qu\u0131t", "cannot be a command"],
    ] as const
  ) {
    const { message } = assertThrows(() => parseGroups(text), TypeError);
    assertEquals(message.startsWith(`${quoteText(quoted)}: `), true, message);
    assertEquals(message.includes(part), true, message);
    assertEquals(/^[\x20-\x7e]+$/.test(message), true, message);
  }
});

Deno.test("isAllowed() lets W send anything", () => {
  for (
    const command of ["quit", "summary+quit", "unheard-of", "", "+", "a|b"]
  ) {
    assertEquals(NONE.isAllowed("W", command), true);
  }
});

Deno.test("isAllowed() lets R send what only reports", () => {
  for (const { name, group } of COMMANDS) {
    assertEquals([name, NONE.isAllowed("R", name)], [name, group === "R"]);
  }
  for (const command of ["summary+devs", "+summary+"]) {
    assertEquals(NONE.isAllowed("R", command), true);
  }
  for (const command of ["summary+quit", "unheard-of", "", "+", "Summary"]) {
    assertEquals(NONE.isAllowed("R", command), false);
  }
});

Deno.test("isAllowed() lets a defined group send what it names, with * all of R", () => {
  for (
    const [group, command, isAllowed] of [
      ["P", "switchpool", true],
      ["P", "switchpool+enablepool", true],
      ["P", "summary", true],
      ["P", "summary+switchpool", true],
      ["P", "+switchpool+", true],
      ["P", "removepool", false],
      ["P", "switchpool+quit", false],
      ["P", "summary+quit", false],
      ["P", "unheard-of", false],
      ["P", "", false],
      ["P", "+", false],
      ["P", "*", false],
      ["P", "SwitchPool", false],
      ["P", "switchpool ", false],
      ["P", " switchpool", false],
      ["P", "switchpoo", false],
      ["P", "switchpoolx", false],
      ["P", "switchpool|0", false],
      ["P", "switchpool\0", false],
      ["P", "switchpool:enablepool", false],
      ["P", "__proto__", false],
      ["S", "save", true],
      ["S", "summary", false],
      ["S", "save+summary", false],
      ["Q", "summary+devs", true],
      ["Q", "save", false],
      ["Q", "", false],
    ] as const
  ) {
    assertEquals(
      [group, command, GROUPS.isAllowed(group, command)],
      [group, command, isAllowed],
    );
  }
});

Deno.test("isAllowed() lets a group that does not exist send nothing", () => {
  for (const group of ["A", "p", "r", "w", "", "PA", "*", "__proto__"]) {
    assertEquals(GROUPS.isAllowed(group, "summary"), false);
    assertEquals(GROUPS.isAllowed(group, "quit"), false);
  }
});

Deno.test("isAllowed() lets several groups send what each of them may", () => {
  const groups = parseGroups("P:switchpool:version,Q:switchpool:*");
  const may = (group: string, ...commands: string[]) =>
    commands.map((command) => groups.isAllowed(group, command));
  assertEquals(may("PR", "version", "summary", "switchpool"), [
    true,
    false,
    false,
  ]);
  assertEquals(may("PQ", "version", "version+summary", "switchpool"), [
    true,
    false,
    true,
  ]);
  assertEquals(may("PW", "version", "summary", "quit"), [true, false, false]);
});

Deno.test("describeAccess() says who may write and who may read", () => {
  for (
    const [allow, said] of [
      [DEFAULT_ALLOW, "May write: 127.0.0.0/8, [::1]. May read: anyone."],
      ["W:0/0", "Anyone may read and write."],
      ["W:0/0,R:10/8", "Anyone may read and write."],
      ["W:127/8,W:0/0", "Anyone may read and write."],
      ["0/0", "May write: no address. May read: anyone."],
      ["R:0/0,W:127/8", "May write: no address. May read: anyone."],
      [
        "W:192.168.0.1,10.0.0/24",
        "May write: 192.168.0.1. May read: 192.168.0.1, 10.0.0.0/24. " +
        "All others: no access.",
      ],
      [
        "W:127/8,W:[::1]",
        "May read and write: 127.0.0.0/8, [::1]. All others: no access.",
      ],
      [
        "R:10.0.0.5,R:10.1/16,W:10/8",
        "May write: 10.0.0.0/8 (except 10.0.0.5 and 10.1.0.0/16). " +
        "May read: 10.0.0.0/8. All others: no access.",
      ],
      [
        "R:10.0.0.5,R:10.0.0/24,W:10/8",
        "May write: 10.0.0.0/8 (except 10.0.0.0/24). " +
        "May read: 10.0.0.0/8. All others: no access.",
      ],
      [
        "R:10.0.0.5,W:0/0",
        "May write: anyone (except 10.0.0.5). May read: anyone.",
      ],
      [
        "W:10/8,R:10.0.0.5",
        "May read and write: 10.0.0.0/8. All others: no access.",
      ],
      [
        "W:127/8,R:0.0.0.0/0",
        "May write: 127.0.0.0/8. May read: any IPv4 address. " +
        "All others: no access.",
      ],
      [
        "W:127/8,P:192.168/16,R:0/0",
        "May write: 127.0.0.0/8. May read: anyone. " +
        "Group P (reads, switchpool, enablepool): 192.168.0.0/16.",
      ],
      [
        "S:10.0.0.5,Q:10/8",
        "May write: no address. May read: 10.0.0.0/8 (except 10.0.0.5). " +
        "Group S (only save): 10.0.0.5. " +
        "Group Q (reads): 10.0.0.0/8 (except 10.0.0.5). All others: no access.",
      ],
      [
        "R:10.0.0.5,S:10.0.0/24,R:10/8",
        "May write: no address. " +
        "May read: 10.0.0.5, 10.0.0.0/8 (except 10.0.0.0/24). " +
        "Group S (only save): 10.0.0.0/24 (except 10.0.0.5). " +
        "All others: no access.",
      ],
      // Two halves leave nothing of the whole.
      [
        "R:10.0/9,R:10.128/9,W:10/8",
        "May write: no address. May read: 10.0.0.0/9, 10.128.0.0/9. " +
        "All others: no access.",
      ],
      [
        "W:[::]/1,W:[8000::]/1",
        "May read and write: [::]/1, [8000::]/1.",
      ],
    ] as const
  ) {
    const rules = parseAllowList(allow, GROUPS);
    assertEquals([allow, describeAccess(rules, GROUPS)], [allow, said]);
  }
  assertEquals(describeAccess([], NONE), "No address has access.");
  const [rule] = parseAllowList("S:0/0", GROUPS);
  assertEquals(
    describeAccess(rule === undefined ? [] : [rule], NONE),
    "May read and write: no address. Group S (no commands): anyone.",
  );
});

/** Whether an address is among those a sentence of `describeAccess` lists. */
function isTold(said: string, start: RegExp, address: string): boolean {
  const sentence = said.split(/\.(?: |$)/).find((text) => start.test(text));
  const listed = sentence?.replace(start, "") ?? "no address";
  return listed !== "no address" &&
    listed.split(/, (?![^(]*\))/).some((entry) => {
      const [, name = "", except] = /^([^(]+?)(?: \(except (.*)\))?$/
        .exec(entry) ?? [];
      const isIn = (text: string): boolean =>
        findGroup(
          parseAllowList(
            text.replace("anyone", "0/0")
              .replace("any IPv4 address", "0.0.0.0/0"),
            NONE,
          ),
          address,
        ) !== undefined;
      return isIn(name) && !except?.split(" and ").some(isIn);
    });
}

Deno.test("describeAccess() tells of every address what findGroup() gives it", () => {
  // Few addresses and nested networks, so that rules shadow and cut each other.
  const networks = fc.oneof(
    fc.tuple(
      fc.constantFrom("10.0.0", "10.0.1"),
      fc.nat(7),
      fc.integer({
        min: 22,
        max: 32,
      }),
    ).map(([start, last, bits]) => `${start}.${last}/${bits}`),
    fc.constantFrom("0/0", "0.0.0.0/0", "[::]/1", "[8000::]/1", "[fd00::]/8"),
  );
  const lists = fc.array(
    fc.tuple(fc.constantFrom("W", "R", "P", "S"), networks),
    { minLength: 1, maxLength: 8 },
  ).map((entries) => entries.map((entry) => entry.join(":")).join(","));
  const addresses = ["10.0.0.8", "11.0.0.0", "::1", "fd00::1", "9000::1"];
  for (let last = 0; last < 8; last++) {
    addresses.push(`10.0.0.${last}`, `10.0.1.${last}`);
  }
  fc.assert(
    fc.property(lists, (list) => {
      const rules = parseAllowList(list, GROUPS);
      const said = describeAccess(rules, GROUPS)
        .replace("Anyone may read and write", "May read and write: anyone");
      for (const address of addresses) {
        const group = findGroup(rules, address) ?? "-";
        assertEquals(
          [
            list,
            isTold(said, /^May (read and )?write: /, address),
            isTold(said, /^May read( and write)?: /, address),
            isTold(said, /^Group P \(.*?\): /, address),
            isTold(said, /^Group S \(.*?\): /, address),
          ],
          [
            list,
            group === "W",
            "WRP".includes(group),
            group === "P",
            group === "S",
          ],
        );
        if (group === "-") {
          assertEquals(said.endsWith("All others: no access."), true);
        }
      }
      if (list.includes(":0/0")) {
        assertEquals(said.includes("no access"), false);
      }
    }),
    { seed: SEED, numRuns: 1_000 },
  );
});
