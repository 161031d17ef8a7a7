// `make serve`: the worker on workerd alone, for those who host it themselves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Subscriber, publish } from "./clients.mjs";
import { Server } from "./server.mjs";

const start = (settings) => Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" }, settings });

test("without a folder the history is there as long as the server", async (t) => {
  const server = await start(["DATA="]);
  t.after(() => server.stop());
  const id = await publish(server.hub(), { topic: "a", data: "1" });
  await publish(server.hub(), { topic: "a", data: "2" });
  const subscriber = await Subscriber.open(server.hub(), ["a"], { lastEventId: id });
  t.after(() => subscriber.close());
  await subscriber.receives("2");
  assert.deepEqual(subscriber.data, ["2"]);
  await server.terminate();
});

test("it ends on SIGTERM while a stream is open", async (t) => {
  const server = await start([]);
  t.after(() => server.stop());
  const subscriber = await Subscriber.open(server.hub(), ["a"]);
  t.after(() => subscriber.close());
  await server.terminate();
});
