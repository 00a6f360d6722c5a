/**
 * Asks once more, in a native dialog: all behind it is inert, Escape is "no",
 * Tab stays inside, and the focus goes back to where it was.
 *
 * @module
 */

import type { JSX, TargetedKeyboardEvent } from "npm:preact@11";
import { useLayoutEffect, useRef } from "npm:preact@11/hooks";

/** What is asked. */
interface ConfirmDialogProps {
  /** What is to be done: `Restart 3 rigs?` */
  readonly title: string;
  /** What will happen. */
  readonly sentence: string;
  /** To which rigs. */
  readonly names: readonly string[];
  /** What the button says that does it. */
  readonly button: string;
  /** Whether that button is red. */
  readonly isFinal: boolean;
  /** Called for "yes". */
  readonly onConfirm: () => void;
  /** Called for "no". */
  readonly onCancel: () => void;
}

/** The dialog; it is open as long as it is rendered. */
export function ConfirmDialog(props: ConfirmDialogProps): JSX.Element {
  const { title, sentence, names, button, isFinal } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const isAnswered = useRef(false);
  // Not useEffect, whose end comes when the dialog is gone, and the focus lost.
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    // What hurts is never one key away.
    cancel.current?.focus();
    return () => {
      // What had asked takes the question back: that is no answer.
      isAnswered.current = true;
      current?.close();
    };
  }, []);
  const answer = (isYes: boolean) => {
    if (isAnswered.current) return;
    isAnswered.current = true;
    dialog.current?.close();
    // At once, not with its event: by then the next question may be there.
    if (isYes) props.onConfirm();
    else props.onCancel();
  };
  const cancelNow = (event: Event) => {
    event.preventDefault();
    answer(false);
  };
  return (
    <dialog
      class="confirm"
      ref={dialog}
      aria-labelledby="confirm-title"
      aria-describedby="confirm-sentence"
      onKeyDown={keepFocus}
      onCancel={cancelNow}
      onClose={() => answer(false)}
    >
      <h2 id="confirm-title">{title}</h2>
      <p id="confirm-sentence">{sentence}</p>
      {names.length > 1 && <RigNames names={names} />}
      <div class="action-buttons">
        <button type="button" ref={cancel} onClick={() => answer(false)}>
          Cancel
        </button>
        <button
          type="button"
          class={isFinal ? "danger" : "primary"}
          onClick={() => answer(true)}
        >
          {button}
        </button>
      </div>
    </dialog>
  );
}

function RigNames({ names }: { names: readonly string[] }): JSX.Element {
  return (
    <ul class="action-rigs" tabindex={0} aria-label="Rigs">
      {names.map((name) => (
        <li key={name} title={name}>
          <bdi>{name}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** Tab goes round inside: past the last it would go to the browser's bar. */
function keepFocus(event: TargetedKeyboardEvent<HTMLDialogElement>): void {
  if (event.key !== "Tab") return;
  const stops = [
    ...event.currentTarget.querySelectorAll<HTMLElement>("button, [tabindex]"),
  ];
  const [first, last] = [stops[0], stops.at(-1)];
  const { activeElement } = document;
  if (event.shiftKey ? activeElement !== first : activeElement !== last) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}
