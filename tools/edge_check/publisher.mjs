// The publisher: numbered updates, and a look at the hub behind each, while it is awake anyway.

/** The longest pause before a publication is tried again, in milliseconds. */
const LONGEST_PAUSE = 8_000;

/** What follows each number, so that an update is long enough to be compressed. */
const TEXT = JSON.stringify(Array.from({ length: 5 }, (_, at) => ({ sku: `tea-${at}`, count: at, state: "on its way" })));

export class Publisher {
  /** When each update was first sent and was taken, and what the hub told of its life: `{ at, taken, since, links, connections }`. */
  sent = [];
  #hub;
  #topic;
  #token;
  #operatorKey;

  constructor({ hub, topic, token, operatorKey }) {
    this.#hub = new URL(hub);
    this.#topic = topic;
    this.#token = token;
    this.#operatorKey = operatorKey;
  }

  /** Publishes the next number. What a deployment may cause is tried again. */
  async publish() {
    const at = Date.now();
    const number = String(this.sent.length);
    const body = new URLSearchParams({ topic: this.#topic, data: `${number} ${TEXT}` });
    const headers = { "idempotency-key": `${this.#topic}/${number}` };
    if (this.#token !== undefined) headers.authorization = `Bearer ${this.#token}`;
    for (let pause = 250; ; pause *= 2) {
      const { why, isPassing } = await answer(this.#hub, { method: "POST", headers, body });
      if (why === undefined) break;
      if (!isPassing || pause > LONGEST_PAUSE) throw new Error(`update ${number} was not published: ${why}`);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    const taken = Date.now();
    this.sent.push({ at, taken, ...(await this.#health()) });
  }

  async #health() {
    if (this.#operatorKey === undefined) return {};
    const name = /\/hubs\/([^/]+)\//.exec(this.#hub.pathname)?.[1] ?? "default";
    const headers = { authorization: `Bearer ${this.#operatorKey}` };
    const response = await fetch(new URL(`/hubs/${name}/healthz`, this.#hub), { headers }).catch(() => undefined);
    if (response?.status !== 200) return {};
    const { since, links, connections } = await response.json();
    return { since, links, connections };
  }
}

/** Why a request was not answered 200, and whether that may pass. */
async function answer(url, init) {
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    const { status } = response;
    return status === 200 ? {} : { why: `${status} ${text}`, isPassing: status === 429 || status >= 500 };
  } catch (error) {
    return { why: String(error.cause?.message ?? error.message), isPassing: true };
  }
}
