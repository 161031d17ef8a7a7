// Retention by age: what is too old is shown to nobody, and goes away even if nobody is there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Subscriber, publish, subscribeUrl } from "./clients.mjs";
import { replace, rows } from "./database.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

const VERSION_1 = fileURLToPath(new URL("version_1.sql", import.meta.url));
const OPEN = { ANONYMOUS_PUBLISH: "true" };

async function start(t, vars) {
  const server = await Server.start({ kind: "workerd", vars: { ...OPEN, ...vars } });
  t.after(() => server.stop());
  return server;
}

/** What the answer to a client that comes back with `id` names as the update before the first one sent. */
async function preceding(hub, id) {
  const response = await fetch(subscribeUrl(hub, ["a"]), { method: "HEAD", headers: { "last-event-id": id } });
  return response.headers.get("last-event-id");
}

const ids = (server) => rows(server.folder, "SELECT id FROM updates ORDER BY sequence").map(({ id }) => id);

test("what is too old is shown to nobody, although it is still stored", async (t) => {
  const server = await start(t, { HISTORY_AGE: "2s" });
  const hub = server.hub("age");
  await publish(hub, { topic: "a", data: "1", id: "id-1" });
  assert.equal(await preceding(hub, "id-1"), "id-1");
  await until(async () => (await preceding(hub, "id-1")) !== "id-1", "id-1 to be too old");
  assert.deepEqual(ids(server), ["id-1"]);
  const subscriber = await Subscriber.open(hub, ["a"], { query: { lastEventID: "earliest" } });
  t.after(() => subscriber.close());
  await publish(hub, { topic: "a", data: "2" });
  await subscriber.receives("2");
  assert.deepEqual(subscriber.data, ["2"]);
});

test("an idle hub's updates leave the storage, and its log goes on where it was", async (t) => {
  const server = await start(t, { HISTORY_AGE: "1s" });
  const hub = server.hub("idle");
  for (const data of ["1", "2", "3"]) await publish(hub, { topic: "a", data, id: `id-${data}` });
  await until(() => ids(server).length === 0, "the storage to be empty");
  await server.kill();
  await server.restart();
  const subscriber = await Subscriber.open(hub, ["a"], { lastEventId: "earliest" });
  t.after(() => subscriber.close());
  await publish(hub, { topic: "a", data: "4", id: "id-4" });
  await subscriber.receives("4");
  const [gap, update] = subscriber.events;
  assert.deepEqual(JSON.parse(gap.data), { requested: "earliest", first: null, missed: null });
  assert.equal(update.data, "4");
  const sequences = rows(server.folder, "SELECT sequence FROM updates").map(({ sequence }) => sequence);
  assert.deepEqual(sequences, [4]);
});

test("an object that is woken by its alarm alone knows the settings of its hub", async (t) => {
  const server = await start(t, { HISTORY_AGE: "30d", HUBS: '{"short":{"HISTORY_AGE":"2s"}}' });
  await publish(server.hub("short"), { topic: "a", data: "1" });
  await server.kill();
  assert.equal(ids(server).length, 1);
  await server.restart();
  await until(() => ids(server).length === 0, "the storage to be empty");
});

test("a database of version 1 is brought to version 2, whose updates count from then on", async (t) => {
  const server = await start(t, { HISTORY_AGE: "1h" });
  const hub = server.hub("old");
  assert.equal(await preceding(hub, "old-1"), "earliest");
  await server.kill();
  replace(server.folder, VERSION_1);
  const before = Date.now();
  await server.restart();
  const subscriber = await Subscriber.open(hub, ["a"], { lastEventId: "old-1" });
  t.after(() => subscriber.close());
  await publish(hub, { topic: "a", data: "new", id: "new" });
  await subscriber.receives("new");
  assert.deepEqual(subscriber.data, ["old-2", "old-3", "new"]);
  assert.deepEqual(rows(server.folder, "SELECT version FROM schema").map(({ version }) => version), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  for (const { accepted } of rows(server.folder, "SELECT accepted FROM updates")) {
    assert.ok(accepted >= before && accepted <= Date.now(), `${accepted}`);
  }
  await server.kill();
  await server.restart();
  assert.equal(await preceding(hub, "old-3"), "old-3");
});
