// What the object of a hub tells the index.
//
// A report rides on a publication that has become durable. The publication does not wait for it, and is the same whatever
// becomes of it. Without publications there is none.
import { HubError } from "./hub_error.mjs";
import { INDEX } from "./hub_index.mjs";
import { inTime } from "./in_time.mjs";
import { described, log } from "./log.mjs";
import { now } from "./now.mjs";

/** Milliseconds between two reports. */
const EVERY = 60_000;
/** Milliseconds until another try, on a later publication. */
const AGAIN = 5_000;
/** Milliseconds: how long the index may take. A call that is under way keeps a hub awake. */
const DEADLINE = 5_000;

/** @import { HubNamespace } from "./types.d.ts" */

/** The reports of one life of an object. */
export class Reports {
  #id;
  #env;
  #figures;
  /** @type {ReturnType<typeof indexOf> | undefined} */
  #index;
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

  /** Makes the index forget the hub. Where it was never told of the hub there is nothing to forget. */
  async forget() {
    if (namespaceOf(this.#id, this.#env) === undefined) return;
    try {
      await this.#ask((index) => index.millstreamForget(nameOf(this.#id)));
    } catch (error) {
      const why = /** @type {Error} */ (error).message;
      throw new HubError(`the hub is deleted, but the list of hubs still has it: ${why}; delete it again`, { status: 503, cause: error });
    }
  }

  async #send() {
    try {
      const report = { name: nameOf(this.#id), time: now(), figures: this.#figures() };
      await this.#ask((index) => index.millstreamReport([report]));
      this.#hasFailed = false;
    } catch (error) {
      this.#due = Math.min(this.#due, now() + AGAIN);
      if (!this.#hasFailed) log("hub not in the index", { hub: nameOf(this.#id), detail: described(error) });
      this.#hasFailed = true;
    }
  }

  /** Asks the index. What is asked of one stub comes in its order. A stub whose object was reset has to be another one. */
  async #ask(/** @type {(index: any) => any} */ call) {
    const namespace = namespaceOf(this.#id, this.#env);
    if (namespace === undefined) throw new Error("the Worker of the objects has no binding of their class");
    const ask = async (/** @type {ReturnType<typeof indexOf>} */ index) => {
      const asked = call(index);
      const giveUp = () => {
        asked[Symbol.dispose]();
        return false;
      };
      return inTime(asked.then(() => true), { within: DEADLINE, instead: giveUp });
    };
    const first = (this.#index ??= indexOf(namespace));
    const isDone = await ask(first).catch(() => {
      // What was asked of the same stub is asked of the same one again, so that the order stays.
      if (this.#index === first) this.#index = indexOf(namespace);
      return ask(/** @type {ReturnType<typeof indexOf>} */ (this.#index));
    });
    if (!isDone) throw new Error(`the index gave no answer within ${DEADLINE / 1_000} s`);
  }
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
