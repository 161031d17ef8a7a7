// One chat, in a Durable Object: its messages, and the model that answers. The object goes on when all readers have left.
import { DurableObject } from "cloudflare:workers";
import { convertToModelMessages, createUIMessageStreamResponse, streamText, toUIMessageStream, type UIMessage } from "ai";
import { createHub } from "millstream";
import { ResumableChat } from "millstream/ai";
import type { Snapshot } from "../shared/snapshot";
import { model } from "./model";
import { question } from "./question";

const events = createHub<Env>();

export class Chat extends DurableObject<Env> {
  // README: begin routes
  async fetch(request: Request): Promise<Response> {
    const chat = new ResumableChat(events, this.env, { id: this.ctx.id.name! });
    const [route] = /(?<=^\/api\/chat\/[\w-]+)\/.*$/.exec(new URL(request.url).pathname) ?? [""];
    switch (`${request.method} ${route}`) {
      case "GET ":
        return Response.json({ messages: await this.#messages() } satisfies Snapshot);
      case "POST ":
        return this.#answer(request, chat);
      case "GET /stream":
        return chat.resume(request);
      case "DELETE /stream":
        return Response.json({ producers: await chat.stop("the user has stopped it") });
      case "GET /announcements":
        return chat.announcements(request);
      default:
        return new Response("not found\n", { status: 404 });
    }
  }
  // README: end routes

  // README: begin answer
  async #answer(request: Request, chat: ResumableChat<Env>): Promise<Response> {
    const message = question(await request.json());
    if (message === undefined) return new Response("the message has no text\n", { status: 400 });
    const originalMessages = await this.#asked(message);
    const messages = await convertToModelMessages(originalMessages);
    const answer = chat.answer({ context: this.ctx, announcement: message });
    const { stream } = streamText({ model, messages, abortSignal: answer.signal });
    return createUIMessageStreamResponse({
      stream: toUIMessageStream({
        stream,
        originalMessages,
        generateMessageId: () => answer.id,
        onEnd: ({ responseMessage }) => this.#keep(responseMessage),
      }),
      headers: answer.headers,
      consumeSseStream: answer.consumeSseStream,
    });
  }
  // README: end answer

  /** The messages up to this one. A message that is asked again loses what came behind it. */
  async #asked(message: UIMessage): Promise<UIMessage[]> {
    const before = await this.#messages();
    const index = before.findIndex(({ id }) => id === message.id);
    const messages = [...before.slice(0, index === -1 ? undefined : index), message];
    await this.ctx.storage.put("messages", messages);
    return messages;
  }

  async #keep(message: UIMessage): Promise<void> {
    if (message.parts.length > 0) await this.ctx.storage.put("messages", [...(await this.#messages()), message]);
  }

  async #messages(): Promise<UIMessage[]> {
    return (await this.ctx.storage.get<UIMessage[]>("messages")) ?? [];
  }
}
