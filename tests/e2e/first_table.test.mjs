// Tables begin with the first thing that a hub must keep.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Subscriber, post, publish, subscribeUrl } from "./clients.mjs";
import { change, rows, tables } from "./database.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS, bearer, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const OPEN = { ANONYMOUS_PUBLISH: "true" };
const OPERATOR = { authorization: `Bearer ${OPERATOR_KEY}` };
const VERSION_5 = fileURLToPath(new URL("version_5.sql", import.meta.url));
/** That of the runtime, which it makes for an alarm. */
const OF_RUNTIME = "_cf_METADATA";

async function started(t, vars = {}, settings = []) {
  const server = await Server.start({ kind: "workerd", vars: { ...OPEN, ...vars }, settings });
  t.after(() => server.stop());
  return server;
}

const isOurs = (name) => name !== OF_RUNTIME;
const ours = (server) => tables(server.folder).map((names) => names.filter(isOurs));
const drain = (server) => fetch(`${server.origin}/hubs/default/drain?within=1ms`, { method: "POST", headers: OPERATOR });

async function status(url, init) {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response.status;
}

describe("of a hub that never kept anything", () => {
  let server;
  before(async () => {
    const HUBS = JSON.stringify({ api: { SUBSCRIPTIONS: "true" } });
    server = await Server.start({ kind: "workerd", vars: { ...KEYS, ...OPEN, HUBS } });
  });
  after(() => server?.stop());

  const topic = (name) => withQuery(server.hub(name), { topic: "a" });
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const TOUCHES = {
    "a live subscription": async (t) => await Stream.open(t, topic("live")),
    "a subscription behind an unknown id": async (t) =>
      await Stream.open(t, topic("unknown"), { headers: { "last-event-id": "unknown" } }),
    "a subscription from the earliest update on": async (t) =>
      await Stream.open(t, withQuery(server.hub("earliest"), { topic: "a", lastEventID: "earliest" })),
    "a subscription by QUERY": async (t) =>
      await Stream.open(t, server.hub("query"), { method: "QUERY", body: "match=a", headers: form }),
    "HEAD": async () => assert.equal(await status(topic("head"), { method: "HEAD" }), 200),
    "the subscription API": async () => {
      const headers = bearer(await token0({ subscribe: ["*"] }));
      const response = await fetch(`${server.hub("api")}/subscriptions`, { headers });
      assert.deepEqual([response.status, (await response.json()).subscriptions], [200, []]);
    },
    "health": async () => assert.equal(await server.connections("health"), 0),
    "a publication that is refused": async () =>
      assert.equal(await status(server.hub("refused"), { method: "POST", body: "data=x", headers: form }), 400),
    "a refused publication with an idempotency key": async () => {
      const headers = { ...form, "idempotency-key": "key" };
      assert.equal(await status(server.hub("key"), { method: "POST", body: "data=x", headers }), 400);
    },
    "a drain without connections": async () =>
      assert.equal(await status(`${server.origin}/hubs/drain/drain`, { method: "POST", headers: OPERATOR }), 200),
  };
  for (const [name, touch] of Object.entries(TOUCHES)) {
    test(`${name} leaves no table`, async (t) => {
      const before = tables(server.folder).length;
      await touch(t);
      const all = tables(server.folder);
      assert.equal(all.length, before + 1, "it reached an object");
      assert.deepEqual(all.filter((names) => names.length > 0), []);
    });
  }
});

test("the first publication makes the tables, reaches who is there, and is resumed behind after kill -9", async (t) => {
  const server = await started(t);
  const subscriber = await Subscriber.open(server.hub(), ["a"]);
  t.after(() => subscriber.close());
  const idle = await Stream.open(t, withQuery(server.hub(), { topic: "b" }));
  assert.deepEqual(ours(server), [[]]);
  await publish(server.hub(), { topic: "a", id: "1", data: "1" });
  await subscriber.receives("1");
  assert.deepEqual(rows(server.folder, "SELECT id FROM updates").map(({ id }) => id), ["1"]);
  assert.equal(rows(server.folder, "SELECT key FROM place_key").length, 1);
  await publish(server.hub(), { topic: "a", id: "2", data: "2" });
  await server.kill();
  assert.equal(idle.updates.length, 0);
  await server.restart();
  await publish(server.hub(), { topic: "a", id: "3", data: "3" });
  await subscriber.receives("3");
  assert.deepEqual(subscriber.data, ["1", "2", "3"]);
  const resumed = await Stream.open(t, withQuery(server.hub(), { topic: "a", lastEventID: "1" }));
  await resumed.receivesId("3");
  assert.deepEqual(resumed.ids, ["2", "3"]);
});

test("a hub without tables is without them after kill -9, and then begins them", async (t) => {
  const server = await started(t);
  for (const life of ["one", "two"]) {
    await Stream.open(t, withQuery(server.hub(), { topic: life }));
    await server.kill();
    assert.deepEqual(ours(server), [[]]);
    await server.restart();
  }
  await publish(server.hub(), { topic: "a", id: "1" });
  const versions = rows(server.folder, "SELECT version FROM schema").map(({ version }) => version);
  assert.deepEqual(versions, versions.map((_, at) => at + 1));
});

