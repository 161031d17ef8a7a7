// What Ctrl-C does to a command that has something to tidy up.
import { Interrupted } from "./failure.mjs";

/** @type {NodeJS.Signals[]} */
const SIGNALS = ["SIGINT", "SIGTERM"];

/**
 * Does work that a signal aborts. The work fails with the signal's reason; a second signal ends the process at once.
 *
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function interruptible(work) {
  const controller = new AbortController();
  const abort = (/** @type {NodeJS.Signals} */ signal) => {
    forget();
    controller.abort(new Interrupted(signal));
  };
  const forget = () => SIGNALS.forEach((signal) => process.off(signal, abort));
  for (const signal of SIGNALS) process.on(signal, abort);
  try {
    return await work(controller.signal);
  } finally {
    forget();
  }
}

/** Ends the process as the signal would have done, so that a shell knows it. @param {Interrupted} interrupted */
export function endBy({ signal }) {
  process.kill(process.pid, signal);
}
