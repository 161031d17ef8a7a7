// Compatibility with version 7 of the draft, as the reference hub has it: PROTOCOL_VERSION_COMPATIBILITY.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS, KEYS_0, bearer, detail, inSeconds, sign, tampered, token0, token1 } from "./tokens.mjs";

/** A hub of 0.x has keys alone; one of 1.0 trusts an issuer too. */
const HUBS = { "0.x": KEYS_0, "1.0": KEYS };

for (const [dialect, vars] of Object.entries(HUBS)) {
  describe(`a hub of ${dialect}`, () => {
    let server;
    before(async () => {
      const settings = { news: { PROTOCOL_VERSION_COMPATIBILITY: "" }, eight: { PROTOCOL_VERSION_COMPATIBILITY: "8" } };
      const all = { ...vars, PROTOCOL_VERSION_COMPATIBILITY: "7", HUBS: JSON.stringify(settings) };
      server = await Server.start({ kind: "workerd", vars: all });
    });
    after(() => server?.stop());
    const status = async (hub, headers, fields = {}) => (await post(hub, { topic: "a", ...fields }, { headers })).status;

    test("in version 7 takes public updates from who has a publish claim, be it empty", async (t) => {
      const hub = server.hub();
      const stream = await Stream.open(t, withQuery(hub, { topic: "a" }));
      for (const publish of [[], ["b"], ["a"]]) {
        assert.equal(await status(hub, bearer(await token0({ publish })), { id: `of-${publish}` }), 200);
      }
      await stream.receivesId("of-a");
      assert.deepEqual(stream.ids, ["of-", "of-b", "of-a"]);
    });

    test("in version 7 takes private updates by grant alone, and public ones from nobody else", async () => {
      const hub = server.hub();
      const empty = await token0({ publish: [] });
      assert.equal(await status(hub, bearer(empty), { private: "on" }), 401);
      assert.equal(await status(hub, bearer(await token0({ publish: ["a"] })), { private: "on" }), 200);
      const expired = await sign({ mercure: { publish: [] }, exp: inSeconds(-1) });
      for (const token of [await token0({}), await token0({ subscribe: ["*"] }), tampered(empty), expired]) {
        assert.equal(await status(hub, bearer(token)), 401);
      }
      assert.equal(await status(hub, {}), 401);
      assert.equal(await status(hub, bearer(empty), { topic: "/.well-known/mercure/x" }), 403);
    });

    test("without version 7 an empty publish claim publishes nothing", async () => {
      const headers = bearer(await token0({ publish: [] }));
      for (const name of ["news", "eight"]) assert.equal(await status(server.hub(name), headers), 401);
    });

    test("resumes by the query Last-Event-ID, behind lastEventID and the header", async (t) => {
      const hub = server.hub("resumed");
      const headers = bearer(await token0({ publish: ["*"] }));
      for (const id of ["1", "2", "3", "4"]) assert.equal(await status(hub, headers, { id }), 200);
      const open = (query, init) => Stream.open(t, withQuery(hub, { topic: "a", "Last-Event-ID": "1", ...query }), init);
      const streams = [
        await open({}),
        await open({ lastEventID: "2" }),
        await open({ lastEventID: "2" }, { headers: { "last-event-id": "3" } }),
      ];
      await Promise.all(streams.map((stream) => stream.receivesId("4")));
      assert.deepEqual(streams.map((stream) => stream.ids), [["2", "3", "4"], ["3", "4"], ["4"]]);
    });

    if (dialect === "1.0") {
      test("in version 7 asks a token of 1.0 for a grant of every topic", async () => {
        const hub = server.hub();
        const granted = async (topics) => bearer(await token1(hub, [detail(["publish"], topics)]));
        assert.equal(await status(hub, await granted(["b"])), 403);
        assert.equal(await status(hub, await granted(["a"])), 200);
      });
    }
  });
}
