import { assert, assertEquals, assertThrows } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";
import {
  CHUNK_LENGTH,
  CONTENT_TYPES,
  type ExpositionFormat,
  formatBound,
  formatLabel,
  formatLabels,
  type MetricFamily,
  preferredFormat,
  renderFamilies,
  toSampleName,
  type WriteSample,
} from "../../../gateway/metrics/exposition.ts";
import { parseExposition } from "./exposition_parser.ts";

const FORMATS: readonly ExpositionFormat[] = ["text", "openmetrics"];

function makeFamily(
  description: Partial<MetricFamily>,
  writeAll: (write: WriteSample) => void,
): MetricFamily {
  return {
    name: "chi_test",
    type: "gauge",
    help: "A test.",
    labels: [],
    *writeSamples(write) {
      yield writeAll(write);
    },
    ...description,
  };
}

function render(
  families: readonly MetricFamily[],
  format: ExpositionFormat,
): string {
  return [...renderFamilies(families, format)].join("");
}

const FAMILIES: readonly MetricFamily[] = [
  makeFamily({ name: "chi_shares", type: "counter" }, (write) => {
    write('rig="a"', 7);
    write('rig="b",result="stale"', 0.5);
  }),
  makeFamily(
    { name: "chi_age_seconds", help: 'A "\\"\nhelp.', unit: "seconds" },
    (write) => write("", 1e21),
  ),
  makeFamily({ name: "chi_none" }, () => {}),
  makeFamily({ name: "chi", type: "info" }, (write) => write('v="1"', 1)),
  makeFamily({ name: "chi_wait", type: "histogram" }, (write) => {
    write('le="1.0"', 2, "_bucket");
    write('le="+Inf"', 3, "_bucket");
    write("", 4.5, "_sum");
    write("", 3, "_count");
  }),
];

Deno.test("renderFamilies() writes the text format 0.0.4", () => {
  assertEquals(
    render(FAMILIES, "text"),
    `# HELP chi_shares_total A test.
# TYPE chi_shares_total counter
chi_shares_total{rig="a"} 7
chi_shares_total{rig="b",result="stale"} 0.5
# HELP chi_age_seconds A "\\\\"\\nhelp.
# TYPE chi_age_seconds gauge
chi_age_seconds 1e+21
# HELP chi_info A test.
# TYPE chi_info gauge
chi_info{v="1"} 1
# HELP chi_wait A test.
# TYPE chi_wait histogram
chi_wait_bucket{le="1.0"} 2
chi_wait_bucket{le="+Inf"} 3
chi_wait_sum 4.5
chi_wait_count 3
`,
  );
});

Deno.test("renderFamilies() writes OpenMetrics 1.0", () => {
  assertEquals(
    render(FAMILIES, "openmetrics"),
    `# TYPE chi_shares counter
# HELP chi_shares A test.
chi_shares_total{rig="a"} 7
chi_shares_total{rig="b",result="stale"} 0.5
# TYPE chi_age_seconds gauge
# UNIT chi_age_seconds seconds
# HELP chi_age_seconds A \\"\\\\\\"\\nhelp.
chi_age_seconds 1e+21
# TYPE chi info
# HELP chi A test.
chi_info{v="1"} 1
# TYPE chi_wait histogram
# HELP chi_wait A test.
chi_wait_bucket{le="1.0"} 2
chi_wait_bucket{le="+Inf"} 3
chi_wait_sum 4.5
chi_wait_count 3
# EOF
`,
  );
});

Deno.test("renderFamilies() of nothing is empty text, or the end of OpenMetrics", () => {
  assertEquals(render([], "text"), "");
  assertEquals(render([], "openmetrics"), "# EOF\n");
});

