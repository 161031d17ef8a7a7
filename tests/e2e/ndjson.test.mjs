// Many updates in one body, each answered in its place as soon as it is durable.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Subscriber, post, publish } from "./clients.mjs";
import { StreamedPost } from "./raw.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

const NDJSON = "application/x-ndjson";
const JSON_TYPE = "application/json";
/** How long a publisher who is not read from has to stand still. */
const STALLED = 1_000;
const line = (update) => `${JSON.stringify(update)}\n`;
const updates = (count) => Array.from({ length: count }, (_, at) => ({ topic: "a", id: `${at}`, data: `${at}` }));

/** POSTs a whole body. */
const send = (hub, body, type = NDJSON) => fetch(hub, { method: "POST", body, headers: { "content-type": type } });

/** The answers to a whole body. */
async function answersTo(hub, body) {
  const response = await send(hub, body);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), NDJSON);
  return (await response.text()).split("\n").slice(0, -1).map((text) => JSON.parse(text));
}

/** The data of everything that `hub` holds of the topic a. */
async function held(t, hub) {
  await publish(hub, { topic: "a", data: "end" });
  const subscriber = await Subscriber.open(hub, ["a"], { lastEventId: "earliest" });
  t.after(() => subscriber.close());
  await subscriber.receives("end");
  return subscriber.data.slice(0, -1);
}

