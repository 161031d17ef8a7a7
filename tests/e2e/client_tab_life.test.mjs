// A page that reads a hub while its tab is hidden, frozen, offline or loaded again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Cable } from "./cable.mjs";
import { load } from "./client_page.mjs";
import { ENTRIES, readersIn } from "./client_readers.mjs";
import { ReadingTab, freezeFor } from "./client_tab_life.mjs";
import { publish } from "./clients.mjs";
import { Server } from "./server.mjs";
import { TabbedBrowser } from "./tabbed_browser.mjs";
import { until } from "./until.mjs";

/** Less than the time for which a tab is frozen. */
const SILENCE = 700;
const FROZEN = 1_500;

let server;
let browser;
let count = 0;
before(async () => {
  const vars = { ANONYMOUS_PUBLISH: "true", CORS_ORIGINS: "*", HEARTBEAT: "200ms" };
  [server, browser] = await Promise.all([Server.start({ kind: "workerd", vars }), TabbedBrowser.start()]);
});
after(() => Promise.all([server?.stop(), browser?.close()]));

/** A new tab that reads a hub of its own. */
async function read(t, options) {
  const hub = `tab-${(count += 1)}`;
  const page = await browser.open(t);
  const tab = await ReadingTab.load(page, { hub: server.hub(hub), options });
  return { tab, hub };
}

const names = async (tab) => (await tab.seen()).states.map(({ name }) => name);

test("a tab that was offline comes back to all that it has missed", async (t) => {
  const hub = server.hub("offline");
  const cable = await Cable.to(server.port);
  t.after(() => cable.close());
  const tab = await ReadingTab.load(await browser.open(t), { hub, url: cable.at(hub) });
  await tab.publish();
  t.after(() => browser.context.setOffline(false));
  await browser.context.setOffline(true);
  // The browser refuses what is new, and so the cable takes what is there.
  cable.cut();
  await tab.comesTo("waiting");
  cable.mend();
  await tab.publishFor(600);
  await browser.context.setOffline(false);
  await tab.hasAll();
});

test("a tab that was frozen comes back to all that it has missed", async (t) => {
  const { tab } = await read(t, { silence: SILENCE });
  await freezeFor(t, FROZEN, { browser, tab });
});

test("a hidden tab with pauseWhenHidden has no connection, and comes back to all that it has missed", async (t) => {
  const { tab, hub } = await read(t, { pauseWhenHidden: true });
  await tab.publish();
  await browser.hide(t, tab.page);
  await tab.comesTo("waiting");
  const { until: time, why } = (await tab.seen()).states.at(-1);
  assert.deepEqual([time, why], [Infinity, "The page is hidden."]);
  await until(async () => (await server.connections(hub)) === 0, "no connection");
  await tab.publish();
  await browser.show(tab.page);
  await tab.hasAll();
  assert.deepEqual(await names(tab), ["connecting", "open", "waiting", "connecting", "open"]);
});

test("a tab that is hidden while it asks for its token opens no connection", async (t) => {
  const page = await browser.open(t);
  await load(page, { origin: server.origin });
  await page.evaluate((hub) => {
    const given = Promise.withResolvers();
    globalThis.give = given.resolve;
    globalThis.states = [];
    const how = { topics: "a", pauseWhenHidden: true, token: () => given.promise };
    client.subscribe(hub, { ...how, onUpdate: () => undefined, onState: ({ name }) => states.push(name) });
  }, server.hub("asking"));
  await browser.hide(t, page);
  const told = () => page.evaluate(() => globalThis.states);
  await page.evaluate(() => globalThis.give("a.b.c"));
  await until(async () => (await told()).length > 1, "another state");
  assert.deepEqual(await told(), ["connecting", "waiting"]);
});

test("a hidden tab without pauseWhenHidden goes on", async (t) => {
  const { tab } = await read(t);
  await browser.hide(t, tab.page);
  await tab.hasAll();
  assert.deepEqual(await names(tab), ["connecting", "open"]);
});

for (const native of [false, true]) {
  test(`a tab that is loaded again goes on behind its last update${native ? ", by an EventSource" : ""}`, async (t) => {
    const hub = server.hub(`reload-${native}`);
    const page = await browser.open(t);
    const readers = readersIn(page);
    /** Loads the page, and subscribes to one topic. */
    const subscribeTo = async (topic) => {
      await load(page, { origin: server.origin, entries: ENTRIES });
      const how = native ? { types: ["message"] } : {};
      await page.evaluate(([hub, options]) =>
        client.record(client.subscribe, [["tab", hub, { ...options, storage: sessionStorage }]]), [hub, { topics: topic, ...how }]);
    };
    let seen;
    const gets = (...data) =>
      until(async () => {
        [seen] = await readers.told("seen", ["tab"]);
        return seen.lastEventId !== "" && seen.updates.length >= data.length;
      }, () => `${data}: ${JSON.stringify(seen)}`).then(() => {
        assert.deepEqual(seen.updates.map((update) => update.data), data);
        assert.deepEqual(seen.gaps, []);
      });
    const away = async (...data) => {
      await page.goto("about:blank");
      for (const each of data) await publish(hub, { topic: "a", data: each });
    };
    await subscribeTo("a");
    await gets();
    // Before its first update it has a place.
    await away("1", "2");
    await subscribeTo("a");
    await gets("1", "2");
    await away("3");
    await subscribeTo("a");
    await gets("3");
    // Another selection has a cursor of its own.
    await subscribeTo("b");
    await gets();
    await away("4");
    await subscribeTo("a");
    await gets("4");
  });
}
