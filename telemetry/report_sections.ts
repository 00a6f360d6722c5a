/**
 * The sections of a rig's replies, each found and prepared once, and of each
 * section the fields that somebody reads, by what their names mean. Pure. It
 * lives as long as one reading: what it holds is garbage together.
 *
 * @example
 * ```ts
 * import { ReportSections } from "./report_sections.ts";
 *
 * const stats = { STATS: [{ ID: "BC50", fan3: 4080, fan6: 4080 }] };
 * const sections = ReportSections.of({ stats });
 * const [entry] = sections.find("stats", "STATS");
 * console.log(entry?.members["ID"]); // BC50
 * console.log(entry?.list("fan").map(({ meaning }) => meaning)); // [3, 6]
 * ```
 *
 * @module
 */

import { findMeanings, type Kind, type MeaningOf } from "./field_names.ts";
import type { Reports } from "./reports.ts";
import { cutReply, findSections, type Members } from "./sections.ts";

/** A member whose name means something. */
export interface Field<K extends Kind = Kind> {
  readonly name: string;
  /** What the name says. */
  readonly meaning: MeaningOf<K>;
  readonly value: unknown;
}

const NONE: readonly Field[] = [];

/** An object of a reply, and its fields by what their names mean. */
export class Section {
  /** All of the object. */
  readonly members: Members;
  #fields: Partial<Record<Kind, Field[]>> | undefined;

  private constructor(members: Members) {
    this.members = members;
  }

  /**
   * Makes a section of an object.
   *
   * @param members The object; or a section, which is given back.
   * @returns The section.
   */
  static of(members: Members | Section): Section {
    return members instanceof Section ? members : new Section(members);
  }

  /**
   * Lists the fields of a kind.
   *
   * @param kind The kind: `"fan"`.
   * @returns They, in the order of the reply.
   */
  list<K extends Kind>(kind: K): readonly Field<K>[] {
    this.#fields ??= collectFields(this.members);
    // `findMeanings` gives under each kind what that kind's parser gave.
    return (this.#fields[kind] ?? NONE) as readonly Field<K>[];
  }
}

/** The sections of a rig's replies. */
export class ReportSections {
  readonly #reports: Reports;
  readonly #cut = new Map<string, Members | undefined>();
  readonly #found = new Map<string, readonly Section[]>();

  private constructor(reports: Reports) {
    this.#reports = reports;
  }

  /**
   * Makes sections of replies.
   *
   * @param reports The replies; or their sections, which are given back.
   * @returns The sections.
   */
  static of(reports: Reports | ReportSections): ReportSections {
    return reports instanceof ReportSections
      ? reports
      : new ReportSections(reports);
  }

  /** The replies by command. */
  get reports(): Reports {
    return this.#reports;
  }

  /**
   * Finds the objects of a section, as `findSections` does.
   *
   * @param command The command whose reply it is in: `"devs"`.
   * @param name The section's name: `"DEVS"`.
   * @returns Its objects in their order.
   */
  find(command: string, name: string): readonly Section[] {
    const place = `${command} ${name}`;
    const known = this.#found.get(place);
    if (known !== undefined) return known;
    const found = findSections(this.#cutReply(command), name).map(Section.of);
    this.#found.set(place, found);
    return found;
  }

  /** Once a reply: of one with a million members each look at them takes long. */
  #cutReply(command: string): Members | undefined {
    if (!this.#cut.has(command)) {
      this.#cut.set(command, cutReply(this.#reports[command]));
    }
    return this.#cut.get(command);
  }
}

function collectFields(members: Members): Partial<Record<Kind, Field[]>> {
  const fields: Partial<Record<Kind, Field[]>> = {};
  for (const name of Object.keys(members)) {
    for (const { kind, meaning } of findMeanings(name)) {
      (fields[kind] ??= []).push({ name, meaning, value: members[name] });
    }
  }
  return fields;
}
