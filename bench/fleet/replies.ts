/**
 * What the bench's rigs answer: the shapes and lengths of an Antminer S9's
 * recorded replies, the missing comma in its `stats` included, since a fleet
 * of them is what the gateway meets. Made once, the same bytes for every rig.
 *
 * @example
 * ```ts
 * import { findReply } from "./replies.ts";
 *
 * const reply = new TextDecoder().decode(findReply('{"command":"version"}'));
 * console.log(reply.endsWith('"id":1}\0')); // true
 * ```
 *
 * @module
 */

const WHEN = 1_521_105_307;
const POSITIONS = Array.from({ length: 16 }, (_, index) => index + 1);
const CHAINS = [6, 7, 8];

/** The value at the three positions that hold a chain, `empty` elsewhere. */
function listPositions(name: string, value: string, empty: string): string {
  return POSITIONS.map((at) =>
    `"${name}${at}":${CHAINS.includes(at) ? value : empty}`
  ).join(",");
}

function createStatus(letter: string, code: number, text: string): string {
  return `"STATUS":[{"STATUS":"${letter}","When":${WHEN},"Code":${code},` +
    `"Msg":"${text}","Description":"bmminer 1.0.0"}]`;
}

const IDENTITY = '"BMMiner":"2.0.0","Miner":"16.8.1.3",' +
  '"CompileTime":"Fri Nov 17 17:57:49 CST 2017","Type":"Antminer S9"';

function createVersion(): string {
  return `${createStatus("S", 22, "BMMiner versions")},` +
    `"VERSION":[{"API":"3.1",${IDENTITY}}]`;
}

function createSummary(): string {
  return `${createStatus("S", 11, "Summary")},"SUMMARY":[{"Elapsed":40206,` +
    '"GHS 5s":"13581.93","GHS av":13580.83,"Found Blocks":0,"Getworks":1375,' +
    '"Accepted":7629,"Rejected":2,"Hardware Errors":354,"Utility":11.38,' +
    '"Discarded":21530,"Stale":0,"Get Failures":0,"Local Work":2010877,' +
    '"Remote Failures":0,"Network Blocks":66,"Total MH":546017369885.0000,' +
    '"Work Utility":186557.18,"Difficulty Accepted":124993536.00000000,' +
    '"Difficulty Rejected":18432.00000000,"Difficulty Stale":0.00000000,' +
    '"Best Share":99242396,"Device Hardware%":0.0003,' +
    '"Device Rejected%":0.0147,"Pool Rejected%":0.0147,"Pool Stale%":0.0000,' +
    '"Last getwork":1521044524}]';
}

function createDevs(): string {
  const devices = CHAINS.map((chain, index) =>
    `{"ASC":${index},"Name":"BC5","ID":${index},"Enabled":"Y","Status":"Alive",` +
    `"Temperature":${50 + chain}.00,"MHS av":4522933.12,"MHS 5s":4527310.02,` +
    '"MHS 1m":4525102.70,"MHS 5m":4523001.44,"MHS 15m":4522977.90,' +
    '"Accepted":2543,"Rejected":0,"Hardware Errors":118,"Utility":3.79,' +
    '"Last Share Pool":0,"Last Share Time":1521044519,"Total MH":182005789961.0000,' +
    '"Diff1 Work":41664512,"Difficulty Accepted":41664512.00000000,' +
    '"Difficulty Rejected":0.00000000,"Last Share Difficulty":16384.00000000,' +
    '"Last Valid Work":1521044526,"Device Hardware%":0.0003,' +
    '"Device Rejected%":0.0000,"Device Elapsed":40206}'
  );
  return `${createStatus("S", 9, "3 ASC(s)")},"DEVS":[${devices.join(",")}]`;
}

