/**
 * Any command that reads, with its whole reply: for what the page does not
 * show. Who is of group W may ask `privileged` and what the gateway does not
 * know as well; what is known to write is not offered here.
 *
 * @module
 */

import type { JSX } from "npm:preact@11";
import { useRef, useState } from "npm:preact@11/hooks";
import type {
  AccessDocument,
  ShownCommand,
} from "../gateway/pages/access_page.ts";
import { type PageProblem, readProblem } from "./fetch_json.ts";
import { hideUsers, makeCommandPath, quoteForShell } from "./format.ts";
import { CopyButton, ProblemText } from "./page_parts.tsx";
import { toUrl } from "./place.ts";
import { authHeaders, getToken } from "./token.ts";

/** Longer replies are cut: the page would become slow. */
const MAX_SHOWN_LENGTH = 500_000;

/** What of `/-/access` the box looks at. */
type Access = Pick<AccessDocument, "group" | "allowed" | "commands">;

/** What is asked. */
export interface Question {
  /** Where it is asked. */
  readonly path: string;
  /** What is posted there. */
  readonly body?: string;
}

/** What came of a question: a text or a problem. */
interface Answer {
  readonly question: Question;
  /** The number of the question. */
  readonly count: number;
  readonly text?: string;
  readonly problem?: PageProblem;
}

/**
 * @param access As `/-/access` says.
 * @returns The commands that change nothing, and that this client may send.
 */
export function listReadCommands(
  { allowed, commands }: Access,
): readonly ShownCommand[] {
  return commands.filter(({ name, group }) =>
    (group === "R" || name === "privileged") && allowed.includes(name)
  );
}

/**
 * @param text What was typed: a command, or several joined by `+`.
 * @param commands Those that may be sent.
 * @param access As `/-/access` says; group W may send what it does not know.
 * @returns Why it is not sent; undefined if it may be.
 */
export function findObjection(
  text: string,
  commands: readonly ShownCommand[],
  access: Access,
): string | undefined {
  const names = text.split("+");
  if (
    access.group === "W" && text !== "" && names.length === 1 &&
    !access.commands.some(({ name }) => name === text)
  ) return undefined;
  for (const name of names) {
    const command = commands.find((command) => command.name === name);
    if (command === undefined) {
      return `"${name.slice(0, 40)}" is no command that reads, or is not ` +
        "allowed to you; what writes is under Actions";
    }
    if (names.length > 1 && !command.joinable) {
      return `"${name}" cannot be joined with others`;
    }
  }
  return undefined;
}

/**
 * @param rig The rig.
 * @param command The command.
 * @param parameter Its parameter; empty: none.
 * @param commands Those that are known.
 * @returns A path, where that says it all: the gateway takes what may write by
 * POST only, and of a path `.` and `..` never leave a browser.
 * @throws {URIError} If half a character is in it (a lone surrogate).
 */
export function makeQuestion(
  rig: string,
  command: string,
  parameter: string,
  commands: readonly ShownCommand[],
): Question {
  const path = makeCommandPath(rig, command, parameter);
  const isRead = command.split("+").every((part) =>
    commands.some(({ name, group }) => name === part && group === "R")
  );
  if (isRead && !/\/\.\.?$/.test(path)) return { path };
  const body = { command, parameter: parameter || undefined };
  return { path: `/@${encodeURIComponent(rig)}`, body: JSON.stringify(body) };
}

const JSON_TYPE = "application/json";

function makeCurlLine({ path, body }: Question): string {
  const token = getToken() === undefined
    ? ""
    : ' -H "Authorization: Bearer $CHI_TOKEN"';
  const data = body === undefined
    ? ""
    : ` -H "Content-Type: ${JSON_TYPE}" -d ${quoteForShell(body)}`;
  const url = quoteForShell(`${location.origin}${toUrl(path)}?pretty`);
  return `curl -s${token}${data} ${url}`;
}

/** Asks, and gives text or a problem. Never rejects. */
async function askRig(
  { path, body }: Question,
): Promise<Pick<Answer, "text" | "problem">> {
  try {
    const response = await fetch(`${toUrl(path)}?pretty`, {
      ...body && { method: "POST", body },
      headers: { ...body && { "content-type": JSON_TYPE }, ...authHeaders() },
    });
    if (!response.ok) return { problem: await readProblem(response) };
    return { text: await response.text() };
  } catch {
    return { problem: { title: "The gateway does not answer" } };
  }
}

