// Keys that are fetched: a key set at a URL, in a private network as those of who hosts a hub often are.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import { KeySet } from "./key_set.mjs";
import { Server } from "./server.mjs";
import { withQuery } from "./stream.mjs";
import { DIALECTS, bearer, keyPair, tampered } from "./tokens.mjs";
import { until } from "./until.mjs";

const ALGORITHMS = ["RS256", "ES256", "EdDSA"];
/** Longer than the interval in which a key set is fetched at most once, src/tokens/fetched_keys.rs. */
const ROTATION_DEADLINE = 60_000;

/** A pair of keys of each algorithm; its name in the set is that of the algorithm. */
let pairs;
before(async () => {
  pairs = Object.fromEntries(await Promise.all(ALGORITHMS.map(async (alg) => [alg, await keyPair(alg)])));
});

for (const [dialect, { vars, token, parameter }] of Object.entries(DIALECTS)) {
  describe(`in ${dialect}`, { concurrency: true }, () => {
    for (const kind of ["workerd", "wrangler"]) {
      test(`on ${kind} tokens are verified by the key of the set that they name`, async (t) => {
        const set = await KeySet.start(t);
        set.keys = ALGORITHMS.map((alg) => ({ ...pairs[alg].jwk, kid: alg }));
        const server = await Server.start({ kind, vars: { ...vars({ jwks_uri: set.url, algorithms: ALGORITHMS }), ANONYMOUS_SUBSCRIBE: "" } });
        t.after(() => server.stop());
        const hub = server.hub();
        const publishes = async (text) => (await post(hub, { topic: "a" }, { headers: bearer(text) })).status;
        const subscribes = async (text) =>
          (await fetch(withQuery(hub, { [parameter]: "a" }), { method: "HEAD", headers: bearer(text) })).status;
        for (const alg of ALGORITHMS) {
          const good = await token(hub, { alg, key: pairs[alg].private, kid: alg });
          assert.deepEqual([await publishes(good), await subscribes(good)], [200, 200], alg);
          const unnamed = await token(hub, { alg, key: pairs[alg].private });
          assert.equal(await publishes(unnamed), 200, `${alg} without a key id`);
          const other = await token(hub, { alg, key: (await keyPair(alg)).private, kid: alg });
          for (const bad of [tampered(good), other]) {
            assert.deepEqual([await publishes(bad), await subscribes(bad)], [401, 401], alg);
          }
        }
        assert.ok(set.asked <= 2, `the set was fetched ${set.asked} times, and there are two roles`);
      });
    }

    test("a key that is new in the set is found by its unknown id, and the old one is gone", async (t) => {
      const set = await KeySet.start(t);
      const [before, after] = [pairs.ES256, await keyPair("ES256")];
      set.keys = [{ ...before.jwk, kid: "1" }];
      const server = await Server.start({ kind: "workerd", vars: vars({ jwks_uri: set.url, algorithms: ["ES256"] }) });
      t.after(() => server.stop());
      const hub = server.hub();
      const status = async (kid, pair) => {
        const text = await token(hub, { alg: "ES256", key: pair.private, kid });
        return (await post(hub, { topic: "a" }, { headers: bearer(text) })).status;
      };
      assert.equal(await status("1", before), 200);
      set.keys = [{ ...after.jwk, kid: "2" }];
      await until(async () => (await status("2", after)) === 200, "the new key to be found", ROTATION_DEADLINE);
      assert.equal(await status("1", before), 401);
      assert.equal(set.asked, 2, "unknown ids do not have the set fetched more often than it may be");
    });

    test("while there is no key set a token is answered 503", async (t) => {
      const set = await KeySet.start(t);
      set.status = 500;
      const server = await Server.start({ kind: "workerd", vars: vars({ jwks_uri: set.url, algorithms: ["ES256"] }) });
      t.after(() => server.stop());
      const text = await token(server.hub(), { alg: "ES256", key: pairs.ES256.private });
      const response = await post(server.hub(), { topic: "a" }, { headers: bearer(text) });
      assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "1"]);
      assert.equal((await response.json()).status, 503);
    });
  });
}
