// The hooks of React, Vue and Svelte in Chromium, against the hub.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ClientPages } from "./client_page.mjs";
import { publish } from "./clients.mjs";
import { Mounted } from "./hooks/mounted.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

let server;
// A connection whose client is gone is found by a heartbeat.
const vars = { ANONYMOUS_PUBLISH: "true", HEARTBEAT: "200ms" };
before(async () => (server = await Server.start({ kind: "workerd", vars })));
after(() => server?.stop());
const pages = ClientPages.forTests();

const CLAIMS = {
  async "each update is shown once, in a list that is bounded"(mounted) {
    await mounted.mount({ topics: "a", json: true, maxUpdates: 3 });
    for (const data of [1, 2, 3, 4, 5]) await mounted.publish("a", `${data}`);
    const { data, gap } = await mounted.shows(({ last }) => last === 5);
    assert.deepEqual({ data, gap }, { data: [3, 4, 5], gap: null });
    const lasts = (await mounted.all()).flatMap(({ last }) => last ?? []);
    assert.deepEqual([...new Set(lasts)], lasts.filter((value, index) => value !== lasts[index - 1]), "none comes again");
    assert.equal(mounted.asked, 1, "the hub was asked once");
  },

  async "a whole history is shown at once"(mounted) {
    for (let index = 1; index <= 20; index += 1) await mounted.publish("a", `${index}`);
    await mounted.mount({ topics: "a", json: true, from: "earliest" });
    await mounted.shows(({ data }) => data.length === 20);
    const lengths = (await mounted.all()).map(({ data }) => data.length);
    assert.deepEqual([...new Set(lengths)], [0, 20]);
  },

  async "another topic begins another stream with an empty list"(mounted) {
    await mounted.mount({ topics: "a", json: true });
    await mounted.publish("a", "1");
    await mounted.shows(({ last }) => last === 1);
    await mounted.set(mounted.hub, { topics: "b", json: true });
    await mounted.shows(({ state, data }) => state.name === "open" && data.length === 0);
    await mounted.publish("a", "2");
    await mounted.publish("b", "3");
    assert.deepEqual((await mounted.shows(({ last }) => last === 3)).data, [3]);
    await mounted.connections(1);
  },

  async "without a URL it is closed, and no connection is left"(mounted) {
    await mounted.mount({ topics: "a" });
    await mounted.connections(1);
    await mounted.set(null, { topics: "a" });
    const { state } = await mounted.shows(({ state }) => state.name === "closed");
    assert.equal(state.why, "closed");
    await mounted.connections(0);
  },

  async "a hundred times mounted and unmounted, no connection is left"(mounted) {
    await mounted.mountOften(100, { topics: "a" });
    await mounted.mount({ topics: "a" });
    await mounted.connections(1);
    await mounted.unmount();
    await mounted.connections(0);
  },
};

/** A store of Svelte has the options that it was made with. */
const CLAIMS_OF_HOOKS = {
  async "options written anew, with the same values, keep the stream"(mounted) {
    await mounted.mount({ topics: ["a"], json: true });
    await mounted.publish("a", "1");
    await mounted.shows(({ last }) => last === 1);
    await mounted.set(mounted.hub, { topics: ["a"], json: true, maxUpdates: 1 });
    await mounted.publish("a", "2");
    assert.deepEqual((await mounted.shows(({ last }) => last === 2)).data, [2]);
    assert.equal(mounted.asked, 1);
  },

  async "a stream that was not enabled for a while shows what it has missed"(mounted) {
    await mounted.mount({ topics: "a", json: true });
    await mounted.publish("a", "1");
    await mounted.shows(({ last }) => last === 1);
    await mounted.set(mounted.hub, { topics: "a", json: true, enabled: false });
    await mounted.shows(({ state }) => state.name === "closed");
    await mounted.connections(0);
    await mounted.publish("a", "2");
    await mounted.set(mounted.hub, { topics: "a", json: true });
    assert.deepEqual((await mounted.shows(({ last }) => last === 2)).data, [1, 2]);
  },
};

const CLAIMS_OF_REACT = {
  async "in an activity that was hidden, it shows what it has missed"(mounted) {
    const options = { topics: "a", json: true };
    await mounted.mount(options);
    await mounted.publish("a", "1");
    await mounted.shows(({ last }) => last === 1);
    await mounted.set(mounted.hub, options, "hidden");
    await mounted.connections(0);
    await mounted.publish("a", "2");
    await mounted.set(mounted.hub, options, "visible");
    assert.deepEqual((await mounted.shows(({ last }) => last === 2)).data, [1, 2]);
  },
};

const FRAMEWORKS = {
  "React in its strict mode": ["react", { ...CLAIMS, ...CLAIMS_OF_HOOKS, ...CLAIMS_OF_REACT }],
  Vue: ["vue", { ...CLAIMS, ...CLAIMS_OF_HOOKS }],
  Svelte: ["svelte", CLAIMS],
};

for (const [framework, [name, claims]] of Object.entries(FRAMEWORKS)) {
  test(framework, async (t) => {
    const page = await pages.open(t, { origin: server.origin, entries: [`tests/e2e/hooks/${name}.mjs`] });
    for (const [claim, holds] of Object.entries(claims)) {
      await t.test(claim, (t) => holds(new Mounted(t, { server, page })));
    }
  });
}

test("with `subscribe` of millstream/client/tabs, two tabs have one connection", async (t) => {
  const context = await pages.browser.newContext();
  t.after(() => context.close());
  const open = () => pages.open(t, { origin: server.origin, entries: ["tests/e2e/hooks/react.mjs", "npm/client/tabs.mjs"], context });
  const first = new Mounted(t, { server, page: await open() });
  const second = new Mounted(t, { server, page: await open(), beside: first });
  for (const tab of [first, second]) await tab.mount({ topics: "a", json: true, user: "ada" });
  await first.publish("a", "1");
  for (const tab of [first, second]) assert.deepEqual((await tab.shows(({ last }) => last === 1)).data, [1]);
  assert.equal(first.asked + second.asked, 1);
});

test("the components of docs/client.md show an order", async (t) => {
  const page = await pages.open(t, { origin: server.origin, entries: ["tests/e2e/hooks/docs.mjs"] });
  const hub = server.hub("docs");
  await page.route("**/events?*", (route) => route.continue({ url: `${hub}${new URL(route.request().url()).search}` }));
  await page.evaluate(() => globalThis.client.mountAll());
  await until(async () => (await server.connections("docs")) === 3, "three connections");
  await publish(hub, { topic: "orders/1", data: JSON.stringify({ id: 1, state: "paid" }) });
  for (const framework of ["react", "vue", "svelte"]) {
    await page.locator(`#${framework} li`).waitFor();
    assert.equal(await page.locator(`#${framework}`).textContent().then((text) => text.trim()), "Order 1 is paid.");
  }
});
