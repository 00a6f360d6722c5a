/**
 * The vendors that telemetry knows, and their tables joined. A new one is a
 * file in `vendors/` and a row here. Pure.
 *
 * @module
 */

import type { Vendor } from "./vendor.ts";
import { ANTMINER } from "./vendors/antminer.ts";
import { AURADINE } from "./vendors/auradine.ts";
import { AVALON } from "./vendors/avalon.ts";
import { BFGMINER } from "./vendors/bfgminer.ts";
import { BLACKMINER } from "./vendors/blackminer.ts";
import { BLISSZ } from "./vendors/blissz.ts";
import { BRAIINS } from "./vendors/braiins.ts";
import { CGMINER } from "./vendors/cgminer.ts";
import { CPUMINER } from "./vendors/cpuminer.ts";
import { HIVEON } from "./vendors/hiveon.ts";
import { HONORKNIGHT } from "./vendors/honorknight.ts";
import { IBELINK } from "./vendors/ibelink.ts";
import { INNOSILICON } from "./vendors/innosilicon.ts";
import { LUXOS } from "./vendors/luxos.ts";
import { MINERVA } from "./vendors/minerva.ts";
import { MSKMINER } from "./vendors/mskminer.ts";
import { SEALMINER } from "./vendors/sealminer.ts";
import { SGMINER } from "./vendors/sgminer.ts";
import { SPONDOOLIES } from "./vendors/spondoolies.ts";
import { TEAMREDMINER } from "./vendors/teamredminer.ts";
import { VNISH } from "./vendors/vnish.ts";
import { WHATSMINER } from "./vendors/whatsminer.ts";
import { ZIG } from "./vendors/zig.ts";

/**
 * All of them. Where two say the same of a name, the earlier one counts; what
 * all of cgminer's family share comes last.
 */
export const VENDORS: readonly Vendor[] = [
  WHATSMINER,
  BRAIINS,
  LUXOS,
  MSKMINER,
  ANTMINER,
  VNISH,
  BLISSZ,
  HIVEON,
  BLACKMINER,
  AVALON,
  AURADINE,
  ZIG,
  SEALMINER,
  SPONDOOLIES,
  INNOSILICON,
  HONORKNIGHT,
  MINERVA,
  IBELINK,
  BFGMINER,
  SGMINER,
  CPUMINER,
  TEAMREDMINER,
  CGMINER,
];

/** A row of a vendor's table; a member that is no list is its own row. */
export type RowOf<Table extends keyof Vendor> = NonNullable<
  Vendor[Table]
> extends readonly (infer Row)[] ? Row : NonNullable<Vendor[Table]>;

/**
 * Joins a table of all vendors.
 *
 * @param table The table: `"fans"`, `"chains"`.
 * @returns The rows of those that have it, in the order of the vendors.
 */
export function joinTable<Table extends keyof Vendor>(
  table: Table,
): readonly RowOf<Table>[] {
  // `flatMap` opens a list, and leaves anything else whole.
  return VENDORS.flatMap((vendor): unknown => vendor[table] ?? []) as RowOf<
    Table
  >[];
}
