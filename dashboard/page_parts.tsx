/**
 * Small parts that several views are made of.
 *
 * @module
 */

import type { ComponentChildren, JSX } from "npm:preact@11";
import { useEffect, useReducer, useState } from "npm:preact@11/hooks";
import type { PageProblem } from "./fetch_json.ts";
import type { Severity } from "./figures.ts";
import { cleanText, formatAge } from "./format.ts";

/** A text of a stranger: as text, on one line, whole when pointed at. */
export function Text({ text }: { text: string | undefined }): JSX.Element {
  const clean = cleanText(text);
  return <bdi class="text" title={clean}>{clean}</bdi>;
}

/** A value that trouble may be about. */
export interface ValueProps {
  readonly text: ComponentChildren;
  readonly severity?: Severity | undefined;
}

/** A value in its colour. */
export function Value(
  { text, severity = "" }: ValueProps,
): JSX.Element {
  if (severity === "") return <>{text}</>;
  const word = ` (${severity})`;
  return (
    <span class={`value ${severity}`}>
      {text}
      <span class="unseen">{word}</span>
    </span>
  );
}

/** A value with its name. */
export interface TileProps extends ValueProps {
  readonly label: string;
  /** What stands below the value. */
  readonly note?: ComponentChildren;
}

/** A large number with its name. */
export function Tile(
  { label, note, ...value }: TileProps,
): JSX.Element {
  return (
    <div class={`tile ${value.severity ?? ""}`}>
      <dt>{label}</dt>
      <dd>
        <Value {...value} />
        {note && <small>{note}</small>}
      </dd>
    </div>
  );
}

/** How long ago something was, which goes on by itself. */
export function Age({ readAgeMs }: { readAgeMs: () => number }): JSX.Element {
  const [, tick] = useReducer((count: number, _: void) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, []);
  return <>{formatAge(readAgeMs())}</>;
}

/** What went wrong, and what to do about it. */
export function ProblemText(
  { problem: { title, detail, hint } }: { problem: PageProblem },
): JSX.Element {
  return (
    <>
      <strong>
        <LongText text={title} />
      </strong>
      {detail && (
        <p>
          <LongText text={detail} />
        </p>
      )}
      {hint && (
        <p>
          What to do: <LongText text={hint} />
        </p>
      )}
    </>
  );
}

/** A text of a stranger, on several lines. */
function LongText({ text }: { text: string }): JSX.Element {
  return <bdi>{cleanText(text)}</bdi>;
}

async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Pages over HTTP from another machine have no clipboard of their own.
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (!isCopied) throw new Error("The browser does not let the page copy");
}

/** Puts a text on the clipboard. */
export function CopyButton(
  { text, label }: { text: string; label: string },
): JSX.Element {
  const [outcome, setOutcome] = useState("");
  const copy = () =>
    copyText(text).then(
      () => setOutcome("Copied"),
      () => setOutcome("Cannot copy here: select the text"),
    );
  return (
    <>
      <button type="button" onClick={copy}>{label}</button>
      <span class="muted" role="status">{outcome}</span>
    </>
  );
}
