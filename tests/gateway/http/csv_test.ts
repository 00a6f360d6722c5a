import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import { readFormat } from "../../../gateway/http/csv.ts";
import { formatCsvLine } from "../../../gateway/http/csv_line.ts";
import { Problem } from "../../../gateway/http/problems.ts";

Deno.test("formatCsvLine() quotes what RFC 4180 says, and ends in CRLF", () => {
  assertEquals(
    formatCsvLine(["a", "b,c", 'd"e', "f\r\ng", "h\ri", "", undefined, " j "]),
    'a,"b,c","d""e","f\r\ng","h\ri",,, j \r\n',
  );
});

Deno.test("formatCsvLine() leaves numbers numbers, also below zero", () => {
  assertEquals(
    formatCsvLine([0, -5.5, 13.5e12, 1e21, 0.1]),
    "0,-5.5,13500000000000,1e+21,0.1\r\n",
  );
});

Deno.test("formatCsvLine() makes a formula a text", () => {
  const cells = {
    "=1+1": "'=1+1",
    "+1": "'+1",
    "-1": "'-1",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": "'\t'=1",
    "\r=1": "\"'\r'=1\"",
    "\n=1": "\"'\n'=1\"",
    '=HYPERLINK("http://x")': '"\'=HYPERLINK(""http://x"")"',
    "＝1": "'＝1",
    // Where a semicolon stands between cells, and quotes stand for themselves.
    "a;=1": "a;'=1",
    "a\n=1;b": '"a\n\'=1;b"',
    // What is none stays as it is.
    "stratum+tcp://pool-1:3333": "stratum+tcp://pool-1:3333",
    "a=b; c": "a=b; c",
    "'=1": "'=1",
  };
  for (const [text, cell] of Object.entries(cells)) {
    assertEquals(formatCsvLine([text]), `${cell}\r\n`, JSON.stringify(text));
  }
});

Deno.test("readFormat() goes by the query, and else by Accept", () => {
  const read = (query: string, accept?: string) =>
    readFormat(
      new Request("http://gateway/-/rigs", {
        headers: accept === undefined ? {} : { accept },
      }),
      new URLSearchParams(query),
    );
  for (
    const accept of [
      "text/csv",
      "TEXT/CSV",
      "text/csv; charset=utf-8",
      "text/csv;header=present",
      "text/csv, application/json;q=0.9, */*;q=0.1",
      "text/html, text/csv;q=0.8",
    ]
  ) {
    assertEquals(read("", accept), "csv", accept);
    assertEquals(read("format=json", accept), "json", accept);
  }
  for (
    const accept of [
      undefined,
      "*/*",
      "text/*",
      "application/json",
      "text/csv;q=0",
      "text/csv;q=0.5, application/json",
      "text/csv;q=0.5, text/event-stream",
      "text/csv; header=absent",
    ]
  ) {
    assertEquals(read("pretty", accept), undefined, accept);
    assertEquals(read("format=csv", accept), "csv", accept);
  }
});

Deno.test("readFormat() refuses any other format by its name", () => {
  for (const format of ["xml", "", "CSV", `csv${"x".repeat(1000)}`]) {
    const error = assertThrows(
      () =>
        readFormat(
          new Request("http://gateway/"),
          new URLSearchParams({ format }),
        ),
      Problem,
      `format=${format.slice(0, 32)} is no format`,
    );
    assertEquals([error.code, error.status], ["bad-request", 400]);
    assertEquals(error.message.length < 80, true);
  }
});
