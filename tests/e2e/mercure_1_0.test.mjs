// The cases of the reference hub's own tests, in the dialect of 1.0: draft-dunglas-mercure-08.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import { assertAnswersRandomFields } from "./random_fields.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import {
  DETAIL,
  ISSUER,
  accessClaims,
  bearer,
  detail,
  inSeconds,
  issuers as issuersOf,
  keyPair,
  pattern,
  sign,
  tampered,
  token0,
  token1,
  unsigned,
} from "./tokens.mjs";
import { until } from "./until.mjs";

const FORM = "application/x-www-form-urlencoded";
const UUID = /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LISTED = "https://app.example";
const EXAMPLE = "https://example.com";
const COOKIE = "__Secure-mercure_access_token";
const EVERYTHING = detail(["publish", "subscribe"], ["*"]);

/** The variable `ISSUERS` with one issuer of these keys, which the metadata of the hub name. */
const issuers = (publisher, subscriber) => issuersOf(publisher, subscriber, { authorization_server: true });

let server;
let closed;
let count = 0;
before(async () => {
  const origins = { PUBLISH_ORIGINS: `${LISTED} https://*.wild.example`, CORS_ORIGINS: LISTED };
  [server, closed] = await Promise.all([
    Server.start({ kind: "workerd", vars: { ...origins, ISSUERS: issuers(), HEARTBEAT: "2s" } }),
    Server.start({ kind: "workerd", vars: { ISSUERS: issuers(), ANONYMOUS_SUBSCRIBE: "", COOKIE_NAME: "session" } }),
  ]);
});
after(() => Promise.all([server?.stop(), closed?.stop()]));
const freshHub = () => server.hub(`v1-${(count += 1)}`);

/** The `Authorization` header of a token of 1.0 for `hub`. */
const granted = async (hub, details, options) => bearer(await token1(hub, details, options));

/** Publishes with a token for everything, and gives the id. */
async function publish(hub, fields) {
  const response = await post(hub, fields, { headers: await granted(hub, [EVERYTHING]) });
  const body = await response.text();
  assert.equal(response.status, 200, body);
  return body;
}

/** Opens a subscription with these parameters. */
const subscribe = (t, hub, query, headers = {}) => Stream.open(t, withQuery(hub, query), { headers });

/** The challenge that names the hub's metadata. */
function challenge(hub, error) {
  const { origin, pathname } = new URL(hub);
  const metadata = `resource_metadata="${origin}/.well-known/oauth-protected-resource${pathname}"`;
  return `Bearer ${error === undefined ? "" : `error="${error}", `}${metadata}`;
}

async function assertRefused(response, status, hub, error) {
  const body = await response.text();
  assert.equal(response.status, status, body);
  assert.equal(response.headers.get("www-authenticate"), challenge(hub, error));
  assert.match(response.headers.get("content-type"), /^application\/problem\+json\b/);
  assert.equal(JSON.parse(body).status, status);
}

