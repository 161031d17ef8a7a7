// Runs before the worker under `make serve CONFIG=linking`: the objects are small hubs of this file, which speak the protocol
// of links, and do on demand what the hub itself does when something is wrong. A client with the header `visitor` may read.
//
// A subscription says in its query what the terms of its link are: `heartbeat` and `expires-in`, in milliseconds. A request
// with the header `then` makes the object do something: see `DEEDS`.
import { DurableObject } from "cloudflare:workers";
import { createHub } from "./npm/worker/index.mjs";

const WINDOW = 65_536;
const LOOK_EVERY = 25;
/** Headers of the answer that are nothing for a client. */
const OF_CONNECTION = [["keep-alive", "timeout=5"], ["sec-websocket-protocol", "a"], ["content-length", "3"]];
const KINDS = { chunk: 16, aside: 17, end: 18 };

function frame(kind, cursor, text) {
  const bytes = new TextEncoder().encode(`         ${text}`);
  bytes[0] = KINDS[kind];
  new DataView(bytes.buffer).setBigUint64(1, BigInt(cursor));
  return bytes;
}

/** What an object knows; it is stored, so that it survives each life. */
const BEGINNING = { last: 0, size: 0, openings: [], texts: [], closed: [], statuses: [], unacknowledged: 0, silent: 0, isMute: false, isSlow: false };

const DEEDS = {
  /** Publishes updates `from` to `to` of a size, each as a chunk, as far as credit goes. */
  publish(object, { count = 1, size = 10 }) {
    object.told.last += count;
    object.told.size = size;
    object.feed();
  },
  /** The next openings are answered with these statuses. */
  answer: (object, { statuses }) => (object.told.statuses = statuses),
  /** Sends a frame of any kind. */
  send: (object, { kind, text }) => object.links.forEach((link) => link.send(frame(kind, 0, text))),
  /** Sends a frame of another version. */
  garble: (object) => object.links.forEach((link) => link.send(new Uint8Array(20).fill(32))),
  close: (object, { code }) => object.links.forEach((link) => link.close(code)),
  /** The next links begin without a word. */
  silence: (object, { openings }) => (object.told.silent = openings),
  /** Answers no opening, until it is told otherwise. The Workers lose patience soon. */
  hesitate: (object, { isSlow }) => (isHasty = object.told.isSlow = isSlow),
  /** The Workers cannot accept the next links. */
  refuse: (_, { links }) => (refused = links),
  /** Answers no ping. */
  mute: (object) => (object.told.isMute = true),
  tell() {},
};

export class HubObject extends DurableObject {
  told;

  get links() {
    return this.ctx.getWebSockets();
  }

  async fetch(request) {
    this.told ??= (await this.ctx.storage.get("told")) ?? structuredClone(BEGINNING);
    const deed = request.headers.get("then");
    if (deed === "abort") return this.ctx.abort("deliberate");
    const answer = deed === null ? await this.#subscribed(request) : DEEDS[deed](this, await request.json());
    await this.#keep();
    return answer instanceof Response ? answer : Response.json({ ...this.told, links: this.links.length, credits: this.#credits() });
  }

  async #subscribed(request) {
    const { cf, headers } = request;
    if (typeof cf?.millstreamLink !== "string") {
      return new Response(`direct, ${(await request.bytes()).byteLength} bytes`, { status: 413 });
    }
    const { version, ...opening } = JSON.parse(cf.millstreamLink);
    this.told.openings.push({ version, ...opening, upgrade: headers.get("upgrade"), of: headers.get("visitor") });
    while (this.told.isSlow) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    const status = this.told.statuses.shift();
    if (status !== undefined) return new Response(`refused ${status}`, { status });
    const query = new URL(request.url).searchParams;
    const of = (name) => (query.has(name) ? Number(query.get(name)) : null);
    const { 0: away, 1: here } = new WebSocketPair();
    if (!this.told.isMute) this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    this.ctx.acceptWebSocket(here);
    const cursor = Number(opening.cursor ?? this.told.last);
    here.serializeAttachment({ cursor, credit: WINDOW - (opening.unread ?? 0) });
    const isSilent = this.told.silent-- > 0;
    if ((opening.id === undefined || opening.begun === false) && !isSilent) here.send(frame("aside", 0, ":opened\n"));
    this.feed();
    const id = opening.id ?? crypto.randomUUID();
    const expires = of("expires-in") === null ? null : Date.now() + of("expires-in");
    const terms = JSON.stringify({ version: 1, id, cursor: String(cursor), expires, heartbeat: of("heartbeat") });
    const coding = query.has("compressed") ? [["content-encoding", "gzip"]] : [];
    const answered = [...coding, ["content-type", "text/event-stream"], ["link", "<a>"], ["link", "<b>"], ["millstream-link", terms], ...OF_CONNECTION];
    return new Response(null, { status: 101, webSocket: away, headers: answered });
  }

  /** Gives each link what it is behind of, while there is credit. */
  feed() {
    for (const link of this.links) {
      let { cursor, credit } = link.deserializeAttachment();
      for (; cursor < this.told.last && credit > 0; cursor += 1) {
        const update = `id: ${cursor + 1}\ndata: ${"x".repeat(this.told.size)}\n\n`;
        link.send(frame("chunk", cursor + 1, update));
        credit -= update.length;
      }
      link.serializeAttachment({ cursor, credit });
      this.told.unacknowledged = Math.max(this.told.unacknowledged, WINDOW - credit);
    }
  }

  async webSocketMessage(socket, text) {
    this.told ??= await this.ctx.storage.get("told");
    this.told.texts.push(text);
    const { cursor, credit } = socket.deserializeAttachment();
    if (text.startsWith("+")) socket.serializeAttachment({ cursor, credit: credit + Number(text.slice(1)) });
    this.feed();
    await this.#keep();
  }

  async webSocketClose(socket, code) {
    this.told ??= await this.ctx.storage.get("told");
    this.told.closed.push(code);
    await this.#keep();
  }

  #credits() {
    return this.links.map((link) => link.deserializeAttachment().credit);
  }

  #keep() {
    return this.ctx.storage.put("told", this.told);
  }
}

/** Whether a Worker waits for an opening for a moment alone, and how many links cannot be accepted. */
let isHasty = false;
let refused = 0;
const PATIENCE = 30_000;
const { setTimeout: setLater } = globalThis;
globalThis.setTimeout = (callback, time, ...rest) => setLater(callback, isHasty && time === PATIENCE ? 100 : time, ...rest);
const { accept } = WebSocket.prototype;
WebSocket.prototype.accept = function () {
  if (refused > 0) throw new Error(`${(refused -= 1)} more`);
  accept.call(this);
};

/** Whether the next reading of the clock traps: the door's, for a request with the header `trap`. */
let traps = false;
const now = Date.now;
Date.now = () => {
  if (!traps) return now();
  traps = false;
  throw new WebAssembly.RuntimeError("deliberate");
};

const hub = createHub({
  hub: (request) => request.headers.get("hub") ?? "default",
  authorize: ({ headers }) => (headers.has("visitor") ? { subscribe: ["*"] } : null),
});

export default {
  fetch(request, env, context) {
    traps ||= request.headers.has("trap");
    const to = request.headers.get("then") === null ? undefined : env.HUB.idFromName(request.headers.get("hub"));
    return to === undefined ? hub.fetch(request, env, context) : env.HUB.get(to).fetch(request);
  },
};
