/**
 * How a rig is asked for its telemetry: what to ask, and one loop that asks it,
 * for the client and for the gateway. Which reports a rig knows, which of them
 * say anything new, and whether it takes several in one call is found out once
 * and remembered until the rig restarts. No I/O: whoever surveys a rig gives the
 * function that asks it.
 *
 * @module
 */

import { RigError, type RigErrorCode } from "../rpc/errors.ts";
import { readStatus } from "../rpc/replies.ts";
import { isMadeBy, readMinerInfo } from "./miner_info.ts";
import { readTelemetry } from "./read_telemetry.ts";
import { ReportSections } from "./report_sections.ts";
import { REPORTS, type Reports } from "./reports.ts";
import type { Telemetry } from "./telemetry.ts";
import { readText } from "./values.ts";
import type { Vendor } from "./vendor.ts";
import { VENDORS } from "./vendors.ts";

/** All reports of any make, one by one, and one joined call. */
const MAX_CALLS = 18;

/** After these, whatever else is asked now would fail alike. */
const CODES_THAT_END: ReadonlySet<RigErrorCode> = new Set([
  "rig-refused",
  "rig-unreachable",
  "rig-timeout",
  "rig-busy",
]);

/** How a survey is made. */
export interface Survey {
  /** What is known of the rig; it learns from the survey. */
  readonly plan: SurveyPlan;
  /** Asks one command within a time, and gives the reply, parsed. */
  readonly ask: (command: string, timeoutMs: number) => Promise<unknown>;
  /** Called with what `ask` throws and is no `RigError`; may throw to end it. */
  readonly onDefect: (error: unknown) => void;
  /** Milliseconds for all calls together. */
  readonly timeoutMs: number;
  /** With less time left, no call is made any more. */
  readonly leastCallMs: number;
  /** Most calls. Default 18. */
  readonly maxCalls?: number | undefined;
  /** Whether the rig did not answer the last time. */
  readonly wasDown: boolean;
}

/** What came of a survey. */
export interface SurveyResult {
  /** What the rig says of itself; empty if nothing. */
  readonly telemetry: Telemetry;
  /** Whether it answered anything. */
  readonly hasAnswered: boolean;
  /** Whether any of that was a report, and no error. */
  readonly hasReport: boolean;
  /** What its last error says, in the rig's own words; empty if nothing. */
  readonly refusal: string | undefined;
  /** The first thing that went wrong. */
  readonly error: unknown;
}

/**
 * Asks a rig what its plan says, until there is no more to ask or no time; all
 * of it again if it turns out that the rig has restarted.
 *
 * @param survey The plan, and how to ask.
 * @returns What the rig says.
 * @throws Whatever `onDefect` throws.
 */
export async function surveyRig(survey: Survey): Promise<SurveyResult> {
  const { plan, ask, leastCallMs, wasDown } = survey;
  const deadlineMs = performance.now() + survey.timeoutMs;
  let callsLeft = survey.maxCalls ?? MAX_CALLS;
  let hasAnswered = false;
  let firstError: unknown;

  /** Asks one thing; false if there is no sense in asking on. */
  async function askNext(): Promise<boolean> {
    const leftMs = deadlineMs - performance.now();
    if (callsLeft <= 0 || (hasAnswered && leftMs < leastCallMs)) return false;
    const command = plan.next();
    if (command === undefined) return false;
    callsLeft--;
    try {
      // Whole: the first call has all of the time, and errors the same words as
      // anybody else's.
      const reply = await ask(command, Math.max(1, Math.ceil(leftMs)));
      hasAnswered = true;
      plan.take(command, reply);
      return true;
    } catch (error) {
      if (!(error instanceof RigError)) survey.onDefect(error);
      firstError ??= error;
      const code = error instanceof RigError ? error.code : undefined;
      const isOver = code !== undefined && CODES_THAT_END.has(code);
      // A rig may hang on one command, and on nothing else.
      if (!isOver || code === "rig-timeout") plan.fail(command);
      return !isOver;
    }
  }

  async function askAll(): Promise<ReturnType<SurveyPlan["finish"]>> {
    plan.begin(performance.now());
    try {
      while (await askNext());
    } catch (error) {
      plan.finish(wasDown);
      throw error;
    }
    return plan.finish(wasDown);
  }

  let found = await askAll();
  if (found.hasRestarted) {
    const { hasReport } = found;
    plan.forget();
    found = await askAll();
    found = { ...found, hasReport: hasReport || found.hasReport };
  }
  return { ...found, hasAnswered, error: firstError };
}

