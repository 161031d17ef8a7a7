// The package `millstream/resumable-stream`: the API of `resumable-stream`, over a hub.
//
// A stream is a private topic, and each chunk an update with its place in the text. The hub keeps the text, so a reader needs
// no producer, and a producer that dies leaves an end.
import { HubError } from "../worker/hub_error.mjs";
import { positioned } from "./positioned.mjs";
import { textOf } from "./text.mjs";

/** @typedef {import("./types.d.ts").MakeStream} MakeStream */
/** @typedef {import("./types.d.ts").ResumableStreamContext} ResumableStreamContext */
/**
 * @template [Env=any]
 * @typedef {import("./types.d.ts").ResumableStreamOptions<Env>} ResumableStreamOptions
 */

const OPTIONS = ["waitUntil", "events", "env", "hub", "keyPrefix"];

/** What the hub calls a topic that has another producer, or had one. */
const TAKEN = 409;

/**
 * Makes a context, for a request or for a whole module.
 *
 * ```js
 * import { env, waitUntil } from "cloudflare:workers";
 * const streams = createResumableStreamContext({ waitUntil, events, env });
 * ```
 *
 * @template Env
 * @param {ResumableStreamOptions<Env>} options
 * @returns {ResumableStreamContext}
 */
export function createResumableStreamContext(options) {
  const { waitUntil, events, env, hub, keyPrefix = "resumable-stream" } = checked(options);
  const topicOf = (/** @type {string} */ id) => `${encodeURIComponent(keyPrefix)}/${encodeURIComponent(id)}`;
  const stateOf = async (/** @type {string} */ id) => (await events.status(env, topicOf(id), { hub })).state;
  const read = (/** @type {string} */ id, /** @type {number} */ skip = 0, /** @type {Promise<unknown>} */ produced = Promise.resolve()) =>
    textOf({ fetch: events.reader(env, { hub }), topic: topicOf(id), skip, produced });

  /** Makes the stream. Rejects if the id is taken. */
  async function create(/** @type {string} */ id, /** @type {MakeStream} */ make, /** @type {number | undefined} */ skip) {
    /** @type {PromiseWithResolvers<void>} */
    const { promise: begun, resolve: begin } = Promise.withResolvers();
    const source = (/** @type {AbortSignal} */ signal) => {
      begin();
      return positioned(make(signal));
    };
    const { finished } = events.pipe(env, topicOf(id), source, { hub, private: true, fresh: true });
    await Promise.race([begun, finished]);
    waitUntil?.(finished.catch(() => {}));
    return read(id, skip, finished);
  }

  /** @type {ResumableStreamContext["resumeExistingStream"]} */
  async function resumeExistingStream(id, skip) {
    const state = await stateOf(id);
    if (state === "absent") return undefined;
    return state === "closed" ? null : read(id, skip);
  }

  return {
    resumeExistingStream,

    async resumableStream(id, make, skip) {
      const resumed = await resumeExistingStream(id, skip);
      if (resumed !== undefined) return resumed;
      const made = await create(id, make, skip).catch(unlessTaken);
      // Another call was the first.
      return made ?? (await resumeExistingStream(id, skip)) ?? null;
    },

    async createNewResumableStream(id, make, skip) {
      const made = await create(id, make, skip).catch(unlessTaken);
      if (made !== undefined || (await stateOf(id)) === "closed") return made ?? null;
      throw new HubError(`the stream ${JSON.stringify(id)} is being made already`, { status: TAKEN, field: "streamId" });
    },

    async hasExistingStream(id) {
      const state = await stateOf(id);
      if (state === "absent") return null;
      return state === "closed" ? "DONE" : true;
    },
  };
}

function unlessTaken(/** @type {any} */ error) {
  if (error?.status !== TAKEN) throw error;
}

/**
 * The options, if they are right.
 *
 * @template Env
 * @param {ResumableStreamOptions<Env>} options
 */
function checked(options) {
  const wrong = (/** @type {string} */ message) => new TypeError(`millstream: ${message}`);
  for (const name of Object.keys(options ?? {})) {
    if (!OPTIONS.includes(name)) throw wrong(`there is no option ${JSON.stringify(name)}; the options are ${OPTIONS.join(", ")}`);
  }
  if (typeof options?.events?.pipe !== "function") throw wrong("events is missing; it must be the hub that createHub made");
  if (typeof options.env !== "object" || options.env === null) throw wrong("env is missing; it must be the Worker's bindings");
  const { waitUntil } = options;
  if (waitUntil !== null && typeof waitUntil !== "function") {
    throw wrong("waitUntil is missing; it must be a function such as (promise) => context.waitUntil(promise), or null");
  }
  return options;
}
