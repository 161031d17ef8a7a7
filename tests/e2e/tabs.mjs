// Tabs of one browser that subscribe to a hub, and what each was told.
import assert from "node:assert/strict";
import { publish } from "./clients.mjs";
import { load } from "./client_page.mjs";
import { until } from "./until.mjs";

const ENTRIES = ["npm/client/tabs.mjs"];
/** Milliseconds. */
const POLL_EVERY = 50;
let hubs = 0;

/**
 * Subscribes in a page. `token` is a text there, since functions do not get to a page. With `gate` the page takes no update
 * before its gate is opened.
 */
function subscribeInPage({ url, before = [], options: { token, storage, gate, ...options } }) {
  const told = (globalThis.told = { updates: [...before], gaps: [], states: [] });
  const opened = gate ? new Promise((resolve) => (globalThis.openGate = resolve)) : undefined;
  globalThis.subscription = globalThis.client.subscribe(url, {
    ...(token === undefined ? {} : { token: () => token }),
    ...(storage ? { storage: sessionStorage } : {}),
    onUpdate: async ({ text }) => {
      await opened;
      told.updates.push(text);
    },
    onGap: (gap) => told.gaps.push(gap),
    onState: ({ name, why, problem }) => told.states.push({ name, why, status: problem?.status }),
    ...options,
  });
}

/** One tab. */
class OneTab {
  page;
  /** Whether it is there, and hears. */
  isThere = true;
  #session;

  #subscription;

  static async open(page, subscription) {
    const tab = new OneTab();
    tab.page = page;
    tab.#subscription = subscription;
    page.on("close", () => (tab.isThere = false));
    tab.#session = await page.context().newCDPSession(page);
    await page.evaluate(subscribeInPage, subscription);
    return tab;
  }

  /** Whether it goes on behind its last update when it is loaded again. */
  get canReload() {
    return this.#subscription.options.storage === true;
  }

