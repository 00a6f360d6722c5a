import { assertEquals } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";
import { readReply, type RepairName, repairReply } from "../../rpc/repair.ts";

const SEED = 4028;
const encoder = new TextEncoder();

/** A JSON document as a tree, so that it can be written with defects. */
type Tree =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bare"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly Tree[] }
  | {
    readonly kind: "object";
    readonly members: readonly (readonly [string, Tree])[];
  };

const HOSTILE = ["}{", "][", '""', ",}", ",]", "[,", "{,", "nan", "-nan", "inf"]
  .concat([
    ":",
    ",",
    '"',
    "\\",
    "\\\\",
    "'",
    "{",
    "}",
    "[",
    "]",
    "BYE",
    "é汉😀",
  ])
  .concat(["\n", "\u0001", "u0041", "x", " ", "0", "1.#INF", "\uFEFF"]);

const strings = fc.array(
  fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 3 })),
  { maxLength: 5 },
).map((parts) => parts.join(""));

const bares = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom("0.00000000", "-1.50", "1e-7", "18446744073709551616"),
  fc.constantFrom("true", "false", "null"),
).map((text): Tree => ({ kind: "bare", text }));

const { document } = fc.letrec<{ document: Tree; value: Tree }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    bares,
    strings.map((text): Tree => ({ kind: "text", text })),
    tie("document"),
  ),
  document: fc.oneof(
    fc.array(tie("value"), { maxLength: 5 })
      .map((items): Tree => ({ kind: "list", items })),
    fc.array(fc.tuple(strings, tie("value")), { maxLength: 5 })
      .map((members): Tree => ({ kind: "object", members })),
  ),
}));

/** Draws numbers from a list, over and over; 0 is no defect. */
class Dice {
  #at = 0;
  readonly #rolls: readonly number[];
  readonly used = new Set<RepairName>();

  constructor(rolls: readonly number[]) {
    this.#rolls = rolls;
  }

  /** Whether to make a defect here; remembers that it was made. */
  hit(name: RepairName): boolean {
    const roll = this.#rolls[this.#at++ % this.#rolls.length] ?? 0;
    if (roll !== 0) return false;
    this.used.add(name);
    return true;
  }

  space(): string {
    const roll = this.#rolls[this.#at++ % this.#rolls.length] ?? 0;
    return ["", "", "", "", " ", "\r\n", "\t"][roll] ?? "";
  }
}

function writeString(text: string, dice: Dice | undefined): string {
  return '"' + Array.from(text, (character) => {
    if (dice !== undefined) {
      if (character < " " && dice.hit("control-character")) return character;
      if (character === "'" && dice.hit("invalid-escape")) return "\\'";
    }
    return JSON.stringify(character).slice(1, -1);
  }).join("") + '"';
}

function writeItems(
  open: string,
  items: readonly string[],
  mayRunOn: (index: number) => boolean,
  dice: Dice,
): string {
  let text = open + dice.space();
  if (items.length > 0 && dice.hit("leading-comma")) text += "," + dice.space();
  items.forEach((item, index) => {
    if (index > 0) {
      const runOn = mayRunOn(index) && dice.hit("missing-comma");
      text += dice.space() + (runOn ? "" : ",") + dice.space();
    }
    text += item;
  });
  if (items.length > 0 && dice.hit("trailing-comma")) {
    text += dice.space() + ",";
  }
  return text + dice.space();
}

const NO_NUMBERS = [
  "nan",
  "-nan",
  "+NaN",
  "inf",
  "-INF",
  "Infinity",
  "-nan(ind)",
];

function writeDamaged(tree: Tree, dice: Dice): string {
  switch (tree.kind) {
    case "text":
      return writeString(tree.text, dice);
    case "bare": {
      if (tree.text !== "null" || !dice.hit("nan")) return tree.text;
      return NO_NUMBERS[dice.space().length] ?? "inf";
    }
    case "list": {
      const texts = tree.items.map((item) => writeDamaged(item, dice));
      const mayRunOn = (index: number) => tree.items[index]!.kind !== "bare";
      return writeItems("[", texts, mayRunOn, dice) + "]";
    }
    case "object": {
      const texts = tree.members.map(([key, value]) =>
        `${writeString(key, dice)}${dice.space()}:${dice.space()}` +
        writeDamaged(value, dice)
      );
      return writeItems("{", texts, () => true, dice) + "}";
    }
  }
}

