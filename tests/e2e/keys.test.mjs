// Keys in the configuration: what is almost a public key, or could be guessed, is named and never used.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { bearer, inSeconds, keyPair, sign, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const { pem, jwk } = await keyPair("RS256");
const KEY = "MERCURE_SUBSCRIBER_JWT_KEY";
const STRONG = "0123456789abcdef0123456789abcdef";

/** A server of workerd that has this key for subscribers, and `more` variables. */
async function start(t, key, more = {}) {
  const server = await Server.start({ kind: "workerd", vars: { DEVELOPMENT: "", [KEY]: key, ...more } });
  t.after(() => server.stop());
  return server;
}

describe("a text that is almost a public key", () => {
  const almost = {
    "a JWK with a comma too much": [`${JSON.stringify(jwk).slice(0, -1)},}`, /looks like a JWK/],
    "PEM with dashes of another kind": [pem.replaceAll("-----", "\u2014\u2014"), /looks like PEM/],
    "PEM without its armour": [pem.replace(/-----.*-----\n?/g, ""), /looks like a key in DER/],
  };
  for (const [name, [text, detail]] of Object.entries(almost)) {
    test(`${name} is named, not shown, and no secret`, async (t) => {
      const server = await start(t, text);
      const forged = await token0({ subscribe: ["*"] }, { key: text });
      const response = await fetch(subscribeUrl(server.hub(), ["a"]), { headers: bearer(forged) });
      assert.equal(response.status, 500);
      const problem = await response.json();
      assert.equal(problem.field, KEY);
      assert.match(problem.detail, detail);
      await until(() => server.output.includes("configuration wrong"), "the mistake in the log");
      for (const part of [jwk.n.slice(0, 32), text.slice(60, 100)]) {
        assert.ok(!problem.detail.includes(part) && !server.output.includes(part), "the key is shown");
      }
    });
  }
});

describe("a secret", () => {
  const refused = {
    "that is blank": [" ", /it is blank/],
    "that could be guessed": ["short", /has 5 bytes, but must have 32/],
    "that everybody knows": ["!ChangeThisMercureHubJWTSecretKey!", /is known to everybody/],
  };
  for (const [name, [text, detail]] of Object.entries(refused)) {
    test(`${name} is refused outside development`, async (t) => {
      const response = await fetch(subscribeUrl((await start(t, text)).hub(), ["a"]));
      assert.equal(response.status, 500);
      assert.match((await response.json()).detail, detail);
    });
  }

  test("that is weak is taken in development, and told once", async (t) => {
    const server = await start(t, "short", { DEVELOPMENT: "true", ANONYMOUS_SUBSCRIBE: "" });
    const headers = bearer(await token0({ subscribe: ["*"] }, { key: "short" }));
    for (let count = 0; count < 3; count++) {
      const response = await fetch(subscribeUrl(server.hub(), ["a"]), { method: "HEAD", headers });
      assert.equal(response.status, 200);
    }
    await until(() => server.output.includes("weak secret"), "the warning");
    const lines = server.output.split("\n").filter((line) => line.includes("weak secret"));
    assert.equal(lines.length, 1);
    assert.match(lines[0], /"level":"warning".*MERCURE_SUBSCRIBER_JWT_KEY.*5 bytes/);
  });

  test("of 32 bytes verifies tokens, whose dates may be a few seconds ahead", async (t) => {
    const server = await start(t, STRONG, { ANONYMOUS_SUBSCRIBE: "" });
    const status = async (dates) => {
      const token = await sign({ mercure: { subscribe: ["*"] }, ...dates }, { key: STRONG });
      const response = await fetch(subscribeUrl(server.hub(), ["a"]), { method: "HEAD", headers: bearer(token) });
      return response.status;
    };
    assert.equal(await status({ nbf: inSeconds(2), iat: inSeconds(2) }), 200);
    assert.equal(await status({ nbf: inSeconds(60) }), 401);
    assert.equal(await status({ iat: inSeconds(60) }), 401);
    assert.equal(await status({ exp: inSeconds(0) }), 401);
    assert.ok(!server.output.includes("weak secret"));
  });
});
