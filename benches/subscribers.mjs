// Subscribers for cases that need few figures of each: they count events, and note the time of the last one.
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** The number of clients that connect at once. A listener's backlog is short. */
const AT_ONCE = 64;
const POLL_EVERY = 2;
const DEADLINE = 60_000;
const DATA = Buffer.from("\ndata:");

/** Streams of one server that stay open until `close`. */
export class Subscribers {
  #sockets = [];
  #events = [];
  #ended = 0;
  #failure;
  /** When the last event came, by `performance.now()`. */
  last = 0;

  /** Opens a stream for each path, and waits until each has its head. */
  static async open(address, paths) {
    const subscribers = new Subscribers();
    for (let from = 0; from < paths.length; from += AT_ONCE) {
      await Promise.all(paths.slice(from, from + AT_ONCE).map((path) => subscribers.#add(address, path)));
    }
    return subscribers;
  }

  async #add(address, path) {
    const [host, port] = address.split(":");
    const socket = connect({ host, port: Number(port) });
    const at = this.#sockets.push(socket) - 1;
    this.#events[at] = 0;
    socket.on("error", (error) => (this.#failure ??= error));
    socket.once("close", () => this.#ended++);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${address}\r\nAccept: text/event-stream\r\n\r\n`);
    const [head] = await once(socket, "data");
    if (!head.toString("latin1").startsWith("HTTP/1.1 200 ")) throw new Error(`${path}: ${head.toString("latin1").split("\r\n")[0]}`);
    let tail = Buffer.alloc(0);
    socket.on("data", (bytes) => {
      const text = Buffer.concat([tail, bytes]);
      for (let found = text.indexOf(DATA); found >= 0; found = text.indexOf(DATA, found + DATA.length)) {
        this.#events[at]++;
        this.last = performance.now();
      }
      // What is kept is too short to hold the mark itself.
      tail = text.subarray(Math.max(0, text.length - DATA.length + 1));
    });
  }

  /** Waits until each stream has had `count` events in all. Returns false if one has another number. */
  async haveEach(count) {
    const end = performance.now() + DEADLINE;
    while (this.#events.some((events) => events < count) && this.#ended === 0 && performance.now() < end) await delay(POLL_EVERY);
    return this.#ended === 0 && this.#events.every((events) => events === count);
  }

  /** How many streams have ended, and why the first did. */
  get ended() {
    return { streams: this.#ended, failure: this.#failure?.message };
  }

  /** Resets the connections, which the server notices at once. */
  close() {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
}
