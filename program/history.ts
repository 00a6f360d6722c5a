/**
 * The file of the past: opened at the start with the permission to write it,
 * which is given up then; and `chi-server history`, which writes out what is in
 * it, also while a gateway writes it.
 *
 * @module
 */

import {
  formatCsv,
  makeDocument,
  planSpan,
  PointMaker,
} from "../gateway/watch/history.ts";
import {
  HistoryFile,
  HistoryFileError,
} from "../gateway/watch/history_file.ts";
import { quoteText } from "../rpc/errors.ts";
import type { HistoryQuestion } from "./config/config.ts";
import { ConfigError } from "./config/setting.ts";
import { EXIT_FAILURE, printError, toOneLine } from "./failures.ts";

/** Whether something may be done without asking. */
function isPermitted(name: "read" | "write", path: string): boolean {
  return Deno.permissions.querySync({ name, path }).state === "granted";
}

/**
 * Gives up the permission to write files. What is open stays so: SQLite writes
 * its files itself. Attack: whoever makes the program write where it should not.
 */
export function dropWritePermission(): void {
  Deno.permissions.revokeSync({ name: "write" });
}

/**
 * Opens the file for writing, and gives up the permission to write any other.
 * What is wrong with it is one line on stderr.
 *
 * @param path The file; undefined: there is none.
 * @returns The open file; undefined if the past is only in memory.
 */
export async function openHistory(
  path: string | undefined,
): Promise<HistoryFile | undefined> {
  if (path === undefined) return undefined;
  const warn = (what: string): void =>
    printError(`--history: ${quoteText(path)} ${what}`);
  try {
    return await openFile(path, warn);
  } catch (error) {
    // Deno names the file once more.
    const [what] = toOneLine(error).split(": open '", 1);
    printError(
      `--history: ${quoteText(path)}: ${what}; the past is in memory only`,
    );
    return undefined;
  } finally {
    dropWritePermission();
  }
}

async function openFile(
  path: string,
  warn: (what: string) => void,
): Promise<HistoryFile> {
  // Asked for before: SQLite would prompt for what is missing.
  for (const name of ["read", "write"] as const) {
    if ([path, `${path}.lock`].every((each) => isPermitted(name, each))) {
      continue;
    }
    throw new HistoryFileError(
      `there is no permission to ${name} it and ${quoteText(path)}.lock ` +
        `(deno run --allow-${name}=<its folder>)`,
    );
  }
  createPrivately(path);
  createPrivately(`${path}.lock`);
  const options = { onTrouble: warn };
  try {
    return await HistoryFile.open(path, options);
  } catch (error) {
    const isDamaged = error instanceof HistoryFileError && error.isDamaged;
    if (!isDamaged) throw error;
    warn(
      `is damaged: it is now ${
        quoteText(moveAside(path))
      }, and a new one begins`,
    );
    createPrivately(path);
    return await HistoryFile.open(path, options);
  }
}

/** What rigs do is for who runs the gateway; SQLite's other files follow it. */
function createPrivately(path: string): void {
  try {
    Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** The file and what SQLite keeps beside it; gives its new name. */
function moveAside(path: string): string {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const target = `${path}.damaged-${time}`;
  for (const suffix of ["-wal", "-shm", ""]) {
    try {
      Deno.renameSync(path + suffix, target + suffix);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return target;
}

/**
 * Writes out what is in a file, which is only read.
 *
 * @param question What is wanted, of which file.
 * @param print Prints on stdout. Default `console.log`.
 * @returns The exit status: 0; 1 if the file cannot be read, or has nothing of
 * that rig or tag.
 * @throws {ConfigError} If the file is not there, or may not be read.
 */
export async function runHistory(
  { file, query, isCsv }: HistoryQuestion,
  print: (text: string) => void = console.log,
): Promise<number> {
  const shown = quoteText(file);
  if (!isPermitted("read", file)) {
    throw new ConfigError(`--file: there is no permission to read ${shown}`);
  }
  try {
    Deno.statSync(file);
  } catch (error) {
    throw new ConfigError(
      `--file: ${shown} cannot be read: ${toOneLine(error)}`,
    );
  }
  let failure: string | undefined;
  const onTrouble = (what: string): void => void (failure = what);
  let opened: HistoryFile;
  try {
    opened = await HistoryFile.open(file, { isReadOnly: true, onTrouble });
  } catch (error) {
    printError(`${shown} cannot be read: ${toOneLine(error)}`);
    return EXIT_FAILURE;
  }
  const { rig, tag } = query;
  const names = rig !== undefined
    ? [rig]
    : tag === undefined
    ? undefined
    : opened.findTagged(tag);
  if (names?.some((name) => opened.hasRig(name)) === false) {
    printError(
      rig === undefined
        ? `${shown} has no rig with the tag ${quoteText(tag ?? "")}`
        : `${shown} has nothing of a rig called ${quoteText(rig)}`,
    );
    await opened.close();
    return EXIT_FAILURE;
  }
  const nowS = Math.floor(Date.now() / 1000);
  const sinceS = opened.findSinceS();
  const span = planSpan(query, {
    ...{ nowS, sinceS },
    rigCount: names?.length ?? 1,
  });
  const points = new PointMaker(span.stepS);
  const isRead = await opened.read(names, span, points);
  await opened.close();
  if (!isRead) {
    printError(`${shown} ${failure ?? "cannot be read"}`);
    return EXIT_FAILURE;
  }
  const document = makeDocument(query, span, sinceS, points);
  print(
    isCsv ? formatCsv(document).trimEnd() : JSON.stringify(document, null, 4),
  );
  return 0;
}
