// The wasm instance of the isolate.
//
// All objects of an isolate share one wasm instance. When a call into it traps (a panic is a trap too), the
// instance's memory cannot be trusted any more: running futures never settle, and streams get no more chunks. So the
// next call gets a new instance. Every object is reset, which fails its requests and cuts its streams, and so is every
// stream that a Worker of this isolate holds: the clients reconnect and resume.
import module from "../../build/millstream_bg.wasm";
import { __wbg_reset_state as renew, initSync } from "../../build/millstream.js";
import { forgetLives } from "./lives.mjs";
import { log } from "./log.mjs";

export const TRAPPED = "the wasm instance has trapped: all of its objects are reset";

/**
 * The hub whose call runs. Work that continues after a wait runs for none that is known here.
 *
 * @type {string | undefined}
 */
let caller;

/** Whether the instance has trapped. The next call renews it first. */
let trapped = false;
/**
 * Weak references to the objects and held streams: the runtime ends them without notice.
 *
 * @type {Set<WeakRef<{ reset: () => void }>>}
 */
const objects = new Set();
/**
 * Forgets those that have ended. It is made by the first object: where the runtime has none, `createHub` says so.
 *
 * @type {FinalizationRegistry<WeakRef<{ reset: () => void }>> | undefined}
 */
let ended;

/** The abort handler of the instance calls this from within the call that trapped, so it does not renew the instance. */
/** @type {any} */ (globalThis).millstreamAborted = () => {
  if (trapped) return;
  trapped = true;
  log("trapped", { hub: caller, detail: TRAPPED });
  for (const object of objects) object.deref()?.reset();
};

initSync({ module });

/** Makes the instance anew if it has trapped. Call this before every call into the instance. */
export function instance() {
  if (!trapped) return;
  renew();
  forgetLives();
  trapped = false;
}

/**
 * Calls an export for a hub.
 *
 * @template T
 * @param {string | undefined} hub
 * @param {() => T} method
 * @returns {T}
 */
export function callFor(hub, method) {
  caller = hub;
  try {
    return method();
  } finally {
    caller = undefined;
  }
}

/**
 * Calls the object's `reset` when the instance traps. Returns a weak reference to the object.
 *
 * @template {{ reset: () => void }} T
 * @param {T} object
 */
export function resetWithInstance(object) {
  const reference = new WeakRef(object);
  objects.add(reference);
  ended ??= new FinalizationRegistry((object) => objects.delete(object));
  ended.register(object, reference);
  return reference;
}
