// The variables of the hub, among the bindings of a Worker.
//
// The Worker and its objects read the same ones. An object is told nothing but the bindings, so `createHub` declares
// here which of them are the hub's.

/** @typedef {string | Record<string, unknown>} Variables */

/** The prefix in a Worker that has objects and calls no `createHub`. */
const DEFAULT_PREFIX = "MILLSTREAM_";

/** @type {Variables | undefined} */
let declared;
/**
 * The variables for each set of bindings: settings are read again only for another object.
 *
 * @type {WeakMap<object, object>}
 */
let read = new WeakMap();

/** Declares which variables are the hub's. All hubs of a Worker have the same class of objects, so also the same variables. */
export function declare(/** @type {Variables} */ variables) {
  if (declared !== undefined && JSON.stringify(declared) !== JSON.stringify(variables)) {
    throw new TypeError("millstream: createHub was called twice with different variables; give both calls the same");
  }
  declared = variables;
  read = new WeakMap();
}

/**
 * The variables of the hub in these bindings.
 *
 * @param {Record<string, unknown>} env
 * @returns {Record<string, unknown>}
 */
export function variablesIn(env) {
  const variables = declared ?? DEFAULT_PREFIX;
  if (variables === "") return env;
  if (typeof variables === "object") return variables;
  const known = read.get(env);
  if (known !== undefined) return /** @type {Record<string, unknown>} */ (known);
  const named = Object.entries(env).filter(([name]) => name.startsWith(variables));
  const own = Object.fromEntries(named.map(([name, value]) => [name.slice(variables.length), value]));
  read.set(env, own);
  return own;
}
