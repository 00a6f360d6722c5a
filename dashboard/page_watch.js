/**
 * Has the store let go of its stream while nobody looks at the page, and look
 * for the gateway when the browser's network comes or goes.
 *
 * A browser opens six connections to a host over HTTP/1.1, for all of its tabs:
 * a stream in each of them would leave none for anything else.
 *
 * @module
 */

import { HIDDEN_MS } from "./store_limits.js";

/** @param {import("./store.js").RigStore} store What is told. */
export function watchPage(store) {
  let timer;
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => store.pause(), HIDDEN_MS);
    else store.resume();
  };
  document.addEventListener("visibilitychange", look);
  look();
  addEventListener("online", () => store.phase === "lost" && store.connect());
  // A gateway on this machine is still there: the next try finds out.
  addEventListener("offline", () => store.reconnect());
}
