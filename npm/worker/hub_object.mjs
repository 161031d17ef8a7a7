// The Durable Object class: one hub.
import { HubObject as Hub } from "../../build/millstream.js";
import { TRAPPED, instance, resetWithInstance } from "./instance.mjs";
import { log } from "./log.mjs";

/** The reason with which an object ends when a write was not confirmed. */
export const UNCONFIRMED = "a write was not confirmed: the hub begins anew over what is stored";

/** One hub. */
export class HubObject {
  #context;
  #hub;

  constructor(context, env) {
    instance();
    this.#context = context;
    this.#hub = new Hub(context, env);
    // Only the object itself can reset it. Another object's call may trap; a promise continues in its owner's context.
    const { promise, resolve } = Promise.withResolvers();
    this.reset = resolve;
    promise.then(() => this.#abort(TRAPPED));
    const reference = resetWithInstance(this);
    // At once, so that a client that is told of the failure does not reach this object again.
    this.#hub.failed().then((failed) => failed && reference.deref()?.#abort(UNCONFIRMED));
  }

  fetch(request) {
    return this.#call(() => this.#hub.fetch(request));
  }

  alarm() {
    return this.#call(() => this.#hub.alarm());
  }

  /** Calls an export. Exports return promises: a call that throws has trapped, or belongs to a trapped instance. */
  #call(method) {
    try {
      return method();
    } catch (error) {
      log("object unusable", String(error));
      this.#abort(TRAPPED);
      throw error;
    }
  }

  /** Ends the object with its requests and streams. The next request constructs it anew. */
  #abort(reason) {
    this.#context.abort(reason);
  }
}
