// The calls by RPC of the index. Hubs and the Worker make them.
import { HubError } from "./hub_error.mjs";
import { MAX_LISTED } from "./hub_index.mjs";
import { LIFE, LivingObject } from "./living_object.mjs";
import { kind } from "./update.mjs";

/** @import { HubIndex, Report } from "./hub_index.mjs" */
/** @import { HubList, ListOptions } from "./types.d.ts" */

/** What can be asked of the index. A hub refuses it. Its names are such that no class of an application has them. */
export class IndexCalls extends LivingObject {
  /**
   * Takes reports of hubs.
   *
   * @internal
   * @param {Report[]} reports
   */
  async millstreamReport(reports) {
    indexIn(this).report(reports);
  }

  /**
   * Lists hubs.
   *
   * @internal
   * @param {ListOptions} [options]
   * @returns {Promise<HubList>}
   */
  async millstreamList({ after = "", limit = MAX_LISTED } = {}) {
    if (typeof after !== "string") throw wrong("after", `${kind(after)}; it is the name of a hub`);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LISTED) {
      throw wrong("limit", `${typeof limit === "number" ? limit : kind(limit)}; it is a whole number from 1 to ${MAX_LISTED}`);
    }
    return indexIn(this).list({ after, limit });
  }

  /**
   * Forgets a hub.
   *
   * @internal
   * @param {string} name
   */
  async millstreamForget(name) {
    indexIn(this).forget(name);
  }

  /**
   * The last report of each hub, as NDJSON.
   *
   * @internal
   * @returns {Promise<ReadableStream<Uint8Array>>}
   */
  async millstreamAll() {
    return indexIn(this).all();
  }
}

/** @returns {HubIndex} */
function indexIn(/** @type {LivingObject} */ { [LIFE]: { index } }) {
  if (index !== undefined) return index;
  throw new HubError("this object is a hub, and not the index of hubs", { status: 404, field: "hub" });
}

/**
 * @param {string} field
 * @param {string} is
 */
function wrong(field, is) {
  return new HubError(`${field} is ${is}`, { status: 400, field });
}
