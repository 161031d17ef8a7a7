// The first line of an export: which hub it is of, and what of it.

/** @import { Removed } from "./stored_log.mjs" */

/** The version of the format. */
const VERSION = 1;

/** The newest entry that a hub can have and go on: half of the whole numbers that JavaScript has. */
const LAST_PLACE = 2 ** 52;

/** Bytes of the key of a hub's places. */
const KEY_BYTES = 16;

/**
 * @typedef {object} Header
 * @property {string} hub the name of the hub
 * @property {Uint8Array | undefined} places the key of its places; a hub that has kept nothing has none
 * @property {number} after the export begins behind this entry
 * @property {number} until the newest entry of the hub
 * @property {Removed} removed the newest entry of each kind that the hub has removed
 */

/** The line, without its line break. */
export function headerLine(/** @type {Header} */ { hub, places, after, until, removed }) {
  const key = places === undefined ? null : textOf(places);
  return JSON.stringify({ millstream: { version: VERSION, hub, places: key, after, until, removed, time: new Date().toISOString() } });
}

/**
 * Reads the members of a line. Throws an error that says what is wrong.
 *
 * @param {any} members
 * @returns {Header}
 */
export function readHeader(members) {
  const header = members?.millstream;
  if (header === null || typeof header !== "object") {
    throw new Error('a file begins with a header, such as {"millstream":{"version":1,…}}; this is none');
  }
  const { version, hub, places = null, after, until, removed } = header;
  if (version !== VERSION) throw new Error(`the file is of version ${JSON.stringify(version)}; this hub reads version ${VERSION}`);
  const { publications, subscriptions, closings } = removed ?? {};
  for (const [name, value] of Object.entries({ after, until, publications, subscriptions, closings })) {
    if (isPlace(value)) continue;
    throw new Error(`${name} of the header is ${JSON.stringify(value)}; it must be a whole number from 0 on`);
  }
  if (until > LAST_PLACE) throw new Error(`until of the header is ${until}; no hub could number on behind more than ${LAST_PLACE}`);
  if (Math.max(after, publications, subscriptions, closings) > until) {
    throw new Error(`the header says that the log ends at ${until}, and names entries behind it`);
  }
  return { hub, places: keyOf(places), after, until, removed: { publications, subscriptions, closings } };
}

/** Whether it is a place in a log. */
export function isPlace(/** @type {unknown} */ value) {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function textOf(/** @type {Uint8Array} */ bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function keyOf(/** @type {unknown} */ places) {
  if (places === null) return undefined;
  if (typeof places === "string" && /^[A-Za-z0-9_-]+$/.test(places)) {
    const text = atob(places.replaceAll("-", "+").replaceAll("_", "/"));
    if (text.length === KEY_BYTES) return Uint8Array.from(text, (character) => character.charCodeAt(0));
  }
  // The value is not shown, since most of it may be the key.
  throw new Error(`places of the header is not a key of ${KEY_BYTES} bytes in base64url`);
}