function createPools(): string {
  const pools = [0, 1, 2].map((pool) =>
    `{"POOL":${pool},"URL":"stratum+tcp://pool${pool}.example:3333",` +
    `"Status":"Alive","Priority":${pool},"Quota":1,"Long Poll":"N",` +
    '"Getworks":1375,"Accepted":7629,"Rejected":2,"Discarded":21530,"Stale":0,' +
    '"Get Failures":0,"Remote Failures":0,"User":"worker.1",' +
    '"Last Share Time":"0:00:05","Diff":"16.4K","Diff1 Shares":0,' +
    '"Proxy Type":"","Proxy":"","Difficulty Accepted":124993536.00000000,' +
    '"Difficulty Rejected":18432.00000000,"Difficulty Stale":0.00000000,' +
    '"Last Share Difficulty":16384.00000000,"Has Stratum":true,' +
    `"Stratum Active":${pool === 0},"Stratum URL":"pool${pool}.example",` +
    '"Has GBT":false,"Best Share":99242396,"Pool Rejected%":0.0147,"Pool Stale%":0.0000}'
  );
  return `${createStatus("S", 7, "3 Pool(s)")},"POOLS":[${pools.join(",")}]`;
}

function createStats(): string {
  const asics = `" ${"oooooooo ".repeat(8).trim()}"`;
  return `${createStatus("S", 70, "BMMiner stats")},"STATS":[{${IDENTITY}}` +
    // No comma here: so the firmware of all these years writes it.
    '{"STATS":0,"ID":"BC50","Elapsed":100986,"Calls":0,"Wait":0.000000,' +
    '"Max":0.000000,"Min":99999999.000000,"GHS 5s":"13630.55",' +
    '"GHS av":13569.28,"miner_count":3,"frequency":"637","fan_num":2,' +
    '"fan1":0,"fan2":0,"fan3":4080,"fan4":0,"fan5":0,"fan6":4080,' +
    `"temp_num":3,${listPositions("temp", "56", "0")},` +
    `${listPositions("temp2_", "71", "0")},` +
    `${listPositions("freq_avg", "627.57", "0.00")},` +
    '"total_rateideal":13501.38,"total_freqavg":627.47,"total_acn":189,' +
    `"total_rate":13630.54,${
      listPositions("chain_rateideal", "4500.33", "0.00")
    },"temp_max":56,"Device Hardware%":0.0004,"no_matching_work":1222,` +
    `${listPositions("chain_acn", "63", "0")},` +
    `${listPositions("chain_acs", asics, '""')},` +
    `${listPositions("chain_hw", "22", "0")},` +
    `${listPositions("chain_rate", '"4545.53"', '""')},` +
    '"miner_version":"16.8.1.3","miner_id":"0102030405060708"}]';
}

const SECTIONS: ReadonlyMap<string, string> = new Map([
  ["version", createVersion()],
  ["summary", createSummary()],
  ["devs", createDevs()],
  ["pools", createPools()],
  ["stats", createStats()],
]);

const INVALID = createStatus("E", 14, "Invalid command");

/** Every reply that was asked for so far, by the text of the request. */
const replies = new Map<string, Uint8Array<ArrayBuffer>>();

/**
 * Finds the reply to a request.
 *
 * @param request The request's text, `{"command":…}`.
 * @returns The reply with its NUL: one report, or, for `a+b`, a section each;
 * code 14 for what the rig does not know.
 */
export function findReply(request: string): Uint8Array<ArrayBuffer> {
  const known = replies.get(request);
  if (known !== undefined) return known;
  const reply = new TextEncoder().encode(`${createReply(request)}\0`);
  replies.set(request, reply);
  return reply;
}

function createReply(request: string): string {
  const command = request.match(/"command":\s*"([^"]*)"/)?.[1] ?? "";
  if (!command.includes("+")) {
    return `{${SECTIONS.get(command) ?? INVALID},"id":1}`;
  }
  // As cgminer joins: duplicates once, what it does not know is left out.
  const sections = [...new Set(command.split("+"))].flatMap((name) => {
    const section = SECTIONS.get(name);
    return section === undefined ? [] : [`"${name}":[{${section},"id":1}]`];
  });
  return `{${sections.join(",")},"id":1}`;
}
