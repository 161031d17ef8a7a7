// The cases of the reference hub's own tests, in the dialect of 1.0 (draft-dunglas-mercure-08): access tokens.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import {
  COOKIE,
  EVERYTHING,
  LISTED,
  freshHubs,
  granted,
  issuers,
  publish,
  startClosed,
  startOpen,
  subscribe,
} from "./mercure_1_0.mjs";
import { Server } from "./server.mjs";
import { withQuery } from "./stream.mjs";
import { accessClaims, bearer, detail, inSeconds, keyPair, tampered, token1, unsigned } from "./tokens.mjs";

let server;
let closed;
before(async () => {
  [server, closed] = await Promise.all([startOpen(), startClosed()]);
});
after(() => Promise.all([server?.stop(), closed?.stop()]));
const freshHub = freshHubs(() => server);

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
