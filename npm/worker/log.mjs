/** The text of an error, which may be any value. */
export function described(/** @type {any} */ error) {
  try {
    return String(error?.stack ?? error);
  } catch {
    return "an error without a text";
  }
}

/**
 * Writes a line of the log, in the form that the hub writes.
 *
 * @param {string} event
 * @param {string} [detail]
 */
export function log(event, detail) {
  console.error(JSON.stringify({ level: "error", event, detail }));
}