describe("publishing", { concurrency: true }, () => {
  const everything = (hub, options) => granted(hub, [EVERYTHING], options);
  /** Headers that do not let publish `foo`, with the status and the error code. */
  const REFUSED = {
    "no token": [() => ({}), 401, undefined],
    "a token of another key": [(hub) => everything(hub, { key: "x".repeat(32) }), 401, "invalid_token"],
    "alg none": [(hub) => bearer(unsigned(accessClaims(hub, [EVERYTHING]), "at+jwt")), 401, "invalid_token"],
    "a tampered signature": [
      async (hub) => bearer(tampered(await token1(hub, [EVERYTHING]))),
      401,
      "invalid_token",
    ],
    "the typ JWT": [(hub) => everything(hub, { typ: "JWT" }), 401, "invalid_token"],
    "no typ": [(hub) => everything(hub, { typ: null }), 401, "invalid_token"],
    "a token of 0.x": [async () => bearer(await token0({ publish: ["*"] })), 401, "invalid_token"],
    "the audience of another hub": [(hub) => everything(hub, { claims: { aud: `${hub}/x` } }), 401, "invalid_token"],
    "no audience": [(hub) => everything(hub, { claims: { aud: undefined } }), 401, "invalid_token"],
    "no expiry": [(hub) => everything(hub, { claims: { exp: undefined } }), 401, "invalid_token"],
    "an expiry that has passed": [(hub) => everything(hub, { claims: { exp: inSeconds(-1) } }), 401, "invalid_token"],
    "a beginning that lies ahead": [(hub) => everything(hub, { claims: { nbf: inSeconds(600) } }), 401, "invalid_token"],
    "an issuer that is not trusted": [
      (hub) => everything(hub, { claims: { iss: "https://other.example" } }),
      401,
      "invalid_token",
    ],
    "no issuer": [(hub) => everything(hub, { claims: { iss: undefined } }), 401, "invalid_token"],
    "keys of its own in the token": [
      async (hub) => {
        const pair = await keyPair("ES256");
        return everything(hub, { alg: "ES256", key: pair.private, jwk: pair.jwk, jku: "https://evil.example/jwks" });
      },
      401,
      "invalid_token",
    ],
    "a grant of another topic": [(hub) => granted(hub, [detail(["publish"], ["bar"])]), 403, "insufficient_scope"],
    "a grant to subscribe alone": [(hub) => granted(hub, [detail(["subscribe"], ["*"])]), 403, "insufficient_scope"],
    "no details": [(hub) => granted(hub, undefined), 403, "insufficient_scope"],
    "an empty list of details": [(hub) => granted(hub, []), 403, "insufficient_scope"],
    "an unknown action alone": [(hub) => granted(hub, [detail(["delete"], ["*"])]), 403, "insufficient_scope"],
    "details of another type alone": [
      (hub) => granted(hub, [{ type: "payment", actions: 7, topics: "x" }]),
      403,
      "insufficient_scope",
    ],
    "a header that is too short": [() => ({ authorization: "Bearer x" }), 400, "invalid_request"],
    "a header that is not Bearer": [() => ({ authorization: "Basic a.b.c" }), 400, "invalid_request"],
    "two headers": [() => ({ authorization: "Bearer a.b.c, Bearer a.b.c" }), 400, "invalid_request"],
  };
  for (const [name, [headers, status, error]] of Object.entries(REFUSED)) {
    test(`with ${name} is answered ${status} ${error ?? "without a code"}, and reaches nobody`, async (t) => {
      const hub = freshHub();
      const stream = await subscribe(t, hub, { match: "foo" });
      const response = await post(hub, { topic: "foo", data: "refused" }, { headers: await headers(hub) });
      await assertRefused(response, status, hub, error);
      await publish(hub, { topic: "foo", data: "end", id: "end" });
      await stream.receivesId("end");
      assert.deepEqual(stream.ids, ["end"]);
    });
  }

  /** Details that spoil the whole token. */
  const BAD_DETAILS = {
    "no actions": [detail([], ["a"])],
    "no topics": [detail(["publish"], [])],
    "an unknown match_type": [detail(["publish"], [{ match: "a", match_type: "regexp" }])],
    "the match_type of 0.x": [detail(["publish"], [{ match: "a", match_type: "topic" }])],
    "an invalid URL pattern": [detail(["publish"], [pattern("{unclosed")])],
    "a topic that is a bare string": [{ type: DETAIL, actions: ["publish"], topics: ["a"] }],
    "a topic that is null": [{ type: DETAIL, actions: ["publish"], topics: [null] }],
    "a topic without match": [detail(["publish"], [{ match_type: "exact" }])],
    "an empty match": [detail(["publish"], [{ match: "" }])],
    "NUL in a topic": [detail(["publish"], ["a\0b"])],
    "101 details": Array.from({ length: 101 }, () => detail(["publish"], ["a"])),
    "101 topics in one detail": [detail(["publish"], Array.from({ length: 101 }, (_, at) => `t${at}`))],
    "102 topics in two details": [1, 2].map(() => detail(["publish"], Array.from({ length: 51 }, (_, at) => `t${at}`))),
  };
  for (const [name, details] of Object.entries(BAD_DETAILS)) {
    test(`with ${name} beside a grant of everything is answered 401 invalid_token`, async () => {
      const hub = freshHub();
      const headers = await granted(hub, [EVERYTHING, ...details]);
      await assertRefused(await post(hub, { topic: "a" }, { headers }), 401, hub, "invalid_token");
    });
  }

  const long = "x".repeat(5_000);
  /** Forms and what comes of them. */
  const FORMS = {
    "no topic": ["data=x", 400, /^Missing "topic" parameter/],
    "an invalid retry": ["topic=a&retry=invalid", 400, /^Invalid "retry" parameter/],
    "a retry with a sign": ["topic=a&retry=%2B1", 400, /"retry"/],
    "a retry in other digits": ["topic=a&retry=%D9%A1", 400, /"retry"/],
    "CR in the id": ["topic=a&id=x%0Dy", 400, /"id"/],
    "LF in the id": ["topic=a&id=x%0Ay", 400, /"id"/],
    "NUL in the id": ["topic=a&id=x%00y", 400, /"id"/],
    "CR in the type": ["topic=a&type=x%0Dy", 400, /"type"/],
    "LF in the type": ["topic=a&type=x%0Ay", 400, /"type"/],
    "NUL in the type": ["topic=a&type=x%00y", 400, /"type"/],
    "the type mercure": ["topic=a&type=mercure", 400, /"type"/],
    "the topic *": ["topic=*", 400, /"topic"/],
    "an id that begins with #": ["topic=a&id=%2342", 400, /"id"/],
    "the id earliest": ["topic=a&id=earliest", 400, /"id"/],
    "NUL in the topic": ["topic=a%00b", 400, /"topic"/],
    "LF in the topic": ["topic=a%0Ab", 400, /"topic"/],
    "DEL in the topic": ["topic=a%7Fb", 400, /"topic"/],
    "a topic that is not UTF-8": ["topic=%FF", 400, /topic/],
    "U+0085 in the topic": ["topic=%C2%85", 400, /"topic"/],
    "U+202E in the topic": ["topic=a%E2%80%AEb", 400, /"topic"/],
    "U+200B in the id": ["topic=a&id=a%E2%80%8Bb", 400, /"id"/],
    "a letter beyond ASCII in the id": ["topic=a&id=caf%C3%A9-1", 400, /"id"/],
    "U+FEFF in the type": ["topic=a&type=%EF%BB%BFa", 400, /"type"/],
    "an empty topic": ["topic=", 400, /"topic"/],
    "1,001 topics": [Array.from({ length: 1_001 }, (_, at) => `topic=${at}`).join("&"), 413, /"topic"/],
    "a topic that is too long": [`topic=${long}`, 413, /"topic"/],
    "an id that is too long": [`topic=a&id=${long}`, 413, /"id"/],
    "a type that is too long": [`topic=a&type=${long}`, 413, /"type"/],
    "a body over 1 MiB": [`topic=a&data=${"x".repeat(1 << 20)}`, 413, /body/],
  };
  for (const [name, [body, status, message]] of Object.entries(FORMS)) {
    test(`${name} is answered ${status}`, async () => {
      const hub = freshHub();
      const headers = { ...(await everything(hub)), "content-type": FORM };
      const response = await fetch(hub, { method: "POST", body, headers });
      const problem = await response.json();
      assert.equal(response.status, status, problem.detail);
      assert.match(problem.detail, message);
    });
  }

  test("a body of a bad type is answered 400, naming Content-Type", async () => {
    const hub = freshHub();
    const headers = { ...(await everything(hub)), "content-type": "text/plain; boundary=" };
    const response = await fetch(hub, { method: "POST", body: "topic=a", headers });
    assert.equal(response.status, 400);
    assert.equal((await response.json()).field, "Content-Type");
  });

  /** Topics, and whether they are the hub's own when the hub is at /.well-known/mercure. */
  const TOPICS = {
    "/.well-known/mercure": 400,
    "/.well-known/mercure/subscriptions/foo": 400,
    "https://example.com/.well-known/mercure/subscriptions/foo": 400,
    "mercure/subscriptions/foo": 400,
    "./mercure/x": 400,
    "/.well-known/%6Dercure/x": 400,
    "/.well-known/me%72cure/x": 400,
    "\\.well-known\\mercure\\x": 400,
    "/a/../.well-known/mercure/x": 400,
    "/.well-known/mercure?x": 400,
    "../mercure/x": 200,
    "foo/.well-known/mercure/bar": 200,
    "https://example.com/foo/.well-known/mercure/bar": 200,
    "urn:example:mercure": 200,
    "https://example.com/.well-known/mercure-dashboard": 200,
    "/.well-known%2Fmercure/x": 200,
    "a topic with spaces": 200,
    "http://[": 200,
    كتب: 200,
  };
  for (const [topic, status] of Object.entries(TOPICS)) {
    test(`the topic ${topic} is answered ${status}`, async () => {
      const headers = await everything(server.hub());
      assert.equal((await post(server.hub(), { topic }, { headers })).status, status);
    });
  }

  test("a private update with all fields is answered with its id as text, and reaches who is granted it", async (t) => {
    const hub = freshHub();
    const headers = await everything(hub);
    const stream = await subscribe(t, hub, { match: "books/1" }, headers);
    const fields = { id: "my-id", topic: ["books/1", "other"], data: "a\nb", type: "sold", retry: "5", private: "0", x: "y" };
    const response = await post(hub, fields, { headers });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
    assert.equal(await response.text(), "my-id");
    await stream.receivesId("my-id");
    assert.deepEqual(stream.updates, ["event: sold\nretry: 500\nid: my-id\ndata: a\ndata: b"]);
  });

  test("lines that end in LF, CR and CRLF are lines of data", async (t) => {
    const hub = freshHub();
    const stream = await subscribe(t, hub, { match: "a" });
    await publish(hub, { topic: "a", id: "1", data: "several\nlines\rwith\r\neol" });
    await stream.receivesId("1");
    assert.deepEqual(stream.updates, ["id: 1\ndata: several\ndata: lines\ndata: with\ndata: eol"]);
  });

  test("a topic alone is published under a generated id", async (t) => {
    const hub = freshHub();
    const stream = await subscribe(t, hub, { match: "a" });
    const id = await publish(hub, { topic: "a" });
    assert.match(id, UUID);
    await stream.receivesId(id);
  });

  test("a private update of a topic that is not granted is refused", async () => {
    const hub = freshHub();
    const headers = await granted(hub, [detail(["publish"], ["foo"])]);
    const response = await post(hub, { topic: "bar", private: "on" }, { headers });
    await assertRefused(response, 403, hub, "insufficient_scope");
  });

  test("an empty type and a reconnection time of 0 are as good as none", async (t) => {
    const hub = freshHub();
    const stream = await subscribe(t, hub, { match: "a" });
    await publish(hub, { topic: "a", id: "1", type: "", retry: "0", data: "x" });
    await stream.receivesId("1");
    assert.deepEqual(stream.updates, ["id: 1\ndata: x"]);
  });

  test("random fields are answered 400, or 200 with the id", async () => {
    const hub = freshHub();
    await assertAnswersRandomFields(hub, () => everything(hub));
  });

  test("every topic of the update must be granted", async () => {
    const hub = freshHub();
    const headers = await granted(hub, [detail(["publish"], ["foo", pattern("/books/:id")])]);
    const statuses = [];
    for (const topic of [["foo"], ["/books/1"], ["foo", "/books/2"], ["foo", "bar"], ["/books/1/2"], ["bar", "foo"]]) {
      statuses.push((await post(hub, { topic }, { headers })).status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 403, 403, 403]);
  });
});

