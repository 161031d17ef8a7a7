// The Durable Object class: one hub.
import { HubObject as Hub } from "../build/millstream.js";
import { TRAPPED, instance, resetWithInstance } from "./instance.mjs";
import { log } from "./log.mjs";

/** The reason with which an object ends whose write was not confirmed. */
export const UNCONFIRMED = "a write was not confirmed: the hub begins anew over what is stored";

/** One hub. */
export class HubObject {
  #context;
  #hub;

  constructor(context, env) {
    instance();
    this.#context = context;
    this.#hub = new Hub(context, env);
    // An object can be reset by itself alone: the trap may be another's, but a promise continues at its owner.
    const { promise, resolve } = Promise.withResolvers();
    this.reset = resolve;
    promise.then(() => this.#abort(TRAPPED));
    const reference = resetWithInstance(this);
    // At once, so that nobody who is told of it meets this object again.
    this.#hub.failed().then((failed) => failed && reference.deref()?.#abort(UNCONFIRMED));
  }

  fetch(request) {
    return this.#call(() => this.#hub.fetch(request));
  }

  alarm() {
    return this.#call(() => this.#hub.alarm());
  }

  /** The exports answer with promises: a call that throws has trapped, or belongs to an instance that has. */
  #call(method) {
    try {
      return method();
    } catch (error) {
      log("object unusable", String(error));
      this.#abort(TRAPPED);
      throw error;
    }
  }

  /** Ends all that the object does, its requests and streams too; the next request constructs it anew. */
  #abort(reason) {
    this.#context.abort(reason);
  }
}