/** What came of a plan's survey, as {@linkcode SurveyResult} says. */
interface Finding
  extends Pick<SurveyResult, "telemetry" | "hasReport" | "refusal"> {
  /** Whether it has restarted since the last time. */
  readonly hasRestarted: boolean;
}

/** One row of the table of reports. */
type ReportRow = (typeof REPORTS)[number];

/**
 * What is known of a report: the rig does not have it; it has it, and it says
 * nothing that others do not; it says something. Absent: not asked yet.
 */
type Worth = "unknown" | "silent" | "telling";

/** A report's last reply. */
interface Taken {
  readonly reply: unknown;
  readonly atMs: number;
}

/** What a miner says of a command that it does not have, or not for us. */
const CODES_OF_UNKNOWN: ReadonlySet<number | undefined> = new Set([14, 45]);

/** A report that fails this often by itself is taken for an unknown one. */
const MAX_FAILURES = 2;

/** What failures of joined commands are counted under. */
const JOINED = "+";

/** How long a report that was silent is not asked: a sleeping miner wakes up. */
const SILENCE_MS = 10 * 60_000;

/** How long a reply counts, where there is no time to ask for all each time. */
const MAX_AGE_MS = 5 * 60_000;

/** How much later a miner may seem to have started than before. */
const START_TOLERANCE_S = 30;

/** These can be empty for a while, and cost little or matter much. */
const ALWAYS_ASKED: ReadonlySet<string> = new Set(
  REPORTS.filter(({ isAlwaysAsked }) => isAlwaysAsked)
    .map(({ command }) => command),
);

/** Reports that are the same until the rig restarts. */
const STATIC: ReadonlySet<string> = new Set(
  REPORTS.filter(({ isStatic }) => isStatic).map(({ command }) => command),
);

/** Makes with reports that only their own rigs are asked for. */
const MAKES_WITH_OWN = VENDORS
  .filter(({ reports = [] }) => reports.some(({ isOwn }) => isOwn));

/** Stands for the sets of a survey between two: never added to. */
const NONE = new Set<string>();

/** The plan for one rig; it learns from each survey. */
export class SurveyPlan {
  readonly #worth = new Map<string, Worth>();
  readonly #failures = new Map<string, number>();
  /**
   * The last replies. A new map for each survey: the table of an old one, which
   * V8 has replaced but not yet collected, would keep every reply that was ever
   * in it; with 10,000 rigs that is hundreds of megabytes.
   */
  #taken = new Map<string, Taken>();
  /** The makes that the rig was recognised as, of those with own reports. */
  readonly #makes = new Set<Vendor>();
  #asked = NONE;
  /** What brought nothing in this survey; it counts if anything else did. */
  #failed = NONE;
  #hasTaken = false;
  #hasReport = false;
  #refusal: string | undefined;
  /** Whether anything was known of the rig when the survey began. */
  #isKnown = false;
  #takesJoined: boolean | undefined;
  /** How often joined commands brought nothing, and nothing else came. */
  #doubts = 0;
  /** For this survey, whatever the rig takes otherwise. */
  #isOneByOne = false;
  #hasLearnt = false;
  #silentUntilMs = 0;
  #startedS: number | undefined;
  #nowMs = 0;

