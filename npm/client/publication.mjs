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
  const init = { method: "POST", body, credentials, signal, headers: { ...headers, ...tokens.headers }, duplex: "half" };
  const response = await fetch(absolute(url).href, init);
  if (!response.ok) throw await Problem.from(response);
  return response;
}
