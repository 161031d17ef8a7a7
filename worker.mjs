// What the runtime loads: the wasm module behind a Worker and a Durable Object class.
//
// All objects of an isolate share one wasm instance. When a call into it traps (a panic is a trap too), the
// instance's memory is not to be trusted any more: futures that were running never settle, and streams are left
// without anybody to feed them. So the next call gets a new instance, and every object is reset, which fails its
// requests and cuts its streams: the clients reconnect and resume.
import module from "./build/millstream_bg.wasm";
import {
  HubObject as Hub,
  __wbg_reset_state as renew,
  initSync,
  lastLine,
  route,
  unconfirmed,
  unreachable,
} from "./build/millstream.js";

/** One that meets the trap, one that meets an object which is yet to be reset, and one that meets neither. */
const ATTEMPTS = 3;

const TRAPPED = "the wasm instance has trapped: all of its objects are reset";
const UNCONFIRMED = "a write was not confirmed: the hub begins anew over what is stored";

/** Whether the instance has trapped and is to be renewed before the next call. */
let trapped = false;
/** Weak references to the objects, which end without a word. */
const objects = new Set();
const ended = new FinalizationRegistry((object) => objects.delete(object));

/** Called by the abort handler of the instance, from within the call that trapped: so nothing is renewed yet. */
globalThis.millstreamAborted = () => {
  if (trapped) return;
  trapped = true;
  log(TRAPPED);
  for (const object of objects) object.deref()?.reset();
};

initSync({ module });

/** Has every call begin on an instance that works. */
function instance() {
  if (!trapped) return;
  renew();
  trapped = false;
}

/** Methods that change nothing and have no body, which the first attempt would have used up. */
const REPEATABLE = ["GET", "HEAD", "OPTIONS"];

/** A line of the log, as the hub writes them. */
function log(event, detail) {
  console.error(JSON.stringify({ level: "error", event, detail }));
}

/** What src/web/protection.rs adds to every answer that the instance makes. */
const PROTECTION = {
  "content-security-policy": "default-src 'self'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "x-xss-protection": "1; mode=block",
};

/** RFC 9457: says that it failed and nothing about the inside, when not even the hub's own answer can be made. */
function problem(status, title) {
  const headers = { "content-type": "application/problem+json", "cache-control": "no-store", ...PROTECTION };
  return Response.json({ type: "about:blank", title, status }, { status, headers });
}

/** The same answer; if it is that to a streamed publication, it ends as it should also when its object is reset. */
function ending(response) {
  if (response.headers.get("content-type") !== "application/x-ndjson") return response;
  const reader = response.body.getReader();
  const lines = new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          log("publication cut off", String(error));
          instance();
          controller.enqueue(lastLine());
          controller.close();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return new Response(lines, response);
}

/** An EventSource gives up for good on an error: this ends at once, and it comes back. */
function comeBack() {
  const retry = 2_000 + Math.floor(3_000 * Math.random());
  const headers = { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform", ...PROTECTION };
  return new Response(`retry: ${retry}\n`, { headers });
}

/** Whether it may be an EventSource that asks. */
function asksForStream({ method, headers }) {
  return method === "GET" && /text\/event-stream/i.test(headers.get("accept") ?? "");
}

export default {
  /** An EventSource that is answered with an error never comes back by itself, so what can be is tried again. */
  async fetch(request, env) {
    const attempts = REPEATABLE.includes(request.method) ? ATTEMPTS : 1;
    let answer = unreachable;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      try {
        instance();
        return ending(await route(request, env));
      } catch (error) {
        log("hub unreachable", `attempt ${attempt} of ${attempts}: ${error}`);
        if (String(error).includes(UNCONFIRMED)) answer = unconfirmed;
        if (error.overloaded) break;
      }
    }
    try {
      instance();
      return answer(request, env);
    } catch (error) {
      log("no answer", String(error));
      return asksForStream(request) ? comeBack() : problem(500, "Internal Server Error");
    }
  },
};

/** One hub. */
export class HubObject {
  #context;
  #hub;

  constructor(context, env) {
    instance();
    this.#context = context;
    this.#hub = new Hub(context, env);
    // An object can be reset by itself alone: the trap may be another's, but a promise continues at its owner.
    const { promise, resolve } = Promise.withResolvers();
    this.reset = resolve;
    promise.then(() => this.#abort(TRAPPED));
    const reference = new WeakRef(this);
    // At once, so that nobody who is told of it meets this object again.
    this.#hub.failed().then((failed) => failed && reference.deref()?.#abort(UNCONFIRMED));
    objects.add(reference);
    ended.register(this, reference);
  }

  fetch(request) {
    return this.#call(() => this.#hub.fetch(request));
  }

  alarm() {
    return this.#call(() => this.#hub.alarm());
  }

  /** The exports answer with promises: what throws has trapped, or belongs to an instance that has. */
  #call(method) {
    try {
      return method();
    } catch (error) {
      log("object unusable", String(error));
      this.#abort(TRAPPED);
      throw error;
    }
  }

  /** Ends all that the object does, its requests and streams too; the next request constructs it anew. */
  #abort(reason) {
    this.#context.abort(reason);
  }
}
