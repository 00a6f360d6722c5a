/**
 * Asks a rig a command, and shows its whole reply and how to ask it in a shell:
 * loaded with the first question.
 *
 * @module
 */

import { html, useState } from "./preact.js";
import { readProblem } from "./fetch_json.js";
import { hideUsers, quoteForShell } from "./format.js";
import { ProblemText } from "./page_parts.js";
import { toUrl } from "./place.js";
import { authHeaders, getToken } from "./token.js";

/** Longer replies are cut: the page would become slow. */
const MAX_SHOWN_LENGTH = 500_000;

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

const JSON_TYPE = "application/json";

/** @param {import("./command_box.js").Question} question What is asked. */
function makeCurlLine({ path, body }) {
  const token = getToken() === undefined
    ? ""
    : ' -H "Authorization: Bearer $CHI_TOKEN"';
  const data = body === undefined
    ? ""
    : ` -H "Content-Type: ${JSON_TYPE}" -d ${quoteForShell(body)}`;
  const url = quoteForShell(`${location.origin}${toUrl(path)}?pretty`);
  return `curl -s${token}${data} ${url}`;
}

/**
 * Asks, and gives text or a problem. Never rejects.
 *
 * @param {import("./command_box.js").Question} question What is asked.
 * @returns {Promise<{ text?: string, problem?: any }>} What came of it.
 */
export async function askRig({ path, body }) {
  try {
    const response = await fetch(`${toUrl(path)}?pretty`, {
      ...body && { method: "POST", body },
      headers: { ...body && { "content-type": JSON_TYPE }, ...authHeaders() },
    });
    if (!response.ok) return { problem: await readProblem(response) };
    return { text: await response.text() };
  } catch {
    const title = "The gateway does not answer";
    return { problem: { code: "lost", title } };
  }
}

/** @param {{ question: import("./command_box.js").Question }} props */
function CurlLine({ question }) {
  const curl = makeCurlLine(question);
  return html`
    <div class="line"><code class="curl">${curl}</code>
      <${CopyButton} text=${curl} label="Copy the curl line" /></div>
  `;
}

/**
 * @param {{ answer: { question: import("./command_box.js").Question, text?: string, problem?: any } }} props
 */
export function Answer({ answer }) {
  const [areUsersShown, showUsers] = useState(false);
  const { question, text, problem } = answer;
  if (problem !== undefined) {
    return html`
      <div class="panel bad" role="alert">
        <${ProblemText} problem=${problem} />
      </div>
      <${CurlLine} question=${question} />
    `;
  }
  const hidden = hideUsers(text);
  const whole = areUsersShown ? text : hidden;
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
    <${CurlLine} question=${question} />
  `;
}
