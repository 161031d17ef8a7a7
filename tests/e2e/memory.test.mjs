// A hub keeps to the memory that it is given: it refuses connections, and reads updates from the storage.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Subscriber, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { SocketSubscriber } from "./socket.mjs";
import { until } from "./until.mjs";

const MEMORY = 262_144;
/** A connection counts for 4 KiB, and what all of them ask for takes less than one more. */
const CONNECTIONS = 63;
const UPDATES = 1_000;
const FILLER = "x".repeat(2_000);

let server;
before(async () => {
  // A heartbeat finds out who is gone, and would close who stalls.
  const hubs = { connections: { HEARTBEAT: "1s" } };
  const own = { HEARTBEAT: "0", HUBS: JSON.stringify(hubs), MEMORY: String(MEMORY) };
  const vars = { ANONYMOUS_PUBLISH: "true", ...own };
  server = await Server.start({ kind: "workerd", vars });
});
after(() => server?.stop());

const numbers = (count) => Array.from({ length: count }, (_, at) => String(at + 1));
const data = (id) => `${id} ${FILLER}`;

/** Publishes updates that take eight times the hub's memory. */
async function publishAll(hub, ids) {
  const lines = ids.map((id) => JSON.stringify({ topic: "a", id, data: data(id) }));
  const headers = { "content-type": "application/x-ndjson" };
  const response = await fetch(hub, { method: "POST", body: lines.join("\n"), headers });
  const answers = (await response.text()).split("\n").slice(0, -1).map((line) => JSON.parse(line));
  assert.deepEqual(answers.map(({ id }) => id), ids);
}

const open = (t, hub, headers) => SocketSubscriber.open(t, subscribeUrl(hub, ["a"]), headers);

test("connections over what memory holds are refused until one has ended", async (t) => {
  const hub = server.hub("connections");
  const subscribers = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(t, hub)));
  const refused = await fetch(subscribeUrl(hub, ["a"]));
  assert.equal(refused.status, 429);
  assert.match(refused.headers.get("retry-after"), /^[1-9]\d*$/);
  assert.match(refused.headers.get("content-type"), /^application\/problem\+json\b/);
  assert.equal((await refused.json()).status, 429);
  assert.equal(await server.connections("connections"), CONNECTIONS);
  // Another hub has memory of its own.
  await open(t, server.hub("elsewhere"));
  subscribers.pop().close();
  await until(async () => (await server.connections("connections")) < CONNECTIONS, "the place to be free");
  subscribers.push(await open(t, hub));
});

test("updates over what memory holds reach everybody, and are replayed exactly", async (t) => {
  const hub = server.hub("updates");
  const live = await Promise.all([Subscriber.open(hub, ["a"]), Subscriber.open(hub, ["a"])]);
  t.after(() => live.forEach((subscriber) => subscriber.close()));
  // They leave nothing for updates but a place or two.
  const idle = await Promise.all(Array.from({ length: CONNECTIONS - 5 }, () => open(t, hub)));
  const ids = numbers(UPDATES);
  await publishAll(hub, ids);
  const replays = [
    await Subscriber.open(hub, ["a"], { lastEventId: "earliest" }),
    await Subscriber.open(hub, ["a"], { lastEventId: ids[499] }),
  ];
  t.after(() => replays.forEach((subscriber) => subscriber.close()));
  for (const subscriber of [...live, ...replays]) await subscriber.receives(data(ids.at(-1)));
  const [all, rest] = [ids, ids.slice(500)].map((expected) =>
    expected.map((id) => ({ type: "message", data: data(id), id })),
  );
  for (const { events } of [...live, replays[0]]) assert.deepEqual(events, all);
  assert.deepEqual(replays[1].events, rest);
  for (const subscriber of idle) {
    await subscriber.receives(ids.at(-1));
    assert.deepEqual(subscriber.ids, ids);
  }
});

test("a reader that stalls is served from the storage when it reads on", async (t) => {
  const hub = server.hub("stalled");
  const stalled = await open(t, hub);
  stalled.stall();
  const ids = numbers(8 * UPDATES);
  for (let at = 0; at < ids.length; at += UPDATES) await publishAll(hub, ids.slice(at, at + UPDATES));
  stalled.readOn();
  await stalled.receives(ids.at(-1));
  assert.deepEqual([stalled.ids, stalled.gaps], [ids, []]);
});
