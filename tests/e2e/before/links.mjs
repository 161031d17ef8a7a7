// Shows a test what happens behind a hub's held streams without waking the hub, and does what the edge does to them.
// A POST to /links does the deed that its JSON names, for a hub: see DEEDS. The Worker and its objects share the isolate,
// so what an object notes here can be read while the object sleeps.
import { initSync } from "./build/millstream.js";
import { HubObject as Hub, createHub } from "./npm/worker/index.mjs";

const byToken = createHub();
/** What the application grants, by the header `visitor`; others are refused. */
const grants = new Map();
const byApplication = createHub({
  authorize: (request) => grants.get(request.headers.get("visitor")) ?? new Response("members only", { status: 403 }),
});

/** What was noted of each hub, by its name. */
const notes = new Map();
/** The hub of each end of a link that is an object's. */
const ends = new WeakMap();
/** The Workers' ends of links by the name of their hub; those that are cut off from the object, and that hear nothing. */
const held = new Map();
const severed = new WeakSet();
const deaf = new WeakSet();
const LOOK_EVERY = 25;

/**
 * `lives`: how often the object was made. `calls`: how often anything reached it. `messages`: how many of these came over
 * links. `sent` and `granted`: bytes in frames behind their heads, and credit. `most`: the most bytes that were on their
 * way at once. `written`: attachments. `removals`: how often selections were removed. `readings`: how many were read. `openings`: how often a link was asked for. `alarms`: in how many milliseconds each was to come.
 * `codes`: those of links that were closed. `ids`: those of the connections whose links were opened.
 */
function noteOf(hub) {
  const fresh = { lives: 0, calls: 0, messages: 0, sent: 0, granted: 0, most: 0, written: 0, removals: 0, readings: 0, openings: 0, alarms: [], codes: [], ids: [] };
  return notes.get(hub) ?? (notes.set(hub, fresh), fresh);
}

const HEAD = 9;
const { accept, close, send, serializeAttachment } = WebSocket.prototype;
WebSocket.prototype.send = function (message) {
  const hub = ends.get(this);
  if (hub !== undefined && typeof message !== "string") {
    const note = noteOf(hub);
    note.sent += message.byteLength - HEAD;
    note.most = Math.max(note.most, note.sent - note.granted);
    if (note.frames !== undefined) message = new Uint8Array(message).with(0, (message[0] % 16) + 16 * note.frames);
  }
  return severed.has(this) ? undefined : send.call(this, message);
};
WebSocket.prototype.close = function (...given) {
  return severed.has(this) ? undefined : close.call(this, ...given);
};
WebSocket.prototype.serializeAttachment = function (attachment) {
  const hub = ends.get(this);
  if (hub !== undefined) noteOf(hub).written += 1;
  return serializeAttachment.call(this, attachment);
};

export class HubObject extends Hub {
  #note;

  constructor(context, env) {
    const hub = context.id.name;
    for (const socket of context.getWebSockets()) ends.set(socket, hub);
    const accept = context.acceptWebSocket.bind(context);
    const accepted = (socket, ...rest) => {
      if (noteOf(hub).isCrowded) throw new Error("no more sockets");
      ends.set(socket, hub);
      return accept(socket, ...rest);
    };
    Object.defineProperty(context, "acceptWebSocket", { value: accepted });
    const { storage } = context;
    const setAlarm = storage.setAlarm.bind(storage);
    const set = (due) => {
      const [note, now] = [noteOf(hub), Date.now()];
      note.alarms.push(due - now);
      return setAlarm(now + (due - now) / (note.haste ?? 1));
    };
    Object.defineProperty(storage, "setAlarm", { value: set });
    const { sql } = storage;
    const exec = sql.exec.bind(sql);
    const run = (query, ...bindings) => {
      const note = noteOf(hub);
      if (query.startsWith("DELETE FROM selections")) note.removals += 1;
      const cursor = exec(query, ...bindings);
      if (!/^SELECT (key, )?request, granted FROM selections/.test(query)) return cursor;
      const { raw } = cursor;
      cursor.raw = function* () {
        for (const row of raw.call(cursor)) {
          note.readings += 1;
          yield row;
        }
      };
      return cursor;
    };
    Object.defineProperty(sql, "exec", { value: run });
    super(context, env);
    this.#note = noteOf(hub);
    this.#note.lives += 1;
  }

  crash() {
    this.ctx.abort("deliberate");
  }

  /** How many sockets the runtime has for it. */
  sockets() {
    return this.ctx.getWebSockets().length;
  }

  /** The keys of the selections that it keeps. */
  selections() {
    return this.ctx.storage.sql.exec("SELECT key FROM selections").toArray().map(({ key }) => key);
  }

  /** The names of its tables. */
  tables() {
    const query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
    return this.ctx.storage.sql.exec(query).toArray().map(({ name }) => name);
  }

