// The values that a call is given. A wrong one is an error that names it, before anything is sent.
import { HubError } from "./hub_error.mjs";

/** @import { Update } from "./types.d.ts" */

/** @typedef {(value: any, name: string) => unknown} Read */

const isText = (/** @type {unknown} */ value) => typeof value === "string";
const isReason = (/** @type {unknown} */ value) => value === "done" || value === "broken";
const text = checked(isText, "a text");

/**
 * The members of an update, each with its reading. JSON drops some wrong values in silence, and a private update would be
 * public.
 *
 * @type {Record<string, Read>}
 */
const MEMBERS = {
  topic: checked((value) => isText(value) || (Array.isArray(value) && value.every(isText)), "a text, or a list of texts"),
  data: toText,
  id: text,
  type: text,
  retry: checked(Number.isFinite, "a number of milliseconds"),
  private: checked((value) => typeof value === "boolean", "true or false"),
  close: checked((value) => typeof value === "boolean" || isReason(value), 'true, false, "done" or "broken"'),
};

/** Bytes: `MAX_BODY_BYTES` of the hub. No text has fewer bytes than its length. */
const MOST = 1_048_576;

/**
 * The update as plain members, with its data as a text. The runtime passes it on to an object, unlike a value of a class.
 *
 * @param {Update} update
 * @returns {Update}
 */
export function toPortable(update) {
  if (update === null || typeof update !== "object" || Array.isArray(update)) {
    throw new HubError(`the update is ${kind(update)}; it must be an object such as { topic: "orders/1", data: "paid" }`, { status: 400, field: "update" });
  }
  checkMembers(update, { names: Object.keys(MEMBERS), subject: "the update" });
  const read = Object.entries(MEMBERS).map(([name, read]) => [name, read(member(update, name), name)]).filter(([, value]) => value !== undefined);
  const texts = read.flatMap(([, value]) => value).filter(isText);
  if (texts.reduce((length, text) => length + text.length, 0) > MOST) {
    throw new HubError(`the update has more than ${MOST} bytes`, { status: 413 });
  }
  return Object.fromEntries(read);
}

/**
 * Refuses members that are unknown: they are perhaps misspelt.
 *
 * @param {object} given
 * @param {{ names: string[], subject: string }} known
 */
function checkMembers(given, { names, subject }) {
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    throw new HubError(`${subject} has a member ${JSON.stringify(name)}; the members are ${names.join(", ")}`, { status: 400, field: name });
  }
}

/**
 * The options of a call, with these names alone.
 *
 * @param {any} options
 * @param {string[]} names
 */
export function readCall(options, names) {
  if (options === undefined) return {};
  if (options === null || typeof options !== "object") {
    throw new HubError(`the options are ${kind(options)}; they must be an object`, { status: 400, field: "options" });
  }
  checkMembers(options, { names, subject: "the object of options" });
  return options;
}

/** A member, also an inherited one. */
function member(/** @type {any} */ update, /** @type {string} */ name) {
  try {
    return update[name];
  } catch (error) {
    throw new HubError(`${name} cannot be read: ${error}`, { status: 400, field: name });
  }
}

/**
 * Takes a value that passes the check, or none.
 *
 * @param {(value: any) => boolean} is
 * @param {string} right
 * @returns {Read}
 */
function checked(is, right) {
  return (value, name) => {
    if (value === undefined || is(value)) return value;
    throw new HubError(`${name} is ${kind(value)}; it must be ${right}`, { status: 400, field: name });
  };
}

/** Data as a text: a string stays as it is. */
function toText(/** @type {any} */ data) {
  return data === undefined || typeof data === "string" ? data : jsonOf(data);
}

/** The JSON of data. */
export function jsonOf(/** @type {any} */ data) {
  const wrong = (/** @type {string} */ why) => new HubError(why, { status: 400, field: "data" });
  if (typeof data?.then === "function") throw wrong("data is a promise: await it first");
  let text;
  try {
    text = JSON.stringify(data);
  } catch (error) {
    throw wrong(`data has no JSON: ${/** @type {Error} */ (error).message}`);
  }
  if (text === undefined) throw wrong(`data is ${kind(data)}, which has no JSON`);
  return text;
}

/** A kind of value, for messages. */
export function kind(/** @type {any} */ value) {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value?.then === "function") return "a promise";
  return typeof value === "object" ? "an object" : Object.is(value, NaN) ? "no number" : `a ${typeof value}`;
}
