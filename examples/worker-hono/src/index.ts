// A shop: users log in, and a page shows their own orders.
import { Hono } from "hono";
import { createHub, HubObject } from "millstream";
import { logIn, userOf } from "./session";

export { HubObject };

// README: begin authorize
const events = createHub<Env>({
  path: "/events",
  authorize: async (request, env) => {
    const user = await userOf(request, env);
    if (user === undefined) return new Response("log in first\n", { status: 401 });
    return { subscribe: [`users/${user}/orders/{id}`], subscriber: user };
  },
});
// README: end authorize

const app = new Hono<{ Bindings: Env }>();

app.use(async (c, next) => (await events.fetch(c.req.raw, c.env, c.executionCtx)) ?? next());

app.post("/login", async (c) => {
  const { user } = await c.req.json<{ user: string }>();
  await logIn(c, user);
  return c.json({ user });
});

app.post("/orders", async (c) => {
  const user = await userOf(c.req.raw, c.env);
  if (user === undefined) return c.text("log in first\n", 401);
  const order = { id: crypto.randomUUID(), ...(await c.req.json<{ item: string }>()) };
  await events.publish(c.env, { topic: `users/${user}/orders/${order.id}`, type: "created", data: order, private: true });
  return c.json(order, 201);
});

export default app;
