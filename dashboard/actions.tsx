/**
 * What a viewer may do with one rig or with a selection of rigs: a button for
 * each action that the gateway would let it take, and each rig's answer.
 *
 * @module
 */

import type { JSX } from "npm:preact@11";
import { useRef, useState } from "npm:preact@11/hooks";
import { ActionForm } from "./action_form.tsx";
import { isFailure, type Outcome, runAtRigs } from "./action_runs.ts";
import {
  type Action,
  isPossible,
  listAllowedActions,
  makeOrder,
  MAX_ANSWER_LENGTH,
  type Order,
  quoteText,
  type Rights,
} from "./action_table.ts";
import { ConfirmDialog } from "./confirm_dialog.tsx";
import type { Member } from "./figures.ts";
import type { PoolDesk } from "./rig_tables.tsx";

/** What may be acted on, and by whom. */
export interface ActionsProps {
  /** One or more. */
  readonly rigs: readonly Member[];
  /** Nothing is shown without. */
  readonly access: Rights | undefined;
  /** What stands above the buttons. */
  readonly title?: string;
  /** Only what is about that; undefined: all. */
  readonly about?: "pools" | "rig" | undefined;
  /** The table of pools, whose rows have the buttons of each pool. */
  readonly children?: (desk: PoolDesk) => JSX.Element | null;
  /**
   * Called when rigs have answered: what the viewer may do could have changed
   * meanwhile.
   */
  readonly onDone: () => void;
}

/** The buttons, what they ask and what came of it. */
export function Actions(
  { rigs, access, title, about, children, onDone }: ActionsProps,
): JSX.Element | null {
  const [opened, setOpened] = useState<PoolDesk["opened"]>(undefined);
  const [order, setOrder] = useState<Order | undefined>(undefined);
  const { run, isRunning, start, clear } = useRun(onDone);
  const buttons = useRef<HTMLElement>(null);
  const allowed = listAllowedActions(access ?? { allowed: [] }, rigs)
    .filter((action) => about === undefined || about === findSubject(action));
  const actions = allowed.filter((action) =>
    isPossible(action, rigs, access ?? { allowed: [] })
  );
  // Its form stays where nothing is left to choose from, and says so.
  const action = allowed.find(({ name }) => name === opened?.name);
  const focusButton = (selector: string) =>
    buttons.current?.querySelector<HTMLElement>(selector)?.focus();
  const close = () => {
    focusButton('[aria-expanded="true"]');
    setOpened(undefined);
  };
  const place = (placed: Order) => {
    if (placed.action.isAsked) return setOrder(placed);
    close();
    start(placed);
  };
  const choose = (chosen: Action) => {
    const isPlain = isAskedAtOnce(chosen);
    const isOpen = chosen.name === opened?.name;
    setOpened(isPlain || isOpen ? undefined : { name: chosen.name });
    if (isPlain) place(makeOrder(chosen, rigs));
  };
  const clearAnswers = () => {
    focusButton(".action-buttons button");
    clear();
  };
  const desk: PoolDesk = {
    names: actions.map(({ name }) => name),
    opened,
    act: (name, pool) =>
      setOpened(
        name === opened?.name && pool === opened.pool
          ? undefined
          : { name, pool },
      ),
  };
  const isEmpty = !actions.length && !action && run === undefined;
  if (access === undefined || isEmpty) return children?.(desk) ?? null;
  return (
    <section
      class="actions"
      // The table of pools has a name of its own.
      aria-label={about === "pools" ? undefined : "Actions"}
      ref={buttons}
    >
      {title && <h3>{title}</h3>}
      {children?.(desk)}
      <div class="action-buttons">
        {actions.filter(({ needs }) => !children || needs !== "pool").map((
          each,
        ) => (
          <ActionButton
            key={each.name}
            action={each}
            isOpen={each === action}
            isRunning={isRunning}
            onClick={() => choose(each)}
          />
        ))}
      </div>
      {action && (
        <ActionForm
          key={`${action.name} ${opened?.pool}`}
          action={action}
          pool={opened?.pool}
          rigs={rigs}
          access={access}
          isRunning={isRunning}
          onOrder={place}
          onLost={() => setOrder(undefined)}
          onCancel={close}
        />
      )}
      {order && (
        <ConfirmDialog
          title={order.question}
          sentence={order.sentence}
          names={order.names}
          button={order.action.title}
          isFinal={order.action.isFinal === true}
          onCancel={() => setOrder(undefined)}
          onConfirm={() => {
            setOrder(undefined);
            close();
            start(order);
          }}
        />
      )}
      <Answers run={run} onClear={clearAnswers} />
    </section>
  );
}

