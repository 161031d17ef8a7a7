// A line of an export as an entry. What makes an update valid is checked by the hub, when it takes the line.
import { WELL_KNOWN } from "../mount.mjs";
import { isPlace } from "./header.mjs";

/** @import { Entry } from "./stored_log.mjs" */

/** Bytes of the data of an update: MAX_BODY_BYTES in src/base/limits/requests.rs. */
const MAX_DATA_BYTES = 1_048_576;

/** Milliseconds by which the clock of the hub that was exported may be ahead. */
const CLOCKS_APART = 60_000;

/**
 * The entry of a line, in the form of the stored log. Throws an error that says what is wrong.
 *
 * @param {any} members
 * @param {{ last: number, time: number }} before the place and the time of the entry before it
 * @returns {Entry}
 */
export function readEntry(members, before) {
  if (members?.error !== undefined) throw new Error(`the export has failed here: ${members.error?.detail}`);
  if (members === null || typeof members !== "object") throw new Error("it is no object");
  const { sequence, time, id, idOf, kind, topic, type, retry, data, close } = members;
  if (!isPlace(sequence) || sequence <= before.last) {
    throw new Error(`sequence is ${JSON.stringify(sequence)}; it must be a whole number greater than ${before.last}`);
  }
  if (!isPlace(time) || time < before.time || time > Date.now() + CLOCKS_APART) {
    const most = "and none of the future";
    throw new Error(`time is ${JSON.stringify(time)}; it must be milliseconds since 1970, none before ${before.time}, ${most}`);
  }
  if (idOf !== undefined && idOf !== "hub") throw new Error(`idOf is ${JSON.stringify(idOf)}; it is "hub", or it is left out`);
  if (kind !== undefined && kind !== "subscription") {
    throw new Error(`kind is ${JSON.stringify(kind)}; it is "subscription", or it is left out`);
  }
  const topics = [topic].flat();
  const reserved = kind === undefined && topics.find(isOfHub);
  if (reserved) throw new Error(`the topic ${JSON.stringify(reserved)} is reserved for the hub`);
  if (isTooLarge(data)) throw new Error(`the data has more than ${MAX_DATA_BYTES} bytes`);
  return {
    ...{ sequence, time },
    ...(id !== undefined && { id }),
    ...(idOf && { idOf }),
    ...(kind && { kind }),
    topic: topics,
    ...(type && { type }),
    ...(retry && { retry: Number(retry) }),
    ...(data !== undefined && { data: typeof data === "string" ? data.replaceAll(/\r\n?/g, "\n") : data }),
    ...(close && { close: close === true ? "done" : close }),
    ...(members.private && { private: true }),
  };
}

/** Whether no publisher can publish to the topic, in either dialect: src/topics/reserved_topic.rs. */
function isOfHub(/** @type {unknown} */ topic) {
  if (typeof topic !== "string" || !topic.includes(WELL_KNOWN)) return false;
  const path = URL.parse(topic, `https://hub.invalid${WELL_KNOWN}`)?.pathname ?? "";
  return /^(\/hubs\/[^/]+)?\/\.well-known\/mercure(\/|$)/.test(path);
}

function isTooLarge(/** @type {unknown} */ data) {
  if (typeof data !== "string" || data.length * 3 <= MAX_DATA_BYTES) return false;
  return data.length > MAX_DATA_BYTES || new TextEncoder().encode(data).length > MAX_DATA_BYTES;
}