describe("a token", { concurrency: true }, () => {
  const publishStatus = async (hub, headers, topic = "a") => (await post(hub, { topic }, { headers })).status;

  for (const typ of ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"]) {
    test(`of the typ ${typ} is taken`, async () => {
      const hub = freshHub();
      assert.equal(await publishStatus(hub, await granted(hub, [EVERYTHING], { typ })), 200);
    });
  }

  test("may name several audiences, one of which is the hub", async () => {
    const hub = freshHub();
    const aud = ["https://other.example", hub];
    assert.equal(await publishStatus(hub, await granted(hub, [EVERYTHING], { claims: { aud } })), 200);
  });

  test("is read whatever the case of the scheme", async () => {
    const hub = freshHub();
    const token = await token1(hub, [EVERYTHING]);
    for (const scheme of ["bearer", "BEARER"]) {
      assert.equal(await publishStatus(hub, { authorization: `${scheme} ${token}` }), 200);
    }
  });

  test("with foreign details of any shape and unknown actions keeps its own grants", async () => {
    const hub = freshHub();
    const foreign = [{ type: "payment", actions: 7 }, { type: "https://mercure.rocks/", topics: "x" }, { topics: [] }];
    const headers = await granted(hub, [...foreign, detail(["delete", "publish"], ["a"])]);
    assert.equal(await publishStatus(hub, headers), 200);
  });

  test("in a query is not looked at", async () => {
    for (const name of ["authorization", "access_token"]) {
      const token = await token1(server.hub(), [EVERYTHING]);
      assert.equal((await post(withQuery(closed.hub(), { [name]: token }), { topic: "a" })).status, 401);
      const url = withQuery(closed.hub(), { match: "a", [name]: await token1(closed.hub(), [EVERYTHING]) });
      assert.equal((await fetch(url, { method: "HEAD" })).status, 401, name);
    }
  });

  test("in the cookie of 1.0 lets subscribe, in that of 0.x it does not, and a header goes before it", async () => {
    const url = withQuery(closed.hub(), { match: "a" });
    const token = await token1(closed.hub(), [EVERYTHING]);
    const status = async (headers) => (await fetch(url, { method: "HEAD", headers })).status;
    assert.equal(await status({ cookie: `x=y; session=${token}` }), 200);
    assert.equal(await status({ cookie: `mercureAuthorization=${token}` }), 401);
    assert.equal(await status({ cookie: `${COOKIE}=${token}` }), 401, "it is named otherwise");
    assert.equal(await status({ cookie: `session=${token}`, ...bearer(tampered(token)) }), 401);
    assert.equal(await status({ cookie: `session=${tampered(token)}`, ...bearer(token) }), 200);
  });

  test("in the cookie lets a listed page alone publish", async () => {
    const cases = [
      [{}, 403],
      [{ origin: "https://evil.example" }, 403],
      [{ referer: "https://evil.example/page" }, 403],
      [{ referer: "::" }, 403],
      [{ origin: "https://evil.example", referer: `${LISTED}/page` }, 403],
      [{ origin: LISTED }, 200],
      [{ referer: `${LISTED}/page?x#y` }, 200],
      [{ origin: "https://a.wild.example" }, 200],
      [{ origin: "https://wild.example" }, 403],
    ];
    const hub = freshHub();
    const cookie = { cookie: `${COOKIE}=${await token1(hub, [EVERYTHING])}` };
    for (const [headers, status] of cases) {
      assert.equal(await publishStatus(hub, { ...cookie, ...headers }), status, JSON.stringify(headers));
    }
  });

  for (const alg of ["RS256", "ES256", "EdDSA"]) {
    test(`signed with ${alg} is verified by the issuer's key, and by no other algorithm`, async (t) => {
      const [pair, other] = [await keyPair(alg), await keyPair(alg)];
      const vars = { ISSUERS: issuers({ jwks: { keys: [pair.jwk] }, algorithms: [alg] }) };
      const keyed = await Server.start({ kind: "workerd", vars });
      t.after(() => keyed.stop());
      const hub = keyed.hub();
      const status = async (options) => publishStatus(hub, await granted(hub, [EVERYTHING], options));
      assert.equal(await status({ alg, key: pair.private }), 200);
      assert.equal(await status({ alg, key: other.private }), 401);
      assert.equal(await status({ alg: "HS256", key: pair.pem }), 401, "the public key as a secret");
      assert.equal(await publishStatus(hub, bearer(unsigned(accessClaims(hub, [EVERYTHING]), "at+jwt"))), 401);
    });
  }

  test("is verified by the keys of its own issuer alone, and only for the role that has some", async (t) => {
    const [a, b] = ["a".repeat(32), "b".repeat(32)];
    const list = [
      { issuer: "https://a.example", publisher: { key: a }, subscriber: { key: a } },
      { issuer: "https://b.example", publisher: { key: b } },
    ];
    const two = await Server.start({ kind: "workerd", vars: { ISSUERS: JSON.stringify(list) } });
    t.after(() => two.stop());
    const hub = two.hub();
    const headers = (iss, key) => granted(hub, [EVERYTHING], { key, claims: { iss } });
    const cases = [
      ["https://a.example", a, 200, 200],
      ["https://b.example", b, 200, 401],
      ["https://a.example", b, 401, 401],
      ["https://b.example", a, 401, 401],
      ["https://c.example", a, 401, 401],
    ];
    for (const [iss, key, publishes, subscribes] of cases) {
      const url = withQuery(hub, { match: "a" });
      assert.equal(await publishStatus(hub, await headers(iss, key)), publishes, `${iss} ${key[0]}`);
      const response = await fetch(url, { method: "HEAD", headers: await headers(iss, key) });
      assert.equal(response.status, subscribes, `${iss} ${key[0]}`);
    }
  });

  test("is meant for the resource identifier where one is set", async (t) => {
    const resource = "https://hub.example/.well-known/mercure";
    const vars = { ISSUERS: issuers(), RESOURCE_IDENTIFIER: resource };
    const named = await Server.start({ kind: "workerd", vars });
    t.after(() => named.stop());
    assert.equal(await publishStatus(named.hub(), await granted(resource, [EVERYTHING])), 200);
    assert.equal(await publishStatus(named.hub(), await granted(named.hub(), [EVERYTHING])), 401);
  });

  test("ends the stream when it expires, and not before", async (t) => {
    const hub = freshHub();
    const headers = await granted(hub, [EVERYTHING], { claims: { exp: inSeconds(6) } });
    const stream = await subscribe(t, hub, { match: "a" }, headers);
    await publish(hub, { topic: "a", id: "before", private: "on" });
    await stream.receivesId("before");
    assert.equal(stream.ended, false);
    await stream.ends();
  });
});

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

