// A world for tabs in a test: pages, a channel, clocks and a hub, whose every step is chosen at random.
import assert from "node:assert/strict";
import { read, written } from "../../npm/client/tabs/words.mjs";
import { Hub, numberIn } from "./hub.mjs";
import { Lock, Page } from "./page.mjs";

export class World {
  hub = new Hub();
  lock = new Lock();
  pages = [];
  now = 0;
  clock = 10 ** 12;
  #random;
  #rates;
  #count = 0;
  #isDropping = 0;

  constructor(random, rates) {
    this.#random = random;
    this.#rates = { step: 12, word: 16, grant: 3, ...rates };
    for (let count = 0; count < 3; count += 1) this.#deeds.open();
  }

  get tabs() {
    return this.pages.filter((page) => !page.isGone);
  }

  /** Says a word to all others. A frozen page hears it later. */
  post(from, word) {
    for (const page of this.pages) {
      if (page === from || page.isGone || page.isAway) continue;
      if (this.#isDropping > 0 && this.#random() < 0.5) this.#isDropping -= 1;
      else page.inbox.push(() => page.isAway || page.tab.hear(read(structuredClone(written(word)))));
    }
  }

  run(steps) {
    for (let count = 0; count < steps; count += 1) this.#deeds[this.#choose()]();
  }

  /** Every page goes on, until nothing happens any more; at first some are offline still. */
  settle() {
    this.#isDropping = 0;
    for (const page of this.tabs) {
      page.isFrozen = false;
      if (page.isAway) this.#join(page);
      page.tab.goOn();
    }
    const online = this.tabs.filter(({ isOffline }) => !isOffline);
    if (online.length > 0 && online.length < this.tabs.length) {
      this.#minutes(12);
      for (const page of online) assert.equal(page.states.at(-1), "open", `${page.id}, which is online, has a stream`);
    }
    for (const page of this.tabs) page.isOffline = false;
    this.#minutes(4);
  }

  #minutes(count) {
    for (let minute = 0; minute < count; minute += 1) {
      for (let tick = 0; tick < 12; tick += 1) {
        this.#pass(5_000);
        for (const page of this.tabs) page.tab.tick();
        this.#calm();
      }
      this.hub.last += 1;
    }
    this.#calm();
  }

  /** All that is on its way arrives. */
  #calm() {
    let isMoving = true;
    for (let round = 0; isMoving; round += 1) {
      assert.ok(round < 10_000, "the tabs come to rest");
      isMoving = this.lock.grant();
      for (const page of this.tabs) {
        for (; page.inbox.length > 0; isMoving = true) page.inbox.shift()();
        for (const stream of page.streams) isMoving = stream.step() || isMoving;
      }
    }
  }

  /** Each page was told the hub's log from where it began, but for what a gap told of. */
  check() {
    for (const page of this.tabs) {
      const told = page.told.filter(({ update, gap }) => update || gap);
      let last = page.cursor === "" ? undefined : numberIn(page.cursor);
      let isGap = false;
      for (const { update, gap } of told) {
        if (gap) {
          isGap = true;
          continue;
        }
        const number = Number(update.text);
        if (last === undefined) assert.ok(isGap || this.#rates.drop || number <= (page.openedAt ?? Infinity) + 1, `${page.id} began at ${number}, and was open at ${page.openedAt}`);
        else if (isGap) assert.ok(number > last, `${page.id} had ${last}, a gap, and then ${number}`);
        else assert.equal(number, last + 1, `${page.id} had ${last} and then ${number}`);
        last = number;
        isGap = false;
      }
      assert.equal(last, this.hub.last, `${page.id} has all`);
      assert.equal(page.states.at(-1), "open");
    }
    assert.equal(this.tabs.flatMap(({ streams }) => streams).length, 1, "there is one stream in the end");
  }

  #choose() {
    const rates = Object.entries(this.#rates);
    let left = this.#random() * rates.reduce((sum, [, rate]) => sum + rate, 0);
    return rates.find(([, rate]) => (left -= rate) < 0)?.[0] ?? "step";
  }

  #one(pages) {
    return pages[Math.floor(this.#random() * pages.length)];
  }

  #any(isGood = () => true) {
    return this.#one(this.tabs.filter(isGood));
  }

  #pass(time) {
    this.now += time;
    this.clock += time;
  }

  #join(page) {
    page.isAway = false;
    page.tab.join();
  }

  #deeds = {
    publish: () => (this.hub.last += 1 + Math.floor(this.#random() * 3)),
    open: () => {
      if (this.tabs.length >= 5) return;
      const seen = Math.floor(this.#random() * (this.hub.last + 1));
      const cursor = this.#random() < 0.6 ? "" : seen > this.hub.forgotten ? `u${seen}` : "earliest";
      const page = new Page(this, `tab ${(this.#count += 1)}`, this.hub.forgotten > 0 && cursor === "earliest" ? "" : cursor);
      this.pages.push(page);
      page.tab.join();
    },
    step: () => {
      const page = this.#any((page) => page.isAwake);
      this.#one([...(page?.streams ?? []), ...(page?.past ?? [])])?.step();
    },
    word: () => this.#any((page) => page.isAwake && page.inbox.length > 0)?.inbox.shift()(),
    grant: () => this.lock.grant(),
    tick: () => {
      this.#pass(2_000 + Math.floor(this.#random() * 6_000));
      this.#any((page) => page.isAwake)?.tab.tick();
    },
    close: () => this.#go((page) => page.tab.leave()),
    crash: () => this.#go((page) => {
      this.lock.release(page);
      // Of its last words not every tab hears all.
      for (const other of this.tabs) if (this.#random() < 0.5) other.inbox.splice(Math.floor(this.#random() * other.inbox.length));
    }),
    freeze: () => Object.assign(this.#any() ?? {}, { isFrozen: true }),
    thaw: () => Object.assign(this.#any((page) => page.isFrozen) ?? {}, { isFrozen: false }),
    leave: () => {
      const page = this.#any((page) => page.isAwake && !page.isAway);
      if (!page) return;
      page.tab.leave();
      Object.assign(page, { isAway: true, inbox: [] });
    },
    join: () => {
      const page = this.#any((page) => page.isAway);
      if (page) this.#join(page);
    },
    offline: () => {
      const page = this.#any();
      if (!page) return;
      page.isOffline = true;
      for (const stream of page.streams) stream.cut();
    },
    online: () => Object.assign(this.#any((page) => page.isOffline) ?? {}, { isOffline: false }),
    cut: () => this.#one(this.#any((page) => page.isAwake)?.streams ?? [])?.cut(),
    drop: () => (this.#isDropping += 2),
    forget: () => (this.hub.forgotten += Math.floor(this.#random() * (this.hub.last - this.hub.forgotten + 1))),
    hold: () => this.#any((page) => page.isAwake && page.told.length > 0)?.tab.hold(),
    goOn: () => this.#any((page) => page.isAwake && !page.isAway)?.tab.goOn(),
    jump: () => (this.clock += Math.floor((this.#random() - 0.5) * 10_000_000)),
  };

  #go(leave) {
    const page = this.#any((page) => page.isAwake);
    if (!page || this.tabs.length < 2) return;
    leave(page);
    page.isGone = true;
  }
}
