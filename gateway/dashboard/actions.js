/**
 * What a viewer may do with one rig or with a selection of rigs: a button for
 * each action that the gateway would let it take, and each rig's answer.
 *
 * @module
 */

import { ActionForm, isPossible, makePlainOrder } from "./action_form.js";
import { isFailure, runAtRigs } from "./action_runs.js";
import { listAllowedActions, nameRigs } from "./action_table.js";
import { ConfirmDialog } from "./confirm_dialog.js";
import { html, useEffect, useRef, useState } from "./preact.js";
import { getToken, setToken } from "./token.js";
import { TokenForm } from "./token_form.js";

const style = document.createElement("link");
style.rel = "stylesheet";
style.href = new URL("actions.css", import.meta.url).href;
document.head.append(style);

/**
 * The buttons, what they ask and what came of it.
 *
 * @param {object} props Its properties.
 * @param {readonly object[]} props.rigs Members of `/-/rigs`, one or more.
 * @param {{ group?: string, hasToken?: boolean, allowed: readonly string[] } |
 * undefined} props.access The answer of `/-/access`; nothing is shown without.
 * @param {(what: "answers" | "token") => void} [props.onDone] Called when rigs
 * have answered, and when the token was entered or forgotten: ask `/-/access`
 * again then, with `authHeaders()`.
 * @returns {object | null} The element; null where there is nothing to show.
 */
export function Actions({ rigs, access, onDone }) {
  const [opened, setOpened] = useState(undefined);
  const [order, setOrder] = useState(undefined);
  const { run, isRunning, start, clear } = useRun(onDone);
  const buttons = useRef(null);
  if (access === undefined || access === null) return null;
  const allowed = listAllowedActions(access);
  const actions = allowed.filter((action) => isPossible(action, rigs, access));
  const action = actions.find(({ name }) => name === opened);
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
  const isEmpty = allowed.length === 0 && !access.hasToken && !run;
  return isEmpty ? null : html`
    <section class="actions" aria-label="Actions">
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
        <${TokenButton}
          isFull=${access.group === "W"}
          hasToken=${access.hasToken}
          onDone=${onDone}
        />
      </div>
      ${action && html`
        <${ActionForm}
          key=${action.name}
          action=${action}
          rigs=${rigs}
          access=${access}
          isRunning=${isRunning}
          onOrder=${take}
          onCancel=${close}
        />
      `}
      ${order && html`
        <${ConfirmDialog}
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
      <${Answers} run=${run} onClear=${clear} />
    </section>
  `;
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
    onDone?.("answers");
  };
  return { run, isRunning, start, clear: () => setRun(undefined) };
}

function ActionButton({ action, isOpen, isRunning, onClick }) {
  const isPlain = action.isAsked && action.needs === undefined;
  return html`
    <button
      type="button"
      class=${action.isFinal ? "danger" : undefined}
      aria-haspopup=${isPlain ? "dialog" : undefined}
      aria-expanded=${isPlain ? undefined : isOpen}
      disabled=${isPlain && isRunning}
      onClick=${onClick}
    >
      ${action.title}
    </button>
  `;
}

/** Asks for the token where that lets the viewer do more; else forgets it. */
function TokenButton({ isFull, hasToken, onDone }) {
  const [isOpen, setIsOpen] = useState(false);
  const button = useRef(null);
  const field = useRef(null);
  useEffect(() => field.current?.querySelector("input")?.focus(), [isOpen]);
  if (!hasToken) return null;
  const finish = () => {
    setIsOpen(false);
    button.current?.focus();
  };
  const forget = () => {
    setToken(undefined);
    onDone?.("token");
  };
  if (getToken() !== undefined) {
    return html`
      <button type="button" class="token-button" onClick=${forget}>
        Forget token
      </button>
    `;
  }
  if (isFull) return null;
  return html`
    <button
      type="button"
      class="token-button"
      ref=${button}
      aria-expanded=${isOpen}
      onClick=${() => setIsOpen(!isOpen)}
    >
      Enter token to act
    </button>
    ${isOpen && html`
      <div ref=${field}>
        <${TokenForm}
          onCancel=${finish}
          onToken=${() => {
            finish();
            onDone?.("token");
          }}
        />
      </div>
    `}
  `;
}

/** Letters of STATUS as words (`api.c`). */
const LETTERS = {
  S: "done",
  I: "information",
  W: "warning",
  E: "refused",
  F: "failed",
};

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
            ${problem.detail && html`: <bdi>${problem.detail}</bdi>`}
            ${problem.hint && html`<p>${problem.hint}</p>`}
          `
          : html`
            <abbr title=${LETTERS[letter] ?? "unknown"}>${letter}</abbr>
            ${" "}<bdi title=${message}>${message}</bdi>
          `}
      </td>
    </tr>
  `;
}