describe("resuming", { concurrency: true }, () => {
  const HEADER = "mercure-last-event-id";

  for (const [name, way] of Object.entries({
    "the header Last-Event-ID": (id) => [{ match: "x" }, { "last-event-id": id }],
    "the query last_event_id": (id) => [{ match: "x", last_event_id: id }, {}],
  })) {
    test(`by ${name} replays what came later`, async (t) => {
      const hub = freshHub();
      for (const id of ["a", "b"]) await publish(hub, { topic: "x", id });
      const missed = await subscribe(t, hub, ...way("a"));
      const everything = await subscribe(t, hub, ...way("earliest"));
      await publish(hub, { topic: "x", id: "c" });
      await Promise.all([missed.receivesId("c"), everything.receivesId("c")]);
      assert.deepEqual([missed.ids, missed.headers.get(HEADER)], [["b", "c"], "a"]);
      assert.deepEqual([everything.ids, everything.headers.get(HEADER)], [["a", "b", "c"], "earliest"]);
      assert.equal(missed.headers.get("last-event-id"), null, "that is the header of 0.x");
    });
  }

  test("the header wins over the query", async (t) => {
    const hub = freshHub();
    for (const id of ["a", "b", "c"]) await publish(hub, { topic: "x", id });
    const stream = await subscribe(t, hub, { match: "x", last_event_id: "a" }, { "last-event-id": "b" });
    await stream.receivesId("c");
    assert.deepEqual(stream.ids, ["c"]);
  });

  test("by an unknown id is answered earliest, replays nothing, and leaks no private id", async (t) => {
    const hub = freshHub();
    await publish(hub, { topic: "x", id: "a" });
    await publish(hub, { topic: "x", id: "secret", private: "on" });
    const stream = await subscribe(t, hub, { match: "x", last_event_id: "unknown" });
    assert.equal(stream.headers.get(HEADER), "earliest");
    await publish(hub, { topic: "x", id: "c" });
    await stream.receivesId("c");
    assert.deepEqual(stream.ids, ["c"]);
    assert.ok(!stream.text.includes("secret"));
    const hidden = await subscribe(t, hub, { match: "x", last_event_id: "secret" });
    assert.equal(hidden.headers.get(HEADER), "earliest", "as unknown as one that never was");
  });

  for (const [name, query] of Object.entries({ unknown: "unknown", empty: "" })) {
    test(`in an empty history by an id that is ${name} is answered earliest`, async (t) => {
      const stream = await subscribe(t, freshHub(), { match: "x", last_event_id: query });
      assert.equal(stream.headers.get(HEADER), "earliest");
    });
  }

  test("by an empty id is answered by the header", async (t) => {
    const hub = freshHub();
    await publish(hub, { topic: "x", id: "a" });
    assert.notEqual((await subscribe(t, hub, { match: "x", last_event_id: "" })).headers.get(HEADER), null);
    assert.equal((await subscribe(t, hub, { match: "x" })).precedingId, null);
  });

  test("by an id that was given twice begins behind the first", async (t) => {
    const hub = freshHub();
    for (const [id, data] of [["same", "1"], ["other", "2"], ["same", "3"]]) await publish(hub, { topic: "x", id, data });
    const stream = await subscribe(t, hub, { match: "x", last_event_id: "same" });
    await stream.receivesId("same");
    assert.deepEqual(stream.ids, ["other", "same"]);
  });

  test("replay obeys matchers and the grants of now", async (t) => {
    const hub = freshHub();
    await publish(hub, { topic: "x", id: "1" });
    await publish(hub, { topic: "y", id: "2" });
    await publish(hub, { topic: "x", id: "3", private: "on" });
    await publish(hub, { topic: ["x", "granted"], id: "4", private: "on" });
    await publish(hub, { topic: "x", id: "5" });
    const headers = await granted(hub, [detail(["subscribe"], ["granted"])]);
    const query = { match: "x", last_event_id: "earliest" };
    const [with_, without] = [await subscribe(t, hub, query, headers), await subscribe(t, hub, query)];
    await Promise.all([with_.receivesId("5"), without.receivesId("5")]);
    assert.deepEqual([with_.ids, without.ids], [["1", "4", "5"], ["1", "5"]]);
  });

  test("behind 8 of 10 gives 9 and 10, then what is live, without a gap", async (t) => {
    const hub = freshHub();
    for (let at = 1; at <= 10; at += 1) await publish(hub, { topic: "x", id: String(at) });
    const stream = await subscribe(t, hub, { match: "x" }, { "last-event-id": "8" });
    for (const id of ["11", "12"]) await publish(hub, { topic: "x", id });
    await stream.receivesId("12");
    assert.deepEqual(stream.ids, ["9", "10", "11", "12"]);
  });
});

