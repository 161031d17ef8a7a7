// The Worker of docs/embedding.md that pipes a model into a topic.
import { DurableObject } from "cloudflare:workers";
// README: begin pipe
import { EventSourceParserStream } from "eventsource-parser/stream";
import { createHub, HubObject } from "millstream";

export { HubObject };

const events = createHub<Env>({
  path: "/events",
  // Nobody guesses a topic. An application with accounts grants those of the visitor.
  authorize: () => ({ subscribe: ["chat/{id}"] }),
});

/** Answers with the topic at once. The model goes on. */
async function ask(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
  const prompt = await request.text();
  const topic = `chat/${crypto.randomUUID()}`;
  const { finished } = events.pipe(env, topic, (signal) => chunksOf(prompt, env, signal));
  context.waitUntil(finished.catch((error) => console.error(error)));
  return Response.json({ topic });
}

/** The data of each event that the model sends, up to its end. */
async function* chunksOf(prompt: string, env: Env, signal: AbortSignal): AsyncGenerator<string> {
  const body = JSON.stringify({ model: "small", stream: true, messages: [{ role: "user", content: prompt }] });
  const headers = { "content-type": "application/json", authorization: `Bearer ${env.MODEL_KEY}` };
  const answer = await fetch(env.MODEL, { method: "POST", headers, body, signal });
  if (!answer.ok || answer.body === null) throw new Error(`the model answered ${answer.status}`);
  for await (const { data } of answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())) {
    if (data === "[DONE]") return;
    yield data;
  }
  throw new Error("the answer of the model broke off");
}
// README: end pipe

// README: begin object
export class Answer extends DurableObject<Env> {
  /** Returns at once. The object goes on without its caller. */
  write(topic: string, prompt: string): void {
    const { finished } = events.pipe(this.env, topic, (signal) => chunksOf(prompt, this.env, signal));
    this.ctx.waitUntil(finished.catch((error) => console.error(error)));
  }
}

async function askObject(request: Request, env: Env): Promise<Response> {
  const topic = `chat/${crypto.randomUUID()}`;
  await env.ANSWER.getByName(topic).write(topic, await request.text());
  return Response.json({ topic });
}
// README: end object

export default {
  async fetch(request, env, context) {
    const answer = await events.fetch(request, env, context);
    if (answer !== undefined) return answer;
    const { pathname, searchParams } = new URL(request.url);
    switch (`${request.method} ${pathname}`) {
      case "POST /answers":
        return ask(request, env, context);
      case "POST /object/answers":
        return askObject(request, env);
      case "GET /status":
        return Response.json(await events.status(env, searchParams.get("topic") ?? ""));
      default:
        return new Response("not found\n", { status: 404 });
    }
  },
} satisfies ExportedHandler<Env>;
