// Waits for a condition, with a deadline.
import { setTimeout as delay } from "node:timers/promises";

/** The longest time that anything may take before a test fails, in milliseconds. */
export const DEADLINE = 15_000;

const POLL_EVERY = 25;

/** Waits until `condition` returns a truthy value, and returns it. After `deadline` ms it fails and names `what`. */
export async function until(condition, what, deadline = DEADLINE) {
  const end = performance.now() + deadline;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > end) throw new Error(`waited ${deadline} ms in vain for ${resolve(what)}`);
    await delay(POLL_EVERY);
  }
}

/** A description may be a function: it can then name the value at the deadline. */
function resolve(what) {
  return typeof what === "function" ? what() : what;
}
