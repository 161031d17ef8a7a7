// Publications by a call: the requests that carry them, and their answers.
import { HubError } from "./hub_error.mjs";
import { kind, readCall, toPortable } from "./update.mjs";

/** @import { Update, Published, Refused, PublishOptions } from "./types.d.ts" */

/** A hub reads the path of a request, and no call has another. */
const HERE = "https://hub.invalid";

/**
 * The request that publishes an update as JSON.
 *
 * @param {string} path
 * @param {Update} update
 * @param {PublishOptions} [options]
 */
export function ofUpdate(path, update, options) {
  const { idempotencyKey } = readCall(options, ["idempotencyKey"]);
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
 * The request that publishes the lines of a body. A query closes its topics at the end of the body.
 *
 * @param {string} path
 * @param {any} body
 * @param {URLSearchParams} [query]
 */
export function ofLines(path, body, query) {
  const url = query === undefined ? HERE + path : `${HERE}${path}?${query}`;
  return new Request(url, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body });
}

/**
 * The request that asks the producers of a topic to stop.
 *
 * @param {string} path
 * @param {{ topic: string, reason: string }} of
 */
export function ofStop(path, { topic, reason }) {
  return new Request(`${HERE}${path}?${new URLSearchParams({ topic, stop: reason })}`, { method: "POST" });
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
  const read = Array.from(updates, lineOf);
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
    const title = status === 413 ? "Content Too Large" : "Bad Request";
    return { error: { status, title, detail: message, field } };
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
