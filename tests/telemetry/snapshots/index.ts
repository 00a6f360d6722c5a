/** Every snapshot by its rig; written by ../write_snapshots.ts. */
import rig0 from "./antminer-d3.json" with { type: "json" };
import rig1 from "./antminer-d3-blissz-2.06.json" with { type: "json" };
import rig2 from "./antminer-e3.json" with { type: "json" };
import rig3 from "./antminer-l3.json" with { type: "json" };
import rig4 from "./antminer-l3plus.json" with { type: "json" };
import rig5 from "./antminer-l3plus-2018.json" with { type: "json" };
import rig6 from "./antminer-l3plus-rwglr.json" with { type: "json" };
import rig7 from "./antminer-l3plusplus.json" with { type: "json" };
import rig8 from "./antminer-s15.json" with { type: "json" };
import rig9 from "./antminer-s17plus.json" with { type: "json" };
import rig10 from "./antminer-s17pro.json" with { type: "json" };
import rig11 from "./antminer-s17pro-2019.json" with { type: "json" };
import rig12 from "./antminer-s19.json" with { type: "json" };
import rig13 from "./antminer-s19pro-2022.json" with { type: "json" };
import rig14 from "./antminer-s19pro-cold.json" with { type: "json" };
import rig15 from "./antminer-s19pro-overheating.json" with { type: "json" };
import rig16 from "./antminer-s7.json" with { type: "json" };
import rig17 from "./antminer-s9.json" with { type: "json" };
import rig18 from "./antminer-s9k.json" with { type: "json" };
import rig19 from "./antminer-t15.json" with { type: "json" };
import rig20 from "./antminer-t17plus-sleeping.json" with { type: "json" };
import rig21 from "./antminer-t9plus.json" with { type: "json" };
import rig22 from "./antminer-z11.json" with { type: "json" };
import rig23 from "./antminer-z11-chipless-3.0.json" with { type: "json" };
import rig24 from "./antminer-z9mini.json" with { type: "json" };
import rig25 from "./asicseer-s9.json" with { type: "json" };
import rig26 from "./asicseer-s9i-bmminer-2.4.2.json" with { type: "json" };
import rig27 from "./avalon-24102401.json" with { type: "json" };
import rig28 from "./avalon-a10xx.json" with { type: "json" };
import rig29 from "./avalon-a1246.json" with { type: "json" };
import rig30 from "./avalon-a7xx.json" with { type: "json" };
import rig31 from "./avalon-a8xx.json" with { type: "json" };
import rig32 from "./avalon-q.json" with { type: "json" };
import rig33 from "./baikal-sgminer-5.6.6-l.json" with { type: "json" };
import rig34 from "./blackminer-f1-u.json" with { type: "json" };
import rig35 from "./blackminer-f1-ultra.json" with { type: "json" };
import rig36 from "./braiins-bos-bmminer-2018.json" with { type: "json" };
import rig37 from "./braiins-bos-bmminer-2019.json" with { type: "json" };
import rig38 from "./braiins-bosminer-0.2.0.json" with { type: "json" };
import rig39 from "./braiins-bosminer-plus-0.2.0.json" with { type: "json" };
import rig40 from "./braiins-bosminer-plus-0.8.0.json" with { type: "json" };
import rig41 from "./braiins-os-v21_09.json" with { type: "json" };
import rig42 from "./braiins-os-v24_09.json" with { type: "json" };
import rig43 from "./bw-l21-cgminer-4.10.0.json" with { type: "json" };
import rig44 from "./bw-l21-cpuminer-2.3.2-b.json" with { type: "json" };
import rig45 from "./cgminer-3.7.2-gpu.json" with { type: "json" };
import rig46 from "./cheetah-c3012.json" with { type: "json" };
import rig47 from "./dragonmint-t1.json" with { type: "json" };
import rig48 from "./dragonmint-t1-b.json" with { type: "json" };
import rig49 from "./hammer-2023-05-28.json" with { type: "json" };
import rig50 from "./hiveon-s9-b.json" with { type: "json" };
import rig51 from "./honorknight-cgminer-4.10.0.json" with { type: "json" };
import rig52 from "./innosilicon-a9-sgminer-4.4.2.json" with { type: "json" };
import rig53 from "./luxos-s19kpro-2025.4.8.json" with { type: "json" };
import rig54 from "./minerva-mv8.json" with { type: "json" };
import rig55 from "./mskminer-2.6.0.39.json" with { type: "json" };
import rig56 from "./recorded-bfgminer-w.json" with { type: "json" };
import rig57 from "./recorded-cgminer-sp10-w.json" with { type: "json" };
import rig58 from "./recorded-sgminer-w.json" with { type: "json" };
import rig59 from "./sgminer-4.1.0-text.json" with { type: "json" };
import rig60 from "./sgminer-gm-5.5.5.json" with { type: "json" };
import rig61 from "./sgminer-tecracoin-0.1.4.json" with { type: "json" };
import rig62 from "./strongu-stu-u6.json" with { type: "json" };
import rig63 from "./teamredminer-0.3.10.json" with { type: "json" };
import rig64 from "./teamredminer-0.3.8.json" with { type: "json" };
import rig65 from "./vnish-s17-0.9.2.json" with { type: "json" };
import rig66 from "./vnish-s17plus-2.0.3.json" with { type: "json" };
import rig67 from "./vnish-s19xp-1.2.0-rc1.json" with { type: "json" };
import rig68 from "./whatsminer-btminer-new.json" with { type: "json" };
import rig69 from "./whatsminer-flat-msg-v1.4.json" with { type: "json" };
import rig70 from "./whatsminer-m10-class.json" with { type: "json" };
import rig71 from "./whatsminer-m3.json" with { type: "json" };
import rig72 from "./whatsminer-m31s.json" with { type: "json" };
import rig73 from "./zig-z1.json" with { type: "json" };

