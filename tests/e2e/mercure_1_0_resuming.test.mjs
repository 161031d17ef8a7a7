// The cases of the reference hub's own tests, in the dialect of 1.0 (draft-dunglas-mercure-08): resuming.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { freshHubs, granted, publish, startOpen, subscribe } from "./mercure_1_0.mjs";
import { detail } from "./tokens.mjs";

let server;
before(async () => {
  server = await startOpen();
});
after(() => server?.stop());
const freshHub = freshHubs(() => server);

describe("resuming", { concurrency: true }, () => {
  const HEADER = "mercure-last-event-id";

  for (const [name, way] of Object.entries({
    "the header Last-Event-ID": (id) => [{ match: "x" }, { "last-event-id": id }],
    "the query last_event_id": (id) => [{ match: "x", last_event_id: id }, {}],
  })) {
    test(`by ${name} replays what came later`, async (t) => {
      const hub = freshHub();
      for (const id of ["a", "b"]) await publish(hub, { topic: "x", id });
      const missed = await subscribe(t, hub, ...way("a"));
      const everything = await subscribe(t, hub, ...way("earliest"));
      await publish(hub, { topic: "x", id: "c" });
      await Promise.all([missed.receivesId("c"), everything.receivesId("c")]);
      assert.deepEqual([missed.ids, missed.headers.get(HEADER)], [["b", "c"], "a"]);
      assert.deepEqual([everything.ids, everything.headers.get(HEADER)], [["a", "b", "c"], "earliest"]);
      assert.equal(missed.headers.get("last-event-id"), null, "that is the header of 0.x");
    });
  }

  test("the header wins over the query", async (t) => {
    const hub = freshHub();
    for (const id of ["a", "b", "c"]) await publish(hub, { topic: "x", id });
    const stream = await subscribe(t, hub, { match: "x", last_event_id: "a" }, { "last-event-id": "b" });
    await stream.receivesId("c");
    assert.deepEqual(stream.ids, ["c"]);
  });

  test("by an unknown id is answered earliest, replays nothing, and leaks no private id", async (t) => {
    const hub = freshHub();
    await publish(hub, { topic: "x", id: "a" });
    await publish(hub, { topic: "x", id: "secret", private: "on" });
    const stream = await subscribe(t, hub, { match: "x", last_event_id: "unknown" });
    assert.equal(stream.headers.get(HEADER), "earliest");
    await publish(hub, { topic: "x", id: "c" });
    await stream.receivesId("c");
    assert.deepEqual(stream.ids, ["c"]);
    assert.ok(!stream.text.includes("secret"));
    const hidden = await subscribe(t, hub, { match: "x", last_event_id: "secret" });
    assert.equal(hidden.headers.get(HEADER), "earliest", "as unknown as one that never was");
  });

  for (const [name, query] of Object.entries({ unknown: "unknown", empty: "" })) {
    test(`in an empty history by an id that is ${name} is answered earliest`, async (t) => {
      const stream = await subscribe(t, freshHub(), { match: "x", last_event_id: query });
      assert.equal(stream.headers.get(HEADER), "earliest");
    });
  }

  test("by an empty id is answered by the header", async (t) => {
    const hub = freshHub();
    await publish(hub, { topic: "x", id: "a" });
    assert.notEqual((await subscribe(t, hub, { match: "x", last_event_id: "" })).headers.get(HEADER), null);
    assert.equal((await subscribe(t, hub, { match: "x" })).precedingId, null);
  });

  test("by an id that was given twice begins behind the first", async (t) => {
    const hub = freshHub();
    for (const [id, data] of [["same", "1"], ["other", "2"], ["same", "3"]]) await publish(hub, { topic: "x", id, data });
    const stream = await subscribe(t, hub, { match: "x", last_event_id: "same" });
    await stream.receivesId("same");
    assert.deepEqual(stream.ids, ["other", "same"]);
  });

  test("replay obeys matchers and the grants of now", async (t) => {
    const hub = freshHub();
    await publish(hub, { topic: "x", id: "1" });
    await publish(hub, { topic: "y", id: "2" });
    await publish(hub, { topic: "x", id: "3", private: "on" });
    await publish(hub, { topic: ["x", "granted"], id: "4", private: "on" });
    await publish(hub, { topic: "x", id: "5" });
    const headers = await granted(hub, [detail(["subscribe"], ["granted"])]);
    const query = { match: "x", last_event_id: "earliest" };
    const [with_, without] = [await subscribe(t, hub, query, headers), await subscribe(t, hub, query)];
    await Promise.all([with_.receivesId("5"), without.receivesId("5")]);
    assert.deepEqual([with_.ids, without.ids], [["1", "4", "5"], ["1", "5"]]);
  });

  test("behind 8 of 10 gives 9 and 10, then what is live, without a gap", async (t) => {
    const hub = freshHub();
    for (let at = 1; at <= 10; at += 1) await publish(hub, { topic: "x", id: String(at) });
    const stream = await subscribe(t, hub, { match: "x" }, { "last-event-id": "8" });
    for (const id of ["11", "12"]) await publish(hub, { topic: "x", id });
    await stream.receivesId("12");
    assert.deepEqual(stream.ids, ["9", "10", "11", "12"]);
  });
});
