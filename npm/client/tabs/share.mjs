// Tabs share a connection if their streams are the same and their reader is the same.
import { Selection } from "../selection.mjs";

/** @import { SubscribeOptions, Url } from "../types.d.ts" */

/** Who reads: a name for the user, or null for what everybody may read. @typedef {{ user: string | null }} Reader */
/** @typedef {SubscribeOptions & Reader} TabsOptions */

/** Tabs with another version of this file may have another language. */
const VERSION = 1;

/**
 * The name of a share, which holds for the whole origin. It has everything that a stream depends on, but for the place where
 * it begins: each tab has its own.
 *
 * @param {Url<any>} url
 * @param {TabsOptions} options
 */
export function nameOf(url, options) {
  const { user, types, credentials = "same-origin", token } = checked(options);
  const [hub, query] = new Selection(url, options).name.split(" ");
  // A fragment is not sent, and the order of topics changes nothing.
  const selected = sorted([...new URLSearchParams(query)].map(String));
  const read = [user, hub.replace(/#.*/, ""), selected, types ? sorted(types) : null];
  return `millstream tabs ${VERSION} ${JSON.stringify([...read, credentials, token !== undefined])}`;
}

/**
 * The options of each stream of the share.
 *
 * @param {TabsOptions} options
 * @returns {TabsOptions}
 */
export function checked(options) {
  const { user, token, credentials } = options ?? {};
  if (user === null) {
    if (token !== undefined) throw new TypeError("user is null, which is what everybody may read, so token must not be given; or name the user");
    if (credentials !== undefined && credentials !== "omit") {
      throw new TypeError(`user is null, which is what everybody may read, so credentials must be "omit" and not ${JSON.stringify(credentials)}`);
    }
    return { ...options, credentials: "omit" };
  }
  if (typeof user === "string" && user !== "") return options;
  throw new TypeError(
    `user is ${JSON.stringify(user)}; it must be a text that names who reads, such as an account's id, or null for what everybody may read`,
  );
}

/** Whether this host has tabs that can share: a page or worker with Web Locks and channels, of an origin that is not opaque. */
export function canShare() {
  const { isSecureContext, navigator, BroadcastChannel, origin } = globalThis;
  return isSecureContext === true && navigator?.locks !== undefined && BroadcastChannel !== undefined && origin !== "null";
}

/** @param {readonly string[]} texts */
const sorted = (texts) => [...new Set(texts)].sort();
