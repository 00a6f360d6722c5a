/**
 * Waiting that can be cut short.
 *
 * @module
 */

/**
 * Waits, but not longer than until the signal aborts. Unlike `delay` of
 * `@std/async` it does not reject then: whoever waits looks at the signal next.
 *
 * @param delayMs Milliseconds.
 * @param signal Ends it; absent: nothing does.
 */
export function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(0, delayMs));
    signal?.addEventListener("abort", end);
  });
}
