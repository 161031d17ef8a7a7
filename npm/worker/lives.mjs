// The lives of objects in this isolate.
//
// An object that sleeps loses its JavaScript object, and not its isolate. What its hub had in wasm memory would stay there
// until the garbage is collected, which wasm memory does not hasten.

/**
 * The hub of the last life of each object, by the object's id.
 *
 * @type {Map<string, WeakRef<{ free: () => void }>>}
 */
const lives = new Map();
/**
 * Forgets hubs that were collected. It is made by the first object.
 *
 * @type {FinalizationRegistry<string> | undefined}
 */
let collected;

/** Frees what the life before this one has left. Call this before the hub of a new life is made. */
export function endLifeBefore(/** @type {string} */ id) {
  lives.get(id)?.deref()?.free();
  lives.delete(id);
}

/** A new wasm instance has nothing of any life, and must not free what it does not have. */
export function forgetLives() {
  lives.clear();
}

/**
 * @param {string} id
 * @param {{ free: () => void }} hub
 */
export function begin(id, hub) {
  lives.set(id, new WeakRef(hub));
  collected ??= new FinalizationRegistry((id) => {
    if (lives.get(id)?.deref() === undefined) lives.delete(id);
  });
  collected.register(hub, id);
}
