/**
 * Where messages about trouble go: a web hook, an ntfy server, an Alertmanager.
 * What a target gets is made here, and sent until it is taken. The URL of a
 * target is a secret: nothing here says it.
 *
 * @module
 */

import type { TroubleEvent } from "./trouble_news.ts";

/** A target, as `--notify` names it. */
export interface NotifyUrl {
  /** What kind of server it is. */
  readonly kind: "webhook" | "ntfy" | "alertmanager";
  /** Where to post. */
  readonly url: string;
  /** The `Authorization` header; absent: none. */
  readonly authorization?: string;
  /** For ntfy: the topic. */
  readonly topic?: string;
}

/** What a message is made of. */
export interface Message {
  /** What begins and ends. */
  readonly events: readonly TroubleEvent[];
  /** When it is sent, in Unix milliseconds. */
  readonly nowMs: number;
  /** Where a person looks; absent: not known. */
  readonly link?: string | undefined;
}

const KINDS = {
  "": "webhook",
  "ntfy+": "ntfy",
  "alertmanager+": "alertmanager",
} as const;

/** Bytes of a text: Discord takes 2,000 characters, ntfy 4,096 bytes. */
const MAX_TEXT_BYTES = 1900;

/** Characters of what is said of one trouble. */
const MAX_WHAT_LENGTH = 300;

/** Without news an alert ends by itself: a gateway that is gone says nothing. */
const ALERT_MS = 5 * 60_000;

/**
 * Reads a target.
 *
 * @param text What `--notify` has.
 * @returns The target; undefined if it is none.
 */
