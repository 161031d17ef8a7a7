// The ways from the Worker to the object of a hub.
//
// On some ways to a Worker a client can send a `cf` of its own. So every way to an object replaces the members that the
// object trusts.

/** @import { Visit } from "./handler.mjs" */
/** @import { Admitted } from "./door.mjs" */
/** @import { Place } from "./held_stream.mjs" */

import { doorCounts } from "./metrics/counts.mjs";

/** The header of an answer with a link that has the terms of the link. */
export const TERMS = "millstream-link";
/** These are of one connection and its body. They belong neither to the request that opens a link nor to the client's answer. */
const OF_CONNECTION = /^(content-length|transfer-encoding|connection|keep-alive|upgrade|sec-websocket-.*)$/;

/**
 * Hands over the request as it is.
 *
 * @param {Visit} visit
 * @param {Admitted} admitted
 */
export function handOver({ request, namespace }, { hub, granted }) {
  return riding(hub, (millstreamDoor) => {
    const cf = { ...request.cf, millstream: granted, millstreamLink: undefined, millstreamDoor };
    return stubOf(namespace, hub).fetch(request, /** @type {RequestInit<any>} */ ({ cf }));
  });
}

/**
 * Asks for a link. An answer that has none is the client's answer.
 *
 * @param {Visit} visit
 * @param {Admitted} admitted
 * @param {Partial<Place> & { form: string | undefined }} opening
 */
export function openLink({ request, namespace }, { hub, granted }, opening) {
  const headers = withoutConnection(request.headers);
  headers.set("upgrade", "websocket");
  return riding(hub, (millstreamDoor) => {
    const cf = { ...request.cf, millstream: granted, millstreamLink: JSON.stringify({ version: 1, ...opening }), millstreamDoor };
    return stubOf(namespace, hub).fetch(request.url, /** @type {RequestInit<any>} */ ({ headers, cf }));
  });
}

/** The headers but for those of the connection and of the link. */
export function withoutConnection(/** @type {Headers} */ headers) {
  return new Headers([...headers].filter(([name]) => name !== TERMS && !OF_CONNECTION.test(name)));
}

/**
 * Sends with a request what the door has counted for its hub.
 *
 * @param {string} hub
 * @param {(told: string | undefined) => Promise<Response>} send
 */
function riding(hub, send) {
  return doorCounts.handTo(hub, (rows) => send(rows && JSON.stringify(rows)));
}

/**
 * @param {Visit["namespace"]} namespace
 * @param {string} hub
 */
function stubOf(namespace, hub) {
  return namespace.get(namespace.idFromName(hub));
}
