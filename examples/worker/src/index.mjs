import { createHub, HubObject } from "millstream";
export { HubObject };

const events = createHub({ path: "/events", authorize: () => ({ subscribe: ["orders/{id}"] }) });

export default {
  async fetch(request, env, context) {
    if (request.method === "PUT") await events.publish(env, { topic: "orders/1", data: await request.text() });
    return (await events.fetch(request, env, context)) ?? new Response("the application\n");
  },
};
