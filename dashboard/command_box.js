/**
 * Any command that reads, with its whole reply: for what the page does not
 * show. Who is of group W may ask `privileged` and what the gateway does not
 * know as well; what is known to write is not offered here.
 *
 * @module
 */

import { html, useRef, useState } from "./preact.js";
import { makeCommandPath } from "./format.js";

/**
 * @param {any} access As `/-/access` says.
 * @returns {{ name: string, group: string, parameter?: string,
 *   joinable: boolean }[]} The commands that change nothing, and that this
 * client may send.
 */
export function listReadCommands(access) {
  const allowed = new Set(access?.allowed ?? []);
  return (access?.commands ?? []).filter(({ name, group }) =>
    (group === "R" || name === "privileged") && allowed.has(name)
  );
}

/**
 * @param {string} text What was typed: a command, or several joined by `+`.
 * @param {ReturnType<typeof listReadCommands>} commands Those that may be sent.
 * @param {any} [access] As `/-/access` says; group W may send what it does not
 * know.
 * @returns {string | undefined} Why it is not sent; undefined if it may be.
 */
export function findObjection(text, commands, access) {
  const names = text.split("+");
  const known = access?.commands ?? [];
  if (
    access?.group === "W" && text !== "" && names.length === 1 &&
    !known.some(({ name }) => name === text)
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
 * @typedef {object} Question
 * @property {string} path Where it is asked.
 * @property {string} [body] What is posted there.
 *
 * @param {string} rig The rig.
 * @param {string} command The command.
 * @param {string} parameter Its parameter; empty: none.
 * @param {ReturnType<typeof listReadCommands>} commands Those that are known.
 * @returns {Question} A path, where that says it all: the gateway takes what
 * may write by POST alone, and of a path `.` and `..` never leave a browser.
 * @throws {URIError} If half a character is in it (a lone surrogate).
 */
export function makeQuestion(rig, command, parameter, commands) {
  const path = makeCommandPath(rig, command, parameter);
  const isRead = command.split("+").every((part) =>
    commands.some(({ name, group }) => name === part && group === "R")
  );
  if (isRead && !/\/\.\.?$/.test(path)) return { path };
  const body = { command, parameter: parameter || undefined };
  return { path: `/@${encodeURIComponent(rig)}`, body: JSON.stringify(body) };
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
    let question;
    let found = findObjection(wanted, commands, access);
    try {
      question = makeQuestion(rig, wanted, parameter.trim(), commands);
    } catch {
      found = "Half a character cannot be sent: type it anew";
    }
    setObjection(found);
    // Else it would stand below another command.
    setAnswer(undefined);
    if (found !== undefined) return;
    const mine = ++count.current;
    setAsking(true);
    try {
      const { Answer, askRig } = await import("./command_answer.js");
      const came = await askRig(question);
      if (mine !== count.current) return;
      setAnswer({ ...came, question, count: mine, Answer });
    } catch {
      setObjection("The gateway does not answer");
    }
    setAsking(false);
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
    ${answer && html`<${answer.Answer} key=${answer.count} answer=${answer} />`}
  </section>`;
}
