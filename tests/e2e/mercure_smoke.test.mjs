// What any client of Mercure does first, against a hub set up with the reference hub's development key.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { ISSUER, KEYS_0, bearer, detail, pattern, token0, token1 } from "./tokens.mjs";

const EXAMPLE = "https://example.com";

let server;
let count = 0;
before(async () => {
  const vars = { ...KEYS_0, MERCURE_TRUSTED_ISSUERS: ISSUER };
  server = await Server.start({ kind: "workerd", vars });
});
after(() => server?.stop());
const freshHub = () => server.hub(`smoke-${(count += 1)}`);

/** How each dialect says the same. */
const DIALECTS = {
  "0.x": {
    everything: async () => bearer(await token0({ publish: ["*"], subscribe: ["*"] })),
    private: async () => bearer(await token0({ subscribe: [`${EXAMPLE}/private/{id}`] })),
    exact: (topics) => ({ topic: topics }),
    pattern: { topic: `${EXAMPLE}/books/{id}` },
    mixed: { topic: ["string", `${EXAMPLE}/books/{id}`] },
    privately: { topic: `${EXAMPLE}/private/{id}` },
  },
  "1.0": {
    everything: async (hub) => bearer(await token1(hub, [detail(["publish", "subscribe"], ["*"])])),
    private: async (hub) => bearer(await token1(hub, [detail(["subscribe"], [pattern(`${EXAMPLE}/private/:id`)])])),
    exact: (topics) => ({ match: topics }),
    pattern: { match_urlpattern: `${EXAMPLE}/books/:id` },
    mixed: { match: "string", match_urlpattern: `${EXAMPLE}/books/:id` },
    privately: { match_urlpattern: `${EXAMPLE}/private/:id` },
  },
};

for (const [name, dialect] of Object.entries(DIALECTS)) {
  describe(`in ${name}`, { concurrency: true }, () => {
    /** What is subscribed to, what is published, and the ids of what must come. */
    const CASES = {
      "a raw string": [dialect.exact("string"), [{ topic: "string", id: "1" }, { topic: "other", id: "2" }], ["1"]],
      "a URI": [
        dialect.exact(`${EXAMPLE}/books/1`),
        [{ topic: `${EXAMPLE}/books/1`, id: "urn:example:1" }, { topic: `${EXAMPLE}/books/2`, id: "2" }],
        ["urn:example:1"],
      ],
      "a pattern": [
        dialect.pattern,
        [{ topic: `${EXAMPLE}/books/1`, id: "1" }, { topic: `${EXAMPLE}/books/1/2`, id: "2" }],
        ["1"],
      ],
      "everything": [dialect.exact("*"), [{ topic: "a", id: "1" }, { topic: `${EXAMPLE}/b`, id: "2" }], ["1", "2"]],
      "several selectors": [
        dialect.mixed,
        [{ topic: "string", id: "1" }, { topic: `${EXAMPLE}/books/1`, id: "2" }, { topic: "other", id: "3" }],
        ["1", "2"],
      ],
      "an alternate topic": [
        dialect.exact("alternate"),
        [{ topic: ["canonical", "alternate"], id: "1" }, { topic: "canonical", id: "2" }],
        ["1"],
      ],
    };
    for (const [what, [query, updates, ids]] of Object.entries(CASES)) {
      test(`an anonymous subscriber to ${what} receives it, under the publisher's id`, async (t) => {
        const hub = freshHub();
        const stream = await Stream.open(t, withQuery(hub, query));
        const headers = await dialect.everything(hub);
        for (const update of updates) {
          const response = await post(hub, { ...update, data: `data of ${update.id}` }, { headers });
          assert.deepEqual([response.status, await response.text()], [200, update.id]);
        }
        const topics = ["string", `${EXAMPLE}/books/1`, "alternate"];
        assert.equal((await post(hub, { topic: topics, id: "end" }, { headers })).status, 200);
        await stream.receivesId("end");
        assert.deepEqual(stream.updates.slice(0, -1), ids.map((id) => `id: ${id}\ndata: data of ${id}`));
      });
    }

    test("a private update is for those who are granted it", async (t) => {
      const hub = freshHub();
      const url = withQuery(hub, dialect.privately);
      const granted = await Stream.open(t, url, { headers: await dialect.private(hub) });
      const anonymous = await Stream.open(t, url);
      const headers = await dialect.everything(hub);
      const topic = `${EXAMPLE}/private/1`;
      assert.equal((await post(hub, { topic, id: "1", private: "on" }, { headers })).status, 200);
      assert.equal((await post(hub, { topic, id: "end" }, { headers })).status, 200);
      await Promise.all([granted.receivesId("end"), anonymous.receivesId("end")]);
      assert.deepEqual([granted.ids, anonymous.ids], [["1", "end"], ["end"]]);
    });

    test("a publisher without a token is refused", async () => {
      assert.equal((await post(freshHub(), { topic: "a" })).status, 401);
    });
  });
}

test("an update that is published in one dialect reaches subscribers of the other", async (t) => {
  const hub = freshHub();
  const streams = [];
  for (const { pattern: query } of Object.values(DIALECTS)) streams.push(await Stream.open(t, withQuery(hub, query)));
  for (const [name, { everything }] of Object.entries(DIALECTS)) {
    const response = await post(hub, { topic: `${EXAMPLE}/books/1`, id: name }, { headers: await everything(hub) });
    assert.equal(response.status, 200);
  }
  for (const stream of streams) {
    await stream.receivesId("1.0");
    assert.deepEqual(stream.ids, ["0.x", "1.0"]);
  }
});

test("each role may have a token of its own dialect: one of 0.x is not for a subscription of 1.0", async () => {
  const hub = freshHub();
  const old = bearer(await token0({ subscribe: ["*"] }));
  const access = bearer(await token1(hub, [detail(["subscribe"], ["*"])]));
  const status = async (query, headers) => (await fetch(withQuery(hub, query), { method: "HEAD", headers })).status;
  assert.equal(await status({ topic: "a" }, old), 200);
  assert.equal(await status({ topic: "a" }, access), 200);
  assert.equal(await status({ match: "a" }, access), 200);
  assert.equal(await status({ match: "a" }, old), 401);
});
