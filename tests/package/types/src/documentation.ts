// The calls that docs/embedding.md shows.
import { HubError, createHub } from "millstream";

const events = createHub<Env>({ path: "/events", authorize: () => ({ subscribe: ["orders/{id}"] }) });

export async function calls(env: Env, changes: ReadableStream<Uint8Array>): Promise<void> {
  // README: begin calls
  const { id, connections } = await events.publish(env, { topic: "orders/1", type: "paid", data: { total: 12 } });

  const answers = await events.publishMany(env, [
    { topic: "orders/1", data: "packed" },
    { topic: "orders/2", data: "packed", private: true },
  ]);

  const lines = await events.publishMany(env, changes); // NDJSON in bytes, answered by NDJSON in bytes

  const ended = await events.disconnect(env, { subscriber: "ada" }); // or { topic }, or { connection }
  // README: end calls
  console.log(id, connections, answers, lines, ended);
}

export async function ending(env: Env): Promise<void> {
  // README: begin ending
  await events.close(env, "orders/1"); // as done; { reason: "broken" } where the work was lost

  await events.publish(env, { topic: "orders/2", data: "delivered", close: true }); // the last update

  const { state, reason, first, last, count } = await events.status(env, "orders/1");

  const producers = await events.stop(env, "chat/1", "the user pressed stop");
  // README: end ending
  console.log(state, reason, first, last, count, producers);
}

const MODEL = "https://model.example/v1/chat";

// README: begin pipe
export async function answers(env: Env, context: ExecutionContext, prompt: string): Promise<Response> {
  const topic = `chat/${crypto.randomUUID()}`;
  const { finished } = events.pipe(env, topic, async (signal) => {
    const answer = await fetch(MODEL, { method: "POST", body: prompt, signal });
    if (!answer.ok || answer.body === null) throw new Error(`the model answered ${answer.status}`);
    return answer.body;
  });
  context.waitUntil(finished.catch((error) => console.error(error)));
  return Response.json({ topic });
}
// README: end pipe

export async function rpc(env: Env): Promise<void> {
  // README: begin rpc
  await env.HUB.getByName("default").publish({ topic: "orders/1", data: "sent" });
  // README: end rpc
}

export async function errors(env: Env, order: { id: string }): Promise<void> {
  // README: begin errors
  try {
    await events.publish(env, { topic: `orders/${order.id}`, data: order }, { idempotencyKey: order.id });
  } catch (error) {
    if (error instanceof HubError) console.error(error.status, error.field, error.message);
    throw error;
  }
  // README: end errors
}

// README: begin hubs
export const chat = createHub<Env>({
  path: "/chat",
  hub: (request) => new URL(request.url).searchParams.get("team") ?? "nobody",
  authorize: (request, env, context, team) => (team === "red" ? { subscribe: ["*"] } : new Response("not yours", { status: 403 })),
});
// README: end hubs
