// Updates about subscriptions are kept for themselves: who subscribes pushes out no publication.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Subscriber, publish } from "./clients.mjs";
import { replace, rows } from "./database.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS_0, bearer, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const VERSION_5 = fileURLToPath(new URL("version_5.sql", import.meta.url));
const SUBSCRIPTIONS = "/.well-known/mercure/subscriptions{/topic}{/subscriber}";
const OPEN = { ...KEYS_0, ANONYMOUS_PUBLISH: "true", SUBSCRIPTIONS: "true" };

async function start(t, vars = {}) {
  const server = await Server.start({ kind: "workerd", vars: { ...OPEN, ...vars } });
  t.after(() => server.stop());
  return server;
}

/** How many updates about subscriptions are kept, and of how many a connection tells: see `limits`. */
const KEPT = 1_000;
const TOLD = 100;

const topics = (count, name) => Array.from({ length: count }, (_, at) => `${name}-${at}`);

/** Strangers come with `connections` times 1,000 topics, stay or go, and come again with one. */
async function crowd(t, server, connections) {
  for (let at = 0; at < connections; at++) {
    await Stream.open(t, withQuery(server.hub(), { topic: topics(1_000, `many-${at}`) }));
  }
  const before = await server.connections();
  for (let at = 0; at < 20; at++) {
    const guest = await Stream.open(t, withQuery(server.hub(), { topic: `churn-${at}` }));
    guest.close();
  }
  await until(async () => (await server.connections()) === before, "the guests to be gone");
}

/** How many rows there are of each kind: publications, and updates about subscriptions. */
function held(server) {
  const counted = rows(server.folder, "SELECT subscription, count(*) AS held FROM updates GROUP BY subscription");
  return [0, 1].map((kind) => counted.find(({ subscription }) => subscription === kind)?.held ?? 0);
}

test("six strangers with 1,000 topics each, and others who come and go, push out no publication", async (t) => {
  const server = await start(t, { HISTORY_UPDATES: "20" });
  const numbers = Array.from({ length: 15 }, (_, at) => `${at + 1}`);
  for (const data of numbers) await publish(server.hub(), { topic: "a", data, id: `id-${data}` });
  const watcher = await Stream.open(t, withQuery(server.hub(), { topic: SUBSCRIPTIONS }), {
    headers: bearer(await token0({ subscribe: ["*"] })),
  });
  await crowd(t, server, 6);
  const [publications, subscriptions] = held(server);
  assert.equal(publications, numbers.length);
  assert.ok(subscriptions > 1 && subscriptions <= 20, `${subscriptions}`);
  assert.match(watcher.text, /"topic":"churn-19"/, "who may is told all the same");

  const resumes = async (life) => {
    const resumed = await Subscriber.open(server.hub(), ["a"], { lastEventId: "id-1" });
    t.after(() => resumed.close());
    await resumed.receives("15");
    assert.deepEqual(resumed.data, numbers.slice(1), life);
  };
  await resumes("before the server was killed");
  const own = /^id: (.*)$/m.exec(watcher.updates[0])[1];
  await server.kill();
  await server.restart();
  await resumes("behind it");

  // Who could see what is gone is told so, and is given every publication that there is.
  for (const topic of ["a", "*"]) {
    const url = withQuery(server.hub(), { topic, lastEventID: "id-1" });
    const granted = await Stream.open(t, url, { headers: bearer(await token0({ subscribe: ["*"] })) });
    await granted.receivesId("id-15");
    assert.deepEqual(granted.ids.filter((id) => /^id-/.test(id)), numbers.slice(1).map((data) => `id-${data}`));
    assert.equal(/^event: gap$/m.test(granted.text), topic === "*", granted.text);
  }
  const gone = await Stream.open(t, withQuery(server.hub(), { topic: "a", lastEventID: own }));
  assert.ok(!gone.text.includes("churn"), gone.text);
});

