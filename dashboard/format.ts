/**
 * Numbers, units and times as a person reads them. Pure. What is not known is
 * a dash, never 0.
 *
 * @module
 */

/** Stands for a value that is not known. */
export const UNKNOWN = "–";

const PREFIXES = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"];

/**
 * @param value What may be a number.
 * @returns Whether it is one that can be shown.
 */
function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

/**
 * Scales a number to a thousand's power: 4 digits at most.
 *
 * @param value Any finite number.
 * @returns `1.50` and `T` of 1.5e12.
 */
export function scaleNumber(value: number): { text: string; prefix: string } {
  let scaled = Math.abs(value);
  let power = 0;
  // 999.95 would be written as 1000.
  while (scaled >= 999.95 && power < PREFIXES.length - 1) {
    scaled /= 1000;
    power++;
  }
  let digits = scaled >= 99.995 ? 1 : 2;
  if (power === 0 && Number.isInteger(scaled)) digits = 0;
  const sign = value < 0 ? "-" : "";
  return { text: sign + scaled.toFixed(digits), prefix: PREFIXES[power] ?? "" };
}

/**
 * @param hashesPerS Hashes a second.
 * @returns `13.50 TH/s`.
 */
export function formatHashrate(hashesPerS: number | undefined): string {
  if (!isNumber(hashesPerS)) return UNKNOWN;
  const { text, prefix } = scaleNumber(hashesPerS);
  return `${text} ${prefix}H/s`;
}

/**
 * @param value A difficulty or another large number.
 * @returns `394.3 M`.
 */
export function formatLarge(value: number | undefined): string {
  if (!isNumber(value)) return UNKNOWN;
  const { text, prefix } = scaleNumber(value);
  return prefix === "" ? text : `${text} ${prefix}`;
}

/**
 * @param value How many.
 * @returns `1,234,567`.
 */
export function formatCount(value: number | undefined): string {
  if (!isNumber(value)) return UNKNOWN;
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * @param celsius Degrees Celsius.
 * @returns `63.2 °C`; whole degrees without a decimal.
 */
export function formatCelsius(celsius: number | undefined): string {
  if (!isNumber(celsius)) return UNKNOWN;
  const rounded = Math.round(celsius * 10) / 10;
  return `${rounded} °C`;
}

/**
 * @param rpm Revolutions a minute.
 * @returns `4,200 rpm`.
 */
export function formatRpm(rpm: number | undefined): string {
  return isNumber(rpm) ? `${formatCount(rpm)} rpm` : UNKNOWN;
}

/**
 * @param percent Percent, 0 to 100.
 * @returns `0.30 %`; one decimal from 10 on.
 */
export function formatPercent(percent: number | undefined): string {
  if (!isNumber(percent)) return UNKNOWN;
  return `${percent.toFixed(Math.abs(percent) >= 10 ? 1 : 2)} %`;
}

/** Seconds of each unit of a duration, the largest first. */
const UNITS = [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]] as const;

/**
 * @param seconds How long.
 * @returns Its two largest units: `2 d 21 h`, `5 min 3 s`, `0 s`.
 */
export function formatDuration(seconds: number | undefined): string {
  if (!isNumber(seconds)) return UNKNOWN;
  let rest = Math.max(0, Math.floor(seconds));
  const parts: string[] = [];
  for (const [name, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count === 0 && parts.length === 0 && name !== "s") continue;
    if (count > 0 || parts.length === 0) parts.push(`${count} ${name}`);
    // "1 d 5 s" would sound exact: only neighbours stand side by side.
    else break;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

/**
 * @param ageMs Milliseconds since.
 * @returns `12 s ago`, `just now` within two seconds; `clock 1 h ahead` of a
 * time by a clock that is a minute or more ahead of the gateway's.
 */
export function formatAge(ageMs: number | undefined): string {
  if (!isNumber(ageMs)) return UNKNOWN;
  if (ageMs <= -60_000) return `clock ${formatDuration(-ageMs / 1000)} ahead`;
  return ageMs < 2000 ? "just now" : `${formatDuration(ageMs / 1000)} ago`;
}

/**
 * @param timeS Unix time in seconds.
 * @param stepS Seconds to the next label of an axis.
 * @returns Local time `14:05`, with seconds for a small step and with
 * the day for a large one.
 */
export function formatClock(timeS: number, stepS: number = 60): string {
  const time = new Date(timeS * 1000);
  const pad = (value: number) => String(value).padStart(2, "0");
  if (stepS >= 86_400) {
    return `${pad(time.getDate())}.${pad(time.getMonth() + 1)}.`;
  }
  const clock = `${pad(time.getHours())}:${pad(time.getMinutes())}`;
  return stepS < 60 ? `${clock}:${pad(time.getSeconds())}` : clock;
}

/** How much of a text is ever put on the page; CSS cuts it to what fits. */
const MAX_TEXT_LENGTH = 300;

/**
 * Makes a text of a stranger fit to be shown: one line, of bounded length, and
 * without characters that turn or hide others.
 * Attack: a pool's URL of 10 kB, or one with U+202E in it.
 *
 * @param text What a rig or a file says.
 * @returns The text; U+FFFD for control and direction characters.
 */
export function cleanText(text: unknown): string {
  const whole = String(text ?? "");
  const short = whole.length > MAX_TEXT_LENGTH
    ? `${whole.slice(0, MAX_TEXT_LENGTH).toWellFormed?.()}…`
    : whole;
  return short.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");
}

/**
 * @param url A pool's URL.
 * @returns Without its scheme, user and password: `pool.example:3333`.
 */
export function formatPool(url: unknown): string {
  if (url === undefined) return UNKNOWN;
  return cleanText(url).replace(/^[a-z0-9+.-]+:\/\//i, "")
    .replace(/^[^/@]*@/, "");
}

/**
 * Hides user names, and users in URLs, in JSON text. Attack: a megabyte of
 * `useruser…`, which an unbounded pattern would try at each letter.
 *
 * @param json A rig's reply.
 * @returns The same text with `•••` in their place.
 */
export function hideUsers(json: string): string {
  return json
    .replace(
      /("[^"\\]{0,60}?(?:user|worker|passw)[^"\\]{0,60}"\s*:\s*)"(?:[^"\\]|\\.)*"/gi,
      '$1"•••"',
    )
    .replace(/(:\\?\/\\?\/)[^/\s"@\\]+@/g, "$1•••@");
}

/**
 * Quotes a text for a POSIX shell.
 *
 * @param text Any text.
 * @returns In single quotes.
 */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * @param rig The rig's name.
 * @param command The command, or several joined by `+`.
 * @param parameter Its parameter; empty: none.
 * @returns The path that asks it: `/@garage/asc/0`.
 */
export function makeCommandPath(
  rig: string,
  command: string,
  parameter: string,
): string {
  const escape = (text: string) =>
    encodeURIComponent(text).replaceAll("%2C", ",").replaceAll("%2B", "+");
  const end = parameter === ""
    ? ""
    : `/${encodeURIComponent(parameter).replaceAll("%2C", ",")}`;
  return `/@${encodeURIComponent(rig)}/${escape(command)}${end}`;
}

/** It takes milliseconds to make. */
let collator: Intl.Collator | undefined;

/**
 * @param names Names of rigs.
 * @returns The same in order: rig-2 before rig-10.
 */
export function sortNames(names: Iterable<string>): string[] {
  collator ??= new Intl.Collator("en", { numeric: true });
  return [...names].sort(collator.compare);
}