function writeClean(tree: Tree): string {
  switch (tree.kind) {
    case "text":
      return writeString(tree.text, undefined);
    case "bare":
      return tree.text;
    case "list":
      return `[${tree.items.map(writeClean).join(",")}]`;
    case "object":
      return `{${
        tree.members.map(([key, value]) =>
          `${writeString(key, undefined)}:${writeClean(value)}`
        ).join(",")
      }}`;
  }
}

Deno.test("readReply() passes any valid JSON byte for byte", () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom("", "\0", "\n\0"), (text, end) => {
      assertEquals(readReply(encoder.encode(text + end)), {
        ok: true,
        text,
        value: JSON.parse(text),
        repairs: [],
      });
    }),
    { seed: SEED, numRuns: 500 },
  );
});

Deno.test("readReply() repairs any mix of defects to the value it had", () => {
  const seen = new Set<RepairName>();
  fc.assert(
    fc.property(
      document,
      fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 60 }),
      fc.constantFrom("", '"}', "]", " {}", "nan", ',"id":1}'),
      (tree, rolls, junk) => {
        const dice = new Dice(rolls);
        const damaged = writeDamaged(tree, dice) + junk;
        if (junk !== "") dice.used.add("junk-after-value");
        const reply = readReply(encoder.encode(damaged + "\0"));
        if (!reply.ok) throw new Error(`${damaged}: ${reply.reason}`);
        assertEquals(reply.value, JSON.parse(writeClean(tree)));
        // Every defect is reported, nothing else is, and in order.
        const names = new Set(reply.repairs.map(({ name }) => name));
        assertEquals([...names].sort(), [...dice.used].sort());
        const places = reply.repairs.map(({ at }) => at);
        assertEquals(places, [...places].sort((a, b) => a - b));
        for (const name of names) seen.add(name);
        // What was repaired is sound.
        const again = repairReply(reply.text);
        assertEquals(again.ok && again.repairs, []);
      },
    ),
    { seed: SEED, numRuns: 2_000 },
  );
  // The generator reaches every defect.
  assertEquals([...seen].sort(), [
    "control-character",
    "invalid-escape",
    "junk-after-value",
    "leading-comma",
    "missing-comma",
    "nan",
    "trailing-comma",
  ]);
});

Deno.test("readReply() keeps the text of everything that is not damaged", () => {
  fc.assert(
    fc.property(document, document, (left, right) => {
      const [one, two] = [writeClean(left), writeClean(right)];
      const reply = readReply(encoder.encode(`[${one}${two},]`));
      assertEquals(reply.ok && reply.text, `[${one},${two}]`);
      assertEquals(reply.ok && reply.repairs, [
        { name: "missing-comma", at: encoder.encode(one).length + 1 },
        { name: "trailing-comma", at: encoder.encode(one + two).length + 1 },
      ]);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

Deno.test("readReply() refuses any beginning of a document as truncated", () => {
  fc.assert(
    fc.property(document, fc.nat(), (tree, place) => {
      const bytes = encoder.encode(writeClean(tree));
      // At least the first bracket, and not the last one. A cut that leaves
      // nothing but framing characters inside a string is cut all the same.
      const size = 1 + place % (bytes.length - 1);
      const reply = readReply(bytes.subarray(0, size));
      assertEquals(reply.ok ? reply.text : reply.code, "rig-reply-truncated");
    }),
    { seed: SEED, numRuns: 2_000 },
  );
});

Deno.test("readReply() and repairReply() never throw, and give JSON or a reason", () => {
  const pieces = fc.array(
    fc.constantFrom(..."{}[]\",:\\'\n0-.eE ntfiIN|=;".split(""), "nan", "BYE")
      .map((text) => encoder.encode(text)),
    { maxLength: 40 },
  ).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));
  const starts = fc.constantFrom("", "{", '["', "STATUS=", "CMD=a|", "NAME=");
  fc.assert(
    fc.property(
      starts,
      fc.oneof(pieces, fc.uint8Array({ maxLength: 60 })),
      (start, rest) => {
        const bytes = Uint8Array.from([...encoder.encode(start), ...rest]);
        const reply = readReply(bytes);
        if (reply.ok) {
          assertEquals(JSON.parse(reply.text), reply.value);
          for (const { at } of reply.repairs) {
            assertEquals(at >= 0 && at < bytes.length, true);
          }
        } else {
          assertEquals(reply.reason.startsWith("it "), true);
        }
      },
    ),
    { seed: SEED, numRuns: 5_000 },
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      const reply = repairReply(text);
      if (reply.ok) JSON.parse(reply.text);
    }),
    { seed: SEED, numRuns: 2_000 },
  );
});
