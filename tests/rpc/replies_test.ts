import { assertEquals } from "jsr:@std/assert@1";
import { readStatus } from "../../rpc/replies.ts";

Deno.test("readStatus() reads the first STATUS of every shape", () => {
  const none = { isCut: false };
  const cases: [reply: unknown, status: ReturnType<typeof readStatus>][] = [
    [{ STATUS: [{ STATUS: "S", Code: 11 }], id: 1 }, {
      letter: "S",
      code: 11,
      isCut: false,
    }],
    [{ STATUS: "S", Code: 131, Msg: {} }, {
      letter: "S",
      code: 131,
      isCut: false,
    }],
    [{ a: [{ STATUS: [{ STATUS: "E", Code: 14 }] }], b: [{}], id: 1 }, {
      letter: "E",
      code: 14,
      isCut: false,
    }],
    [{ STATUS: [{ STATUS: "S" }], id: 0 }, { letter: "S", isCut: true }],
    [{ a: [{ STATUS: [], id: 0 }], id: 1 }, { isCut: true }],
    [{ a: [{ TEMPS: [] }], b: [{ STATUS: [{ STATUS: "S", Code: 11 }] }] }, {
      letter: "S",
      code: 11,
      isCut: false,
    }],
    [{ STATUS: "BYE", id: 1 }, none],
    [{ STATUS: [] }, none],
    [{ STATUS: [{ STATUS: "Q", Code: 1.5 }] }, none],
    [[], none],
    [null, none],
    ["x", none],
  ];
  for (const [reply, status] of cases) assertEquals(readStatus(reply), status);
});
