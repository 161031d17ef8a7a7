// The cases of the reference hub's own tests, in the dialect of 1.0 (draft-dunglas-mercure-08): subscribing.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  EVERYTHING,
  EXAMPLE,
  FORM,
  assertRefused,
  freshHubs,
  granted,
  publish,
  startClosed,
  startOpen,
  subscribe,
} from "./mercure_1_0.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { accessClaims, bearer, detail, pattern, tampered, token0, token1, unsigned } from "./tokens.mjs";
import { until } from "./until.mjs";

let server;
let closed;
before(async () => {
  [server, closed] = await Promise.all([startOpen(), startClosed()]);
});
after(() => Promise.all([server?.stop(), closed?.stop()]));
const freshHub = freshHubs(() => server);

describe("subscribing", { concurrency: true }, () => {
  const many = (length) => Array.from({ length }, (_, at) => `match=${at}`).join("&");
  /** Queries and their answers. */
  const QUERIES = {
    "match=a": 200,
    "match_exact=a": 200,
    "match_urlpattern=https://example.com/:id": 200,
    "match_urlpattern=/books/:id": 200,
    "match_urlpattern=*://*.example.com/*": 200,
    "match={unclosed": 200,
    "match=a&unrelated=x&_match=y": 200,
    "match=a&unrelated=%FF&%FE=x": 200,
    "match=": 200,
    "match_exact": 200,
    "match_urlpattern=": 200,
    "match=*&match_exact=*&match_urlpattern=*": 200,
    [many(100)]: 200,
    "": 400,
    "unrelated=x": 400,
    "MATCH=a": 400,
    "match=a&Match=a": 400,
    "match=a&matchurlpattern=a": 400,
    "match=a&MATCHURLPATTERN=a": 400,
    "match=a&match_exactly=a": 400,
    "match=a&matchRegexp=a": 400,
    "match=a&m%61tch_x=a": 400,
    "match=a&topic=a": 400,
    "match_urlpattern={unclosed": 400,
    "match=a%00b": 400,
    "match=a%0Ab": 400,
    "match=a%7Fb": 400,
    "match=%C2%85": 400,
    "match=%FF": 400,
    "match=a%E2%80%AEb": 400,
    [`match_urlpattern=/${"x".repeat(4_096)}`]: 400,
    [many(101)]: 400,
  };
  for (const [query, status] of Object.entries(QUERIES)) {
    test(`to ${query.slice(0, 60)} is answered ${status}`, async () => {
      const response = await fetch(`${server.hub()}?${query}`, { method: "HEAD" });
      assert.equal(response.status, status);
    });
  }

  test("to nothing by QUERY is told which parameter is missing", async () => {
    const init = { method: "QUERY", body: "x=y", headers: { "content-type": FORM } };
    const response = await fetch(freshHub(), init);
    assert.equal(response.status, 400);
    assert.equal((await response.json()).detail, 'missing "match" subscription parameter');
  });

  test("a pattern that cannot be compiled is refused without a look inside", async () => {
    const response = await fetch(withQuery(freshHub(), { match_urlpattern: "/:id((?<=x)y)" }));
    assert.equal(response.status, 400);
    assert.doesNotMatch((await response.json()).detail, /regex|panic|src\//i);
  });

  test("without a token, or with a bad one, is refused where nobody is anonymous", async () => {
    const hub = closed.hub();
    const url = withQuery(hub, { match: "a" });
    await assertRefused(await fetch(url), 401, hub);
    const cases = [
      [bearer(tampered(await token1(hub, [EVERYTHING]))), 401, "invalid_token"],
      [await granted(hub, [EVERYTHING], { key: "x".repeat(32) }), 401, "invalid_token"],
      [bearer(unsigned(accessClaims(hub, [EVERYTHING]), "at+jwt")), 401, "invalid_token"],
      [bearer(await token0({ subscribe: ["*"] })), 401, "invalid_token"],
      [await granted(hub, [EVERYTHING], { alg: "HS512", key: "x".repeat(64) }), 401, "invalid_token"],
      [await granted(hub, Array.from({ length: 101 }, () => EVERYTHING)), 401, "invalid_token"],
      [{ authorization: "Bearer x" }, 400, "invalid_request"],
      [{ authorization: "Basic a.b.c" }, 400, "invalid_request"],
      [{ authorization: "Bearer a.b.c, Bearer a.b.c" }, 400, "invalid_request"],
    ];
    for (const [headers, status, error] of cases) await assertRefused(await fetch(url, { headers }), status, hub, error);
    assert.equal((await fetch(url, { method: "HEAD", headers: await granted(hub, []) })).status, 200);
  });

  test("by QUERY takes the body and the query together", async (t) => {
    const hub = freshHub();
    const init = { method: "QUERY", body: "match=a&match_urlpattern=/b/:id", headers: { "content-type": FORM } };
    const stream = await Stream.open(t, withQuery(hub, { match: "c" }), init);
    for (const topic of ["a", "/b/1", "c", "d"]) await publish(hub, { topic, id: topic });
    await publish(hub, { topic: "a", id: "end" });
    await stream.receivesId("end");
    assert.deepEqual(stream.ids, ["a", "/b/1", "c", "end"]);
  });

  test("by QUERY resumes by the query before the body, and by the header before both", async (t) => {
    const hub = freshHub();
    for (const id of ["1", "2", "3", "4"]) await publish(hub, { topic: "a", id });
    const open = (query, headers) =>
      Stream.open(t, withQuery(hub, query), {
        method: "QUERY",
        body: "match=a&last_event_id=1",
        headers: { "content-type": FORM, ...headers },
      });
    const body = await open({}, {});
    const query = await open({ last_event_id: "2" }, {});
    const header = await open({ last_event_id: "2" }, { "last-event-id": "3" });
    await Promise.all([body, query, header].map((stream) => stream.receivesId("4")));
    assert.deepEqual([body.ids, query.ids, header.ids], [["2", "3", "4"], ["3", "4"], ["4"]]);
  });

  test("by QUERY refuses a body of another type, and one that is too large", async () => {
    const query = (body, type) => fetch(freshHub(), { method: "QUERY", body, headers: { "content-type": type } });
    assert.equal((await query("match=a", "text/plain")).status, 415);
    assert.equal((await query(`match=a&x=${"x".repeat(1 << 20)}`, FORM)).status, 413);
  });

  /** Matchers, what each selects, and what it does not; relative ones are resolved against the hub. */
  const MATCHERS = [
    [{ match: `${EXAMPLE}/books/{id}` }, [`${EXAMPLE}/books/{id}`], [`${EXAMPLE}/books/1`, `${EXAMPLE}/books/%7Bid%7D`]],
    [{ match: "string" }, ["string"], ["STRING", "./string"]],
    [{ match_exact: "{unclosed" }, ["{unclosed"], ["unclosed"]],
    [{ match: "*" }, ["a", `${EXAMPLE}/b`], []],
    [{ match_urlpattern: "*" }, ["a", "http://[", `${EXAMPLE}/b`], []],
    [{ match_urlpattern: `${EXAMPLE}/books/:id` }, [`${EXAMPLE}/books/1`], [`${EXAMPLE}/books/1/2`, `${EXAMPLE}/Books/1`]],
    [{ match_urlpattern: `${EXAMPLE}/*` }, [`${EXAMPLE}/a`, `${EXAMPLE}/a/b`], ["https://example.org/a"]],
    [{ match_urlpattern: `${EXAMPLE}/:a/:b` }, [`${EXAMPLE}/1/2`], [`${EXAMPLE}/1`]],
    [{ match_urlpattern: "https://EXAMPLE.com/a" }, [`${EXAMPLE}/a`, "https://Example.COM/a"], [`${EXAMPLE}/A`]],
    [{ match_urlpattern: "/books/:id" }, ["/books/1"], [`${EXAMPLE}/books/1`, "/books"]],
    [{ match_urlpattern: `${EXAMPLE}/:id(\\d+)` }, [`${EXAMPLE}/42`], [`${EXAMPLE}/x`]],
    [{ match_urlpattern: "*://*.example.com/*" }, ["https://a.example.com/x"], ["https://example.org/x"]],
  ];
  for (const [query, selected, others] of MATCHERS) {
    test(`to ${new URLSearchParams(query)} gives what it selects and nothing else`, async (t) => {
      const hub = freshHub();
      const stream = await subscribe(t, hub, { ...query, match: [query.match ?? [], "end"].flat() });
      for (const topic of [...selected, ...others]) await publish(hub, { topic, id: topic });
      await publish(hub, { topic: "end", id: "end" });
      await stream.receivesId("end");
      assert.deepEqual(stream.ids, [...selected, "end"]);
    });
  }

  test("to a relative pattern gives absolute topics of the hub's own origin", async (t) => {
    const hub = freshHub();
    const stream = await subscribe(t, hub, { match_urlpattern: "/books/:id" });
    await publish(hub, { topic: `${EXAMPLE}/books/1`, id: "elsewhere" });
    await publish(hub, { topic: `${server.origin}/books/1`, id: "here" });
    await stream.receivesId("here");
    assert.deepEqual(stream.ids, ["here"]);
  });

  test("to several matchers begins with a comment, and gives each update once, in order, to each client", async (t) => {
    const hub = freshHub();
    const query = {
      match: [`${EXAMPLE}/books/1`, "string", `${EXAMPLE}/hub?topic=faulty{iri`],
      match_urlpattern: `${EXAMPLE}/reviews/:id`,
    };
    const streams = await Promise.all([1, 2, 3].map(() => subscribe(t, hub, query)));
    const updates = {
      a: `${EXAMPLE}/not-subscribed`,
      b: [`${EXAMPLE}/books/1`, "string"],
      c: `${EXAMPLE}/reviews/22`,
      d: "string",
      e: `${EXAMPLE}/hub?topic=faulty{iri`,
    };
    for (const [id, topic] of Object.entries(updates)) await publish(hub, { topic, id, data: id });
    for (const stream of streams) {
      await stream.receivesId("e");
      assert.match(stream.text, /^:\n/);
      assert.deepEqual(stream.updates, ["b", "c", "d", "e"].map((id) => `id: ${id}\ndata: ${id}`));
    }
  });

  test("a client that goes leaves the registry", async (t) => {
    const name = "v1-unsubscribe";
    const stream = await subscribe(t, server.hub(name), { match: "a" });
    assert.equal(await server.connections(name), 1);
    stream.close();
    await until(async () => (await server.connections(name)) === 0, "the client to be gone");
  });

  test("shows private updates by grant alone, with their types and reconnection times", async (t) => {
    const hub = freshHub();
    const review = (id) => `${EXAMPLE}/reviews/${id}`;
    const query = { match_urlpattern: review(":id") };
    const some = await subscribe(t, hub, query, await granted(hub, [detail(["subscribe"], [review(22), review(23)])]));
    const publisher = await subscribe(t, hub, query, await granted(hub, [detail(["publish"], ["*"])]));
    const anonymous = await subscribe(t, hub, query);
    await publish(hub, { topic: review(21), data: "21", id: "21", private: "on" });
    await publish(hub, { topic: review(22), data: "22", id: "22", type: "test", private: "on" });
    await publish(hub, { topic: review(23), data: "23", id: "23", retry: "1", private: "on" });
    await publish(hub, { topic: review(24), id: "end" });
    await Promise.all([some, publisher, anonymous].map((stream) => stream.receivesId("end")));
    assert.deepEqual(some.updates.slice(0, 2), ["event: test\nid: 22\ndata: 22", "retry: 500\nid: 23\ndata: 23"]);
    assert.deepEqual([some.ids, publisher.ids, anonymous.ids], [["22", "23", "end"], ["end"], ["end"]]);
  });

  test("with a grant of * shows all private updates", async (t) => {
    const hub = freshHub();
    const headers = await granted(hub, [detail(["subscribe"], ["random", "*"])]);
    const stream = await subscribe(t, hub, { match_urlpattern: `${EXAMPLE}/:id` }, headers);
    for (const id of ["21", "22"]) await publish(hub, { topic: `${EXAMPLE}/${id}`, id, private: "on" });
    await stream.receivesId("22");
    assert.deepEqual(stream.ids, ["21", "22"]);
  });

  test("a grant by pattern may be for an alternate topic that is not subscribed to", async (t) => {
    const hub = freshHub();
    const headers = await granted(hub, [detail(["subscribe"], [pattern(`${EXAMPLE}/users/foo/*`)])]);
    const stream = await subscribe(t, hub, { match_urlpattern: `${EXAMPLE}/books/:id` }, headers);
    const [book, bar, foo] = ["books/1", "users/bar/x", "users/foo/x"].map((path) => `${EXAMPLE}/${path}`);
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
    const stream = await subscribe(t, hub, { match: "a" });
    await publish(hub, { topic: "a", id: "1", data: "x" });
    await stream.receives("id: 1\ndata: x\n\n:");
  });
});
