// The parameter `fields=topic`: each update tells its topics, and no client notices.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { post } from "./clients.mjs";
import { JS_CLIENTS } from "./js_clients.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS_0, bearer, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

let server;
let count = 0;
before(async () => (server = await Server.start({ kind: "workerd", vars: { ...KEYS_0, ANONYMOUS_PUBLISH: "true" } })));
after(() => server?.stop());
const freshHub = () => server.hub(`topics-${(count += 1)}`);
const topics = (block) => [...block.matchAll(/^topic: (.*)$/gm)].map(([, topic]) => topic);

test("live and in a replay, an update has a field for each topic that was asked for", async (t) => {
  const hub = freshHub();
  const asked = { topic: ["ж", "b/{id}"], fields: "topic" };
  const reader = await Stream.open(t, withQuery(hub, asked));
  await post(hub, { topic: ["ж", "not/asked", "b/2"], data: "1", id: "1" });
  await reader.receivesId("1");
  const again = await Stream.open(t, withQuery(hub, { ...asked, lastEventID: "earliest" }));
  await again.receivesId("1");
  assert.deepEqual([reader, again].map(({ updates }) => updates.map(topics)), [[["ж", "b/2"]], [["ж", "b/2"]]]);
});

test("a private update tells no topic without a grant for it", async (t) => {
  const hub = freshHub();
  const headers = bearer(await token0({ subscribe: ["a"], publish: ["*"] }));
  const reader = await Stream.open(t, withQuery(hub, { topic: "*", fields: "topic" }), { headers });
  await post(hub, { topic: ["somebody", "a"], private: "on", data: "1", id: "1" }, { headers });
  await reader.receivesId("1");
  assert.deepEqual(reader.updates.map(topics), [["a"]]);
});

test("by QUERY it stands in the form", async (t) => {
  const hub = freshHub();
  const body = new URLSearchParams([["match", "a"], ["fields", "topic"]]);
  const reader = await Stream.open(t, hub, { method: "QUERY", body });
  await post(hub, { topic: "a", data: "1", id: "1" });
  await reader.receivesId("1");
  assert.deepEqual(reader.updates.map(topics), [["a"]]);
});

test("another field is refused, and the right one is named", async () => {
  const response = await fetch(withQuery(freshHub(), { topic: "a", fields: "topics" }));
  const { detail, field } = await response.json();
  assert.deepEqual([response.status, field], [400, "fields"]);
  assert.match(detail, /"topics" is no field.*the only one is topic/);
});

for (const [name, { runs, module, open }] of Object.entries(JS_CLIENTS).filter(([, { runs }]) => runs === "node")) {
  test(`${name} is shown the same events with the field and without`, async (t) => {
    const hub = freshHub();
    const seen = {};
    for (const fields of [[], ["topic"]]) {
      const events = (seen[fields.length] = []);
      const source = open(String(withQuery(hub, { topic: "a", fields })), await import(module), (event) => events.push(event));
      t.after(() => source.close());
    }
    await until(async () => (await server.connections(`topics-${count}`)) === 2, "both connections");
    await post(hub, { topic: "a", data: '{"a":1}', id: "1" });
    await until(() => Object.values(seen).every((events) => events.some(({ id }) => id === "1")), "the update");
    const updates = Object.values(seen).map((events) => events.filter(({ id }) => id === "1"));
    assert.deepEqual(updates[1], updates[0]);
    assert.equal(runs, "node");
  });
}
