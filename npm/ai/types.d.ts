// The types of millstream/ai.

import type { HttpChatTransportInitOptions, UIMessage } from "ai";

export type { UIMessage };

/** Which chat it is, and where it is kept. */
export interface ChatOptions {
  /** The id of the chat, as AI SDK sends it. Whether the visitor may read this chat is for your route to say. */
  id: string;
  /** The path of the chat's routes, as in AI SDK's transport. An answer is read again at `{api}/{id}/stream`. By default `/api/chat`. */
  api?: string;
  /** Whether subscribers of the hub need a grant to read the topics. By default they do. */
  private?: boolean;
  /** The name of the hub. By default `default`. */
  hub?: string;
}

/** How an answer begins. */
export interface AnswerOptions {
  /** The context of the request, or of the Durable Object: the answer goes on without its reader as long as this lets it. */
  context: { waitUntil(promise: Promise<unknown>): void };
  /** What subscribers of the chat's topic are told when the answer begins, such as the user's message. By default `{}`. */
  announcement?: unknown;
}

/** An answer that has begun. Give `headers` and `consumeSseStream` to AI SDK's `createUIMessageStreamResponse`. */
export interface Answer {
  /** The id of the answer, which its announcement has too. It is a good id for the message. */
  id: string;
  /** Is aborted when the answer is stopped: for the model's `abortSignal`. */
  signal: AbortSignal;
  /** Say where the answer can be read again. */
  headers: Record<string, string>;
  /** Hands the answer to the hub. */
  consumeSseStream: (options: { stream: ReadableStream<string> }) => void;
}

/** The options of `HubChatTransport`: those of AI SDK's `DefaultChatTransport`, and the patience with a silent connection. */
export type HubChatTransportOptions<Message extends UIMessage = UIMessage> = HttpChatTransportInitOptions<Message> & {
  /** The milliseconds without a byte after which a resumed answer is asked for again. By default 45,000; the hub sends one each 15 s. */
  silence?: number;
};

/** As the global `fetch`. */
export type Fetch = typeof globalThis.fetch;

/** What a hub says of a topic. */
export interface StatusOfTopic {
  state: "open" | "closed" | "absent";
  reason?: "done" | "broken";
  last?: string;
}

interface OfHub {
  hub?: string;
}

/** The calls of a hub that a chat needs: `createHub` gives them. */
export interface HubOfChats<Env> {
  publish(env: Env, update: { topic: string; id: string; data: unknown; private: boolean }, options: OfHub): Promise<unknown>;
  pipe(
    env: Env,
    topic: string,
    source: (signal: AbortSignal) => Promise<AsyncIterable<string>>,
    options: OfHub & { private: boolean },
  ): { signal: AbortSignal; finished: Promise<unknown> };
  status(env: Env, topic: string, options: OfHub): Promise<StatusOfTopic>;
  stop(env: Env, topic: string, reason: string | undefined, options: OfHub): Promise<number>;
  reader(env: Env, options: OfHub): (url: string, init: RequestInit) => Promise<Response>;
}
