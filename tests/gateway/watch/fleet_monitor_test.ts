import { assertEquals } from "jsr:@std/assert@1";
import { FleetMonitor } from "../../../gateway/watch/fleet_monitor.ts";
import { Fleet, type FleetRig } from "../../../rigs/fleet.ts";
import { replyWith, ScriptedRig } from "../../scripted_rig.ts";

Deno.test("FleetMonitor finds trouble by the limits of all rigs and of a rig's tags, from the next survey on", async () => {
  await using rig = await ScriptedRig.start(
    replyWith(
      '{"STATUS":[{"STATUS":"S"}],"SUMMARY":[{"Accepted":90,"Rejected":10}],"id":1}',
    ),
  );
  const { hostname, port } = rig;
  const fleet = new Fleet([
    { name: "barn", hostname, port, tags: { site: "barn" } },
    { name: "attic", hostname, port, tags: { site: "attic:1" } },
  ]);
  const monitor = new FleetMonitor();
  const look = async () => {
    const found: string[] = [];
    for (const each of fleet.rigs as Iterable<FleetRig>) {
      const { trouble } = await monitor.survey(each);
      found.push(...trouble.map(({ severity }) => `${each.name} ${severity}`));
    }
    return found;
  };
  assertEquals(await look(), ["barn warning", "attic warning"]);
  monitor.settings = { limits: { rejects: { critical: 9 } }, tags: {} };
  assertEquals(await look(), ["barn critical", "attic critical"]);
  monitor.settings = {
    limits: { rejects: { critical: 9 } },
    tags: {
      "site:barn": { rejects: null },
      "site:attic:1": { rejects: { critical: 15 } },
      "floor:1": { rejects: 1 },
    },
  };
  assertEquals(await look(), ["attic warning"]);
});
