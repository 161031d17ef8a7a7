// A client that has received nothing yet has a place to come back to all the same.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { FLAGS, chromiumPath } from "./browser.mjs";
import { Cable } from "./cable.mjs";
import { Curl, Subscriber, publish, subscribeUrl } from "./clients.mjs";
import { replace, rows, tables } from "./database.mjs";
import { Server } from "./server.mjs";
import { SocketSubscriber } from "./socket.mjs";
import { until } from "./until.mjs";

/** Hubs that tell all or none by an event where their streams begin. */
const HUBS = { "places-true": { PLACE_EVENTS: "true" }, "places-false": { PLACE_EVENTS: "false" } };

const VERSION_1 = fileURLToPath(new URL("version_1.sql", import.meta.url));

let server;
let browser;
let count = 0;
before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true", HUBS: JSON.stringify(HUBS) } });
  browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
const freshHub = () => server.hub(`nothing-${(count += 1)}`);

/** What was published before the client came: nothing, or updates that it is not shown. */
const BEFORE = {
  "a hub without an update": [],
  "a hub with an older update": [{ topic: "a", data: "old" }],
  "a hub with updates of others": [{ topic: "b", data: "foreign" }],
  "a hub whose newest update is private": [
    { topic: "a", data: "old" },
    { topic: "a", data: "secret", private: "on" },
  ],
};

/** Chromium's own EventSource, on a page that comes over the cable too. */
async function openInChromium(url, t) {
  const page = await browser.newPage();
  t.after(() => page.close());
  await page.goto(new URL("/", url).href);
  await page.evaluate((url) => {
    globalThis.received = [];
    globalThis.opened = 0;
    const source = new EventSource(url);
    source.addEventListener("open", () => (globalThis.opened += 1));
    for (const type of ["message", "gap"]) {
      source.addEventListener(type, ({ data }) => globalThis.received.push(data));
    }
  }, url.href);
  return {
    opened: () => page.evaluate(() => globalThis.opened),
    data: () => page.evaluate(() => globalThis.received),
  };
}

/** npm's EventSource. */
async function openInNode(url, t) {
  const subscriber = new Subscriber(url, []);
  t.after(() => subscriber.close());
  return { opened: () => subscriber.opened, data: () => subscriber.data };
}

const CLIENTS = { "Chromium's EventSource": openInChromium, "npm's EventSource": openInNode };
for (const [client, open] of Object.entries(CLIENTS)) {
  describe(client, { concurrency: true }, () => {
    for (const [what, updates] of Object.entries(BEFORE)) {
      test(`of ${what} receives exactly what it missed`, async (t) => {
        const hub = freshHub();
        for (const update of updates) await publish(hub, update);
        const cable = await Cable.to(server.port);
        t.after(() => cable.close());
        const source = await open(cable.at(subscribeUrl(hub, ["a"])), t);
        await until(async () => (await source.opened()) === 1, "the stream to open");
        cable.cut();
        await publish(hub, { topic: "b", data: "elsewhere" });
        await publish(hub, { topic: "a", data: "missed" });
        cable.mend();
        await until(async () => (await source.opened()) === 2, "the client to come back");
        await publish(hub, { topic: "a", data: "live" });
        await until(async () => (await source.data()).includes("live"), "the live update");
        assert.deepEqual(await source.data(), ["missed", "live"]);
      });
    }

    test("that was told of a gap, and is cut before an update, is told of no second one and misses nothing", async (t) => {
      const hub = freshHub();
      await publish(hub, { topic: "a", data: "old" });
      const cable = await Cable.to(server.port);
      t.after(() => cable.close());
      const source = await open(cable.at(subscribeUrl(hub, ["a"], { lastEventID: "unknown" })), t);
      await until(async () => (await source.data()).length === 1, "the gap");
      cable.cut();
      await publish(hub, { topic: "a", data: "secret", private: "on" });
      await publish(hub, { topic: "a", data: "missed" });
      cable.mend();
      await until(async () => (await source.opened()) === 2, "the client to come back");
      await publish(hub, { topic: "a", data: "live" });
      await until(async () => (await source.data()).includes("live"), "the live update");
      const [gap, ...updates] = await source.data();
      assert.deepEqual(JSON.parse(gap), { requested: "unknown", first: null, missed: null });
      assert.deepEqual(updates, ["missed", "live"]);
    });
  });
}