function CurlLine({ question }: { question: Question }): JSX.Element {
  const curl = makeCurlLine(question);
  return (
    <div class="line">
      <code class="curl">{curl}</code>
      <CopyButton text={curl} label="Copy the curl line" />
    </div>
  );
}

function AnswerText(
  { answer: { question, text = "", problem } }: { answer: Answer },
): JSX.Element {
  const [areUsersShown, showUsers] = useState(false);
  if (problem !== undefined) {
    return (
      <>
        <div class="panel bad" role="alert">
          <ProblemText problem={problem} />
        </div>
        <CurlLine question={question} />
      </>
    );
  }
  const hidden = hideUsers(text);
  const whole = areUsersShown ? text : hidden;
  return (
    <>
      <div class="line">
        <CopyButton text={whole} label="Copy the reply" />
        {hidden !== text && (
          <label class="check">
            <input
              type="checkbox"
              checked={areUsersShown}
              onChange={({ currentTarget }) => showUsers(currentTarget.checked)}
            />
            show user names
          </label>
        )}
      </div>
      <pre tabindex={0} aria-label="Reply">
        {whole.slice(0, MAX_SHOWN_LENGTH)}
      </pre>
      {whole.length > MAX_SHOWN_LENGTH && (
        <p class="note">
          Only the first {MAX_SHOWN_LENGTH} characters are shown.
        </p>
      )}
      <CurlLine question={question} />
    </>
  );
}

/** What the box is given; nothing is shown without access. */
interface CommandBoxProps {
  readonly rig: string;
  readonly access: Access | undefined;
}

/** The box, and what came of the last question. */
export function CommandBox(
  { rig, access }: CommandBoxProps,
): JSX.Element | null {
  const [command, setCommand] = useState("summary");
  const [parameter, setParameter] = useState("");
  const [answer, setAnswer] = useState<Answer | undefined>(undefined);
  const [isAsking, setAsking] = useState(false);
  const [objection, setObjection] = useState<string | undefined>(undefined);
  const count = useRef(0);
  if (access === undefined) return null;
  const commands = listReadCommands(access);
  if (commands.length === 0) return null;
  const known = commands.find(({ name }) => name === command.trim());
  /** The question; undefined if there is an objection, which is shown. */
  const makeAllowed = (): Question | undefined => {
    const wanted = command.trim();
    const found = findObjection(wanted, commands, access);
    setObjection(found);
    if (found !== undefined) return undefined;
    try {
      return makeQuestion(rig, wanted, parameter.trim(), commands);
    } catch {
      setObjection("Half a character cannot be sent: type it anew");
      return undefined;
    }
  };
  const ask = async (event: Event) => {
    event.preventDefault();
    if (isAsking) return;
    // Else it would stand below another command.
    setAnswer(undefined);
    const question = makeAllowed();
    if (question === undefined) return;
    setAsking(true);
    const came = await askRig(question);
    setAnswer({ ...came, question, count: ++count.current });
    setAsking(false);
  };
  return (
    <section class="command">
      <h3>Ask the rig</h3>
      <form class="line" onSubmit={ask}>
        <label>
          Command{" "}
          <input
            list="commands"
            value={command}
            required
            maxlength={200}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            onInput={({ currentTarget }) => setCommand(currentTarget.value)}
          />
        </label>
        <datalist id="commands">
          {commands.map(({ name }) => <option key={name} value={name} />)}
        </datalist>
        <label>
          Parameter{" "}
          <input
            value={parameter}
            maxlength={500}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            placeholder={known?.parameter ?? ""}
            onInput={({ currentTarget }) => setParameter(currentTarget.value)}
          />
        </label>
        <button type="submit" aria-disabled={isAsking}>
          {isAsking ? "Asking …" : "Ask"}
        </button>
      </form>
      <div role="status">{objection && <p class="note">{objection}</p>}</div>
      {answer && <AnswerText key={answer.count} answer={answer} />}
    </section>
  );
}
