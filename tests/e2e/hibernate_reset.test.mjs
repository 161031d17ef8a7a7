// An object that is reset, cut off or of another version costs no held stream an update, and mostly not even a reconnect.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Subscriber, subscribeUrl } from "./clients.mjs";
import { Links } from "./links.mjs";
import { SocketSubscriber } from "./socket.mjs";
import { token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

/** Longer than the object's grace for links that were not opened again. */
const GRACE = 20_000;
/** The object's grace is over. */
const PAST_GRACE = 11_000;
const HUBS = {
  announcing: { SUBSCRIPTIONS: "true", HEARTBEAT: "1s" },
  crowded: { MAX_CONNECTIONS: "1", HEARTBEAT: "1s" },
  handed: { MAX_CONNECTIONS: "1", HEARTBEAT: "1s" },
  failing: { SUBSCRIPTIONS: "true", HEARTBEAT: "1s" },
  lost: { SUBSCRIPTIONS: "true", HEARTBEAT: "1s", MAX_CONNECTIONS: "2" },
  gone: { SUBSCRIPTIONS: "true", HEARTBEAT: "1s" },
  severed: { HEARTBEAT: "1s" },
  short: { HISTORY_UPDATES: "5" },
};
const eventsOf = (hub) => `/hubs/${hub}/.well-known/mercure/subscriptions{/topic}{/subscriber}`;
const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => String(from + at));

let links;
before(async () => (links = await Links.start({ HUBS: JSON.stringify(HUBS) })));
after(() => links?.stop());

/** Publishes an update, also through a reset of the object, and returns whether it was told to be kept. */
const sent = (hub, id) => links.publish(hub, id).then(() => true, () => false);

/** A stream of the topic `a`, and one that watches who comes and goes. */
async function watched(t, hub) {
  const events = eventsOf(hub);
  const watcher = await links.open(t, hub, { topic: events, token: await token0({ subscribe: [events] }) });
  const stream = await links.open(t, hub, { token: await token0({ subscribe: ["a"] }) });
  const told = (active) => watcher.text.split(`"active":${active}`).length - 1;
  await until(() => /"topic":"a"/.test(watcher.text), "the beginning to be told");
  return { watcher, told, stream };
}

/** Waits until all links of the hub are open again. */
const open = (hub, count) =>
  until(async () => (await links.server.connections(hub)) === count, `${count} links of ${hub}`);