test("an idempotency key is remembered with the first publication of a hub", async (t) => {
  const server = await started(t);
  const keyed = async () => {
    const response = await post(server.hub(), { topic: "a" }, { headers: { "idempotency-key": "key" } });
    assert.equal(response.status, 200);
    return response.text();
  };
  const id = await keyed();
  await server.kill();
  await server.restart();
  assert.equal(await keyed(), id);
  assert.deepEqual(rows(server.folder, "SELECT id FROM updates").map((row) => row.id), [id]);
});

test("a drain is noted once there is a client whose reconnection time it has changed", async (t) => {
  const server = await started(t);
  const url = withQuery(server.hub(), { topic: "a" });
  const again = async () => {
    await server.kill();
    await server.restart();
    return Stream.open(t, url);
  };
  assert.deepEqual(await (await drain(server)).json(), { connections: 0 });
  const unnoted = await again();
  assert.deepEqual(ours(server), [[]]);
  assert.ok(!/^retry:/m.test(unnoted.text), unnoted.text);
  assert.deepEqual(await (await drain(server)).json(), { connections: 1 });
  assert.equal(rows(server.folder, "SELECT at FROM drained").length, 1);
  const told = await again();
  await told.receives("retry: ");
});

test("a subscription that others are told of is something to keep: its end is told after kill -9", async (t) => {
  const server = await started(t, { ...KEYS, SUBSCRIPTIONS: "true" });
  const url = (query) => withQuery(server.hub(), query);
  await Stream.open(t, url({ topic: "a" }));
  assert.equal(rows(server.folder, "SELECT subscriber FROM active_connections").length, 1);
  await server.kill();
  await server.restart();
  const headers = bearer(await token0({ subscribe: ["*"] }));
  const watcher = await Stream.open(t, url({ topic: "*", lastEventID: "earliest" }), { headers });
  await watcher.receives('"active":false');
});

/** Databases in which a step of the tables cannot be done, since a table of that name is there. */
const HALVES = {
  "of an empty hub": { sql: "", taken: "drained", left: [] },
  "from version 5 on": {
    sql: readFileSync(VERSION_5, "utf8"),
    taken: "place_key",
    left: ["active_subscriptions", "drained", "emptied", "outcomes", "schema", "updates"],
  },
};
for (const [name, { sql, taken, left }] of Object.entries(HALVES)) {
  test(`the steps ${name} are done together or not at all, and the hub works once they can be`, async (t) => {
    const server = await started(t);
    const publishes = async () => (await post(server.hub(), { topic: "a" })).status;
    await server.connections();
    await server.kill();
    change(server.folder, `${sql} CREATE TABLE ${taken} (other);`);
    await server.restart();
    for (let attempt = 0; attempt < 2; attempt++) assert.equal(await publishes(), 500);
    await server.kill();
    assert.deepEqual(ours(server), [[...left, taken].sort()]);
    if (left.includes("schema")) {
      assert.equal(rows(server.folder, "SELECT version FROM schema").length, 5);
      assert.equal(rows(server.folder, "SELECT name FROM pragma_table_info('emptied')").length, 2);
    }
    change(server.folder, `DROP TABLE ${taken}`);
    await server.restart();
    assert.equal(await publishes(), 200);
  });
}

test("a hub without tables notices at its next beat that another has made them", async (t) => {
  const server = await started(t, { HEARTBEAT: "1s" });
  const stream = await Stream.open(t, subscribeUrl(server.hub(), ["a"]));
  await stream.receives(":\n");
  assert.equal(stream.ended, false);
  change(server.folder, "CREATE TABLE schema (version INTEGER NOT NULL)");
  await stream.ends();
  await until(() => /history lost.*another life/.test(server.output), "the reason in the log");
});

test("a beat fails without tables as well when the storage does", async (t) => {
  const server = await started(t, { HEARTBEAT: "1s" }, ["CONFIG=trap"]);
  const stream = await Stream.open(t, subscribeUrl(server.hub(), ["a"]));
  assert.equal(await status(`${server.origin}/healthz`, { headers: { "sql-fails": "1" } }), 200);
  await stream.ends();
  await until(() => /history lost.*deliberate/.test(server.output), "the reason in the log");
  assert.deepEqual(ours(server), [[]]);
});

test("a short visit leaves no alarm, and a longer one a table of the runtime alone", async (t) => {
  const server = await started(t, { HEARTBEAT: "500ms" }, ["CONFIG=hasty"]);
  const open = (name) => Stream.open(t, withQuery(server.hub(name), { topic: "a" }));
  const visit = await open("visited");
  visit.close();
  await until(async () => (await server.connections("visited")) === 0, "the visit to be over");
  const stream = await open("used");
  assert.deepEqual(tables(server.folder), [[], []]);
  // Looking at the one that was visited is over by then.
  await until(() => tables(server.folder).flat().length > 0, "the alarm");
  assert.deepEqual(tables(server.folder).flat(), [OF_RUNTIME]);
  await publish(server.hub("used"), { topic: "a", id: "1" });
  await stream.receivesId("1");
});
