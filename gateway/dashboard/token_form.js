/**
 * Where a viewer enters the token that lets it act. The gateway is asked first
 * whether it is right; it is kept by `token.js`, in memory alone.
 *
 * @module
 */

import { html, useRef, useState } from "./preact.js";
import { setToken } from "./token.js";

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
    const response = await fetch("/-/access", {
      headers: { authorization: `Bearer ${token}` },
      // Else the browser would ask for one itself where this one is wrong.
      credentials: "omit",
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
    <form class="token-form" autocomplete="off" onSubmit=${submit}>
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
      <button type="submit" class="primary" disabled=${isAsking}>
        Use token
      </button>
      ${onCancel && html`
        <button type="button" onClick=${onCancel}>Cancel</button>
      `}
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
