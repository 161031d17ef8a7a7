// The cases of the reference hub's own tests, in the dialect of 0.x: draft-dunglas-mercure-07.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import { assertAnswersRandomFields } from "./random_fields.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS_0, bearer, inSeconds, keyPair, sign, tampered, token0, unsigned } from "./tokens.mjs";
import { until } from "./until.mjs";

const FORM = "application/x-www-form-urlencoded";
const UUID = /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LISTED = "https://app.example";

let server;
let closed;
let all;
let count = 0;
before(async () => {
  const vars = { ...KEYS_0, PUBLISH_ORIGINS: `${LISTED} https://*.wild.example`, CORS_ORIGINS: LISTED };
  [server, closed, all] = await Promise.all([
    Server.start({ kind: "workerd", vars: { ...vars, HEARTBEAT: "2s" } }),
    Server.start({ kind: "workerd", vars: { ...KEYS_0, ANONYMOUS_SUBSCRIBE: "", COOKIE_NAME: "session" } }),
    token0({ publish: ["*"], subscribe: ["*"] }),
  ]);
});
after(() => Promise.all([server?.stop(), closed?.stop()]));
const freshHub = () => server.hub(`v0-${(count += 1)}`);

/** Publishes with a token for everything, and gives the id. */
async function publish(hub, fields) {
  const response = await post(hub, fields, { headers: bearer(all) });
  const body = await response.text();
  assert.equal(response.status, 200, body);
  return body;
}

/** Opens a subscription to `topics`; `query` has more parameters. */
const subscribe = (t, hub, topics, { query = {}, headers = {} } = {}) =>
  Stream.open(t, withQuery(hub, { topic: topics, ...query }), { headers });

async function assertRefused(response, status, challenge) {
  const body = await response.text();
  assert.equal(response.status, status, body);
  assert.equal(response.headers.get("www-authenticate"), challenge ?? null);
  assert.match(response.headers.get("content-type"), /^application\/problem\+json\b/);
  assert.equal(JSON.parse(body).status, status);
}

const INVALID_TOKEN = 'Bearer error="invalid_token"';
const INVALID_REQUEST = 'Bearer error="invalid_request"';
const INSUFFICIENT = 'Bearer error="insufficient_scope"';

