// Updates that wait a little for one another: they share chunks, and none is lost, late for ever or misplaced.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Subscriber, post, publish, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { SocketSubscriber } from "./socket.mjs";
import { DEVELOPMENT_KEY, bearer, token0 } from "./tokens.mjs";

/** So many that an update behind another waits for some time: a twentieth of a millisecond for each. */
const CROWD = 250;
const BURST = 60;
const VARS = {
  ANONYMOUS_PUBLISH: "true",
  MERCURE_PUBLISHER_JWT_KEY: DEVELOPMENT_KEY,
  MERCURE_SUBSCRIBER_JWT_KEY: DEVELOPMENT_KEY,
  // Nothing but what is published sets a stream going.
  HEARTBEAT: "0",
};

const numbers = (count) => Array.from({ length: count }, (_, at) => String(at + 1));

/** So many subscribers of the topics. */
const crowd = (t, hub, topics = ["a"], count = CROWD) =>
  Promise.all(Array.from({ length: count }, () => SocketSubscriber.open(t, subscribeUrl(hub, topics))));

/** Publishes under these ids, one after the other and without a pause. */
async function burst(hub, ids) {
  for (const id of ids) await publish(hub, { topic: "a", id, data: id });
}

describe("with LINGER=1s", () => {
  let server;
  let count = 0;
  before(async () => (server = await Server.start({ kind: "workerd", vars: { ...VARS, LINGER: "1s" } })));
  after(() => server?.stop());
  const freshHub = () => server.hub(`linger-${(count += 1)}`);

  test("a burst reaches every subscriber once and in order, in fewer chunks than updates", async (t) => {
    const hub = freshHub();
    const subscribers = await crowd(t, hub);
    const clients = await Promise.all([1, 2].map(() => Subscriber.open(hub, ["a"])));
    t.after(() => clients.forEach((client) => client.close()));
    const ids = numbers(BURST);
    await burst(hub, ids);
    await Promise.all(subscribers.map((subscriber) => subscriber.receives(ids.at(-1))));
    await Promise.all(clients.map((client) => client.receives(ids.at(-1))));
    for (const reader of [...subscribers, ...clients]) assert.deepEqual(reader.ids, ids);
    for (const { chunksOfUpdates } of subscribers) {
      assert.ok(chunksOfUpdates.length < BURST, `${BURST} updates came in ${chunksOfUpdates.length} chunks`);
    }
  });

  test("what lingers arrives although nothing follows it, and so does an update after a quiet time", async (t) => {
    const hub = freshHub();
    const subscribers = await crowd(t, hub);
    await burst(hub, ["1", "2"]);
    await Promise.all(subscribers.map((subscriber) => subscriber.receives("2")));
    await burst(hub, ["3"]);
    await Promise.all(subscribers.map((subscriber) => subscriber.receives("3")));
    for (const { ids } of subscribers) assert.deepEqual(ids, ["1", "2", "3"]);
  });

  test("who comes with the id of what still lingers has missed nothing, and is told of no gap", async (t) => {
    const hub = freshHub();
    const crowded = await crowd(t, hub);
    const ids = numbers(20);
    const [behind, ahead] = [[], []];
    for (const [at, id] of ids.entries()) {
      await burst(hub, [id]);
      const after = (lastEventId) => SocketSubscriber.open(t, subscribeUrl(hub, ["a"]), { "last-event-id": lastEventId });
      ahead.push({ from: at + 1, opens: after(id) });
      if (at > 0) behind.push({ from: at, opens: after(ids[at - 1]) });
    }
    await burst(hub, ["end"]);
    for (const { from, opens } of [...ahead, ...behind]) {
      const subscriber = await opens;
      await subscriber.receives("end");
      assert.deepEqual(subscriber.ids, [...ids, "end"].slice(from), `behind ${from} updates`);
      assert.deepEqual(subscriber.gaps, []);
    }
    await crowded[0].receives("end");
    assert.deepEqual(crowded[0].ids, [...ids, "end"]);
  });

  test("each audience gets its own updates and no others, whatever lingers together", async (t) => {
    const hub = freshHub();
    const granted = bearer(await token0({ publish: ["*"], subscribe: ["b"] }));
    const audiences = [
      { topics: ["a"], sees: (update) => update.topic === "a" && !update.private },
      { topics: ["b"], sees: (update) => update.topic === "b" && !update.private },
      { topics: ["b"], headers: granted, sees: (update) => update.topic === "b" },
      { topics: ["a", "c"], sees: (update) => update.topic !== "b" && !update.private },
      { topics: ["*"], headers: granted, sees: (update) => update.topic === "b" || !update.private },
    ];
    const readers = await Promise.all(
      audiences.flatMap(({ topics, headers, sees }) =>
        Array.from({ length: CROWD / audiences.length }, async () => {
          return { sees, subscriber: await SocketSubscriber.open(t, subscribeUrl(hub, topics), headers) };
        }),
      ),
    );
    const updates = numbers(BURST).map((id, at) => ({ id, topic: "abc"[at % 3], private: at % 4 === 1 }));
    for (const { id, topic, private: isPrivate } of updates) {
      const fields = { id, topic, data: id, ...(isPrivate ? { private: "on" } : {}) };
      assert.equal((await post(hub, fields, { headers: granted })).status, 200);
    }
    const ends = ["a", "b", "c"].map((topic) => ({ id: `end-${topic}`, topic, private: false }));
    for (const { id, topic } of ends) await publish(hub, { id, topic, data: id });
    for (const { sees, subscriber } of readers) {
      const expected = [...updates, ...ends].filter(sees).map(({ id }) => id);
      await subscriber.receives(expected.at(-1));
      assert.deepEqual(subscriber.ids, expected);
    }
  });

  test("kill -9 right after the answer: what lingered is there, once", async (t) => {
    const hub = server.hub("killed");
    const subscribers = await crowd(t, hub);
    await burst(hub, ["1"]);
    await Promise.all(subscribers.map((subscriber) => subscriber.receives("1")));
    await burst(hub, ["2", "3", "4"]);
    await server.kill();
    await server.restart();
    const resumed = await SocketSubscriber.open(t, subscribeUrl(hub, ["a"]), { "last-event-id": "1" });
    await burst(hub, ["end"]);
    await resumed.receives("end");
    assert.deepEqual([resumed.ids, resumed.gaps], [["2", "3", "4", "end"], []]);
  });
});

test("with LINGER=0 updates go out by themselves", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: { ...VARS, LINGER: "0" } });
  t.after(() => server.stop());
  // As many as one turn of a flush comes to; what comes while a flush has turns to go waits for its end.
  const subscribers = await crowd(t, server.hub(), ["a"], 30);
  const ids = numbers(BURST);
  await burst(server.hub(), ids);
  for (const subscriber of subscribers) {
    await subscriber.receives(ids.at(-1));
    assert.deepEqual(subscriber.ids, ids);
    // A stream that is still busy with one update takes the next two together.
    assert.ok(subscriber.chunksOfUpdates.length > BURST / 2, `${subscriber.chunksOfUpdates.length} chunks`);
  }
});

test("a LINGER that is no time is named in the answer", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: { ...VARS, LINGER: "soon" } });
  t.after(() => server.stop());
  const response = await fetch(subscribeUrl(server.hub(), ["a"]));
  assert.equal(response.status, 500);
  assert.equal((await response.json()).field, "LINGER");
});
