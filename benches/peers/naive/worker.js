// A simple hub: a Worker before one Durable Object, which keeps the streams in memory.
const HEADERS = { "content-type": "text/event-stream", "cache-control": "no-cache" };

export default {
  fetch(request, env) {
    return env.EVENTS.get(env.EVENTS.idFromName("bench")).fetch(request);
  },
};

export class Events {
  controllers = new Set();
  encoder = new TextEncoder();
  id = 0;

  async fetch(request) {
    if (request.method === "POST") return this.publish(await request.text());
    return new Response(this.subscribe(), { headers: HEADERS });
  }

  subscribe() {
    let own;
    return new ReadableStream({
      start: (controller) => {
        own = controller;
        this.controllers.add(own);
        own.enqueue(this.encoder.encode(":\n\n"));
      },
      cancel: () => this.controllers.delete(own),
    });
  }

  publish(data) {
    const event = this.encoder.encode(`id: ${++this.id}\ndata: ${data}\n\n`);
    for (const controller of this.controllers) {
      try {
        controller.enqueue(event);
      } catch {
        this.controllers.delete(controller);
      }
    }
    return new Response(`${this.id}\n`);
  }
}
