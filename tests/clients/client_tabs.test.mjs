// Tabs of Chromium to which anything may happen: a leader that is deaf or frozen for a minute, and random schedules.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ClientPages } from "../e2e/client_page.mjs";
import { Server } from "../e2e/server.mjs";
import { Tabs } from "../e2e/tabs.mjs";
import { until } from "../e2e/until.mjs";
import { randomFrom } from "../tabs/world.mjs";

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
    assert.equal(await share.connections(), 1);
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

describe("each tab gets each update once and in order", () => {
  for (let seed = 1; seed <= SCHEDULES; seed += 1) {
    test(`in the random schedule ${seed}`, async (t) => {
      const random = randomFrom(seed);
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
