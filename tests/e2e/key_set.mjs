// A server of one key set, like an authorization server.
import { once } from "node:events";
import { createServer } from "node:http";

export class KeySet {
  keys = [];
  status = 200;
  /** Milliseconds from a request to its answer. */
  takes = 0;
  /** The number of requests so far. */
  asked = 0;
  #server;

  /** `t` closes it. */
  static async start(t) {
    const set = new KeySet();
    set.#server = createServer((_, response) => {
      set.asked += 1;
      setTimeout(() => set.#answer(response), set.takes);
    });
    set.#server.listen(0, "127.0.0.1");
    await once(set.#server, "listening");
    t.after(() => set.#server.close());
    return set;
  }

  #answer(response) {
    response.writeHead(this.status, { "content-type": "application/jwk-set+json" });
    response.end(JSON.stringify({ keys: this.keys }));
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/jwks.json`;
  }
}