describe("publishing", { concurrency: true }, () => {
  /** Tokens that do not let publish `foo`, and the challenge. */
  const REFUSED = {
    "no token": [() => ({}), "Bearer"],
    "a token of another key": [async () => bearer(await token0({ publish: ["*"] }, { key: "x".repeat(32) })), INVALID_TOKEN],
    "alg none": [() => bearer(unsigned({ mercure: { publish: ["*"] } })), INVALID_TOKEN],
    "a tampered signature": [async () => bearer(tampered(await token0({ publish: ["*"] }))), INVALID_TOKEN],
    "an expired token": [
      async () => bearer(await sign({ mercure: { publish: ["*"] }, exp: inSeconds(-1) })),
      INVALID_TOKEN,
    ],
    "a token that is not valid yet": [
      async () => bearer(await sign({ mercure: { publish: ["*"] }, nbf: inSeconds(600) })),
      INVALID_TOKEN,
    ],
    "1,001 selectors in the token": [
      async () => bearer(await token0({ publish: Array.from({ length: 1_001 }, (_, at) => `t${at}`) })),
      INVALID_TOKEN,
    ],
    "a grant of another topic": [async () => bearer(await token0({ publish: ["bar"] })), INSUFFICIENT],
    "a grant of nothing": [async () => bearer(await token0({ publish: [] })), INSUFFICIENT],
    "no publish claim": [async () => bearer(await token0({})), INSUFFICIENT],
    "no claims of Mercure": [async () => bearer(await sign({})), INSUFFICIENT],
    "a grant to subscribe alone": [async () => bearer(await token0({ subscribe: ["*"] })), INSUFFICIENT],
    "a header that is not Bearer": [async () => ({ authorization: `Basic ${all}` }), INVALID_REQUEST],
    "a header that is too short": [() => ({ authorization: "Bearer x" }), INVALID_REQUEST],
    "two headers": [() => ({ authorization: `Bearer ${all}, Bearer ${all}` }), INVALID_REQUEST],
  };
  for (const [name, [headers, challenge]] of Object.entries(REFUSED)) {
    test(`with ${name} is answered 401, and reaches nobody`, async (t) => {
      const hub = freshHub();
      const stream = await subscribe(t, hub, ["foo"]);
      const response = await post(hub, { topic: "foo", data: "refused" }, { headers: await headers() });
      await assertRefused(response, 401, challenge);
      await publish(hub, { topic: "foo", data: "end", id: "end" });
      await stream.receivesId("end");
      assert.deepEqual(stream.ids, ["end"]);
    });
  }

  /** Forms and what comes of them. */
  const FORMS = {
    "no topic": ["data=x", 400, /^Missing "topic" parameter/],
    "an invalid retry": ["topic=a&retry=invalid", 400, /^Invalid "retry" parameter/],
    "CR in the id": ["topic=a&id=x%0Dy", 400, /"id"/],
    "LF in the id": ["topic=a&id=x%0Ay", 400, /"id"/],
    "NUL in the id": ["topic=a&id=x%00y", 400, /"id"/],
    "a letter beyond ASCII in the id": ["topic=a&id=caf%C3%A9-1", 400, /"id"/],
    "CR in the type": ["topic=a&type=x%0Dy", 400, /"type"/],
    "LF in the type": ["topic=a&type=x%0Ay", 400, /"type"/],
    "NUL in the type": ["topic=a&type=x%00y", 400, /"type"/],
    "an id that begins with #": ["topic=a&id=%2342", 400, /"id"/],
    "1,001 topics": [Array.from({ length: 1_001 }, (_, at) => `topic=${at}`).join("&"), 400, /"topic"/],
    "a topic of the hub": ["topic=/.well-known/mercure/subscriptions/foo", 403, /reserved/],
    "a topic of a hub elsewhere": ["topic=https://example.com/.well-known/mercure/subscriptions/foo", 403, /reserved/],
    "a topic that holds the hub's path": ["topic=foo/.well-known/mercure/bar", 403, /reserved/],
    "an alternate topic of the hub": ["topic=a&topic=/.well-known/mercure/x", 403, /reserved/],
  };
  for (const [name, [body, status, detail]] of Object.entries(FORMS)) {
    test(`${name} is answered ${status}`, async () => {
      const headers = { ...bearer(all), "content-type": FORM };
      const response = await fetch(freshHub(), { method: "POST", body, headers });
      const problem = await response.json();
      assert.equal(response.status, status, problem.detail);
      assert.match(problem.detail, detail);
    });
  }

  test("a body of a bad type is answered 400, naming Content-Type", async () => {
    const headers = { ...bearer(all), "content-type": "text/plain; boundary=" };
    const response = await fetch(freshHub(), { method: "POST", body: "topic=a", headers });
    assert.equal(response.status, 400);
    assert.equal((await response.json()).field, "Content-Type");
  });

  test("a private update with all fields is answered with its id, and reaches who is granted it, whole", async (t) => {
    const hub = freshHub();
    const stream = await subscribe(t, hub, ["books/1"], { headers: bearer(all) });
    const fields = { id: "my-id", topic: ["books/1", "alternate"], data: "a\nb", type: "sold", retry: "5", private: "" };
    assert.equal(await publish(hub, fields), "my-id");
    await stream.receivesId("my-id");
    assert.deepEqual(stream.updates, ["event: sold\nretry: 500\nid: my-id\ndata: a\ndata: b"]);
  });

  test("lines that end in LF, CR and CRLF are lines of data", async (t) => {
    const hub = freshHub();
    const stream = await subscribe(t, hub, ["a"]);
    await publish(hub, { topic: "a", id: "1", data: "several\nlines\rwith\r\neol" });
    await stream.receivesId("1");
    assert.deepEqual(stream.updates, ["id: 1\ndata: several\ndata: lines\ndata: with\ndata: eol"]);
  });

  test("a topic alone is published under a generated id", async (t) => {
    const hub = freshHub();
    const stream = await subscribe(t, hub, ["a"]);
    const id = await publish(hub, { topic: "a" });
    assert.match(id, UUID);
    await stream.receivesId(id);
  });

  test("every topic of the update must be granted", async () => {
    const hub = freshHub();
    const headers = bearer(await token0({ publish: ["foo", "books/{id}"] }));
    const statuses = [];
    for (const topic of [["foo"], ["books/1"], ["foo", "books/2"], ["foo", "bar"], ["books/1/2"], ["bar", "foo"]]) {
      statuses.push((await post(hub, { topic }, { headers })).status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 401, 401, 401]);
  });

  test("a private update of a topic that is not granted is refused", async () => {
    const headers = bearer(await token0({ publish: ["foo"] }));
    assert.equal((await post(freshHub(), { topic: "bar", private: "on" }, { headers })).status, 401);
  });

  /** Topics that only 1.0 takes for the hub's own. */
  for (const topic of ["mercure/subscriptions/foo", "/.well-known/%6Dercure/x", "\\.well-known\\mercure\\x"]) {
    test(`the topic ${topic} is no topic of the hub's own in 0.x`, async () => {
      await publish(freshHub(), { topic });
    });
  }

  test("an empty type and a reconnection time of 0 are as good as none", async (t) => {
    const hub = freshHub();
    const stream = await subscribe(t, hub, ["a"]);
    await publish(hub, { topic: "a", id: "1", type: "", retry: "0", data: "x" });
    await stream.receivesId("1");
    assert.deepEqual(stream.updates, ["id: 1\ndata: x"]);
  });

  test("random fields are answered 400, or 200 with the id", async () => {
    await assertAnswersRandomFields(freshHub(), () => bearer(all));
  });

  test("the namespaced claim grants", async () => {
    const claim = "https://mercure.rocks/";
    const headers = bearer(await sign({ [claim]: { publish: ["a"] } }));
    assert.equal((await post(freshHub(), { topic: "a" }, { headers })).status, 200);
    assert.equal((await post(freshHub(), { topic: "b" }, { headers })).status, 401);
  });
});

