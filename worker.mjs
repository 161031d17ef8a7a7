// What the runtime loads: the wasm module behind a Worker and a Durable Object class.
//
// All objects of an isolate share one wasm instance. When a call into it traps (a panic is a trap too), the
// instance's memory is not to be trusted any more: futures that were running never settle, and streams are left
// without anybody to feed them. So the next call gets a new instance, and every object is reset, which fails its
// requests and cuts its streams: the clients reconnect and resume.
import module from "./build/millstream_bg.wasm";
import { HubObject as Hub, __wbg_reset_state as renew, initSync, route } from "./build/millstream.js";

/** One that meets the trap, one that meets an object which is yet to be reset, and one that meets neither. */
const ATTEMPTS = 3;

const TRAPPED = "the wasm instance has trapped: all of its objects are reset";

/** Whether the instance has trapped and is to be renewed before the next call. */
let trapped = false;
/** Weak references to the objects, which end without a word. */
const objects = new Set();
const ended = new FinalizationRegistry((object) => objects.delete(object));

/** Called by the abort handler of the instance, from within the call that trapped: so nothing is renewed yet. */
globalThis.millstreamAborted = () => {
  if (trapped) return;
  trapped = true;
  console.error(TRAPPED);
  for (const object of objects) object.deref()?.reset();
};

initSync({ module });

/** Has every call begin on an instance that works. */
function instance() {
  if (!trapped) return;
  renew();
  trapped = false;
}

/** Methods that change nothing. */
const SAFE = ["GET", "HEAD"];

/** RFC 9457: says that it failed and nothing about the inside. What would only have read may be asked for again. */
function refusal(request) {
  const nosniff = { "x-content-type-options": "nosniff" };
  if (!SAFE.includes(request.method)) return problem(500, "Internal Server Error", nosniff);
  if (/\btext\/event-stream\b/i.test(request.headers.get("accept"))) {
    // An EventSource comes back from the end of a stream, and from no error: HTML § 9.2.3.
    return new Response("retry: 5000\n\n", { headers: { "content-type": "text/event-stream", ...nosniff } });
  }
  return problem(503, "Service Unavailable", { "retry-after": "1", ...nosniff });
}

function problem(status, title, headers) {
  const body = { type: "about:blank", title, status };
  return Response.json(body, { status, headers: { "content-type": "application/problem+json", ...headers } });
}

export default {
  /** An EventSource that is answered with an error never comes back by itself, so what is safe is tried again. */
  async fetch(request, env) {
    const attempts = SAFE.includes(request.method) ? ATTEMPTS : 1;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      try {
        instance();
        return await route(request, env);
      } catch (error) {
        console.error(`attempt ${attempt} of ${attempts}: ${error}`);
        if (error.overloaded) break;
      }
    }
    return refusal(request);
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
    promise.then(() => this.#abort());
    const reference = new WeakRef(this);
    objects.add(reference);
    ended.register(this, reference);
  }

  async fetch(request) {
    try {
      return await this.#call(() => this.#hub.fetch(request));
    } finally {
      if (this.#hub.hasFailed) this.#abort();
    }
  }

  alarm() {
    return this.#call(() => this.#hub.alarm());
  }

  /** The exports answer with promises: what throws has trapped, or belongs to an instance that has. */
  #call(method) {
    try {
      return method();
    } catch (error) {
      console.error(error);
      this.#abort();
      throw error;
    }
  }

  /** Ends all that the object does, its requests and streams too; the next request constructs it anew. */
  #abort() {
    this.#context.abort(TRAPPED);
  }
}