describe("the hub as a protected resource", { concurrency: true }, () => {
  const metadataOf = (hub) => {
    const { origin, pathname } = new URL(hub);
    return `${origin}/.well-known/oauth-protected-resource${pathname}`;
  };

  test("describes itself, by its public URL", async () => {
    for (const hub of [server.hub(), server.hub("news")]) {
      const response = await fetch(metadataOf(hub));
      assert.equal(response.status, 200);
      assert.match(response.headers.get("content-type"), /^application\/json\b/);
      const { mercure_subscriptions: _, ...metadata } = await response.json();
      assert.deepEqual(metadata, {
        resource: hub,
        authorization_servers: [ISSUER],
        authorization_details_types_supported: [DETAIL],
        bearer_methods_supported: ["header"],
        mercure_cookie: COOKIE,
        mercure_matcher_types_supported: ["exact", "urlpattern"],
      });
    }
  });

  test("names a cookie of another name", async () => {
    assert.equal((await (await fetch(metadataOf(closed.hub()))).json()).mercure_cookie, "session");
  });

  test("has nothing to say without a key", async (t) => {
    const keyless = await Server.start({ kind: "workerd" });
    t.after(() => keyless.stop());
    assert.equal((await fetch(metadataOf(keyless.hub()))).status, 404);
  });
});

