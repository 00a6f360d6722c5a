/**
 * Trouble where nobody looks at the page: the count in its title and its icon,
 * and the browser's own notifications, where the viewer wants them.
 *
 * @module
 */

import type { JSX } from "npm:preact@11";
import { useEffect, useState } from "npm:preact@11/hooks";
import { recall, remember } from "./device_storage.ts";
import { type FleetSums, type Member, readFigures } from "./figures.ts";
import { describeState } from "./fleet_columns.ts";
import { cleanText } from "./format.ts";
import type { RigStore } from "./store.ts";

/** What the choice is remembered as. */
const KEY = "notify";
/** How many rigs a notification names. */
const MAX_NAMES = 5;

/** Whether trouble is told of also while nobody looks at the page. */
export function areNoticesOn(): boolean {
  return canNotify() && Notification.permission === "granted" &&
    recall(KEY) === true;
}

/** Browsers have it on HTTPS and on this machine only, and some not at all. */
function canNotify(): boolean {
  return globalThis.isSecureContext && "Notification" in globalThis &&
    Notification.permission !== "denied";
}

/**
 * Writes the count of trouble into the page's title and icon.
 *
 * @param title What stands after it.
 * @param sums Of all rigs.
 */
export function useBadge(title: string, { attention, worst }: FleetSums): void {
  useEffect(() => {
    document.title = (attention > 0 ? `(${attention}) ` : "") + title;
  }, [title, attention]);
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
    if (icon === null) return;
    const usual = icon.dataset.usual ??= icon.href;
    icon.href = attention > 0 ? drawBadge(attention, worst) : usual;
  }, [attention, worst]);
}

function drawBadge(count: number, worst: FleetSums["worst"]): string {
  const color = worst === "critical" ? "#b3261e" : "#8a5300";
  const text = count > 99 ? "99+" : String(count);
  const size = 13 - 2.5 * text.length;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">` +
    `<circle cx="8" cy="8" r="8" fill="${color}"/><text x="8" y="8" ` +
    `text-anchor="middle" dominant-baseline="central" fill="#fff" ` +
    `font-family="sans-serif" font-weight="bold" font-size="${size}">` +
    `${text}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/**
 * Finds the rigs whose trouble is new.
 *
 * @param known What each rig was like the last time, by name; brought up to date.
 * @param members The rigs.
 * @returns Those that have trouble, and are worse than they were.
 */
export function findNews(
  known: Map<string, Member["trouble"]>,
  members: Iterable<Member>,
): Member[] {
  const news: Member[] = [];
  for (const member of members) {
    const before = known.get(member.name) ?? [];
    const isNew = member.trouble?.some(({ code, severity }) =>
      !before.some((each) =>
        each.code === code &&
        (each.severity === severity || each.severity === "critical")
      )
    );
    if (isNew) news.push(member);
    known.set(member.name, member.trouble);
  }
  return news;
}

/** One for many: a thousand rigs that go down at once are one notification. */
function notify(members: readonly Member[]): void {
  const [first] = members;
  if (first === undefined) return;
  const names = members.slice(0, MAX_NAMES)
    .map((each) => `${cleanText(each.name)}: ${describeState(each)}`);
  const rest = members.length - names.length;
  if (rest > 0) names.push(`and ${rest} more`);
  const title = members.length === 1
    ? `${cleanText(first.name)} needs attention`
    : `${members.length} rigs need attention`;
  try {
    new Notification(title, { body: names.join("\n"), tag: "chi-server" });
  } catch {
    // Some browsers on phones have the name, and refuse to make one.
  }
}

/** How long trouble has to last, and how far apart two notifications are. */
const SETTLE_MS = 10_000;

/** The button that switches notifications on and off. */
export function NoticeButton(
  { store }: { store: RigStore },
): JSX.Element | null {
  const [isOn, setOn] = useState(areNoticesOn);
  useEffect(() => {
    if (!isOn) return undefined;
    const known = new Map<string, Member["trouble"]>();
    // What is there already is on the page.
    findNews(known, store.rigs.values());
    let wasComplete = store.isComplete;
    const timer = setInterval(() => {
      if (store.phase !== "live" || !store.isComplete) return;
      const news = findNews(known, store.rigs.values());
      if (wasComplete) {
        notify(news.filter((member) => readFigures(member).worst !== ""));
      }
      wasComplete = true;
    }, SETTLE_MS);
    return () => clearInterval(timer);
  }, [isOn]);
  if (!canNotify()) return null;
  const toggle = async () => {
    const isWanted = !isOn &&
      await Notification.requestPermission() === "granted";
    remember(KEY, isWanted || undefined);
    setOn(isWanted);
  };
  return (
    <button type="button" aria-pressed={isOn} onClick={toggle}>
      Notify me
    </button>
  );
}
