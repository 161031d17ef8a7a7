// Streams that are compressed: each chunk by itself, for all that read gzip.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { constants, gunzipSync } from "node:zlib";
import { post, publish } from "./clients.mjs";
import { GzipReader } from "./gzip_reader.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { KEYS_0, bearer, inSeconds, sign } from "./tokens.mjs";
import { withQuery } from "./stream.mjs";
import { until } from "./until.mjs";

const HUBS = { dark: { COMPRESSION: "off" }, all: { COMPRESSION: "all" } };
const ORDER = JSON.stringify({ order: "A-1093", state: "paid", items: [{ sku: "tea-12", count: 2 }, { sku: "cup-03", count: 1 }, { sku: "pot-01", count: 1 }], total: 91.5, currency: "EUR" });

let server;
let count = 0;
before(async () => {
  const vars = { ...KEYS_0, ANONYMOUS_PUBLISH: "true", COMPRESSION: "public", HUBS: JSON.stringify(HUBS), HEARTBEAT: "200ms", DELIVERY: "direct" };
  server = await Server.start({ kind: "workerd", vars });
});
after(() => server?.stop());
const freshHub = () => server.hub(`compressed-${(count += 1)}`);
/** The header with a token for these private topics. */
const granted = async (topics, claims = {}) => bearer(await sign({ mercure: { subscribe: topics }, ...claims }));
const of = (hub, pairs = {}) => withQuery(hub, { topic: "a", ...pairs });
const order = (hub, id) => publish(hub, { topic: "a", id, data: `${id} ${ORDER}` });
const block = (id) => `id: ${id}\ndata: ${id} ${ORDER}\n\n`;
const withoutComments = (text) => text.replace(/^:.*\n/gm, "");

