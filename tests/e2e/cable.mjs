// A cable between a client and the server that can be pulled: connections break as they do when a network is lost.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/** Passes every byte on while it is whole. */
export class Cable {
  #server;
  #port;
  #sockets = new Set();
  #hear;

  /** A cable to the server that listens on `port`. `hear` is given all bytes of its answers. */
  static async to(port, hear = () => {}) {
    const cable = new Cable();
    cable.#hear = hear;
    cable.#server = createServer((client) => cable.#connect(client, port));
    cable.#server.listen(0, "127.0.0.1");
    await once(cable.#server, "listening");
    cable.#port = cable.#server.address().port;
    return cable;
  }

  #isCut = false;

  #connect(client, port) {
    if (this.#isCut) return client.destroy();
    const server = connect(port, "127.0.0.1").on("data", this.#hear);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ]) {
      this.#sockets.add(socket);
      socket.pipe(other);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }

  /** `url` with the origin of this end of the cable. */
  at(url) {
    const here = new URL(url);
    here.host = `127.0.0.1:${this.#port}`;
    return here;
  }

  /** Breaks all connections and lets no new one through. */
  cut() {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Lets new connections through. */
  mend() {
    this.#isCut = false;
  }

  close() {
    this.cut();
    this.#server.close();
  }
}