  /**
   * Begins a survey.
   *
   * @param nowMs The time, in milliseconds of any clock that goes on.
   */
  begin(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#asked = new Set();
    this.#failed = new Set();
    this.#taken = new Map(this.#taken);
    this.#hasTaken = false;
    this.#hasReport = false;
    this.#refusal = undefined;
    this.#isKnown = this.#worth.size > 0;
    // A rig may hang on joined commands only.
    this.#isOneByOne = this.#takesJoined === false || this.#doubts % 2 === 1;
    this.#forgetSilent(nowMs);
    // Somebody who is refused everything may be let in one day.
    const isRefused = !REPORTS.some((row) => this.#isWanted(row));
    if (isRefused) this.#worth.delete("summary");
  }

  #forgetSilent(nowMs: number): void {
    if (nowMs < this.#silentUntilMs) return;
    this.#silentUntilMs = nowMs + SILENCE_MS;
    for (const [command, worth] of this.#worth) {
      // What does not change says nothing later, either.
      const isStatic = STATIC.has(command);
      if (worth === "silent" && !isStatic) this.#worth.delete(command);
    }
  }

  /**
   * Says what to ask now.
   *
   * @returns A command, several of them joined by `+` where the rig takes
   * that; undefined if there is nothing more to ask.
   */
  next(): string | undefined {
    const wanted = REPORTS.filter((row) => this.#isWanted(row));
    if (wanted.length === 0) return undefined;
    if (this.#isOneByOne) {
      const next = wanted.reduce((best, row) =>
        this.#rank(row) < this.#rank(best) ? row : best
      );
      this.#asked.add(next.command);
      return next.command;
    }
    for (const { command } of wanted) this.#asked.add(command);
    return wanted.map(({ command }) => command).join("+");
  }

  /**
   * Takes a reply.
   *
   * @param command What {@linkcode next} said.
   * @param reply What came, parsed.
   */
  take(command: string, reply: unknown): void {
    if (!command.includes("+")) return this.#takeReport(command, reply);
    const parts = command.split("+");
    const sections = parts.map((part) => findSection(reply, part));
    if (
      sections.every((section) => section === undefined) ||
      readStatus(reply).isCut
    ) {
      return this.fail(command);
    }
    this.#takesJoined = true;
    this.#doubts = 0;
    parts.forEach((part, index) => {
      const section = sections[index];
      if (section === undefined) this.#learn(part, "unknown");
      else this.#takeReport(part, section);
    });
  }

  /**
   * Takes notice that a command brought nothing that can be used, though the
   * rig is there.
   *
   * @param command What {@linkcode next} said.
   */
  fail(command: string): void {
    if (command.includes("+")) {
      this.#isOneByOne = true;
      this.#failed.add(JOINED);
      for (const part of command.split("+")) this.#asked.delete(part);
    } else {
      this.#failed.add(command);
      this.#taken.delete(command);
    }
  }

  /**
   * Ends a survey.
   *
   * @param wasDown Whether the rig did not answer the last time.
   * @returns What the rig says of itself, and whether it has restarted since
   * the last time: then {@linkcode forget} what is known, and ask again.
   */
  finish(wasDown = false): Finding {
    this.#countFailures();
    const reports = this.#collectReports();
    const telemetry = this.#read(reports);
    if (this.#hasLearnt) this.#learnSilent(reports, telemetry);
    this.#hasLearnt = false;
    const { uptimeS } = telemetry;
    const startedS = uptimeS === undefined
      ? undefined
      : this.#nowMs / 1000 - uptimeS;
    // Who does not say how long it is up may have restarted while it was away.
    const hasRestarted = startedS === undefined || this.#startedS === undefined
      ? wasDown && this.#isKnown && this.#hasTaken
      : startedS > this.#startedS + START_TOLERANCE_S;
    this.#startedS = startedS ?? this.#startedS;
    this.#asked = this.#failed = NONE;
    return {
      telemetry,
      hasRestarted,
      hasReport: this.#hasReport,
      refusal: this.#refusal,
    };
  }

  /** What others count in place of a missing summary would let counters fall. */
  #read(reports: Reports): Telemetry {
    const telemetry = readTelemetry(reports);
    const isMissing = this.#worth.get("summary") === "telling" &&
      !("summary" in reports);
    if (!isMissing) return telemetry;
    const {
      shares: _shares,
      hardwareErrors: _errors,
      blocksFound: _blocks,
      bestShare: _best,
      ...rest
    } = telemetry;
    return rest;
  }

  /**
   * A rig that is away fails at everything, which says nothing of what it
   * knows: a failure counts where something else succeeded.
   */
  #countFailures(): void {
    const isJoinedFailed = this.#failed.delete(JOINED);
    if (!this.#hasTaken) {
      if (isJoinedFailed) this.#doubts++;
      return;
    }
    if (isJoinedFailed) this.#countJoinedFailure();
    else if (!this.#isOneByOne) this.#failures.delete(JOINED);
    else if (this.#doubts % 2 === 1) this.#settleDoubt();
    for (const command of this.#failed) {
      if (this.#countFailure(command) >= MAX_FAILURES) {
        this.#learn(command, "unknown");
      }
    }
  }

  /** A rig that took them before may just have had a bad moment. */
  #countJoinedFailure(): void {
    const failures = this.#countFailure(JOINED);
    const isOver = this.#takesJoined === undefined || failures >= MAX_FAILURES;
    if (isOver) this.#takesJoined = false;
  }

  /** It answers one by one: joined commands get one more chance. */
  #settleDoubt(): void {
    if (this.#doubts >= MAX_FAILURES) this.#takesJoined = false;
    this.#doubts++;
  }

  #countFailure(what: string): number {
    const failures = (this.#failures.get(what) ?? 0) + 1;
    this.#failures.set(what, failures);
    return failures;
  }

  /** Forgets everything: another program may answer there now. */
  forget(): void {
    this.#worth.clear();
    this.#makes.clear();
    this.#failures.clear();
    // What came just now is of the new one.
    this.#taken = new Map(
      [...this.#taken].filter(([, { atMs }]) => atMs === this.#nowMs),
    );
    this.#asked = this.#failed = NONE;
    if (this.#takesJoined === true) this.#takesJoined = undefined;
    this.#doubts = 0;
    this.#isOneByOne = false;
    this.#startedS = undefined;
  }

  #isWanted({ command, isStatic, substituteFor, isOwn }: ReportRow): boolean {
    if (this.#asked.has(command)) return false;
    if (isOwn && !this.#isOfMakeWith(command)) return false;
    const worth = this.#worth.get(command);
    if (worth === "unknown" || worth === "silent") return false;
    if (isStatic && this.#taken.has(command)) return false;
    return substituteFor === undefined ||
      this.#worth.get(substituteFor) === "unknown";
  }

  #isOfMakeWith(report: string): boolean {
    return [...this.#makes].some(({ reports = [] }) =>
      reports.some(({ command }) => command === report)
    );
  }

  /** One by one: the summary, then what was never asked, then the oldest. */
  #rank({ command }: ReportRow): number {
    if (command === "summary") return -2;
    return this.#taken.get(command)?.atMs ?? -1;
  }

  #takeReport(command: string, reply: unknown): void {
    this.#hasTaken = true;
    const { letter, code } = readStatus(reply);
    if (letter === "E" || letter === "F") {
      this.#taken.delete(command);
      this.#refusal = readMessage(reply) ?? `code ${code ?? letter}`;
      // Any other error may pass: no devices yet, no pools.
      if (CODES_OF_UNKNOWN.has(code)) this.#learn(command, "unknown");
      return;
    }
    // Attack: any JSON at all, for a miner that is well.
    this.#hasReport ||= letter !== undefined ||
      Object.keys(readTelemetry({ [command]: reply })).length > 0;
    this.#failures.delete(command);
    this.#taken.set(command, { reply, atMs: this.#nowMs });
    if (!this.#worth.has(command)) {
      this.#learn(command, "telling");
      this.#recognise({ [command]: reply });
    }
  }

  #recognise(reports: Reports): void {
    const sections = ReportSections.of(reports);
    const miner = readMinerInfo(sections);
    for (const make of MAKES_WITH_OWN) {
      if (isMadeBy(make, sections, miner)) this.#makes.add(make);
    }
  }

  #learn(command: string, worth: Worth): void {
    this.#worth.set(command, worth);
    if (worth === "unknown") this.#taken.delete(command);
    this.#hasLearnt = true;
  }

