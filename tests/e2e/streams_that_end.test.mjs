// Streams whose topics are closed, from the storage and live: what their readers get.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Subscriber, post, publish } from "./clients.mjs";
import { replace, rows } from "./database.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS_0, bearer, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const VERSION_10 = fileURLToPath(new URL("version_10.sql", import.meta.url));
/** Bytes of storage that a closed topic without updates may take. */
const MAX_CLOSING_BYTES = 200;
const SHORT = { HISTORY_UPDATES: "1", CLOSED_AGE: "1s" };

let server;
let count = 0;
before(async () => {
  const vars = { ...KEYS_0, ANONYMOUS_PUBLISH: "true", HUBS: JSON.stringify({ short: SHORT }) };
  server = await Server.start({ kind: "workerd", vars });
});
after(() => server?.stop());
const freshHub = () => server.hub(`ends-${(count += 1)}`);

const close = (hub, topic, fields = {}) => publish(hub, { topic, close: "", ...fields });
const told = (topic, reason = "done") => JSON.stringify({ topic, reason });

/** The lines of a stream's events, but for places and comments. */
function blocks(stream) {
  const all = stream.text.replace(/^:.*\n/gm, "").split("\n\n").slice(0, -1);
  return all.filter((block) => !block.startsWith("event: place"));
}

const DIALECTS = { "0.x": "topic", "1.0": "match" };
for (const [dialect, name] of Object.entries(DIALECTS)) {
  describe(`a stream of ${dialect}`, () => {
    test("is given what is left and the end, then ends; behind the end there is nothing", async (t) => {
      const hub = freshHub();
      const live = await Stream.open(t, withQuery(hub, { [name]: ["a", "b"] }));
      await publish(hub, { topic: "a", id: "1", data: "1" });
      const end = await close(hub, "a");
      await publish(hub, { topic: "b", id: "2", data: "2" });
      const last = await close(hub, "b");
      await live.ends();
      const expected = [
        "id: 1\ndata: 1",
        `event: end\nid: ${end}\ndata: ${told("a")}`,
        "id: 2\ndata: 2",
        `event: end\nid: ${last}\ndata: ${told("b")}`,
      ];
      assert.deepEqual(blocks(live), expected);
      for (const [lastEventID, left] of [["earliest", 4], ["1", 3], [end, 2], ["2", 1]]) {
        const replay = await Stream.open(t, withQuery(hub, { [name]: ["a", "b"], lastEventID }));
        await replay.ends();
        assert.deepEqual(blocks(replay), expected.slice(-left), `behind ${lastEventID}`);
      }
      for (const init of [{ headers: { "last-event-id": last } }, {}]) {
        const nothing = await fetch(withQuery(hub, { [name]: ["a", "b"] }), init);
        assert.deepEqual([nothing.status, await nothing.text()], [204, ""]);
      }
    });

    test("tells the state of its topic in the header of HEAD", async () => {
      const hub = freshHub();
      const head = async (topic) => {
        const response = await fetch(withQuery(hub, { [name]: topic }), { method: "HEAD" });
        return [response.status, response.headers.get("topic-status")];
      };
      assert.deepEqual(await head("a"), [200, "absent;count=0"]);
      await publish(hub, { topic: "a", id: "1 \"%" });
      await publish(hub, { topic: ["x", "a"], id: "2" });
      await publish(hub, { topic: "a", id: "3", private: "on" });
      const held = 'count=2;first="1 %22%25";last="2"';
      assert.deepEqual(await head("a"), [200, `open;${held}`]);
      await close(hub, "a", { close: "broken" });
      assert.deepEqual(await head("a"), [204, `closed;reason=broken;${held}`]);
      assert.deepEqual(await head(["a", "x"]), [200, null]);
    });
  });
}

test("a QUERY ends as a GET does", async () => {
  const hub = freshHub();
  await close(hub, "a", { data: "1" });
  const query = (fields) => fetch(hub, { method: "QUERY", body: new URLSearchParams(fields) });
  const all = await (await query({ match: "a", lastEventID: "earliest" })).text();
  assert.match(all, /^data: 1\n\nevent: end\n/m);
  assert.equal((await query({ match: "a" })).status, 204);
});

test("an EventSource is told of the end, comes back behind it, and stops", async (t) => {
  const hub = freshHub();
  const reader = await Subscriber.open(hub, ["a"], { types: ["end"], query: { lastEventID: "earliest" } });
  t.after(() => reader.close());
  await publish(hub, { topic: "a", data: "1", retry: "500" });
  await reader.receives("1");
  await close(hub, "a");
  await until(() => reader.isClosed, "the EventSource to stop");
  assert.deepEqual(reader.data, ["1", told("a")]);
  assert.equal(reader.opened, 1);
});

