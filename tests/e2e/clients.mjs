// The clients of the tests: npm's EventSource, curl, and a publisher.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { EventSource } from "eventsource";
import { until } from "./until.mjs";

/** The URL of `hub` with one `topic` for each of `topics`, and `query`'s pairs. */
export function subscribeUrl(hub, topics, query = {}) {
  const url = new URL(hub);
  for (const topic of topics) url.searchParams.append("topic", topic);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** A subscriber on npm's `eventsource` that keeps all its events. */
export class Subscriber {
  /** The events so far: `{ type, data, id }`. */
  events = [];
  /** How often the stream was opened. */
  opened = 0;
  #source;

  /**
   * Opens a subscription and waits for the answer. `types` are the event types to listen to, besides
   * `message` and `gap`. `lastEventId` goes into the header of the first request.
   */
  static async open(hub, topics, { types = [], query, lastEventId } = {}) {
    const subscriber = new Subscriber(subscribeUrl(hub, topics, query), types, lastEventId);
    await subscriber.opens(1);
    return subscriber;
  }

  constructor(url, types, lastEventId) {
    const resuming = (input, init) =>
      fetch(input, { ...init, headers: { "last-event-id": lastEventId, ...lowercased(init.headers) } });
    this.#source = new EventSource(url, lastEventId === undefined ? {} : { fetch: resuming });
    this.#source.addEventListener("open", () => (this.opened += 1));
    for (const type of ["message", "gap", ...types]) {
      this.#source.addEventListener(type, (event) => {
        this.events.push({ type: event.type, data: event.data, id: event.lastEventId });
      });
    }
  }

  get data() {
    return this.events.map(({ data }) => data);
  }

  get ids() {
    return this.events.map(({ id }) => id);
  }

  /** Waits until the stream was opened `times` times. */
  opens(times) {
    return until(
      () => this.opened >= times,
      () => `opening ${times}; there were ${this.opened}`,
    );
  }

  /** Waits for an event with `data`, and so for all events before it. */
  receives(data) {
    return until(
      () => this.events.some((event) => event.data === data),
      () => `${data}; there were ${this.events.length} events, the last ${JSON.stringify(this.events.at(-1))}`,
    );
  }

  /** Whether it comes back no more. */
  get isClosed() {
    return this.#source.readyState === EventSource.CLOSED;
  }

  close() {
    this.#source.close();
  }
}

/** The client sends its own id as `Last-Event-ID`: two spellings would be joined to one header. */
function lowercased(headers) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A running curl: the bytes of the stream, as they are. */
export class Curl {
  text = "";
  /** Resolves once it has ended. */
  ended;
  #child;

  constructor(url, ...options) {
    this.#child = spawn("curl", ["-sSN", ...options, String(url)], { stdio: ["ignore", "pipe", "inherit"] });
    this.#child.stdout.setEncoding("utf8").on("data", (text) => (this.text += text));
    this.ended = once(this.#child, "exit");
    this.#exit = () => this.#child.kill("SIGKILL");
    process.on("exit", this.#exit);
  }

  #exit;

  /** Waits until `text` has come. */
  receives(text) {
    return until(
      () => this.text.includes(text),
      () => `${JSON.stringify(text)}; there was ${JSON.stringify(this.text)}`,
    );
  }

  async close() {
    process.off("exit", this.#exit);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await this.ended;
  }
}

/** Runs curl to its end, with `input` as its standard input. Returns status, headers and body of the answer. */
export async function curl(url, options, input = "") {
  const args = ["-sS", "-i", "--max-time", "20", "-H", "Expect:", ...options, String(url)];
  const child = spawn("curl", args, { stdio: ["pipe", "pipe", "inherit"] });
  // curl may end before it has read what it does not need; its answer counts.
  child.stdin.on("error", () => {}).end(input);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part) => (text += part));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`curl ${options.join(" ")} ended with ${code}: ${text}`);
  const end = text.indexOf("\r\n\r\n");
  const [statusLine, ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Headers(lines.map((line) => line.split(/:\s*(.*)/s).slice(0, 2)));
  return { status: Number(statusLine.split(" ")[1]), headers, body: text.slice(end + 4) };
}

/** POSTs `fields`, whose values may be lists, as a form. */
export function post(hub, fields, init = {}) {
  const pairs = Object.entries(fields).flatMap(([name, values]) => [values].flat().map((value) => [name, value]));
  return fetch(hub, { method: "POST", body: new URLSearchParams(pairs), ...init });
}

/** Publishes, and returns the update's id. A status other than 200 is an error. */
export async function publish(hub, fields) {
  const response = await post(hub, fields);
  const body = await response.text();
  if (response.status !== 200) throw new Error(`publishing gave ${response.status}: ${body}`);
  return body;
}