describe("a hub whose object is reset, or whose links are cut off", { concurrency: true }, () => {
  test("keeps every stream, and each gets everything once and in order, also those that do not read", async (t) => {
    const hub = "reset";
    const streams = await Promise.all(Array.from({ length: 10 }, () => links.open(t, hub)));
    const slow = await Promise.all([1, 2].map(() => SocketSubscriber.open(t, subscribeUrl(links.server.hub(hub), ["a"]))));
    for (const stream of slow) stream.stall();
    const kept = [];
    for (let round = 0; round < 4; round += 1) {
      const single = numbers(1, 5).map((number) => `${round}-${number}`);
      for (const id of single) await links.publish(hub, id);
      const batch = numbers(1, 200).map((number) => `${round}-batch-${number}`);
      await links.publishAll(hub, batch, { data: "x".repeat(4_000) });
      // In two of the rounds nobody has opened a link again when the first updates come.
      await links.abort(hub);
      if (round % 2 === 1) await open(hub, 12);
      kept.push(...single, ...batch);
    }
    await links.publish(hub, "end");
    kept.push("end");
    for (const stream of slow) stream.readOn();
    await Promise.all(streams.map((stream) => stream.receivesId("end")));
    await Promise.all(slow.map((stream) => stream.receives("end")));
    for (const stream of [...streams, ...slow]) assert.deepEqual(stream.ids, kept);
    for (const stream of [...streams, ...slow]) assert.equal(stream.ended, false);
    assert.ok((await links.notes(hub)).lives >= 5);
  });

  test("gives nobody an update whose publication it did not keep, and everybody what it kept", async (t) => {
    const hub = "publishing";
    const stream = await links.open(t, hub);
    const answered = [];
    const sending = (async () => {
      for (const id of numbers(1, 60)) answered.push([id, await sent(hub, id)]);
    })();
    for (let at = 0; at < 3; at += 1) {
      const reached = answered.length + 10;
      await until(() => answered.length >= Math.min(reached, 60), "some publications");
      await links.abort(hub);
    }
    await sending;
    await links.publish(hub, "end");
    await stream.receivesId("end");
    const replay = await links.open(t, hub, { headers: { "last-event-id": "earliest" } });
    await replay.receivesId("end");
    assert.deepEqual(stream.ids, replay.ids);
    for (const [id, kept] of answered) assert.ok(!kept || stream.ids.includes(id), `${id} was answered 200, and is lost`);
  });

  test("costs an EventSource no reconnect", async (t) => {
    const source = await Subscriber.open(links.server.hub("source"), ["a"]);
    t.after(() => source.close());
    await links.publish("source", "1");
    await links.abort("source");
    await links.publish("source", "2");
    await source.receives("2");
    assert.deepEqual([source.data, source.opened], [["1", "2"], 1]);
  });

  test("costs an EventSource no reconnect either when its place is taken for a while", async (t) => {
    const hub = "crowded";
    const source = await Subscriber.open(links.server.hub(hub), ["a"]);
    t.after(() => source.close());
    await links.publish(hub, "1");
    await source.receives("1");
    await links.bar(hub, true);
    await links.abort(hub);
    const other = await links.open(t, hub);
    await links.bar(hub, false);
    await until(async () => (await links.notes(hub)).openings >= 4, "a try that comes behind a refused one");
    other.close();
    await links.publish(hub, "2");
    await source.receives("2");
    assert.deepEqual([source.data, source.opened], [["1", "2"], 1]);
  });

  test("tells of a gap on the same stream when the history behind its cursor is gone", async (t) => {
    const stream = await links.open(t, "short");
    await links.publish("short", "1");
    await stream.receivesId("1");
    // The history is cut before the link is open again. Otherwise nothing would be missed.
    await links.bar("short", true);
    await links.abort("short");
    await links.publishAll("short", numbers(2, 20));
    await links.bar("short", false);
    await stream.receivesId("20");
    assert.equal(stream.text.split("event: gap\n").length, 2);
    assert.deepEqual(stream.ids.slice(0, 2), ["1", "16"]);
    assert.equal(stream.ended, false);
  });

  test("judges anew who opens a link again: what was taken away is not delivered any more", async (t) => {
    const hub = "narrowed";
    await links.grant("narrowed", { subscribe: ["a", "b"] });
    const stream = await links.open(t, hub, { topic: ["a", "b"], visitor: "narrowed" });
    const token = await token0({ publish: ["*"] });
    const send = (topic, id) =>
      fetch(links.server.hub(hub), {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: new URLSearchParams({ topic, id, data: id, private: "on" }),
      });
    await send("b", "1");
    await stream.receivesId("1");
    await links.grant("narrowed", { mercure: { subscribe: ["a"] } });
    await links.abort(hub);
    await open(hub, 1);
    await send("b", "2");
    await send("a", "3");
    await stream.receivesId("3");
    assert.deepEqual([stream.ids, stream.ended], [["1", "3"], false]);
  });

  test("is counted for its operator: the links that were opened, and opened again, and what readers took", async (t) => {
    const hub = "counted";
    const streams = await Promise.all([links.open(t, hub), links.open(t, hub)]);
    await links.publishAll(hub, numbers(1, 40), { data: "x".repeat(4_000) });
    await Promise.all(streams.map((stream) => stream.receivesId("40")));
    await until(async () => (await links.figure(hub, "millstream_link_granted_bytes_total")) >= 2 * 65_536, "credit");
    assert.equal(await links.figure(hub, "millstream_deliveries_total"), 80);
    assert.deepEqual([await links.linksThat("opened", hub), await links.linksThat("reopened", hub)], [2, 0]);
    await links.abort(hub);
    await open(hub, 2);
    assert.deepEqual([await links.linksThat("opened", hub), await links.linksThat("reopened", hub)], [2, 2]);
    assert.equal(await links.figure(hub, "mercure_subscribers_total"), 2);
    assert.equal(await links.figure(hub, "millstream_connections", ',transport="link",state="waiting"'), 2);
  });

  test("ends the streams of those who are refused now", async (t) => {
    await links.grant("refused", { subscribe: ["a"] });
    const stream = await links.open(t, "refused", { visitor: "refused" });
    const stays = await links.open(t, "refused");
    await links.grant("refused", null);
    await links.abort("refused");
    await links.publish("refused", "1");
    await Promise.all([stream.ends(), stays.receivesId("1")]);
    assert.deepEqual([stream.ids, stays.ended], [[], false]);
  });

  test("tells nobody that a reader has gone whose link is open again", async (t) => {
    const { told, stream: reader } = await watched(t, "announcing");
    const begun = told(true);
    await links.abort("announcing");
    await open("announcing", 2);
    // One that comes and goes behind the grace: what is told of it comes behind all that the reset could have told.
    await new Promise((resolve) => setTimeout(resolve, PAST_GRACE));
    const last = await links.open(t, "announcing", { topic: "b", token: await token0({ subscribe: ["b"] }) });
    await until(() => told(true) > begun, "the last to be told");
    assert.deepEqual([told(true), told(false)], [begun + 1, 0]);
    reader.close();
    last.close();
    await until(() => told(false) === 2, "the ends");
  });

  test("tells once that a reader has gone that left while the object was away", async (t) => {
    const { watcher, told, stream: reader } = await watched(t, "gone");
    reader.close();
    await links.abort("gone");
    await links.publish("gone", "1", { topic: "b" });
    await until(() => told(false) === 1, "the end to be told", GRACE);
    assert.match(watcher.text, /"topic":"a"[^\n]*"active":false|"active":false[^\n]*"topic":"a"/);
  });

  test("takes a link that is opened again since no pong came in the place of the old one", async (t) => {
    const stream = await links.open(t, "severed");
    await links.publish("severed", "1");
    await stream.receivesId("1");
    assert.equal(await links.sever("severed"), 1);
    await links.publish("severed", "2");
    await stream.receivesId("2");
    await links.publish("severed", "3");
    await stream.receivesId("3");
    assert.deepEqual([stream.ids, stream.ended], [["1", "2", "3"], false]);
    assert.equal(await links.server.connections("severed"), 1);
  });

  test("keeps the place of a link that its Worker closes to open it again, and tells nobody of an end", async (t) => {
    const { watcher, told, stream } = await watched(t, "lost");
    const begun = told(true);
    await links.deafen("lost");
    await links.bar("lost", true);
    const codes = () => links.notes("lost").then((notes) => notes.codes);
    await until(async () => (await codes()).length === 2, "the closes to come to the object");
    assert.deepEqual(await codes(), [4003, 4003]);
    const { connections, ended } = await links.server.health("lost");
    assert.deepEqual([connections, ended["client gone"]], [2, 0], "their places are kept");
    await links.publish("lost", "1");
    await links.bar("lost", false);
    await stream.receivesId("1");
    await until(async () => (await links.notes("lost")).openings === 4, "both links to be open again");
    await new Promise((resolve) => setTimeout(resolve, PAST_GRACE));
    await links.publish("lost", "2");
    await stream.receivesId("2");
    assert.deepEqual([stream.ids, stream.ended, watcher.ended], [["1", "2"], false, false]);
    assert.deepEqual([told(true), told(false)], [begun, 0]);
    assert.equal((await links.server.health("lost")).connections, 2);
  });

  test("gives the place of a link whose Worker fails to a client that waits for one", async (t) => {
    const stream = await links.open(t, "handed");
    await links.tellCode("handed", 1006);
    stream.close();
    await until(async () => (await links.notes("handed")).codes.length === 1, "the end to come to the object");
    const other = await links.open(t, "handed");
    await links.publish("handed", "1");
    await other.receivesId("1");
    assert.equal(await links.server.connections("handed"), 1);
  });

  test("tells once, and not at once, of the end of a link whose Worker fails", async (t) => {
    const { told, stream } = await watched(t, "failing");
    await links.tellCode("failing", 1006);
    stream.close();
    await until(async () => (await links.notes("failing")).codes.length === 1, "the end to come to the object");
    assert.equal(await links.server.connections("failing"), 2);
    assert.equal(told(false), 0);
    await until(() => told(false) > 0, "the end to be told", GRACE);
    const { connections, ended } = await links.server.health("failing");
    assert.deepEqual([told(false), connections, ended["client gone"]], [1, 1, 1]);
  });
});

