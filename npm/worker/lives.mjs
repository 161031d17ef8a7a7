// The lives of objects in this isolate.
//
// An object that sleeps loses its JavaScript object, and not its isolate. What its hub had in wasm memory would stay there
// until the garbage is collected, which wasm memory does not hasten.
import { objectCounts } from "./metrics/counts.mjs";
import { forgetKept, keep } from "./metrics/kept.mjs";

/**
 * What a life is known by: the hub in wasm.
 *
 * @typedef {{ free: () => void, figures: () => string }} Life
 */

/**
 * Why a life began: the first one in this isolate, or the end of the life before. A life that ended without a word slept.
 *
 * @typedef {"first" | "woken" | "trapped" | "unconfirmed" | "deleted"} Cause
 */

/**
 * The hub of the last life of each object, by the object's id.
 *
 * @type {Map<string, WeakRef<Life>>}
 */
const lives = new Map();
/**
 * Why the last life of an object has ended.
 *
 * @type {Map<string, Cause>}
 */
const ends = new Map();
/**
 * Forgets hubs that were collected. It is made by the first object.
 *
 * @type {FinalizationRegistry<string> | undefined}
 */
let collected;

/** Frees what the life before this one has left. Call this before the hub of a new life is made. */
export function endLifeBefore(/** @type {string} */ id) {
  const hub = lives.get(id)?.deref();
  keep(id, hub?.figures());
  hub?.free();
  lives.delete(id);
}

/** A new wasm instance has nothing of any life, and must not free what it does not have. */
export function forgetLives() {
  lives.clear();
  forgetKept();
}

/** Tells why the life of an object ends now. */
export function endsBy(/** @type {string} */ id, /** @type {Cause} */ cause) {
  if (!ends.has(id)) ends.set(id, cause);
}

/**
 * @param {string} id
 * @param {Life} hub
 */
export function begin(id, hub) {
  const isFirst = objectCounts.of(id).length === 0;
  objectCounts.add(id, [["lives", ends.get(id) ?? (isFirst ? "first" : "woken"), 1]]);
  ends.delete(id);
  lives.set(id, new WeakRef(hub));
  collected ??= new FinalizationRegistry((id) => {
    if (lives.get(id)?.deref() === undefined) lives.delete(id);
  });
  collected.register(hub, id);
}