  #collectReports(): Reports {
    const reports: Record<string, unknown> = {};
    for (const { command, isStatic } of REPORTS) {
      const taken = this.#taken.get(command);
      if (taken === undefined) continue;
      const isCurrent = isStatic || this.#nowMs - taken.atMs <= MAX_AGE_MS;
      if (isCurrent) reports[command] = taken.reply;
    }
    // One call brings them all anew each time: nothing needs to be kept.
    if (!this.#isOneByOne) this.#dropMoving();
    return reports;
  }

  #dropMoving(): void {
    const isStatic = ({ command, isStatic }: ReportRow) =>
      isStatic && this.#taken.has(command);
    this.#taken = new Map(
      REPORTS.filter(isStatic).map(({ command }) => [
        command,
        this.#taken.get(command) as Taken,
      ]),
    );
  }

  /** Leaves out, from the least worth on, what changes nothing. */
  #learnSilent(reports: Reports, telemetry: Telemetry): void {
    const all = JSON.stringify(telemetry);
    const rest: Record<string, unknown> = { ...reports };
    for (const { command } of REPORTS.toReversed()) {
      if (ALWAYS_ASKED.has(command) || !(command in rest)) continue;
      const { [command]: _, ...without } = rest;
      if (JSON.stringify(readTelemetry(without)) === all) {
        delete rest[command];
        this.#worth.set(command, "silent");
        this.#taken.delete(command);
      }
    }
  }
}

/** What a reply's STATUS says in words. */
function readMessage(reply: unknown): string | undefined {
  const { STATUS: status, Msg: flat } = (reply ?? {}) as Record<
    string,
    unknown
  >;
  const first: unknown = Array.isArray(status) ? status[0] : undefined;
  return readText((first as Record<string, unknown> | undefined)?.["Msg"]) ??
    readText(flat);
}

/** One command's reply within a joined one (`api.c`, `JOIN_CMD`). */
function findSection(reply: unknown, command: string): unknown {
  if (typeof reply !== "object" || reply === null) return undefined;
  const section = (reply as Record<string, unknown>)[command];
  return Array.isArray(section) && typeof section[0] === "object"
    ? section[0] ?? undefined
    : undefined;
}
