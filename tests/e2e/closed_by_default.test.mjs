// A hub without a configuration is closed, and one with a wrong configuration says so.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Subscriber, post, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { KEYS_0 } from "./tokens.mjs";

for (const [name, vars] of Object.entries({
  "only ANONYMOUS_SUBSCRIBE=true": {},
  "ANONYMOUS_PUBLISH=false": { ANONYMOUS_PUBLISH: "false" },
})) {
  describe(`with ${name}`, () => {
    let server;
    before(async () => (server = await Server.start({ kind: "workerd", vars })));
    after(() => server?.stop());

    test("publishing is refused with 401 and a challenge, and reaches nobody", async (t) => {
      const subscriber = await Subscriber.open(server.hub(), ["*"]);
      t.after(() => subscriber.close());
      const response = await post(server.hub(), { topic: "a", data: "x", id: "refused" });
      assert.equal(response.status, 401);
      assert.match(response.headers.get("www-authenticate"), /^Bearer\b/);
      assert.match(response.headers.get("content-type"), /^application\/problem\+json\b/);
      const problem = await response.json();
      assert.equal(problem.status, 401);
      assert.match(problem.detail, /no key for publishers.*\bMERCURE_PUBLISHER_JWT_KEY\b.*npx millstream token --publish/);
      const resumed = await fetch(subscribeUrl(server.hub(), ["*"]), {
        method: "HEAD",
        headers: { "last-event-id": "refused" },
      });
      assert.equal(resumed.headers.get("last-event-id"), "earliest", "the id is not held");
      assert.equal(subscriber.events.length, 0);
    });
  });
}

test("with no variable set subscribing is refused with 401 and a challenge", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_SUBSCRIBE: "" } });
  t.after(() => server.stop());
  const response = await fetch(subscribeUrl(server.hub(), ["*"]));
  assert.equal(response.status, 401);
  assert.match(response.headers.get("www-authenticate"), /^Bearer\b/);
  const problem = await response.json();
  assert.equal(problem.status, 401);
  assert.match(problem.detail, /no key for subscribers.*\bMERCURE_SUBSCRIBER_JWT_KEY\b.*\bANONYMOUS_SUBSCRIBE=true;.*\bMILLSTREAM_.*\bauthorize\b/);
});

test("a hub with a key asks for a token, and speaks of no variable", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_SUBSCRIBE: "", ...KEYS_0 } });
  t.after(() => server.stop());
  for (const response of [await fetch(subscribeUrl(server.hub(), ["*"])), await post(server.hub(), { topic: "a" })]) {
    assert.equal(response.status, 401);
    const { detail } = await response.json();
    assert.match(detail, /\bneeds a token\b.*\bAuthorization\b/);
    assert.doesNotMatch(detail, /_/);
  }
});

const WRONG = {
  HEARTBEAT: "soon",
  ANONYMOUS_PUBLISH: "yes please",
  ANONYMOUS_SUBSCRIBE: "1",
  COOKIE_NAME: "a b",
  DEVELOPMENT: "yes",
  ISSUERS: "{}",
  MERCURE_PUBLISHER_JWT_ALG: "none",
  PUBLISH_ORIGINS: "not an origin",
  RESOURCE_IDENTIFIER: "hub",
  HISTORY_UPDATES: "-1",
  HISTORY_BYTES: "64MB of them",
  CORS_ORIGINS: "not an origin",
  LOG_LEVEL: "verbose",
  MAX_CONNECTIONS: "-1",
  MAX_CONNECTIONS_PER_ADDRESS: "some",
  PROTOCOL_VERSION_COMPATIBILITY: "6",
  PUBLISHING: "off",
  PUBLISH_RATE: "10/s",
  SUBSCRIBING: "0",
};
describe("with a wrong value", () => {
  for (const [name, value] of Object.entries(WRONG)) {
    test(`${name}=${JSON.stringify(value)} is named in a 500`, async (t) => {
      const server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true", [name]: value } });
      t.after(() => server.stop());
      const answers = [
        await fetch(subscribeUrl(server.hub(), ["a"])),
        await post(server.hub(), { topic: "a", data: "x" }),
        await fetch(`${server.origin}/healthz`),
      ];
      for (const response of answers) {
        assert.equal(response.status, 500);
        assert.match(response.headers.get("content-type"), /^application\/problem\+json\b/);
        const problem = await response.json();
        assert.equal(problem.status, 500);
        assert.match(problem.detail, new RegExp(`\\b${name}\\b`));
      }
    });
  }
});
