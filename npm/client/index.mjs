// The package's entry for those who read a hub or publish to it: pages, servers, Workers.
import { SubscriptionOfClient } from "./subscription.mjs";

/** @import { Subscribe, SubscribeOptions, Url } from "./types.d.ts" */

export { Problem } from "./problem.mjs";
export { publish } from "./publish.mjs";
export { publishMany } from "./publish_many.mjs";

/**
 * Subscribes to a hub; a relative URL is one of the page.
 *
 * @type {Subscribe<unknown>}
 */
export const subscribe = (/** @type {Url<any>} */ url, /** @type {SubscribeOptions} */ options) => new SubscriptionOfClient(url, options);
