/**
 * A case: what a rig answers, and what telemetry is to make of it. Those of the
 * project are in `cases/`, a file each; `cases_test.ts` runs them. Which of
 * another file hold, be it one case or a list of them, says
 *
 *     deno run --allow-read tests/telemetry/telemetry_case.ts <file.json> …
 */
import { readReply } from "../../rpc/repair.ts";
import { SurveyPlan } from "../../telemetry/survey.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { findTrouble, type RigCondition } from "../../telemetry/trouble.ts";

/** One case, as it stands in its file. */
export interface TelemetryCase {
  readonly name: string;
  /** What is special about it. */
  readonly why: string;
  /**
   * What the rig answers by command, as text; `*`: to every command. Anything
   * else, joined commands too, is answered with `Invalid command`. In the text
   * `@NOW-60@` is the Unix time a minute ago.
   */
  readonly replies: Readonly<Record<string, string>>;
  /**
   * What telemetry is to have, by path: `a.b`, `list.0.x`, `list[].x` of all,
   * `list.length`, `*.x` wherever it is. Numbers are to be right within 0.2 %.
   * `null`: absent. A list: exactly these, in this order; where the path ends
   * with `~`, these among others.
   */
  readonly expect: Readonly<Record<string, unknown>>;
  /** Codes of trouble that must be found. */
  readonly trouble?: readonly string[];
  /** Codes of trouble that must not. */
  readonly "no_trouble"?: readonly string[];
}

/** The time in all cases, in Unix seconds. */
const NOW_S = 1_800_000_000;

/** More commands than this no survey asks. */
const MAX_CALLS = 100;

/** How far a number may be from what is expected. */
const TOLERANCE = 0.002;

const INVALID_COMMAND = JSON.stringify({
  STATUS: [{ STATUS: "E", When: NOW_S, Code: 14, Msg: "Invalid command" }],
  id: 1,
});

/**
 * Surveys the rig of a case, as client and gateway survey one.
 *
 * @param replies What it answers.
 * @returns Its telemetry, what is known of it, and the commands that it was
 * asked, in their order.
 */
export function surveyCase(
  { replies }: Pick<TelemetryCase, "replies">,
): {
  readonly telemetry: Telemetry;
  readonly condition: RigCondition;
  readonly asked: readonly string[];
} {
  const plan = new SurveyPlan();
  const asked: string[] = [];
  plan.begin(NOW_S * 1000);
  while (asked.length < MAX_CALLS) {
    const command = plan.next();
    if (command === undefined) break;
    asked.push(command);
    const text = replies["*"] ?? replies[command] ?? INVALID_COMMAND;
    const reply = readReply(new TextEncoder().encode(fillTimes(text)));
    if (reply.ok) plan.take(command, reply.value);
    else plan.fail(command);
  }
  const { telemetry, hasReport } = plan.finish();
  const condition: RigCondition = hasReport ? { telemetry } : {
    state: "down",
    problem: { code: "rig-no-data", detail: "Every report is an error" },
  };
  return { telemetry, condition, asked };
}

/**
 * Runs a case.
 *
 * @param telemetryCase The case.
 * @returns A line for each path whose value is not as expected, and for each
 * trouble.
 */
export function checkCase(telemetryCase: TelemetryCase): string[] {
  const { telemetry, condition } = surveyCase(telemetryCase);
  const found = findTrouble(condition, {}, NOW_S * 1000);
  const codes: readonly string[] = found.map(({ code }) => code);
  const { trouble = [], no_trouble: noTrouble = [] } = telemetryCase;
  const wrong = Object.entries(telemetryCase.expect).flatMap(
    ([path, expected]) => {
      const found = listValues(telemetry, path.replace(/~$/, "").split("."));
      return isExpected(found, expected, path)
        ? []
        : `${path}: expected ${JSON.stringify(expected)}, found ${
          JSON.stringify(found)
        }`;
    },
  );
  return [
    ...wrong,
    ...trouble.filter((code) => !codes.includes(code))
      .map((code) => `trouble: ${code} is not found`),
    ...found.filter(({ code }) => noTrouble.includes(code))
      .map(({ code, what }) => `trouble: ${code} is found: ${what}`),
  ];
}

function fillTimes(text: string): string {
  return text.replaceAll(
    /@NOW-(\d+)@/g,
    (_, seconds) => String(NOW_S - Number(seconds)),
  );
}

/** All that stands at a path. */
function listValues(value: unknown, [step, ...rest]: string[]): unknown[] {
  if (step === undefined) return value === undefined ? [] : [value];
  if (step === "*") {
    return listNested(value).flatMap((at) => listValues(at, rest));
  }
  if (!step.endsWith("[]")) return listValues(readMember(value, step), rest);
  const list = readMember(value, step.slice(0, -"[]".length));
  return Array.isArray(list) ? list.flatMap((at) => listValues(at, rest)) : [];
}

/** The value, and all objects and lists in it. */
function listNested(value: unknown): unknown[] {
  return typeof value === "object" && value !== null
    ? [value, ...Object.values(value).flatMap(listNested)]
    : [];
}

function readMember(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null &&
      Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function isExpected(
  found: readonly unknown[],
  expected: unknown,
  path: string,
): boolean {
  if (expected === null) return found.length === 0;
  const isOfMany = path.includes("[]") || path.includes("*");
  if (path.endsWith("~")) {
    const all = isOfMany ? found : found.flat();
    return toList(expected).every((one) => all.some((at) => isAlike(at, one)));
  }
  if (!isOfMany) return found.length === 1 && isAlike(found[0], expected);
  return Array.isArray(expected)
    ? isAlike(found, expected)
    // One value for many: all of them have it.
    : found.length > 0 && found.every((at) => isAlike(at, expected));
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isAlike(found: unknown, expected: unknown): boolean {
  if (typeof found === "number" && typeof expected === "number") {
    return Math.abs(found - expected) <= Math.abs(expected) * TOLERANCE;
  }
  if (Array.isArray(found) && Array.isArray(expected)) {
    return found.length === expected.length &&
      found.every((at, index) => isAlike(at, expected[index]));
  }
  return found === expected;
}

if (import.meta.main) {
  for (const file of Deno.args) {
    const content: unknown = JSON.parse(await Deno.readTextFile(file));
    for (const each of toList(content) as readonly TelemetryCase[]) {
      const wrong = checkCase(each);
      console.log(`${wrong.length === 0 ? "ok  " : "FAIL"} ${each.name}`);
      for (const line of wrong) console.log(`       ${line}`);
    }
  }
}
