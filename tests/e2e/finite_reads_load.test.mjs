// Reads of what is held while much is published, by slow readers, of much data, and in a drain.
import assert from "node:assert/strict";
import { once } from "node:events";
import { get } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { Subscriber, publish } from "./clients.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { withQuery } from "./stream.mjs";
import { until } from "./until.mjs";

const JSON_TYPE = { accept: "application/json" };
const MEBIBYTE = 1 << 20;
/** 20 MB of updates. */
const UPDATES = 2_000;
const FILLER = "x".repeat(10_000);
const READERS = 5;
const STALLED = 10;

let server;
before(async () => {
  const hubs = { heartbeat: { HEARTBEAT: "1s" } };
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true", HUBS: JSON.stringify(hubs) } });
});
after(() => server?.stop());

const numbers = (count) => Array.from({ length: count }, (_, at) => String(at + 1));
const held = (hub) => withQuery(hub, { topic: "a", live: "false" });
const idsOf = ({ updates }) => updates.map(({ id }) => id);

/** A read whose answer stays unread. `fetch` would read ahead, and the kernel then takes up to 20 MB more for it. */
async function stalled(hub) {
  const [answer] = await once(get(held(hub), { headers: JSON_TYPE }), "response");
  return answer;
}

/** Publishes updates that are `FILLER`, 500 with a request. */
async function publishMuch(hub, ids) {
  for (let at = 0; at < ids.length; at += 500) {
    const lines = ids.slice(at, at + 500).map((id) => JSON.stringify({ topic: "a", id, data: FILLER }));
    const headers = { "content-type": "application/x-ndjson" };
    const response = await fetch(hub, { method: "POST", body: lines.join("\n"), headers });
    assert.equal((await response.text()).split("\n").length, lines.length + 1);
  }
}

test("a snapshot and the stream behind it have each update once, however fast they come", async (t) => {
  const hub = server.hub("race");
  const ids = numbers(150);
  let published = 0;
  const publishing = (async () => {
    for (const id of ids) {
      await publish(hub, { topic: "a", id, data: id });
      published += 1;
    }
  })();
  const readers = [];
  for (let at = 0; at < READERS; at += 1) {
    await until(() => published >= (at * ids.length) / READERS, "updates to come");
    const snapshot = await (await fetch(held(hub), { headers: JSON_TYPE })).json();
    const live = await Subscriber.open(hub, ["a"], { query: { lastEventID: snapshot.lastEventID } });
    t.after(() => live.close());
    readers.push({ snapshot: idsOf(snapshot), live });
  }
  await publishing;
  // Some snapshots were taken in the middle.
  assert.ok(readers.some(({ snapshot }) => snapshot.length > 0 && snapshot.length < ids.length));
  await publish(hub, { topic: "a", id: "last", data: "last" });
  for (const { snapshot, live } of readers) {
    await live.receives("last");
    assert.deepEqual([...snapshot, ...live.ids], [...ids, "last"]);
    assert.ok(live.events.every(({ type }) => type === "message"), "there is no gap");
  }
});

test("pages that are read while updates come are together exactly the log", async () => {
  const hub = server.hub("pages");
  const ids = numbers(150);
  const publishing = (async () => {
    for (const id of ids) await publish(hub, { topic: "a", id, data: id });
  })();
  const got = [];
  let cursor = {};
  await until(async () => {
    const url = withQuery(held(hub), { limit: "7", ...cursor });
    const page = await (await fetch(url, { headers: JSON_TYPE })).json();
    got.push(...idsOf(page));
    cursor = { last_event_id: page.lastEventID };
    return got.length >= ids.length;
  }, "the last page");
  await publishing;
  assert.deepEqual(got, ids);
});

test("20 MB are read whole by readers that stall, and the hub holds little of it meanwhile", async () => {
  const hub = server.hub("large");
  const ids = numbers(UPDATES);
  await publishMuch(hub, ids);
  const whole = await (await fetch(held(hub), { headers: JSON_TYPE })).json();
  assert.deepEqual(idsOf(whole), ids);
  const { memory } = server.workerd();
  const answers = await Promise.all(Array.from({ length: STALLED }, () => stalled(hub)));
  // What they are given meanwhile stands behind what the hub has given them.
  await publish(hub, { topic: "b", data: "for nobody" });
  const grown = server.workerd().memory - memory;
  assert.ok(grown < 80, `${grown} MiB more for ${STALLED} readers of 20 MB`);
  for (const answer of answers) {
    const { updates } = JSON.parse(await textOf(answer));
    assert.equal(updates.length, UPDATES);
    assert.ok(updates.every(({ id, data }, at) => id === ids[at] && data === FILLER));
  }
  const after = server.workerd().memory - memory;
  assert.ok(after < 120, `${after} MiB more when they have read it`);
});

test("a read whose client takes nothing is ended, and its document is no JSON", async () => {
  const hub = server.hub("heartbeat");
  await publishMuch(hub, numbers(UPDATES));
  const answer = await stalled(hub);
  let ended;
  const isEnded = async () => ({ ended } = await server.health("heartbeat")).ended["too slow"] === 1;
  await until(isEnded, () => `it to be ended: ${JSON.stringify(ended)}`);
  const text = await textOf(answer);
  assert.ok(text.startsWith('{"updates":[{') && text.length > MEBIBYTE / 8);
  assert.throws(() => JSON.parse(text), SyntaxError);
  assert.doesNotMatch(text, /lastEventID|too slow/);
});

test("a drain lets a read come to its end", async () => {
  const hub = server.hub("drained");
  const ids = numbers(UPDATES);
  await publishMuch(hub, ids);
  const answer = await fetch(held(hub), { headers: JSON_TYPE });
  const headers = { authorization: `Bearer ${OPERATOR_KEY}` };
  const draining = fetch(`${server.origin}/hubs/drained/drain?within=2s`, { method: "POST", headers });
  const turnedAway = async () => {
    const refused = await fetch(held(hub), { headers: JSON_TYPE });
    await refused.text();
    return refused.status === 503 && refused;
  };
  const refused = await until(turnedAway, "others to be turned away");
  assert.match(refused.headers.get("retry-after"), /^\d+$/);
  assert.deepEqual(idsOf(await answer.json()), ids);
  assert.equal((await draining).status, 200);
});
