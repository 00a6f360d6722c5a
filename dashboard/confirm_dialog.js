/**
 * Asks once more, in a native dialog: all behind it is inert, Escape is "no",
 * Tab stays inside, and the focus goes back to where it was.
 *
 * @module
 */

import { html, useEffect, useRef } from "./preact.js";

/**
 * The dialog; it is open as long as it is rendered.
 *
 * @param {object} props Its properties.
 * @param {string} props.title What is to be done: `Restart 3 rigs?`
 * @param {string} props.sentence What will happen.
 * @param {readonly string[]} [props.names] To which rigs.
 * @param {string} props.button What the button says that does it.
 * @param {boolean} [props.isFinal] Whether that button is red.
 * @param {() => void} props.onConfirm Called for "yes".
 * @param {() => void} props.onCancel Called for "no".
 * @returns {object} The element.
 */
export function ConfirmDialog(props) {
  const { title, sentence, names = [], button, isFinal } = props;
  const dialog = useRef(null);
  const cancel = useRef(null);
  const isAnswered = useRef(false);
  useEffect(() => {
    const { current } = dialog;
    current.showModal();
    // What hurts is never one key away.
    cancel.current.focus();
    return () => {
      // Taken back by whoever has asked: that is no answer.
      isAnswered.current = true;
      current.close();
    };
  }, []);
  const answer = (isYes) => {
    if (isAnswered.current) return;
    isAnswered.current = true;
    dialog.current.close();
    // At once, not with its event: by then the next question may be there.
    if (isYes) props.onConfirm();
    else props.onCancel();
  };
  const cancelNow = (event) => {
    event.preventDefault();
    answer(false);
  };
  return html`
    <dialog
      class="confirm"
      ref=${dialog}
      aria-labelledby="confirm-title"
      aria-describedby="confirm-sentence"
      onKeyDown=${keepFocus}
      onCancel=${cancelNow}
      onClose=${() => answer(false)}
    >
      <h2 id="confirm-title">${title}</h2>
      <p id="confirm-sentence">${sentence}</p>
      ${names.length > 1 && html`<${RigNames} names=${names} />`}
      <div class="action-buttons">
        <button type="button" ref=${cancel} onClick=${() => answer(false)}>
          Cancel
        </button>
        <button
          type="button"
          class=${isFinal ? "danger" : "primary"}
          onClick=${() => answer(true)}
        >
          ${button}
        </button>
      </div>
    </dialog>
  `;
}

function RigNames({ names }) {
  return html`
    <ul class="action-rigs" tabindex="0" aria-label="Rigs">
      ${names.map((name) =>
        html`
          <li key=${name} title=${name}><bdi>${name}</bdi></li>
        `
      )}
    </ul>
  `;
}

/** Tab goes round inside: past the last it would go to the browser's bar. */
function keepFocus(event) {
  if (event.key !== "Tab") return;
  const stops = [...event.currentTarget.querySelectorAll("button, [tabindex]")];
  const [first, last] = [stops[0], stops.at(-1)];
  const { activeElement } = document;
  if (event.shiftKey ? activeElement !== first : activeElement !== last) return;
  event.preventDefault();
  (event.shiftKey ? last : first).focus();
}
