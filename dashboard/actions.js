/**
 * What a viewer may do with one rig or with a selection of rigs: a button for
 * each action that the gateway would let it take, and each rig's answer.
 *
 * @module
 */

import { isPossible, makePlainOrder } from "./action_orders.js";
import { isFailure, runAtRigs } from "./action_runs.js";
import {
  listAllowedActions,
  MAX_ANSWER_LENGTH,
  nameRigs,
  quoteText,
} from "./action_table.js";
import { useLazy } from "./page_parts.js";
import { html, useRef, useState } from "./preact.js";

const style = document.createElement("link");
style.rel = "stylesheet";
style.href = new URL("actions.css", import.meta.url).href;
document.head.append(style);

/**
 * The buttons, what they ask and what came of it.
 *
 * @param {object} props Its properties.
 * @param {readonly object[]} props.rigs Members of `/-/rigs`, one or more.
 * @param {{ group?: string, allowed: readonly string[] } | undefined}
 * props.access The answer of `/-/access`; nothing is shown without.
 * @param {string} [props.title] What stands above them.
 * @param {() => void} [props.onDone] Called when rigs have answered: what the
 * viewer may do could have changed meanwhile.
 * @returns {object | null} The element; null where there is nothing to show.
 */
export function Actions({ rigs, access, title, onDone }) {
  const [opened, setOpened] = useState(undefined);
  const [order, setOrder] = useState(undefined);
  const { run, isRunning, start, clear } = useRun(onDone);
  const buttons = useRef(null);
  if (access === undefined || access === null) return null;
  const allowed = listAllowedActions(access);
  const actions = allowed.filter((action) => isPossible(action, rigs, access));
  // Its form stays where nothing is left to choose from, and says so.
  const action = allowed.find(({ name }) => name === opened);
  const close = () => {
    buttons.current?.querySelector('[aria-expanded="true"]')?.focus();
    setOpened(undefined);
  };
  const take = (taken) => {
    if (taken.action.isAsked) return setOrder(taken);
    close();
    start(taken);
  };
  const choose = (chosen) => {
    const isPlain = chosen.isAsked && chosen.needs === undefined;
    setOpened(isPlain || chosen.name === opened ? undefined : chosen.name);
    if (isPlain) take(makePlainOrder(chosen, rigs));
  };
  const clearAnswers = () => {
    buttons.current.querySelector("button")?.focus();
    clear();
  };
  const isEmpty = !actions.length && !action && run === undefined;
  return isEmpty ? null : html`
    <section class="actions" aria-label="Actions">
      ${title && html`<h3>${title}</h3>`}
      <div class="action-buttons" ref=${buttons}>
        ${actions.map((each) =>
          html`
            <${ActionButton}
              key=${each.name}
              action=${each}
              isOpen=${each === action}
              isRunning=${isRunning}
              onClick=${() => choose(each)}
            />
          `
        )}
      </div>
      ${action && html`
        <${LazyForm}
          key=${action.name}
          action=${action}
          rigs=${rigs}
          access=${access}
          isRunning=${isRunning}
          onOrder=${take}
          onLost=${() => setOrder(undefined)}
          onCancel=${close}
        />
      `}
      ${order && html`
        <${LazyDialog}
          title="${order.action.title} on ${nameRigs(order.names)}?"
          sentence=${order.sentence}
          names=${order.names}
          button=${order.action.title}
          isFinal=${order.action.isFinal}
          onCancel=${() => setOrder(undefined)}
          onConfirm=${() => {
            setOrder(undefined);
            close();
            start(order);
          }}
        />
      `}
      <${Answers} run=${run} onClear=${clearAnswers} />
    </section>
  `;
}

/** The form, which most visits never open. */
function LazyForm(props) {
  const ActionForm = useLazy(() => import("./action_form.js"), "ActionForm");
  return ActionForm && html`<${ActionForm} ...${props} />`;
}

/** The question, which most visits never see. */
function LazyDialog(props) {
  const Dialog = useLazy(() => import("./confirm_dialog.js"), "ConfirmDialog");
  return Dialog && html`<${Dialog} ...${props} />`;
}

/** The run under way or the last one. Its outcomes are kept in the order they
 * came in. */
function useRun(onDone) {
  const [run, setRun] = useState(undefined);
  const isRunning = run !== undefined && run.outcomes.length < run.count;
  const start = async ({ action, names, ...order }) => {
    if (isRunning) return;
    const title = action.title;
    setRun({ title, count: names.length, outcomes: [] });
    await runAtRigs(names, order, (name, outcome) =>
      setRun((known) => ({
        ...known,
        outcomes: [...known.outcomes, { name, ...outcome }],
      })));
    onDone?.();
  };
  return { run, isRunning, start, clear: () => setRun(undefined) };
}

function ActionButton({ action, isOpen, isRunning, onClick }) {
  const isPlain = action.isAsked && action.needs === undefined;
  // One that is really disabled would lose the focus.
  const isDisabled = isPlain && isRunning;
  return html`
    <button
      type="button"
      class=${action.isFinal ? "danger" : undefined}
      aria-haspopup=${isPlain ? "dialog" : undefined}
      aria-expanded=${isPlain ? undefined : isOpen}
      aria-disabled=${isDisabled}
      onClick=${isDisabled ? undefined : onClick}
    >
      ${action.title}
    </button>
  `;
}

/** Letters of STATUS as words (`api.c`). */
const LETTERS = new Map([
  ["S", "done"],
  ["I", "information"],
  ["W", "warning"],
  ["E", "refused"],
  ["F", "failed"],
]);

/** Each rig's own answer; failures above the others. */
function Answers({ run, onClear }) {
  const { title, count, outcomes } = run ?? {};
  const failed = outcomes?.filter(isFailure) ?? [];
  const others = outcomes?.filter((outcome) => !isFailure(outcome)) ?? [];
  return html`
    <div class="action-answers" role="status" aria-live="polite">
      ${run && html`
        <p>
          ${title}: ${outcomes.length} of ${count}
          ${" "}${count === 1 ? "rig" : "rigs"} answered${failed.length > 0 &&
            `, ${failed.length} failed`}.
          ${" "}<button type="button" onClick=${onClear}>Clear answers</button>
        </p>
      `}
      ${outcomes?.length > 0 && html`
        <table>
          <thead>
            <tr>
              <th scope="col">Rig</th>
              <th scope="col">Answer</th>
            </tr>
          </thead>
          <tbody>${failed.map(makeRow)}</tbody>
          <tbody>${others.map(makeRow)}</tbody>
        </table>
      `}
    </div>
  `;
}

function makeRow({ name, letter, message, problem }) {
  return html`
    <tr key=${name} class=${isFailure({ letter, problem }) ? "failed" : "done"}>
      <th scope="row" title=${name}><bdi>${name}</bdi></th>
      <td>
        ${problem
          ? html`
            <strong>${problem.title}</strong>
            ${problem.detail && html`: <${Said} text=${problem.detail} />`}
            ${problem.hint && html`<p>${problem.hint}</p>`}
          `
          : html`
            <abbr title=${LETTERS.get(letter) ?? "unknown"}>${quoteText(
              letter,
            )}</abbr>
            ${" "}<${Said} text=${message} />
          `}
      </td>
    </tr>
  `;
}

/** What a rig says, whatever that is. */
function Said({ text }) {
  return html`<bdi>${quoteText(text, MAX_ANSWER_LENGTH)}</bdi>`;
}
