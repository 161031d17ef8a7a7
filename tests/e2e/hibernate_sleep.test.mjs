// A hub whose clients are quiet sleeps, and nobody notices: all of these hubs wait for their sleep at the same time.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import { Links, asleep } from "./links.mjs";
import { OPERATOR_KEY } from "./server.mjs";
import { SocketSubscriber } from "./socket.mjs";
import { withQuery } from "./stream.mjs";
import { inSeconds, sign, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const HUBS = {
  awake: { DELIVERY: "direct" },
  asking: { HEARTBEAT: "1s" },
  aged: { HISTORY_AGE: "8s" },
  announcing: { SUBSCRIPTIONS: "true", HEARTBEAT: "1s" },
  full: { MAX_CONNECTIONS: "2", HEARTBEAT: "1s" },
  ended: { HEARTBEAT: "0" },
  quiet: { HEARTBEAT: "1s" },
  replaced: { MAX_CONNECTIONS: "1", HEARTBEAT: "1s" },
  visited: { HEARTBEAT: "1s" },
  stalled: { HEARTBEAT: "0" },
};
const EVENTS = "/hubs/announcing/.well-known/mercure/subscriptions{/topic}{/subscriber}";

/** Milliseconds. */
const HOUR = 3_600_000;

let links;
before(async () => (links = await Links.start({ HUBS: JSON.stringify(HUBS) })));
after(() => links?.stop());

const beats = (stream) => stream.text.match(/^:$/gm)?.length ?? 0;

/** How often the hub was made so far, and how often anything has reached it. */
async function life(hub) {
  const { lives, calls, messages } = await links.notes(hub);
  return { lives, calls, messages };
}

describe("while nothing is published", { concurrency: true }, () => {
  test("a hub sleeps under heartbeats and pings, and the next update meets a new life on the same stream", async (t) => {
    const stream = await links.open(t, "quiet");
    await links.publish("quiet", "1");
    await stream.receivesId("1");
    const before = await life("quiet");
    const begun = beats(stream);
    await asleep();
    assert.deepEqual(await life("quiet"), before, "something has reached the object");
    assert.ok(beats(stream) >= begun + 8, `${beats(stream) - begun} heartbeats in twelve seconds`);
    const slept = Date.now();
    await links.publish("quiet", "2");
    await stream.receivesId("2");
    assert.deepEqual(stream.ids, ["1", "2"]);
    assert.equal((await life("quiet")).lives, before.lives + 1);
    const { since, connections } = await links.server.health("quiet");
    assert.ok(since >= slept - 1_000 && since <= Date.now(), `it has lived since ${since}, and slept until ${slept}`);
    assert.equal(connections, 1);
    assert.deepEqual([await links.linksThat("opened", "quiet"), await links.linksThat("woken", "quiet")], [1, 1]);
    assert.equal(await links.figure("quiet", "mercure_subscribers_total"), 1);
  });

  test("a hub with direct streams does not", async (t) => {
    const stream = await links.open(t, "awake");
    const { since } = await links.server.health("awake");
    await asleep();
    await links.publish("awake", "1");
    await stream.receivesId("1");
    assert.deepEqual([(await life("awake")).lives, (await links.server.health("awake")).since], [1, since]);
  });

  test("private updates reach who may read them after a sleep, and nobody else", async (t) => {
    const secret = { private: "on" };
    const publisher = await token0({ publish: ["*"] });
    const send = async (id) => {
      const body = new URLSearchParams({ topic: "a", id, data: id, ...secret });
      const headers = { authorization: `Bearer ${publisher}` };
      assert.equal((await fetch(links.server.hub("private"), { method: "POST", headers, body })).status, 200);
    };
    const granted = await links.open(t, "private", { token: await token0({ subscribe: ["a"] }) });
    const elsewhere = await links.open(t, "private", { token: await token0({ subscribe: ["b"] }) });
    const anonymous = await links.open(t, "private");
    await send("1");
    await granted.receivesId("1");
    await asleep();
    await send("2");
    await links.publish("private", "3");
    await Promise.all([granted, elsewhere, anonymous].map((stream) => stream.receivesId("3")));
    assert.deepEqual([granted.ids, elsewhere.ids, anonymous.ids], [["1", "2", "3"], ["3"], ["3"]]);
    assert.equal((await life("private")).lives, 2);
  });

  test("a token that expires meanwhile ends its stream on time, and the others go on", async (t) => {
    const token = await sign({ mercure: { subscribe: ["*"] }, exp: inSeconds(4) });
    const [short, long] = [await links.open(t, "expiring", { token }), await links.open(t, "expiring")];
    await short.ends();
    assert.match(short.text, /^: expired\n/m);
    await asleep();
    await links.publish("expiring", "1");
    await long.receivesId("1");
    assert.deepEqual([short.ids, (await life("expiring")).lives], [[], 2]);
    const { connections, ended } = await links.server.health("expiring");
    assert.equal(connections, 1);
    assert.equal(Object.values(ended).reduce((sum, count) => sum + count), 0, "the figures are those of this life");
  });

  test("a reader is told to have come and to have gone once, however often the hub has slept", async (t) => {
    const watcher = await links.open(t, "announcing", { topic: EVENTS, token: await token0({ subscribe: [EVENTS] }) });
    const reader = await links.open(t, "announcing", { token: await token0({ subscribe: ["a"] }) });
    const told = (active) => watcher.text.split(`"active":${active}`).length - 1;
    await until(() => /"topic":"a"/.test(watcher.text), "the beginning to be told");
    const begun = told(true);
    await asleep();
    await links.publish("announcing", "1");
    await reader.receivesId("1");
    assert.equal((await life("announcing")).lives, 2);
    assert.deepEqual([told(true), told(false)], [begun, 0]);
    reader.close();
    await until(() => told(false) > 0, "the end to be told");
    await links.open(t, "announcing", { topic: "b", token: await token0({ subscribe: ["b"] }) });
    await until(() => told(true) > begun, "another beginning to be told");
    assert.deepEqual([told(true), told(false)], [begun + 1, 1]);
  });

  test("a hub sleeps after a finite read and a direct stream that have ended", async (t) => {
    const read = async () => {
      const response = await fetch(withQuery(links.server.hub("visited"), { topic: "a", live: "false" }));
      return [response.status, await response.text()];
    };
    assert.equal((await read())[0], 200);
    const stream = await links.open(t, "visited");
    await links.age("visited", { opening: null });
    const direct = await links.open(t, "visited");
    await links.publish("visited", "1");
    await Promise.all([stream, direct].map((each) => each.receivesId("1")));
    assert.match((await read())[1], /^id: 1$/m);
    direct.close();
    await until(async () => (await links.server.connections("visited")) === 1, "the direct stream to be gone");
    await asleep();
    await links.publish("visited", "2");
    await stream.receivesId("2");
    assert.equal((await life("visited")).lives, 2);
  });

  test("who sleeps with the hub keeps a place, and counts for its limit", async (t) => {
    const first = await links.open(t, "full");
    await links.open(t, "full");
    await asleep();
    assert.equal((await fetch(withQuery(links.server.hub("full"), { topic: "a" }))).status, 429);
    assert.equal((await life("full")).lives, 2);
    first.close();
    await until(async () => (await links.server.connections("full")) === 1, "the place to be free");
    await links.open(t, "full");
  });

  test("a reader that has stalled does not keep its hub awake, and wakes it when it reads on", async (t) => {
    const stalled = await SocketSubscriber.open(t, withQuery(links.server.hub("stalled"), { topic: "a" }));
    stalled.stall();
    const ids = Array.from({ length: 4_000 }, (_, at) => String(at + 1));
    const data = "x".repeat(3_000);
    for (let at = 0; at < ids.length; at += 1_000) await links.publishAll("stalled", ids.slice(at, at + 1_000), { data });
    await asleep();
    const before = await life("stalled");
    stalled.readOn();
    await stalled.receives(ids.at(-1));
    assert.deepEqual([stalled.ids, stalled.gaps, stalled.ended], [ids, [], false]);
    assert.equal((await life("stalled")).lives, before.lives + 1);
  });

  test("the next life reads what its links ask for, and nothing that others have asked", async (t) => {
    const hub = "asking";
    const streams = [await links.open(t, hub), await links.open(t, hub), await links.open(t, hub, { topic: ["a", "b"] })];
    for (let at = 0; at < 20; at += 1) (await links.open(t, hub, { topic: `orders/${at}` })).close();
    await until(async () => (await links.server.health(hub)).links === 3, "the links to end");
    assert.equal((await links.selections(hub)).length, 22);
    await asleep();
    await links.publish(hub, "1");
    for (const stream of streams) await stream.receivesId("1");
    const { lives, readings } = await links.notes(hub);
    assert.deepEqual([lives, readings, (await links.selections(hub)).length], [2, 2, 2]);
  });

  test("the next life takes a link that was replaced, and whose Worker answers no close, for nobody's", async (t) => {
    const stream = await links.open(t, "replaced");
    await links.sever("replaced");
    await until(async () => (await links.notes("replaced")).openings === 2, "the link to be open again");
    assert.equal(await links.sockets("replaced"), 2, "a socket that is closing is there");
    await asleep();
    await links.publish("replaced", "1");
    await stream.receivesId("1");
    const { lives, openings } = await links.notes("replaced");
    assert.deepEqual([lives, openings, stream.ended], [2, 2, false]);
    assert.equal((await fetch(withQuery(links.server.hub("replaced"), { topic: "a" }))).status, 429, "its place is taken");
  });

  test("the next life takes a link that the hub has ended, and whose Worker answers no close, for nobody's", async (t) => {
    await links.open(t, "ended");
    await links.sever("ended");
    await links.open(t, "ended");
    const [connection] = (await links.notes("ended")).ids;
    assert.equal(await links.disconnect("ended", { connection }), 1);
    assert.equal(await links.sockets("ended"), 2, "a socket that is closing is there");
    await asleep();
    const { connections } = await links.server.health("ended");
    assert.deepEqual([connections, (await life("ended")).lives], [1, 2]);
  });

  test("a hub that sleeps is drained, and its clients come back when they are told to", async (t) => {
    const streams = [await links.open(t, "drained"), await links.open(t, "drained")];
    await asleep();
    const { origin } = links.server;
    const headers = { authorization: `Bearer ${OPERATOR_KEY}` };
    const drained = await fetch(`${origin}/hubs/drained/drain?within=2s`, { method: "POST", headers });
    assert.deepEqual(await drained.json(), { connections: 2 });
    assert.equal((await life("drained")).lives, 2);
    for (const stream of streams) {
      await stream.ends();
      assert.match(stream.text, /: drained\nretry: \d+\n$/);
    }
    assert.equal(await links.server.connections("drained"), 0, "no Worker has opened a link again");
  });

  test("a visitor is disconnected from a hub that sleeps", async (t) => {
    await links.grant("ada", { subscribe: ["*"], subscriber: "ada" });
    await links.grant("eve", { subscribe: ["*"], subscriber: "eve" });
    const ada = await links.open(t, "disconnected", { visitor: "ada" });
    const eve = await links.open(t, "disconnected", { visitor: "eve" });
    await asleep();
    assert.equal(await links.disconnect("disconnected", { subscriber: "ada" }), 1);
    await ada.ends();
    await links.publish("disconnected", "1");
    await eve.receivesId("1");
    assert.deepEqual([ada.ids, (await life("disconnected")).lives], [[], 2]);
  });

  test("a topic that is closed ends the streams of those who read it alone, also of a hub that slept", async (t) => {
    const [alone, both] = [await links.open(t, "closing"), await links.open(t, "closing", { topic: ["a", "b"] })];
    await asleep();
    await links.publish("closing", "1", { close: "" });
    await alone.ends();
    await links.publish("closing", "2", { topic: "b" });
    await both.receivesId("2");
    assert.deepEqual([alone.ids[0], both.ids.filter((id) => !id.startsWith("#")), both.ended], ["1", ["1", "2"], false]);
    assert.equal((await life("closing")).lives, 2);
  });

  test("a key that was used before the sleep gives the answer of before", async (t) => {
    const stream = await links.open(t, "once");
    const publish = async () => {
      const headers = { "idempotency-key": "one" };
      const response = await post(links.server.hub("once"), { topic: "a", data: "x" }, { headers });
      return [response.status, await response.text()];
    };
    const first = await publish();
    await asleep();
    assert.deepEqual(await publish(), first);
    await links.publish("once", "end");
    await stream.receivesId("end");
    assert.deepEqual(stream.ids, [first[1], "end"]);
    assert.equal((await life("once")).lives, 2);
  });

  test("an alarm for what is due wakes the hub once in an hour at most, and removes old updates", async (t) => {
    await links.hasten("aged", HOUR / 12_000);
    const stream = await links.open(t, "aged");
    await links.publish("aged", "1");
    await stream.receivesId("1");
    const before = await life("aged");
    await until(async () => (await life("aged")).calls > before.calls, "the alarm");
    assert.deepEqual(await life("aged"), { ...before, calls: before.calls + 1, lives: before.lives + 1 });
    const { alarms } = await links.notes("aged");
    assert.ok(alarms.length === 1 && alarms[0] >= HOUR && alarms[0] < 1.5 * HOUR, `alarms in ${alarms} ms`);
    await links.publish("aged", "2");
    await stream.receivesId("2");
    const late = await links.open(t, "aged", { headers: { "last-event-id": "earliest" } });
    await late.receivesId("2");
    assert.deepEqual([late.ids, stream.ids], [["2"], ["1", "2"]]);
  });
});
