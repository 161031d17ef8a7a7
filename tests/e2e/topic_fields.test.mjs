// A subscriber that asks for `fields=topic` is told the topics of each update that it asked for, and no others.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { chromium } from "playwright-core";
import { FLAGS, chromiumPath } from "./browser.mjs";
import { publish, subscribeUrl } from "./clients.mjs";
import { JS_CLIENTS } from "./js_clients.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS_0, bearer, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const FORM = "application/x-www-form-urlencoded";
const IN_NODE = ["eventsource 4", "eventsource 5"];
const IN_CHROMIUM = ["Chromium's EventSource", "@microsoft/fetch-event-source"];
/** Where the page finds its modules: the list of clients, and the parts of fetch-event-source. */
const MODULE = "/modules/";

let server;
let count = 0;
before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true", ...KEYS_0 } });
});
after(() => server?.stop());
const freshHub = () => server.hub(`fields-${(count += 1)}`);

const open = (t, hub, pairs, init) => Stream.open(t, withQuery(hub, pairs), init);
/** An update as a block of a stream. */
const block = (id, ...topics) => [...topics.map((topic) => `topic: ${topic}`), `id: ${id}`, `data: ${id}`].join("\n");

/** A blank page, and the modules that it imports without their extension. */
async function answerModule(route) {
  const name = new URL(route.request().url()).pathname.slice(MODULE.length);
  if (name === "") return route.fulfill({ contentType: "text/html", body: "<!doctype html>" });
  const folder = "../../node_modules/@microsoft/fetch-event-source/lib/esm/";
  const file = name === "clients" ? "js_clients.mjs" : `${folder}${name}.js`;
  const body = await readFile(new URL(file, import.meta.url), "utf8");
  return route.fulfill({ contentType: "text/javascript", body });
}

/** Subscribers, the topics of an update, and those of them that it is told. */
const TOLD = {
  "the name of one topic": [{ topic: "a" }, ["a", "b"], ["a"]],
  "the name of an alternate topic": [{ topic: ["b", "x"] }, ["a", "b"], ["b"]],
  "a template": [{ topic: "books/{id}" }, ["books/1", "secret", "books/2"], ["books/1", "books/2"]],
  everything: [{ topic: "*" }, ["a", " b: c", "data: d"], ["a", " b: c", "data: d"]],
  "everything, with a control character in a topic": [{ topic: "*" }, ["a\tb", "c\u{85}data: d", "e"], ["e"]],
  "a matcher of 1.0": [{ match: ["a", "c"] }, ["a", "b", "c"], ["a", "c"]],
  "a URL pattern": [{ match_urlpattern: "/books/:id" }, ["/books/1", "/books/1/secret"], ["/books/1"]],
};

