// An application with a chat, in a Worker alone. What its model writes is named by the user's words.
import { convertToModelMessages, createUIMessageStreamResponse, simulateReadableStream, streamText, toUIMessageStream } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { ResumableChat } from "../../../npm/ai/index.mjs";
import { HubObject, createHub } from "../../../npm/worker/index.mjs";

export { HubObject };

const events = createHub();

/** A response that is not there after 30 s is an error: a test waits for a tenth of it. */
const wait = globalThis.setTimeout;
globalThis.setTimeout = (callback, delay) => wait(callback, delay === 30_000 ? delay / 10 : delay);

/** The options of the chats at a path. */
const OPTIONS = { "/open": { api: "/open", hub: "red", private: false } };
/** Milliseconds between two words. */
const PAUSE = 20;
const usage = { inputTokens: {}, outputTokens: {} };
const finish = { type: "finish", finishReason: { unified: "stop" }, usage };

/** Writes `count N` as N numbers; behind `fail at N` as many, and then fails. */
const model = new MockLanguageModelV4({
  async doStream({ prompt }) {
    const [{ text }] = prompt.at(-1).content;
    const [, failing, number] = /^(count|fail at) (\d+)$/.exec(text);
    const words = Array.from({ length: Number(number) }, (_, index) => ({ type: "text-delta", id: "1", delta: `${index} ` }));
    const end = failing === "fail at" ? [{ type: "error", error: new Error("deliberate") }] : [];
    const chunks = [{ type: "stream-start", warnings: [] }, { type: "text-start", id: "1" }, ...words, ...end, { type: "text-end", id: "1" }, finish];
    return { stream: simulateReadableStream({ chunkDelayInMs: PAUSE, chunks }) };
  },
});

async function answer(chat, { messages }, context) {
  const answer = chat.answer({ context, announcement: messages.at(-1) });
  if (messages.at(-1).parts[0].text === "throw") throw new Error("deliberate");
  const { stream } = streamText({ model, messages: await convertToModelMessages(messages), abortSignal: answer.signal, onError: () => {} });
  return createUIMessageStreamResponse({
    stream: toUIMessageStream({ stream, originalMessages: messages, generateMessageId: () => answer.id, onError: () => "the model has failed" }),
    headers: answer.headers,
    consumeSseStream: answer.consumeSseStream,
  });
}

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return new Response("up");
    if (pathname.startsWith("/hubs/")) return events.fetch(request, env, context);
    if (pathname === "/close") return Response.json(await events.close(env, await request.text()));
    const posted = request.method === "POST" ? await request.json() : undefined;
    const [, api, name = "", route] = /^(\/api\/chat|\/open)(?:\/([^/]+)\/(\w+))?$/.exec(pathname) ?? [];
    const chat = new ResumableChat(events, env, { id: posted?.id ?? decodeURIComponent(name), ...OPTIONS[api] });
    if (posted !== undefined) return answer(chat, posted, context);
    if (route === "announcements") return chat.announcements(request);
    return request.method === "DELETE" ? Response.json({ producers: await chat.stop("enough") }) : chat.resume(request);
  },
};
