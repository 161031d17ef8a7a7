// Active subscriptions: who is told of them, how they end, and what the API shows.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { Curl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { KEYS, bearer, detail, token0, token1 } from "./tokens.mjs";
import { until } from "./until.mjs";

const HEARTBEAT = 500;
const PAGE = "https://app.example";
const VARS = { ...KEYS, CORS_ORIGINS: PAGE, HEARTBEAT: `${HEARTBEAT}ms` };
const SUBSCRIPTIONS = "/.well-known/mercure/subscriptions";

/** A token of 0.x that grants to subscribe to these selectors, and one of 1.0 for these topics. */
const of0 = (subscribe, payload) => token0({ subscribe, payload });
const of1 = (hub, topics, payload) => token1(hub, [detail(["subscribe"], topics, { payload })]);

/** A subscriber over curl; `token` may be missing, or a promise of one. */
class Watcher extends Curl {
  constructor(hub, query, token) {
    super(`${hub}?${new URLSearchParams(query)}`, ...(token === undefined ? [] : ["-H", `Authorization: Bearer ${token}`]));
  }

  static async open(hub, query, token) {
    const watcher = new Watcher(hub, query, await token);
    await watcher.receives(":\n");
    return watcher;
  }

  /** The subscription events so far. */
  get events() {
    return this.text
      .split("\n\n")
      .filter((block) => /^data: \{/m.test(block))
      .map((block) => JSON.parse(/^data: (.*)$/m.exec(block)[1]));
  }

  /** Waits for the event that a subscription to `matcher` is, or is no longer, active. */
  async told(matcher, active) {
    const find = () => this.events.find((event) => (event.topic ?? event.match) === matcher && event.active === active);
    return until(find, () => `${matcher} to be ${active}; there was ${this.text}`);
  }
}

async function get(url, token, headers = {}) {
  return fetch(url, { headers: { ...(token === undefined ? {} : bearer(await token)), ...headers } });
}

describe("with SUBSCRIPTIONS=true", () => {
  let server;
  before(async () => (server = await Server.start({ kind: "workerd", vars: { ...VARS, SUBSCRIPTIONS: "true" } })));
  after(() => server?.stop());

  test("a finite read is told to nobody", async (t) => {
    const hub = server.hub("finite");
    const grant = `/hubs/finite${SUBSCRIPTIONS}{/topic}{/subscriber}`;
    const watcher = await Watcher.open(hub, { topic: grant }, of0([grant]));
    t.after(() => watcher.close());
    const read = await get(`${hub}?topic=read&live=false`, of0(["x"]));
    assert.match(await read.text(), /^event: place$/m);
    const guest = await Watcher.open(hub, { topic: "watched" }, of0(["x"]));
    t.after(() => guest.close());
    await watcher.told("watched", true);
    assert.ok(watcher.events.every(({ topic }) => topic !== "read"));
  });

  test("in 0.x those who are granted it are told who comes and goes, and nobody else", async (t) => {
    const hub = server.hub();
    const grant = `${SUBSCRIPTIONS}{/topic}{/subscriber}`;
    const watcher = await Watcher.open(hub, { topic: `${SUBSCRIPTIONS}{/topic}{/subscriber}` }, of0([grant]));
    t.after(() => watcher.close());
    const other = await Watcher.open(hub, { topic: "*" });
    t.after(() => other.close());
    const topic = "https://example.com/books/{id}";
    const guest = await Watcher.open(hub, { topic }, of0(["x"], { user: "é" }));
    const came = await watcher.told(topic, true);
    await guest.close();
    const went = await watcher.told(topic, false);
    assert.deepEqual(came, {
      type: "Subscription",
      "@context": "https://mercure.rocks/",
      id: `${SUBSCRIPTIONS}/${encodeURIComponent(topic)}/${encodeURIComponent(came.subscriber)}`,
      topic,
      subscriber: came.subscriber,
      active: true,
      payload: { user: "é" },
    });
    assert.deepEqual(went, { ...came, active: false });
    assert.deepEqual(other.events, []);
  });

  test("in 1.0 a subscriber of everything is told of itself, under the type mercure", async (t) => {
    const hub = server.hub("one");
    const details = [detail(["subscribe"], ["a"]), detail(["subscribe"], ["*"], { payload: { name: "w" } })];
    const token = await token1(hub, details);
    const watcher = await Watcher.open(hub, { match: "*" }, token);
    t.after(() => watcher.close());
    const own = await watcher.told("*", true);
    assert.match(watcher.text, /^event: mercure$/m);
    assert.deepEqual(own, {
      type: "subscription",
      id: `/hubs/one${SUBSCRIPTIONS}/exact/%2A/${encodeURIComponent(own.subscriber)}`,
      match_type: "exact",
      match: "*",
      subscriber: own.subscriber,
      active: true,
      payload: { name: "w" },
    });
    const other = await Watcher.open(hub, { match: "*" });
    t.after(() => other.close());
    const guest = await Watcher.open(hub, { match_urlpattern: "/books/:id" });
    assert.equal((await watcher.told("/books/:id", true)).match_type, "urlpattern");
    await guest.close();
    await watcher.told("/books/:id", false);
    assert.deepEqual(other.events, []);
  });

  test("a client that vanished without a word is found by the heartbeat", async (t) => {
    const hub = server.hub("vanished");
    const watcher = await Watcher.open(hub, { match: "*" }, of1(hub, ["*"]));
    t.after(() => watcher.close());
    const socket = connect(server.port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(`GET ${new URL(hub).pathname}?topic=a HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
    await watcher.told("a", true);
    socket.destroy();
    await watcher.told("a", false);
  });

  test("what was active when the server was killed is told to have ended, once", async (t) => {
    const own = await Server.start({ kind: "workerd", vars: { ...VARS, SUBSCRIPTIONS: "true" } });
    t.after(() => own.stop());
    const hub = own.hub();
    const query = { match: "*" };
    const before = await Watcher.open(hub, query, of1(hub, ["*"]));
    t.after(() => before.close());
    const guest = await Watcher.open(hub, { topic: "a" });
    t.after(() => guest.close());
    const { subscriber } = await before.told("a", true);
    for (let life = 1; life <= 2; life++) {
      await own.kill();
      await own.restart();
      const list = await get(`${hub}/subscriptions`, of0(["*"]));
      assert.deepEqual((await list.json()).subscriptions, [], `life ${life}`);
    }
    const later = await Watcher.open(hub, { ...query, last_event_id: "earliest" }, of1(hub, ["*"]));
    t.after(() => later.close());
    await later.told("*", true);
    assert.equal((await later.told("a", false)).subscriber, subscriber);
    assert.equal(later.events.filter(({ match, topic }) => (match ?? topic) === "a").length, 2);
  });

  test("the API of 0.x is JSON-LD with the last event ID", async (t) => {
    const hub = server.hub("api0");
    const guest = await Watcher.open(hub, { topic: "a b" });
    t.after(() => guest.close());
    const token = of0(["*"]);
    const list = await get(`${hub}/subscriptions`, token);
    assert.equal(list.status, 200);
    assert.equal(list.headers.get("content-type"), "application/ld+json");
    const collection = await list.json();
    assert.equal(collection["@context"], "https://mercure.rocks/");
    assert.equal(collection.type, "Subscriptions");
    assert.match(collection.lastEventID, /^#[-\w]{32}$/);
    const [{ id, subscriber }] = collection.subscriptions;
    assert.equal(list.headers.get("etag"), collection.lastEventID);
    const again = await get(`${hub}/subscriptions`, token, { "if-none-match": collection.lastEventID });
    assert.equal(again.status, 304);
    const one = await get(`${server.origin}${id}`, token);
    const document = await one.json();
    assert.equal(document.subscriber, subscriber);
    assert.equal(document.lastEventID, collection.lastEventID);
    const named = await get(`${hub}/subscriptions/a%20b`, token);
    assert.equal((await named.json()).subscriptions.length, 1);
    assert.equal((await (await get(`${hub}/subscriptions/a+b`, token)).json()).subscriptions.length, 0);
    assert.equal((await get(`${hub}/subscriptions/a+b/${encodeURIComponent(subscriber)}`, token)).status, 404);
    const head = await fetch(`${hub}/subscriptions`, { method: "HEAD", headers: bearer(await token) });
    assert.equal(head.status, 200);
  });

  test("the API of 1.0 is JSON with the last event ID in the Link header", async (t) => {
    const hub = server.hub("api1");
    const payload = { name: "g" };
    const guest = await Watcher.open(hub, { match: "a b" }, of1(hub, ["a b"], payload));
    t.after(() => guest.close());
    const token = of1(hub, ["*"]);
    const list = await get(`${hub}/subscriptions`, token);
    assert.equal(list.headers.get("content-type"), "application/json");
    const { type, subscriptions, ...rest } = await list.json();
    assert.deepEqual([type, Object.keys(rest)], ["subscriptions", ["id"]]);
    const link = list.headers.get("link");
    const [, cursor] = /^<[^>]*>; rel="mercure"; last-event-id="([^"]+)"; type="mercure"/.exec(link);
    assert.equal(list.headers.get("etag"), `"${cursor}"`);
    const again = await get(`${hub}/subscriptions`, token, { "if-none-match": `"${cursor}"` });
    assert.equal(again.status, 304);
    const one = await get(`${server.origin}${subscriptions[0].id}`, token);
    assert.deepEqual(await one.json(), subscriptions[0]);
    assert.deepEqual(subscriptions[0].payload, payload);
    const of = async (path) => (await (await get(`${hub}/subscriptions/${path}`, token)).json()).subscriptions.length;
    assert.deepEqual([await of("exact/a%20b"), await of("exact/a+b"), await of("urlpattern/a%20b")], [1, 0, 0]);
    assert.equal((await get(`${hub}/subscriptions/regexp/a`, token)).status, 400);
    assert.equal((await get(`${hub}/subscriptions/exact/a/urn%3Auuid%3Ax`, token)).status, 404);
  });

  test("the entity tag moves with the subscriptions alone, and tells of no publication", async (t) => {
    const hub = server.hub("tagged");
    const headers = bearer(await token0({ publish: ["*"] }));
    const publishes = () => fetch(hub, { method: "POST", body: new URLSearchParams({ topic: "a" }), headers });
    assert.equal((await publishes()).status, 200);
    const tag = async () => (await get(`${hub}/subscriptions`, of1(hub, ["*"]))).headers.get("etag");
    const before = await tag();
    assert.equal((await publishes()).status, 200);
    assert.equal(await tag(), before);
    const unchanged = await get(`${hub}/subscriptions`, of1(hub, ["*"]), { "if-none-match": before });
    assert.equal(unchanged.status, 304);
    const guest = await Watcher.open(hub, { topic: "a" });
    t.after(() => guest.close());
    const changed = await get(`${hub}/subscriptions`, of1(hub, ["*"]), { "if-none-match": before });
    assert.equal(changed.status, 200);
    assert.notEqual(changed.headers.get("etag"), before);
  });

  test("behind the last event ID of the API come exactly the changes since", async (t) => {
    const hub = server.hub("followed");
    const first = await Watcher.open(hub, { topic: "first" });
    t.after(() => first.close());
    const { lastEventID } = await (await get(`${hub}/subscriptions`, of0(["*"]))).json();
    const second = await Watcher.open(hub, { topic: "second" });
    t.after(() => second.close());
    const query = { topic: `/hubs/followed${SUBSCRIPTIONS}{/topic}{/subscriber}`, lastEventID };
    const watcher = await Watcher.open(hub, query, of0(["*"]));
    t.after(() => watcher.close());
    await watcher.told("second", true);
    assert.ok(!watcher.text.includes("event: gap"), watcher.text);
    assert.ok(!watcher.events.some(({ topic }) => topic === "first"), watcher.text);
  });

  test("the API answers nobody without a token, at none of its paths", async () => {
    for (const path of ["", "/a", "/a/urn%3Auuid%3Ax", "/exact/a", "/exact/a/urn%3Auuid%3Ax"]) {
      assert.equal((await get(`${server.hub("nobody")}/subscriptions${path}`)).status, 401, path);
    }
  });

  test("the API wants a grant for its path", async () => {
    const hub = server.hub("grants");
    const path = new URL(`${hub}/subscriptions`).pathname;
    for (const [token, url, status] of [
      [undefined, `${hub}/subscriptions`, 401],
      [of0([`${path}/a`]), `${hub}/subscriptions`, 401],
      [of0([path]), `${hub}/subscriptions`, 200],
      [of1(hub, [`${path}/a`]), `${hub}/subscriptions`, 403],
      [of1(hub, [path]), `${hub}/subscriptions`, 200],
      [of1(hub, [path]), `${hub}/subscriptions?last_event_id=foo`, 200],
      [of1(hub, [`${path}?a`]), `${hub}/subscriptions?a`, 403],
    ]) {
      assert.equal((await get(url, token)).status, status, `${url} ${status}`);
    }
  });

  test("the API is for GET and HEAD, as a preflight is told", async () => {
    const url = `${server.hub("methods")}/subscriptions`;
    const post = await fetch(url, { method: "POST", body: "x" });
    assert.deepEqual([post.status, post.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
    const preflight = await fetch(`${url}/a`, { method: "OPTIONS", headers: { origin: PAGE } });
    for (const name of ["allow", "access-control-allow-methods"]) {
      assert.equal(preflight.headers.get(name), "GET, HEAD, OPTIONS", name);
    }
    const hub = await fetch(server.hub("methods"), { method: "OPTIONS", headers: { origin: PAGE } });
    assert.equal(hub.headers.get("access-control-allow-methods"), "GET, HEAD, QUERY, POST, OPTIONS");
  });

  test("who is not told of a change is never answered 304", async (t) => {
    const hub = server.hub("blind");
    const token = of0([new URL(`${hub}/subscriptions`).pathname]);
    const list = () => get(`${hub}/subscriptions`, token, { "if-none-match": "earliest" });
    assert.equal((await list()).status, 304);
    const guest = await Watcher.open(hub, { topic: "a" });
    t.after(() => guest.close());
    const places = [];
    for (let times = 0; times < 2; times += 1) {
      const changed = await list();
      assert.equal(changed.status, 200);
      places.push((await changed.json()).lastEventID);
    }
    assert.match(places[0], /^#/);
    assert.notEqual(places[0], places[1], "it moves whether something has changed or not");
  });

  test("the metadata say so", async () => {
    const metadata = await fetch(`${server.origin}/.well-known/oauth-protected-resource/.well-known/mercure`);
    assert.equal((await metadata.json()).mercure_subscriptions, true);
  });
});

test("without SUBSCRIPTIONS nobody is told anything, and there is no API", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: VARS });
  t.after(() => server.stop());
  const token = of0(["*"]);
  const watcher = await Watcher.open(server.hub(), { topic: "*" }, token);
  t.after(() => watcher.close());
  const guest = await Watcher.open(server.hub(), { topic: "a" });
  await guest.close();
  await until(async () => (await server.connections()) === 1, "the guest to be gone");
  assert.deepEqual(watcher.events, []);
  assert.equal((await get(`${server.hub()}/subscriptions`, token)).status, 404);
  const metadata = await fetch(`${server.origin}/.well-known/oauth-protected-resource/.well-known/mercure`);
  assert.equal((await metadata.json()).mercure_subscriptions, undefined);
});
