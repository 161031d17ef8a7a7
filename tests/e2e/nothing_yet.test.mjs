// A client that has received nothing yet has a place to come back to all the same.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { chromium } from "playwright-core";
import { FLAGS, chromiumPath } from "./browser.mjs";
import { Cable } from "./cable.mjs";
import { Curl, Subscriber, publish, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { SocketSubscriber } from "./socket.mjs";
import { until } from "./until.mjs";

/** Hubs that tell all or none by an event where their streams begin. */
const HUBS = { "places-true": { PLACE_EVENTS: "true" }, "places-false": { PLACE_EVENTS: "false" } };

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
  });
}

test("the stream begins with a comment, then with an event that has the id of the newest public update", async (t) => {
  const hub = freshHub();
  const opens = async (expected, ...options) => {
    const stream = new Curl(subscribeUrl(hub, ["a"]), "-H", "Cache-Control: No-Cache", ...options);
    t.after(() => stream.close());
    await stream.receives(expected);
    assert.equal(stream.text, expected);
  };
  await opens(":\nevent: place\nid: earliest\ndata:{}\n\n");
  await publish(hub, { topic: "a", data: "1", id: "id-1" });
  await opens(":\nevent: place\nid: id-1\ndata:{}\n\n");
  await publish(hub, { topic: "b", data: "2", id: "id-2" });
  await publish(hub, { topic: "a", data: "3", id: "id-3", private: "on" });
  await opens(":\nevent: place\nid: id-2\ndata:{}\n\n");
  await opens(":\n", "-H", "Last-Event-ID: id-2");
  await opens(":\nid: id-1\ndata: 1\n\n", "-H", "Last-Event-ID: earliest");
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
    answers.push(stream.text.replaceAll(id, "asked"));
  }
  assert.equal(answers[0], answers[1]);
  assert.match(answers[0], /^last-event-id: public\r$/im);
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
