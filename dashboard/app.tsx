/**
 * The dashboard: which view the address names, the connection's state, and what
 * is shown where there is nothing else to show.
 *
 * @module
 */

import { type ComponentChildren, type JSX, render } from "npm:preact@11";
import { useEffect, useReducer, useState } from "npm:preact@11/hooks";
import { drawWaiting } from "./chart.tsx";
import { FleetView } from "./fleet_view.tsx";
import { areNoticesOn, NoticeButton, useBadge } from "./notices.tsx";
import { Age, ProblemText } from "./page_parts.tsx";
import { BASE, readHash, readPlace, toUrl } from "./place.ts";
import { RigView } from "./rig_view.tsx";
import { RigStore } from "./store.ts";
import { TokenButton } from "./token_form.tsx";
import { getToken } from "./token.ts";
import { Denied } from "./trouble.tsx";

/** A page that is hidden for this long lets its connection go. */
const HIDDEN_MS = 10_000;

const place = readPlace(location.pathname, BASE);
/** Where all rigs are. */
const home = place.rig === undefined ? "#" : toUrl("/");
const store = new RigStore({ tag: place.tag });

/** The name of the rig that the address names, if it does. */
function useRoute(): string | undefined {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const listen = () => setHash(location.hash);
    addEventListener("hashchange", listen);
    return () => removeEventListener("hashchange", listen);
  }, []);
  return readHash(hash) ?? (hash === "" ? place.rig : undefined);
}

const GONE = " The gateway does not answer.";
const KEPT = " The values are the last ones known.";

function Connection(): ComponentChildren {
  const { phase, problem } = store;
  if (phase === "connecting") return <p class="note">Connecting …</p>;
  // One that is paused comes back at once, or is lost.
  if (phase !== "lost") return null;
  const readAgeMs = () => store.readNewestAgeMs();
  return (
    <div class="banner">
      <div>
        <strong>Connection lost, retrying.</strong>
        <span>{problem ? <ProblemText problem={problem} /> : GONE}</span>
        <span>{store.rigs.size > 0 && KEPT}</span>
        <span aria-hidden="true">
          {" Last heard "}
          <Age readAgeMs={readAgeMs} />.
        </span>
      </div>
      <button type="button" onClick={() => store.connect()}>Try now</button>
    </div>
  );
}

function App(): JSX.Element {
  const [, refresh] = useReducer((count: number, _: void) => count + 1, 0);
  useEffect(() => store.subscribe(refresh), []);
  const named = useRoute();
  const count = Math.max(store.rigCount ?? 0, store.rigs.size);
  // The first that has come need not be the only one.
  const isSingle = store.rigCount === 1 && store.rigs.size === 1;
  const name = named ?? (isSingle ? store.names[0] : undefined);
  const { access, phase } = store;
  const hasToken = phase !== "denied" &&
    (access?.hasToken || getToken() !== undefined);
  useEffect(drawWaiting, [store.generation]);
  useBadge(
    named === undefined ? "chi-server" : `${named} · chi-server`,
    store.sums,
  );
  return (
    <>
      <header class="top">
        <h1>chi-server</h1>
        {place.tag && <bdi class="muted">{place.tag}</bdi>}
        <span class={`dot ${store.phase}`} aria-hidden="true"></span>
        <span class="muted">{PHASE_WORDS[store.phase]}</span>
        <span class="notice">
          <NoticeButton store={store} />
        </span>
        <div class="token">
          {hasToken && (
            <TokenButton
              access={access}
              onDone={() => store.connect()}
            />
          )}
        </div>
      </header>
      <div role="status">
        <Connection />
      </div>
      <main>
        {store.phase === "denied"
          ? <Denied store={store} />
          : name !== undefined
          ? (
            <RigView
              key={name}
              store={store}
              name={name}
              home={home}
              hasFleet={count > 1}
            />
          )
          : <FleetView store={store} />}
      </main>
      <footer>
        <p class="muted">chi-server {store.access?.version ?? ""}</p>
      </footer>
    </>
  );
}

const PHASE_WORDS = {
  connecting: "Connecting",
  live: "Live",
  paused: "Connecting",
  lost: "Not connected",
  denied: "No permission",
};

/**
 * Lets go of the stream while nobody looks at the page, and looks for the
 * gateway when the browser's network comes or goes. A browser opens six
 * connections to a host over HTTP/1.1, for all of its tabs: a stream in each of
 * them would leave none for anything else.
 */
function watchPage(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    if (!document.hidden) store.resume();
    else if (!areNoticesOn()) {
      timer = setTimeout(() => store.pause(), HIDDEN_MS);
    }
  };
  document.addEventListener("visibilitychange", look);
  look();
  addEventListener("online", () => store.phase === "lost" && store.connect());
  // A gateway on this machine is still there: the next try finds out.
  addEventListener("offline", () => store.reconnect());
}

store.connect();
watchPage();
const root = document.getElementById("app");
if (root === null) throw new Error("The page has no place for the dashboard");
root.replaceChildren();
render(<App />, root);
