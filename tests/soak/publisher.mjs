// A publisher that knows what the hub has kept, also where the answer was lost: it then asks the hub for it.
import { setTimeout as delay } from "node:timers/promises";

const TRIES = 100;
const PAUSE = 100;

export class Publisher {
  /** How many updates the hub has kept, and how many publications failed. */
  kept = 0;
  failed = 0;
  #hub;
  #dues;
  #count = 0;
  /** The topic of each update that was sent and of which it is not known yet whether it was kept. */
  #topics = new Map();
  #newest;

  /** `dues` are told of each update that their readers will get. */
  constructor(hub, dues) {
    this.#hub = hub;
    this.#dues = dues;
  }

  /** Publishes updates of a topic: one as a form, several as one body of lines. */
  async publish(topic, count, size = 10) {
    const ids = Array.from({ length: count }, () => String((this.#count += 1)));
    for (const id of ids) this.#topics.set(id, topic);
    const data = "x".repeat(size);
    try {
      const response = await this.#send(ids.map((id) => ({ topic, id, data })));
      const text = await response.text();
      const answers = count === 1 ? [text] : text.trim().split("\n").map((line) => JSON.parse(line).id);
      if (String(answers) !== String(ids)) throw new Error(`${response.status}: ${text.slice(-200)}`);
      for (const id of ids) this.#keep(id);
    } catch {
      this.failed += 1;
      await this.#askWhatIsKept();
    }
    this.#topics.clear();
  }

  #send(updates) {
    if (updates.length === 1) return fetch(this.#hub, { method: "POST", body: new URLSearchParams(updates[0]) });
    const body = updates.map((update) => JSON.stringify(update)).join("\n");
    return fetch(this.#hub, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body });
  }

  #keep(id) {
    const topic = this.#topics.get(id);
    for (const due of this.#dues) if (due.topics.includes(topic)) due.ids.push(id);
    this.#newest = id;
    this.kept += 1;
  }

  /** Reads what the hub holds behind the newest update that is known to be kept. */
  async #askWhatIsKept() {
    const headers = this.#newest === undefined ? {} : { "last-event-id": this.#newest };
    for (let attempt = 1; ; attempt += 1) {
      try {
        const response = await fetch(`${this.#hub}?topic=*&live=false`, { headers });
        const text = await response.text();
        // 204: nothing is behind it.
        const isWhole = [200, 204].includes(response.status) && !/^event: gap$/m.test(text);
        if (!isWhole) throw new Error(`${response.status}: ${text.slice(-200)}`);
        // What was sent is known by its number; the end of the read is told by an id of the hub's own.
        const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id);
        for (const id of ids) this.#keep(id);
        return;
      } catch (error) {
        if (attempt === TRIES) throw new Error(`what the hub has kept cannot be read: ${error.message}`);
        await delay(PAUSE);
      }
    }
  }
}
