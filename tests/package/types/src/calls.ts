// Calls that compile with the types of the package, and calls that must not.
import { HubError, createHub } from "millstream";
import type { Decision, Hub, HubOptions, Published, Refused, Rights, Update } from "millstream";

async function decide(request: Request): Promise<Decision> {
  const rights: Rights = { subscribe: ["orders/{id}", { match: "/orders/:id", match_type: "urlpattern" }], expires: new Date() };
  return request.headers.has("cookie") ? rights : new Response("log in first", { status: 401 });
}

const options: HubOptions<Env> = { binding: "HUB", hub: (request, env) => (env.HUB ? request.method : "a"), assets: "ASSETS" };
const events: Hub<Env> = createHub<Env>({ ...options, path: "/events", authorize: decide, variables: { HISTORY_AGE: "1h" } });
createHub({ path: "/events", authorize: () => undefined });
createHub({ path: "/events", authorize: async () => ({ subscribe: ["*"], publish: [], subscriber: "ada", payload: { age: 3 }, expires: 1e9 }) });
createHub({ path: "/events", authorize: () => ({ mercure: { subscribe: ["*"] } }) });

export async function calls(env: Env, request: Request, context: ExecutionContext): Promise<Response> {
  const update: Update = { topic: ["orders/1", "orders"], data: { paid: true }, id: "1", type: "paid", retry: 1_000, private: true };
  const published: Published = await events.publish(env, update, { hub: "shop", idempotencyKey: "key" });
  const answers: (Published | Refused)[] = await events.publishMany(env, [update, { topic: "a" }]);
  const lines: ReadableStream<Uint8Array> = await events.publishMany(env, new Blob([]).stream(), { hub: "shop" });
  const ended: number[] = [
    await events.disconnect(env, { subscriber: "ada" }),
    await events.disconnect(env, { topic: "orders/1" }),
    await events.disconnect(env, { connection: published.id }),
  ];

  // The same by RPC, by the type that wrangler writes for the binding.
  const stub = env.HUB.getByName("default");
  const { id, connections } = await stub.publish(update, { idempotencyKey: "key" });
  const ids: string[] = (await stub.publishMany([update])).map((answer) => ("id" in answer ? answer.id : answer.error.detail));
  ended.push(await stub.disconnect({ subscriber: "ada" }), connections);

  try {
    await events.publish(env, { topic: "" });
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return Response.json({ status: error.status satisfies number, field: error.field satisfies string | undefined, id, ids, answers });
  }
  await lines.cancel(ended.join());
  return (await events.fetch(request, env, context)) ?? new Response();
}

export async function wrong(env: Env, request: Request, context: ExecutionContext): Promise<void> {
  // @ts-expect-error: there is no such option
  createHub({ paths: "/events" });
  // @ts-expect-error: a path is a text
  createHub({ path: 1 });
  // @ts-expect-error: a selector is in a list
  createHub({ path: "/events", authorize: () => ({ subscribe: "orders/{id}" }) });
  // @ts-expect-error: a name is misspelt
  createHub({ path: "/events", authorize: () => ({ subscibe: ["orders/{id}"] }) });
  // @ts-expect-error: a number is no decision
  createHub({ path: "/events", authorize: () => 1 });
  // @ts-expect-error: the time of an expiry is no text
  createHub({ path: "/events", authorize: () => ({ expires: "soon" }) });
  // @ts-expect-error: an update has a topic
  await events.publish(env, { data: "a" });
  // @ts-expect-error: a topic is a text
  await events.publish(env, { topic: 1 });
  // @ts-expect-error: there is no such member
  await events.publish(env, { topic: "a", event: "created" });
  // @ts-expect-error: a time is a number
  await events.publish(env, { topic: "a", retry: "1000" });
  // @ts-expect-error: many updates are in a list
  await events.publishMany(env, { topic: "a" });
  // @ts-expect-error: somebody has one name
  await events.disconnect(env, { user: "ada" });
  // @ts-expect-error: an update has a topic by RPC too
  await env.HUB.getByName("default").publish({ data: "a" });
  // @ts-expect-error: a hub with a path may leave a request to the application
  (await events.fetch(request, env, context)).status;
}
