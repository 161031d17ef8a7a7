// Streamed bodies whose end closes the topics of their query: as done, or as broken, whatever becomes of them.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Subscriber, post } from "./clients.mjs";
import { StreamedPost } from "./raw.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { until } from "./until.mjs";

const NDJSON = "application/x-ndjson";
const EVENT_STREAM = "text/event-stream";

const UPDATE = {
  [NDJSON]: (topic, data) => `${JSON.stringify({ topic, data })}\n`,
  [EVENT_STREAM]: (_, data) => `data: ${data}\n\n`,
};

let server;
let count = 0;
before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
});
after(() => server?.stop());
const freshHub = () => server.hub(`bodies-${(count += 1)}`);

/** A body of this type whose end closes the topics of the query. */
function open(t, hub, query, type = EVENT_STREAM) {
  const body = new StreamedPost(`${hub}?${query}&close`, type);
  t.after(() => body.break());
  return body;
}

/** Whether an update of `topic` is refused. The probe names no other topic, so that it changes nothing else. */
async function isClosed(hub, topic) {
  const { status } = await post(hub, { topic: [topic, "probe"], data: "probe" });
  return status === 409;
}

/** Waits until a topic is closed. An update that asks would be an event of a topic that is still open. */
async function becomesClosed(hub, topic) {
  const status = async () => (await fetch(`${hub}?topic=${topic}`, { method: "HEAD" })).headers.get("topic-status");
  await until(async () => (await status()).startsWith("closed"), `${topic} to be closed`);
}

/** The data of what a reader of the closed `topics` is given from the beginning, up to the last end. */
async function story(t, hub, topics) {
  const reader = await Subscriber.open(hub, topics, { types: ["end"], lastEventId: "earliest" });
  t.after(() => reader.close());
  const ends = () => reader.events.filter(({ type }) => type === "end");
  await until(() => ends().length === topics.length, () => `the ends; there was ${JSON.stringify(reader.events)}`);
  return reader.data;
}

for (const [type, update] of Object.entries(UPDATE)) {
  describe(`a body of ${type}`, () => {
    test("closes its topics as done at its proper end, and says so in the last line", async (t) => {
      const hub = freshHub();
      const body = open(t, hub, "topic=a&topic=b", type);
      await body.write(update("a", "1"));
      await body.answered(1);
      assert.equal(await isClosed(hub, "a"), false);
      await body.end(update("a", "2"));
      assert.deepEqual(body.answers.at(-1), { closed: { topics: ["a", "b"], reason: "done" } });
      assert.equal(body.ids.length, 2);
      assert.ok((await isClosed(hub, "a")) && (await isClosed(hub, "b")));
      assert.equal(await isClosed(hub, "c"), false);
    });

    test("closes them as broken when its connection breaks", async (t) => {
      const hub = freshHub();
      const body = open(t, hub, "topic=a", type);
      await body.write(update("a", "1"));
      await body.answered(1);
      body.break();
      await becomesClosed(hub, "a");
      assert.deepEqual(await story(t, hub, ["a"]), ["1", '{"topic":"a","reason":"broken"}']);
    });

    test("closes them as done if it is empty", async (t) => {
      const hub = freshHub();
      const body = open(t, hub, "topic=a", type);
      await body.end("");
      assert.deepEqual(body.answers, [{ closed: { topics: ["a"], reason: "done" } }]);
    });
  });
}

test("a limit that ends a body closes its topics as broken", async (t) => {
  const hub = freshHub();
  const body = open(t, hub, "topic=a");
  await body.write("data: x\n\n");
  await body.answered(1);
  body.write(`data: ${"x".repeat((1 << 20) + 1)}\n\ndata: y\n\n`).catch(() => {});
  await body.answered(3);
  const [, refused, closed] = body.answers;
  assert.deepEqual([refused.error.status, closed], [413, { closed: { topics: ["a"], reason: "broken" } }]);
  await until(() => body.ended, "the end of the answer");
});

