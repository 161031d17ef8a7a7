// The values of the calls about the end of a topic. A wrong one is an error that names it, before anything is sent.
import { HubError } from "./hub_error.mjs";
import { kind, readCall, toPortable } from "./update.mjs";

/** @import { CloseOptions, Update } from "./types.d.ts" */

const REASONS = ["done", "broken"];

/**
 * The publication that only closes.
 *
 * @param {string | string[]} topic
 * @param {CloseOptions} [options]
 * @returns {Update}
 */
export function closing(topic, options) {
  const { reason = "done", private: isPrivate } = readCall(options, ["reason", "private"]);
  if (!REASONS.includes(reason)) throw wrong(`reason is ${shown(reason)}; it must be "done" or "broken"`, "reason");
  return toPortable({ topic: topicsIn(topic), close: reason, private: isPrivate });
}

/** One topic. */
export function topicIn(/** @type {unknown} */ topic) {
  if (typeof topic === "string" && topic !== "") return topic;
  throw wrong(`topic is ${shown(topic)}; it must be a topic such as "chat/1"`, "topic");
}

/**
 * One topic, or several.
 *
 * @template T
 * @param {T} topic
 */
export function topicsIn(topic) {
  if (!Array.isArray(topic)) topicIn(topic);
  else if (topic.length === 0) throw wrong("topic is an empty list; it must have a topic", "topic");
  else topic.forEach(topicIn);
  return topic;
}

/** The text that a producer is told. */
export function stopReason(/** @type {unknown} */ reason = "") {
  if (typeof reason === "string") return reason;
  throw wrong(`reason is ${kind(reason)}; it must be a text`, "reason");
}

/**
 * The options of a pipe that are for the hub.
 *
 * @param {{ private?: boolean, fresh?: boolean }} [options]
 */
export function pipeOptions(options) {
  const read = readCall(options, ["private", "fresh"]);
  for (const name of ["private", "fresh"]) {
    if (read[name] === undefined || typeof read[name] === "boolean") continue;
    throw wrong(`${name} is ${kind(read[name])}; it must be true or false`, name);
  }
  return /** @type {{ private?: boolean, fresh?: boolean }} */ (read);
}

/** A short value for messages. */
function shown(/** @type {unknown} */ value) {
  return typeof value === "string" && value.length <= 80 ? JSON.stringify(value) : kind(value);
}

function wrong(/** @type {string} */ message, /** @type {string} */ field) {
  return new HubError(message, { status: 400, field });
}
