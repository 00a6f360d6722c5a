/**
 * What a page of another origin can have its visitor's browser ask: a table of
 * attacks. `GATEWAY` in them stands for the gateway's origin.
 *
 * @module
 */

/** One attack. */
export interface Attack {
  /** What it does, as the test's name says it. */
  readonly name: string;
  /** What the page holds. */
  readonly html?: string;
  /**
   * What the page runs once it is loaded, as if its visitor had just clicked:
   * browsers allow most then. An async function's body; what it returns is
   * what the page has learned.
   */
  readonly script?: string;
  /** Whether the page goes elsewhere, or opens a window. */
  readonly leaves?: boolean;
  /** What the gateway logs. The default: `<method> <path> 403 origin-denied`. */
  readonly logged: readonly string[];
  /** What the script returns, if it tells anything. */
  readonly outcome?: unknown;
}

/** A page loads a write and a read as a part of itself. */
function embed(name: string, html: string): Attack {
  return {
    name,
    html: ["/quit", "/summary"].map((path) =>
      html.replaceAll("URL", `GATEWAY${path}`)
    ).join(""),
    logged: ["GET /quit", "GET /summary"],
  };
}

/** A page's script asks and tells whether it could read the response. */
function ask(name: string, path: string, init: string): Attack {
  const method = init.match(/method: "(\w+)"/)?.[1] ?? "GET";
  return {
    name,
    script: `try {
        const response = await fetch("GATEWAY${path}", { ${init} });
        return response.type + await response.text();
      } catch (error) { return error.name; }`,
    logged: [`${method} ${path}`],
    // "opaque" and no text: it was sent, and nothing of the response is told.
    outcome: init.includes("no-cors") ? "opaque" : "TypeError",
  };
}

/** A page asks what wants a preflight, and the request itself never comes. */
function askWithPreflight(name: string, path: string, init: string): Attack {
  return { ...ask(name, path, init), logged: [`OPTIONS ${path} 204`] };
}

/** A form that submits itself. */
function submit(
  name: string,
  attributes: string,
  fields: string,
  logged: string,
): Attack {
  return {
    name,
    html: `<iframe name="hidden"></iframe>
      <form ${attributes}>${fields}</form>`,
    script: "document.forms[0].submit()",
    leaves: true,
    logged: [logged],
  };
}

/** A text/plain body that reads as JSON: `{"command":"quit","a":"=b"}`. */
const JSON_FIELD =
  `<input name='{"command":"quit","a":"' value='b"}' type="hidden">`;

/** Attacks by what HTML loads by itself. */
const EMBEDS: readonly Attack[] = [
  embed("an image", '<img src="URL">'),
  embed("a script", '<script src="URL"></script>'),
  embed("a module", '<script type="module" src="URL"></script>'),
  embed("a style sheet", '<link rel="stylesheet" href="URL">'),
  embed("a prefetch", '<link rel="prefetch" href="URL">'),
  embed("a frame", '<iframe src="URL"></iframe>'),
  embed("an object", '<object data="URL"></object>'),
  embed("an embedded plugin", '<embed src="URL">'),
  embed("a video", '<video src="URL" preload="auto"></video>'),
  embed("a background", `<div style="background: url('URL')">x</div>`),
  embed("a favicon", '<link rel="icon" href="URL">'),
];

/** Attacks by forms. */
const FORMS: readonly Attack[] = [
  submit("a form by GET", 'action="GATEWAY/quit"', "", "GET /quit"),
  submit(
    "a form, urlencoded",
    'method="post" action="GATEWAY/addpool"',
    '<input name="parameter" value="stratum+tcp://evil,user,pass">',
    "POST /addpool",
  ),
  submit(
    "a form, multipart",
    'method="post" action="GATEWAY/switchpool/1" enctype="multipart/form-data"',
    '<input name="parameter" value="1">',
    "POST /switchpool/…",
  ),
  submit(
    "a form, text/plain with a body that reads as JSON",
    'method="post" action="GATEWAY/" enctype="text/plain"',
    JSON_FIELD,
    "POST /",
  ),
  submit(
    "a form into a hidden frame",
    'method="post" action="GATEWAY/quit" target="hidden"',
    "",
    "POST /quit",
  ),
  submit(
    "a form into a new window",
    'method="post" action="GATEWAY/quit" target="_blank"',
    "",
    "POST /quit",
  ),
  submit(
    "a form that goes by a redirect",
    'method="post" action="/redirect?GATEWAY%2Fquit"',
    "",
    "POST /quit",
  ),
  submit(
    "a form without a referrer, whose Origin is null",
    'method="post" action="GATEWAY/quit"',
    '<meta name="referrer" content="no-referrer">',
    "POST /quit",
  ),
];

