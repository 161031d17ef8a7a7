// Publications by a call: the requests that carry them, and their answers.
import { HubError } from "./hub_error.mjs";

/** @import { Update, Published, Refused, PublishOptions } from "./types.d.ts" */

const MEMBERS = ["topic", "data", "id", "type", "retry", "private"];

/** A hub reads the path of a request, and no call has another. */
const HERE = "https://hub.invalid";

/**
 * The update with its data as a text. The runtime passes it on to an object, unlike a value of a class.
 *
 * @param {Update} update
 * @returns {Update}
 */
export function toPortable(update) {
  if (update === null || typeof update !== "object" || Array.isArray(update)) {
    throw new HubError(`the update is ${kind(update)}; it must be an object such as { topic: "orders/1", data: "paid" }`, { status: 400, field: "update" });
  }
  for (const name of Object.keys(update)) {
    if (MEMBERS.includes(name)) continue;
    throw new HubError(`the update has a member ${JSON.stringify(name)}; the members are ${MEMBERS.join(", ")}`, { status: 400, field: name });
  }
  return { ...update, data: toText(update.data) };
}

/** Data as a text: a string stays as it is. */
function toText(/** @type {unknown} */ data) {
  if (data === undefined || typeof data === "string") return data;
  let text;
  try {
    text = JSON.stringify(data);
  } catch (error) {
    throw new HubError(`data has no JSON: ${/** @type {Error} */ (error).message}`, { status: 400, field: "data" });
  }
  if (text === undefined) throw new HubError(`data is ${kind(data)}, which has no JSON`, { status: 400, field: "data" });
  return text;
}

/**
 * The request that publishes an update as JSON.
 *
 * @param {string} path
 * @param {Update} update
 * @param {PublishOptions} options
 */
export function ofUpdate(path, update, { idempotencyKey }) {
  const headers = new Headers({ "content-type": "application/json" });
  if (idempotencyKey !== undefined) headers.set("idempotency-key", quoted(idempotencyKey));
  return new Request(HERE + path, { method: "POST", headers, body: JSON.stringify(toPortable(update)) });
}

/** A string of structured fields, RFC 9651 § 3.3.3. */
function quoted(/** @type {unknown} */ key) {
  if (typeof key === "string" && /^[ -~]+$/.test(key)) return `"${key.replace(/["\\]/g, "\\$&")}"`;
  throw new HubError("the idempotency key must be a text of printable ASCII", { status: 400, field: "idempotencyKey" });
}

/**
 * The request that publishes the lines of a body.
 *
 * @param {string} path
 * @param {BodyInit} body
 */
export function ofLines(path, body) {
  return new Request(HERE + path, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body });
}

/**
 * The answer to one update.
 *
 * @param {Response} response
 * @returns {Promise<Published>}
 */
export async function published(response) {
  if (!response.ok) throw await HubError.ofProblem(response);
  const connections = Number(response.headers.get("millstream-connections"));
  return { id: await response.text(), connections };
}

/**
 * The lines of answers.
 *
 * @param {Response} response
 * @returns {Promise<ReadableStream<Uint8Array>>}
 */
export async function answered(response) {
  if (!response.ok || response.body === null) throw await HubError.ofProblem(response);
  return response.body;
}

/**
 * Publishes updates in their order, by sending the lines of those that are right. The answers have the order of the
 * updates.
 *
 * @param {Update[]} updates
 * @param {(lines: string) => Promise<ReadableStream<Uint8Array>>} send
 * @returns {Promise<(Published | Refused)[]>}
 */
export async function publishEach(updates, send) {
  if (!Array.isArray(updates)) {
    const wrong = `publishMany was given ${kind(updates)}; it takes a list of updates, or a stream of NDJSON in bytes`;
    throw new HubError(wrong, { status: 400, field: "updates" });
  }
  const read = updates.map(lineOf);
  const lines = read.filter((line) => typeof line === "string");
  const answers = lines.length === 0 ? [] : await answersIn(await send(`${lines.join("\n")}\n`));
  const last = answers.at(-1);
  // The hub may give up in the middle. Then its last line says why.
  const missing = last !== undefined && "error" in last ? last : NO_ANSWER;
  return read.map((line) => (typeof line === "string" ? (answers.shift() ?? missing) : line));
}

/** The answer to an update that has none. */
const NO_ANSWER = {
  error: { status: 503, title: "Service Unavailable", detail: "the hub gave no answer: the update may or may not be published" },
};

/**
 * The line of an update, or why there is none.
 *
 * @param {Update} update
 * @returns {string | Refused}
 */
function lineOf(update) {
  try {
    return JSON.stringify(toPortable(update));
  } catch (error) {
    const { status, message, field } = /** @type {HubError} */ (error);
    return { error: { status, title: "Bad Request", detail: message, field } };
  }
}

/**
 * @param {ReadableStream<Uint8Array>} lines
 * @returns {Promise<(Published | Refused)[]>}
 */
async function answersIn(lines) {
  const text = await new Response(lines).text();
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** A kind of value, for messages. */
function kind(/** @type {unknown} */ value) {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
