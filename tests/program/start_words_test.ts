import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import decodeQr from "npm:qr@0.7/decode.js";
import {
  adviseOnNoRig,
  announceAddresses,
  drawQrCode,
  listUrls,
  type OwnAddress,
} from "../../program/announcement.ts";
import { Program, runProgram } from "./program.ts";

Deno.test("what is typed wrongly is answered with what was meant, and nothing starts", async () => {
  const lines: [args: string[], line: RegExp][] = [
    [["scna", "10.0.0.0/24"], /"scna"; did you mean scan\?$/],
    [["demo"], /"demo"; did you mean --demo\?$/],
    [["help", "me"], /"help"; did you mean --help\?$/],
    [["-v"], /"-v"; did you mean --version\?$/],
    [["--port", "8081"], /"--port"; did you mean --http-port\?$/],
    [
      ["--rig", "garage=http://10.0.0.7"],
      /--rig: "http:\/\/10\.0\.0\.7" is a URL: leave out "http:\/\/"/,
    ],
    [["--rig", "http://10.0.0.7"], /is a URL: leave out "http:\/\/"/],
    [["-a", "http://10.0.0.7"], /--api-host: .*: leave out http:\/\//],
    [
      ["--rig", "10.0.0.7", "--rig", "10.0.0.7"],
      /two rigs are called "10\.0\.0\.7": give each a name, as in garage=10\.0\.0\.7$/,
    ],
  ];
  for (const [args, line] of lines) {
    const { code, stdout, stderr } = await runProgram(args);
    assertEquals([args, code, stdout], [args, 2, ""]);
    assertMatch(stderr.trimEnd(), /^chi-server: [^\n]*$/);
    assertMatch(stderr.trimEnd(), line);
  }
});

Deno.test("help and version are understood without dashes", async () => {
  const help = await runProgram(["help"]);
  assertEquals([help.code, help.stdout.includes("--http-port")], [0, true]);
  const version = await runProgram(["version"]);
  assertEquals(version.code, 0);
  assertMatch(version.stdout, /^chi-server \d/);
});

Deno.test("a start without any rig says what to do, where none answers", async () => {
  await using program = Program.spawn(["-w0", "--http-host=127.0.0.1"]);
  const port = await program.readPort();
  // Something may listen there on the machine of a developer.
  const isFree = await Deno.connect({ hostname: "127.0.0.1", port: 4028 })
    .then((conn) => (conn.close(), false), () => true);
  if (!isFree) return;
  let line: string | undefined;
  do line = await program.readLine(); while (
    line !== undefined && !line.startsWith("No rig is configured")
  );
  assertMatch(line ?? "", /none answers at 127\.0\.0\.1:4028:$/);
  assertMatch(await program.readLine() ?? "", /chi-server -a ADDRESS /);
  assertMatch(
    await program.readLine() ?? "",
    /chi-server scan 192\.168\.1\.0\/24 /,
  );
  assertMatch(await program.readLine() ?? "", /chi-server --demo /);
  // And to the dashboard.
  const access = await fetch(`http://127.0.0.1:${port}/-/access`);
  const { advice } = await access.json();
  assertEquals([advice[0], advice.length], [line, 4]);
});

Deno.test("adviseOnNoRig() fills in the range of this machine's network", () => {
  const readRange = (cidr: string) => {
    const [address = ""] = cidr.split("/");
    return /scan (\S+)/.exec(adviseOnNoRig([{ address, cidr }]).join())?.[1];
  };
  assertEquals(readRange("192.168.1.5/24"), "192.168.1.0/24");
  assertEquals(readRange("10.20.30.77/26"), "10.20.30.64/26");
  assertEquals(readRange("10.20.30.77/16"), "10.20.30.0/24");
  assertEquals(readRange("10.20.30.77/32"), "10.20.30.0/24");
});

Deno.test("announceAddresses() says how a phone reaches what is served everywhere", () => {
  const own = [{ address: "192.168.1.5", cidr: "192.168.1.5/24" }];
  const started = { scheme: "http", port: 8080 } as const;
  const announce = (httpHost: string | undefined, own: OwnAddress[]) =>
    announceAddresses(listUrls({ ...started, httpHost }, own));
  assertEquals(announce(undefined, own), [
    "On other devices, such as a phone: http://192.168.1.5:8080/",
  ]);
  assertEquals(announce("127.0.0.1", own), []);
  assertEquals(announce(undefined, []), []);
});

/** What a camera sees of half blocks in white on black, each 4 by 8 pixels. */
function photograph(lines: readonly string[]) {
  const rows = lines.flatMap((line) => {
    const blocks = [...line];
    return ["▀█", "▄█"].map((light) =>
      blocks.map((block) => light.includes(block))
    );
  });
  const [width, height] = [(rows[0]?.length ?? 0) * 4, rows.length * 4];
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let at = 0; at < width * height; at++) {
    const y = Math.floor(at / width);
    const isLight = rows[Math.floor(y / 4)]?.[Math.floor((at % width) / 4)];
    if (!isLight) pixels.fill(0, at * 4, at * 4 + 3);
  }
  return { data: pixels, width, height };
}

Deno.test("drawQrCode() draws what a phone reads, if the terminal is high enough", async () => {
  for (
    const url of [
      "http://192.168.1.5:8080/",
      "https://farm.example.com/miners/",
    ]
  ) {
    const lines = await drawQrCode(url, 24);
    const [on, off] = ["\x1b[97;40m", "\x1b[0m"];
    const plain = lines.map((line) => {
      assertEquals([line.startsWith(on), line.endsWith(off)], [true, true]);
      return line.slice(on.length, -off.length);
    });
    assertEquals(decodeQr(photograph(plain)), url);
  }
  assertEquals(await drawQrCode("http://192.168.1.5:8080/", 16), []);
});
