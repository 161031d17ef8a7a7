// One life of an object: from its constructor to its reset or its sleep.
import { DurableObject } from "cloudflare:workers";
import { HubObject as Hub } from "../../build/millstream.js";
import { Imports } from "./export/imports.mjs";
import { TRAPPED, instance, resetWithInstance } from "./instance.mjs";
import { begin, endLifeBefore } from "./lives.mjs";
import { log } from "./log.mjs";
import { variablesIn } from "./variables.mjs";

/** The reason with which an object ends when a write was not confirmed. */
export const UNCONFIRMED = "a write was not confirmed: the hub begins anew over what is stored";

/** The hub of an object in wasm, and how it is called. RPC reaches methods alone, so what is for the subclasses is no method. */
export class ObjectLife extends DurableObject {
  #hub;

  /**
   * @param {DurableObjectState} context
   * @param {any} env
   */
  constructor(context, env) {
    super(context, env);
    instance();
    const id = context.id.toString();
    endLifeBefore(id);
    this.#hub = new Hub(context, variablesIn(env));
    begin(id, this.#hub);
    /** @internal */
    this.imports = new Imports(variablesIn(env));
    // Only the object itself can reset it. Another object's call may trap; a promise continues in its owner's context.
    /** @type {PromiseWithResolvers<void>} */
    const { promise, resolve } = Promise.withResolvers();
    /** @internal */
    this.reset = resolve;
    promise.then(() => this.#abort(TRAPPED));
    const reference = resetWithInstance(this);
    // At once, so that a client that is told of the failure does not reach this object again.
    this.#hub.failed().then((failed) => {
      const object = reference.deref();
      if (failed && object !== undefined) object.#abort(UNCONFIRMED);
    });
    /**
     * Calls an export of the hub. No export throws: a call that does has trapped, or belongs to a trapped instance.
     *
     * @internal
     * @template T
     * @param {(hub: Hub) => T} method
     * @returns {T}
     */
    this.call = (method) => {
      try {
        return method(this.#hub);
      } catch (error) {
        log("object unusable", String(error));
        this.#abort(TRAPPED);
        throw error;
      }
    };
  }

  /** Ends the object with its requests and streams. The next request constructs it anew. */
  #abort(/** @type {string} */ reason) {
    this.ctx.abort(reason);
  }
}
