// The calls by RPC that an operator has: npm/worker/operator.mjs makes them of requests over HTTP.
import { HubError } from "./hub_error.mjs";
import { LIFE } from "./living_object.mjs";
import { objectCounts } from "./metrics/counts.mjs";
import { statsOf } from "./stats.mjs";
import { TopicCalls } from "./topic_calls.mjs";

/** @import { HubStats } from "./types.d.ts" */
/** @import { Row } from "./metrics/counts.mjs" */
/** @import { Report } from "./metrics/report.mjs" */

/** What the operator of a hub may do with it. */
export class OperatorCalls extends TopicCalls {
  /**
   * Sends all clients away in good order. They come back within the time, each at one of its own. Resolves to their number
   * once they have gone.
   *
   * @param {string} [within] a time such as `10s`, which is the default, up to `5m`
   * @returns {Promise<number>}
   */
  async drain(within = "10s") {
    if (typeof within !== "string") {
      throw new HubError(`within is ${JSON.stringify(within)}; it is a time such as "10s"`, { status: 400, field: "within" });
    }
    return this[LIFE].call((hub) => hub.drain(within));
  }

  /**
   * Tells what the hub has, and what it has done.
   *
   * @returns {Promise<HubStats>}
   */
  async stats() {
    const life = this[LIFE];
    return statsOf({ hub: String(this.ctx.id.name), since: life.since, figures: life.figures().figures });
  }

  /**
   * Deletes the hub with all that it keeps. First its clients are sent away as by a drain; they come back to a hub that begins
   * anew. Resolves to their number once everything is gone.
   *
   * @returns {Promise<{ connections: number }>}
   */
  async delete() {
    const connections = await this.drain();
    await this[LIFE].remove();
    return { connections };
  }

  /**
   * Tells what the hub counts. The Worker makes the text of it.
   *
   * @internal
   * @param {Row[]} [counted] what the door has counted for the hub
   * @returns {Promise<Report>}
   */
  async millstreamMetrics(counted = []) {
    objectCounts.add(this.ctx.id.toString(), counted);
    return this[LIFE].figures();
  }
}
