// What a publisher sends is what a subscriber gets.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Curl, Subscriber, curl, post, publish, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";

let server;
let count = 0;
before(async () => (server = await Server.start({ vars: { ANONYMOUS_PUBLISH: "true" } })));
after(() => server?.stop());

/** A hub of its own for each test. */
const freshHub = () => server.hub(`publish-${(count += 1)}`);

const STREAM_HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

function assertStreamHeaders(headers) {
  for (const [name, value] of Object.entries(STREAM_HEADERS)) assert.equal(headers.get(name), value, name);
}

test("an update reaches its subscriber under the id that the publisher is told", async (t) => {
  const hub = freshHub();
  const subscriber = await Subscriber.open(hub, ["books"]);
  t.after(() => subscriber.close());
  const response = await post(hub, { topic: "books", data: "sold out" });
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type"), /^text\/plain\b/);
  const id = await response.text();
  assert.match(id, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  await subscriber.receives("sold out");
  assert.deepEqual(subscriber.events, [{ type: "message", data: "sold out", id }]);
});

test("the stream begins with an empty comment, and HEAD has the same headers without a connection", async (t) => {
  const name = "headers";
  const url = subscribeUrl(server.hub(name), ["a"]);
  const stream = new Curl(url, "-i");
  t.after(() => stream.close());
  await stream.receives("\r\n\r\n:\n");
  const headers = new Headers(
    stream.text
      .split("\r\n")
      .slice(1, -1)
      .filter((line) => line.includes(":") && !line.startsWith(":"))
      .map((line) => line.split(/:\s*(.*)/s).slice(0, 2)),
  );
  assertStreamHeaders(headers);
  assert.equal(await server.connections(name), 1);
  const head = await fetch(url, { method: "HEAD" });
  assert.equal(head.status, 200);
  assertStreamHeaders(head.headers);
  assert.equal(await head.text(), "");
  assert.equal(await server.connections(name), 1);
});

test("an update of many topics comes once to each subscriber of any of them, and to no one else", async (t) => {
  const hub = freshHub();
  const both = await Subscriber.open(hub, ["a", "b"]);
  const other = await Subscriber.open(hub, ["d"]);
  const all = await Subscriber.open(hub, ["*"]);
  t.after(() => [both, other, all].forEach((subscriber) => subscriber.close()));
  await publish(hub, { topic: ["b", "c", "a"], data: "a, b and c" });
  await publish(hub, { topic: "c", data: "c" });
  await publish(hub, { topic: ["x", "d"], data: "d" });
  await publish(hub, { topic: ["a", "d"], data: "end" });
  await Promise.all([both, other, all].map((subscriber) => subscriber.receives("end")));
  assert.deepEqual(both.data, ["a, b and c", "end"]);
  assert.deepEqual(other.data, ["d", "end"]);
  assert.deepEqual(all.data, ["a, b and c", "c", "d", "end"]);
});

test("a thousand topics are taken, to publish and to subscribe", async (t) => {
  const hub = freshHub();
  const topics = Array.from({ length: 1_000 }, (_, at) => `t${at}`);
  const subscriber = await Subscriber.open(hub, topics);
  t.after(() => subscriber.close());
  await publish(hub, { topic: topics, data: "to all" });
  await publish(hub, { topic: "t999", data: "to the last" });
  await subscriber.receives("to the last");
  assert.deepEqual(subscriber.data, ["to all", "to the last"]);
});

test("type, retry, id and every line of the data stand in the stream", async (t) => {
  const hub = freshHub();
  const stream = new Curl(subscribeUrl(hub, ["a"]));
  t.after(() => stream.close());
  await stream.receives(":\n");
  await publish(hub, { topic: "a", type: "price", retry: "1234", id: "i1", data: "one\ntwo\r\n\rthree\n" });
  await stream.receives("data: three\ndata: \n\n");
  const block = stream.text.split("\n\n").find((text) => text.includes("data"));
  const fields = block.split("\n").filter((line) => !line.startsWith(":"));
  assert.deepEqual(
    fields.filter((field) => field.startsWith("data")),
    ["data: one", "data: two", "data: ", "data: three", "data: "],
  );
  assert.deepEqual(fields.filter((field) => !field.startsWith("data")).sort(), [
    "event: price",
    "id: i1",
    "retry: 1234",
  ]);
});

test("a client sees the type, and line breaks of every kind as line feeds", async (t) => {
  const hub = freshHub();
  const subscriber = await Subscriber.open(hub, ["a"], { types: ["price", "größe"] });
  t.after(() => subscriber.close());
  await publish(hub, { topic: "a", type: "price", id: "i1", data: "one\ntwo\r\n\rthree\n" });
  await publish(hub, { topic: "a", type: "größe", id: "i2", data: "" });
  await publish(hub, { topic: "a", id: "i3", data: " data: \nevent: forged" });
  await subscriber.receives(" data: \nevent: forged");
  assert.deepEqual(subscriber.events, [
    { type: "price", data: "one\ntwo\n\nthree\n", id: "i1" },
    { type: "größe", data: "", id: "i2" },
    { type: "message", data: " data: \nevent: forged", id: "i3" },
  ]);
});

test("ids are kept verbatim, topics and data in any script", async (t) => {
  const hub = freshHub();
  const topic = "https://example.com/книги/本?ä=1&b#c";
  const subscriber = await Subscriber.open(hub, [topic]);
  t.after(() => subscriber.close());
  const ids = ["spaced  id", "~!\"#$%&'()*+,-./;<=>?@[]^_`{|}", "a:b", "0", "urn:uuid:00000000-0000-0000-0000-000000000000"];
  for (const id of ids) assert.equal(await publish(hub, { topic, id, data: `data of ${id}` }), id);
  await subscriber.receives(`data of ${ids.at(-1)}`);
  assert.deepEqual(
    subscriber.events,
    ids.map((id) => ({ type: "message", data: `data of ${id}`, id })),
  );
});

test("a large update comes whole", async (t) => {
  const hub = freshHub();
  const subscriber = await Subscriber.open(hub, ["a"]);
  t.after(() => subscriber.close());
  const data = "0123456789abcdef".repeat(60_000);
  await publish(hub, { topic: "a", data });
  await publish(hub, { topic: "a", data: "end" });
  await subscriber.receives("end");
  assert.equal(subscriber.events.length, 2);
  assert.ok(subscriber.data[0] === data, "the data is what was published");
});

test("a private update reaches nobody who was not granted it, live or replayed", async (t) => {
  const hub = freshHub();
  const live = await Subscriber.open(hub, ["*"]);
  await publish(hub, { topic: "a", data: "secret", id: "p1", private: "on" });
  await publish(hub, { topic: "a", data: "public" });
  const replayed = await Subscriber.open(hub, ["*"], { lastEventId: "earliest" });
  t.after(() => [live, replayed].forEach((subscriber) => subscriber.close()));
  await Promise.all([live, replayed].map((subscriber) => subscriber.receives("public")));
  assert.deepEqual(live.data, ["public"]);
  assert.deepEqual(replayed.data, ["public"]);
});

test("curl's form is taken as it is documented", async (t) => {
  const hub = freshHub();
  const stream = new Curl(subscribeUrl(hub, ["greetings"]));
  t.after(() => stream.close());
  await stream.receives(":\n");
  const answer = await curl(hub, ["-d", "topic=greetings", "-d", "data=hello"]);
  assert.equal(answer.status, 200);
  await stream.receives(`id: ${answer.body}\n`);
  await stream.receives("data: hello\n\n");
});
