// The Worker of a chat: everybody reads, everybody writes.
import { createHub, HubObject } from "millstream";

export { HubObject };

const events = createHub<Env>({ path: "/events", authorize: () => ({ subscribe: ["chat"] }) });

export default {
  async fetch(request, env, context) {
    if (request.method === "POST" && new URL(request.url).pathname === "/messages") {
      await events.publish(env, { topic: "chat", data: await request.json() });
      return new Response(null, { status: 204 });
    }
    return (await events.fetch(request, env, context)) ?? new Response("not found", { status: 404 });
  },
} satisfies ExportedHandler<Env>;