for (const kind of ["wrangler", "workerd"]) {
  describe(`on ${kind}`, () => {
    let server;
    let count = 0;
    before(async () => (server = await Server.start({ kind, vars: { ANONYMOUS_PUBLISH: "true" } })));
    after(() => server?.stop());
    const freshHub = () => server.hub(`ndjson-${(count += 1)}`);

    test("one JSON object is one update, answered as a form is", async (t) => {
      const hub = freshHub();
      const subscriber = await Subscriber.open(hub, ["b"], { types: ["price"] });
      t.after(() => subscriber.close());
      const update = { topic: ["a", "b"], data: { stock: [1, null] }, id: "i", type: "price", retry: 5, more: 1 };
      const response = await send(hub, JSON.stringify(update), `${JSON_TYPE}; charset=utf-8`);
      assert.equal(response.status, 200);
      assert.match(response.headers.get("content-type"), /^text\/plain\b/);
      assert.equal(response.headers.get("millstream-connections"), "1");
      assert.equal(await response.text(), "i");
      await subscriber.receives('{"stock":[1,null]}');
      assert.deepEqual(subscriber.events, [{ type: "price", data: '{"stock":[1,null]}', id: "i" }]);
    });

    test("a JSON member that is wrong is named", async () => {
      for (const [body, field] of [
        ["[]", "body"],
        ["{", "body"],
        ['{"data":"x"}', "topic"],
        ['{"topic":"a","id":7}', "id"],
        ['{"topic":"a","id":"café-1"}', "id"],
        ['{"topic":"a","retry":"soon"}', "retry"],
        ['{"topic":"a","retry":4294967296}', "retry"],
        ['{"topic":"a","type":"x\\ny"}', "type"],
        ['{"topic":"a","private":"yes"}', "private"],
      ]) {
        const response = await send(freshHub(), body, JSON_TYPE);
        assert.equal(response.status, 400, body);
        assert.equal((await response.json()).field, field, body);
      }
    });

    test("a line is answered, and its update sent, while the body goes on", async (t) => {
      const hub = freshHub();
      const subscriber = await Subscriber.open(hub, ["a"]);
      const publisher = new StreamedPost(hub, NDJSON);
      t.after(() => [() => subscriber.close(), () => publisher.break()].forEach((end) => end()));
      for (const update of updates(3)) {
        await publisher.write(line(update));
        await publisher.answered(Number(update.id) + 1);
        await subscriber.receives(update.data);
      }
      assert.equal(publisher.ended, false);
      await publisher.end();
      assert.equal(publisher.response.headers["content-type"], NDJSON);
      assert.deepEqual(
        publisher.answers,
        ["0", "1", "2"].map((id) => ({ id, connections: 1 })),
      );
    });

    test("the answer begins before the first line does, so that nobody waits for the other", async (t) => {
      const publisher = new StreamedPost(freshHub(), NDJSON);
      t.after(() => publisher.break());
      await publisher.write("\n");
      await until(() => publisher.response !== undefined, "the headers of the answer");
      assert.equal(publisher.response.statusCode, 200);
      await publisher.end();
      assert.deepEqual(publisher.answers.map(({ error }) => error.status), [400], "there was nothing to publish");
    });

    test("what is wrong is answered in its place, and the rest is published", async (t) => {
      const hub = freshHub();
      const long = line({ topic: "a", data: "x".repeat(1 << 20) });
      const first = line({ topic: "a", id: "1", data: "1" });
      const body = `${first}no json\n\r\n{"data":"x"}\n${long}{"topic":"a","id":"2","data":"2"}`;
      const answers = await answersTo(hub, body);
      assert.deepEqual(
        answers.map(({ id, error }) => id ?? [error.status, error.field]),
        ["1", [400, "body"], [400, "topic"], [413, "body"], "2"],
      );
      assert.deepEqual(await held(t, hub), ["1", "2"]);
    });

    test("two thousand lines in one body come in their order, once each", async (t) => {
      const hub = freshHub();
      const all = updates(2_000);
      const answers = await answersTo(hub, all.map(line).join(""));
      assert.deepEqual(
        answers.map(({ id }) => id),
        all.map(({ id }) => id),
      );
      assert.deepEqual(
        await held(t, hub),
        all.map(({ data }) => data),
      );
    });

    test("a line of a megabyte, and one of many small pieces, come whole", async (t) => {
      const hub = freshHub();
      const data = "é".repeat(500_000);
      const publisher = new StreamedPost(hub, NDJSON);
      t.after(() => publisher.break());
      await publisher.write(line({ topic: "a", data }));
      for (const byte of Buffer.from(line({ topic: "a", data: "größe" }))) await publisher.write(Buffer.from([byte]));
      await publisher.end();
      assert.equal(publisher.ids.length, 2, publisher.text.slice(0, 500));
      const all = await held(t, hub);
      assert.ok(all[0] === data && all[1] === "größe", "the data is what was published");
    });

    test("a body that breaks off publishes what was answered and no half line", async (t) => {
      const hub = freshHub();
      const publisher = new StreamedPost(hub, NDJSON);
      for (const update of updates(5)) await publisher.write(line(update));
      await publisher.answered(5);
      // Valid JSON, but who can say that nothing was to follow?
      await publisher.write('{"topic":"a","data":"half"}');
      const other = new StreamedPost(hub, NDJSON);
      t.after(() => other.break());
      publisher.break();
      await other.end(line({ topic: "a", id: "other", data: "other" }));
      assert.deepEqual(other.ids, ["other"]);
      assert.deepEqual(await held(t, hub), ["0", "1", "2", "3", "4", "other"]);
    });

    test("a publisher who does not read its answers is not read from without end", async (t) => {
      const publisher = new StreamedPost(freshHub(), NDJSON);
      t.after(() => publisher.break());
      await publisher.write(line({ topic: "b", data: "x" }));
      await publisher.answered(1);
      publisher.response.pause();
      const piece = Array.from({ length: 1_000 }, (_, at) => line({ topic: "b", data: `${at}` })).join("");
      const all = 2_000;
      let written = 0;
      let movedAt = performance.now();
      // It stands still at a write that is never taken, until the connection is broken.
      (async () => {
        for (; written < all; written += 1, movedAt = performance.now()) await publisher.write(piece);
      })().catch(() => {});
      await until(() => performance.now() - movedAt > STALLED, "the writing to stand still", 60_000);
      assert.ok(written < all, `${written} thousand lines were taken without an answer read`);
    });

    test("kill -9 amid a body: everything answered is there, once and in order", async (t) => {
      const hub = server.hub("killed");
      const publisher = new StreamedPost(hub, NDJSON);
      t.after(() => publisher.break());
      const all = updates(20_000);
      (async () => {
        for (let at = 0; at < all.length; at += 50) await publisher.write(all.slice(at, at + 50).map(line).join(""));
      })().catch(() => {});
      await publisher.answered(300);
      await server.kill();
      const answered = publisher.ids;
      assert.ok(!publisher.ended && answered.length < all.length, "the server was killed amid the body");
      await server.restart();
      const data = await held(t, hub);
      assert.deepEqual(
        data,
        all.slice(0, data.length).map((update) => update.data),
      );
      assert.ok(data.length >= answered.length, `${answered.length} were answered, ${data.length} are there`);
    });
  });
}

test("an update says how many connections it is for", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
  t.after(() => server.stop());
  const subscribers = [await Subscriber.open(server.hub(), ["a", "b"]), await Subscriber.open(server.hub(), ["*"])];
  t.after(() => subscribers.forEach((subscriber) => subscriber.close()));
  const reached = async (fields) =>
    Number((await post(server.hub(), { data: "x", ...fields })).headers.get("millstream-connections"));
  assert.equal(await reached({ topic: ["a", "b"] }), 2);
  assert.equal(await reached({ topic: "c" }), 1);
  assert.equal(await reached({ topic: "a", private: "on" }), 0);
});
