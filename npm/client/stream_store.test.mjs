import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { StreamStore, streamKey } from "./stream_store.mjs";

const HUB = "https://example.com/events";
const event = (/** @type {number} */ id) => `id: ${id}\ndata: ${id}\n\n`;

/** A hub whose answers are streams that this test writes. */
class Answers {
  /** @type {{ url: URL, write: (text: string) => Promise<void>, isOver: boolean }[]} */
  asked = [];

  fetch = async (/** @type {string} */ input, /** @type {RequestInit} */ { signal }) => {
    const { readable, writable } = new TransformStream();
    const writer = writable.getWriter();
    const write = async (/** @type {string} */ text) => {
      await writer.write(new TextEncoder().encode(text));
      await told();
    };
    const answer = { url: new URL(input), write, isOver: false };
    signal?.addEventListener("abort", () => {
      answer.isOver = true;
      writer.abort(signal.reason).catch(() => undefined);
    });
    this.asked.push(answer);
    return new Response(readable, { headers: { "content-type": "text/event-stream" } });
  };
}

/** Everything that is under way has been told. */
async function told() {
  for (let turns = 0; turns < 5; turns += 1) await turn();
}

/** A store that is listened to, until the test ends. */
async function listened(/** @type {import("node:test").TestContext} */ t, /** @type {object} */ more = {}) {
  const answers = new Answers();
  const store = new StreamStore(HUB, { topics: "a", fetch: answers.fetch, ...more });
  /** @type {import("./hooks.d.ts").Stream[]} */
  const seen = [];
  const leave = store.listen(() => seen.push(store.read()));
  t.after(leave);
  await told();
  return { answers, store, seen, leave };
}

const ids = (/** @type {StreamStore} */ store) => store.read().updates.map(({ id }) => id);

test("the updates of one chunk are shown at once, the oldest first", async (t) => {
  const { answers, store, seen } = await listened(t);
  const before = seen.length;
  await answers.asked[0].write([1, 2, 3].map(event).join(""));
  assert.deepEqual(ids(store), ["1", "2", "3"]);
  assert.equal(store.read().update, store.read().updates[2]);
  assert.equal(seen.length, before + 1);
});

test("what was shown before does not change", async (t) => {
  const { answers, seen } = await listened(t);
  await answers.asked[0].write(event(1));
  await answers.asked[0].write(event(2));
  assert.deepEqual(seen.slice(-2).map(({ updates }) => updates.length), [1, 2]);
  const { updates } = seen.at(-1) ?? {};
  await answers.asked[0].write("id: #1\nevent: gap\ndata: {}\n\n");
  assert.equal(seen.at(-1)?.updates, updates, "the list is the same while no update comes");
  assert.deepEqual(seen.at(-1)?.gap, { requested: null, first: null, missed: null });
});

for (const [maxUpdates, expected] of /** @type {[number | undefined, number][]} */ ([[undefined, 100], [2, 2], [0, 0], [Infinity, 250]])) {
  test(`a list of at most ${maxUpdates ?? "the default number of"} updates has the last ${expected} of 250`, async (t) => {
    const { answers, store } = await listened(t, { maxUpdates });
    for (const begin of [0, 130]) {
      await answers.asked[0].write(Array.from({ length: begin === 0 ? 130 : 120 }, (_, index) => event(begin + index + 1)).join(""));
    }
    assert.deepEqual(ids(store), Array.from({ length: expected }, (_, index) => String(250 - expected + index + 1)));
    assert.equal(store.read().update?.id, "250");
  });
}

test("who listens, leaves and listens again in one turn asks the hub once", async (t) => {
  const { answers, store, leave } = await listened(t);
  leave();
  t.after(store.listen(() => {}));
  await told();
  assert.equal(answers.asked.length, 1);
  assert.equal(answers.asked[0].isOver, false);
});

test("who listens and leaves in one turn asks the hub for nothing", async () => {
  const answers = new Answers();
  new StreamStore(HUB, { topics: "a", fetch: answers.fetch }).listen(() => {})();
  await told();
  assert.equal(answers.asked.length, 0);
});

test("the stream is closed behind the last listener, and the next one goes on behind its cursor", async (t) => {
  const { answers, store, leave } = await listened(t, { from: "earliest" });
  const second = store.listen(() => {});
  await answers.asked[0].write(event(1));
  leave();
  await told();
  assert.equal(answers.asked[0].isOver, false, "one listens still");
  second();
  await told();
  assert.equal(answers.asked[0].isOver, true);
  t.after(store.listen(() => {}));
  await told();
  assert.deepEqual(answers.asked.map(({ url }) => url.searchParams.get("lastEventID")), ["earliest", "1"]);
  assert.deepEqual(ids(store), ["1"]);
});

test("a stream that is not enabled is closed and keeps its list, and goes on behind it when it is enabled", async (t) => {
  const { answers, store, seen } = await listened(t);
  await answers.asked[0].write(event(1));
  const options = { topics: "a", fetch: answers.fetch };
  store.use({ ...options, enabled: false });
  await told();
  assert.deepEqual(store.read().state, { name: "closed", why: "closed" });
  const shown = seen.length;
  store.use({ ...options, enabled: false });
  await told();
  assert.equal(seen.length, shown, "the same again is no change");
  store.use(options);
  await told();
  await answers.asked[1].write(event(2));
  assert.equal(answers.asked[1].url.searchParams.get("lastEventID"), "1");
  assert.deepEqual(ids(store), ["1", "2"]);
});

