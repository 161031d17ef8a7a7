/**
 * Writes a line of the log, in the form that the hub writes.
 *
 * @param {string} event
 * @param {string} [detail]
 */
export function log(event, detail) {
  console.error(JSON.stringify({ level: "error", event, detail }));
}
