/**
 * The past in a file: SQLite, by `node:sqlite`, which is loaded when a file is
 * opened. Rounds wait here and are written in small batches between other work;
 * full quarters of an hour, and quarters of a day, are rolled up; what is too
 * old goes. Whatever fails is told once, and tried again with the next round.
 *
 * One table of rows of some 40 bytes, ordered by tier, time and rig: a round is
 * written to one place, and what is too old is deleted from one. Counts are
 * thousandths, temperatures and watts tenths, as SQLite keeps small integers in
 * few bytes.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  type Entry,
  findTier,
  type HistoryStore,
  pause,
  type PointMaker,
  rollUp,
  type Sample,
  type Span,
  TIERS,
} from "./history.ts";

/** Says of a file that it is of this program: "chiH". */
const APPLICATION_ID = 0x63686948;

/** Each makes the next version of a file from the one before. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE rig (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
    algorithm TEXT NOT NULL, tags TEXT NOT NULL
  ) STRICT;
  CREATE TABLE sample (
    tier INTEGER NOT NULL, time INTEGER NOT NULL, rig INTEGER NOT NULL,
    taken INTEGER NOT NULL, rounds INTEGER NOT NULL,
    hashrate REAL, celsius INTEGER, power INTEGER,
    accepted INTEGER, rejected INTEGER,
    up INTEGER NOT NULL, down INTEGER NOT NULL,
    PRIMARY KEY (tier, time, rig)
  ) STRICT, WITHOUT ROWID`,
];

/** The version of the files that this program writes. */
export const FILE_VERSION = MIGRATIONS.length;

/** Attack: rigs invented on the network, others each minute, for years. */
const MAX_RIGS = 20_000;
/** Most samples that wait to be written: a full disk, for an hour or more. */
const MAX_WAITING = 100_000;
/** How long writing goes on before other work has a turn. */
const TURN_MS = 8;
/** How many samples are read before other work has a turn. */
const SAMPLES_A_TURN = 2000;
/** How many rigs are rolled up at once. */
const RIGS_A_TURN = 100;
/** A file that is larger is not looked through when it is opened. */
const MAX_CHECKED_BYTES = 32_000_000;

/** How far the system's clock may be set before it has to prove itself again. */
const MAX_CLOCK_STEP_MS = 3_600_000;
/** After how long without that it says what is too old. */
const CLOCK_PROOF_MS = TIERS[0].keepS * 1000;

/** Codes of SQLite (sqlite3.h). */
const [CORRUPT, NOT_A_DATABASE] = [11, 26];
const [BUSY, LOCKED] = [5, 6];

/** Why a file cannot be used; the message is one clause. */
export class HistoryFileError extends Error {
  /** Always `HistoryFileError`. */
  override readonly name = "HistoryFileError";
  /** Whether its content is no database, or a broken one. */
  readonly isDamaged: boolean;

  /**
   * @param message What is wrong with it.
   * @param isDamaged Whether its content is. Default: no.
   */
  constructor(message: string, isDamaged = false) {
    super(message);
    this.isDamaged = isDamaged;
  }
}

/** What SQLite says where Deno gives no code (sqlite3ErrStr). */
const MESSAGES: readonly (readonly [message: RegExp, code: number])[] = [
  [/malformed/, CORRUPT],
  [/is not a database/, NOT_A_DATABASE],
  [/is locked/, BUSY],
];

function readCode(error: unknown): number {
  const { errcode, message } = error as Error & { readonly errcode?: number };
  const code = errcode ??
    MESSAGES.find(([pattern]) => pattern.test(message))?.[1];
  return (code ?? 0) & 0xff;
}

function isDamage(error: unknown): boolean {
  return [CORRUPT, NOT_A_DATABASE].includes(readCode(error));
}

/** How a file is opened. */
export interface HistoryFileOptions {
  /** Whether it is only read, beside the gateway that writes it. */
  readonly isReadOnly?: boolean;
  /** Told of what fails, and when it works again; one clause. */
  readonly onTrouble?: (what: string) => void;
  /** Unix time in milliseconds. Default: the system's. */
  readonly getNowMs?: () => number;
  /** A clock that is never put back. Default: `performance.now`. */
  readonly getRunMs?: () => number;
}

/** A row of samples. */
interface Row {
  readonly time: number;
  readonly rig: number;
  readonly taken: number;
  readonly rounds: number;
  readonly hashrate: number | null;
  readonly celsius: number | null;
  readonly power: number | null;
  readonly accepted: number | null;
  readonly rejected: number | null;
  readonly up: number;
  readonly down: number;
}

