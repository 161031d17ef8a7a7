// The client over topics that are closed: it gets what is left, is told of the end, and does not come back.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { subscribe } from "../../npm/client/index.mjs";
import { Recorder } from "./client_recorder.mjs";
import { post } from "./clients.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

let server;
let count = 0;
before(async () => (server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } })));
after(() => server?.stop());
const freshHub = () => server.hub(`end-${(count += 1)}`);

const publish = async (hub, fields) => assert.equal((await post(hub, fields)).status, 200);

/** Subscribes to topics, until the end of the test. */
function read(t, hub, options) {
  const reader = new Recorder(subscribe, hub, { topics: ["a"], lastEventId: "earliest", ...options });
  t.after(() => reader.subscription.close());
  reader.data = () => reader.updates.map(({ data }) => data);
  reader.reaches = (name) => until(() => reader.subscription.state.name === name, () => `${name}; there was ${JSON.stringify(reader.states)}`);
  return reader;
}

describe("a subscription", { concurrency: true }, () => {
  for (const [close, reason] of [["", "done"], ["broken", "broken"]]) {
    test(`to a topic that is closed as ${reason} is told so, asks once more, and is closed`, async (t) => {
      const hub = freshHub();
      await publish(hub, { topic: "a", data: "1" });
      const reader = read(t, hub);
      await reader.reaches("open");
      await publish(hub, { topic: "a", data: "2", close });
      await reader.reaches("closed");
      assert.deepEqual([reader.data(), reader.ends], [["1", "2"], [{ topic: "a", reason }]]);
      assert.deepEqual(reader.states.map(({ name }) => name), ["connecting", "open", "waiting", "connecting", "closed"]);
      assert.equal(reader.subscription.state.why, "ended");
      const late = read(t, hub);
      await late.reaches("closed");
      assert.deepEqual([late.data(), late.ends], [["1", "2"], [{ topic: "a", reason }]]);
    });
  }

  test("to several topics goes on until all of them are closed", async (t) => {
    const hub = freshHub();
    const reader = read(t, hub, { topics: ["a", "b"] });
    await reader.reaches("open");
    await publish(hub, { topic: "a", data: "1", close: "" });
    await publish(hub, { topic: "b", data: "2" });
    await until(() => reader.updates.length === 2, "both updates");
    assert.equal(reader.subscription.state.name, "open");
    await publish(hub, { topic: "b", close: "" });
    await reader.reaches("closed");
    assert.deepEqual(reader.ends.map(({ topic }) => topic), ["a", "b"]);
  });

  test("is iterated to its end", async () => {
    const hub = freshHub();
    for (const data of ["1", "2"]) await publish(hub, { topic: "a", data });
    await publish(hub, { topic: "a", close: "" });
    const seen = [];
    for await (const { data } of subscribe(hub, { topics: ["a"], lastEventId: "earliest" })) seen.push(data);
    assert.deepEqual(seen, ["1", "2"]);
  });

  test("that has all of a closed topic is closed, and is told of no end again", async (t) => {
    const hub = freshHub();
    await publish(hub, { topic: "a", data: "1", close: "" });
    const reader = read(t, hub);
    await reader.reaches("closed");
    const again = read(t, hub, { lastEventId: reader.subscription.lastEventId });
    await again.reaches("closed");
    assert.deepEqual([again.updates, again.ends], [[], []]);
  });

  test("gives an update of the type end, which is its publisher's", async (t) => {
    const hub = freshHub();
    const reader = read(t, hub);
    await publish(hub, { topic: "a", data: "mine", type: "end" });
    await until(() => reader.updates.length === 1, "the update");
    assert.deepEqual([reader.updates[0].type, reader.ends], ["end", []]);
  });
});