describe("a compressed stream", { concurrency: true }, () => {
  test("brings each update at once, and each of its chunks can be read alone", async (t) => {
    const hub = freshHub();
    const reader = await GzipReader.open(t, of(hub));
    assert.equal(reader.headers.get("content-encoding"), "gzip");
    assert.match(reader.headers.get("vary"), /Accept-Encoding/i);
    for (const id of ["1", "2", "3"]) {
      await order(hub, id);
      await reader.receives(block(id));
    }
    await reader.receives(":\n:\n");
    assert.equal(withoutComments(reader.text), block(1) + block(2) + block(3));
    assert.ok(reader.inflater.shorter >= 3, `${reader.inflater.shorter} chunks were shorter than their text`);
  });

  test("resumes behind the last event ID", async (t) => {
    const hub = freshHub();
    for (const id of ["1", "2", "3"]) await order(hub, id);
    const reader = await GzipReader.open(t, of(hub), { "last-event-id": "1" });
    await order(hub, "4");
    await reader.receives(block(4));
    assert.equal(withoutComments(reader.text), block(2) + block(3) + block(4));
  });

  test("that is cut anywhere can be read up to its last whole block", async (t) => {
    const hub = freshHub();
    const reader = await GzipReader.open(t, of(hub));
    const ends = [];
    for (let id = 1; id <= 5; id += 1) {
      await order(hub, String(id));
      await reader.receives(block(id));
      ends.push({ bytes: reader.raw.length, text: reader.text });
    }
    for (let cut = ends[0].bytes; cut <= ends.at(-1).bytes; cut += 1) {
      const read = gunzipSync(reader.raw.subarray(0, cut), { finishFlush: constants.Z_SYNC_FLUSH }).toString();
      const whole = ends.findLast(({ bytes }) => bytes <= cut).text;
      assert.ok(read.startsWith(whole), `cut at ${cut}`);
    }
  });

  test("of a topic that is closed ends with the checksum of all its text", async (t) => {
    const hub = freshHub();
    const reader = await GzipReader.open(t, of(hub));
    await order(hub, "1");
    await post(hub, { topic: "a", id: "2", data: "last", close: "done" });
    await reader.ends();
    assert.match(reader.text, /event: end\n/);
    assert.equal(gunzipSync(reader.raw).toString(), reader.text);
  });

  test("ends as it should when it is drained, when it expires and when it is ended by its server", async (t) => {
    const hub = server.hub("compressed-drain");
    const [drained, expired] = await Promise.all([
      GzipReader.open(t, of(hub)),
      GzipReader.open(t, of(freshHub()), await granted([], { exp: inSeconds(5) })),
    ]);
    const headers = { authorization: `Bearer ${OPERATOR_KEY}` };
    const answer = await fetch(`${server.origin}/hubs/compressed-drain/drain?within=1s`, { method: "POST", headers });
    assert.equal(answer.status, 200);
    await Promise.all([drained.ends(), expired.ends()]);
    assert.match(drained.text, /retry: \d+\n$/);
    assert.match(expired.text, /: expired\n$/);
  });

  test("has a large replay in full for a reader that pauses", async (t) => {
    const hub = freshHub();
    const lines = Array.from({ length: 3_000 }, (_, at) => JSON.stringify({ topic: "a", id: String(at + 1), data: `${at + 1} ${ORDER}` }));
    const published = await fetch(hub, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body: lines.join("\n") });
    assert.equal((await published.text()).split("\n").length, lines.length + 1);
    const reader = await GzipReader.open(t, of(hub, { last_event_id: "earliest" }));
    reader.pause();
    await order(hub, "3001");
    reader.resume();
    await reader.receives(block(3001));
    assert.deepEqual(reader.ids, Array.from({ length: 3_001 }, (_, at) => String(at + 1)));
    assert.ok(reader.raw.length * 5 < reader.text.length, `${reader.raw.length} bytes for ${reader.text.length}`);
  });

  test("is a finite read of what is held, also as JSON", async (t) => {
    const hub = freshHub();
    await order(hub, "1");
    const events = await GzipReader.open(t, of(hub, { live: "false" }), { accept: "text/event-stream" });
    await events.ends();
    assert.match(events.text, /^id: 1$/m);
    const json = await GzipReader.open(t, of(hub, { live: "false" }), { accept: "application/json" });
    await json.ends();
    assert.equal(JSON.parse(json.text).updates.length, 1);
    assert.equal(json.headers.get("content-encoding"), "gzip");
    assert.match(json.headers.get("vary"), /Accept-Encoding, Accept\b/);
  });

  test("goes on in another one after a kill -9 with nothing lost and nothing twice", async (t) => {
    const own = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true", COMPRESSION: "public" } });
    t.after(() => own.stop());
    const hub = own.hub("killed");
    const first = await GzipReader.open(t, of(hub));
    for (const id of ["1", "2"]) await order(hub, id);
    await first.receives(block(2));
    await own.kill();
    await until(() => first.closed, "the stream to be cut");
    await own.restart();
    await order(hub, "3");
    const second = await GzipReader.open(t, of(hub), { "last-event-id": first.ids.at(-1) });
    await second.receives(block(3));
    assert.deepEqual([...first.ids, ...second.ids], ["1", "2", "3"]);
  });
});

describe("no stream is compressed", { concurrency: true }, () => {
  const encoding = async (t, url, headers) => {
    const { status, headers: given } = await GzipReader.open(t, url, headers);
    assert.equal(status, 200);
    return [given.get("content-encoding"), given.get("vary")];
  };
  const NOT = [null, "Accept-Encoding, Origin"];
  const GZIP = ["gzip", "Accept-Encoding, Origin"];

  test("for a client that does not read gzip, and the answer says that another client's may be", async (t) => {
    for (const header of ["br", "gzip;q=0", "identity"]) {
      assert.deepEqual(await encoding(t, of(freshHub()), { "accept-encoding": header }), NOT);
    }
  });

  test("with a grant for private updates, unless the hub compresses all", async (t) => {
    const token = await granted(["a"]);
    assert.deepEqual(await encoding(t, of(freshHub()), token), NOT);
    assert.deepEqual(await encoding(t, of(server.hub("all")), token), GZIP);
    assert.deepEqual(await encoding(t, of(freshHub()), await granted([])), GZIP);
  });

  test("of a hub that has it switched off", async (t) => {
    assert.deepEqual(await encoding(t, of(server.hub("dark"))), [null, "Origin"]);
  });

  test("for HEAD, which tells how the stream would be", async () => {
    const answer = await fetch(of(freshHub()), { method: "HEAD" });
    assert.equal(answer.headers.get("vary"), "Accept-Encoding, Origin");
  });
});