describe("a Worker and an object of different versions", { concurrency: true }, () => {
  for (const [which, opening] of Object.entries({ "knows no links": null, "knows another version of them": 2 })) {
    test(`are served directly by an object that ${which}`, async (t) => {
      const hub = `older-${opening}`;
      await links.age(hub, { opening });
      const stream = await links.open(t, hub);
      await links.publish(hub, "1");
      await stream.receivesId("1");
      assert.equal((await links.notes(hub)).sent, 0);
    });

    test(`after an update to one that ${which} the client comes back and has missed nothing`, async (t) => {
      const hub = `updated-${opening}`;
      const source = await Subscriber.open(links.server.hub(hub), ["a"]);
      t.after(() => source.close());
      await links.publish(hub, "1");
      await source.receives("1");
      await links.age(hub, { opening });
      await links.abort(hub);
      await links.publish(hub, "2");
      await source.opens(2);
      await links.publish(hub, "3");
      await source.receives("3");
      assert.deepEqual([source.data, source.opened], [["1", "2", "3"], 2]);
      assert.equal(await links.server.connections(hub), 1, "the answer that no link came of is not kept");
    });
  }

  test("lose nothing when frames come that the Worker does not know", async (t) => {
    const hub = "frames";
    const source = await Subscriber.open(links.server.hub(hub), ["a"]);
    t.after(() => source.close());
    await links.publish(hub, "1");
    await source.receives("1");
    await links.age(hub, { frames: 2 });
    await links.publish(hub, "2");
    await links.age(hub, {});
    await source.receives("2");
    await links.publish(hub, "3");
    await source.receives("3");
    assert.deepEqual(source.data, ["1", "2", "3"]);
  });
});
