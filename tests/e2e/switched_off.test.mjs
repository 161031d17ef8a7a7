// Each half of a hub, publishing and subscribing, can be switched off, for all hubs and for single ones.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import { Server } from "./server.mjs";
import { withQuery } from "./stream.mjs";
import { DIALECTS, KEYS, bearer } from "./tokens.mjs";

const PAGE = "https://app.example";
const FORM = { "content-type": "application/x-www-form-urlencoded" };

let server;
before(async () => {
  const vars = {
    ...KEYS,
    ANONYMOUS_PUBLISH: "true",
    CORS_ORIGINS: PAGE,
    SUBSCRIPTIONS: "true",
    PUBLISHING: "false",
    HUBS: JSON.stringify({ writing: { PUBLISHING: "true", SUBSCRIBING: "false" } }),
  };
  server = await Server.start({ kind: "workerd", vars });
});
after(() => server?.stop());

async function assertOff(response, half, allow) {
  const body = await response.text();
  assert.equal(response.status, 405, body);
  assert.equal(response.headers.get("allow"), allow);
  if (body !== "") assert.match(JSON.parse(body).detail, new RegExp(`^${half} is switched off`));
}

for (const [dialect, { parameter, token }] of Object.entries(DIALECTS)) {
  describe(`in ${dialect}`, () => {
    const query = { [parameter]: "a" };

    test("where publishing is switched off POST is answered 405, and subscribing goes on", async () => {
      const hub = server.hub();
      const headers = bearer(await token(hub));
      await assertOff(await post(hub, { topic: "a" }, { headers }), "publishing", "GET, HEAD, QUERY, OPTIONS");
      await assertOff(await post(hub, { topic: "a" }), "publishing", "GET, HEAD, QUERY, OPTIONS");
      assert.equal((await fetch(withQuery(hub, query), { method: "HEAD" })).status, 200);
    });

    test("where subscribing is switched off GET is answered 405, and publishing goes on", async () => {
      const hub = server.hub("writing");
      const headers = bearer(await token(hub));
      for (const init of [{}, { method: "HEAD" }, { headers }, { method: "QUERY", body: "match=a", headers: FORM }]) {
        await assertOff(await fetch(withQuery(hub, query), init), "subscribing", "POST, OPTIONS");
      }
      assert.equal((await post(hub, { topic: "a" }, { headers })).status, 200);
    });
  });
}

test("where subscribing is switched off the subscription API goes on", async () => {
  const url = `${server.hub("writing")}/subscriptions`;
  const headers = bearer(await DIALECTS["1.0"].token(server.hub("writing")));
  assert.equal((await fetch(url, { headers })).status, 200);
  const preflight = await fetch(url, { method: "OPTIONS", headers: { origin: PAGE } });
  assert.equal(preflight.headers.get("access-control-allow-methods"), "GET, HEAD, OPTIONS");
});

test("a preflight is told the methods that are left", async () => {
  const cases = { [server.hub()]: "GET, HEAD, QUERY, OPTIONS", [server.hub("writing")]: "POST, OPTIONS" };
  for (const [hub, methods] of Object.entries(cases)) {
    const headers = { origin: PAGE, "access-control-request-method": "POST" };
    const response = await fetch(hub, { method: "OPTIONS", headers });
    assert.equal(response.headers.get("allow"), methods);
    assert.equal(response.headers.get("access-control-allow-methods"), methods);
  }
});
