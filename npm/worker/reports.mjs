// What the object of a hub tells the index.
//
// A report rides on a publication that has become durable. The publication does not wait for it, and is the same whatever
// becomes of it. Without publications there is none.
import { INDEX } from "./hub_index.mjs";
import { inTime } from "./in_time.mjs";
import { described, log } from "./log.mjs";

/** Milliseconds between two reports. */
const EVERY = 60_000;
/** Milliseconds until another try, on a later publication. */
const AGAIN = 5_000;
/** Milliseconds: how long the index may take. A call that is under way keeps a hub awake. */
const DEADLINE = 10_000;

/** @import { HubNamespace } from "./types.d.ts" */

/** The reports of one life of an object. */
export class Reports {
  #id;
  #env;
  #figures;
  /** When the next one is due. */
  #due = 0;
  #hasFailed = false;

  /**
   * @param {DurableObjectId} id that of the object
   * @param {Record<string, unknown>} env
   * @param {() => string} figures what the object counts, as JSON
   */
  constructor(id, env, figures) {
    this.#id = id;
    this.#env = env;
    this.#figures = figures;
  }

  /** An update is durable. */
  kept() {
    if (now() < this.#due) return;
    this.#due = now() + EVERY;
    // Not within the call of the hub, which may be asked for its figures then.
    Promise.resolve().then(() => this.#send());
  }

  /** There are no more reports. */
  end() {
    this.#due = Infinity;
  }

  async #send() {
    try {
      const namespace = namespaceOf(this.#id, this.#env);
      if (namespace === undefined) {
        this.end();
        const detail = "the Worker of the objects has no binding of their class, so no list has the hub";
        return log("hub not in the index", { hub: nameOf(this.#id), detail });
      }
      await this.#tell(namespace);
      this.#hasFailed = false;
    } catch (error) {
      this.#due = Math.min(this.#due, now() + AGAIN);
      if (!this.#hasFailed) log("hub not in the index", { hub: nameOf(this.#id), detail: described(error) });
      this.#hasFailed = true;
    }
  }

  async #tell(/** @type {HubNamespace} */ namespace) {
    const report = { name: nameOf(this.#id), time: Math.round(now()), figures: this.#figures() };
    /** @type {any} */
    const call = indexOf(namespace).report([report]);
    const told = call.then(() => true);
    const isTold = await inTime(told, { within: DEADLINE, late: () => {} });
    if (isTold) return;
    call[Symbol.dispose]();
    throw new Error(`the index gave no answer within ${DEADLINE / 1_000} s`);
  }
}

/** Milliseconds since 1970. They never go back. */
function now() {
  return performance.timeOrigin + performance.now();
}

function nameOf(/** @type {DurableObjectId} */ id) {
  return /** @type {string} */ (id.name);
}

/** The index of the hubs in a namespace. */
export function indexOf(/** @type {HubNamespace} */ namespace) {
  return namespace.get(namespace.idFromName(INDEX));
}

/**
 * The binding of the object's own class: the object has the id there that its name has.
 *
 * @param {DurableObjectId} id
 * @param {Record<string, any>} env
 * @returns {HubNamespace | undefined}
 */
export function namespaceOf(id, env) {
  return Object.values(env).find((binding) => {
    // Any name is a method of a binding to another Worker.
    if (Object.prototype.toString.call(binding) !== "[object DurableObjectNamespace]") return false;
    return binding.idFromName(nameOf(id)).equals(id);
  });
}
