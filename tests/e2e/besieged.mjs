// Honest clients of a hub that strangers attack, and of two hubs beside it in the same process.
import assert from "node:assert/strict";
import { Subscriber, post } from "./clients.mjs";

/** The name of the hub that is attacked. */
export const ATTACKED = "attacked";

/** How long an honest publication may take while the hub is attacked, in milliseconds. */
const SERVED_WITHIN = 5_000;

export class Besieged {
  #server;
  #headers;
  #subscribers;
  #count = 0;
  #begun;
  #most = 0;

  /** Subscribes to each of the hubs; `headers` are those of an honest publisher. */
  static async open(t, server, headers = {}) {
    const besieged = new Besieged();
    besieged.#server = server;
    besieged.#headers = headers;
    besieged.#subscribers = await Promise.all(besieged.#hubs.map((hub) => Subscriber.open(hub, ["honest"])));
    t.after(() => besieged.#subscribers.forEach((subscriber) => subscriber.close()));
    await besieged.served();
    besieged.#begun = server.workerd().memory;
    return besieged;
  }

  get #hubs() {
    return [ATTACKED, "beside", "elsewhere"].map((name) => this.#server.hub(name));
  }

  /** Publishes to each hub and waits for the updates. */
  async served() {
    const data = `${(this.#count += 1)}`;
    const serve = async (hub, at) => {
      const begun = performance.now();
      const response = await post(hub, { topic: "honest", data }, { headers: this.#headers });
      assert.equal(response.status, 200, await response.text());
      await this.#subscribers[at].receives(data);
      assert.ok(performance.now() - begun < SERVED_WITHIN, `${hub} took longer than ${SERVED_WITHIN} ms`);
    };
    await Promise.all(this.#hubs.map(serve));
    this.#most = Math.max(this.#most, this.#server.workerd().memory);
  }

  /** Serves honest clients until `attack` has ended. */
  async while(attack) {
    let over = false;
    const ended = attack.finally(() => (over = true));
    while (!over) await this.served();
    return ended;
  }

  /** The greatest growth of the process so far, in MiB. */
  get grown() {
    return Math.round(this.#most - this.#begun);
  }

  /** Nobody has missed anything, no honest stream was cut, and nothing has trapped. */
  assertUndisturbed() {
    const all = Array.from({ length: this.#count }, (_, at) => `${at + 1}`);
    for (const [at, subscriber] of this.#subscribers.entries()) {
      assert.deepEqual(subscriber.data, all);
      assert.equal(subscriber.opened, 1, `the stream of subscriber ${at}`);
    }
    assert.doesNotMatch(this.#server.output, /trapped/);
  }
}
