// The values that a call is given. A wrong one is an error that names it, before anything is sent.
import { HubError } from "./hub_error.mjs";

/** @import { Update } from "./types.d.ts" */

const isText = (/** @type {unknown} */ value) => typeof value === "string";
const TEXT = { is: isText, right: "a text" };

/**
 * The members of an update but `data`. JSON drops some wrong values in silence, and a private update would be public.
 *
 * @type {Record<string, { is: (value: any) => boolean, right: string }>}
 */
const CHECKS = {
  topic: { is: (value) => isText(value) || (Array.isArray(value) && value.every(isText)), right: "a text, or a list of texts" },
  id: TEXT,
  type: TEXT,
  retry: { is: Number.isFinite, right: "a number of milliseconds" },
  private: { is: (value) => typeof value === "boolean", right: "true or false" },
};
const MEMBERS = ["topic", "data", "id", "type", "retry", "private"];

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
  checkMembers(update, { names: MEMBERS, subject: "the update" });
  const read = MEMBERS.map((name) => [name, member(update, name)]).filter(([, value]) => value !== undefined);
  const texts = read.flatMap(([, value]) => value).filter(isText);
  if (texts.reduce((length, text) => length + text.length, 0) > MOST) {
    throw new HubError(`the update has more than ${MOST} bytes`, { status: 413, field: undefined });
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
  let value;
  try {
    value = update[name];
  } catch (error) {
    throw new HubError(`${name} cannot be read: ${error}`, { status: 400, field: name });
  }
  if (name === "data") return toText(value);
  if (value === undefined || CHECKS[name]?.is(value)) return value;
  throw new HubError(`${name} is ${kind(value)}; it must be ${CHECKS[name]?.right}`, { status: 400, field: name });
}

/** Data as a text: a string stays as it is. */
function toText(/** @type {any} */ data) {
  if (data === undefined || typeof data === "string") return data;
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
