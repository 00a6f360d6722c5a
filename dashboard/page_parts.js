/**
 * Small parts that several views are made of.
 *
 * @module
 */

import { html, useEffect, useReducer, useState } from "./preact.js";
import { cleanText, formatAge } from "./format.js";

/**
 * A text of a stranger: as text, on one line, whole when pointed at.
 *
 * @param {{ text: unknown }} props
 */
export function Text({ text }) {
  const clean = cleanText(text);
  return html`<bdi class="text" title=${clean}>${clean}</bdi>`;
}

/** What a colour says, for who does not see it. */
const SEVERITY_WORDS = { amber: "high", red: "critical" };

/**
 * A value that may be amber or red.
 *
 * @param {{ text: unknown, severity?: string, isLow?: boolean }} props `isLow`:
 * it is bad below, rather than above.
 */
export function Value({ text, severity = "", isLow }) {
  if (severity === "") return text;
  const isJustLow = isLow && severity === "amber";
  const word = ` (${isJustLow ? "low" : SEVERITY_WORDS[severity]})`;
  return html`<span class="value ${severity}">${text}<span
    class="unseen">${word}</span></span>`;
}

/**
 * A large number with its name.
 *
 * @param {{ label: string, text: string, note?: unknown, severity?: string,
 *   isLow?: boolean }} props
 */
export function Tile({ label, text, note, severity = "", isLow }) {
  return html`
    <div class="tile ${severity}">
      <dt>${label}</dt>
      <dd><${Value} text=${text} severity=${severity} isLow=${isLow} />
          ${note && html`<small>${note}</small>`}</dd>
    </div>
  `;
}

const STATE_WORDS = { up: "Up", down: "Down", unknown: "Not asked yet" };

/** @param {{ state: "up" | "down" | "unknown" }} props */
export function State({ state }) {
  return html`<span class="state ${state}">${STATE_WORDS[state]}</span>`;
}

/**
 * How long ago something was, which goes on by itself.
 *
 * @param {{ readAgeMs: () => number }} props
 */
export function Age({ readAgeMs }) {
  const [, tick] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, []);
  return formatAge(readAgeMs());
}

/**
 * What went wrong, and what to do about it.
 *
 * @param {{ problem: import("./store.js").PageProblem }} props
 */
export function ProblemText({ problem }) {
  return html`
    <strong><${LongText} text=${problem.title} /></strong>
    ${problem.detail && html`
      <p>
        <${LongText} text=${problem.detail} />
      </p>
    `}
    ${problem.hint &&
      html`<p>What to do: <${LongText} text=${problem.hint} /></p>`}
  `;
}

/** @param {{ text: unknown }} props A text of a stranger, on several lines. */
function LongText({ text }) {
  return html`<bdi>${cleanText(text)}</bdi>`;
}

/** @type {Set<() => void>} What did not come: the gateway was away. */
const missing = new Set();

/** Loads what did not come: the gateway is back. */
export function loadMissing() {
  for (const attempt of missing) attempt();
}

/**
 * Loads something; again when the gateway is back, if it does not come.
 *
 * @template T
 * @param {() => Promise<T>} load Does it.
 * @param {(loaded: T) => void} take Called once it is there.
 * @returns {() => void} It is not wanted any more.
 */
export function loadAgain(load, take) {
  let isWanted = true;
  const attempt = () => {
    missing.delete(attempt);
    load().then((loaded) => {
      if (isWanted) take(loaded);
    }, () => {
      if (isWanted) missing.add(attempt);
    });
  };
  attempt();
  return () => {
    isWanted = false;
    missing.delete(attempt);
  };
}

/**
 * Loads a component when it is wanted first.
 *
 * @param {() => Promise<Record<string, unknown>>} load Imports its module.
 * @param {string} name What the module calls it.
 * @returns {unknown} The component; undefined until then.
 */
export function useLazy(load, name) {
  const [component, setComponent] = useState(undefined);
  useEffect(
    () => loadAgain(load, (module) => setComponent(() => module[name])),
    [],
  );
  return component;
}
