/**
 * Where a viewer enters the token that lets it act, and has it forgotten. The
 * gateway is asked first whether it is right; it is kept by `token.js`, in
 * memory alone.
 *
 * @module
 */

import { html, useEffect, useRef, useState } from "./preact.js";
import { toUrl } from "./place.js";
import { authHeaders, getToken, setToken } from "./token.js";

/** How many forms there were, so that the parts of each have ids of their own. */
let formCount = 0;

/** What RFC 6750 lets stand behind `Bearer`, and a browser sends. */
const TOKEN = /^[\x21-\x7e]+$/;

const WRONG_TOKEN = {
  title: "This is not the token",
  detail: "The gateway does not let it write",
  hint: "It stands in the gateway's token file, or in CHI_TOKEN",
};

/**
 * Asks the gateway what a token is worth.
 *
 * @param {string} token The token.
 * @returns {Promise<object | undefined>} The problem; undefined if it is right.
 */
async function checkToken(token) {
  if (!TOKEN.test(token)) return WRONG_TOKEN;
  try {
    const response = await fetch(toUrl("/-/access"), {
      headers: { ...authHeaders(), authorization: `Bearer ${token}` },
    });
    const document = await response.json();
    if (response.status === 401) return WRONG_TOKEN;
    if (!response.ok) return document;
    return document.group === "W" ? undefined : WRONG_TOKEN;
  } catch (error) {
    return {
      title: "The gateway did not answer",
      detail: String(error?.message ?? error),
      hint: "Try again when the connection is back",
    };
  }
}

/**
 * The form.
 *
 * @param {object} props Its properties.
 * @param {() => void} [props.onToken] Called when the right token was entered
 * and `token.js` has it.
 * @param {() => void} [props.onCancel] Called when the viewer gives up; without
 * it there is no button for that.
 * @returns {object} The element.
 */
export function TokenForm({ onToken, onCancel }) {
  const input = useRef(null);
  const [noteId] = useState(() => `token-note-${++formCount}`);
  const [isAsking, setIsAsking] = useState(false);
  const [problem, setProblem] = useState(undefined);
  useEffect(() => {
    // Somebody has opened it, or what had the focus made room for it.
    const isFree = document.activeElement === document.body;
    if (onCancel !== undefined || isFree) input.current.focus();
  }, []);
  const submit = async (event) => {
    event.preventDefault();
    if (isAsking) return;
    const token = input.current.value.trim();
    input.current.value = "";
    setIsAsking(true);
    setProblem(undefined);
    const found = await checkToken(token);
    setIsAsking(false);
    setProblem(found);
    if (found !== undefined) return input.current?.focus();
    setToken(token);
    onToken?.();
  };
  return html`
    <form
      class="token-form"
      autocomplete="off"
      onSubmit=${submit}
      onKeyDown=${({ key }) => key === "Escape" && onCancel?.()}
    >
      <label>
        Token
        <input
          ref=${input}
          type="password"
          name="token"
          required
          autocomplete="off"
          spellcheck=${false}
          aria-describedby=${noteId}
        />
      </label>
      <div class="action-buttons">
        <button type="submit" class="primary" aria-disabled=${isAsking}>
          Use token
        </button>
        ${onCancel && html`
          <button type="button" onClick=${onCancel}>Cancel</button>
        `}
      </div>
      <p id=${noteId}>
        Kept in this page's memory alone: closing or reloading it forgets it.
      </p>
      <div role="alert">
        ${problem && html`
          <p class="action-problem">
            <strong>${problem.title}</strong>: ${problem.detail}.
            ${problem.hint && ` ${problem.hint}.`}
          </p>
        `}
      </div>
    </form>
  `;
}

/**
 * The button that opens the form, where a token lets the viewer do more; or
 * that has the token forgotten.
 *
 * @param {object} props Its properties.
 * @param {{ group?: string, hasToken?: boolean }} props.access The answer of
 * `/-/access`.
 * @param {() => void} props.onDone Called when the token was entered, forgotten
 * or withdrawn: ask the gateway anew then, with `authHeaders()`.
 * @returns {object | null} The element; null where a token changes nothing.
 */
export function TokenButton({ access, onDone }) {
  const [isOpen, setIsOpen] = useState(false);
  const button = useRef(null);
  const isWithdrawn = useWithdrawal(access, onDone);
  const isHeld = getToken() !== undefined;
  if (!isHeld && (!access.hasToken || access.group === "W")) return null;
  const close = () => {
    setIsOpen(false);
    button.current.focus();
  };
  const take = () => {
    close();
    onDone();
  };
  const forget = () => {
    setToken(undefined);
    onDone();
  };
  return html`
    <span role="status">
      ${isWithdrawn && !isHeld &&
        "The gateway does not take the token any more. "}
    </span>
    <button
      type="button"
      ref=${button}
      aria-expanded=${isHeld ? undefined : isOpen}
      onClick=${isHeld ? forget : () => setIsOpen(!isOpen)}
    >
      ${isHeld ? "Forget token" : "Enter a token"}
    </button>
    ${isOpen && html`<${TokenForm} onToken=${take} onCancel=${close} />`}
  `;
}

/**
 * Forgets a token that the gateway takes no longer: with each request it would
 * count as one more guess, until the gateway listens to none of this address.
 */
function useWithdrawal(access, onDone) {
  const [isWithdrawn, setIsWithdrawn] = useState(false);
  useEffect(() => {
    const token = getToken();
    // The right token gives group W, whoever brings it.
    if (token === undefined || access.group === "W") return;
    // An answer to an earlier question may be late: it is asked once more.
    checkToken(token).then((problem) => {
      if (problem !== WRONG_TOKEN || getToken() !== token) return;
      setToken(undefined);
      setIsWithdrawn(true);
      onDone();
    });
  }, [access]);
  return isWithdrawn;
}
