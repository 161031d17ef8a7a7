// The door: a request is judged here, before an object is called.
//
// Each decision is a synchronous step in wasm (src/door/steps.rs). The work of the host for a step is awaited here, in
// the request's own turn: requests share no wasm handle, future or promise. So a client that leaves, or a trap, blocks
// no other request.
import { doorStep, keySetFetched } from "../../build/millstream.js";
import { inTime } from "./in_time.mjs";
import { instance } from "./instance.mjs";
import { importKey, loadKeySet } from "./keys.mjs";
import { described, log } from "./log.mjs";
import { doorCounts } from "./metrics/counts.mjs";
import { hubOf } from "./mount.mjs";
import { operate } from "./operator.mjs";
import { refusedAtDoor } from "./refused.mjs";
import { tellStart } from "./started.mjs";
import { WrongKeys } from "./wrong_keys.mjs";

/** The most tries of a step. An instance that traps costs one try. */
const ATTEMPTS = 3;
/** Milliseconds: how long an application may take to decide. */
const DECISION_TIME = 30_000;
/** Milliseconds: a request looks again for the key set that another one fetches, each time after twice the pause. */
const LONGEST_PAUSE = 320;

const wrongKeys = new WrongKeys();

/** @import { Visit } from "./handler.mjs" */
/** @import { HubContext } from "./types.d.ts" */

/**
 * An admitted request: the name of its hub, the granted right as text for the hub's object, and whether the Worker holds
 * the stream.
 *
 * @typedef {{ hub: string, granted: string, held?: boolean }} Admitted
 */

/**
 * The work that the host does for a step. The member `step` names it.
 *
 * @typedef {Record<string, any> & { step: string, hub?: string }} Step
 */

/**
 * Takes a request through the door. Resolves to a `Response`, which refuses the request or needs no hub; or to the
 * admitted request.
 *
 * @param {Visit} visit
 * @returns {Promise<Response | Admitted>}
 */
export async function admit(visit) {
  const { authorize, context } = visit;
  const since = performance.now();
  const isBarred = wrongKeys.bars(visit.request);
  /** @type {Record<string, any>} */
  const answers = { byApplication: authorize !== undefined, isBarred, signer: undefined, digest: undefined, claims: undefined };
  /** @type {number | undefined} */
  let pause;
  for (;;) {
    const next = takeStep(visit, answers);
    tellStart(visit);
    if (next instanceof Response) {
      const { mostWrongKeys } = /** @type {any} */ (next);
      if (mostWrongKeys !== undefined) wrongKeys.add(visit.request, mostWrongKeys);
      refusedAtDoor(visit, next, since);
      return next;
    }
    switch (next.step) {
      case "grant":
        if (answers.signer) doorCounts.add(String(next.hub), [["tokens", "verified", 1]]);
        return /** @type {any} */ (next);
      case "verify":
        answers.signer = await signer(next);
        break;
      case "fetch":
        await fetchKeySet(next, context);
        break;
      case "wait":
        pause = pause === undefined ? Number(next.pause) : Math.min(2 * pause, LONGEST_PAUSE);
        await new Promise((resolve) => setTimeout(resolve, pause));
        break;
      case "digest":
        answers.digest = new Uint8Array(await crypto.subtle.digest("SHA-256", next.bytes));
        break;
      case "authorize": {
        const hub = /** @type {string} */ (next.hub);
        const given = await ask(hub, () => authorize?.(hub));
        if (given instanceof Response) return given;
        answers.claims = given;
        break;
      }
      case "operator":
        return operate(visit, /** @type {any} */ (next));
      default:
        throw new Error(`the door has no step ${next.step}`);
    }
  }
}

/**
 * The application's claims as JSON, or its `Response`. Null if it does not know the client, false if it failed.
 *
 * @param {string} hub
 * @param {() => unknown} decide
 */
async function ask(hub, decide) {
  const since = performance.now();
  try {
    const given = /** @type {any} */ (await decided(decide())) ?? null;
    if (given instanceof Response && (given.bodyUsed || given.type === "error")) {
      throw new TypeError("authorize gave a Response that cannot be sent again; make a new one for each request");
    }
    if (given === null || given instanceof Response) return given;
    // A date becomes seconds since 1970, as in a token. An invalid date becomes null, which is refused.
    const { expires } = given;
    const claims = expires instanceof Date ? { ...given, expires: expires.getTime() / 1_000 } : given;
    // A function has no JSON. The name of its type is not JSON, so it is refused.
    return JSON.stringify(claims) ?? typeof claims;
  } catch (error) {
    log("authorize failed", { hub, duration: Math.round(performance.now() - since), detail: described(error) });
    return false;
  }
}

/** The decision, or an error when it takes too long. */
async function decided(/** @type {any} */ decision) {
  // The result of a call by RPC is no `Promise`, but has its method.
  if (typeof decision?.then !== "function") return decision;
  const instead = () => {
    throw new Error(`authorize gave no answer within ${DECISION_TIME / 1_000} s`);
  };
  return inTime(decision, { within: DECISION_TIME, instead });
}

/**
 * Takes a step. A step changes nothing, so it can be tried again.
 *
 * @param {Visit} visit
 * @param {Record<string, any>} answers
 * @returns {Response | Step}
 */
function takeStep({ request, variables }, answers) {
  for (let attempt = 1; ; attempt++) {
    try {
      instance();
      return doorStep(request, variables, answers);
    } catch (error) {
      log("door unusable", { hub: hubOf(request), detail: `attempt ${attempt} of ${ATTEMPTS}: ${error}` });
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/** The bytes of the key that made the signature; null if none did. */
async function signer(/** @type {Step} */ { hub, algorithm, algorithmName, keys, maxImported, signature, input }) {
  for (const [format, bytes] of keys) {
    let key;
    try {
      key = await importKey({ format, bytes, algorithm, algorithmName, maxImported });
    } catch (error) {
      log("keys unusable", { hub, detail: `a key for ${algorithmName}: ${error}` });
      continue;
    }
    // workerd throws for a signature of the wrong length: the key did not make it.
    const verified = await crypto.subtle.verify(algorithm, key, signature, input).catch(() => false);
    if (verified) return bytes;
  }
  return null;
}

/** Fetches a key set, for all requests that wait for it. */
async function fetchKeySet(/** @type {Step} */ { hub, url, limit, timeout }, /** @type {HubContext | undefined} */ context) {
  const fetched = loadKeySet({ url, limit, timeout }).then(
    (document) => finish(url, document, ""),
    (error) => finish(url, undefined, error.message),
  ).then((isUsable) => doorCounts.add(String(hub), [["key sets", isUsable ? "usable" : "unusable", 1]]));
  try {
    // The fetch continues when the client of this request leaves.
    /** @type {HubContext} */ (context).waitUntil(fetched);
  } catch (error) {
    // An application may call the Worker without a context. The fetch then lasts no longer than this request.
    log("context missing", { hub, detail: `nothing holds the fetch of ${url} but the request that needs it: ${error}` });
  }
  await fetched;
}

/**
 * Whether there is a key set now.
 *
 * @param {string} url
 * @param {string | undefined} document
 * @param {string} failure
 */
function finish(url, document, failure) {
  try {
    instance();
    return keySetFetched(url, document, failure);
  } catch (error) {
    log("keys unusable", { detail: `${url}: ${error}` });
    return false;
  }
}
