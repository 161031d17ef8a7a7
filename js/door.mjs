// The door: who asks is judged here, before an object is touched.
//
// Each decision is a synchronous step in wasm (src/door/steps.rs). What a step needs from the host is awaited here, in the
// request's own turn: no wasm handle, future or promise is shared between requests. So a client that leaves, or a trap,
// holds up nobody else.
import { doorStep, keySetFetched } from "../build/millstream.js";
import { instance } from "./instance.mjs";
import { importKey, loadKeySet } from "./keys.mjs";
import { log } from "./log.mjs";

/** How often a step is tried: once more for each instance that may trap under it. */
const ATTEMPTS = 3;
/** Milliseconds after which a request looks again for the key set that another one fetches: twice as long each time. */
const LOOK_AGAIN = { first: 20, last: 320 };

/**
 * Takes a request through the door. Gives the `Response` that refuses it or that needs no hub, or the name of the hub
 * and the text that tells its object what is granted.
 *
 * `authorize`, if there is one, decides in the place of tokens: see `handler` in worker.mjs.
 */
export async function admit({ request, env, context, authorize }) {
  const answers = { byApplication: authorize !== undefined, signer: undefined, digest: undefined, claims: undefined };
  let pause = LOOK_AGAIN.first;
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
        await new Promise((resolve) => setTimeout(resolve, pause));
        pause = Math.min(2 * pause, LOOK_AGAIN.last);
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

/** The claims that an application gives, as JSON; its `Response`; null if it knows nobody, false if it failed. */
async function ask(authorize, ...asked) {
  try {
    const given = (await authorize(...asked)) ?? null;
    if (given === null || given instanceof Response) return given;
    // A date becomes seconds since 1970, as a token has it; one that is none becomes null, which is refused.
    const { expires } = given;
    const claims = expires instanceof Date ? { ...given, expires: expires / 1_000 } : given;
    // A function has no JSON. The name of its type is no JSON either, and is refused.
    return JSON.stringify(claims) ?? typeof claims;
  } catch (error) {
    log("authorize failed", error?.stack ?? String(error));
    return false;
  }
}

/** A step changes nothing that a second try could spoil. */
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

/** The bytes of the key that has made the signature; null if none has. */
async function signer({ algorithm, algorithmName, keys, signature, input }) {
  for (const [format, bytes] of keys) {
    let key;
    try {
      key = await importKey({ format, bytes, algorithm, algorithmName });
    } catch (error) {
      log("keys unusable", `a key for ${algorithmName}: ${error}`);
      continue;
    }
    // workerd throws at a signature of another length, which is as wrong as any.
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
    // It goes on when the client of this request leaves.
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
