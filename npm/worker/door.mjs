// The door: a request is judged here, before an object is called.
//
// Each decision is a synchronous step in wasm (src/door/steps.rs). The work of the host for a step is awaited here, in
// the request's own turn: requests share no wasm handle, future or promise. So a client that leaves, or a trap, blocks
// no other request.
import { doorStep, keySetFetched } from "../../build/millstream.js";
import { instance } from "./instance.mjs";
import { importKey, loadKeySet } from "./keys.mjs";
import { log } from "./log.mjs";

/** The most tries of a step. An instance that traps costs one try. */
const ATTEMPTS = 3;
/** Milliseconds: a request looks again for the key set that another one fetches, each time after twice the pause. */
const LONGEST_PAUSE = 320;

/**
 * Takes a request through the door. Returns a `Response`, which refuses it or needs no hub; or the name of the hub, and
 * the granted right as text for its object.
 *
 * `authorize`, if there is one, decides in the place of tokens: see `handler` in handler.mjs.
 */
export async function admit({ request, env, context, authorize }) {
  const answers = { byApplication: authorize !== undefined, signer: undefined, digest: undefined, claims: undefined };
  let pause;
  for (;;) {
    const next = takeStep(request, env, answers);
    if (next instanceof Response) return next;
    switch (next.step) {
      case "grant":
        return next;
      case "verify":
        answers.signer = await signer(next);
        break;
      case "fetch":
        await fetchKeySet(next, context);
        break;
      case "wait":
        pause = pause === undefined ? next.pause : Math.min(2 * pause, LONGEST_PAUSE);
        await new Promise((resolve) => setTimeout(resolve, pause));
        break;
      case "digest":
        answers.digest = new Uint8Array(await crypto.subtle.digest("SHA-256", next.bytes));
        break;
      case "authorize": {
        const given = await ask(authorize, request, env, context, next.hub);
        if (given instanceof Response) return given;
        answers.claims = given;
        break;
      }
      default:
        throw new Error(`the door has no step ${next.step}`);
    }
  }
}

/** The application's claims as JSON, or its `Response`. Null if it does not know the client, false if it failed. */
async function ask(authorize, ...asked) {
  try {
    const given = (await authorize(...asked)) ?? null;
    if (given === null || given instanceof Response) return given;
    // A date becomes seconds since 1970, as in a token. An invalid date becomes null, which is refused.
    const { expires } = given;
    const claims = expires instanceof Date ? { ...given, expires: expires / 1_000 } : given;
    // A function has no JSON. The name of its type is not JSON, so it is refused.
    return JSON.stringify(claims) ?? typeof claims;
  } catch (error) {
    log("authorize failed", error?.stack ?? String(error));
    return false;
  }
}

/** Takes a step. A step changes nothing, so it can be tried again. */
function takeStep(request, env, answers) {
  for (let attempt = 1; ; attempt++) {
    try {
      instance();
      return doorStep(request, env, answers);
    } catch (error) {
      log("door unusable", `attempt ${attempt} of ${ATTEMPTS}: ${error}`);
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/** The bytes of the key that made the signature; null if none did. */
async function signer({ algorithm, algorithmName, keys, maxImported, signature, input }) {
  for (const [format, bytes] of keys) {
    let key;
    try {
      key = await importKey({ format, bytes, algorithm, algorithmName, maxImported });
    } catch (error) {
      log("keys unusable", `a key for ${algorithmName}: ${error}`);
      continue;
    }
    // workerd throws for a signature of the wrong length: the key did not make it.
    const verified = await crypto.subtle.verify(algorithm, key, signature, input).catch(() => false);
    if (verified) return bytes;
  }
  return null;
}

/** Fetches a key set, for all requests that wait for it. */
async function fetchKeySet({ url, limit, timeout }, context) {
  const fetched = loadKeySet({ url, limit, timeout }).then(
    (document) => finish(url, document, ""),
    (error) => finish(url, undefined, error.message),
  );
  try {
    // The fetch continues when the client of this request leaves.
    context.waitUntil(fetched);
  } catch (error) {
    // An application may call the Worker without a context. The fetch then lasts no longer than this request.
    log("context missing", `nothing holds the fetch of ${url} but the request that needs it: ${error}`);
  }
  await fetched;
}

function finish(url, document, failure) {
  try {
    instance();
    keySetFetched(url, document, failure);
  } catch (error) {
    log("keys unusable", `${url}: ${error}`);
  }
}
