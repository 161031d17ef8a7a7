// A Worker that pipes what a test tells it to. The lines of the body of a POST to /pipe are what the source does; the lines
// of the answer say what became of it. A POST to /calls calls the hub by the JSON of the body.
import { HubObject as Hub, createHub } from "./npm/worker/index.mjs";

/** A hub that can be reset in the middle of what it does. */
export class HubObject extends Hub {
  crash() {
    this.ctx.abort("deliberate");
  }
}

/** A source that is not over 5 s after a stop is cancelled: a test waits for a tenth of it. */
const wait = globalThis.setTimeout;
globalThis.setTimeout = (callback, delay) => wait(callback, delay === 5_000 ? delay / 10 : delay);

/** Rejections that nobody handles. */
const unhandled = [];
addEventListener("unhandledrejection", ({ reason }) => unhandled.push(String(reason)));

const events = createHub();

/** What a source does for a line: gives a chunk, fails, or ends. */
async function* deeds(body, told) {
  let text = "";
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    const lines = (text + part).split("\n");
    text = lines.pop();
    for (const line of lines) {
      const { text, bytes, many, fails, ends } = JSON.parse(line);
      if (fails !== undefined) throw new RangeError(fails);
      if (ends) return;
      if (text !== undefined) yield text;
      if (bytes !== undefined) yield new Uint8Array(bytes);
      for (let at = 0; at < (many ?? 0); at++) {
        told({ asked: at + 1 });
        yield "x".repeat(10_000);
      }
    }
  }
}

/** The same as a stream, which says when it is cancelled. */
function streamOf(iterable, told) {
  const iterator = iterable[Symbol.asyncIterator]();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => told({ cancelled: `${reason?.name}: ${reason?.message}` }),
    },
    { highWaterMark: 0 },
  );
}

/** The source ends, or fails, as soon as it is asked to stop. */
async function* untilAborted(iterable, signal) {
  const aborted = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  aborted.catch(() => {});
  for (const iterator = iterable[Symbol.asyncIterator](); ; ) {
    const { done, value } = await Promise.race([iterator.next(), aborted]);
    if (done) return;
    yield value;
  }
}

const SOURCES = {
  iterable: (body, told) => deeds(body, told),
  stream: (body, told) => streamOf(deeds(body, told), told),
  obedient: (body, told) => (signal) => untilAborted(deeds(body, told), signal),
  late: (body, told) => async () => {
    told({ opened: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
    return streamOf(deeds(body, told), told);
  },
  failing: () => () => Promise.reject(new RangeError("no model")),
};

function pipe(request, env, context) {
  const { source, options = {}, topic } = JSON.parse(new URL(request.url).searchParams.get("of"));
  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  const told = (line) => writer.write(new TextEncoder().encode(`${JSON.stringify(line)}\n`)).catch(() => {});
  try {
    const { signal, finished } = events.pipe(env, topic, SOURCES[source](request.body, told), options);
    signal.addEventListener("abort", () => told({ aborted: `${signal.reason.name}: ${signal.reason.message}` }));
    const settled = finished.then(
      (result) => told({ finished: result }),
      ({ name, message, status, field }) => told({ failed: { name, message, status, field } }),
    );
    context.waitUntil(settled.then(() => writer.close()));
  } catch ({ name, message, status, field }) {
    return Response.json({ thrown: { name, message, status, field } });
  }
  return new Response(readable);
}

const CALLS = {
  publish: (env, ...rest) => events.publish(env, ...rest),
  close: (env, ...rest) => events.close(env, ...rest),
  status: (env, ...rest) => events.status(env, ...rest),
  stop: (env, ...rest) => events.stop(env, ...rest),
  rpcClose: (env, ...rest) => env.HUB.getByName("default").close(...rest),
  rpcStatus: (env, ...rest) => env.HUB.getByName("default").status(...rest),
  rpcStop: (env, ...rest) => env.HUB.getByName("default").stop(...rest),
  crash: (env, hub) => env.HUB.getByName(hub).crash(),
  unhandled: () => unhandled,
  /** Nobody looks at the promise of the end. */
  async pipeAlone(env, topic) {
    events.pipe(env, topic, () => Promise.reject(new RangeError("unheard")));
    for (;;) {
      const { reason } = await events.status(env, topic);
      if (reason !== undefined) return reason;
      await new Promise((resolve) => wait(resolve, 10));
    }
  },
  pipeWrong: (env, kind) => {
    const locked = new ReadableStream();
    locked.getReader();
    const wrong = { locked: () => events.pipe(env, "a", locked), promise: () => events.pipe(env, "a", Promise.resolve(locked)) };
    return wrong[kind]();
  },
};

async function call(request, env) {
  const { name, given } = await request.json();
  try {
    return Response.json({ result: await CALLS[name](env, ...given) });
  } catch ({ name, message, status, field }) {
    return Response.json({ error: { name, message, status, field } });
  }
}

export default {
  fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === "/calls") return call(request, env);
    return pathname === "/pipe" ? pipe(request, env, context) : events.fetch(request, env, context);
  },
};
