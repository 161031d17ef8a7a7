// The entry of the package for pages, servers and Workers that read a hub or publish to it.
import { SubscriptionOfClient } from "./subscription.mjs";

/** @import { Subscribe, Url } from "./types.d.ts" */

export { Problem } from "./problem.mjs";
export { publish } from "./publish.mjs";
export { publishMany } from "./publish_many.mjs";

/**
 * Subscribes to a hub; a relative URL is one of the page.
 *
 * @type {Subscribe<unknown>}
 */
export const subscribe = (/** @type {Url<any>} */ url, /** @type {SubscribeOptions} */ options) => new SubscriptionOfClient(url, options);

/**
 * @template Events
 * @typedef {import("./types.d.ts").HubUrl<Events>} HubUrl
 */
/**
 * @template [Data=any]
 * @template {string} [Selector=string]
 * @typedef {import("./types.d.ts").SubscribeOptions<Data, Selector>} SubscribeOptions
 */
/**
 * @template [Data=any]
 * @typedef {import("./types.d.ts").Subscription<Data>} Subscription
 */
/**
 * @template [Data=any]
 * @typedef {import("./types.d.ts").Update<Data>} Update
 */
/** @typedef {import("./types.d.ts").CursorStorage} CursorStorage */
/** @typedef {import("./types.d.ts").End} End */
/** @typedef {import("./types.d.ts").Gap} Gap */
/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").TokenSource} TokenSource */
/** @typedef {import("./types.d.ts").Publication} Publication */
/** @typedef {import("./types.d.ts").Published} Published */
/** @typedef {import("./types.d.ts").PublishOptions} PublishOptions */
/**
 * @template {import("./types.d.ts").Publication} [Update=import("./types.d.ts").Publication]
 * @typedef {import("./types.d.ts").Answer<Update>} Answer
 */