describe("every answer", { concurrency: true }, () => {
  test("keeps browsers from guessing its type and from framing it", async () => {
    const answers = [
      await fetch(withQuery(freshHub(), { match: "a" }), { method: "HEAD" }),
      await post(freshHub(), { topic: "a" }),
      await fetch(`${server.origin}/unknown`),
    ];
    for (const { headers } of answers) {
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("x-frame-options"), "DENY");
      assert.equal(headers.get("x-xss-protection"), "1; mode=block");
      assert.equal(headers.get("content-security-policy"), "default-src 'self'");
    }
  });

  test("lets the listed origin read it with credentials, also the headers of 1.0, and no other", async () => {
    const url = withQuery(freshHub(), { match: "a", last_event_id: "" });
    const own = await fetch(url, { method: "HEAD", headers: { origin: LISTED } });
    assert.equal(own.headers.get("access-control-allow-origin"), LISTED);
    assert.equal(own.headers.get("access-control-allow-credentials"), "true");
    const exposed = own.headers.get("access-control-expose-headers").split(/,\s*/);
    for (const name of ["Link", "Mercure-Last-Event-ID"]) assert.ok(exposed.includes(name), name);
    const preflight = await fetch(url, {
      method: "OPTIONS",
      headers: { origin: LISTED, "access-control-request-method": "QUERY" },
    });
    assert.match(preflight.headers.get("access-control-allow-methods"), /\bQUERY\b/);
    const other = await fetch(url, { method: "HEAD", headers: { origin: "https://evil.example" } });
    assert.equal(other.headers.get("access-control-allow-origin"), null);
  });
});