describe("a token", { concurrency: true }, () => {
  const subscribeStatus = async (init, query = {}, hub = closed.hub()) =>
    (await fetch(withQuery(hub, { topic: "a", ...query }), { method: "HEAD", ...init })).status;

  test("that is missing, garbage, of another key or unsigned does not let subscribe where nobody is anonymous", async () => {
    const refused = [
      {},
      { authorization: "Bearer garbage" },
      bearer(await token0({ subscribe: ["*"] }, { key: "another key of thirty-two bytes!" })),
      bearer(unsigned({ mercure: { subscribe: ["*"] } })),
      bearer(await token0({ subscribe: Array.from({ length: 1_001 }, (_, at) => `t${at}`) })),
    ];
    for (const headers of refused) assert.equal(await subscribeStatus({ headers }), 401, JSON.stringify(headers));
    assert.equal(await subscribeStatus({ headers: bearer(await token0({})) }), 200);
  });

  test("is taken from header, then query, then cookie, and what comes behind is not looked at", async () => {
    const cookie = (token) => ({ cookie: `a=b; session=${token}` });
    const wrong = tampered(all);
    assert.equal(await subscribeStatus({ headers: bearer(all) }), 200);
    assert.equal(await subscribeStatus({}, { authorization: all }), 200);
    assert.equal(await subscribeStatus({ headers: cookie(all) }), 200);
    assert.equal(await subscribeStatus({ headers: { cookie: `mercureAuthorization=${all}` } }), 401);
    assert.equal(await subscribeStatus({ headers: { ...bearer(all), ...cookie(wrong) } }, { authorization: wrong }), 200);
    assert.equal(await subscribeStatus({ headers: cookie(wrong) }, { authorization: all }), 200);
    assert.equal(await subscribeStatus({ headers: { ...bearer(wrong), ...cookie(all) } }, { authorization: all }), 401);
    assert.equal(await subscribeStatus({ headers: cookie(all) }, { authorization: wrong }), 401);
    assert.equal(await subscribeStatus({}, { authorization: "x" }), 401);
  });

  test("in the query keeps the answer from shared caches", async () => {
    const url = withQuery(server.hub(), { topic: "a", authorization: all });
    for (const init of [{ method: "HEAD" }, { method: "POST", body: new URLSearchParams({ topic: "a" }) }]) {
      const response = await fetch(url, init);
      assert.equal(response.status, 200);
      assert.match(response.headers.get("cache-control"), /\bprivate\b/);
    }
  });

  test("in the cookie lets a listed page alone publish", async () => {
    const cookie = { cookie: `mercureAuthorization=${all}` };
    const cases = [
      [{}, 401],
      [{ origin: "https://evil.example" }, 401],
      [{ referer: "https://evil.example/page" }, 401],
      [{ referer: "::" }, 401],
      [{ origin: "https://evil.example", referer: `${LISTED}/page` }, 401],
      [{ origin: LISTED }, 200],
      [{ referer: `${LISTED}/page?x#y` }, 200],
      [{ origin: LISTED, referer: "https://evil.example/" }, 200],
      [{ origin: "https://a.wild.example" }, 200],
      [{ origin: "https://wild.example" }, 401],
    ];
    for (const [headers, status] of cases) {
      const response = await post(freshHub(), { topic: "a" }, { headers: { ...cookie, ...headers } });
      assert.equal(response.status, status, JSON.stringify(headers));
    }
  });

  for (const alg of ["RS256", "ES256", "EdDSA"]) {
    test(`signed with ${alg} is verified by the public key, and by no other algorithm`, async (t) => {
      const [pair, other] = [await keyPair(alg), await keyPair(alg)];
      const vars = { MERCURE_PUBLISHER_JWT_KEY: pair.pem, MERCURE_PUBLISHER_JWT_ALG: alg };
      const keyed = await Server.start({ kind: "workerd", vars });
      t.after(() => keyed.stop());
      const status = async (token) => (await post(keyed.hub(), { topic: "foo" }, { headers: bearer(token) })).status;
      const claims = { publish: ["foo", "bar"], subscribe: ["foo", "baz"] };
      assert.equal(await status(await token0(claims, { alg, key: pair.private })), 200);
      assert.equal(await status(await token0(claims, { alg, key: other.private })), 401);
      assert.equal(await status(tampered(await token0(claims, { alg, key: pair.private }))), 401);
      assert.equal(await status(await token0(claims, { alg: "HS256", key: pair.pem })), 401, "the public key as a secret");
      assert.equal(await status(unsigned({ mercure: claims })), 401);
    });
  }

  test("for publishing is of no use for subscribing where the keys differ", async (t) => {
    const vars = { MERCURE_PUBLISHER_JWT_KEY: "p".repeat(32), MERCURE_SUBSCRIBER_JWT_KEY: "s".repeat(32) };
    const keyed = await Server.start({ kind: "workerd", vars: { ...vars, ANONYMOUS_SUBSCRIBE: "" } });
    t.after(() => keyed.stop());
    const claims = { publish: ["*"], subscribe: ["*"] };
    for (const [key, publishes, subscribes] of [["p", 200, 401], ["s", 401, 200]]) {
      const headers = bearer(await token0(claims, { key: key.repeat(32) }));
      assert.equal((await post(keyed.hub(), { topic: "a" }, { headers })).status, publishes);
      assert.equal(await subscribeStatus({ headers }, {}, keyed.hub()), subscribes);
    }
  });

  test("ends the stream when it expires, and not before", async (t) => {
    const headers = bearer(await sign({ mercure: { subscribe: ["*"] }, exp: inSeconds(6) }));
    const hub = freshHub();
    const stream = await subscribe(t, hub, ["a"], { headers });
    await publish(hub, { topic: "a", id: "before", private: "on" });
    await stream.receivesId("before");
    assert.equal(stream.ended, false);
    await stream.ends();
  });
});

