// `millstream/resumable-stream` in the place of `resumable-stream`.
import { env, waitUntil } from "cloudflare:workers";
import { HubObject, createHub } from "millstream";
import { createResumableStreamContext } from "millstream/resumable-stream";
import type { ResumableStreamContext, ResumableStreamOptions } from "millstream/resumable-stream";
import type { ResumableStreamContext as Upstream } from "resumable-stream/generic";

const events = createHub<Env>({ path: "/events", authorize: () => undefined });

// README: begin resumable
const streams = createResumableStreamContext({ waitUntil, events, env });

export async function post(id: string, makeStream: () => ReadableStream<string>): Promise<Response> {
  const stream = await streams.createNewResumableStream(id, makeStream);
  return answer(stream);
}

export async function get(id: string, skip: number): Promise<Response> {
  const stream = await streams.resumeExistingStream(id, skip);
  return answer(stream);
}

function answer(stream: ReadableStream<string> | null | undefined): Response {
  // Null: the stream is over. Undefined: there was none.
  if (!stream) return new Response(null, { status: 204 });
  return new Response(stream.pipeThrough(new TextEncoderStream()), { headers: { "content-type": "text/event-stream" } });
}
// README: end resumable

export { HubObject };
export default { fetch: (request) => get(new URL(request.url).pathname, 0) } satisfies ExportedHandler<Env>;

/** Code that takes the one takes the other. */
const asUpstream: Upstream = streams;
const methods: { [method in keyof Upstream]: Upstream[method] } = { ...asUpstream };
export const asOurs: ResumableStreamContext = streams;
export type Whole = keyof Upstream extends keyof typeof methods ? true : never;

const options: ResumableStreamOptions<Env> = { waitUntil: null, events, env, hub: "chats", keyPrefix: "answers" };
createResumableStreamContext(options);
// The stream of a producer that can be stopped.
streams.resumableStream("1", (signal: AbortSignal) => new ReadableStream<string>({ cancel: () => console.log(signal.reason) }), 3);
// @ts-expect-error: Redis has no place here
createResumableStreamContext({ waitUntil, events, env, publisher: {} });
// @ts-expect-error: there is no hub
createResumableStreamContext({ waitUntil, env });
// @ts-expect-error: a stream is one of texts
streams.resumableStream("1", () => new ReadableStream<Uint8Array>());