test("of two bodies of a topic the first end closes it, and the other is refused behind it", async (t) => {
  const hub = freshHub();
  const [first, second] = [open(t, hub, "topic=a"), open(t, hub, "topic=a&topic=b")];
  for (const body of [first, second]) {
    await body.write("data: 1\n\n");
    await body.answered(1);
  }
  first.break();
  await becomesClosed(hub, "a");
  await second.write("data: 2\n\n");
  await second.answered(2);
  assert.deepEqual([second.answers[1].error.status, second.answers[1].error.field], [409, "topic"]);
  await second.end();
  assert.deepEqual(second.answers.slice(2), [
    { closed: { topics: ["b"], reason: "done" } },
    { closed: { topics: ["a"], reason: "broken" } },
  ]);
});

test("a body publishes to topics beyond its query, which stay open", async (t) => {
  const hub = freshHub();
  const body = open(t, hub, "topic=a", NDJSON);
  await body.end(UPDATE[NDJSON]("a", "1") + UPDATE[NDJSON]("other", "2"));
  assert.deepEqual([body.ids.length, body.answers.at(-1)], [2, { closed: { topics: ["a"], reason: "done" } }]);
  assert.equal(await isClosed(hub, "other"), false);
});

test("a line may close a topic of the query before the end does", async (t) => {
  const hub = freshHub();
  const body = open(t, hub, "topic=a", NDJSON);
  await body.write('{"topic":"a","data":"1","close":"broken"}\n');
  await body.answered(1);
  await body.end(UPDATE[NDJSON]("a", "2"));
  const [published, refused, closed] = body.answers;
  assert.deepEqual([typeof published.id, refused.error.status], ["string", 409]);
  assert.deepEqual(closed, { closed: { topics: ["a"], reason: "broken" } });
});

test("what a query says wrong is refused at once", async () => {
  const hub = freshHub();
  for (const [query, field] of [["close", "topic"], ["topic=a&close=broken", "close"], ["topic=a&close=no", "close"]]) {
    for (const [type, update] of Object.entries(UPDATE)) {
      const init = { method: "POST", body: update("a", "1"), headers: { "content-type": type } };
      const response = await fetch(`${hub}?${query}`, init);
      assert.deepEqual([response.status, (await response.json()).field], [400, field], `${query} of ${type}`);
    }
  }
});

test("a drain leaves bodies open, and their ends close their topics", async (t) => {
  const hub = freshHub();
  const body = open(t, hub, "topic=a");
  await body.write("data: 1\n\n");
  await body.answered(1);
  const headers = { authorization: `Bearer ${OPERATOR_KEY}` };
  const drained = await fetch(hub.replace(".well-known/mercure", "drain?within=1s"), { method: "POST", headers });
  assert.equal(drained.status, 200);
  await body.end("data: 2\n\n");
  assert.deepEqual(body.answers.at(-1), { closed: { topics: ["a"], reason: "done" } });
});

test("bodies that kill -9 leaves open are closed as broken within a second of the next life", async (t) => {
  const hubs = Array.from({ length: 3 }, freshHub);
  const kinds = [[EVENT_STREAM, "topic=a&topic=b"], [NDJSON, "topic=a&topic=b&private"], [EVENT_STREAM, "topic=a&topic=b"]];
  const bodies = hubs.map((hub, at) => open(t, hub, kinds[at][1], kinds[at][0]));
  for (const [at, body] of bodies.entries()) {
    await body.write(UPDATE[kinds[at][0]]("a", "1"));
    await body.answered(1);
  }
  const ended = freshHub();
  await open(t, ended, "topic=a").end("data: 1\n\n");
  await server.kill();
  await server.restart();
  for (const hub of hubs) {
    const began = performance.now();
    await until(() => isClosed(hub, "b"), "b to be closed");
    assert.ok(await isClosed(hub, "a"));
    t.diagnostic(`closed ${Math.round(performance.now() - began)} ms after the first request`);
  }
  for (const hub of [hubs[0], hubs[2]]) {
    assert.deepEqual(await story(t, hub, ["a", "b"]), ["1", '{"topic":"a","reason":"broken"}', '{"topic":"b","reason":"broken"}']);
  }
  assert.deepEqual(await story(t, ended, ["a"]), ["1", '{"topic":"a","reason":"done"}']);
});
