// One chat, in a Durable Object: its messages, and the model that answers. The object goes on when all readers have left.
import { DurableObject } from "cloudflare:workers";
import { convertToModelMessages, createUIMessageStreamResponse, streamText, toUIMessageStream } from "ai";
import { createHub } from "millstream";
import { ResumableChat } from "millstream/ai";
import { BUSY, type End, type Message, type Snapshot } from "../shared/snapshot";
import { model } from "./model";
import { question } from "./question";

const events = createHub<Env>();
/** The parts of a model's stream behind which the answer is not whole. */
const ENDS: Partial<Record<string, End>> = { abort: "stopped", error: "broken" };

export class Chat extends DurableObject<Env> {
  #isAnswering = false;

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

  async #answer(request: Request, chat: ResumableChat<Env>): Promise<Response> {
    const message = question(await request.json().catch(() => undefined));
    if (message === undefined) return new Response("the body has no message with a text\n", { status: 400 });
    // One answer at a time: two tabs may ask at the same moment.
    if (this.#isAnswering) return new Response(BUSY, { status: 409 });
    this.#isAnswering = true;
    try {
      return await this.#write(message, chat);
    } catch (error) {
      this.#isAnswering = false;
      throw error;
    }
  }

  // README: begin answer
  async #write(message: Message, chat: ResumableChat<Env>): Promise<Response> {
    const originalMessages = await this.#asked(message);
    const messages = await convertToModelMessages(originalMessages);
    const answer = chat.answer({ context: this.ctx, announcement: message });
    const { stream } = streamText({ model, messages, abortSignal: answer.signal });
    return createUIMessageStreamResponse({
      stream: toUIMessageStream({
        stream,
        originalMessages,
        generateMessageId: () => answer.id,
        messageMetadata: ({ part }) => ENDS[part.type] && { end: ENDS[part.type] },
        onEnd: ({ responseMessage }) => this.#keep(responseMessage),
      }),
      headers: answer.headers,
      consumeSseStream: answer.consumeSseStream,
    });
  }
  // README: end answer

  /** The messages up to this one. A message that is asked again loses what came behind it. */
  async #asked(message: Message): Promise<Message[]> {
    const before = await this.#messages();
    const index = before.findIndex(({ id }) => id === message.id);
    const messages = [...before.slice(0, index === -1 ? undefined : index), message];
    await this.ctx.storage.put("messages", messages);
    return messages;
  }

  async #keep(message: Message): Promise<void> {
    try {
      if (message.parts.length > 0) await this.ctx.storage.put("messages", [...(await this.#messages()), message]);
    } finally {
      this.#isAnswering = false;
    }
  }

  async #messages(): Promise<Message[]> {
    return (await this.ctx.storage.get<Message[]>("messages")) ?? [];
  }
}
