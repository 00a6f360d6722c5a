/**
 * Any command that reads, with its whole reply: for what the page does not
 * show. What writes is not offered here.
 *
 * @module
 */

import { html, useRef, useState } from "./preact.js";
import { hideUsers, makeCommandPath, quoteForShell } from "./format.js";
import { ProblemText } from "./page_parts.js";
import { toUrl } from "./place.js";
import { readProblem } from "./fetch_json.js";
import { authHeaders, getToken } from "./token.js";

/** Longer replies are cut: the page would become slow. */
const MAX_SHOWN_LENGTH = 500_000;

/**
 * @param {any} access As `/-/access` says.
 * @returns {{ name: string, parameter?: string, isJoinable: boolean }[]} The
 * commands that read, and that this client may send.
 */
export function listReadCommands(access) {
  const allowed = new Set(access?.allowed ?? []);
  return (access?.commands ?? [])
    .filter(({ name, group }) => group === "R" && allowed.has(name));
}

/**
 * @param {string} text What was typed: a command, or several joined by `+`.
 * @param {ReturnType<typeof listReadCommands>} commands Those that may be sent.
 * @returns {string | undefined} Why it is not sent; undefined if it may be.
 */
export function findObjection(text, commands) {
  const names = text.split("+");
  for (const name of names) {
    const command = commands.find((command) => command.name === name);
    if (command === undefined) {
      return `"${name.slice(0, 40)}" is no command that reads, or is not ` +
        "allowed to you; what writes is under Actions";
    }
    if (names.length > 1 && !command.isJoinable) {
      return `"${name}" cannot be joined with others`;
    }
  }
  return undefined;
}

/** @param {string} text What to put on the clipboard. */
async function copyText(text) {
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

/** @param {{ text: string, label: string }} props */
function CopyButton({ text, label }) {
  const [outcome, setOutcome] = useState("");
  const copy = () =>
    copyText(text).then(
      () => setOutcome("Copied"),
      () => setOutcome("Cannot copy here: select the text"),
    );
  return html`
    <button type="button" onClick=${copy}>${label}</button>
    <span class="muted" role="status">${outcome}</span>
  `;
}

/** @param {string} path Where the command is asked. */
function makeCurlLine(path) {
  const token = getToken() === undefined
    ? ""
    : ' -H "Authorization: Bearer $CHI_TOKEN"';
  return `curl -s${token} ${quoteForShell(`${location.origin}${path}?pretty`)}`;
}

/** Asks, and gives text or a problem. */
async function askRig(path) {
  try {
    const response = await fetch(`${path}?pretty`, { headers: authHeaders() });
    if (!response.ok) return { path, problem: await readProblem(response) };
    return { path, text: await response.text() };
  } catch {
    const title = "The gateway does not answer";
    return { path, problem: { code: "lost", title } };
  }
}

/** @param {{ answer: { path: string, text?: string, problem?: any } }} props */
function Answer({ answer }) {
  const [areUsersShown, showUsers] = useState(false);
  const { path, text, problem } = answer;
  if (problem !== undefined) {
    return html`
      <div class="panel bad" role="alert">
        <${ProblemText} problem=${problem} />
      </div>
    `;
  }
  const hidden = hideUsers(text);
  const whole = areUsersShown ? text : hidden;
  const curl = makeCurlLine(path);
  return html`
    <div class="line">
      <${CopyButton} text=${whole} label="Copy the reply" />
      ${hidden !== text && html`<label class="check"><input type="checkbox"
        checked=${areUsersShown} onChange=${({ target }) =>
        showUsers(target.checked)} />
        show user names</label>`}
    </div>
    <pre tabindex="0" aria-label="Reply">${whole.slice(
      0,
      MAX_SHOWN_LENGTH,
    )}</pre>
    ${whole.length > MAX_SHOWN_LENGTH &&
      html`<p class="note">Only the first ${MAX_SHOWN_LENGTH} characters are shown.</p>`}
    <div class="line"><code class="curl">${curl}</code>
      <${CopyButton} text=${curl} label="Copy the curl line" /></div>
  `;
}

/** @param {{ rig: string, access: any }} props */
export function CommandBox({ rig, access }) {
  const [command, setCommand] = useState("summary");
  const [parameter, setParameter] = useState("");
  const [answer, setAnswer] = useState(undefined);
  const [isAsking, setAsking] = useState(false);
  const [objection, setObjection] = useState(undefined);
  const count = useRef(0);
  const commands = listReadCommands(access);
  if (commands.length === 0) return null;
  const known = commands.find(({ name }) => name === command.trim());
  const ask = async (event) => {
    event.preventDefault();
    if (isAsking) return;
    const wanted = command.trim();
    const found = findObjection(wanted, commands);
    setObjection(found);
    if (found !== undefined) return;
    const mine = ++count.current;
    setAsking(true);
    const path = toUrl(makeCommandPath(rig, wanted, parameter.trim()));
    const came = await askRig(path);
    if (mine !== count.current) return;
    setAsking(false);
    setAnswer({ ...came, count: mine });
  };
  return html`<section class="command"><h3>Ask the rig</h3>
    <form class="line" onSubmit=${ask}>
      <label>Command <input list="commands" value=${command} required
        maxlength="200" autocomplete="off" autocapitalize="none" spellcheck=${false}
        onInput=${({ target }) => setCommand(target.value)} /></label>
      <datalist id="commands">${
    commands.map(({ name }) => html`<option key=${name} value=${name} />`)
  }</datalist>
      <label>Parameter <input value=${parameter} maxlength="500"
        autocomplete="off" autocapitalize="none" spellcheck=${false}
        placeholder=${known?.parameter ?? ""}
        onInput=${({ target }) => setParameter(target.value)} /></label>
      <button type="submit" aria-disabled=${isAsking}>${
    isAsking ? "Asking …" : "Ask"
  }</button>
    </form>
    <div role="status">${
    objection && html`<p class="note">${objection}</p>`
  }</div>
    ${answer && html`<${Answer} key=${answer.count} answer=${answer} />`}
  </section>`;
}
