// The log: each line is one JSON object, in the form of src/web/streams/record.rs.

/**
 * The levels with the console's methods, the least first: src/settings/level.rs.
 *
 * @typedef {keyof typeof METHODS} Level
 */
const METHODS = /** @type {const} */ ({ debug: "debug", info: "info", warning: "warn", error: "error" });
const LEVELS = Object.keys(METHODS);
/** Characters: log collectors take a line of 16 KiB whole. */
const MOST_DETAIL = 4_096;

/**
 * What a line tells besides its event.
 *
 * @typedef {object} Told
 * @property {Level} [level] an error without it
 * @property {string} [hub]
 * @property {number} [status]
 * @property {string} [reason] one word
 * @property {number} [duration] milliseconds
 * @property {number} [count]
 * @property {string} [detail]
 */

/** The text of an error, which may be any value. */
export function described(/** @type {any} */ error) {
  try {
    return String(error?.stack ?? error);
  } catch {
    return "an error without a text";
  }
}

/**
 * Writes a line, whatever the configured level is.
 *
 * @param {string} event
 * @param {Told & Record<string, unknown>} told
 */
export function log(event, { level = "error", detail, ...more }) {
  const line = { time: new Date().toISOString(), level, event, ...more, detail: detail?.slice(0, MOST_DETAIL) };
  console[METHODS[level]](JSON.stringify(line));
}

/** The log of one hub, from its configured level on. */
export class HubLog {
  #lowest;

  /**
   * @param {string | undefined} hub
   * @param {number} lowest the place of the configured level among all
   */
  constructor(hub, lowest) {
    this.hub = hub;
    this.#lowest = lowest;
  }

  /** Whether lines of this level are written. */
  writes(/** @type {Level} */ level) {
    return LEVELS.indexOf(level) >= this.#lowest;
  }

  /**
   * Writes a line, if its level is the configured one or above it.
   *
   * @param {string} event
   * @param {Told & Record<string, unknown>} told
   */
  write(event, told) {
    if (this.writes(told.level ?? "error")) log(event, { hub: this.hub, ...told });
  }
}
