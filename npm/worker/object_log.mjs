// What an object of a hub tells of itself: whom it refuses, and why it begins anew.
import { HubLog } from "./log.mjs";
import { objectCounts } from "./metrics/counts.mjs";
import { logRefusal, refusalIn } from "./refused.mjs";

/** The place of the level info, which is the default. */
const INFO = 1;

/** The log of one life of an object. */
export class ObjectLog {
  #id;
  #name;
  #log;
  #isReset = false;

  constructor(/** @type {DurableObjectId} */ id) {
    this.#id = id.toString();
    this.#name = id.name;
    this.#log = new HubLog(id.name, INFO);
  }

  /** From now on the log begins at this level: the place of it among all. */
  beginsAt(/** @type {number} */ lowest) {
    this.#log = new HubLog(this.#name, lowest);
  }

  /**
   * The same answer. If it is a refusal, it is counted and told.
   *
   * @param {Response} answer
   * @param {number} since when the request came, by the clock of `performance`
   */
  told(answer, since) {
    const refusal = refusalIn(answer);
    if (refusal !== undefined) {
      objectCounts.add(this.#id, [["refused", refusal.reason, String(refusal.status), 1]]);
      logRefusal(this.#log, refusal, since);
    }
    return answer;
  }

  /** A call has failed in a way that no call may. */
  unusable(/** @type {unknown} */ error) {
    this.#log.write("object unusable", { detail: String(error) });
  }

  /**
   * The object ends with its requests and streams, and begins anew with its next request.
   *
   * @param {string} reason one word
   * @param {string} detail
   */
  reset(reason, detail) {
    if (this.#isReset) return;
    this.#isReset = true;
    this.#log.write("reset", { level: reason === "deleted" ? "info" : "warning", reason, detail });
  }
}
