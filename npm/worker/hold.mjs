// Opens a stream that the Worker holds, and opens its link again.
import { admit } from "./door.mjs";
import { HeldStream } from "./held_stream.mjs";
import { log } from "./log.mjs";
import { hubOf } from "./mount.mjs";
import { mayComeLater } from "./tries.mjs";
import { TERMS, openLink, withoutConnection } from "./ways.mjs";

/** @import { Visit } from "./handler.mjs" */
/** @import { Admitted } from "./door.mjs" */
/** @import { Linked, Place } from "./held_stream.mjs" */

/**
 * Answers with a held stream, or as the object answers if it opens no link. Resolves to undefined if there is none and
 * the object has not seen the body: an object of another version knows no form of an opening.
 *
 * @param {Visit} visit
 * @param {Admitted} admitted
 * @param {string | undefined} form the body of a QUERY
 * @returns {Promise<Response | undefined>}
 */
export async function hold(visit, admitted, form) {
  const answer = await openLink(visit, admitted, { form, gzip: true });
  const linked = linkedBy(answer);
  if (linked === undefined) {
    if (form === undefined) return answer;
    await answer.body?.cancel();
    return undefined;
  }
  const isCompressed = answer.headers.get("content-encoding") === "gzip";
  const stream = new HeldStream(linked, (place) => reopen(visit, { ...place, form }), { hub: admitted.hub, isCompressed });
  const { signal } = visit.request;
  signal.addEventListener("abort", () => stream.leave());
  if (signal.aborted) stream.leave();
  return new Response(stream.readable, { headers: withoutConnection(answer.headers), encodeBody: isCompressed ? "manual" : "automatic" });
}

/**
 * Takes the request that was kept through the door again, and opens the link behind the cursor.
 *
 * @param {Visit} kept
 * @param {Place & { form: string | undefined }} opening
 */
async function reopen(kept, opening) {
  const visit = { ...kept, request: refusedByStatus(kept.request) };
  try {
    const admitted = await admit(visit);
    const answer = admitted instanceof Response ? admitted : await openLink(visit, admitted, opening);
    const linked = linkedBy(answer);
    if (linked !== undefined) return linked;
    await answer.body?.cancel();
    return mayComeLater(answer.status) ? undefined : null;
  } catch (error) {
    log("hub unreachable", { hub: hubOf(kept.request), connection: opening.id, detail: `the link is not open again: ${error}` });
    return undefined;
  }
}

/** The request without the word for which an EventSource is refused by a stream: the status says whether to try again. */
function refusedByStatus(/** @type {Request} */ { url, method, headers: asked, cf }) {
  const headers = new Headers(asked);
  if (/text\/event-stream/i.test(asked.get("accept") ?? "")) headers.set("accept", "*/*");
  return new Request(url, /** @type {RequestInit<any>} */ ({ method, headers, cf }));
}

/** @returns {Linked | undefined} */
function linkedBy(/** @type {Response} */ { webSocket: socket, headers }) {
  if (!socket) return undefined;
  const { id, cursor, expires, heartbeat } = JSON.parse(String(headers.get(TERMS)));
  return { socket, terms: { id, cursor: BigInt(cursor), expires, heartbeat } };
}
