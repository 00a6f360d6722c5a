// No text from outside can make a regular expression of the program backtrack
// more than in proportion to its length. What recheck found of each of them is
// kept in verdicts.json: checking them all anew takes a minute.

import { assert, assertEquals } from "jsr:@std/assert@1";
import { findPatterns } from "./found_patterns.ts";
import verdicts from "./verdicts.json" with { type: "json" };

/** A pattern that may backtrack, as it only sees texts that were cut before. */
interface BoundedPattern {
  readonly file: string;
  readonly text: string;
  /** The most characters that it sees. */
  readonly maxLength: number;
  /** What cuts them. */
  readonly because: string;
}

const READ_TEXT = {
  maxLength: 200,
  because: "readText() cuts to MAX_TEXT_LENGTH",
};

const BOUNDED: readonly BoundedPattern[] = [
  ...["app", "docs"].map((name) => ({
    file: `dashboard/bundle/${name}.js`,
    text: String.raw`/\B(?=(\d{3})+$)/g`,
    maxLength: 25,
    because: "String() writes no number longer",
  })),
  ...[String.raw`/(\d+)px/`, String.raw`/[0-9.]+px/`].map((text) => ({
    file: "dashboard/bundle/uplot.js",
    text,
    maxLength: 200,
    because: "uPlot reads the font that the page's own style names",
  })),
  {
    file: "rigs/discovery.ts",
    text: String.raw`/[-.]+$/`,
    maxLength: 32,
    because: "it is cut to MAX_SLUG_LENGTH in the line before",
  },
  {
    file: "telemetry/device_modules.ts",
    text: String.raw`/\w+$/`,
    maxLength: 40,
    because: "it looks at the 40 characters before a bracket",
  },
  ...([
    ["vendors/vnish", String.raw`/^(.+?)\s*\((\D+ v?\d[^)]*)\)$/`],
    ["vendors/blissz", String.raw`/^(.+?) (blissz.*)$/i`],
    ["vendors/hiveon", String.raw`/^(.+?) (hiveon.*)$/i`],
    ["vendors/antminer", String.raw`/\(([^()]* v\d[^()]*)\)$/`],
    [
      "miner_info",
      String.raw`/miner|^[A-Z]\d{1,3}[A-Z+]*(?:_?V\w+)?$/i`,
    ],
    ["miner_info", String.raw`/^'\s*|\s*'$/g`],
  ] as const).map(([file, text]) => ({
    file: `telemetry/${file}.ts`,
    text,
    ...READ_TEXT,
  })),
  {
    file: "telemetry/pools.ts",
    text: String
      .raw`/^([a-z][\w+.-]*:\/\/)?(?:[^/?#]*@)?((?:\[[\da-f:.%]+\]|[\p{L}\p{N}_.-]+)(?::\d{1,5})?)((?:[/?#,].*)?)$/iu`,
    ...READ_TEXT,
  },
];

/** The most steps that a pattern may take. */
const MAX_STEPS = 50_000;

/** Files that build patterns as they run, and what keeps them harmless. */
const BUILDERS = [
  // A password that the reader has typed, all of its signs escaped.
  "dashboard/bundle/app.js",
];

const { patterns, builders } = findPatterns();
const known: Readonly<Record<string, string>> = verdicts;

Deno.test("no regular expression of the program backtracks in more than linear time", () => {
  assert(patterns.length > 250, `only ${patterns.length} were found`);
  const vulnerable = patterns
    .filter(({ text }) => known[text] !== "safe")
    .filter(({ file, text }) =>
      !BOUNDED.some((entry) => entry.file === file && entry.text === text)
    )
    .map(({ file, text }) =>
      `${file}: ${text}: ${known[text] ?? "unknown: run deno task patterns"}`
    );
  assertEquals(vulnerable, []);
});

Deno.test("a regular expression that may backtrack sees short texts only", () => {
  for (const { file, text, maxLength } of BOUNDED) {
    assert(
      patterns.some((found) => found.file === file && found.text === text),
      `${file} has no ${text} any more`,
    );
    const degree = Number(
      /^(\d)(?:nd|rd|th) degree/.exec(known[text] ?? "")?.[1],
    );
    assert(maxLength ** degree <= MAX_STEPS, `${text}: ${known[text]}`);
  }
});

Deno.test("verdicts.json has a verdict for each regular expression, and no other", () => {
  assertEquals(
    Object.keys(known),
    [...new Set(patterns.map(({ text }) => text))].sort(),
    "run deno task patterns",
  );
});

Deno.test("no regular expression is built as the program runs, but for these", () => {
  assertEquals(builders, BUILDERS);
});