describe("subscribing", { concurrency: true }, () => {
  const BAD = {
    "no topic": ["", /^Missing "topic" parameter/],
    "1,001 topics": [Array.from({ length: 1_001 }, (_, at) => `topic=${at}`).join("&"), /1001/],
  };
  for (const [name, [query, detail]] of Object.entries(BAD)) {
    test(`with ${name} is answered 400`, async () => {
      const response = await fetch(`${freshHub()}?${query}`);
      assert.equal(response.status, 400);
      assert.match((await response.json()).detail, detail);
    });
  }

  const EXAMPLE = "https://example.com";
  /** Selectors, and which topics each selects. */
  const SELECTORS = [
    [`${EXAMPLE}/{foo}/bar`, [`${EXAMPLE}/foo/bar`], [`${EXAMPLE}/foo/bar/baz`, `${EXAMPLE}/bar`]],
    [`${EXAMPLE}/{foo}/{bar}`, [`${EXAMPLE}/kevin/dunglas`], [`${EXAMPLE}/kevin`, "https://example.org/a/b"]],
    ["*", ["anything", `${EXAMPLE}/x`], []],
    ["foo", ["foo"], ["bar", "FOO", "foo/"]],
    ["string", ["string"], ["a string"]],
    [`${EXAMPLE}/hub?topic=faulty{iri`, [`${EXAMPLE}/hub?topic=faulty{iri`], [`${EXAMPLE}/hub?topic=faultyx`]],
    ["books/{id}", ["books/{id}", "books/1"], ["books/1/2"]],
    ["/users/foo/{?topic}", ["/users/foo/?topic=x", "/users/foo/"], ["/users/foo/x"]],
  ];
  for (const [selector, selected, others] of SELECTORS) {
    test(`to ${selector} gives what it selects and nothing else`, async (t) => {
      const hub = freshHub();
      const stream = await subscribe(t, hub, [selector, "end"]);
      for (const topic of [...selected, ...others]) await publish(hub, { topic, id: topic });
      await publish(hub, { topic: "end", id: "end" });
      await stream.receivesId("end");
      assert.deepEqual(stream.ids, [...selected, "end"]);
    });
  }

  test("to several selectors begins with a comment, and gives each update once, in order, to each client", async (t) => {
    const hub = freshHub();
    const topics = ["https://example.com/books/1", "string", "https://example.com/reviews/{id}", "faulty{iri"];
    const streams = await Promise.all([1, 2, 3].map(() => subscribe(t, hub, topics)));
    const updates = {
      a: "https://example.com/not-subscribed",
      b: ["https://example.com/books/1", "string"],
      c: "https://example.com/reviews/22",
      d: "string",
      e: "faulty{iri",
    };
    for (const [id, topic] of Object.entries(updates)) await publish(hub, { topic, id, data: id });
    for (const stream of streams) {
      await stream.receivesId("e");
      assert.match(stream.text, /^:\n/);
      assert.deepEqual(stream.updates, ["b", "c", "d", "e"].map((id) => `id: ${id}\ndata: ${id}`));
    }
  });

  test("a client that goes leaves the registry", async (t) => {
    const name = "v0-unsubscribe";
    const stream = await subscribe(t, server.hub(name), ["a"]);
    assert.equal(await server.connections(name), 1);
    stream.close();
    await until(async () => (await server.connections(name)) === 0, "the client to be gone");
  });

  test("shows private updates by grant alone, with their types and reconnection times", async (t) => {
    const hub = freshHub();
    const review = (id) => `https://example.com/reviews/${id}`;
    const headers = bearer(await token0({ subscribe: [review(22), review(23)] }));
    const selector = ["https://example.com/reviews/{id}"];
    const granted = await subscribe(t, hub, selector, { headers });
    const anonymous = await subscribe(t, hub, selector);
    await publish(hub, { topic: review(21), data: "21", id: "21", private: "on" });
    await publish(hub, { topic: review(22), data: "22", id: "22", type: "test", private: "on" });
    await publish(hub, { topic: review(23), data: "23", id: "23", retry: "1", private: "on" });
    await publish(hub, { topic: review(24), id: "end" });
    await Promise.all([granted.receivesId("end"), anonymous.receivesId("end")]);
    assert.deepEqual(granted.updates.slice(0, 2), ["event: test\nid: 22\ndata: 22", "retry: 500\nid: 23\ndata: 23"]);
    assert.deepEqual(granted.ids, ["22", "23", "end"]);
    assert.deepEqual(anonymous.ids, ["end"]);
  });

  test("with a grant of * shows all private updates", async (t) => {
    const hub = freshHub();
    const headers = bearer(await token0({ subscribe: ["random", "*"] }));
    const stream = await subscribe(t, hub, ["https://example.com/reviews/{id}"], { headers });
    for (const id of ["21", "22"]) await publish(hub, { topic: `https://example.com/reviews/${id}`, id, private: "on" });
    await stream.receivesId("22");
    assert.deepEqual(stream.ids, ["21", "22"]);
  });

  test("a grant may be for an alternate topic that is not subscribed to", async (t) => {
    const hub = freshHub();
    const headers = bearer(await token0({ subscribe: ["https://example.com/users/foo/{?topic}"] }));
    const stream = await subscribe(t, hub, ["https://example.com/books/{id}"], { headers });
    const [book, bar, foo] = ["books/1", "users/bar/?topic=x", "users/foo/?topic=x"].map((path) => `https://example.com/${path}`);
    await publish(hub, { topic: book, id: "public" });
    await publish(hub, { topic: book, id: "private", private: "on" });
    await publish(hub, { topic: [book, bar], id: "bar", private: "on" });
    await publish(hub, { topic: [book, foo], id: "foo", private: "on" });
    await publish(hub, { topic: foo, id: "not subscribed", private: "on" });
    await publish(hub, { topic: book, id: "end" });
    await stream.receivesId("end");
    assert.deepEqual(stream.ids, ["public", "foo", "end"]);
  });

  test("an idle stream is sent a comment after each heartbeat", async (t) => {
    const hub = freshHub();
    const stream = await subscribe(t, hub, ["a"]);
    await publish(hub, { topic: "a", id: "1", data: "x" });
    await stream.receives("id: 1\ndata: x\n\n:");
  });
});

