// The package's entry for pages that are open in several tabs: they have one connection together.
import { SubscriptionOfClient } from "./subscription.mjs";
import { canShare, checked } from "./tabs/share.mjs";
import { SubscriptionOfTab } from "./tabs/subscription.mjs";

/** @import { Subscribe, Url } from "./types.d.ts" */
/** @import { Reader, TabsOptions } from "./tabs/share.mjs" */

/**
 * Subscribes to a hub, as `millstream/client` does. The tabs of an origin that read the same for the same `user` have one
 * connection. Where tabs cannot share, each has its own.
 *
 * @type {Subscribe<Reader>}
 */
export const subscribe = (/** @type {Url<any>} */ url, /** @type {TabsOptions} */ options) =>
  canShare() ? new SubscriptionOfTab(url, options) : new SubscriptionOfClient(url, checked(options));