test("hub_events=false leaves the end out, and 204 stays", async (t) => {
  const hub = freshHub();
  const query = { topic: "a", hub_events: "false" };
  const live = await Stream.open(t, withQuery(hub, query));
  await close(hub, "a", { data: "1", id: "1" });
  for (let at = 0; at < 40; at += 1) await publish(hub, { topic: "other" });
  await live.ends();
  assert.deepEqual(blocks(live), ["id: 1\ndata: 1"]);
  const replay = await Stream.open(t, withQuery(hub, { ...query, lastEventID: "earliest" }));
  await replay.ends();
  assert.deepEqual(blocks(replay), ["id: 1\ndata: 1"]);
  assert.equal((await fetch(withQuery(hub, { ...query, lastEventID: "1" }))).status, 204);
});

test("a private closing is told to those alone who are granted its topic", async (t) => {
  const hub = freshHub();
  const granted = { headers: bearer(await token0({ subscribe: ["a"] })) };
  const stranger = await Stream.open(t, withQuery(hub, { topic: "a" }));
  const reader = await Stream.open(t, withQuery(hub, { topic: "a" }), granted);
  await close(hub, "a", { data: "secret", private: "on" });
  await reader.ends();
  assert.equal(blocks(reader).length, 2);
  const state = async (init) => {
    const response = await fetch(withQuery(hub, { topic: "a" }), { method: "HEAD", ...init });
    return response.headers.get("topic-status").split(";")[0];
  };
  assert.deepEqual([await state({}), await state(granted)], ["absent", "closed"]);
  // What is published later has been sent by then.
  await publish(hub, { topic: "b", data: "2" });
  const beside = await Stream.open(t, withQuery(hub, { topic: "b", lastEventID: "earliest" }));
  await beside.receives("data: 2");
  assert.deepEqual([blocks(stranger), stranger.ended], [[], false]);
});

test("a thousand closings among updates are read from the storage in their order", async (t) => {
  const hub = freshHub();
  const topics = Array.from({ length: 1_000 }, (_, at) => `topic-${at}`);
  const lines = topics.map((topic, at) => JSON.stringify({ topic, close: true, ...(at % 7 === 0 ? { data: String(at) } : {}) }));
  const response = await fetch(hub, { method: "POST", body: lines.join("\n"), headers: { "content-type": "application/x-ndjson" } });
  assert.equal((await response.text()).split("\n").length, 1_001);
  await server.kill();
  await server.restart();
  const replay = await Stream.open(t, withQuery(hub, { topic: topics, lastEventID: "earliest" }));
  await replay.ends();
  const expected = topics.flatMap((topic, at) => [...(at % 7 === 0 ? [String(at)] : []), told(topic)]);
  assert.deepEqual(blocks(replay).map((block) => /^data: (.*)$/m.exec(block)[1]), expected);
});

test("a closed topic is forgotten, and its place in the log is not used again", async (t) => {
  const hub = server.hub("short");
  await publish(hub, { topic: "a", data: "1" });
  const end = await close(hub, "a");
  const refused = await post(hub, { topic: "a" });
  assert.equal(refused.status, 409);
  // A publication removes what is no longer kept.
  await until(async () => (await publish(hub, { topic: "b" })) && (await post(hub, { topic: "a", data: "2" })).status === 200, "the topic to be open");
  await server.kill();
  await server.restart();
  const reader = await Stream.open(t, withQuery(hub, { topic: "a" }), { headers: { "last-event-id": end } });
  await reader.receives("data: 2");
  assert.equal(await close(hub, "a") === end, false);
});

test("the tables of version 10 take closings", async (t) => {
  const own = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
  t.after(() => own.stop());
  await publish(own.hub(), { topic: "a" });
  await own.kill();
  replace(own.folder, VERSION_10);
  await own.restart();
  const behind = await Stream.open(t, withQuery(own.hub(), { topic: "a", lastEventID: "old-1" }));
  const end = await close(own.hub(), "a");
  await behind.ends();
  assert.deepEqual(blocks(behind), ["id: old-3\ndata: old-3", `event: end\nid: ${end}\ndata: ${told("a")}`]);
  await own.kill();
  await own.restart();
  assert.equal((await post(own.hub(), { topic: "a" })).status, 409);
  const [{ version }] = rows(own.folder, "SELECT max(version) AS version FROM schema");
  assert.equal(version, 12);
});

test("a closed topic without updates takes few bytes of the storage", async (t) => {
  const own = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
  t.after(() => own.stop());
  const bytes = () => rows(own.folder, "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size")[0].bytes;
  await publish(own.hub(), { topic: "other" });
  const empty = bytes();
  const topics = Array.from({ length: 2_000 }, (_, at) => `https://example.com/chats/00000000-0000-4000-8000-${String(at).padStart(12, "0")}`);
  const lines = topics.map((topic) => JSON.stringify({ topic, close: true })).join("\n");
  const response = await fetch(own.hub(), { method: "POST", body: lines, headers: { "content-type": "application/x-ndjson" } });
  await response.text();
  const each = (bytes() - empty) / topics.length;
  assert.ok(each > 0 && each <= MAX_CLOSING_BYTES, `${each} bytes`);
});
