// An application with resumable streams. The body of a POST to /made or /resumable is the source: each line is the JSON of a
// chunk, of {"fails": …}, or of {"bytes": …}; but `of.texts` are a source by themselves. A stream is answered with a line for each of its chunks, as JSON, and one for
// its end, `{"end": …}`.
import { env, waitUntil } from "cloudflare:workers";
import { createHub } from "../../../npm/worker/index.mjs";
import { createResumableStreamContext } from "../../../npm/resumable-stream/index.mjs";

/** A source that is not over 5 s after a stop is cancelled: a test waits for a tenth of it. */
const wait = globalThis.setTimeout;
globalThis.setTimeout = (callback, delay) => wait(callback, delay === 5_000 ? delay / 10 : delay);

const events = createHub({ path: "/events", authorize: () => ({ subscribe: ["*"] }) });
const streams = createResumableStreamContext({ waitUntil, events, env });
/** The producers of this one end with the requests that made them. */
const mortal = createResumableStreamContext({ waitUntil: null, events, env, hub: "mortal", keyPrefix: "of {mortals}" });
/** How often a source was made, and the stops that sources were told of. */
let made = 0;
const stopped = [];

const text = (lines) => new Response(lines.pipeThrough(new TextEncoderStream()), { headers: { "content-type": "application/x-ndjson" } });

/** The source that a body describes, or one that gives these texts by itself. */
function sourceOf({ body }, { texts }, signal) {
  made += 1;
  if (texts !== undefined) return slowly(texts);
  signal.addEventListener("abort", () => stopped.push(signal.reason.message));
  let text = "";
  const lines = new TransformStream({
    transform(part, controller) {
      const whole = (text + part).split("\n");
      text = whole.pop();
      for (const line of whole.filter((line) => line !== "")) {
        const deed = JSON.parse(line);
        if (deed.fails !== undefined) throw new RangeError(deed.fails);
        controller.enqueue(deed.bytes === undefined ? deed : new Uint8Array(deed.bytes));
      }
    },
  });
  return body.pipeThrough(new TextDecoderStream()).pipeThrough(lines);
}

/** These texts, one after the other. */
function slowly(texts) {
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (texts.length === 0) controller.close();
      else controller.enqueue(texts.shift());
    },
  });
}

/** The answer that shows a stream. */
function shown(stream) {
  if (!stream) return Response.json({ none: String(stream) });
  const reader = stream.getReader();
  const line = (value) => `${JSON.stringify(value)}\n`;
  return text(
    new ReadableStream({
      // The head of an answer goes out with its first line.
      start: (controller) => controller.enqueue(line({ begun: true })),
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          controller.enqueue(line(done ? { end: "done" } : value));
          if (done) controller.close();
        } catch ({ name, message }) {
          controller.enqueue(line({ end: `${name}: ${message}` }));
          controller.close();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    }),
  );
}

const ROUTES = {
  made: (context, of, request) => context.createNewResumableStream(of.id, (signal) => sourceOf(request, of, signal), of.skip).then(shown),
  resumable: (context, of, request) => context.resumableStream(of.id, (signal) => sourceOf(request, of, signal), of.skip).then(shown),
  resumed: (context, { id, skip }) => context.resumeExistingStream(id, skip).then(shown),
  state: async (context, { id }) => Response.json(await context.hasExistingStream(id)),
  count: () => Response.json(made),
  stopped: () => Response.json(stopped),
  stop: async (_, { topic }) => Response.json(await events.stop(env, topic, "enough")),
  wrong: (_, { options }) => createResumableStreamContext(options),
};

export default {
  async fetch(request, _, context) {
    const { pathname, searchParams } = new URL(request.url);
    const route = ROUTES[pathname.slice(1)];
    if (route === undefined) return (await events.fetch(request, env, context)) ?? new Response("the application");
    try {
      const response = await route(searchParams.has("mortal") ? mortal : streams, JSON.parse(searchParams.get("of") ?? "{}"), request);
      // The way to this Worker holds an answer back whose request is not read.
      if (!request.bodyUsed) waitUntil(request.body?.pipeTo(new WritableStream()).catch(() => {}));
      return response;
    } catch ({ name, message, status }) {
      return Response.json({ error: { name, message, status } });
    }
  },
};
