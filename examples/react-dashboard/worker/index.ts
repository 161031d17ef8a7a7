// The Worker of a dashboard: everybody reads, everybody orders and packs.
import { createHub, HubObject } from "millstream";
import { PRODUCTS, type Order, type Product } from "../shared/events";
import { Shop } from "./shop";

export { HubObject, Shop };

const events = createHub<Env>({
  path: "/events",
  // An application looks at the session here.
  authorize: () => ({ subscribe: ["orders/{id}", "metrics/{name}"] }),
});

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    const shop = env.SHOP.getByName("shop");
    if (request.method === "GET" && pathname === "/orders") return Response.json(await shop.snapshot());
    if (request.method === "POST" && pathname === "/orders") {
      const product = await request.text();
      if (!Object.hasOwn(PRODUCTS, product)) return new Response(`there is no product ${product}`, { status: 400 });
      return tell(env, await shop.order(product as Product));
    }
    const [, id] = /^\/orders\/(\d+)\/packed$/.exec(pathname) ?? [];
    if (request.method === "POST" && id !== undefined) return tell(env, await shop.pack(Number(id)));
    return (await events.fetch(request, env, context)) ?? new Response("not found", { status: 404 });
  },
} satisfies ExportedHandler<Env>;

/** Publishes an order that has changed, and the metrics behind it. */
async function tell(env: Env, order: Order | undefined): Promise<Response> {
  if (order === undefined) return new Response("there is no such order", { status: 404 });
  const shop = env.SHOP.getByName("shop");
  const { id } = await events.publish(env, { topic: `orders/${order.id}`, data: order });
  await shop.published(id);
  const metrics = await shop.metrics();
  await events.publishMany(env, metrics.map((metric) => ({ topic: `metrics/${metric.name}`, data: metric })));
  return new Response(null, { status: 204 });
}
