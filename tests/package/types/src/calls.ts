// Calls that compile with the types of the package, and calls that must not.
import { HubError, createHub } from "millstream";
import type { Decision, EndReason, ExportOptions, Hub, HubOptions, Imported, Piped, Published, Refused, Rights, TopicStatus, Update } from "millstream";

async function decide(request: Request): Promise<Decision> {
  const rights: Rights = { subscribe: ["orders/{id}", { match: "/orders/:id", match_type: "urlpattern" }], expires: new Date() };
  return request.headers.has("cookie") ? rights : new Response("log in first", { status: 401 });
}

const options: HubOptions<Env> = { binding: "HUB", hub: (request, env) => (env.HUB ? request.method : "a"), assets: "ASSETS" };
const events: Hub<Env> = createHub<Env>({ ...options, path: "/events", authorize: decide, variables: { HISTORY_AGE: "1h" } });
createHub({ path: "/events", authorize: () => undefined });
createHub({ path: "/events", authorize: async () => ({ subscribe: ["*"], publish: [], subscriber: "ada", payload: { age: 3 }, expires: 1e9 }) });
createHub({ path: "/events", authorize: () => ({ mercure: { subscribe: ["*"] } }) });

async function* chunks(): AsyncGenerator<{ delta: string }> {
  yield { delta: "a" };
}

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

  const closed: { id: string }[] = [
    await events.close(env, "chat/1"),
    await events.close(env, ["chat/1", "chat/2"], { hub: "shop", reason: "broken", private: true }),
    await events.publish(env, { topic: "chat/1", data: "the end", close: true }),
    await events.publish(env, { topic: "chat/1", close: "broken" }),
  ];
  const status: TopicStatus = await events.status(env, "chat/1", { hub: "shop" });
  const reason: EndReason | undefined = status.reason;
  ended.push(await events.stop(env, "chat/1"), await events.stop(env, "chat/1", "the user left", { hub: "shop" }), status.count);
  const piped: Piped = events.pipe(env, "chat/1", new Blob([]).stream(), { hub: "shop", type: "token", private: true, fresh: true });
  events.pipe(env, ["chat/1", "chat/2"], chunks());
  events.pipe(env, "chat/1", (signal) => (signal.aborted ? chunks() : new ReadableStream<{ delta: string }>()));
  events.pipe<string>(env, "chat/1", async (signal) => (await fetch("https://model.example", { signal })).body!.pipeThrough(new TextDecoderStream()));
  const { updates } = await piped.finished;
  ended.push(updates, closed.length, reason === "broken" ? 1 : 0);

  const part: ExportOptions = { after: 57 };
  const file: ReadableStream<Uint8Array> = await events.export(env, { hub: "shop", ...part });
  const { imported, held, last }: Imported = await events.import(env, file, { hub: "copy" });
  const { removed } = await events.clear(env, { hub: "copy" });
  ended.push(imported, held, last, removed);

  // The same by RPC, by the type that wrangler writes for the binding.
  const stub = env.HUB.getByName("default");
  const { id, connections } = await stub.publish(update, { idempotencyKey: "key" });
  const ids: string[] = (await stub.publishMany([update])).map((answer) => ("id" in answer ? answer.id : answer.error.detail));
  ended.push(await stub.disconnect({ subscriber: "ada" }), connections);
  closed.push(await stub.close("chat/1", { reason: "done" }));
  ended.push(await stub.stop("chat/1", "the user left"), (await stub.status("chat/1")).count);
  ended.push((await stub.import(await stub.export(part))).last, (await stub.clear()).removed);

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
  // @ts-expect-error: a topic ends as done or as broken
  await events.close(env, "chat/1", { reason: "failed" });
  // @ts-expect-error: a source gives its chunks one after the other
  events.pipe(env, "chat/1", "text");
  // @ts-expect-error: a status is of one topic
  await events.status(env, ["chat/1"]);
  // @ts-expect-error: there is no such member
  await events.publish(env, { topic: "a", event: "created" });
  // @ts-expect-error: a time is a number
  await events.publish(env, { topic: "a", retry: "1000" });
  // @ts-expect-error: many updates are in a list
  await events.publishMany(env, { topic: "a" });
  // @ts-expect-error: a file is a stream of bytes
  await events.import(env, "a file");
  // @ts-expect-error: a place is a number
  await events.export(env, { after: "57" });
  // @ts-expect-error: somebody has one name
  await events.disconnect(env, { user: "ada" });
  // @ts-expect-error: an update has a topic by RPC too
  await env.HUB.getByName("default").publish({ data: "a" });
  // @ts-expect-error: a hub with a path may leave a request to the application
  (await events.fetch(request, env, context)).status;
}
