// The time between two attempts.

const SHORTEST = 1_000;
const LONGEST = 30_000;
/** Milliseconds; a larger delay overflows a timer. */
export const MOST = 2 ** 31 - 1;

/**
 * The random part of a wait. Its bound doubles with each failure in a row. Because of it, the clients of a hub that
 * was lost come back one after the other.
 *
 * @param {number} failures
 */
export function randomPart(failures) {
  return Math.random() * Math.min(SHORTEST * 2 ** failures, LONGEST);
}

/**
 * Waits for `least` in any case, and then for `random` or until another attempt is worthwhile: the network is there again, or
 * the page is shown.
 *
 * @param {{ least: number, random: number }} time milliseconds
 * @param {AbortSignal} [signal] ends it
 */
export async function wait({ least, random }, signal) {
  const over = new AbortController();
  const how = { signal: over.signal };
  const ended = new Promise((end) => {
    if (signal?.aborted) end(undefined);
    signal?.addEventListener("abort", end, how);
  });
  // Hosts without a page have none of these.
  const woken = new Promise((wake) => {
    globalThis.window?.addEventListener?.("online", wake, how);
    globalThis.document?.addEventListener("visibilitychange", () => isHidden() || wake(undefined), how);
  });
  await sleep(least, [ended]);
  await sleep(random, [ended, woken]);
  over.abort();
}

/**
 * Waits until the page is shown.
 *
 * @param {AbortSignal} signal ends it
 */
export async function untilShown(signal) {
  while (isHidden() && !signal.aborted) await wait({ least: 0, random: MOST }, signal);
}

/**
 * @param {number} time
 * @param {Promise<unknown>[]} events those that end it
 */
function sleep(time, events) {
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  const passed = new Promise((end) => (timer = setTimeout(end, Math.min(time, MOST))));
  return Promise.race([passed, ...events]).finally(() => clearTimeout(timer));
}

/** Whether there is a page, and it is hidden. */
export function isHidden() {
  return globalThis.document?.visibilityState === "hidden";
}
