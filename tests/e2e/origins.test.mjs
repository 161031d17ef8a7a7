// What may stand in the lists of origins, and what comes of it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import { Server } from "./server.mjs";
import { withQuery } from "./stream.mjs";
import { KEYS, detail, token0, token1 } from "./tokens.mjs";

/** Each form of an origin that may be listed, and an origin that it allows. */
const LISTED = {
  "https://app.example": "https://app.example",
  "http://localhost:3000": "http://localhost:3000",
  "https://*.wild.example": "https://a.b.wild.example",
  "capacitor://localhost": "capacitor://localhost",
  null: "null",
};

describe("with origins of every form", () => {
  let server;
  before(async () => {
    const list = Object.keys(LISTED).join(" ");
    const any = { CORS_ORIGINS: "*", PUBLISH_ORIGINS: "*" };
    const vars = { ...KEYS, CORS_ORIGINS: list, PUBLISH_ORIGINS: list, HUBS: JSON.stringify({ any }) };
    server = await Server.start({ kind: "workerd", vars });
  });
  after(() => server?.stop());
  const allowed = async (hub, origin) => {
    const response = await fetch(withQuery(hub, { topic: "a" }), { method: "HEAD", headers: { origin } });
    return ["origin", "credentials"].map((name) => response.headers.get(`access-control-allow-${name}`));
  };

  for (const [listed, origin] of Object.entries(LISTED)) {
    test(`pages of ${origin} may read what ${listed} lets them, with credentials`, async () => {
      assert.deepEqual(await allowed(server.hub(), origin), [origin, "true"]);
    });
  }

  test("a star lets pages of every origin read, and none with credentials", async () => {
    assert.deepEqual(await allowed(server.hub("any"), "https://any.example"), ["*", null]);
    assert.deepEqual(await allowed(server.hub(), "https://any.example"), [null, null]);
  });

  test("a star lets pages of every origin publish with their cookie, and nobody without an origin", async () => {
    const hub = server.hub("any");
    const cookies = {
      mercureAuthorization: [await token0({ publish: ["*"] }), 401],
      "__Secure-mercure_access_token": [await token1(hub, [detail(["publish"], ["*"])]), 403],
    };
    for (const [name, [token, refused]] of Object.entries(cookies)) {
      const status = async (headers) =>
        (await post(hub, { topic: "a" }, { headers: { cookie: `${name}=${token}`, ...headers } })).status;
      assert.equal(await status({ origin: "https://any.example" }), 200, name);
      assert.equal(await status({ referer: "https://any.example/page" }), 200, name);
      assert.equal(await status({}), refused, name);
    }
  });
});

describe("a list of origins", { concurrency: 2 }, () => {
  for (const wrong of [
    "https://a.example/path",
    "https://user@a.example",
    "https://a.example?x",
    "https://a.example#x",
    "https://a.example:port",
    "word",
  ]) {
    test(`with ${wrong} is a wrong configuration`, async (t) => {
      const server = await Server.start({ kind: "workerd", vars: { CORS_ORIGINS: wrong } });
      t.after(() => server.stop());
      const response = await fetch(withQuery(server.hub(), { topic: "a" }));
      assert.equal(response.status, 500);
      assert.equal((await response.json()).field, "CORS_ORIGINS");
    });
  }
});
