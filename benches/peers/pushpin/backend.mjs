// The application behind Pushpin, which holds its streams: PORT=… PUBLISH=http://127.0.0.1:5561/publish/ node backend.mjs
import { Agent, createServer, request as send } from "node:http";
import { text } from "node:stream/consumers";

const HOLD = {
  "content-type": "text/event-stream",
  "grip-hold": "stream",
  "grip-channel": "bench",
  "grip-keep-alive": ":\\n\\n; format=cstring; timeout=20",
};

const agent = new Agent({ keepAlive: true });
let id = 0;

const server = createServer(async (request, response) => {
  if (request.method === "POST") {
    const data = await text(request);
    await publish(`id: ${++id}\ndata: ${data}\n\n`);
    response.end(`${id}\n`);
  } else {
    response.writeHead(200, HOLD).end(":\n\n");
  }
});

/** Hands an event to Pushpin's control port. */
function publish(content) {
  const body = JSON.stringify({ items: [{ channel: "bench", formats: { "http-stream": { content } } }] });
  return new Promise((resolve, reject) => {
    send(process.env.PUBLISH, { method: "POST", agent, headers: { "content-type": "application/json" } }, (answer) => {
      answer.resume().on("end", resolve);
    })
      .on("error", reject)
      .end(body);
  });
}

server.listen(Number(process.env.PORT), "127.0.0.1");
