// millstream/client as a server uses it: it reads, iterates, resumes, publishes.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Problem, publish, publishMany, subscribe } from "../../npm/client/index.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

let server;
let count = 0;
before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
});
after(() => server?.stop());
const freshHub = () => server.hub(`client-${(count += 1)}`);

/** Subscribes until the end of the test, and keeps what it is told. */
function reader(t, hub, options) {
  const told = { updates: [], gaps: [], states: [] };
  const { signal } = t;
  const subscription = subscribe(hub, {
    signal,
    onUpdate: (update) => told.updates.push(update),
    onGap: (gap) => told.gaps.push(gap),
    onState: (state) => told.states.push(state),
    ...options,
  });
  return Object.assign(told, { subscription, opened: () => until(() => subscription.state.name === "open", () => "an open stream") });
}

describe("the client", { concurrency: true }, () => {
  test("gives each update with its type, its text, what its JSON stands for, and its topics", async (t) => {
    const hub = freshHub();
    const read = reader(t, hub, { topics: ["orders/{id}", "news"], json: true, withTopics: true });
    await read.opened();
    const { id, connections } = await publish(hub, { topic: ["orders/1", "private/1"], type: "paid", data: { total: 3 } });
    assert.equal(connections, 1);
    await until(() => read.updates.length === 1, () => "the update");
    assert.deepEqual(read.updates, [{ id, type: "paid", text: '{"total":3}', data: { total: 3 }, topics: ["orders/1"] }]);
    assert.equal(read.subscription.lastEventId, id);
    assert.deepEqual(read.states.map(({ name }) => name), ["connecting", "open"]);
  });

  test("counts no silence as a loss when `silence` is longer than any timer", async (t) => {
    const hub = freshHub();
    const read = reader(t, hub, { topics: "a", silence: Infinity });
    await read.opened();
    await publish(hub, { topic: "a", data: "x" });
    await until(() => read.updates.length === 1, () => "the update");
    assert.deepEqual(read.states.map(({ name }) => name), ["connecting", "open"]);
  });

  test("is iterated, from the beginning, and goes on where another one broke off", async () => {
    const hub = freshHub();
    const ids = ["a", "b", "c", "d"];
    for (const id of ids) await publish(hub, { topic: "x", id, data: id });
    const seen = [];
    const first = subscribe(hub, { topics: "x", lastEventId: "earliest" });
    for await (const { data } of first) if (seen.push(data) === 2) break;
    assert.equal(first.state.name, "closed");
    assert.equal(first.lastEventId, "b");
    for await (const { data } of subscribe(hub, { topics: "x", lastEventId: first.lastEventId })) if (seen.push(data) === 4) break;
    assert.deepEqual(seen, ids);
  });

  test("a long selection of matchers goes by QUERY", async () => {
    const hub = freshHub();
    await publish(hub, { topic: "last", id: "1", data: "found" });
    const exact = [...Array.from({ length: 90 }, (_, index) => `a/topic/of/some/length/${index}`), "last"];
    for await (const { data } of subscribe(hub, { match: { exact }, lastEventId: "earliest" })) {
      assert.equal(data, "found");
      break;
    }
  });

  test("a refusal ends it with the hub's own words, also for who iterates", async (t) => {
    const hub = freshHub();
    const match = { urlpattern: "(" };
    const read = reader(t, hub, { match });
    await until(() => read.subscription.state.name === "closed", () => "a closed subscription");
    const { why, problem } = read.subscription.state;
    assert.equal(why, "refused");
    assert.ok(problem instanceof Problem && problem.status === 400 && problem.field === "match_urlpattern", problem);
    await assert.rejects(subscribe(hub, { match })[Symbol.asyncIterator]().next(), { name: "Problem", message: problem.message });
  });

  test("an update is refused with its field, and nothing is sent for one that is wrong", async () => {
    const hub = freshHub();
    await assert.rejects(publish(hub, { topic: "x", type: "a\nb" }), { name: "Problem", status: 400, field: "type" });
    await assert.rejects(publish(hub, { topic: "x", private: "yes" }), TypeError);
  });

  for (const [what, given] of Object.entries({ "a list": (updates) => updates, "a stream": async function* (updates) { yield* updates; } })) {
    test(`many updates in ${what} are answered each, in order`, async () => {
      const hub = freshHub();
      const updates = [{ topic: "x", id: "1", data: 1 }, { topic: "x", id: "#", data: 2 }, { topic: "x", id: "3", data: 3 }];
      const answers = [];
      for await (const answer of publishMany(hub, given(updates))) answers.push(answer);
      assert.deepEqual(answers.map(({ update }) => update), updates);
      assert.deepEqual([answers[0].id, answers[2].id], ["1", "3"]);
      assert.equal(answers[1].problem.field, "id");
    });
  }
});
