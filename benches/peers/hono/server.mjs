// Hono's streamSSE on Node: PORT=8080 node server.mjs
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";

const streams = new Set();
let id = 0;

const app = new Hono();

app.get("/events", (c) =>
  streamSSE(c, async (stream) => {
    streams.add(stream);
    await new Promise((resolve) => stream.onAbort(resolve));
    streams.delete(stream);
  }),
);

app.post("/events", async (c) => {
  const event = { id: String(++id), data: await c.req.text() };
  await Promise.all([...streams].map((stream) => stream.writeSSE(event)));
  return c.text(`${event.id}\n`);
});

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(process.env.PORT) });
