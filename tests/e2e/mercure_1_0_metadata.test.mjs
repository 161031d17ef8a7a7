// The cases of the reference hub's own tests, in the dialect of 1.0 (draft-dunglas-mercure-08): its metadata.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { COOKIE, startClosed, startOpen } from "./mercure_1_0.mjs";
import { Server } from "./server.mjs";
import { DETAIL, ISSUER } from "./tokens.mjs";

let server;
let closed;
before(async () => {
  [server, closed] = await Promise.all([startOpen(), startClosed()]);
});
after(() => Promise.all([server?.stop(), closed?.stop()]));

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
