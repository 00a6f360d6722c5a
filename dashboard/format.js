/**
 * Numbers, units and times as a person reads them. Pure. What is not known is
 * a dash, never 0.
 *
 * @example
 * ```ts
 * import { formatDuration, formatHashrate } from "./format.js";
 *
 * console.log(formatHashrate(13.5e12)); // 13.50 TH/s
 * console.log(formatDuration(93_784)); // 1 d 2 h
 * ```
 *
 * @module
 */

/** Stands for a value that is not known. */
export const UNKNOWN = "–";

const PREFIXES = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"];

/**
 * @param {unknown} value What may be a number.
 * @returns {value is number} Whether it is one that can be shown.
 */
function isNumber(value) {
  return Number.isFinite(value);
}

/**
 * Scales a number to a thousand's power: 4 digits at most.
 *
 * @param {number} value Any finite number.
 * @returns {{ text: string, prefix: string }} `1.50` and `T` of 1.5e12.
 */
export function scaleNumber(value) {
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
 * @param {number | undefined} hashesPerS Hashes a second.
 * @returns {string} `13.50 TH/s`.
 */
export function formatHashrate(hashesPerS) {
  if (!isNumber(hashesPerS)) return UNKNOWN;
  const { text, prefix } = scaleNumber(hashesPerS);
  return `${text} ${prefix}H/s`;
}

/**
 * @param {number | undefined} value A difficulty or another large number.
 * @returns {string} `394.3 M`.
 */
export function formatLarge(value) {
  if (!isNumber(value)) return UNKNOWN;
  const { text, prefix } = scaleNumber(value);
  return prefix === "" ? text : `${text} ${prefix}`;
}

/**
 * @param {number | undefined} value How many.
 * @returns {string} `1,234,567`.
 */
export function formatCount(value) {
  if (!isNumber(value)) return UNKNOWN;
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * @param {number | undefined} celsius Degrees Celsius.
 * @returns {string} `63.2 °C`; whole degrees without a decimal.
 */
export function formatCelsius(celsius) {
  if (!isNumber(celsius)) return UNKNOWN;
  const rounded = Math.round(celsius * 10) / 10;
  return `${rounded} °C`;
}

/**
 * @param {number | undefined} rpm Revolutions a minute.
 * @returns {string} `4,200 rpm`.
 */
export function formatRpm(rpm) {
  return isNumber(rpm) ? `${formatCount(rpm)} rpm` : UNKNOWN;
}

/**
 * @param {number | undefined} percent Percent, 0 to 100.
 * @returns {string} `0.30 %`; one decimal from 10 on.
 */
export function formatPercent(percent) {
  if (!isNumber(percent)) return UNKNOWN;
  return `${percent.toFixed(Math.abs(percent) >= 10 ? 1 : 2)} %`;
}

/** Seconds of each unit of a duration, the largest first. */
const UNITS = [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]];

/**
 * @param {number | undefined} seconds How long.
 * @returns {string} Its two largest units: `2 d 21 h`, `5 min 3 s`, `0 s`.
 */
export function formatDuration(seconds) {
  if (!isNumber(seconds)) return UNKNOWN;
  let rest = Math.max(0, Math.floor(seconds));
  const parts = [];
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
 * @param {number | undefined} ageMs Milliseconds since.
 * @returns {string} `12 s ago`, `just now` within two seconds; `clock 1 h ahead`
 * of what a clock that is a minute or more ahead of the gateway's has told.
 */
export function formatAge(ageMs) {
  if (!isNumber(ageMs)) return UNKNOWN;
  if (ageMs <= -60_000) return `clock ${formatDuration(-ageMs / 1000)} ahead`;
  return ageMs < 2000 ? "just now" : `${formatDuration(ageMs / 1000)} ago`;
}

/**
 * @param {number} timeS Unix time in seconds.
 * @param {number} [stepS] Seconds to the next label of an axis.
 * @returns {string} Local time `14:05`, with seconds for a small step and with
 * the day for a large one.
 */
export function formatClock(timeS, stepS = 60) {
  const time = new Date(timeS * 1000);
  const pad = (/** @type {number} */ value) => String(value).padStart(2, "0");
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
 * @param {unknown} text What a rig or a file says.
 * @returns {string} The text; U+FFFD for control and direction characters.
 */
export function cleanText(text) {
  const whole = String(text ?? "");
  const short = whole.length > MAX_TEXT_LENGTH
    ? `${whole.slice(0, MAX_TEXT_LENGTH).toWellFormed?.()}…`
    : whole;
  return short.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");
}

/**
 * @param {unknown} url A pool's URL.
 * @returns {string} Without its scheme, user and password: `pool.example:3333`.
 */
export function formatPool(url) {
  if (url === undefined) return UNKNOWN;
  return cleanText(url).replace(/^[a-z0-9+.-]+:\/\//i, "")
    .replace(/^[^/@]*@/, "");
}

/**
 * Hides user names, and users in URLs, in JSON text. Attack: a megabyte of
 * `useruser…`, which an unbounded pattern would try at each letter.
 *
 * @param {string} json A rig's reply.
 * @returns {string} The same text with `•••` in their place.
 */
export function hideUsers(json) {
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
 * @param {string} text Any text.
 * @returns {string} In single quotes.
 */
export function quoteForShell(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * @param {string} rig The rig's name.
 * @param {string} command The command, or several joined by `+`.
 * @param {string} parameter Its parameter; empty: none.
 * @returns {string} The path that asks it: `/@garage/asc/0`.
 */
export function makeCommandPath(rig, command, parameter) {
  const escape = (/** @type {string} */ text) =>
    encodeURIComponent(text).replaceAll("%2C", ",").replaceAll("%2B", "+");
  const end = parameter === ""
    ? ""
    : `/${encodeURIComponent(parameter).replaceAll("%2C", ",")}`;
  return `/@${encodeURIComponent(rig)}/${escape(command)}${end}`;
}

/** @type {Intl.Collator | undefined} It takes milliseconds to make. */
let collator;

/**
 * @param {Iterable<string>} names Names of rigs.
 * @returns {string[]} The same in order: rig-2 before rig-10.
 */
export function sortNames(names) {
  collator ??= new Intl.Collator("en", { numeric: true });
  return [...names].sort(collator.compare);
}
