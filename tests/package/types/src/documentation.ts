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

export async function ending(env: Env, topic: string): Promise<void> {
  // README: begin ending
  await events.publish(env, { topic: "orders/1", data: "delivered", close: true }); // the last update

  await events.close(env, "orders/2"); // as done

  await events.close(env, topic, { reason: "broken" }); // the work was lost

  const { state, reason, first, last, count } = await events.status(env, topic);

  const producers = await events.stop(env, topic, "the user pressed stop");
  // README: end ending
  console.log(state, reason, first, last, count, producers);
}

export async function rpc(env: Env): Promise<void> {
  // README: begin rpc
  await env.HUB.getByName("default").publish({ topic: "orders/1", data: "sent" });
  // README: end rpc
}

export async function operate(env: Env): Promise<void> {
  // README: begin operate
  const { hubs, next } = await events.hubs(env, { limit: 100 });

  const { connections, history } = await events.stats(env, { hub: "red" });

  const sentAway = await events.drain(env, { hub: "red", within: "30s" });

  await events.delete(env, { hub: "red" });
  // README: end operate
  console.log(hubs, next, connections, history.updates, sentAway);
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
