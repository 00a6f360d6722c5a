/**
 * What a vendor's file says: how its rigs are recognised, which reports they
 * give, what their fields are called, in which units, and what of it is wrong.
 * Types only; the files are in `vendors/`, their list is in `vendors.ts`.
 *
 * The readers (`hashrate.ts`, `chains.ts`, `fans.ts`, …) know the API as
 * cgminer's `api.c` writes it, and read every rig by the tables of all vendors
 * joined: firmware is copied from make to make, and few rigs say whose it is.
 * A table that is wanted and not here is a member more of {@linkcode Vendor},
 * and a line in the reader that joins it.
 *
 * @module
 */

import type { HashrateWindow } from "./telemetry.ts";

/** One command that telemetry is made of. */
export interface Report {
  /** The command's name, in small letters. */
  readonly command: string;
  /** Its reply only changes when the miner restarts: ask it once. */
  readonly isStatic: boolean;
  /**
   * The command that this one stands in for: ask it only where that one is
   * unknown to the rig, or says nothing.
   */
  readonly substituteFor?: string;
  /**
   * No other make has it: ask only a rig that is recognised as this one's.
   * Absent: every rig is asked for it once, and further on if it answered.
   */
  readonly isOwn?: boolean;
  /**
   * It may say nothing for a while, and matters when it does: asked each time,
   * where others that said nothing new are left out for ten minutes.
   */
  readonly isAlwaysAsked?: boolean;
}

/** What tells that a rig is of a make: any of these does. */
export interface Recognition {
  /** What its miner calls itself: `LUXminer`. */
  readonly software?: RegExp;
  /** What the model is called: `Antminer S9`. */
  readonly model?: RegExp;
  /** Fields of `summary`, `devs` or `stats` that no other make has. */
  readonly fields?: readonly string[];
}

/** A name, or a pattern of names, and the sensor that it is of in the model. */
export type SensorRow<Name> = readonly [name: Name, sensor: string];

/** A hashrate without a unit in its name, in hashes per second for 1. */
export interface BareRate {
  readonly name: string;
  readonly window: HashrateWindow | "ideal";
  readonly scale: number;
}

/**
 * What a figure counts that its name says wrongly, and where that is seen. A
 * unit that a reply states counts more than any row.
 */
export interface UnitCorrection {
  /** The field whose unit is wrong; absent: all fields of these models. */
  readonly name?: RegExp;
  /** The models that lie. */
  readonly model?: RegExp;
  /** The same by `ID` (driver and number) in `stats`. */
  readonly id?: RegExp;
  /** The same by software and version, as STATUS describes them. */
  readonly description?: RegExp;
  /** The letter of the fields that lie: `m` for `MHS`. Default `g`, and bare ones. */
  readonly letter?: string;
  /** Hashes per second for 1. */
  readonly scale: number;
  /**
   * More than this, in hashes per second, none of these rigs does: their
   * firmwares differ, and a figure that would be more counts in thousandths.
   */
  readonly most?: number;
  /** The recorded reply that proves it, and how. */
  readonly proof: string;
}

/** A field that is not to be believed where the object around it says so. */
export interface GarbageRow {
  readonly name: string;
  /** Says whether it is garbage, by all of the object. */
  readonly isGarbage: (members: Readonly<Record<string, unknown>>) => boolean;
  /** The recorded reply that proves it, and how. */
  readonly proof: string;
}

/** One place where a rig's power stands; what it has several of is added up. */
export interface PowerSource {
  /** The command whose reply it is in. */
  readonly command: string;
  /** The section of that reply. */
  readonly section: string;
  /** The field: a name, or a pattern for that of each part. */
  readonly field?: string | RegExp;
  /** The field of each board that stands by name (`top-board`). */
  readonly boardField?: string;
  /** What finds it, as the first group, in the text of an Avalon's module. */
  readonly moduleText?: RegExp;
  /** What that text has in it; absent: whatever the module. */
  readonly moduleFamily?: RegExp;
  /** A total below this, in watts, is something else than the rig's power. */
  readonly leastW?: number;
}

