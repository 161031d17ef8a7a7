// The cases of the reference hub's own tests, in the dialect of 1.0 (draft-dunglas-mercure-08): publishing.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import { EVERYTHING, FORM, assertRefused, freshHubs, granted, publish, startOpen, subscribe } from "./mercure_1_0.mjs";
import { assertAnswersRandomFields } from "./random_fields.mjs";
import {
  DETAIL,
  accessClaims,
  bearer,
  detail,
  inSeconds,
  keyPair,
  pattern,
  tampered,
  token0,
  token1,
  unsigned,
} from "./tokens.mjs";

const UUID = /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let server;
before(async () => {
  server = await startOpen();
});
after(() => server?.stop());
const freshHub = freshHubs(() => server);

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