/** Attacks by scripts. */
const SCRIPTS: readonly Attack[] = [
  ask("fetch, no-cors", "/summary", 'mode: "no-cors"'),
  ask("fetch of a write, no-cors", "/quit", 'mode: "no-cors"'),
  ask("fetch by POST, no-cors", "/quit", 'method: "POST", mode: "no-cors"'),
  ask(
    "fetch of JSON as text/plain, no-cors, with credentials",
    "/",
    `method: "POST", mode: "no-cors", credentials: "include",
      body: '{"command":"quit"}'`,
  ),
  ask("fetch by HEAD, no-cors", "/quit", 'method: "HEAD", mode: "no-cors"'),
  ask("fetch, cors", "/summary", ""),
  ask("fetch, cors, of every rig", "/@all/summary", ""),
  ask("fetch by POST, cors", "/restart", 'method: "POST"'),
  askWithPreflight(
    "fetch of JSON, with a preflight",
    "/",
    `method: "POST", body: '{"command":"quit"}',
      headers: { "content-type": "application/json" }`,
  ),
  askWithPreflight(
    "fetch with a guessed token, with a preflight",
    "/quit",
    'method: "POST", headers: { authorization: "Bearer guess" }',
  ),
  askWithPreflight(
    "fetch by DELETE, with a preflight",
    "/quit",
    'method: "DELETE"',
  ),
  askWithPreflight("fetch by PUT, with a preflight", "/quit", 'method: "PUT"'),
  {
    name: "fetch that goes by a redirect",
    script: `await fetch("/redirect?GATEWAY%2Fquit", {
      method: "POST", mode: "no-cors" })`,
    logged: ["POST /quit"],
  },
  {
    name: "a beacon",
    script: `return navigator.sendBeacon("GATEWAY/quit", "x")`,
    logged: ["POST /quit"],
    outcome: true,
  },
  {
    name: "a link's ping",
    html: '<a href="#" ping="GATEWAY/quit">x</a>',
    script: `document.querySelector("a").click()`,
    logged: ["POST /quit"],
  },
  {
    name: "XMLHttpRequest",
    script: `const request = new XMLHttpRequest();
      request.open("POST", "GATEWAY/quit");
      return await new Promise((resolve) => {
        request.onloadend = () => resolve([request.status, request.responseText]);
        request.send();
      })`,
    logged: ["POST /quit"],
    outcome: [0, ""],
  },
  {
    name: "a WebSocket",
    script: `const socket = new WebSocket("GATEWAY/quit".replace("http", "ws"));
      return await new Promise((resolve) => {
        socket.onopen = () => resolve("open");
        socket.onerror = () => resolve("error");
      })`,
    logged: ["GET /quit"],
    outcome: "error",
  },
  {
    name: "an EventSource",
    script: `const source = new EventSource("GATEWAY/summary");
      return await new Promise((resolve) => {
        source.onopen = () => resolve("open");
        source.onerror = () => resolve("error");
      })`,
    logged: ["GET /summary"],
    outcome: "error",
  },
];

/** Attacks from frames that have no origin, and by windows. */
const FRAMES: readonly Attack[] = [
  {
    name: "a sandboxed frame, whose Origin is null",
    html: `<iframe sandbox="allow-scripts" srcdoc="<script>
        fetch('GATEWAY/quit', { method: 'POST', mode: 'no-cors' });
        fetch('GATEWAY/summary').catch(() => {});
      </script>"></iframe>`,
    logged: ["POST /quit", "GET /summary"],
  },
  {
    name: "a form in a sandboxed frame, whose Origin is null",
    html: `<iframe sandbox="allow-scripts allow-forms" srcdoc="
        <form method=post action=GATEWAY/quit></form>
        <script>document.forms[0].submit()</script>"></iframe>`,
    logged: ["POST /quit"],
  },
  {
    name: "a frame of a data: URL, whose Origin is null",
    html: `<iframe src="data:text/html,<script>
        fetch('GATEWAY/quit', { method: 'POST', mode: 'no-cors' });
      </script>"></iframe>`,
    logged: ["POST /quit"],
  },
  {
    name: "a new window that asks for a write",
    script: `open("GATEWAY/quit")`,
    leaves: true,
    logged: ["GET /quit"],
  },
  {
    name: "a navigation to a write",
    script: `location = "GATEWAY/quit"`,
    leaves: true,
    logged: ["GET /quit"],
  },
  {
    name: "a page that leads on to a write by itself",
    html: '<meta http-equiv="refresh" content="0; url=GATEWAY/restart">',
    leaves: true,
    logged: ["GET /restart"],
  },
];

/** All that must not reach a rig, of a gateway that is on loopback. */
export const ATTACKS: readonly Attack[] = [
  ...EMBEDS,
  ...FORMS,
  ...SCRIPTS,
  ...FRAMES,
];

/** Puts the gateway's origin in, and gives the log's lines in full, sorted. */
export function aimAttack(attack: Attack, gateway: string): Required<Attack> {
  const aim = (text = "") => text.replaceAll("GATEWAY", gateway);
  return {
    outcome: undefined,
    leaves: false,
    ...attack,
    html: aim(attack.html),
    script: aim(attack.script),
    logged: attack.logged.map((line) =>
      /\d$|-/.test(line) ? line : `${line} 403 origin-denied`
    ).toSorted(),
  };
}