/** An action that is under way, or the last one. */
interface Run {
  readonly title: string;
  /** How many rigs it is sent to. */
  readonly count: number;
  /** In the order in which they came. */
  readonly outcomes: readonly NamedOutcome[];
}

interface NamedOutcome extends Outcome {
  /** The rig's name. */
  readonly name: string;
}

/** Runs orders, one after the other. */
function useRun(onDone: () => void) {
  const [run, setRun] = useState<Run | undefined>(undefined);
  const isRunning = run !== undefined && run.outcomes.length < run.count;
  const start = async (order: Order) => {
    if (isRunning) return;
    const { action: { title }, names } = order;
    setRun({ title, count: names.length, outcomes: [] });
    await runAtRigs(
      order,
      (name, outcome) =>
        setRun((known) =>
          known && {
            ...known,
            outcomes: [...known.outcomes, { name, ...outcome }],
          }
        ),
    );
    onDone();
  };
  return { run, isRunning, start, clear: () => setRun(undefined) };
}

/** What an action is about. */
function findSubject({ needs }: Action): "pools" | "rig" {
  return needs === undefined || needs === "device" || needs === "watts"
    ? "rig"
    : "pools";
}

/** Whether an action asks once more, with nothing to be chosen before. */
function isAskedAtOnce({ isAsked, needs }: Action): boolean {
  return isAsked === true && needs === undefined;
}

function ActionButton({ action, isOpen, isRunning, onClick }: {
  action: Action;
  isOpen: boolean;
  isRunning: boolean;
  onClick: () => void;
}): JSX.Element {
  const isPlain = isAskedAtOnce(action);
  // One that is really disabled would lose the focus.
  const isDisabled = isPlain && isRunning;
  return (
    <button
      type="button"
      class={action.isFinal ? "danger apart" : undefined}
      aria-haspopup={isPlain ? "dialog" : undefined}
      aria-expanded={isPlain ? undefined : isOpen}
      aria-disabled={isDisabled}
      onClick={isDisabled ? undefined : onClick}
    >
      {action.title}
    </button>
  );
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
function Answers(
  { run, onClear }: { run: Run | undefined; onClear: () => void },
): JSX.Element {
  const outcomes = run?.outcomes ?? [];
  const failed = outcomes.filter(isFailure);
  const others = outcomes.filter((outcome) => !isFailure(outcome));
  return (
    <div class="action-answers" role="status" aria-live="polite">
      {run && (
        <p>
          {run.title}: {outcomes.length} of {run.count}{" "}
          {run.count === 1 ? "rig" : "rigs"} answered{failed.length > 0 &&
            `, ${failed.length} failed`}.{" "}
          <button type="button" onClick={onClear}>Clear answers</button>
        </p>
      )}
      {outcomes.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Rig</th>
              <th scope="col">Answer</th>
            </tr>
          </thead>
          <tbody>{failed.map(makeRow)}</tbody>
          <tbody>{others.map(makeRow)}</tbody>
        </table>
      )}
    </div>
  );
}

function makeRow(outcome: NamedOutcome): JSX.Element {
  const { name, letter = "", message = "", hint, problem } = outcome;
  return (
    <tr key={name} class={isFailure(outcome) ? "failed" : "done"}>
      <th scope="row" title={name}>
        <bdi>{name}</bdi>
      </th>
      <td>
        {problem
          ? (
            <>
              <strong>{problem.title}</strong>
              {problem.detail && (
                <>
                  : <Said text={problem.detail} />
                </>
              )}
              {problem.hint && <p>{problem.hint}</p>}
            </>
          )
          : (
            <>
              <abbr title={LETTERS.get(letter) ?? "unknown"}>
                {quoteText(
                  letter,
                )}
              </abbr>{" "}
              <Said text={message} />
              {hint && <p>{hint}</p>}
            </>
          )}
      </td>
    </tr>
  );
}

/** What a rig says, whatever that is. */
function Said({ text }: { text: string }): JSX.Element {
  return <bdi>{quoteText(text, MAX_ANSWER_LENGTH)}</bdi>;
}