/** Numbered fields of hash chains: `chain_rate6`, `temp2_6`. */
export interface ChainTable {
  /** Groups: what stands before the chain's number (the family), the number. */
  readonly field: RegExp;
  /** Families by what they say of the chain, in small letters. */
  readonly families: {
    readonly rate: string;
    readonly average: string;
    /** The average with its unit in words; then `rate` is that average too. */
    readonly statedAverage: string;
    readonly ideal: string;
    /** How many chips it has. */
    readonly chips: string;
    /** A mark for each chip: `oooxoo`. */
    readonly marks: string;
    readonly hardwareErrors: string;
    readonly state: string;
  };
  /** Lists of sensors, of which the highest counts. */
  readonly sensorLists: readonly SensorRow<string>[];
  /** Those of them that have inlet first and outlet last under liquid. */
  readonly flowLists: readonly SensorRow<string>[];
  /** The entry's field that counts the chains that the miner found. */
  readonly counts: readonly string[];
  /** Single sensors, for what the lists do not say. */
  readonly sensors: readonly SensorRow<string>[];
  /** The same where the last of them says something. */
  readonly pairedSensors: readonly SensorRow<string>[];
  /** The same chains as a list of objects. */
  readonly list: {
    /** The member that is the list. */
    readonly name: string;
    /** The member of each that is the chain's number. */
    readonly number: string;
    /** Families by the other members of each. */
    readonly families: Readonly<Record<string, string>>;
  };
}

/** Boards that stand in the statistics by number (`0 Temp 1`). */
export interface NumberedBoards {
  /** Groups: the board's number, its field. */
  readonly field: RegExp;
  /** The board's field that counts its chips: what has none is no board. */
  readonly chips: string;
}

/** Boards that stand in the statistics by name (`top-board`). */
export interface NamedBoards {
  /** Group: the board's name. */
  readonly field: RegExp;
  /** The member of a board that counts its chips. */
  readonly chips: string;
  readonly rates: readonly BareRate[];
}

/** Modules whose text lists what they say: `Temp[30] GHSspd[81072.68]`. */
export interface ModuleTable {
  /** The member that has the text; group: the module's number. */
  readonly field: RegExp;
  /** Sensors, in the order that they are given in. */
  readonly sensors: readonly SensorRow<string>[];
  /** Lists the hottest chip of each board. */
  readonly boardMaxima: string;
  /** Lists the mean of each board's chips. */
  readonly boardMeans: string;
  /** Lists the average hashrate of each board. */
  readonly boardRates: BareRate;
  /** What it says when it rests, unless it says something else as well. */
  readonly pauses: readonly {
    readonly name: string;
    readonly value: RegExp;
    readonly unless?: readonly [name: string, value: RegExp];
  }[];
  /** Hashrates, best first. */
  readonly rates: readonly BareRate[];
  readonly hardwareErrors: string;
  /** Revolutions; group: the fan's number. */
  readonly fan: RegExp;
  /** All fans' percent. */
  readonly fanPercent: string;
  /** Groups in the text: model, firmware; and what goes before the model. */
  readonly versions: readonly {
    readonly pattern: RegExp;
    readonly family: string;
  }[];
}

/** A report of temperatures by board. */
export interface BoardTemperatures {
  readonly command: string;
  readonly section: string;
  /** The board's number. */
  readonly number: string;
  /** Its name. */
  readonly name: string;
  /** What the name of a board that does not hash has in it. */
  readonly controller: RegExp;
  /** Lists of sensors, of which the highest counts. */
  readonly lists: readonly SensorRow<string>[];
  /** What a sensor says, in degrees Celsius. */
  readonly celsius: string;
}

/**
 * What is known of a make of rigs, or of a firmware. Everything but the name
 * may be left out. Where two makes say the same of a name, the one that is
 * earlier in the list of `vendors.ts` counts.
 */
export interface Vendor {
  /** Its name: `WhatsMiner`. */
  readonly name: string;

  // How it is recognised, and what it says of itself.

  /** What tells that a rig is of this make. */
  readonly recognised?: Recognition;
  /** Its miners' software: what they call themselves, as the model has it. */
  readonly software?: readonly string[];
  /** Descriptions in STATUS that are a version of the API, not a miner's. */
  readonly apiDescription?: RegExp;
  /** Reports that say model, firmware and API, besides `version` and `stats`. */
  readonly versionReports?: readonly (readonly [
    command: string,
    section: string,
  ])[];
  /** Fields that say the API's version, besides `API`. */
  readonly apiFields?: readonly string[];
  /** Fields that say the model, best first. */
  readonly modelFields?: readonly string[];
  /** Fields that say the firmware's version, best first. */
  readonly firmwareFields?: readonly string[];
  /** Models that say their firmware too; groups: model, firmware. */
  readonly firmwareInModel?: readonly RegExp[];
  /** Firmware in the text of another field, as the first group. */
  readonly firmwareInText?: readonly (readonly [field: string, RegExp])[];

