// Simple hubs: a Worker before one Durable Object, which takes single updates, and reads a streamed body line by line.
// `Events` keeps nothing; `StoredEvents` stores each event by SQL, and syncs before anybody is told of it.
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

  fetch(request) {
    if (request.method === "GET") return new Response(this.subscribe(), { headers: HEADERS });
    if (request.headers.get("content-type") !== "application/x-ndjson") return this.publishOne(request);
    const { readable, writable } = new TransformStream();
    this.publish(request.body, writable.getWriter());
    return new Response(readable);
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

  async publishOne(request) {
    const id = await this.accept(await request.text());
    return new Response(`${id}\n`);
  }

  /** Publishes each line `{"data":…}`, and answers it with a line `{"id":…}`. */
  async publish(body, answers) {
    let text = "";
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      const lines = (text + chunk).split("\n");
      text = lines.pop();
      for (const line of lines) {
        const { data } = JSON.parse(line);
        const id = await this.accept(data);
        await answers.write(this.encoder.encode(`{"id":"${id}"}\n`));
      }
    }
    await answers.close();
  }

  async accept(data) {
    const id = await this.store(data);
    this.deliver(this.encoder.encode(`id: ${id}\ndata: ${data}\n\n`));
    return id;
  }

  store() {
    return ++this.id;
  }

  deliver(event) {
    for (const controller of this.controllers) {
      try {
        controller.enqueue(event);
      } catch {
        this.controllers.delete(controller);
      }
    }
  }
}

export class StoredEvents extends Events {
  constructor({ storage }) {
    super();
    this.storage = storage;
    storage.sql.exec("CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, data TEXT NOT NULL)");
  }

  async store(data) {
    const { id } = this.storage.sql.exec("INSERT INTO events (data) VALUES (?) RETURNING id", data).one();
    await this.storage.sync();
    return id;
  }
}
