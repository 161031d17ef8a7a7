// The removal of a hub's history by its operator.
import assert from "node:assert/strict";
import { test } from "node:test";
import { post } from "./clients.mjs";
import { rows, tables } from "./database.mjs";
import { cleared, exported, linesOf } from "./exports.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS_0, bearer, token0 } from "./tokens.mjs";

for (const DELIVERY of ["direct", "hibernate"]) {
  test(`a hub that is cleared forgets its updates and nothing else, with DELIVERY=${DELIVERY}`, async (t) => {
    const server = await Server.start({ kind: "workerd", vars: { ...KEYS_0, ANONYMOUS_SUBSCRIBE: "true", DELIVERY } });
    t.after(() => server.stop());
    const headers = bearer(await token0({ publish: ["*"] }));
    const hub = server.hub();
    const publish = async (fields) => assert.equal((await post(hub, fields, { headers })).status, 200);
    await publish({ topic: "closed", data: "x", close: "done" });
    const live = await Stream.open(t, withQuery(hub, { topic: "a" }), { headers: { "cache-control": "no-cache" } });
    const place = /^id: (.*)$/m.exec(live.text)[1];
    for (let number = 1; number <= 40; number += 1) await publish({ topic: "a", id: `${number}`, data: "x".repeat(20_000) });
    await live.receivesId("40");
    assert.equal(await cleared(server, "default"), 41);

    const { header, entries } = linesOf(await exported(server, "default"));
    assert.deepEqual([header.until, header.removed.publications, entries.map(({ close }) => close)], [42, 42, ["done"]]);
    assert.equal((await post(hub, { topic: "closed", data: "x" }, { headers })).status, 409);
    // Nothing is missed by whoever has everything. The others are told of a gap, and go on.
    await publish({ topic: "a", id: "next", data: "x" });
    await live.receivesId("next");
    assert.ok(!live.text.includes("event: gap"));
    for (const lastEventID of ["3", place, "unknown"]) {
      const back = await Stream.open(t, withQuery(hub, { topic: "a", lastEventID }));
      await back.receives("event: gap");
      await publish({ topic: "a", id: `after ${lastEventID}`, data: "x" });
      await back.receivesId(`after ${lastEventID}`);
      assert.ok(!back.ids.includes("3") && !back.ids.includes("40"));
    }
    const all = await fetch(withQuery(hub, { topic: "a", live: "false", lastEventID: "earliest" }));
    assert.deepEqual((await all.text()).match(/^id: (?!#).*$/gm), ["id: next", "id: after 3", `id: after ${place}`, "id: after unknown"]);

    // What is free on the disk is used again.
    const pages = () => rows(server.folder, "SELECT (SELECT count(*) FROM updates) AS updates, page_count AS pages, freelist_count AS free FROM pragma_page_count, pragma_freelist_count")[0];
    const before = pages();
    assert.ok(before.free * 4096 > 500_000, JSON.stringify(before));
    for (let number = 1; number <= 30; number += 1) await publish({ topic: "b", data: "x".repeat(20_000) });
    assert.equal(pages().pages, before.pages);

    // A new life of the hub has the same log.
    await server.kill();
    await server.restart();
    const again = linesOf(await exported(server, "default"));
    assert.deepEqual([again.header.removed.publications, again.entries.length], [42, 1 + 4 + 30]);
    assert.equal((await post(hub, { topic: "closed", data: "x" }, { headers })).status, 409);

    // A hub that has kept nothing stays without tables.
    assert.equal(await cleared(server, "never-used"), 0);
    assert.deepEqual(tables(server.folder).map((names) => names.includes("updates")).sort(), [false, true]);
  });
}
