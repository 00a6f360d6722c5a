import { assertEquals } from "jsr:@std/assert@1";
import { Rig } from "../../client/rig.ts";
import { RigStatusError } from "../../client/rig_errors.ts";
import { type Personality, Simulator } from "../../rigs/simulator.ts";
import { COMMAND_CALLS } from "./command_calls.ts";

const PERSONALITIES: readonly Personality[] = [
  "cgminer",
  "antminer",
  "bfgminer",
  "sgminer",
];

/** They end the rig; `rig_calls_test.ts` has them. */
const ENDING: ReadonlySet<string> = new Set(["quit", "restart"]);

/** The reports that every miner has. */
const EVERYWHERE = [
  "version",
  "config",
  "devs",
  "pools",
  "summary",
  "notify",
  "devdetails",
  "stats",
  "coin",
  "pgacount",
  "check",
];

for (const personality of PERSONALITIES) {
  Deno.test(`every method works with ${personality}, or gives its refusal`, async () => {
    await using simulator = Simulator.start({ personality });
    const rig = new Rig(simulator);
    const answered: string[] = [];
    for (const [command, call] of COMMAND_CALLS) {
      if (ENDING.has(command)) continue;
      try {
        await call(rig);
        answered.push(command);
      } catch (error) {
        // Anything else would be a reply that its type does not fit.
        if (!(error instanceof RigStatusError)) throw error;
      }
    }
    const missing = EVERYWHERE.filter((command) => !answered.includes(command));
    assertEquals(missing, personality === "sgminer" ? ["pgacount"] : []);
  });
}
