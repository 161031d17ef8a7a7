// Rows that are broken: nothing is read as something else, nothing is lost without a word, and the hub goes on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Subscriber, post, publish } from "./clients.mjs";
import { change, rows } from "./database.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS_0, bearer, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const OPEN = { ...KEYS_0, ANONYMOUS_PUBLISH: "true", SUBSCRIPTIONS: "true", HISTORY_UPDATES: "10" };
const FIVE = ["1", "2", "3", "4", "5"];

/** A hub with five updates on the topic a, killed, changed by the SQL, and started again. */
async function broken(t, sql) {
  const server = await Server.start({ kind: "workerd", vars: OPEN });
  t.after(() => server.stop());
  for (const data of FIVE) await publish(server.hub(), { topic: "a", data, id: `id-${data}` });
  await server.kill();
  change(server.folder, sql);
  await server.restart();
  return server;
}

/** Waits for an error record of this event whose detail matches. */
async function assertLogged(server, event, detail) {
  const find = () =>
    server.output
      .split("\n")
      .flatMap((line) => (/^\{.*\}$/.test(line) ? [JSON.parse(line)] : []))
      .find((record) => record.event === event && detail.test(record.detail));
  assert.equal((await until(find, () => `${event}; there was ${server.output}`)).level, "error");
}

/** The data of all that comes behind `id`, a gap as `gap`, to the end of what is published now. */
async function behind(t, server, id) {
  const subscriber = await Subscriber.open(server.hub(), ["a"], { lastEventId: id });
  t.after(() => subscriber.close());
  await publish(server.hub(), { topic: "a", data: `end of ${id}` });
  await subscriber.receives(`end of ${id}`);
  return subscriber.events.map(({ type, data }) => (type === "gap" ? "gap" : data)).slice(0, -1);
}

for (const [column, value] of [
  ["topics", "x'ff'"],
  ["event", "'text'"],
  ["private", "'no'"],
  ["accepted", "'yesterday'"],
  ["id", "x'00'"],
]) {
  test(`an update whose ${column} is broken is a gap for who comes to it, and the stream goes on`, async (t) => {
    const server = await broken(t, `UPDATE updates SET ${column} = ${value} WHERE sequence = 3`);
    assert.deepEqual(await behind(t, server, "id-1"), ["2", "gap", "4", "5"]);
    await assertLogged(server, "update unreadable", new RegExp(`update 3 .*updates\\.${column}.*row`));
    assert.deepEqual((await behind(t, server, "id-3")).includes("gap"), true);
    assert.deepEqual(await behind(t, server, "id-4"), ["5", "end of id-1", "end of id-3"]);
  });
}

for (const sequence of [1, 5]) {
  for (const column of ["before", "bytes", "accepted", "number", "previous"]) {
    test(`where ${column} of the update ${sequence} is broken, the rest is kept and removed in order`, async (t) => {
      const server = await broken(t, `UPDATE updates SET ${column} = 'abc' WHERE sequence = ${sequence}`);
      for (const at of FIVE) await publish(server.hub(), { topic: "a", data: `more ${at}`, id: `more-${at}` });
      const publications = "SELECT id FROM updates WHERE subscription = 0 ORDER BY sequence";
      const ids = () => rows(server.folder, publications).map(({ id }) => id);
      assert.deepEqual(ids().slice(-9), ["id-2", "id-3", "id-4", "id-5", ...FIVE.map((at) => `more-${at}`)]);
      const all = [...["3", "4"], ...(sequence === 5 && column === "accepted" ? ["gap"] : ["5"]), ...FIVE.map((at) => `more ${at}`)];
      assert.deepEqual(await behind(t, server, "id-2"), all);
      for (let at = 0; at < 10; at++) await publish(server.hub(), { topic: "a", data: "later" });
      assert.equal(ids().length, 10);
      await server.kill();
      await server.restart();
      await publish(server.hub(), { topic: "a", data: "last", id: "last" });
      assert.deepEqual([ids().length, ids().at(-1)], [10, "last"]);
    });
  }
}

test("of active subscriptions a broken one is passed over, and the others are told to have ended", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: OPEN });
  t.after(() => server.stop());
  for (const topic of ["x", "y", "z"]) await Stream.open(t, withQuery(server.hub(), { topic }));
  await server.kill();
  change(server.folder, "UPDATE active_connections SET subscriptions = 'nonsense' WHERE number = 2");
  await server.restart();
  const watcher = await Stream.open(t, withQuery(server.hub(), { topic: "*", lastEventID: "earliest" }), {
    headers: bearer(await token0({ subscribe: ["*"] })),
  });
  await watcher.receives('"topic":"z"');
  const ended = () =>
    watcher.updates
      .map((block) => JSON.parse(/^data: (.*)$/m.exec(block)[1]))
      .filter(({ active }) => active === false)
      .map(({ topic }) => topic);
  await until(() => ended().length === 2, () => `two ends, there was ${watcher.text}`);
  assert.deepEqual(ended(), ["x", "z"]);
  await assertLogged(server, "end of a subscription not told", /active_connections\.subscriptions/);
});

test("a broken outcome is not taken for another, and one without a time is forgotten", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: OPEN });
  t.after(() => server.stop());
  const keyed = async (key) =>
    (await post(server.hub(), { topic: "a" }, { headers: { "idempotency-key": key } })).status;
  for (const key of ["one", "two", "three"]) assert.equal(await keyed(key), 200);
  await server.kill();
  change(server.folder, "UPDATE outcomes SET connections = 'few' WHERE key = 'one'");
  change(server.folder, "UPDATE outcomes SET at = 'noon' WHERE key = 'two'");
  await server.restart();
  assert.equal(await keyed("one"), 500);
  await assertLogged(server, "publish failed", /outcomes\.connections of the row JsValue\("one"\)/);
  await assertLogged(server, "idempotency key forgotten early", /outcomes\.at of the row JsValue\("two"\)/);
  for (const key of ["two", "three", "four"]) assert.equal(await keyed(key), 200);
});

test("a broken time of the last drain keeps nobody out, and a broken version of the tables everybody", async (t) => {
  const server = await broken(t, "INSERT INTO drained VALUES ('once')");
  assert.deepEqual(await behind(t, server, "id-3"), ["4", "5"]);
  await assertLogged(server, "time of the last drain unreadable", /drained\.at/);
  await server.kill();
  change(server.folder, "INSERT INTO schema VALUES ('new')");
  await server.restart();
  assert.equal((await post(server.hub(), { topic: "a" })).status, 500);
  await until(() => /schema\.version/.test(server.output), "the reason in the log");
});

test("more broken updates than one removal takes away do not keep the rest from being removed", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: OPEN });
  t.after(() => server.stop());
  await publish(server.hub(), { topic: "a", data: "1", id: "id-1" });
  await server.kill();
  // 600 of them, ahead of the one update.
  const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)";
  const broken = "i, 'broken', 'a', 0, 'abc', 1, x'00', 'abc', 0, 'abc', 'abc', 0";
  change(server.folder, `UPDATE updates SET sequence = 1000; ${numbers} INSERT INTO updates SELECT ${broken} FROM n`);
  await server.restart();
  for (let at = 0; at < 20; at++) await publish(server.hub(), { topic: "a", data: "later" });
  const [{ held }] = rows(server.folder, "SELECT count(*) AS held FROM updates WHERE subscription = 0");
  assert.equal(held, 10);
});
