// What a user does to the tab that reads a hub.
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { load } from "./client_page.mjs";
import { ENTRIES, readersIn } from "./client_readers.mjs";
import { publish } from "./clients.mjs";
import { until } from "./until.mjs";

const EVERY = 200;

/** A tab that reads all of `hub`. */
export class ReadingTab {
  page;
  #hub;
  #readers;
  #published = [];

  /** Loads it in `page`. It reads at `url`; `options` are those of `subscribe`. */
  static async load(page, { hub, url = hub, options = {} }) {
    const tab = new ReadingTab();
    tab.page = page;
    tab.#hub = hub;
    await load(page, { origin: new URL(hub).origin, entries: ENTRIES });
    tab.#readers = readersIn(page);
    await tab.#readers.open([["tab", String(url), { topics: "*", ...options }]]);
    await tab.comesTo("open");
    return tab;
  }

  /** What it has been told. */
  async seen() {
    return (await this.#readers.told("seen", ["tab"]))[0];
  }

  comesTo(name) {
    return this.#comes(name, ({ state }) => state === name);
  }

  #comes(what, isTrue) {
    let seen;
    return until(async () => isTrue((seen = await this.seen())), () => `${what}: ${JSON.stringify(seen)}`);
  }

  async publish() {
    this.#published.push(await publish(this.#hub, { topic: "a", data: String(this.#published.length + 1) }));
  }

  /** Publishes again and again for this number of milliseconds. */
  async publishFor(time) {
    for (const end = performance.now() + time; performance.now() < end; ) {
      await this.publish();
      await delay(EVERY);
    }
  }

  /** Asserts that it gets each update that was published, once and in order, and no gap. */
  async hasAll() {
    await this.publish();
    const last = this.#published.at(-1);
    await this.#comes(last, ({ updates }) => updates.at(-1)?.id === last);
    const { updates, gaps, errors } = await this.seen();
    assert.deepEqual(updates.map(({ id }) => id), this.#published);
    assert.deepEqual([gaps, errors], [[], []]);
  }
}

/** Freezes a tab for this number of milliseconds, while updates are published. */
export async function freezeFor(t, time, { browser, tab }) {
  await tab.publish();
  await browser.hide(t, tab.page);
  const thaw = await browser.freeze(tab.page);
  await tab.publishFor(time);
  await thaw();
  await browser.show(tab.page);
  await tab.hasAll();
}