Deno.test("renderFamilies() writes any label value and help so that it can be read back", () => {
  const text = fc.string({ unit: "binary", maxLength: 20 });
  const hostile = fc.string({
    unit: fc.constantFrom(
      "\\",
      '"',
      "\n",
      "\r",
      "\0",
      "n",
      "{",
      "}",
      ",",
      "=",
      "#",
      " ",
    ),
    maxLength: 20,
  });
  const value = fc.oneof(text, hostile);
  const number = fc.double({ noNaN: true });
  fc.assert(fc.property(
    fc.array(value, { maxLength: 4 }),
    value,
    number,
    (values, help, figure) => {
      const names = values.map((_, position) => `label_${position}`);
      const family = makeFamily(
        { help: `Help: ${help}` },
        (write) => write(formatLabels(names, values), figure),
      );
      for (const format of FORMATS) {
        const [read] = parseExposition(render([family], format), format);
        assertEquals(read?.help, family.help);
        const [sample] = read?.samples ?? [];
        assertEquals(sample?.value, figure === 0 ? 0 : figure);
        const given = names.map((name, at) => [name, values[at] ?? ""]);
        assertEquals(
          sample?.labels,
          Object.fromEntries(given.filter(([, value]) => value !== "")),
        );
      }
    },
  ));
});

Deno.test("renderFamilies() gives bounded pieces and loses nothing between them", () => {
  const label = formatLabel("name", "x".repeat(100));
  // One that never stops for the text to be sent, and one that often does.
  const greedy = makeFamily({ name: "chi_greedy" }, (write) => {
    for (let at = 0; at < 3_000; at++) write(`${label},at="${at}"`, at);
  });
  const polite: MetricFamily = {
    ...makeFamily({ name: "chi_polite" }, () => {}),
    *writeSamples(write) {
      for (let at = 0; at < 3_000; at++) yield write(`${label},at="${at}"`, at);
    },
  };
  for (const format of FORMATS) {
    const pieces = [...renderFamilies([greedy, polite], format)];
    assert(pieces.length > 10, `${pieces.length} pieces`);
    for (const [position, piece] of pieces.entries()) {
      assert(piece.length < CHUNK_LENGTH + 300, `${piece.length}`);
      const isLast = position === pieces.length - 1;
      assert(isLast || piece.length >= CHUNK_LENGTH, `${piece.length}`);
    }
    const families = parseExposition(pieces.join(""), format);
    assertEquals(families.map(({ samples }) => samples.length), [3000, 3000]);
  }
});

Deno.test("renderFamilies() writes no more than is read", () => {
  let written = 0;
  const long: MetricFamily = {
    ...makeFamily({}, () => {}),
    *writeSamples(write) {
      for (; written < 100_000; written++) yield write(`at="${written}"`, 1);
    },
  };
  const pieces = renderFamilies([long], "text");
  pieces.next();
  const atFirst = written;
  pieces.next();
  pieces.return();
  assert(atFirst > 1_000 && written < 3 * atFirst, `${atFirst}, ${written}`);
});

Deno.test("the parser of these tests refuses what a scraper refuses", () => {
  const head = "# HELP a_total A.\n# TYPE a_total counter\n";
  const wrong = [
    "a_total 1\n",
    `${head}a 1\n`,
    `${head}a_total 1`,
    `${head}a_total -1\n`,
    `${head}a_total nan\n`,
    `${head}a_total{x="1} 1\n`,
    `${head}a_total{x="\\t"} 1\n`,
    `${head}a_total{x=""} 1\n`,
    `${head}a_total{x="1"} 1\na_total{x="1"} 2\n`,
    `${head}a_total 1\n${head}a_total{x="1"} 1\n`,
    `${head}a_total 1\n# EOF\n`,
  ];
  for (const text of wrong) {
    assertThrows(() => parseExposition(text, "text"), SyntaxError);
  }
  assertThrows(
    () => parseExposition(`${head}a_total 1\n`, "openmetrics"),
    SyntaxError,
  );
});

Deno.test("toSampleName() adds what the type adds", () => {
  const named = FAMILIES.map((family) => toSampleName(family));
  assertEquals(named, [
    "chi_shares_total",
    "chi_age_seconds",
    "chi_none",
    "chi_info",
    "chi_wait",
  ]);
});

Deno.test("formatLabels() leaves empty values out", () => {
  assertEquals(formatLabels(["a", "b", "c"], ["", "x", ""]), 'b="x"');
  assertEquals(formatLabels(["a", "b"], ["x", 'y"']), 'a="x",b="y\\""');
  assertEquals(formatLabels([], []), "");
  assertEquals(formatLabel("a", ""), "");
});

