import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { quoteField } from "../../examples/csv_logger.ts";
import { Simulator } from "../../mod.ts";
import { DEAD_PORT, readComplaint, runExample } from "./example_program.ts";

const HEADER = "time,rig,hashrate_5s,hashrate_average,accepted,rejected," +
  "hardware_errors,hottest_celsius,power_watts,pool,error";

Deno.test("csv_logger.ts writes a header, and a row of each rig each time", async () => {
  await using antminer = Simulator.start({ personality: "antminer" });
  await using sgminer = Simulator.start({ personality: "sgminer" });
  const gone = { port: DEAD_PORT };
  const names = [antminer, sgminer, gone].map(({ port }) =>
    `127.0.0.1:${port}`
  );
  const { code, stdout, stderr } = await runExample("csv_logger.ts", [
    ...names,
    ...["--every", "0.01", "--rows", "2"],
  ]);
  assertEquals([code, stderr], [0, ""]);
  const [header, ...rows] = stdout.split("\n");
  assertEquals(header, HEADER);
  assertEquals(rows.length, 6);
  assertEquals(rows.map((row) => row.split(",")[1]), [...names, ...names]);
  const time = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z,127\.0\.0\.1:\d+`;
  const counts = String.raw`(?:\d+(?:\.\d+)?,){4}`;
  const pool = String.raw`,stratum\+tcp://[\w.:-]+,`;
  // 14 TH/s of SHA-256; 2.6 MH/s of scrypt.
  const asic = new RegExp(`^${time},1\\d{13},1\\d{13},${counts}${pool}$`);
  const gpu = new RegExp(`^${time},2\\d{6},2\\d{6},${counts}${pool}$`);
  const error = new RegExp(`^${time},{9}rig-refused$`);
  [asic, gpu, error, asic, gpu, error].forEach((row, index) =>
    assertMatch(rows[index] ?? "", row)
  );
});

Deno.test("quoteField() puts quotes where CSV needs them", () => {
  assertEquals(
    [undefined, 0, 1.5, "a b", "a,b", 'a"b', "a\nb"].map(quoteField),
    ["", "0", "1.5", "a b", '"a,b"', '"a""b"', '"a\nb"'],
  );
});

Deno.test("csv_logger.ts says what is wrong with its command line", async () => {
  const complain = (...args: string[]) => readComplaint("csv_logger.ts", args);
  assertEquals(
    await Promise.all([
      complain("--rows", "2"),
      complain("10.0.0.7", "--every", "1e10"),
      complain("10.0.0.7", "--rows", "0"),
    ]),
    [
      [2, "No rig is given"],
      [2, "--every 10000000000 must be a number from 0.01 to 2147483"],
      [2, "--rows 0 must be a whole number from 1"],
    ],
  );
});
