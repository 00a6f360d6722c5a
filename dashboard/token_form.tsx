/**
 * Where a viewer enters the token that lets it act, and has it forgotten. The
 * gateway is asked first whether it is right; it is kept by `token.ts`.
 *
 * @module
 */

import type { JSX } from "npm:preact@11";
import { useEffect, useId, useRef, useState } from "npm:preact@11/hooks";
import type { AccessDocument } from "../gateway/pages/access_page.ts";
import { type PageProblem, readMessage } from "./fetch_json.ts";
import { toUrl } from "./place.ts";
import { authHeaders, getToken, setToken } from "./token.ts";

/** What RFC 6750 lets stand after `Bearer`, and a browser sends. */
const TOKEN = /^[\x21-\x7e]+$/;

const WRONG_TOKEN: PageProblem = {
  title: "This is not the token",
  detail: "The gateway does not let it write",
  hint: "It stands in the gateway's token file, or in CHI_TOKEN",
};

/**
 * Asks the gateway what a token is worth.
 *
 * @param token The token.
 * @returns The problem; undefined if it is right.
 */
async function checkToken(token: string): Promise<PageProblem | undefined> {
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
      detail: readMessage(error),
      hint: "Try again when the connection is back",
    };
  }
}

/** What the form is given. */
interface TokenFormProps {
  /** Called when the right token was entered and `token.ts` has it. */
  readonly onToken: () => void;
  /**
   * Called when the viewer gives up; without it there is no button for that.
   */
  readonly onCancel?: () => void;
}

/** The form. */
export function TokenForm({ onToken, onCancel }: TokenFormProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const isRemembered = useRef<HTMLInputElement>(null);
  const noteId = useId();
  const [isAsking, setIsAsking] = useState(false);
  const [problem, setProblem] = useState<PageProblem | undefined>(undefined);
  useEffect(() => {
    // Somebody has opened it, or what had the focus made room for it.
    const isFree = document.activeElement === document.body;
    if (onCancel !== undefined || isFree) input.current?.focus();
  }, []);
  const submit = async (event: Event) => {
    event.preventDefault();
    const { current } = input;
    if (isAsking || current === null) return;
    const token = current.value.trim();
    current.value = "";
    setIsAsking(true);
    setProblem(undefined);
    const found = await checkToken(token);
    setIsAsking(false);
    setProblem(found);
    if (found !== undefined) return current.focus();
    setToken(token, isRemembered.current?.checked);
    onToken();
  };
  return (
    <form
      class="token-form"
      autocomplete="off"
      onSubmit={submit}
      onKeyDown={({ key }) => key === "Escape" && onCancel?.()}
    >
      <label>
        Token
        <input
          ref={input}
          type="password"
          name="token"
          required
          autocomplete="off"
          spellcheck={false}
          aria-describedby={noteId}
        />
      </label>
      <label class="check">
        <input type="checkbox" ref={isRemembered} />
        Remember it on this device
      </label>
      <div class="action-buttons">
        <button type="submit" class="primary" aria-disabled={isAsking}>
          Use token
        </button>
        {onCancel && <button type="button" onClick={onCancel}>Cancel</button>}
      </div>
      <p id={noteId}>
        If not remembered, it is in this page's memory only: closing or
        reloading the page forgets it. "Forget token" always does.
      </p>
      <div role="alert">
        {problem && (
          <p class="action-problem">
            <strong>{problem.title}</strong>: {problem.detail}.
            {problem.hint && ` ${problem.hint}.`}
          </p>
        )}
      </div>
    </form>
  );
}

/** What the button is given. */
interface TokenButtonProps {
  readonly access: AccessDocument | undefined;
  /**
   * Called when the token was entered, forgotten or withdrawn: ask the gateway
   * anew then, with `authHeaders()`.
   */
  readonly onDone: () => void;
}

/**
 * The button that opens the form, where a token lets the viewer do more; or
 * that has the token forgotten.
 */
export function TokenButton(
  { access, onDone }: TokenButtonProps,
): JSX.Element | null {
  const [isOpen, setIsOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  /** What the gateway said to the token that was forgotten. */
  const outdated = useRef<AccessDocument>(undefined);
  const isWithdrawn = useWithdrawal(access, onDone);
  const isHeld = getToken() !== undefined;
  // With the button, its focus would be lost until the gateway has answered.
  const isOutdated = access !== undefined && access === outdated.current;
  const isUseful = access?.hasToken && (access.group !== "W" || isOutdated);
  if (!isHeld && !isUseful) return null;
  const close = () => {
    setIsOpen(false);
    button.current?.focus();
  };
  const finish = () => {
    close();
    onDone();
  };
  const forget = () => {
    outdated.current = access;
    setToken(undefined);
    onDone();
  };
  return (
    <>
      <span role="status">
        {isWithdrawn && !isHeld &&
          "The gateway does not take the token any more. "}
      </span>
      <button
        type="button"
        ref={button}
        aria-expanded={isHeld ? undefined : isOpen}
        onClick={isHeld ? forget : () => setIsOpen(!isOpen)}
      >
        {isHeld ? "Forget token" : "Enter a token"}
      </button>
      {isOpen && <TokenForm onToken={finish} onCancel={close} />}
    </>
  );
}

/**
 * Forgets a token that the gateway takes no longer: with each request it would
 * count as one more guess, until the gateway takes none from this address.
 */
function useWithdrawal(
  access: AccessDocument | undefined,
  onDone: () => void,
): boolean {
  const [isWithdrawn, setIsWithdrawn] = useState(false);
  useEffect(() => {
    const token = getToken();
    // The right token gives group W, from any address.
    if (token === undefined || access === undefined) return;
    if (access.group === "W") return;
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