/** Telemetry as it was reviewed, by `<vendor>-<model>`. */
export const SNAPSHOTS: ReadonlyMap<string, unknown> = new Map<
  string,
  unknown
>([
  ["antminer-d3", rig0],
  ["antminer-d3-blissz-2.06", rig1],
  ["antminer-e3", rig2],
  ["antminer-l3", rig3],
  ["antminer-l3plus", rig4],
  ["antminer-l3plus-2018", rig5],
  ["antminer-l3plus-rwglr", rig6],
  ["antminer-l3plusplus", rig7],
  ["antminer-s15", rig8],
  ["antminer-s17plus", rig9],
  ["antminer-s17pro", rig10],
  ["antminer-s17pro-2019", rig11],
  ["antminer-s19", rig12],
  ["antminer-s19pro-2022", rig13],
  ["antminer-s19pro-cold", rig14],
  ["antminer-s19pro-overheating", rig15],
  ["antminer-s7", rig16],
  ["antminer-s9", rig17],
  ["antminer-s9k", rig18],
  ["antminer-t15", rig19],
  ["antminer-t17plus-sleeping", rig20],
  ["antminer-t9plus", rig21],
  ["antminer-z11", rig22],
  ["antminer-z11-chipless-3.0", rig23],
  ["antminer-z9mini", rig24],
  ["asicseer-s9", rig25],
  ["asicseer-s9i-bmminer-2.4.2", rig26],
  ["avalon-24102401", rig27],
  ["avalon-a10xx", rig28],
  ["avalon-a1246", rig29],
  ["avalon-a7xx", rig30],
  ["avalon-a8xx", rig31],
  ["avalon-q", rig32],
  ["baikal-sgminer-5.6.6-l", rig33],
  ["blackminer-f1-u", rig34],
  ["blackminer-f1-ultra", rig35],
  ["braiins-bos-bmminer-2018", rig36],
  ["braiins-bos-bmminer-2019", rig37],
  ["braiins-bosminer-0.2.0", rig38],
  ["braiins-bosminer-plus-0.2.0", rig39],
  ["braiins-bosminer-plus-0.8.0", rig40],
  ["braiins-os-v21_09", rig41],
  ["braiins-os-v24_09", rig42],
  ["bw-l21-cgminer-4.10.0", rig43],
  ["bw-l21-cpuminer-2.3.2-b", rig44],
  ["cgminer-3.7.2-gpu", rig45],
  ["cheetah-c3012", rig46],
  ["dragonmint-t1", rig47],
  ["dragonmint-t1-b", rig48],
  ["hammer-2023-05-28", rig49],
  ["hiveon-s9-b", rig50],
  ["honorknight-cgminer-4.10.0", rig51],
  ["innosilicon-a9-sgminer-4.4.2", rig52],
  ["luxos-s19kpro-2025.4.8", rig53],
  ["minerva-mv8", rig54],
  ["mskminer-2.6.0.39", rig55],
  ["recorded-bfgminer-w", rig56],
  ["recorded-cgminer-sp10-w", rig57],
  ["recorded-sgminer-w", rig58],
  ["sgminer-4.1.0-text", rig59],
  ["sgminer-gm-5.5.5", rig60],
  ["sgminer-tecracoin-0.1.4", rig61],
  ["strongu-stu-u6", rig62],
  ["teamredminer-0.3.10", rig63],
  ["teamredminer-0.3.8", rig64],
  ["vnish-s17-0.9.2", rig65],
  ["vnish-s17plus-2.0.3", rig66],
  ["vnish-s19xp-1.2.0-rc1", rig67],
  ["whatsminer-btminer-new", rig68],
  ["whatsminer-flat-msg-v1.4", rig69],
  ["whatsminer-m10-class", rig70],
  ["whatsminer-m3", rig71],
  ["whatsminer-m31s", rig72],
  ["zig-z1", rig73],
]);
