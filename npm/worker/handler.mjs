// Takes a request through the door, and hands an admitted one to the object of its hub.
import { lastLine, unconfirmed, unreachable } from "../../build/millstream.js";
import { admit } from "./door.mjs";
import { hold } from "./hold.mjs";
import { DELETED, UNCONFIRMED } from "./object_life.mjs";
import { instance } from "./instance.mjs";
import { comeBack, problem } from "./last_resort.mjs";
import { log } from "./log.mjs";
import { hubOf } from "./mount.mjs";
import { bodyOf, isForm } from "./query_body.mjs";
import { refusedAtDoor } from "./refused.mjs";
import { handOver } from "./ways.mjs";

/** Three tries: one may meet the trap, one an object that is not reset yet, and one meets neither. */
const ATTEMPTS = 3;
/** Methods that change nothing and have no body. The first attempt would use up a body. */
const REPEATABLE = ["GET", "HEAD", "OPTIONS"];

/**
 * A request that is for a hub.
 *
 * @typedef {object} Visit
 * @property {Request} request the request, with the path that it has in the protocol
 * @property {Record<string, unknown>} variables the variables of the hub
 * @property {import("./types.d.ts").HubNamespace} namespace the binding of the objects
 * @property {(hub: string) => unknown} [authorize] decides in the place of tokens
 * @property {import("./types.d.ts").HubContext} [context] an application may have none
 */

/**
 * Answers a request.
 *
 * @param {Visit} visit
 */
export async function answer(visit) {
  let admitted;
  try {
    admitted = await admit(visit);
  } catch (error) {
    log("no answer at the door", { hub: hubOf(visit.request), detail: String(error) });
    return instead(unreachable, visit);
  }
  if (admitted instanceof Response) return admitted;
  if (admitted.held) return holding(visit, admitted);
  return reach(visit, async () => ending(await handOver(visit, admitted), admitted.hub));
}

/**
 * Answers a live subscription to a hub that may sleep.
 *
 * @param {Visit} visit
 * @param {import("./door.mjs").Admitted} admitted
 */
async function holding(visit, admitted) {
  const { request } = visit;
  if (request.method === "GET") {
    return reach(visit, async () => /** @type {Response} */ (await hold(visit, admitted, undefined)));
  }
  // What no opening can tell goes to the object directly. There most of it is refused.
  if (!isForm(request.headers)) return reach(visit, () => handOver(visit, admitted));
  const { bytes, text } = await bodyOf(request);
  const { url, method, headers, cf } = request;
  const copy = () => new Request(url, /** @type {RequestInit<any>} */ ({ method, headers, cf, body: bytes }));
  const direct = () => handOver({ ...visit, request: copy() }, admitted);
  if (text === undefined) return reach(visit, direct);
  return reach(visit, async () => (await hold(visit, admitted, text)) ?? direct());
}

/**
 * Reaches the object of a hub. A repeatable request is tried again, since an EventSource that gets an error never comes back.
 *
 * @param {Visit} visit
 * @param {() => Promise<Response>} way
 */
async function reach(visit, way) {
  const attempts = REPEATABLE.includes(visit.request.method) ? ATTEMPTS : 1;
  let answer = unreachable;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const since = performance.now();
    try {
      instance();
      return await way();
    } catch (caught) {
      const error = /** @type {any} */ (caught);
      const duration = Math.round(performance.now() - since);
      log("hub unreachable", { hub: hubOf(visit.request), duration, detail: `attempt ${attempt} of ${attempts}: ${error}` });
      if ([DELETED, UNCONFIRMED].some((reason) => String(error).includes(reason))) answer = unconfirmed;
      if (error.overloaded) break;
    }
  }
  return instead(answer, visit);
}

/**
 * The instance's answer for an object that cannot answer, or an answer without the instance.
 *
 * @param {typeof unreachable} answer
 * @param {Visit} visit
 */
function instead(answer, visit) {
  const { request, variables } = visit;
  try {
    instance();
    const refusal = answer(request, variables);
    refusedAtDoor(visit, refusal);
    return refusal;
  } catch (error) {
    log("no answer", { hub: hubOf(request), detail: String(error) });
    return comeBack(request) ?? problem(500, "Internal Server Error");
  }
}

/**
 * The same answer. An answer to a streamed publication gets its last line also when its object is reset.
 *
 * @param {Response} response
 * @param {string} hub
 */
function ending(response, hub) {
  if (response.headers.get("content-type") !== "application/x-ndjson") return response;
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const lines = new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          log("publication cut off", { hub, detail: String(error) });
          instance();
          controller.enqueue(lastLine());
          controller.close();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return new Response(lines, response);
}
