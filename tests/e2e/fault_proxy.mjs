// A proxy between a client and the server whose connections fail at a chosen byte of what comes down.
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** How long a reset waits behind the bytes before it, so that the client has read them; and how long a delay takes. */
const READ_IN = 5;
const DELAY = 100;

/** What a fault does behind the bytes that it lets through, by its kind. It resolves with whether the rest may pass. */
const FAULTS = {
  /** The connection is cut by RST. */
  async reset({ client, server }) {
    await delay(READ_IN);
    client.resetAndDestroy();
    server.destroy();
    return false;
  },
  /** The connection is cut by FIN. */
  async end({ client, server }) {
    client.end();
    server.destroy();
    return false;
  },
  /** Nothing comes any more, and the connection stays. */
  async stall() {
    return false;
  },
  /** The rest comes later, and so in a packet of its own. */
  async delay() {
    await delay(DELAY);
    return true;
  },
  /** Each byte of the rest comes in a packet of its own. */
  async drip(connection) {
    connection.isSlow = true;
    return true;
  },
};

/** The kinds of faults that differ by the byte where they happen. */
export const KINDS = ["reset", "end", "stall", "delay"];

/**
 * Passes every byte on until a fault. A fault is `{ kind, at }`: it happens behind `at` bytes of what the server sends
 * on a connection, counted from the beginning of the answer's head.
 */
export class FaultProxy {
  /** How many connections the server has answered on. */
  answered = 0;
  /** The bytes that came down, by connection. */
  received = [];
  #faults;
  /** How many of them have happened, or cannot happen any more. */
  #over = 0;
  #server;
  #sockets = new Set();

  /** A proxy of the server at `port`. The nth connection that is answered has the nth of `faults`, and the later ones none. */
  static async to(port, faults = []) {
    const proxy = new FaultProxy();
    proxy.#faults = faults;
    proxy.#server = createServer((client) => proxy.#connect(client, port));
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** `url` with the origin of this proxy. */
  at(url) {
    const here = new URL(url);
    here.host = `127.0.0.1:${this.#server.address().port}`;
    return here;
  }

  /** Whether no fault is to come. */
  get isSpent() {
    return this.#over === this.#faults.length;
  }

  close() {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #connect(client, port) {
    const server = connect(port, "127.0.0.1");
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ]) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(server);
    this.#down({ client, server, isSlow: false }).catch(() => client.destroy());
  }

  /** Passes on what the server sends. */
  async #down(connection) {
    let number;
    let fault;
    try {
      for await (const bytes of connection.server) {
        if (number === undefined) {
          number = this.answered++;
          this.received[number] = 0;
          fault = this.#faults[number];
        }
        const before = this.received[number];
        this.received[number] += bytes.length;
        if (fault === undefined || this.received[number] < fault.at) {
          await send(connection, bytes);
          continue;
        }
        const length = fault.at - before;
        await send(connection, bytes.subarray(0, length));
        const mayPass = FAULTS[fault.kind](connection);
        fault = undefined;
        this.#over += 1;
        // The server's end stays open where the loop would close it.
        if (!(await mayPass)) await once(connection.client, "close");
        await send(connection, bytes.subarray(length));
      }
      connection.client.end();
    } finally {
      // A connection may end before its fault, as one that was silent for too long.
      if (fault !== undefined) this.#over += 1;
    }
  }
}

async function send({ client, isSlow }, bytes) {
  if (client.destroyed || bytes.length === 0) return;
  if (!isSlow) return void client.write(bytes);
  for (let at = 0; at < bytes.length; at += 1) {
    client.write(bytes.subarray(at, at + 1));
    await delay(1);
  }
}
