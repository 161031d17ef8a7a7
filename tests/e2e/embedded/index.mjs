// An application with a hub in it. It calls the hub for a POST to /calls, by the JSON of the body.
import { subscribe } from "../../../npm/client/index.mjs";
import { HubObject as Hub, createHub } from "../../../npm/worker/index.mjs";

/** The members of a class of the application are its own, whatever the hub has inside. */
export class HubObject extends Hub {
  figures = "figures";
  imports = "imports";
  index = "index";
  refusal = "refusal";
  reports = "reports";
  since = "since";
  answer() {
    return [this.call(), this.figures, this.imports, this.index, this.refusal, this.reports, this.since, this.remove(), this.reset()];
  }
  call() {
    return "call";
  }
  remove() {
    return "remove";
  }
  all() {}
  forget() {}
  list() {}
  metrics() {}
  report() {}
  reset() {
    return "reset";
  }
}

/** A decision that is not there after 30 s is an error: a test waits for a tenth of it. */
const wait = globalThis.setTimeout;
globalThis.setTimeout = (callback, delay) => wait(callback, delay === 30_000 ? delay / 10 : delay);

/** An application must not do this: the body of a Response is sent once. */
let reused;

const DECISIONS = {
  reuse: () => (reused ??= new Response("no entry", { status: 402 })),
  "throw what has no text": () => {
    throw Object.create(null);
  },
  refuse: () => new Response("members only", { status: 402 }),
  hang: () => new Promise(() => {}),
  // Like a call by RPC, which is no `Promise`.
  "hang elsewhere": () => ({ then() {} }),
  throw: () => {
    throw new Error("deliberate");
  },
};

const decide = (request) => {
  const visitor = request.headers.get("visitor") ?? new URL(request.url).searchParams.get("visitor");
  if (visitor in DECISIONS) return DECISIONS[visitor]();
  if (visitor === "reader of the API") return { subscribe: [{ match: "/.well-known/mercure/subscriptions", match_type: "exact" }] };
  if (visitor === "all") return { subscribe: ["*"], publish: ["*"], subscriber: "all" };
  return visitor === null ? undefined : { subscribe: [`orders/${visitor}/{id}`], publish: [], subscriber: visitor };
};

const events = createHub({ path: "/events", authorize: decide });
const tenants = createHub({
  path: "/tenant/events",
  hub: (request) => {
    const tenant = request.headers.get("tenant") ?? "default";
    if (tenant === "throw") throw new Error("no tenant");
    return tenant === "promise" ? Promise.resolve(tenant) : tenant;
  },
  authorize: decide,
  assets: "FILES",
});

/** A body that breaks off in its second line. */
const broken = () => {
  const lines = ['{"topic":"a","data":"1"}\n', '{"topic":"a"'].map((line) => new TextEncoder().encode(line));
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const line = lines.shift();
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (line === undefined) controller.error(new Error("deliberate"));
      else controller.enqueue(line);
    },
  });
};

const CALLS = {
  publish: (env, ...rest) => events.publish(env, ...rest),
  publishMany: (env, ...rest) => events.publishMany(env, ...rest),
  publishBroken: async (env) => new Response(await events.publishMany(env, broken())).text(),
  publishOdd: (env, kind) => events.publish(env, { topic: "a", data: { function: () => {}, cycle: loop(), date: new Date(0) }[kind] }),
  disconnect: (env, ...rest) => events.disconnect(env, ...rest),
  /** A hub as a file, and a copy of it that is cleared. */
  copy: async (env, hub, copy) => {
    const file = await new Response(await events.export(env, { hub })).text();
    const rest = await new Response(await events.export(env, { hub, after: 1 })).text();
    const imported = await events.import(env, new Blob([file]).stream(), { hub: copy });
    return { file, rest, imported, cleared: await events.clear(env, { hub: copy }) };
  },
  wrongExport: (env, options) => events.export(env, options),
  wrongImport: (env, lines) => events.import(env, typeof lines === "string" ? new Blob([lines]).stream() : lines),
  /** The first update that the hub holds of a topic. */
  readFirst: async (env, topics, options) => {
    const reading = { topics, lastEventId: "earliest", fetch: events.reader(env, options) };
    for await (const { id, data } of subscribe("https://hub.invalid/", reading)) return { id, data };
  },
  readerPosts: async (env) => (await events.reader(env)("https://hub.invalid/", { method: "POST", body: new URLSearchParams({ topic: "a" }) })).status,
  rpcPublish: (env, ...rest) => env.HUB.getByName("default").publish(...rest),
  rpcPublishMany: (env, ...rest) => env.HUB.getByName("default").publishMany(...rest),
  hubs: (env) => events.hubs(env),
  ownMembers: (env) => env.HUB.getByName("default").answer(),
  withoutBinding: (env, ...rest) => events.publish({ ...env, HUB: undefined }, ...rest),
};

function loop() {
  const value = {};
  value.value = value;
  return value;
}

async function call(request, env) {
  const { name, given } = await request.json();
  try {
    return Response.json({ result: await CALLS[name](env, ...given) });
  } catch (error) {
    const { message, status, field } = error;
    return Response.json({ error: { name: error.name, message, status, field } });
  }
}

export default {
  async fetch(request, env, context) {
    const path = new URL(request.url).pathname;
    if (path === "/calls") return call(request, env);
    const hub = path.startsWith("/tenant") || path.startsWith("/file") ? tenants : events;
    return (await hub.fetch(request, env, context)) ?? new Response("the application");
  },
};
