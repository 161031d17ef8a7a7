// One object per hub name.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Subscriber, publish } from "./clients.mjs";
import { Server } from "./server.mjs";

let server;
before(async () => (server = await Server.start({ vars: { ANONYMOUS_PUBLISH: "true" } })));
after(() => server?.stop());

test("two hubs do not mix, live or in history", async (t) => {
  const [one, two] = [server.hub("one"), server.hub("two")];
  const subscribers = [await Subscriber.open(one, ["*"]), await Subscriber.open(two, ["*"])];
  t.after(() => subscribers.forEach((subscriber) => subscriber.close()));
  await publish(one, { topic: "a", data: "for one", id: "same" });
  await publish(two, { topic: "a", data: "for two", id: "same" });
  await publish(one, { topic: "a", data: "end" });
  await publish(two, { topic: "a", data: "end" });
  subscribers.push(await Subscriber.open(one, ["*"], { lastEventId: "earliest" }));
  subscribers.push(await Subscriber.open(two, ["*"], { lastEventId: "earliest" }));
  await Promise.all(subscribers.map((subscriber) => subscriber.receives("end")));
  const expected = [
    ["for one", "end"],
    ["for two", "end"],
  ];
  assert.deepEqual(
    subscribers.map((subscriber) => subscriber.data),
    [...expected, ...expected],
  );
});

test("each hub counts its own connections", async (t) => {
  const subscribers = await Promise.all([1, 2, 3].map(() => Subscriber.open(server.hub("three"), ["a"])));
  subscribers.push(await Subscriber.open(server.hub("four"), ["a"]));
  t.after(() => subscribers.forEach((subscriber) => subscriber.close()));
  assert.equal(await server.connections("three"), 3);
  assert.equal(await server.connections("four"), 1);
  assert.equal(await server.connections("five"), 0);
});

test("the hub without a name is the one named default", async (t) => {
  const unnamed = await Subscriber.open(server.hub(), ["a"]);
  const named = await Subscriber.open(server.hub("default"), ["a"]);
  t.after(() => [unnamed, named].forEach((subscriber) => subscriber.close()));
  await publish(server.hub("default"), { topic: "a", data: "by name" });
  await publish(server.hub(), { topic: "a", data: "without" });
  await Promise.all([unnamed, named].map((subscriber) => subscriber.receives("without")));
  assert.deepEqual(unnamed.data, ["by name", "without"]);
  assert.deepEqual(named.events, unnamed.events);
  assert.equal(await server.connections("default"), 2);
});

test("names differ by case, and may be 64 characters long", async (t) => {
  const names = ["Case", "case", "-_-", "x".repeat(64)];
  const subscribers = await Promise.all(names.map((name) => Subscriber.open(server.hub(name), ["a"])));
  t.after(() => subscribers.forEach((subscriber) => subscriber.close()));
  for (const name of names) await publish(server.hub(name), { topic: "a", data: name });
  await Promise.all(subscribers.map((subscriber, at) => subscriber.receives(names[at])));
  assert.deepEqual(
    subscribers.map((subscriber) => subscriber.data),
    names.map((name) => [name]),
  );
});

test("the worker's own health needs no hub", async () => {
  const response = await fetch(`${server.origin}/healthz`);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { status: "ok" });
});