export function parseNotifyUrl(text: string): NotifyUrl | undefined {
  const [, prefix = "", rest = ""] =
    /^((?:ntfy|alertmanager)\+)?(https?:\/\/[^\s]+)$/.exec(text) ?? [];
  if (!URL.canParse(rest)) return undefined;
  const kind = KINDS[prefix as keyof typeof KINDS];
  const url = new URL(rest);
  const user = decode(url.username);
  const password = decode(url.password);
  if (user === undefined || password === undefined) return undefined;
  url.username = url.password = url.hash = "";
  const authorization = user === "" && password === ""
    ? {}
    : kind === "ntfy" && password === ""
    ? { authorization: `Bearer ${user}` }
    : { authorization: `Basic ${encodeBase64(`${user}:${password}`)}` };
  // A header is one line of what HTTP allows in it.
  if (/[^\x21-\x7e]/.test(authorization.authorization?.slice(7) ?? "")) {
    return undefined;
  }
  if (kind === "ntfy") {
    const topic = url.pathname.slice(1);
    // What ntfy takes in a query stands in its JSON form: none is dropped.
    const isTopic = /^[-_A-Za-z0-9]{1,64}$/.test(topic) && url.search === "";
    if (!isTopic) return undefined;
    return { kind, url: `${url.origin}/`, topic, ...authorization };
  }
  if (kind === "alertmanager") {
    url.pathname = url.pathname.replace(/\/?$/, "/api/v2/alerts");
  }
  return { kind, url: url.href, ...authorization };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function encodeBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/**
 * Makes what a target gets.
 *
 * @param target The target.
 * @param message What there is to say.
 * @returns The body, as JSON.
 */
export function formatMessage(target: NotifyUrl, message: Message): string {
  const { events, link } = message;
  const text = formatText(events);
  switch (target.kind) {
    case "webhook":
      return JSON.stringify({
        text,
        content: text,
        at: new Date(message.nowMs).toISOString(),
        ...(link === undefined ? {} : { link }),
        events: events.map(({ rig, trouble, state }) => ({
          rig,
          trouble,
          state,
        })),
      });
    case "ntfy":
      return JSON.stringify({
        topic: target.topic,
        title: formatTitle(events),
        message: text,
        ...chooseLook(events),
        ...(link === undefined ? {} : { click: link }),
      });
    case "alertmanager":
      return JSON.stringify(events.map((event) => toAlert(event, message)));
  }
}

/**
 * Finds what has to be said to an Alertmanager: what stands, again and again,
 * and what has ended, once.
 *
 * @param events What begins and ends, and has not been said yet.
 * @param told All that was told and has not ended.
 * @returns What stands, and what has ended and does not stand again: an alert
 * that is said to stand and to have ended has ended there.
 */
export function findAlerts(
  events: readonly TroubleEvent[],
  told: readonly TroubleEvent[],
): TroubleEvent[] {
  const ends = events.flatMap((event): TroubleEvent[] => {
    const { rig, trouble, state, before } = event;
    if (state === "ends") return [event];
    // The severity is a label: what has become worse is another alert.
    return before === undefined
      ? []
      : [{ rig, trouble: { ...trouble, severity: before }, state: "ends" }];
  });
  const alerts = new Map(
    [...ends, ...told].map((event) => [JSON.stringify(toLabels(event)), event]),
  );
  return [...alerts.values()];
}

/** How ntfy shows it: 4 rings, 3 is as usual. */
function chooseLook(
  events: readonly TroubleEvent[],
): { priority: number; tags: string[] } {
  const begins = events.filter(({ state }) => state === "begins");
  const isCritical = begins.some(({ trouble }) =>
    trouble.severity === "critical"
  );
  return {
    priority: isCritical ? 4 : 3,
    tags: [
      isCritical
        ? "rotating_light"
        : begins.length > 0
        ? "warning"
        : "white_check_mark",
    ],
  };
}

function toLabels({ rig, trouble }: TroubleEvent): object {
  const { code, severity, device } = trouble;
  return {
    alertname: "CgminerTrouble",
    rig,
    code,
    severity,
    ...(device === undefined ? {} : { device }),
  };
}

function toAlert(event: TroubleEvent, { nowMs, link }: Message): object {
  const { rig, trouble: { code, what, since }, state } = event;
  const endsMs = state === "ends" ? nowMs : nowMs + ALERT_MS;
  // Alertmanager refuses what ends before it starts: a clock may be put back.
  const startsMs = Math.min(Date.parse(since), nowMs);
  return {
    labels: toLabels(event),
    // Another text does not make another alert: it is no label.
    annotations: { summary: `${rig}: ${code}`, description: what },
    startsAt: new Date(startsMs).toISOString(),
    endsAt: new Date(endsMs).toISOString(),
    ...(link === undefined ? {} : { generatorURL: link }),
  };
}

function formatTitle(events: readonly TroubleEvent[]): string {
  const rigs = new Set(events.map(({ rig }) => rig));
  const [first = ""] = rigs;
  const who = rigs.size === 1 ? first : `${rigs.size} rigs`;
  const isOver = events.every(({ state }) => state === "ends");
  return `${who}: ${isOver ? "well again" : "trouble"}`;
}

/** A line an event: as many as fit, and how many more there are. */
function formatText(events: readonly TroubleEvent[]): string {
  const lines: string[] = [];
  let bytes = 0;
  for (const { rig, trouble, state } of events) {
    const device = trouble.device === undefined ? "" : ` (${trouble.device})`;
    const line = makeHarmless(
      state === "ends"
        ? `${rig}: over: ${trouble.code}${device}`
        : `${rig}: ${trouble.severity}: ${trouble.what}`,
    );
    bytes += new TextEncoder().encode(line).length + 1;
    if (bytes > MAX_TEXT_BYTES) {
      lines.push(`and ${events.length - lines.length} more`);
      break;
    }
    lines.push(line);
  }
  return lines.join("\n");
}

/**
 * Attack: a rig that names its pool `@everyone`, `<!channel>` or a link, so that
 * a message about it calls everybody, or says what its reader takes for the
 * gateway's.
 */
function makeHarmless(text: string): string {
  return text.slice(0, MAX_WHAT_LENGTH).toWellFormed()
    .replace(/\p{Cc}|[\u2028\u2029]/gu, " ")
    .replaceAll("@", "@\u200b")
    .replaceAll("<", "\u2039")
    .replaceAll(">", "\u203a");
}

/** How long a target may take. */
const POST_TIMEOUT_MS = 10_000;

/**
 * Posts to a target, once. Attack: a redirect, which leads the token, or the
 * request, to a server of somebody else's choice: it is not followed.
 *
 * @param target The target.
 * @param body What it gets.
 * @param options When to give up, at the latest after ten seconds.
 * @returns What came of it; it never rejects. `retryAfterS`: when it wants to be
 * asked again.
 */
export async function postMessage(
  target: NotifyUrl,
  body: string,
  options: { signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<{ failure?: string; status?: number; retryAfterS?: number }> {
  const { signal, timeoutMs = POST_TIMEOUT_MS } = options;
  const patience = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(target.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": "chi-server",
        ...(target.authorization === undefined
          ? {}
          : { authorization: target.authorization }),
      },
      body,
      redirect: "manual",
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
    const { status, ok } = response;
    const retryAfterS = Number(response.headers.get("retry-after") ?? NaN);
    // Attack: an answer without end.
    await response.body?.cancel();
    if (ok) return { status };
    const isRedirect = status >= 300 && status < 400;
    return {
      status,
      failure: `it answered ${status}` +
        (isRedirect ? ", a redirect, which is not followed" : ""),
      ...(retryAfterS >= 0 ? { retryAfterS } : {}),
    };
  } catch {
    // What was thrown has the URL in it.
    return {
      failure: patience.aborted
        ? `it did not answer within ${timeoutMs / 1000} s`
        : "it cannot be reached",
    };
  }
}
