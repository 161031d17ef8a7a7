// A full hub: who is gone makes room for who comes, and an EventSource that finds none comes back.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { chromium } from "playwright-core";
import { FLAGS, chromiumPath } from "./browser.mjs";
import { Cable } from "./cable.mjs";
import { Subscriber, publish, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { SocketSubscriber } from "./socket.mjs";
import { until } from "./until.mjs";

const EVENT_STREAM = { headers: { accept: "text/event-stream" } };
/** What a refused EventSource is told: why, and when to come back. */
const COME_BACK = /^: (.+)\nretry: (\d+)\n$/;

/** A hub that finds out by itself who is gone, but not by its heartbeat. */
async function start(vars) {
  return Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true", HEARTBEAT: "0", ...vars } });
}

/** The reconnection time of an answer that ends no EventSource, and what it says. */
async function cameBack(response) {
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type"), /^text\/event-stream\b/);
  const text = await response.text();
  const [, why, retry] = COME_BACK.exec(text) ?? assert.fail(text);
  return { why, retry: Number(retry) };
}

describe("with four places", { concurrency: true }, () => {
  let server;
  before(async () => (server = await start({ MAX_CONNECTIONS: "4" })));
  after(() => server?.stop());

  const fill = (t, hub) =>
    Promise.all(Array.from({ length: 4 }, () => SocketSubscriber.open(t, subscribeUrl(hub, ["a"]))));

  test("an EventSource that finds none is told to come back, at a time of its own", async (t) => {
    const hub = server.hub("full");
    await fill(t, hub);
    const url = subscribeUrl(hub, ["a"]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(url, EVENT_STREAM).then(cameBack)));
    for (const { why, retry } of answers) {
      assert.equal(why, "the hub has 4 connections already, as many as it takes");
      assert.ok(retry >= 2_000 && retry <= 5_000, `${retry} ms`);
    }
    assert.ok(new Set(answers.map(({ retry }) => retry)).size > 2, JSON.stringify(answers));
    const other = await fetch(url);
    assert.equal(other.status, 429);
    assert.match(other.headers.get("retry-after"), /^[1-9]\d*$/);
    await other.body.cancel();
    assert.equal(await server.connections("full"), 4, "who is there stays");
  });

  test("who comes is given the place of who is gone, of which nobody knew", async (t) => {
    const hub = server.hub("gone");
    const subscribers = await fill(t, hub);
    for (const subscriber of subscribers.slice(1)) subscriber.close();
    const [stays] = subscribers;
    const newcomers = await Promise.all(Array.from({ length: 3 }, () => SocketSubscriber.open(t, subscribeUrl(hub, ["a"]))));
    await publish(hub, { topic: "a", data: "x", id: "1" });
    for (const subscriber of [stays, ...newcomers]) await subscriber.receives("1");
  });

  test("who waits is given a place as soon as one is free", async (t) => {
    const hub = server.hub("waits");
    const [subscriber] = await fill(t, hub);
    const newcomer = SocketSubscriber.open(t, subscribeUrl(hub, ["a"]));
    // Its request has to be there, and is answered by nothing yet.
    await fetch(subscribeUrl(hub, ["a"]), { method: "HEAD" });
    subscriber.close();
    const joined = await newcomer;
    await publish(hub, { topic: "a", data: "x", id: "1" });
    await joined.receives("1");
  });

  test("four tabs that reload at once are all in again within seconds", async (t) => {
    const hub = server.hub("tabs");
    const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
    t.after(() => browser.close());
    const pages = await Promise.all(Array.from({ length: 4 }, () => browser.newPage()));
    for (const page of pages) {
      await page.addInitScript((url) => {
        globalThis.data = [];
        globalThis.source = new EventSource(url);
        globalThis.source.onmessage = ({ data }) => globalThis.data.push(data);
      }, subscribeUrl(hub, ["a"]).href);
      await page.goto(`${server.origin}/healthz`);
    }
    const states = () => Promise.all(pages.map((page) => page.evaluate(() => globalThis.source.readyState)));
    const areIn = () =>
      until(
        async () => (await states()).every((state) => state === 1) && (await server.connections("tabs")) === 4,
        async () => `four tabs to be in: ${await states()}`,
        10_000,
      );
    await areIn();
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(pages.map((page) => page.reload()));
      await areIn();
      await publish(hub, { topic: "a", data: `${round}` });
      await until(async () => {
        const data = await Promise.all(pages.map((page) => page.evaluate(() => globalThis.data)));
        return data.every((data) => data.includes(String(round)));
      }, "the update in every tab");
    }
  });
});

test("a hundred clients on a hub of a hundred that lose their connection are all in again", async (t) => {
  const server = await start({ MAX_CONNECTIONS: "100" });
  t.after(() => server.stop());
  const cable = await Cable.to(server.port);
  t.after(() => cable.close());
  const url = cable.at(subscribeUrl(server.hub(), ["a"]));
  const clients = Array.from({ length: 100 }, () => new Subscriber(url, []));
  t.after(() => clients.forEach((client) => client.close()));
  const opened = (times) => clients.filter((client) => client.opened >= times).length;
  await until(() => opened(1) === 100, () => `all to be in: ${opened(1)}`);
  await until(async () => (await server.connections()) === 100, "a hundred connections");
  cable.cut();
  cable.mend();
  await until(async () => {
    await publish(server.hub(), { topic: "a", data: "back" });
    return clients.every((client) => client.data.includes("back"));
  }, () => `all to be back: ${clients.filter((client) => client.data.includes("back")).length}`, 30_000);
  assert.equal(await server.connections(), 100);
});

test("a configuration that is wrong ends no EventSource", async (t) => {
  const server = await start({ HEARTBEAT: "often" });
  t.after(() => server.stop());
  const url = subscribeUrl(server.hub(), ["a"]);
  assert.equal((await fetch(url)).status, 500);
  assert.equal((await fetch(url, { method: "POST", body: "topic=a", ...EVENT_STREAM })).status, 500);
  const { why } = await cameBack(await fetch(url, EVENT_STREAM));
  assert.match(why, /HEARTBEAT/);
  const head = await fetch(url, { method: "HEAD", ...EVENT_STREAM });
  assert.equal(head.status, 200);
});
