// The Durable Object class: one hub.
import { ExportCalls } from "./export_calls.mjs";
import { CLIENT_LEFT } from "./link.mjs";
import { PING, PONG, attachmentOf, close, isLink, openedLink, replace } from "./links.mjs";
import { LIFE } from "./living_object.mjs";
import { objectCounts, readRows } from "./metrics/counts.mjs";

/** The code of a socket that has ended without a code. */
const ABNORMAL = 1006;
/** Milliseconds. It is REOPEN_GRACE in src/base/limits. */
const REOPEN_GRACE = 10_000;

/**
 * One hub. Export this class from your Worker, and bind it to a Durable Object namespace.
 *
 * Its methods can be called by RPC. Only Workers of your account reach them, so a call needs no token:
 *
 * ```js
 * await env.HUB.getByName("default").publish({ topic: "orders/1", data: { paid: true } });
 * ```
 *
 * A call that the hub refuses rejects with an error with the members `status` and `field`.
 */
export class HubObject extends ExportCalls {
  /**
   * Answers a request that `createHub` has judged.
   *
   * @param {Request} request
   * @returns {Promise<Response>}
   */
  async fetch(request) {
    const { millstreamLink: opening, millstreamDoor: counted } = /** @type {any} */ (request.cf) ?? {};
    if (counted !== undefined) objectCounts.add(this.ctx.id.toString(), readRows(counted));
    return this[LIFE].answer((hub) => {
      const heldOff = this[LIFE].imports.heldOff(request);
      if (heldOff !== undefined) return heldOff;
      return typeof opening === "string" ? openedLink(request, opening, { context: this.ctx, hub }) : hub.fetch(request);
    });
  }

  /**
   * A Worker has said something on a link. The runtime calls it, also for sockets that a class of the application has
   * accepted: these are left alone here.
   *
   * @param {WebSocket} socket
   * @param {string | ArrayBuffer} text
   */
  webSocketMessage(socket, text) {
    if (!this.#isLink(socket)) return;
    if (text === PING) return socket.send(PONG);
    const isRead = typeof text === "string" && this[LIFE].call((hub) => hub.said(attachmentOf(socket), text));
    if (!isRead) replace(socket);
  }

  /**
   * A link has ended. The runtime calls it.
   *
   * @param {WebSocket} socket
   * @param {number} code
   */
  webSocketClose(socket, code) {
    if (!this.#isLink(socket)) return;
    this.#left(attachmentOf(socket), code);
    close(socket, 1000);
  }

  /** A link was lost. The runtime calls it. */
  webSocketError(/** @type {WebSocket} */ socket) {
    if (!this.#isLink(socket)) return;
    this.#left(attachmentOf(socket), ABNORMAL);
  }

  /** Removes old updates. The runtime calls it. */
  alarm() {
    return this[LIFE].refusal === undefined ? this[LIFE].call((hub) => hub.alarm()) : undefined;
  }

  /** Whether the socket is a link of a hub that is there. */
  #isLink(/** @type {WebSocket} */ socket) {
    return this[LIFE].refusal === undefined && isLink(this.ctx, socket);
  }

  /**
   * A Worker that has lost its link opens it again. The connection waits so long for that.
   *
   * @param {Uint8Array} attachment
   * @param {number} code
   */
  #left(attachment, code) {
    const isMissed = this[LIFE].call((hub) => hub.left(attachment, code));
    if (isMissed) setTimeout(() => this[LIFE].refusal ?? this[LIFE].call((hub) => hub.left(attachment, CLIENT_LEFT)), REOPEN_GRACE);
  }
}
