// The URL by which the world knows a hub: what is resolved against it, and what a foreign Host changes.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { curl, post, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { SocketSubscriber } from "./socket.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS, bearer, detail, issuers, pattern, token1 } from "./tokens.mjs";

const EVERYTHING = detail(["publish", "subscribe"], ["*"]);
const PUBLIC = "https://example.com/.well-known/mercure";

const status = async (hub, token) => (await post(hub, { topic: "a" }, { headers: bearer(token) })).status;
const idOf = async (answer) => (await answer).text();

describe("an issuer", () => {
  const unnamed = {
    "without a public URL": {},
    "with wildcards alone": { PUBLIC_ORIGINS: "http://*.example" },
  };
  for (const [name, more] of Object.entries(unnamed)) {
    test(`${name} is not trusted: the configuration is wrong`, async (t) => {
      const vars = { ISSUERS: issuers(), RESOURCE_IDENTIFIER: "", ...more };
      const server = await Server.start({ kind: "workerd", vars });
      t.after(() => server.stop());
      const response = await fetch(subscribeUrl(server.hub(), ["a"]));
      assert.equal(response.status, 500);
      const { field, detail } = await response.json();
      assert.equal(field, "ISSUERS");
      assert.match(detail, /RESOURCE_IDENTIFIER .* PUBLIC_ORIGINS/);
    });
  }

  test("is trusted for the first of the public origins, whatever the Host", async (t) => {
    const vars = { ISSUERS: issuers(), PUBLIC_ORIGINS: "https://example.com:443 http://127.0.0.1.example http://evil.example" };
    const server = await Server.start({ kind: "workerd", vars });
    t.after(() => server.stop());
    const publish = async (aud) => {
      const token = await token1(aud, [EVERYTHING]);
      const { status } = await curl(server.hub(), [
        ...["-H", "Host: evil.example", "-H", `Authorization: Bearer ${token}`, "-d", "topic=a"],
      ]);
      return status;
    };
    assert.equal(await publish(PUBLIC), 200);
    assert.equal(await publish("http://evil.example/.well-known/mercure"), 401);
  });
});

describe("a hub without a public URL", () => {
  let server;
  before(async () => {
    server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
  });
  after(() => server?.stop());

  test("resolves patterns against the URL of each request, whoever came first", async (t) => {
    const hub = server.hub();
    const evil = ["-H", "Host: evil.example"];
    assert.equal((await curl(subscribeUrl(hub, []), evil)).status, 400);
    const query = { match_urlpattern: "/books/:id" };
    const foreign = await SocketSubscriber.open(t, withQuery(hub, query), { host: "evil.example" });
    const own = await Stream.open(t, withQuery(hub, query));
    // Published by either name, it is the same topic, and each reader knows it by its own.
    const topics = ["/books/1", `${server.origin}/books/2`, "http://evil.example/books/3", "../books/4"];
    const ids = [];
    for (const topic of topics) ids.push(await idOf(post(hub, { topic })));
    const { body } = await curl(hub, [...evil, "-d", "topic=/books/5"]);
    ids.push(body);
    await own.receivesId(body);
    await foreign.receives(body);
    assert.deepEqual(own.ids, [ids[0], ids[1], ids[3], ids[4]]);
    assert.deepEqual(foreign.ids, [ids[0], ids[2], ids[3], ids[4]]);
  });
});

describe("behind a proxy that ends TLS", () => {
  let server;
  before(async () => {
    const vars = { ...KEYS, RESOURCE_IDENTIFIER: PUBLIC, SUBSCRIPTIONS: "true" };
    server = await Server.start({ kind: "workerd", vars });
  });
  after(() => server?.stop());
  const headers = async (details, aud = PUBLIC) => bearer(await token1(aud, details));

  test("patterns and topics are those of the public URL", async (t) => {
    const hub = server.hub();
    const stream = await Stream.open(t, withQuery(hub, { match_urlpattern: "/books/:id" }));
    const publish = async (topic) => idOf(post(hub, { topic }, { headers: await headers([EVERYTHING]) }));
    const ids = [];
    for (const topic of ["https://example.com/books/1", `${server.origin}/books/2`, "/books/3"]) ids.push(await publish(topic));
    await stream.receivesId(ids[2]);
    assert.deepEqual(stream.ids, [ids[0], ids[2]]);
  });

  test("a grant of the public URL is one of the hub's, whether it names a topic or the subscriptions", async () => {
    const hub = server.hub();
    const books = detail(["publish"], [pattern("https://example.com/books/*")]);
    const response = await post(hub, { topic: "/books/1" }, { headers: await headers([books]) });
    assert.equal(response.status, 200);
    const own = detail(["publish"], [pattern(`${server.origin}/books/*`)]);
    assert.equal((await post(hub, { topic: "/books/1" }, { headers: await headers([own]) })).status, 403);
    for (const [granted, expected] of [
      [`${PUBLIC}/subscriptions`, 200],
      ["/.well-known/mercure/subscriptions", 200],
      [`${hub}/subscriptions`, 403],
    ]) {
      const grant = detail(["subscribe"], [pattern(granted)]);
      const shown = await fetch(`${hub}/subscriptions`, { headers: await headers([grant]) });
      assert.equal(shown.status, expected, granted);
    }
  });

  test("links, metadata and challenges name the public URL, whatever the Host", async () => {
    const hub = server.hub();
    const shown = await fetch(`${hub}/subscriptions`, { headers: await headers([EVERYTHING]) });
    assert.match(shown.headers.get("link"), /^<https:\/\/example\.com\/\.well-known\/mercure>; rel="mercure"/);
    const { pathname } = new URL(hub);
    const metadata = "/.well-known/oauth-protected-resource";
    for (const host of ["127.0.0.1", "evil.example"]) {
      const { body } = await curl(`${server.origin}${metadata}${pathname}`, ["-H", `Host: ${host}`]);
      assert.equal(JSON.parse(body).resource, PUBLIC);
    }
    const refused = await post(hub, { topic: "a" });
    assert.match(
      refused.headers.get("www-authenticate"),
      /resource_metadata="https:\/\/example\.com\/\.well-known\/oauth-protected-resource\/\.well-known\/mercure"/,
    );
  });

  test("another hub is known by the same origin and a path of its own", async () => {
    const hub = server.hub("news");
    const url = "https://example.com/hubs/news/.well-known/mercure";
    assert.equal(await status(hub, await token1(url, [EVERYTHING])), 200);
    for (const other of [PUBLIC, hub, server.hub()]) {
      assert.equal(await status(hub, await token1(other, [EVERYTHING])), 401, other);
    }
    assert.equal(await status(server.hub(), await token1(url, [EVERYTHING])), 401);
  });
});