Deno.test("formatBound() writes the canonical numbers of OpenMetrics", () => {
  const canonical = "0.0 0.001 0.002 0.01 0.1 0.9 0.95 0.99 0.999 1.0 1.7 " +
    "10.0 1e-10 1e-09 1e-05 0.0001 100000.0 1e+06 1e+10 1e+23 1.1e+23 -0.5";
  for (const text of canonical.split(" ")) {
    assertEquals(formatBound(Number(text)), text);
  }
  assertEquals(formatBound(Infinity), "+Inf");
});

Deno.test("CONTENT_TYPES are those of the specifications", () => {
  assertEquals(CONTENT_TYPES, {
    text: "text/plain; version=0.0.4; charset=utf-8",
    openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  });
});

const OPENMETRICS = "application/openmetrics-text";

const ACCEPTS: readonly (readonly [string, string | null, ExpositionFormat])[] =
  [
    ["nothing", null, "text"],
    ["an empty header", "", "text"],
    ["curl", "*/*", "text"],
    [
      "a browser",
      "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
      "text",
    ],
    [
      "Prometheus 2.42",
      `${OPENMETRICS};version=1.0.0,${OPENMETRICS};version=0.0.1;q=0.75,` +
      "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      "openmetrics",
    ],
    [
      "Prometheus 2.49",
      `${OPENMETRICS};version=1.0.0;q=0.5,${OPENMETRICS};version=0.0.1;q=0.4,` +
      "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
      "openmetrics",
    ],
    [
      "Prometheus 3",
      `${OPENMETRICS};version=1.0.0;escaping=allow-utf-8;q=0.6,` +
      `${OPENMETRICS};version=0.0.1;q=0.5,` +
      "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4," +
      "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
      "openmetrics",
    ],
    [
      "Prometheus 3 that prefers text",
      "text/plain;version=0.0.4;q=0.6," +
      `${OPENMETRICS};version=1.0.0;escaping=underscores;q=0.5,*/*;q=0.2`,
      "text",
    ],
    ["the name alone", OPENMETRICS, "openmetrics"],
    ["the name in other case", OPENMETRICS.toUpperCase(), "openmetrics"],
    ["spaces and quotes", `${OPENMETRICS} ; version = "1.0.0"`, "openmetrics"],
    ["both alike", `text/plain, ${OPENMETRICS}`, "openmetrics"],
    ["text first", `text/plain;q=0.6, ${OPENMETRICS};q=0.5`, "text"],
    ["any text first", `text/*;q=0.6, ${OPENMETRICS};q=0.5`, "text"],
    ["anything rather", `*/*, ${OPENMETRICS};q=0.5`, "text"],
    [
      "text last, and anything",
      `text/plain;q=0.1, ${OPENMETRICS};q=0.5, */*`,
      "openmetrics",
    ],
    ["not OpenMetrics", `${OPENMETRICS};q=0, */*;q=0.1`, "text"],
    ["the draft alone", `${OPENMETRICS};version=0.0.1`, "text"],
    ["a later version", `${OPENMETRICS};version=2.0.0, */*;q=0.1`, "text"],
    ["a quality that is none", `${OPENMETRICS};q=high`, "text"],
    ["protobuf", "application/vnd.google.protobuf;encoding=delimited", "text"],
    ["commas and semicolons", ";,;;=,=;q=,", "text"],
  ];
for (const [who, accept, format] of ACCEPTS) {
  Deno.test(`preferredFormat() of ${who} is ${format}`, () => {
    assertEquals(preferredFormat(accept), format);
  });
}

Deno.test("preferredFormat() takes any header", () => {
  const part = fc.constantFrom(
    ...[OPENMETRICS, "text/plain", "*/*", ",", ";", "q=", "1", "version=", '"'],
    ...["__proto__", " ", "0.0.4", "constructor=1", "NaN", "-1", "="],
  );
  fc.assert(fc.property(fc.array(part), (parts) => {
    assert(FORMATS.includes(preferredFormat(parts.join(""))));
  }));
});
