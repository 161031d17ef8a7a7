// A channel of better-sse on Node's own server: PORT=8080 node server.mjs
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { createChannel, createSession } from "better-sse";

const channel = createChannel();
let id = 0;

const server = createServer(async (request, response) => {
  if (request.method === "POST") {
    const data = await text(request);
    channel.broadcast(data, "message", { eventId: String(++id) });
    response.end(`${id}\n`);
  } else {
    // The published data is text already.
    channel.register(await createSession(request, response, { serializer: (data) => data }));
  }
});

server.listen(Number(process.env.PORT), "127.0.0.1");
