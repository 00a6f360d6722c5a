/**
 * A process that writes rounds to a file as fast as it can, and says after each
 * of them that it is written, until it is killed.
 *
 * @module
 */

import { HistoryFile } from "../../gateway/watch/history_file.ts";

const [path = "", rigs = ""] = Deno.args;
let timeS = 60;
const file = await HistoryFile.open(path, {
  onTrouble: console.error,
  getNowMs: () => timeS * 1000,
});
for (;; timeS += 60) {
  file.append(Array.from({ length: Number(rigs) }, (_, index) => ({
    ...{ name: `rig-${index}`, tags: {}, algorithm: "SHA-256" },
    sample: {
      ...{ timeS, takenS: timeS, rounds: 1, hashrate: timeS, up: 1, down: 0 },
    },
  })));
  await file.settle();
  console.log(timeS);
}