test("without a URL nothing is asked for, and the state is closed", async (t) => {
  const answers = new Answers();
  for (const url of [null, undefined]) {
    const store = new StreamStore(url, { topics: "a", fetch: answers.fetch });
    assert.deepEqual(store.read().state, { name: "closed", why: "closed" });
    t.after(store.listen(() => {}));
  }
  await told();
  assert.equal(answers.asked.length, 0);
});

test("what a closed subscription says is not heard", async () => {
  /** @type {any} */
  let told;
  const subscribe = (/** @type {any} */ _url, /** @type {any} */ options) => {
    told = options;
    return /** @type {any} */ ({ lastEventId: "", close: () => told.onState({ name: "closed", why: "ended" }) });
  };
  const store = new StreamStore(HUB, { topics: "a", subscribe });
  const leave = store.listen(() => {});
  await turn();
  leave();
  await turn();
  told.onUpdate({ id: "1" });
  told.onGap({ first: null });
  await turn();
  assert.deepEqual(store.read(), { state: { name: "connecting" }, update: null, updates: [], gap: null });
});

test("the callbacks, the token and fetch are those of the last options", async (t) => {
  /** @type {string[]} */
  const called = [];
  const answers = new Answers();
  const options = (/** @type {string} */ name) => ({
    topics: "a",
    fetch: (/** @type {string} */ input, /** @type {RequestInit} */ init) => (called.push(`${name} fetch`), answers.fetch(input, init)),
    token: () => (called.push(`${name} token`), name),
    onUpdate: () => called.push(`${name} update`),
    onGap: () => called.push(`${name} gap`),
    onEnd: (/** @type {{ reason: string }} */ { reason }) => called.push(`${name} ${reason}`),
    onState: (/** @type {{ name: string }} */ state) => called.push(`${name} ${state.name}`),
    onError: (/** @type {unknown} */ error) => called.push(`${name} ${error}`),
    json: true,
  });
  const store = new StreamStore(HUB, options("first"));
  t.after(store.listen(() => {}));
  store.use(options("second"));
  await told();
  store.use(options("third"));
  await answers.asked[0].write(`:\n\n${event(1)}id: #1\nevent: gap\ndata: {}\n\n`);
  await answers.asked[0].write('id: #2\nevent: end\ndata: {"topic":"a","reason":"done"}\n\n');
  await answers.asked[0].write("id: 2\ndata: {\n\n");
  assert.match(called.pop() ?? "", /^third SyntaxError/);
  assert.deepEqual(called, ["second connecting", "second token", "second fetch", "third open", "third update", "third gap", "third done"]);
});

for (const [when, finish] of Object.entries({ "at once": () => undefined, "later": () => new Promise(() => {}) })) {
  test(`an update comes once if its callback closes the stream and is over ${when}`, async (t) => {
    const answers = new Answers();
    const options = { topics: "a", fetch: answers.fetch };
    const closing = { ...options, onUpdate: () => (store.use({ ...options, enabled: false }), finish()) };
    const store = new StreamStore(HUB, closing);
    t.after(store.listen(() => {}));
    await told();
    await answers.asked[0].write(event(1));
    assert.equal(answers.asked[0].isOver, true);
    store.use(options);
    await told();
    assert.equal(answers.asked[1].url.searchParams.get("lastEventID"), "1");
  });
}

test("wrong options are thrown where the stream is read", async (t) => {
  const store = new StreamStore(HUB, /** @type {any} */ ({}));
  t.after(store.listen(() => {}));
  await told();
  assert.throws(() => store.read(), { name: "TypeError", message: /topics.*match/ });
});

test("another `subscribe` gets the URL and the options that are not the hook's", async (t) => {
  /** @type {any[]} */
  const given = [];
  const subscribe = (/** @type {any[]} */ ...values) => {
    given.push(...values);
    return /** @type {any} */ ({ lastEventId: "", close() {} });
  };
  const store = new StreamStore(HUB, { topics: "a", user: "ada", maxUpdates: 5, enabled: true, subscribe });
  t.after(store.listen(() => {}));
  await told();
  const [url, { onUpdate, onGap, onEnd, onState, onError, ...options }] = given;
  assert.equal(url, HUB);
  assert.deepEqual(options, { topics: "a", user: "ada", lastEventId: undefined });
});

test("the key changes with the URL and what is selected, and not with functions or their results", () => {
  const base = { topics: "a", token: () => "a", onUpdate: () => 1, maxUpdates: 5, enabled: true };
  const key = streamKey(HUB, base);
  for (const same of [{ ...base, token: () => "b", onUpdate: () => 2 }, { ...base, maxUpdates: 6 }, { ...base, enabled: false }, { ...base, onGap: () => 1 }]) {
    assert.equal(streamKey(HUB, same), key);
  }
  assert.equal(streamKey(new URL(HUB), base), key);
  const others = [
    { ...base, topics: "b" },
    { topics: undefined, match: { exact: ["a"] } },
    { ...base, types: ["created"] },
    { ...base, json: true },
    { ...base, withTopics: true },
    { ...base, from: "earliest" },
    { ...base, credentials: /** @type {const} */ ("include") },
    { ...base, pauseWhenHidden: true },
    { ...base, silence: 1 },
    { ...base, user: "ada" },
    { ...base, user: null },
    { ...base, token: undefined },
    { ...base, fetch: async () => new Response() },
  ];
  const keys = [key, streamKey(null, base), streamKey(`${HUB}?a`, base), ...others.map((options) => streamKey(HUB, options))];
  assert.equal(new Set(keys).size, keys.length);
});