  /** Loads the page again. What it was told before is kept. */
  async reload(where) {
    const { updates } = await this.told();
    await this.page.evaluate(() => addEventListener("pagehide", () => sessionStorage.setItem("told", JSON.stringify(globalThis.told.updates))));
    await load(this.page, where);
    const before = await this.page.evaluate(() => JSON.parse(sessionStorage.getItem("told")));
    if (before.length < updates.length) throw new Error("the page has lost what it was told");
    await this.page.evaluate(subscribeInPage, { ...this.#subscription, before });
  }

  told() {
    return this.page.evaluate(() => globalThis.told);
  }

  /** Waits for the state. */
  async is(name) {
    await this.page.waitForFunction((name) => globalThis.told.states.at(-1)?.name === name, name, { polling: POLL_EVERY });
    return this;
  }

  /** Waits for the update with this text. If it does not come, the comparison says what came. */
  async has(text) {
    const arrived = (text) => globalThis.told.updates.includes(text);
    await this.page.waitForFunction(arrived, text, { polling: POLL_EVERY }).catch(() => undefined);
  }

  async crash() {
    this.isThere = false;
    const crashed = this.page.waitForEvent("crash");
    this.#session.send("Page.crash").catch(() => undefined);
    await crashed;
  }

  /** Lets the page hear nothing for a time: its one thread has something else to do. */
  async deafen(time) {
    this.isThere = false;
    await this.page.evaluate((time) => {
      for (const end = performance.now() + time; performance.now() < end; );
    }, time);
    this.isThere = true;
  }

  async freeze() {
    this.isThere = false;
    await this.#session.send("Page.setWebLifecycleState", { state: "frozen" });
  }

  async thaw() {
    await this.#session.send("Page.setWebLifecycleState", { state: "active" });
    this.isThere = true;
  }

  async setOffline(offline) {
    await this.#session.send("Network.enable");
    await this.#session.send("Network.emulateNetworkConditions", { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  }
}

/** Tabs that share storage, locks and channels, and a hub of their own. */
export class Tabs {
  /** The data of all updates, and their ids. */
  published = [];
  ids = [];
  all = [];
  #t;
  #pages;
  #server;
  #prepare = async () => {};
  #isBursting = false;
  #name;
  context;

  static async inOneBrowser(t, { pages, server }) {
    const context = await pages.browser.newContext();
    t.after(() => context.close());
    return Tabs.inContext(t, { pages, server, context });
  }

  static inContext(t, { pages, server, context }) {
    const tabs = new Tabs();
    tabs.#t = t;
    tabs.#pages = pages;
    tabs.#server = server;
    tabs.context = context;
    tabs.#name = `tabs-${(hubs += 1)}`;
    return tabs;
  }

  get hub() {
    return this.#server.hub(this.#name);
  }

  get #where() {
    return { origin: this.#server.origin, entries: ENTRIES };
  }

  /** What is done with each page before it subscribes. */
  prepare(prepare) {
    this.#prepare = prepare;
  }

  reload(tab) {
    return tab.reload(this.#where);
  }

  connections() {
    return this.#server.connections(this.#name);
  }

  /** Waits for a number of connections: who leads or catches up closes a stream after it has the last update. */
  async comeTo(count) {
    await until(async () => (await this.connections()) === count, `${count} connections`);
  }

  /** Opens a tab that reads the hub, and waits until it does. */
  async open(options = {}) {
    const tab = await this.begin(options);
    await tab.is("open");
    // One update is on its way.
    tab.latest = Math.min(tab.latest, this.ids.length + 1);
    return tab;
  }

  /**
   * Opens a tab that reads the hub. `first` is the first update that it must get; while updates are published nobody can say
   * which one that is.
   */
  async begin({ first = this.#isBursting ? undefined : this.published.length, ...options } = {}) {
    const page = await this.#pages.open(this.#t, { ...this.#where, context: this.context });
    await this.#prepare(page);
    const tab = await OneTab.open(page, { url: this.hub, options: { topics: "*", user: null, ...options } });
    this.all.push(Object.assign(tab, { first, latest: first ?? Infinity }));
    return tab;
  }

  /** Publishes updates, one after the other. */
  async burst(count) {
    this.#isBursting = true;
    for (let left = count; left > 0; left -= 1) {
      this.published.push(`update ${this.published.length}`);
      this.ids.push(await publish(this.hub, { topic: "news", data: this.published.at(-1) }));
    }
    this.#isBursting = false;
  }

  /** Publishes many updates with one request. */
  async publishAtOnce(count) {
    const texts = Array.from({ length: count }, (_, index) => `update ${this.published.length + index}`);
    const body = texts.map((data) => `${JSON.stringify({ topic: "news", data })}\n`).join("");
    const answer = await fetch(this.hub, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body });
    for (const line of (await answer.text()).trim().split("\n")) this.ids.push(JSON.parse(line).id);
    this.published.push(...texts);
  }

  /** Each tab that is there has each update that was published since it was opened, once and in order, and no gap. */
  async agree() {
    for (const tab of this.all.filter(({ isThere }) => isThere)) await this.#agrees(tab);
  }

  async #agrees(tab) {
    if (tab.first !== this.published.length) await tab.has(this.published.at(-1));
    const { updates, gaps } = await tab.told();
    const first = tab.first ?? this.published.indexOf(updates[0]);
    assert.ok(first >= 0 && first <= tab.latest, `the tab begins with ${updates[0]}, at the latest with ${tab.latest}`);
    const wrong = this.published.slice(first).findIndex((data, index) => updates[index] !== data);
    assert.equal(wrong, -1, `after ${updates.slice(0, Math.max(wrong, 0)).at(-1)} the tab has ${updates.slice(wrong, wrong + 3)}`);
    assert.equal(updates.length, this.published.length - first);
    assert.deepEqual(gaps, []);
  }
}