  // What it is asked.

  /** Reports that telemetry is made of, in order of worth. */
  readonly reports?: readonly Report[];

  // Hashrates.

  /** Windows that stand in for `5s` and say no seconds: `RT`. */
  readonly recentWindows?: readonly string[];
  /** Fields that say the unit of the hashrates beside them: `rate_unit`. */
  readonly unitFields?: readonly RegExp[];
  /** Units that its names say wrongly. */
  readonly unitCorrections?: readonly UnitCorrection[];
  /** `chain_rate` of its rigs is the average since the start. */
  readonly isChainRateAverage?: boolean;

  // Counts and states.

  /** Fields of hardware errors besides `Hardware Errors`, best first. */
  readonly hardwareErrorFields?: readonly string[];
  /**
   * What says that the rig rests: a field of `summary`, `stats` or `pools`, and
   * what it says then.
   */
  readonly pauses?: readonly (readonly [name: RegExp, value: RegExp])[];
  /** Reports that say so, besides those three. */
  readonly pauseReports?: readonly (readonly [
    command: string,
    section: string,
  ])[];
  /** Fields that say the codes of errors that stand. */
  readonly errorCodeFields?: readonly RegExp[];
  /** Reports that say them, besides `summary`. */
  readonly errorCodeReports?: readonly (readonly [
    command: string,
    section: string,
  ])[];
  /** Fields that count the chips of a device that answer, best first. */
  readonly chipFields?: readonly string[];
  /** Fields that count all of its chips. */
  readonly expectedChipFields?: readonly string[];
  /** What is not to be believed. */
  readonly garbage?: readonly GarbageRow[];
  /** Whether a device mines, by its `Status` in small letters. */
  readonly deviceStates?: Readonly<Record<string, boolean>>;
  /** Whether a pool answers, by its `Status` in small letters. */
  readonly poolStates?: Readonly<Record<string, boolean>>;
  /** Whether a chain hashes, by its state in small letters; others do not. */
  readonly hashingStates?: readonly string[];

  // Chains, boards, modules.

  readonly chains?: ChainTable;
  readonly numberedBoards?: NumberedBoards;
  readonly namedBoards?: NamedBoards;
  /** Members that are a channel's object; group: its number. */
  readonly channel?: RegExp;
  readonly modules?: ModuleTable;

  // Temperatures.

  /**
   * Sensors of a device, by its field's name in small letters with blanks for
   * underscores.
   */
  readonly sensors?: readonly SensorRow<RegExp>[];
  /** Sensors of a board; a group in the pattern is the sensor's number. */
  readonly boardSensors?: readonly SensorRow<RegExp>[];
  /** Fields of `temps` that are all sensors, named after the field. */
  readonly otherSensors?: RegExp;
  /** Sensors of the rig itself, in the order that they are given in. */
  readonly rigSensors?: readonly SensorRow<string>[];
  /** Boards' temperatures in a summary; group: the board's number. */
  readonly summaryBoard?: RegExp;
  /** Reports of temperatures by board, each with lists of sensors. */
  readonly boardTemperatures?: readonly BoardTemperatures[];

  // Fans and power.

  /** Revolutions of numbered fans; group: the number. */
  readonly fans?: readonly RegExp[];
  /** Revolutions of all fans in a list. */
  readonly fanList?: RegExp;
  /** How many fans there are. */
  readonly fanCount?: RegExp;
  /** Revolutions of fans that have names; group: the name. */
  readonly namedFan?: RegExp;
  /** How fast all fans are told to run, in percent. */
  readonly fanPercentFields?: readonly string[];
  /** The same where nothing else tells of fans. */
  readonly fanDutyField?: string;
  /** Reports that list the fans: the fan's number, and its revolutions. */
  readonly fanReports?: readonly (readonly [
    command: string,
    section: string,
    number: string,
    rpm: string,
  ])[];
  /** The power supply's fans; group: the number, where there are several. */
  readonly psuFans?: readonly (readonly [
    command: string,
    section: string,
    field: RegExp,
  ])[];
  /** Says that the rig has no fans, as it is cooled by liquid. */
  readonly liquidCoolingField?: string;
  /** Models that are cooled by liquid. */
  readonly liquidCooledModel?: RegExp;
  /** Where its power stands, best first. */
  readonly power?: readonly PowerSource[];
}