describe("fields=topic", { concurrency: true }, () => {
  for (const [what, [asked, topics, told]] of Object.entries(TOLD)) {
    test(`tells who asked for ${what} those of an update's topics that this selects, live and replayed`, async (t) => {
      const hub = freshHub();
      const live = await open(t, hub, { ...asked, fields: "topic" });
      await publish(hub, { topic: topics, id: "1", data: "1" });
      await live.receivesId("1");
      const replayed = await open(t, hub, { ...asked, fields: "topic", lastEventID: "earliest" });
      await replayed.receivesId("1");
      assert.deepEqual([live.updates, replayed.updates], [[block("1", ...told)], [block("1", ...told)]]);
    });
  }

  test("goes into the form of a QUERY too", async (t) => {
    const hub = freshHub();
    const init = { method: "QUERY", headers: { "content-type": FORM }, body: "match=a&fields=topic" };
    const stream = await Stream.open(t, hub, init);
    await publish(hub, { topic: ["a", "b"], id: "1", data: "1" });
    await stream.receivesId("1");
    assert.deepEqual(stream.updates, [block("1", "a")]);
  });

  test("shows a private update, and each of its topics, to those alone who have the grant", async (t) => {
    const hub = freshHub();
    const stream = async (granted) => {
      const headers = bearer(await token0({ subscribe: granted }));
      return open(t, hub, { topic: "*", fields: "topic" }, { headers });
    };
    const streams = await Promise.all([stream([]), stream(["users/1"]), stream(["*"])]);
    await publish(hub, { topic: ["books/1", "users/1", "users/2"], id: "1", data: "1", private: "on" });
    await publish(hub, { topic: "end", id: "2", data: "2" });
    const later = await Promise.all([[], ["users/1"], ["*"]].map(async (granted) => {
      const headers = bearer(await token0({ subscribe: granted }));
      return open(t, hub, { topic: "*", fields: "topic", lastEventID: "earliest" }, { headers });
    }));
    for (const [nothing, one, all] of [streams, later]) {
      await Promise.all([nothing, one, all].map((stream) => stream.receivesId("2")));
      assert.deepEqual(nothing.updates, [block("2", "end")]);
      assert.deepEqual(one.updates, [block("1", "users/1"), block("2", "end")]);
      assert.deepEqual(all.updates, [block("1", "books/1", "users/1", "users/2"), block("2", "end")]);
      assert.ok(!nothing.text.includes("users") && !/users\/2|books/.test(one.text));
    }
  });

  test("changes no byte beside its lines, and none of a stream without the parameter", async (t) => {
    const hub = freshHub();
    const headers = { "cache-control": "no-cache" };
    const [plain, asked] = await Promise.all([{}, { fields: "topic" }].map((fields) =>
      open(t, hub, { topic: "*", lastEventID: "unknown", ...fields }, { headers })));
    await publish(hub, { topic: ["a", "b"], id: "1", data: "1", type: "t", retry: "1000" });
    await publish(hub, { topic: "c", id: "2", data: "2\n3" });
    await Promise.all([plain, asked].map((stream) => stream.receivesId("2")));
    const updates = ["event: t\nretry: 1000\nid: 1\ndata: 1\n\n", "id: 2\ndata: 2\ndata: 3\n\n"];
    assert.equal(plain.text.slice(plain.text.indexOf("event: t")), updates.join(""));
    const expected = `topic: a\ntopic: b\n${updates[0]}topic: c\n${updates[1]}`;
    assert.equal(asked.text.slice(asked.text.indexOf("topic: ")), expected);
    // The gap, which both are told, has its place and no topic.
    const opening = (stream, until) => stream.text.slice(0, stream.text.indexOf(until)).replace(/^id: #.*$/m, "id: #");
    assert.match(opening(plain, "event: t"), /event: gap/);
    assert.equal(opening(asked, "topic: "), opening(plain, "event: t"));
  });

  for (const value of ["", "id", "topic,id", "Topic"]) {
    test(`with the value ${JSON.stringify(value)} is refused, which names it and the right one`, async () => {
      const body = new URLSearchParams({ match: "a", fields: value });
      const query = { method: "QUERY", headers: { "content-type": FORM }, body };
      for (const [url, init] of [
        [withQuery(freshHub(), { topic: "a", fields: value })],
        [withQuery(freshHub(), { match: "a", fields: value })],
        [freshHub(), query],
      ]) {
        const response = await fetch(url, init);
        const { status, field, detail } = await response.json();
        assert.deepEqual([response.status, status, field], [400, 400, "fields"]);
        const right = `${JSON.stringify(value)} is no field that can be added to an update: the only one is topic`;
        assert.equal(detail, `Invalid "fields" parameter: ${right}`);
      }
      const head = await fetch(withQuery(freshHub(), { topic: "a", fields: value }), { method: "HEAD" });
      assert.equal(head.status, 400);
    });
  }

  test("is not noticed by EventSource in Chromium, npm's eventsource 4 and 5, and fetch-event-source", async (t) => {
    const hub = freshHub();
    const url = String(subscribeUrl(hub, ["*"], { fields: "topic" }));
    const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
    t.after(() => browser.close());
    const page = await browser.newPage();
    await page.route(`**${MODULE}**`, answerModule);
    await page.goto(`${server.origin}${MODULE}`);
    await page.evaluate(async ([path, names, url]) => {
      const [{ JS_CLIENTS }, module] = await Promise.all([import(`${path}clients`), import(`${path}index`)]);
      globalThis.seen = Object.fromEntries(names.map((name) => [name, []]));
      for (const name of names) JS_CLIENTS[name].open(url, module, (event) => globalThis.seen[name].push(event));
    }, [MODULE, IN_CHROMIUM, url]);
    const own = Object.fromEntries(IN_NODE.map((name) => [name, []]));
    for (const name of IN_NODE) {
      const { module, open } = JS_CLIENTS[name];
      const source = open(url, await import(module), (event) => own[name].push(event));
      t.after(() => source.close());
    }
    await until(async () => (await server.connections(hub.split("/")[4])) === 4, "four connections");
    await publish(hub, { topic: ["id: x", "data: x"], id: "1", data: "one" });
    await publish(hub, { topic: "b", id: "2", data: "two\nlines" });
    const messages = async () => {
      const seen = { ...(await page.evaluate(() => globalThis.seen)), ...own };
      return Object.values(seen).map((events) => events.filter(({ type, data }) => type === "message" && data !== ""));
    };
    await until(async () => (await messages()).every((events) => events.length >= 2), "two messages in each");
    const expected = [
      { type: "message", data: "one", id: "1" },
      { type: "message", data: "two\nlines", id: "2" },
    ];
    assert.deepEqual(await messages(), Array(4).fill(expected));
  });
});

test("fields=topic tells the topics of what is read from the storage after a power cut", async (t) => {
  const hub = freshHub();
  await publish(hub, { topic: ["a", "b"], id: "1", data: "1" });
  await server.kill();
  await server.restart();
  const stream = await open(t, hub, { topic: "b", fields: "topic", lastEventID: "earliest" });
  await stream.receivesId("1");
  assert.deepEqual(stream.updates, [block("1", "b")]);
});
