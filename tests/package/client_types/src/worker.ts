// A Worker that reads a hub by a service binding, as docs/client.md shows.
import { subscribe } from "millstream/client";

interface Env {
  HUB: { fetch: typeof fetch };
}

// README: begin worker
export default {
  async fetch(_request: Request, env: Env) {
    const orders = subscribe("https://hub.example/events", {
      topics: ["orders/{id}"],
      lastEventId: "earliest",
      fetch: (input, init) => env.HUB.fetch(input, init),
    });
    for await (const { text } of orders) return new Response(text);
    return new Response("the hub has no more", { status: 404 });
  },
};
// README: end worker
