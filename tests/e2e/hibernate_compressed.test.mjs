// Compressed streams that Workers hold: the hub compresses, and the stream goes on over its resets and its sleep.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { post } from "./clients.mjs";
import { GzipReader } from "./gzip_reader.mjs";
import { Links, asleep } from "./links.mjs";
import { OPERATOR_KEY } from "./server.mjs";
import { withQuery } from "./stream.mjs";
import { bearer, inSeconds, sign } from "./tokens.mjs";

const HUBS = { dark: { COMPRESSION: "off" } };
const ORDER = JSON.stringify({ order: "A-1093", state: "paid", items: [{ sku: "tea-12", count: 2 }, { sku: "cup-03", count: 1 }, { sku: "pot-01", count: 1 }], total: 91.5 });

let links;
before(async () => (links = await Links.start({ COMPRESSION: "public", HEARTBEAT: "300ms", HUBS: JSON.stringify(HUBS) })));
after(() => links?.stop());

const open = (t, hub, headers) => GzipReader.open(t, withQuery(links.server.hub(hub), { topic: "a" }), headers);
const order = (hub, id) => links.publish(hub, id, { data: `${id} ${ORDER}` });
const block = (id) => `id: ${id}\ndata: ${id} ${ORDER}\n\n`;
const withoutComments = (text) => text.replace(/^:.*\n/gm, "");

describe("a compressed stream that a Worker holds", { concurrency: true }, () => {
  test("brings each update at once, with heartbeats of the Worker between them", async (t) => {
    const reader = await open(t, "live");
    assert.equal(reader.headers.get("content-encoding"), "gzip");
    for (const id of ["1", "2", "3"]) {
      await order("live", id);
      await reader.receives(block(id));
    }
    await reader.receives(":\n:\n");
    assert.equal(withoutComments(reader.text), block(1) + block(2) + block(3));
    assert.ok(reader.inflater.shorter >= 3, `${reader.inflater.shorter} chunks were shorter than their text`);
  });

  test("goes on when its hub is reset, with a checksum over all that came", async (t) => {
    const hub = "reset";
    const reader = await open(t, hub);
    for (let round = 0; round < 3; round += 1) {
      await order(hub, `${round}a`);
      await reader.receives(block(`${round}a`));
      await links.abort(hub);
      await order(hub, `${round}b`);
      await reader.receives(block(`${round}b`));
    }
    await post(links.server.hub(hub), { topic: "a", id: "end", data: "end", close: "done" });
    await reader.ends();
    assert.deepEqual(reader.ids.slice(0, -1), ["0a", "0b", "1a", "1b", "2a", "2b", "end"]);
    assert.match(reader.text, /event: end\n/);
    assert.equal(gunzipSync(reader.raw).toString(), reader.text);
  });

  test("goes on when its hub has slept", async (t) => {
    const hub = "sleepy";
    const reader = await open(t, hub);
    await order(hub, "1");
    await reader.receives(block(1));
    await asleep();
    const { shorter } = reader.inflater;
    await order(hub, "2");
    await reader.receives(block(2));
    assert.ok((await links.notes(hub)).lives >= 2, "the hub has slept");
    assert.ok(reader.inflater.shorter > shorter, "the hub compresses after its sleep too");
  });

  test("has all of a large replay when its reader pauses", async (t) => {
    const hub = "large";
    const ids = Array.from({ length: 2_000 }, (_, at) => String(at + 1));
    await links.publishAll(hub, ids, { data: ORDER.repeat(4) });
    const reader = await open(t, hub, { "last-event-id": "earliest" });
    reader.pause();
    await order(hub, "end");
    reader.resume();
    await reader.receives(block("end"));
    assert.deepEqual(reader.ids, [...ids, "end"]);
  });

  test("ends as it should when it expires and when its hub is drained", async (t) => {
    const expiring = bearer(await sign({ mercure: { subscribe: [] }, exp: inSeconds(5) }));
    const [expired, drained] = await Promise.all([open(t, "expiring", expiring), open(t, "drained")]);
    const drain = `${links.server.origin}/hubs/drained/drain?within=1s`;
    assert.equal((await fetch(drain, { method: "POST", headers: bearer(OPERATOR_KEY) })).status, 200);
    await Promise.all([expired.ends(), drained.ends()]);
    assert.match(expired.text, /: expired\n$/);
    assert.match(drained.text, /retry: \d+\n/);
  });

  test("is not compressed with a grant, without gzip, and in a hub that has it switched off", async (t) => {
    const token = bearer(await sign({ mercure: { subscribe: ["a"] } }));
    const readers = await Promise.all([open(t, "granted", token), open(t, "plain", { "accept-encoding": "br" }), open(t, "dark")]);
    for (const { status, headers } of readers) assert.deepEqual([status, headers.get("content-encoding")], [200, null]);
  });
});
