// One link: the WebSocket between a Worker that holds a stream and the object of its hub.
import { frameOf } from "./frame.mjs";

/** @import { Frame } from "./frame.mjs" */

/** The codes with which a Worker closes a link. */
export const CLIENT_LEFT = 1000;
export const EXPIRED = 4001;
export const READER_DEAD = 4002;
/** The Worker opens the link again: its client is still there. */
export const LOST = 4003;

/**
 * Who has a link.
 *
 * @typedef {object} Holder
 * @property {(frame: Frame) => void} came
 * @property {() => void} garbled a message came that is no frame of this version
 * @property {() => void} heard the object has answered a ping
 * @property {() => void} lost is called once, unless the holder closes the link
 */

export class Link {
  #socket;
  #holder;
  #isOpen = true;
  /** Whether the object said nothing since the last ping. */
  #isSilent = false;

  /**
   * @param {WebSocket} socket is not accepted yet
   * @param {Holder} holder
   */
  constructor(socket, holder) {
    this.#socket = socket;
    this.#holder = holder;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => this.#said(data));
    socket.addEventListener("close", () => this.#lose());
    socket.addEventListener("error", () => this.#lose());
    socket.accept();
  }

  /** Lets the object send more bytes. */
  grant(/** @type {number} */ bytes) {
    this.#send(`+${bytes}`);
  }

  /** Asks for a sign of life. A link whose object gave none since the last ping is lost. */
  ping() {
    if (this.#isSilent) return this.#lose();
    this.#isSilent = true;
    this.#send("ping");
  }

  /** Ends the link: nothing comes from it any more. */
  close(/** @type {number} */ code) {
    this.#isOpen = false;
    try {
      this.#socket.close(code);
    } catch {
      // The other end has closed it.
    }
  }

  #said(/** @type {unknown} */ message) {
    if (!this.#isOpen) return;
    this.#isSilent = false;
    if (message === "pong") return this.#holder.heard();
    const frame = frameOf(message);
    if (frame === undefined) return this.#holder.garbled();
    this.#holder.came(frame);
  }

  #send(/** @type {string} */ text) {
    if (!this.#isOpen) return;
    try {
      this.#socket.send(text);
    } catch {
      this.#lose();
    }
  }

  #lose() {
    if (!this.#isOpen) return;
    this.close(LOST);
    this.#holder.lost();
  }
}