/** An open file. */
export class HistoryFile implements HistoryStore {
  readonly #database: DatabaseSync;
  /** Held as long as the file is open for writing. */
  readonly #lock: DatabaseSync | undefined;
  readonly #onTrouble: (what: string) => void;
  readonly #getNowMs: () => number;
  readonly #getRunMs: () => number;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #selectFirst: StatementSync;
  readonly #ids = new Map<string, { id: number; facts: string }>();
  #waiting: Entry[] = [];
  #running: Promise<void> | undefined;
  #trouble: string | undefined;
  #isBroken = false;
  #isClosed = false;
  /** Until when each tier is rolled up: Unix seconds. */
  readonly #rolledS: number[];
  /** What is too old is judged by this at first: the clock may be wrong. */
  readonly #baseS: number;
  readonly #openedMs: number;
  /** What the system's clock is ahead of the other, and since when. */
  #aheadMs = NaN;
  #aheadSinceMs = 0;

  private constructor(
    database: DatabaseSync,
    lock: DatabaseSync | undefined,
    {
      onTrouble = () => {},
      getNowMs = Date.now,
      getRunMs = () => performance.now(),
    }: HistoryFileOptions,
  ) {
    this.#database = database;
    this.#lock = lock;
    this.#onTrouble = onTrouble;
    this.#getNowMs = getNowMs;
    this.#getRunMs = getRunMs;
    this.#openedMs = getRunMs();
    this.#insert = database.prepare(
      "INSERT OR REPLACE INTO sample VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
    );
    // Only rounds that are there, and of each only the rigs that are wanted.
    this.#select = database.prepare(`
      WITH RECURSIVE round(time) AS (
        SELECT (SELECT time FROM sample WHERE tier = ?1 AND time >= ?2
          ORDER BY time LIMIT 1)
        UNION ALL
        SELECT (SELECT time FROM sample
          WHERE tier = ?1 AND sample.time > round.time ORDER BY time LIMIT 1)
        FROM round WHERE round.time < ?3
      )
      SELECT sample.* FROM round CROSS JOIN sample
      WHERE round.time < ?3 AND tier = ?1 AND sample.time = round.time
        AND rig IN (SELECT value FROM json_each(?4))`);
    this.#selectFirst = database.prepare(
      "SELECT time FROM sample WHERE tier = ? AND time >= ? ORDER BY time LIMIT 1",
    );
    this.#readIds();
    const nowS = this.#getNowMs() / 1000;
    const readLast = database.prepare(
      "SELECT max(time) AS time FROM sample WHERE tier = ? AND time <= ?",
    );
    const last = TIERS.map((_, tier) =>
      readLast.get(tier, nowS)?.time as number | null
    );
    // The last one again: it may not have been whole.
    this.#rolledS = last.map((timeS) => timeS ?? -Infinity);
    this.#baseS = last[0] ?? nowS;
  }

  /**
   * Opens a file; one that is not there, or of an older version, is made one
   * of this version.
   *
   * @param path Its path.
   * @param options How.
   * @returns The open file.
   * @throws {HistoryFileError} If it cannot be used.
   */
  static async open(
    path: string,
    options: HistoryFileOptions = {},
  ): Promise<HistoryFile> {
    const sqlite = await import("node:sqlite").catch(() => {
      throw new HistoryFileError("this runtime has no node:sqlite");
    });
    const isReadOnly = options.isReadOnly ?? false;
    let lock: DatabaseSync | undefined;
    let database: DatabaseSync | undefined;
    try {
      if (!isReadOnly) {
        lock = new sqlite.DatabaseSync(`${path}.lock`, { timeout: 0 });
        holdLock(lock);
      }
      database = new sqlite.DatabaseSync(path, {
        readOnly: isReadOnly,
        timeout: isReadOnly ? 2000 : 0,
      });
      prepareDatabase(database, isReadOnly);
      return new HistoryFile(database, lock, options);
    } catch (error) {
      database?.close();
      lock?.close();
      if (error instanceof HistoryFileError) throw error;
      throw new HistoryFileError(
        isDamage(error) ? "it is damaged" : (error as Error).message,
        isDamage(error),
      );
    }
  }

  /** Takes a round, to write it when there is time. */
  append(entries: readonly Entry[]): void {
    if (this.#isClosed || this.#isBroken) return;
    this.#waiting.push(...entries);
    const excess = this.#waiting.length - MAX_WAITING;
    if (excess > 0 && this.#running === undefined) {
      this.#waiting.splice(0, excess);
    }
    this.#running ??= this.#work().finally(() => this.#running = undefined);
  }

  /** Waits until all that was taken is written, or has failed. */
  async settle(): Promise<void> {
    await this.#running;
  }

  /** How far back there is a past: Unix seconds; undefined: there is none. */
  findSinceS(): number | undefined {
    if (this.#isBroken) return undefined;
    const known =
      this.#try(() => TIERS.map((_, tier) => this.#findFirst(tier, 0))) ?? [];
    const waiting = this.#waiting[0]?.sample.timeS;
    const all = [...known, waiting].filter((timeS) => timeS !== undefined);
    return all.length === 0 ? undefined : Math.min(...all);
  }

  /**
   * Finds the rigs of a tag, as they were when they were last written.
   *
   * @param tag Key and value: `site:barn`.
   * @returns Their names.
   */
  findTagged(tag: string): string[] {
    const colon = tag.indexOf(":");
    const [key, value] = [tag.slice(0, colon), tag.slice(colon + 1)];
    return this.#database.prepare("SELECT name, tags FROM rig").all()
      .filter(({ tags }) => {
        const own: unknown = JSON.parse(String(tags));
        return new Map(Object.entries(own as object)).get(key) === value;
      })
      .map(({ name }) => String(name));
  }

  /**
   * Whether there is a past of a rig.
   *
   * @param name Its name.
   * @returns True if it was ever written.
   */
  hasRig(name: string): boolean {
    return !name.startsWith(":") && this.#ids.has(name);
  }

  /** Reads samples; see {@linkcode HistoryStore}. */
  async read(
    names: readonly string[] | undefined,
    span: Span,
    points: PointMaker,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const wanted = new Set(names);
    const isWanted = (name: string): boolean =>
      names === undefined ? name.startsWith(":") : wanted.has(name);
    const rigs = new Map<number, string>();
    for (const [name, { id, facts }] of this.#ids) {
      const [algorithm = ""] = facts.split(" ", 1);
      if (isWanted(name)) rigs.set(id, algorithm);
    }
    for (const { name, algorithm, sample } of this.#waiting) {
      const { timeS } = sample;
      if (!isWanted(name) || timeS < span.fromS || timeS >= span.toS) continue;
      points.add(this.#ids.get(name)?.id ?? name, algorithm, sample);
    }
    const ids = JSON.stringify([...rigs.keys()]);
    const tier = TIERS.indexOf(findTier(span.stepS));
    let fromS = span.fromS;
    // What is not rolled up yet is in a finer tier.
    for (let finer = tier; finer >= 0; finer--) {
      const rolledS = finer === 0 ? Infinity : this.#rolledS[finer] as number;
      // A sample of a tier stands at the start of what it stands for.
      const { stepS } = TIERS[finer] as typeof TIERS[number];
      const startS = finer === 0 ? fromS : Math.floor(fromS / stepS) * stepS;
      const endS = Math.min(span.toS, rolledS);
      const sliceS = stepS *
        Math.max(1, Math.floor(SAMPLES_A_TURN / Math.max(1, rigs.size)));
      let nextS: number | undefined = startS;
      while (nextS !== undefined && nextS < endS) {
        const first: number | undefined = this.#try(() =>
          this.#findFirst(finer, nextS as number)
        );
        if (this.#isBroken) return false;
        if (first === undefined || first >= endS) break;
        signal?.throwIfAborted();
        // Rows come in the order of time, rigs of a tag in thousands.
        points.closeBefore(first);
        const untilS = Math.min(endS, first + sliceS);
        const rows = this.#try(() =>
          this.#select.all(finer, first, untilS, ids)
        );
        if (rows === undefined) return false;
        for (const row of rows as unknown as Row[]) {
          points.add(row.rig, rigs.get(row.rig) ?? "", toSample(row));
        }
        nextS = untilS;
        await pause();
      }
      fromS = Math.max(fromS, endS);
    }
    return true;
  }

  /** Writes what waits, and closes the file. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#running;
    this.#database.close();
    this.#lock?.close();
  }

  /** Does all that there is to do, in turns; never rejects. */
  async #work(): Promise<void> {
    await pause();
    try {
      while (this.#waiting.length > 0) {
        this.#writeBatch();
        await pause();
      }
      for (const tier of TIERS.keys()) if (tier > 0) await this.#rollUp(tier);
      await this.#prune();
      if (this.#trouble !== undefined) this.#onTrouble("is written again");
      this.#trouble = undefined;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** As much as a turn takes, in one transaction. */
  #writeBatch(): void {
    const endMs = performance.now() + TURN_MS;
    let count = 0;
    this.#transact(() => {
      while (count < this.#waiting.length && performance.now() < endMs) {
        const entry = this.#waiting[count++] as Entry;
        const id = this.#findId(entry);
        if (id !== undefined) this.#insert.run(...toRow(0, id, entry.sample));
      }
    });
    for (const { sample: { timeS } } of this.#waiting.slice(0, count)) {
      // A clock that was put back: what was rolled up is rolled up again.
      this.#rolledS.forEach((rolledS, tier) => {
        const { stepS } = TIERS[tier] as typeof TIERS[number];
        const startS = Math.floor(timeS / stepS) * stepS;
        this.#rolledS[tier] = Math.min(rolledS, startS);
      });
    }
    this.#waiting.splice(0, count);
  }

  #findId(entry: Entry): number | undefined {
    const { name } = entry;
    const known = this.#ids.get(name);
    // One that has not answered since the start computes what it did before.
    const algorithm = entry.algorithm || known?.facts.split(" ", 1)[0] || "";
    const tagsJson = JSON.stringify(entry.tags);
    const facts = `${algorithm} ${tagsJson}`;
    if (known?.facts === facts) return known.id;
    if (known === undefined && this.#ids.size >= MAX_RIGS) return undefined;
    const row = this.#database.prepare(
      `INSERT INTO rig (name, algorithm, tags) VALUES (?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET algorithm = excluded.algorithm,
         tags = excluded.tags RETURNING id`,
    ).get(name, algorithm, tagsJson);
    const id = Number(row?.id);
    this.#ids.set(name, { id, facts });
    return id;
  }

  /** Rolls up what is whole, a few rigs a turn. */
  async #rollUp(tier: number): Promise<void> {
    const { stepS } = TIERS[tier] as typeof TIERS[number];
    const nowS = this.#getNowMs() / 1000;
    const finerS = tier === 1 ? nowS : this.#rolledS[tier - 1] as number;
    while (true) {
      const rolledS = this.#rolledS[tier] as number;
      const first = this.#findFirst(tier - 1, Math.max(0, rolledS));
      if (first === undefined) return;
      const startS = Math.floor(first / stepS) * stepS;
      const endS = startS + stepS;
      if (endS > Math.min(nowS, finerS)) return;
      const ids = [...this.#ids.values()].map(({ id }) => id);
      for (let at = 0; at < ids.length; at += RIGS_A_TURN) {
        const some = JSON.stringify(ids.slice(at, at + RIGS_A_TURN));
        const rows = this.#select.all(tier - 1, startS, endS, some);
        const rolled = new Map<number, Sample>();
        for (const row of rows as unknown as Row[]) {
          const sample = toSample(row);
          const before = rolled.get(row.rig);
          rolled.set(row.rig, before ? rollUp(before, sample) : sample);
        }
        this.#transact(() => {
          for (const [id, sample] of rolled) {
            this.#insert.run(...toRow(tier, id, { ...sample, timeS: startS }));
          }
        });
        await pause();
      }
      this.#rolledS[tier] = endS;
    }
  }

  /** Deletes what is too old and was rolled up, a round a turn. */
  async #prune(): Promise<void> {
    const nowS = this.#findCertainS();
    const remove = this.#database.prepare(
      "DELETE FROM sample WHERE tier = ? AND time = ?",
    );
    for (const [tier, { keepS }] of TIERS.entries()) {
      const next = TIERS[tier + 1]?.stepS ?? 1;
      const rolledS = this.#rolledS[tier + 1] ?? Infinity;
      const endS = Math.min(Math.floor((nowS - keepS) / next) * next, rolledS);
      while (true) {
        const first = this.#findFirst(tier, 0);
        if (first === undefined || first >= endS) break;
        remove.run(tier, first);
        await pause();
      }
    }
  }

  /**
   * The least that the time can be, in Unix seconds: since the last round of the
   * file the gateway has run for so long. A clock that was not set for two days
   * is believed, so that after a pause what is too old goes all the same.
   */
  #findCertainS(): number {
    const [nowMs, runMs] = [this.#getNowMs(), this.#getRunMs()];
    const aheadMs = nowMs - runMs;
    if (!(Math.abs(aheadMs - this.#aheadMs) <= MAX_CLOCK_STEP_MS)) {
      [this.#aheadMs, this.#aheadSinceMs] = [aheadMs, runMs];
    }
    if (runMs - this.#aheadSinceMs >= CLOCK_PROOF_MS) return nowMs / 1000;
    const ranS = (runMs - this.#openedMs) / 1000;
    return Math.min(nowMs / 1000, this.#baseS + ranS);
  }

  #findFirst(tier: number, fromS: number): number | undefined {
    return this.#selectFirst.get(tier, fromS)?.time as number | undefined;
  }

  #transact(write: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      write();
      this.#database.exec("COMMIT");
    } catch (error) {
      try {
        // A full disk may have rolled it back already.
        this.#database.exec("ROLLBACK");
      } catch { /* What was first is told. */ }
      try {
        // What was learnt of ids may be gone with it.
        this.#readIds();
      } catch { /* What was first is told. */ }
      throw error;
    }
  }

  #readIds(): void {
    const rows = this.#database.prepare("SELECT * FROM rig").all();
    this.#ids.clear();
    for (const { id, name, algorithm, tags } of rows) {
      const facts = `${algorithm} ${tags}`;
      this.#ids.set(String(name), { id: Number(id), facts });
    }
  }

  #try<Value>(read: () => Value): Value | undefined {
    try {
      return read();
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  /** Says once what is wrong; a damaged file is left alone from then on. */
  #fail(error: unknown): void {
    const { message } = error as Error;
    if (isDamage(error)) {
      this.#isBroken = true;
      this.#waiting = [];
    }
    if (this.#trouble === message) return;
    this.#trouble = message;
    this.#onTrouble(
      isDamage(error)
        ? "is damaged: the past is in memory only until a restart begins it anew"
        : `cannot be written: ${message}`,
    );
  }
}

/** Locks go with the process, however it ends. */
function holdLock(lock: DatabaseSync): void {
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    if (![BUSY, LOCKED].includes(readCode(error))) throw error;
    throw new HistoryFileError("another gateway writes it");
  }
}

/** Looks whose file it is, and of which version; makes it one of this. */
function prepareDatabase(database: DatabaseSync, isReadOnly: boolean): void {
  const readNumber = (pragma: string): number =>
    Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
  const version = readNumber("user_version");
  const id = readNumber("application_id");
  const { count } = database.prepare(
    "SELECT count(*) AS count FROM sqlite_schema",
  ).get() ?? {};
  const isNew = version === 0 && id === 0 && count === 0;
  if (id !== APPLICATION_ID && !isNew) {
    throw new HistoryFileError("it is a database of another program");
  }
  if (version > FILE_VERSION) {
    throw new HistoryFileError(
      `it is of version ${version}, made by a newer chi-server: ` +
        `this one knows ${FILE_VERSION}`,
    );
  }
  if (isReadOnly) {
    if (isNew || version < FILE_VERSION) {
      throw new HistoryFileError("there is nothing in it yet");
    }
    return;
  }
  const bytes = readNumber("page_count") * readNumber("page_size");
  if (bytes <= MAX_CHECKED_BYTES) {
    const found = Object.values(
      database.prepare("PRAGMA quick_check(1)").get() ?? {},
    )[0];
    if (found !== "ok") throw new HistoryFileError("it is damaged", true);
  }
  // A checkpoint of few pages holds nothing up.
  database.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; " +
      "PRAGMA wal_autocheckpoint = 200; PRAGMA journal_size_limit = 4000000",
  );
  for (const [from, migration] of MIGRATIONS.entries()) {
    if (from < version) continue;
    database.exec(
      `BEGIN IMMEDIATE; ${migration}; PRAGMA user_version = ${from + 1}; ` +
        `PRAGMA application_id = ${APPLICATION_ID}; COMMIT`,
    );
  }
}

/** Attack: a rig that claims more than an integer holds, and no round is written. */
const MAX_WHOLE = 2 ** 52;

function toRow(
  tier: number,
  rig: number,
  sample: Sample,
): (number | null)[] {
  const { timeS, takenS, rounds, hashrate = null } = sample;
  const toWhole = (figure: number | undefined, scale = 1): number | null =>
    figure === undefined
      ? null
      : Math.round(Math.max(-MAX_WHOLE, Math.min(MAX_WHOLE, figure * scale)));
  return [
    ...[tier, timeS, rig, Math.round(takenS - timeS), rounds, hashrate],
    ...[toWhole(sample.celsius, 10), toWhole(sample.powerW, 10)],
    ...[toWhole(sample.accepted), toWhole(sample.rejected)],
    ...[toWhole(sample.up, 1000), toWhole(sample.down, 1000)],
  ];
}

function toSample(row: Row): Sample {
  const { time, taken, rounds, hashrate, celsius, power } = row;
  return {
    timeS: time,
    takenS: time + taken,
    rounds,
    hashrate: hashrate ?? undefined,
    celsius: celsius === null ? undefined : celsius / 10,
    powerW: power === null ? undefined : power / 10,
    accepted: row.accepted ?? undefined,
    rejected: row.rejected ?? undefined,
    up: row.up / 1000,
    down: row.down / 1000,
  };
}
