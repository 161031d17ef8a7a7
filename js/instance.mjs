// The wasm instance of the isolate.
//
// All objects of an isolate share one wasm instance. When a call into it traps (a panic is a trap too), the
// instance's memory is not to be trusted any more: futures that were running never settle, and streams are left
// without anybody to feed them. So the next call gets a new instance, and every object is reset, which fails its
// requests and cuts its streams: the clients reconnect and resume.
import module from "../build/millstream_bg.wasm";
import { __wbg_reset_state as renew, initSync } from "../build/millstream.js";
import { log } from "./log.mjs";

export const TRAPPED = "the wasm instance has trapped: all of its objects are reset";

/** Whether the instance has trapped and is to be renewed before the next call. */
let trapped = false;
/** Weak references to the objects, which end without a word. */
const objects = new Set();
const ended = new FinalizationRegistry((object) => objects.delete(object));

/** Called by the abort handler of the instance, from within the call that trapped: so nothing is renewed yet. */
globalThis.millstreamAborted = () => {
  if (trapped) return;
  trapped = true;
  log(TRAPPED);
  for (const object of objects) object.deref()?.reset();
};

initSync({ module });

/** Makes the instance anew if it has trapped. It is called ahead of every call into it. */
export function instance() {
  if (!trapped) return;
  renew();
  trapped = false;
}

/** Calls the object's `reset` when the instance traps. Gives a weak reference to the object. */
export function resetWithInstance(object) {
  const reference = new WeakRef(object);
  objects.add(reference);
  ended.register(object, reference);
  return reference;
}
