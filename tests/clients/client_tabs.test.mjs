// Tabs of Chromium to which anything may happen: a leader that is deaf or frozen for a minute, and random schedules.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { chromium } from "playwright-core";
import { FLAGS, chromiumPath } from "../e2e/browser.mjs";
import { ClientPages } from "../e2e/client_page.mjs";
import { fractionsFrom } from "../e2e/random.mjs";
import { Server } from "../e2e/server.mjs";
import { TabbedBrowser } from "../e2e/tabbed_browser.mjs";
import { Tabs } from "../e2e/tabs.mjs";
import { until } from "../e2e/until.mjs";

const MINUTE = 60_000;
const SCHEDULES = 12;
const STEPS = 25;

const pages = ClientPages.forTests();
let server;
before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
});
after(() => server?.stop());

const tabs = (t) => Tabs.inOneBrowser(t, { pages, server });
/** Waits until the hub has this number of connections. The hub notices a closed connection when it writes to it. */
const left = (share, count) => until(() => share.burst(1).then(async () => (await share.connections()) === count), `${count} connections`);

describe("a leading tab", { concurrency: true }, () => {
  test("that hears nothing for a minute is replaced, and misses nothing when it hears again", async (t) => {
    const share = await tabs(t);
    const leader = await share.open();
    await share.open();
    await share.open();
    const heard = leader.deafen(MINUTE);
    await share.burst(10);
    // A tab that takes over opens a stream of its own beside the one of the deaf tab.
    await until(async () => (await share.connections()) === 2, "another leader", MINUTE);
    await share.burst(30);
    await share.agree();
    await heard;
    await share.burst(10);
    await share.agree();
    await left(share, 1);
  });

  test("that is frozen for a minute misses nothing when it goes on", async (t) => {
    const share = await tabs(t);
    const leader = await share.open();
    await share.open();
    await leader.freeze();
    for (const end = performance.now() + MINUTE; performance.now() < end; await delay(5_000)) {
      await share.burst(5);
      await share.agree();
      assert.equal(await share.connections(), 1);
    }
    await Promise.all([share.burst(10), leader.thaw()]);
    await share.agree();
  });
});

test("a leading tab that the browser keeps for going back hands over, and goes on where it was", async (t) => {
  const kept = new ClientPages();
  // Playwright switches off what users have.
  const ignoreDefaultArgs = ["--disable-back-forward-cache"];
  kept.browser = await chromium.launch({ executablePath: chromiumPath(), args: [...FLAGS, "--enable-features=BackForwardCache"], ignoreDefaultArgs });
  t.after(() => kept.browser.close());
  const share = await Tabs.inOneBrowser(t, { pages: kept, server });
  const leader = await share.open();
  await share.open();
  await leader.page.evaluate(() => addEventListener("pageshow", ({ persisted }) => (globalThis.persisted = persisted)));
  leader.isThere = false;
  await Promise.all([leader.page.goto(new URL("/healthz", server.origin).href), share.burst(10)]);
  await share.agree();
  await left(share, 1);
  await Promise.all([leader.page.evaluate(() => history.back()), share.burst(10)]);
  await leader.page.waitForFunction(() => globalThis.persisted === true);
  leader.isThere = true;
  await share.agree();
  await left(share, 1);
});

test("hidden tabs with pauseWhenHidden have no connection, and come back to all that they have missed", async (t) => {
  const tabbed = await TabbedBrowser.start();
  t.after(() => tabbed.close());
  const share = Tabs.inContext(t, { pages, server, context: tabbed.context });
  const [one, other] = [await share.open({ pauseWhenHidden: true }), await share.open({ pauseWhenHidden: true })];
  await one.is("waiting");
  await other.is("open");
  await left(share, 1);
  await tabbed.hide(t, other.page);
  await other.is("waiting");
  await left(share, 0);
  for (const tab of [one, other]) {
    await tabbed.show(tab.page);
    await tab.is("open");
    await tab.has(share.published.at(-1));
  }
  await share.agree();
});

test("a tab whose application is slow takes what it missed when it has caught up, and holds up no other", async (t) => {
  const share = await tabs(t);
  const slow = await share.open({ gate: true });
  await share.open();
  await share.publishAtOnce(2_500);
  for (const tab of share.all.slice(1)) await tab.has(share.published.at(-1));
  assert.equal((await slow.told()).updates.length, 0);
  await slow.page.evaluate(() => globalThis.openGate());
  await share.burst(1);
  await share.agree();
  // It kept 1,000 updates and no more: the leader knew its place no longer, so it had a stream of its own.
  const { states } = await slow.told();
  assert.deepEqual(states.map(({ name }) => name), ["connecting", "open", "connecting", "open"]);
  await left(share, 1);
});

describe("each tab gets each update once and in order", () => {
  for (let seed = 1; seed <= SCHEDULES; seed += 1) {
    test(`in the random schedule ${seed}`, async (t) => {
      const random = fractionsFrom(seed);
      const share = await tabs(t);
      await share.open();
      const frozen = new Set();
      const offline = new Set();
      const there = () => share.all.filter(({ isThere }) => isThere);
      const one = (list) => list[Math.floor(random() * list.length)];
      const rid = (deed) => there().length > 1 && deed(one(there()));
      const deeds = {
        open: () => there().length < 5 && offline.size === 0 && share.open({ storage: random() < 0.5 }),
        begin: () => there().length < 5 && share.begin({ lastEventId: "earliest", first: 0 }),
        close: () => rid((tab) => tab.page.close()),
        crash: () => rid((tab) => !offline.has(tab) && tab.crash()),
        reload: () => rid((tab) => tab.canReload && share.reload(tab)),
        freeze: () => rid((tab) => tab.freeze().then(() => frozen.add(tab))),
        thaw: () => Promise.all([...frozen].map((tab) => tab.thaw().then(() => frozen.delete(tab)))),
        offline: () => rid((tab) => tab.setOffline(true).then(() => offline.add(tab))),
        online: async () => {
          for (const tab of offline) if (tab.isThere || frozen.has(tab)) await tab.setOffline(false);
          offline.clear();
        },
      };
      const history = [];
      const agree = () => share.agree().catch((error) => assert.fail(`after ${history.join(", ")}: ${error.message}`));
      for (let step = 0; step < STEPS; step += 1) {
        const [name, deed] = one(Object.entries(deeds));
        history.push(name);
        await Promise.all([share.burst(Math.ceil(random() * 20)), deed()]);
        await share.burst(1);
        if (offline.size === 0) await agree();
      }
      await deeds.online();
      await deeds.thaw();
      await share.burst(5);
      await agree();
      await until(async () => (await share.connections()) === 1, "one connection");
    });
  }
});
