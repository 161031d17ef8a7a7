// The object's end of its links: hibernatable WebSockets, which outlive the object's sleep.
import { TERMS } from "./ways.mjs";

/** The tag of links: the application's class may accept sockets of its own. */
const TAG = "millstream";

/** The code of a link that the Worker opens again. */
const REPLACED = 4000;

/** What a Worker asks on a link that is silent, and the answer. */
export const PING = "ping";
export const PONG = "pong";

/** @import { HubObject as Hub } from "../../build/millstream.js" */

/**
 * Answers a request that asks for a link: with a link, or as the hub answers if it opens none.
 *
 * @param {Request} request
 * @param {string} opening
 * @param {{ context: DurableObjectState, hub: Hub }} object
 * @returns {Promise<Response>}
 */
export async function openedLink(request, opening, { context, hub }) {
  const { 0: away, 1: here } = new WebSocketPair();
  const answer = await hub.link(request, opening, here);
  const terms = answer.headers.get(TERMS);
  if (terms === null) return answer;
  // The runtime answers a ping while the object sleeps, unless the application has an answer of its own.
  if (context.getWebSocketAutoResponse() === null) {
    context.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  }
  const { id } = JSON.parse(terms);
  try {
    context.acceptWebSocket(here, [TAG]);
  } catch (error) {
    // The runtime has as many sockets for the object as it takes.
    await hub.disconnect("connection", id);
    throw error;
  }
  if (!hub.opened(id)) replace(here);
  return new Response(null, { status: 101, webSocket: away, headers: answer.headers });
}

/**
 * Gives a hub that wakes the links of the life before. What it cannot read is opened again, and so are all if there is no
 * hub any more.
 *
 * @param {{ context: DurableObjectState, hub: Hub | undefined }} object
 */
export function wakeLinks({ context, hub }) {
  for (const socket of context.getWebSockets(TAG)) {
    if (hub?.woke(socket, attachmentOf(socket))) continue;
    // The next life may find it too, beside the link that the Worker opens now.
    socket.serializeAttachment(new Uint8Array());
    replace(socket);
  }
}

/** Whether the socket is a link. */
export function isLink(/** @type {DurableObjectState} */ context, /** @type {WebSocket} */ socket) {
  return context.getTags(socket).includes(TAG);
}

/** What the hub has stored with a link; empty if it is nothing that the hub stores. */
export function attachmentOf(/** @type {WebSocket} */ socket) {
  const attachment = socket.deserializeAttachment();
  return attachment instanceof Uint8Array ? attachment : new Uint8Array();
}

/** Closes a link that the Worker opens again. */
export function replace(/** @type {WebSocket} */ socket) {
  close(socket, REPLACED);
}

/**
 * Closes this end. The runtime may have closed it already.
 *
 * @param {WebSocket} socket
 * @param {number} code
 */
export function close(socket, code) {
  try {
    socket.close(code);
  } catch {
    // It is closed.
  }
}
