// One life of an object: from its constructor to its reset or its sleep.
import { HubObject as Hub, hasHub } from "../../build/millstream.js";
import { Imports } from "./export/imports.mjs";
import { HubError } from "./hub_error.mjs";
import { HubIndex, INDEX } from "./hub_index.mjs";
import { noHub } from "./hub_names.mjs";
import { TRAPPED, callFor, instance, resetWithInstance } from "./instance.mjs";
import { wakeLinks } from "./links.mjs";
import { begin, endLifeBefore, endsBy } from "./lives.mjs";
import { ofAllLives } from "./metrics/kept.mjs";
import { now } from "./now.mjs";
import { ObjectLog } from "./object_log.mjs";
import { Reports } from "./reports.mjs";
import { variablesIn } from "./variables.mjs";

/** The reason with which an object ends when a write was not confirmed. */
export const UNCONFIRMED = "a write was not confirmed: the hub begins anew over what is stored";

/** The reason with which an object ends when its hub is deleted, and refuses calls until then. */
export const DELETED = "the hub was deleted: it begins anew with nothing";

/**
 * One word for each, in the log and in the metrics.
 *
 * @type {Record<string, import("./lives.mjs").Cause>}
 */
const REASONS = { [UNCONFIRMED]: "unconfirmed", [DELETED]: "deleted" };

/** The hub of an object in wasm, and how it is called; or the index. */
export class ObjectLife {
  #context;
  #log;
  /** @type {Hub | undefined} */
  #hub;
  /** When this life began, in milliseconds since 1970. */
  since = now();
  imports;
  /** The index, if the object is no hub. */
  index;
  reports;
  /**
   * Why there is no hub to call; undefined while there is one.
   *
   * @type {HubError | undefined}
   */
  refusal;

  /**
   * @param {DurableObjectState} context
   * @param {any} env
   */
  constructor(context, env) {
    const { id, storage } = context;
    const variables = variablesIn(env);
    this.#context = context;
    this.#log = new ObjectLog(id);
    this.imports = new Imports(variables);
    this.index = id.name === INDEX ? new HubIndex(storage) : undefined;
    this.reports = new Reports(id, env, () => JSON.stringify(this.figures()));
    this.refusal = noHub(String(id.name));
    if (this.index === undefined) this.#begin(variables);
  }

  /** Resets the object when the wasm instance has trapped. Only the object itself can do it: another object's call may trap. */
  reset = () => {};

  /** Refuses while there is no hub to call. */
  check() {
    if (this.refusal !== undefined) throw this.refusal;
  }

  /**
   * Calls an export of the hub. No export throws: a call that does has trapped, or belongs to a trapped instance.
   *
   * @template T
   * @param {(hub: Hub) => T} method
   * @returns {T}
   */
  call(method) {
    this.check();
    const hub = /** @type {Hub} */ (this.#hub);
    try {
      return callFor(this.#context.id.name, () => method(hub));
    } catch (error) {
      this.#log.unusable(error);
      this.#abort(TRAPPED);
      throw error;
    }
  }

  /**
   * Gives the answer of an export. Every answer to a request goes through here.
   *
   * @param {(hub: Hub) => Response | Promise<Response>} method
   * @returns {Promise<Response>}
   */
  async answer(method) {
    const since = performance.now();
    return this.#log.told(await this.call(method), since);
  }

  /** What the object has counted in all of its lives in this isolate. */
  figures() {
    return ofAllLives(this.#context.id.toString(), this.call((hub) => hub.figures()));
  }

  /** Removes all that the hub keeps. Nothing reaches it from then on, and the object ends when this has settled. */
  async remove() {
    const { storage } = this.#context;
    this.refusal = new HubError(DELETED, { status: 503 });
    try {
      await emptied(storage);
      await this.reports.forget();
      // Of what was under way something may have been written since.
      await emptied(storage);
    } finally {
      // Behind the answer.
      setTimeout(() => this.#abort(DELETED));
    }
  }

  /** Makes the hub, if there may be one of this name. */
  #begin(/** @type {any} */ variables) {
    instance();
    const { name } = this.#context.id;
    if (name !== undefined && !hasHub(variables, name)) return wakeLinks({ context: this.#context, hub: undefined });
    const id = this.#context.id.toString();
    endLifeBefore(id);
    const reference = resetWithInstance(this);
    this.#hub = new Hub(this.#context, variables, keeping(reference));
    begin(id, this.#hub);
    this.#log.beginsAt(this.#hub.logLevel);
    this.refusal = undefined;
    // A promise continues in its owner's context.
    /** @type {PromiseWithResolvers<void>} */
    const { promise, resolve } = Promise.withResolvers();
    this.reset = resolve;
    promise.then(() => this.#abort(TRAPPED));
    // At once, so that a client that is told of the failure does not reach this object again.
    this.#hub.failed().then((failed) => {
      const object = reference.deref();
      if (failed && object !== undefined && object.refusal === undefined) object.#abort(UNCONFIRMED);
    });
    this.call((hub) => wakeLinks({ context: this.#context, hub }));
  }

  /** Ends the object with its requests and streams. The next request constructs it anew. */
  #abort(/** @type {string} */ why) {
    const cause = REASONS[why] ?? "trapped";
    endsBy(this.#context.id.toString(), cause);
    this.#log.reset(cause, why);
    this.#context.abort(why);
  }
}

async function emptied(/** @type {DurableObjectStorage} */ storage) {
  await storage.deleteAlarm();
  await storage.deleteAll();
}

/** What a hub calls when updates are durable. The memory of wasm must not keep the object. */
function keeping(/** @type {WeakRef<ObjectLife>} */ reference) {
  return () => {
    const object = reference.deref();
    if (object?.refusal === undefined) object?.reports.kept();
  };
}
