// One connection by fetch, to a server of Node's.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { readByFetch } from "./fetch_stream.mjs";

test("a stream that ends and then is aborted, while an update is taken, is over", async (t) => {
  const answered = Promise.withResolvers();
  const server = createServer((request, response) => {
    if (request.url !== "/") return response.end();
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("id: 1\ndata: x\n\n");
    answered.resolve(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const connection = new AbortController();
  const taking = Promise.withResolvers();
  const taken = Promise.withResolvers();
  const listener = {
    begun() {},
    took() {
      taking.resolve();
      return taken.promise;
    },
    retry() {},
    waits() {},
  };
  const ask = { url: `http://127.0.0.1:${server.address().port}`, method: "GET" };
  const read = readByFetch(ask, listener, { headers: {}, silence: 20_000, connection });
  await taking.promise;
  const response = await answered.promise;
  response.end();
  await once(response, "close");
  // The end is there before the answer to a later request.
  await fetch(`${ask.url}/later`);
  connection.abort();
  taken.resolve();
  assert.deepEqual(await read, { why: "The connection was lost." });
});
