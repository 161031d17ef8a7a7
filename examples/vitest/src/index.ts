// An application with a hub: the members of a team see which tasks are done.
import { createHub, HubObject } from "millstream";

export { HubObject };

const events = createHub<Env>({
  path: "/events",
  authorize: (request) =>
    request.headers.get("x-team") === "red" ? { subscribe: ["tasks/{id}"] } : new Response("members only", { status: 403 }),
});

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    const task = /^\/tasks\/(\w+)\/done$/.exec(pathname)?.[1];
    if (request.method === "POST" && task !== undefined) {
      await events.publish(env, { topic: `tasks/${task}`, type: "done", data: { task } });
      return new Response(null, { status: 204 });
    }
    return (await events.fetch(request, env, context)) ?? new Response("not found", { status: 404 });
  },
} satisfies ExportedHandler<Env>;