  fetch(request) {
    this.#note.calls += 1;
    if (new URL(request.url).pathname === "/own") {
      const { 0: away, 1: here } = new WebSocketPair();
      this.ctx.acceptWebSocket(here);
      return new Response(null, { status: 101, webSocket: away });
    }
    const { opening } = this.#note;
    const text = request.cf?.millstreamLink;
    if (text !== undefined) this.#note.openings += 1;
    if (text === undefined || opening === undefined) return super.fetch(request);
    // An object of another version: one that knows no links, or a Worker's link of a version that this one does not know.
    const millstreamLink = opening === null ? undefined : JSON.stringify({ ...JSON.parse(text), version: opening });
    return super.fetch(new Request(request, { cf: { ...request.cf, millstreamLink } }));
  }

  alarm() {
    this.#note.calls += 1;
    return super.alarm();
  }

  webSocketMessage(socket, text) {
    this.#note.calls += 1;
    // A socket of the class's own.
    if (text === "hello") return socket.send("world");
    this.#note.messages += 1;
    this.#note.granted += Number(/^\+(\d+)$/.exec(text)?.[1] ?? 0);
    return super.webSocketMessage(socket, text);
  }

  webSocketClose(socket, code) {
    this.#note.calls += 1;
    this.#note.codes.push(code);
    return super.webSocketClose(socket, this.#note.code ?? code);
  }
}

/** The Worker's end of a link, which can be cut off: nothing that it sends arrives, it gets nothing, and no close is answered. */
function severable(socket, hub) {
  const own = held.get(hub) ?? new Set();
  held.set(hub, own.add(socket));
  const listen = socket.addEventListener.bind(socket);
  for (const end of ["close", "error"]) listen(end, () => own.delete(socket));
  // The runtime would answer a close for it.
  socket.accept = () => accept.call(socket, { allowHalfOpen: true });
  listen("close", ({ code }) => socket.close(code));
  socket.addEventListener = (type, listener, ...rest) =>
    listen(type, (event) => {
      if (!severed.has(socket) && !(deaf.has(socket) && type === "message")) listener.call(socket, event);
    }, ...rest);
}

const isReopening = ([, init]) => JSON.parse(init?.cf?.millstreamLink ?? "{}").id !== undefined;

/** The namespace of the objects, whose answers are looked at. */
function watched(namespace) {
  const get = (id) => {
    const stub = namespace.get(id);
    const fetch = async (...given) => {
      while (isReopening(given) && noteOf(id.name).isBarred) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
      const response = await stub.fetch(...given);
      if (response.webSocket) {
        noteOf(id.name).ids.push(JSON.parse(response.headers.get("millstream-link")).id);
        severable(response.webSocket, id.name);
      }
      return response;
    };
    return new Proxy(stub, { get: (target, name) => (name === "fetch" ? fetch : Reflect.get(target, name)) });
  };
  return { idFromName: (name) => namespace.idFromName(name), get };
}

function addAll(set, hub) {
  const sockets = held.get(hub) ?? new Set();
  for (const socket of sockets) set.add(socket);
  return sockets.size;
}

const DEEDS = {
  /** What was noted, and the bytes of the isolate's wasm. */
  notes: ({ hub }) => ({ ...noteOf(hub), wasm: initSync().memory.buffer.byteLength }),
  /** Resets the object, as a crash or an update does. */
  abort: ({ hub }, env) => env.HUB.getByName(hub).crash().catch(String),
  /** Cuts its links of now off, so that neither side is told. Returns how many there were. */
  sever: ({ hub }) => addAll(severed, hub),
  /** The Workers hear nothing on its links of now. */
  deafen: ({ hub }) => addAll(deaf, hub),
  /** It is told this code of each link that ends: 1006 is that of a Worker that fails. */
  tellCode: ({ hub, code }) => Object.assign(noteOf(hub), { code }),
  /** No link of it is opened again, until it is unbarred. */
  bar: ({ hub, isBarred }) => Object.assign(noteOf(hub), { isBarred }),
  /** The runtime takes no further socket, until it does again. */
  crowd: ({ hub, isCrowded }) => Object.assign(noteOf(hub), { isCrowded }),
  /** Makes the object one of another version: `opening` is the version of what it is asked, `frames` that of its frames. */
  age: ({ hub, opening, frames }) => Object.assign(noteOf(hub), { opening, frames }),
  /** Lets its alarms come in a part of their time. */
  hasten: ({ hub, haste }) => Object.assign(noteOf(hub), { haste }),
  /** What the application grants a visitor from now on. */
  grant: ({ visitor, claims }) => grants.set(visitor, claims),
  sockets: ({ hub }, env) => env.HUB.getByName(hub).sockets(),
  selections: async ({ hub }, env) => env.HUB.getByName(hub).selections(),
  tables: async ({ hub }, env) => env.HUB.getByName(hub).tables(),
  disconnect: ({ hub, whom }, env) => env.HUB.getByName(hub).disconnect(whom),
};

async function done(request, env) {
  const { deed, ...given } = await request.json();
  const result = await DEEDS[deed](given, env);
  return Response.json({ result: typeof result === "object" || typeof result === "number" ? result : undefined });
}

export default {
  fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === "/links") return done(request, env);
    if (pathname === "/own") return env.HUB.getByName("own").fetch(request);
    const hub = request.headers.has("visitor") ? byApplication : byToken;
    return hub.fetch(request, { ...env, HUB: watched(env.HUB) }, context);
  },
};
