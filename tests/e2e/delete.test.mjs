// An operator deletes a hub: nothing of it is left, and its clients come back to one that begins anew.
import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Subscriber, publish, subscribeUrl } from "./clients.mjs";
import { alarms, databaseOf } from "./database.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { SocketSubscriber } from "./socket.mjs";
import { KEYS, bearer, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

/** Bytes of a database that has nothing. */
const EMPTY = 4_096;

let server;
before(async () => {
  const HUBS = JSON.stringify({ held: { DELIVERY: "hibernate" }, present: { DELIVERY: "hibernate", SUBSCRIPTIONS: "true" } });
  server = await Server.start({ kind: "workerd", vars: { ...KEYS, ANONYMOUS_PUBLISH: "true", HISTORY_AGE: "1h", HUBS } });
});
after(() => server?.stop());

const remove = (name) => fetch(`${server.origin}/hubs/${name}`, { method: "DELETE", headers: bearer(OPERATOR_KEY) });
async function names() {
  const { hubs } = await (await fetch(`${server.origin}/hubs`, { headers: bearer(OPERATOR_KEY) })).json();
  return hubs.map(({ name }) => name);
}
const update = (id, data = id) => ({ topic: "a", id, data });
/** The bytes on the disk of the database of a hub, with its log. */
function bytesOf(name) {
  const folder = join(server.folder, "HubObject");
  const files = readdirSync(folder).filter((file) => file.startsWith(databaseOf(name)) && !file.endsWith("-shm"));
  return files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

describe("a deletion", { concurrency: true }, () => {
  for (const name of ["stored", "held"]) {
    test(`nothing is left of a hub (${name}), and its clients come back to one that begins anew and are told of the gap`, async (t) => {
      const hub = server.hub(name);
      const source = await Subscriber.open(hub, ["a"]);
      t.after(() => source.close());
      const socket = await SocketSubscriber.open(t, subscribeUrl(hub, ["a"]));
      await publish(hub, update("1", "x".repeat(500_000)));
      await publish(hub, update("2"));
      await Promise.all([source.receives("2"), socket.receives("2")]);
      await until(async () => (await names()).includes(name), "the hub to be in the index");
      assert.ok(bytesOf(name) > 500_000);

      const answer = await remove(name);
      assert.deepEqual([answer.status, await answer.json()], [200, { connections: 2 }]);
      assert.ok(!(await names()).includes(name));
      assert.ok(bytesOf(name) <= EMPTY, `${bytesOf(name)} bytes are left`);
      await socket.ends();
      assert.equal(socket.whole, true);

      // In a hub that begins anew nothing is before the first update.
      await publish(hub, update("3"));
      const behind = await SocketSubscriber.open(t, subscribeUrl(hub, ["a"]), { "last-event-id": "2" });
      await until(() => /^event: gap$/m.test(behind.chunks.join("")), "the gap");
      await until(() => source.opened >= 2, "the client to be back", 30_000);
      await publish(hub, update("4"));
      await source.receives("4");
      assert.ok(source.events.some(({ type }) => type === "gap"), "the client that came back is told of the gap");
      await until(async () => (await names()).includes(name), "the new hub to be in the index");
      assert.doesNotMatch(server.output, /trapped|not confirmed/);
    });
  }
});

test("a publication during a deletion is answered, and what is answered 200 later is there", async () => {
  const hub = server.hub("busy");
  await publish(hub, update("first"));
  let isDeleted = false;
  const answers = [];
  const publisher = async (of) => {
    for (let at = 0; !isDeleted; at += 1) {
      const id = `${of}-${at}`;
      const response = await fetch(hub, { method: "POST", body: new URLSearchParams(update(id)) });
      answers.push({ status: response.status, text: await response.text() });
    }
  };
  const publishers = [1, 2, 3].map(publisher);
  assert.equal((await remove("busy")).status, 200);
  isDeleted = true;
  await Promise.all(publishers);
  for (const { status, text } of answers) assert.ok(status === 200 || /not known whether the update was kept/.test(text), `${status} ${text}`);
  // The object ends behind its answer, with what has reached it.
  await until(() => /"event":"reset".*"hub":"busy".*"reason":"deleted"/.test(server.output), "the end of the object");
  await publish(hub, update("after"));
  const response = await fetch(`${subscribeUrl(hub, ["a"])}&live=false&lastEventID=earliest`);
  const held = await response.text();
  assert.match(held, /^id: after$/m);
  assert.doesNotMatch(held, /^id: first$/m);
});

test("subscriptions of a deleted hub are told once they are back, and none stays behind", async (t) => {
  const hub = server.hub("present");
  const headers = bearer(await token0({ subscribe: ["*"] }));
  const active = async () => (await (await fetch(`${hub}/subscriptions`, { headers })).json()).subscriptions.filter(({ active }) => active).length;
  const source = await Subscriber.open(hub, ["a"]);
  t.after(() => source.close());
  await publish(hub, update("1"));
  assert.equal(await active(), 1);
  assert.equal((await remove("present")).status, 200);
  assert.equal(await active(), 0);
  await until(() => source.opened >= 2, "the client to be back", 30_000);
  assert.equal(await active(), 1);
});

test("what is not there can be deleted, and a deletion can be repeated", async () => {
  for (const name of ["never", "stored", "stored"]) {
    assert.deepEqual([(await remove(name)).status, (await names()).includes(name)], [200, false], name);
  }
  assert.ok(bytesOf("never") <= EMPTY);
});

test("a deleted hub leaves no alarm, and its reset is no failure in the log", async () => {
  await publish(server.hub("aged"), update("1"));
  const hasAlarm = () => alarms(server.folder).includes(databaseOf("aged"));
  await until(hasAlarm, "the alarm for what is too old");
  assert.equal((await remove("aged")).status, 200);
  assert.ok(!hasAlarm());
  assert.doesNotMatch(server.output, /object unusable|hub not in the index|trapped/);
});
