// Waiting for something to become true, with a deadline.
import { setTimeout as delay } from "node:timers/promises";

/** What anything on this machine may take before it counts as never. */
export const DEADLINE = 15_000;

const POLL_EVERY = 25;

/** Waits until `condition` gives a truthy value and gives it; after `deadline` ms fails, naming `what`. */
export async function until(condition, what, deadline = DEADLINE) {
  const end = performance.now() + deadline;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > end) throw new Error(`waited ${deadline} ms in vain for ${resolve(what)}`);
    await delay(POLL_EVERY);
  }
}

/** A description may be a function, so that it can tell what there was instead. */
function resolve(what) {
  return typeof what === "function" ? what() : what;
}