/** The place that a live stream of a client like an EventSource begins with, as bytes have it. */
async function placeOf(t, hub) {
  const stream = new Curl(subscribeUrl(hub, ["a"]), "-H", "Cache-Control: No-Cache");
  t.after(() => stream.close());
  await stream.receives("\n\n");
  const [, place] = /^:\nevent: place\nid: (earliest|#[-\w]{32})\ndata:\{\}\n\n$/.exec(stream.text);
  return place;
}

/** What a client that comes back to `place` is given, up to and with `last`. */
async function dataBehind(t, hub, place, last) {
  const stream = new Curl(subscribeUrl(hub, ["a"]), "-H", `Last-Event-ID: ${place}`);
  t.after(() => stream.close());
  await stream.receives(`data: ${last}\n\n`);
  assert.ok(!stream.text.includes("event: gap"), stream.text);
  return stream.text.match(/(?<=^data: ).*$/gm);
}

test("the stream begins with a comment, then with a place, behind which everything is replayed exactly", async (t) => {
  const hub = freshHub();
  const places = [[await placeOf(t, hub), ["1", "2", "3"]]];
  assert.equal(places[0][0], "earliest", "nothing was kept, not even a key");
  await publish(hub, { topic: "a", data: "1", id: "id-1" });
  places.push([await placeOf(t, hub), ["2", "3"]]);
  await publish(hub, { topic: "b", data: "elsewhere" });
  await publish(hub, { topic: "a", data: "secret", private: "on" });
  places.push([await placeOf(t, hub), ["2", "3"]], [await placeOf(t, hub), ["2", "3"]]);
  await publish(hub, { topic: "a", data: "2" });
  places.push([await placeOf(t, hub), ["3"]]);
  await publish(hub, { topic: "a", data: "3" });
  for (const [place, expected] of places) assert.deepEqual(await dataBehind(t, hub, place, "3"), expected, place);
  assert.equal(new Set(places.map(([place]) => place)).size, places.length, "no place is told twice");
});

test("a place is told after any number of private updates, like any other place", async (t) => {
  const hub = freshHub();
  await publish(hub, { topic: "a", data: "public" });
  const secret = `${JSON.stringify({ topic: "a", data: "secret", private: true })}\n`;
  const headers = { "content-type": "application/x-ndjson" };
  const response = await fetch(hub, { method: "POST", headers, body: secret.repeat(2_500) });
  assert.equal((await response.text()).match(/"id"/g).length, 2_500);
  const place = await placeOf(t, hub);
  assert.match(place, /^#/);
  await publish(hub, { topic: "a", data: "missed" });
  assert.deepEqual(await dataBehind(t, hub, place, "missed"), ["missed"]);
});

test("a place is good across kill -9, also in a hub whose updates were kept by an earlier version", async (t) => {
  const own = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
  t.after(() => own.stop());
  const hub = own.hub();
  const killed = async () => {
    await own.kill();
    await own.restart();
  };
  // A stranger's stream has the hub keep no key, nor anything else: but for a link, what it asked for.
  assert.equal(await placeOf(t, hub), "earliest");
  await own.kill();
  assert.deepEqual(tables(own.folder), [process.env.DELIVERY === "hibernate" ? ["selections", "sqlite_sequence"] : []]);
  replace(own.folder, VERSION_1);
  await own.restart();
  const old = await placeOf(t, hub);
  assert.match(old, /^#/);
  await killed();
  await publish(hub, { topic: "a", data: "1" });
  const place = await placeOf(t, hub);
  await killed();
  await publish(hub, { topic: "a", data: "2" });
  assert.deepEqual(await dataBehind(t, hub, place, "2"), ["2"]);
  assert.deepEqual(await dataBehind(t, hub, old, "2"), ["1", "2"]);
  assert.deepEqual(await dataBehind(t, hub, "old-2", "2"), ["old-3", "1", "2"], "ids are as good as they were");
  assert.equal(rows(own.folder, "SELECT key FROM place_key").length, 1);
});

test("a place of another hub is unknown", async (t) => {
  const [hub, other] = [freshHub(), freshHub()];
  for (const of of [hub, other]) await publish(of, { topic: "a", data: "1" });
  const stream = new Curl(subscribeUrl(hub, ["a"]), "-H", `Last-Event-ID: ${await placeOf(t, other)}`);
  t.after(() => stream.close());
  await stream.receives("event: gap\n");
});

test("who does not ask for no-cache is told no place, unless PLACE_EVENTS says so", async (t) => {
  for (const [places, headers, told] of [
    ["auto", {}, false],
    ["auto", { "cache-control": "no-store" }, false],
    ["auto", { "cache-control": "max-age=0, no-cache" }, true],
    ["true", {}, true],
    ["false", { "cache-control": "no-cache" }, false],
  ]) {
    const url = subscribeUrl(server.hub(`places-${places}`), ["a"]);
    const socket = await SocketSubscriber.open(t, url, headers);
    const place = told ? "event: place\nid: earliest\ndata:{}\n\n" : "";
    assert.deepEqual(socket.chunks, [`:\n${place}`], `${places} ${JSON.stringify(headers)}`);
  }
});

test("the id of a private update is as unknown as one that never was", async (t) => {
  const hub = freshHub();
  await publish(hub, { topic: "a", data: "1", id: "public" });
  await publish(hub, { topic: "a", data: "2", id: "secret", private: "on" });
  const answers = [];
  for (const id of ["secret", "never!"]) {
    const stream = new Curl(subscribeUrl(hub, ["a", "*"]), "-i", "-H", `Last-Event-ID: ${id}`);
    t.after(() => stream.close());
    await stream.receives('"missed":null}\n\n');
    const place = /^last-event-id: (#.{32})\r$/im.exec(stream.text)[1];
    answers.push(stream.text.replaceAll(id, "asked").replaceAll(place, "place"));
  }
  assert.equal(answers[0], answers[1]);
});

test("who has lost a grant goes on behind an id that the hub made, and not behind one that a publisher chose", async (t) => {
  const own = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
  t.after(() => own.stop());
  const hub = own.hub();
  const made = await publish(hub, { topic: "a", data: "secret", private: "on" });
  const chosen = await publish(hub, { topic: "a", data: "secret", private: "on", id: "chosen" });
  await publish(hub, { topic: "a", data: "1" });
  await publish(hub, { topic: "a", data: "secret", private: "on" });
  await publish(hub, { topic: "a", data: "2" });
  for (const restarts of [false, true]) {
    if (restarts) {
      await own.kill();
      await own.restart();
    }
    const stream = new Curl(subscribeUrl(hub, ["a"]), "-i", "-H", `Last-Event-ID: ${made}`);
    t.after(() => stream.close());
    await stream.receives("data: 2\n\n");
    assert.deepEqual(stream.text.match(/^(?:data|event): .*$/gm), ["data: 1", "data: 2"]);
    assert.equal(/^last-event-id: (.*)\r$/im.exec(stream.text)[1], made);
    const unknown = new Curl(subscribeUrl(hub, ["a"]), "-H", `Last-Event-ID: ${chosen}`);
    t.after(() => unknown.close());
    await unknown.receives("event: gap\n");
  }
});

test("of an id that was given twice the first is the place", async (t) => {
  const hub = freshHub();
  for (const [data, id] of [
    ["1", "same"],
    ["2", "other"],
    ["3", "same"],
  ]) {
    await publish(hub, { topic: "a", data, id });
  }
  const subscriber = await Subscriber.open(hub, ["a"], { lastEventId: "same" });
  t.after(() => subscriber.close());
  await subscriber.receives("3");
  assert.deepEqual(subscriber.data, ["2", "3"]);
});
