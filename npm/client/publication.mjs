// The request that carries updates to a hub.
import { Problem } from "./problem.mjs";
import { absolute } from "./selection.mjs";

/** @import { Publication, RequestOptions, Url } from "./types.d.ts" */
/** @import { Tokens } from "./token.mjs" */

/**
 * An update as one line of JSON. JSON drops a wrong value in silence, and a private update would be public.
 *
 * @param {Publication} update
 */
export function toLine(update) {
  if (![undefined, true, false].includes(update.private)) throw new TypeError(`private is ${update.private}; it must be true or false`);
  return JSON.stringify(update);
}

/**
 * Sends a body to the hub, and gives its answer unless that is a problem.
 *
 * @param {Url<any>} url
 * @param {{ tokens: Tokens, headers: Record<string, string>, body: BodyInit }} request
 * @param {RequestOptions} options
 */
export async function post(url, { tokens, headers, body }, { fetch = globalThis.fetch, credentials, signal }) {
  // A body that is a stream is sent while it grows; the standard asks to say so.
  const init = { method: "POST", body, credentials, signal, headers: new Headers({ ...headers, ...tokens.headers }), duplex: "half" };
  const response = await answerOf(fetch(absolute(url).href, init), signal);
  if (!response.ok) throw await Problem.from(response);
  return response;
}

/**
 * What the network gives, or a problem of the status 0. Without TLS, an answer that is cut within its head looks whole to a
 * browser, and empty.
 *
 * @template Answer
 * @param {Promise<Answer>} pending
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answer>}
 */
export async function answerOf(pending, signal) {
  /** @type {unknown} */
  let why = "it was cut";
  try {
    const answer = await pending;
    if (answer) return answer;
  } catch (error) {
    signal?.throwIfAborted();
    why = error;
  }
  throw unanswered(why);
}

/** @param {unknown} why */
export const unanswered = (why) => new Problem(0, { detail: `The hub did not answer: ${why}` });