describe("resuming", { concurrency: true }, () => {
  /** Ways to name a last event id. */
  const WAYS = {
    "the header Last-Event-ID": (id) => ({ headers: { "last-event-id": id } }),
    "the query lastEventID": (id) => ({ query: { lastEventID: id } }),
    "the query Last-Event-ID of version 7": (id) => ({ query: { "Last-Event-ID": id } }),
  };
  for (const [name, way] of Object.entries(WAYS)) {
    test(`by ${name} replays what came later`, async (t) => {
      const hub = freshHub();
      for (const id of ["a", "b"]) await publish(hub, { topic: "x", id });
      const missed = await subscribe(t, hub, ["x"], way("a"));
      const everything = await subscribe(t, hub, ["x"], way("earliest"));
      await publish(hub, { topic: "x", id: "c" });
      await Promise.all([missed.receivesId("c"), everything.receivesId("c")]);
      assert.deepEqual([missed.ids, missed.headers.get("last-event-id")], [["b", "c"], "a"]);
      assert.deepEqual([everything.ids, everything.headers.get("last-event-id")], [["a", "b", "c"], "earliest"]);
    });
  }

  test("the header wins over the query", async (t) => {
    const hub = freshHub();
    for (const id of ["a", "b", "c"]) await publish(hub, { topic: "x", id });
    const stream = await subscribe(t, hub, ["x"], { headers: { "last-event-id": "b" }, query: { lastEventID: "a" } });
    await stream.receivesId("c");
    assert.deepEqual(stream.ids, ["c"]);
  });

  test("by an unknown id replays nothing, and names a place to come back to", async (t) => {
    const hub = freshHub();
    await publish(hub, { topic: "x", id: "a" });
    await publish(hub, { topic: "x", id: "secret", private: "on" });
    const stream = await subscribe(t, hub, ["x"], { headers: { "last-event-id": "unknown" } });
    const other = await subscribe(t, hub, ["x"], { headers: { "last-event-id": "unknown" } });
    const place = stream.headers.get("last-event-id");
    assert.match(place, /^#[-\w]{32}$/);
    assert.notEqual(other.headers.get("last-event-id"), place, "one place cannot be compared with another");
    await publish(hub, { topic: "x", id: "c" });
    await stream.receivesId("c");
    assert.deepEqual(stream.ids, ["c"]);
    assert.ok(!stream.text.includes("secret"));
    const back = await subscribe(t, hub, ["x"], { headers: { "last-event-id": place } });
    await back.receivesId("c");
    assert.deepEqual([back.ids, back.headers.get("last-event-id")], [["c"], place]);
  });

  test("in an empty history is answered earliest", async (t) => {
    const stream = await subscribe(t, freshHub(), ["x"], { headers: { "last-event-id": "unknown" } });
    assert.equal(stream.headers.get("last-event-id"), "earliest");
  });

  test("without a last event id the answer has no such header", async (t) => {
    const stream = await subscribe(t, freshHub(), ["x"]);
    assert.equal(stream.precedingId, null);
  });

  test("replay obeys selectors and grants", async (t) => {
    const hub = freshHub();
    await publish(hub, { topic: "x", id: "1" });
    await publish(hub, { topic: "y", id: "2" });
    await publish(hub, { topic: "x", id: "3", private: "on" });
    await publish(hub, { topic: ["x", "granted"], id: "4", private: "on" });
    const headers = { "last-event-id": "earliest", ...bearer(await token0({ subscribe: ["granted"] })) };
    const stream = await subscribe(t, hub, ["x"], { headers });
    await stream.receivesId("4");
    assert.deepEqual(stream.ids, ["1", "4"]);
  });

  test("behind 8 of 10 gives 9 and 10, then what is live, without a gap", async (t) => {
    const hub = freshHub();
    const ids = Array.from({ length: 10 }, (_, at) => String(at + 1));
    for (const id of ids) await publish(hub, { topic: "x", id });
    const stream = await subscribe(t, hub, ["x"], { headers: { "last-event-id": "8" } });
    for (const id of ["11", "12"]) await publish(hub, { topic: "x", id });
    await stream.receivesId("12");
    assert.deepEqual(stream.ids, ["9", "10", "11", "12"]);
  });

  test("of a history of five after twelve updates five are left", async (t) => {
    const small = await Server.start({ kind: "workerd", vars: { ...KEYS_0, HISTORY_UPDATES: "5" } });
    t.after(() => small.stop());
    for (let at = 1; at <= 12; at += 1) await publish(small.hub(), { topic: "x", id: String(at) });
    const stream = await subscribe(t, small.hub(), ["x"], { query: { lastEventID: "earliest" } });
    await stream.receivesId("12");
    assert.deepEqual(stream.ids, ["8", "9", "10", "11", "12"]);
    stream.close();
    await small.kill();
    await small.restart();
    const again = await subscribe(t, small.hub(), ["x"], { headers: { "last-event-id": "11" } });
    await again.receivesId("12");
    assert.deepEqual([again.ids, again.precedingId], [["12"], "11"]);
  });
});

describe("every answer", { concurrency: true }, () => {
  test("keeps browsers from guessing its type and from framing it", async () => {
    const answers = [
      await fetch(withQuery(freshHub(), { topic: "a" }), { method: "HEAD" }),
      await post(freshHub(), { topic: "a" }, { headers: bearer(all) }),
      await post(freshHub(), { topic: "a" }),
    ];
    for (const { headers } of answers) {
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("x-frame-options"), "DENY");
      assert.equal(headers.get("x-xss-protection"), "1; mode=block");
      assert.equal(headers.get("content-security-policy"), "default-src 'self'");
    }
  });

  test("a stream is an event stream that nobody may store or hold back", async (t) => {
    const { headers } = await subscribe(t, freshHub(), ["a"]);
    assert.match(headers.get("content-type"), /^text\/event-stream\b/);
    assert.match(headers.get("cache-control"), /\bno-cache\b/);
    assert.equal(headers.get("x-accel-buffering"), "no");
  });

  test("lets the listed origin read it with credentials, and no other", async () => {
    const url = withQuery(freshHub(), { topic: "a" });
    const preflight = {
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,cache-control,last-event-id",
    };
    const own = await fetch(url, { method: "OPTIONS", headers: { origin: LISTED, ...preflight } });
    assert.equal(own.headers.get("access-control-allow-origin"), LISTED);
    assert.equal(own.headers.get("access-control-allow-credentials"), "true");
    const headers = own.headers.get("access-control-allow-headers").split(/,\s*/);
    for (const name of ["authorization", "cache-control", "last-event-id"]) assert.ok(headers.includes(name), name);
    const other = await fetch(url, { method: "HEAD", headers: { origin: "https://evil.example" } });
    assert.equal(other.headers.get("access-control-allow-origin"), null);
  });
});