test("publications push out no update about a subscription, and both go on across a restart", async (t) => {
  const server = await start(t, { HISTORY_UPDATES: "5" });
  const guest = await Stream.open(t, withQuery(server.hub(), { topic: ["x", "y"] }));
  for (const data of topics(12, "data")) await publish(server.hub(), { topic: "a", data });
  assert.deepEqual(held(server), [5, 2]);
  guest.close();
  await until(() => held(server)[1] === 4, "the ends to be told");
  await server.kill();
  await server.restart();
  for (const data of topics(3, "later")) await publish(server.hub(), { topic: "a", data });
  assert.deepEqual(held(server), [5, 4]);
  const granted = await Stream.open(t, withQuery(server.hub(), { topic: SUBSCRIPTIONS, lastEventID: "earliest" }), {
    headers: bearer(await token0({ subscribe: ["*"] })),
  });
  await until(() => granted.updates.length >= 4, "four updates about subscriptions");
});

test(`of updates about subscriptions ${KEPT} are kept, and of a connection ${TOLD} are told`, async (t) => {
  const server = await start(t);
  await crowd(t, server, 12);
  const [, subscriptions] = held(server);
  assert.ok(subscriptions > KEPT / 2 && subscriptions <= KEPT, `${subscriptions}`);
  const list = await fetch(`${server.hub()}/subscriptions`, { headers: bearer(await token0({ subscribe: ["*"] })) });
  assert.equal((await list.json()).subscriptions.length, 12 * TOLD);
  for (let at = 0; at < 10; at++) await publish(server.hub(), { topic: "a", data: "x" });
  assert.deepEqual(held(server), [10, KEPT]);
});

test("a payload of 30 kB is left out, and one that fits is stored once for a connection", async (t) => {
  const server = await start(t);
  const watcher = await Stream.open(t, withQuery(server.hub(), { topic: SUBSCRIPTIONS }), {
    headers: bearer(await token0({ subscribe: ["*"] })),
  });
  const subscribed = async (name, payload) => {
    const headers = bearer(await token0({ subscribe: [], payload }));
    await Stream.open(t, withQuery(server.hub(), { topic: topics(20, name) }), { headers });
    await watcher.receives(`"topic":"${name}-19"`);
    const events = watcher.updates.map((block) => JSON.parse(/^data: (.*)$/m.exec(block)[1]));
    return events.filter(({ topic }) => topic.startsWith(name));
  };
  const large = await subscribed("large", { text: "x".repeat(30_000) });
  assert.ok(large.every((event) => event.active && !("payload" in event)));
  const payload = { text: "y".repeat(2_000) };
  for (const event of await subscribed("small", payload)) assert.deepEqual(event.payload, payload);
  const columns = "max(length(subscriptions) + length(payloads)) AS longest, count(*) AS held";
  const [{ longest, held: connections }] = rows(server.folder, `SELECT ${columns} FROM active_connections`);
  assert.equal(connections, 3);
  assert.ok(longest < 2_500, `${longest}`);
  const pages = "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()";
  const [{ bytes }] = rows(server.folder, pages);
  assert.ok(bytes < 300_000, `${bytes}`);
});

test("a database of version 5 is brought to this version, and its updates are all kept as publications", async (t) => {
  const server = await start(t, { HISTORY_UPDATES: "4" });
  await publish(server.hub(), { topic: "a", data: "first" });
  await server.kill();
  replace(server.folder, VERSION_5);
  await server.restart();
  const resumed = await Subscriber.open(server.hub(), ["a"], { lastEventId: "old-3" });
  t.after(() => resumed.close());
  await publish(server.hub(), { topic: "a", data: "new-7" });
  await resumed.receives("new-7");
  assert.deepEqual(resumed.data, ["old-4", "old-6", "new-7"]);
  const sequences = () => rows(server.folder, "SELECT sequence FROM updates ORDER BY sequence").map((row) => row.sequence);
  // The subscriber was told of in 7.
  assert.deepEqual(sequences(), [4, 5, 6, 7, 8]);
  assert.deepEqual(held(server), [4, 1]);
});
