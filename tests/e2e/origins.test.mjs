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
  "https://port.example:443": "https://port.example",
  "http://Port.example:80": "http://port.example",
  "capacitor://localhost": "capacitor://localhost",
  null: "null",
};

/** A cookie of each dialect that grants to publish, and the status where the origin does not let it. */
const cookies = async (hub) => [
  [`mercureAuthorization=${await token0({ publish: ["*"] })}`, 401],
  [`__Secure-mercure_access_token=${await token1(hub, [detail(["publish"], ["*"])])}`, 403],
];
const published = async (hub, headers) => (await post(hub, { topic: "a" }, { headers })).status;

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

    test(`pages of ${origin} may publish with their cookie, as ${listed} lets them`, async () => {
      for (const [cookie, refused] of await cookies(server.hub())) {
        assert.equal(await published(server.hub(), { cookie, origin }), 200, cookie);
        for (const other of [`${origin}.evil`, "https://other.example"]) {
          assert.equal(await published(server.hub(), { cookie, origin: other }), refused, `${other}: ${cookie}`);
        }
      }
    });
  }

  test("a star lets pages of every origin read, and none with credentials", async () => {
    assert.deepEqual(await allowed(server.hub("any"), "https://any.example"), ["*", null]);
    assert.deepEqual(await allowed(server.hub(), "https://any.example"), [null, null]);
  });

  test("a star lets pages of every origin publish with their cookie, and nobody without an origin", async () => {
    const hub = server.hub("any");
    for (const [cookie, refused] of await cookies(hub)) {
      assert.equal(await published(hub, { cookie, origin: "https://any.example" }), 200, cookie);
      assert.equal(await published(hub, { cookie, referer: "https://any.example/page" }), 200, cookie);
      assert.equal(await published(hub, { cookie }), refused, cookie);
    }
  });
});
