// Reads of what is held: `live=false`, as an event stream or as JSON, whole or in pages.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { EventSource } from "eventsource";
import { publish } from "./clients.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS, bearer, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

let server;
let count = 0;
before(async () => {
  // A heartbeat finds out who is gone, and would close who stalls.
  const hubs = { few: { HISTORY_UPDATES: "2" } };
  const vars = { ANONYMOUS_PUBLISH: "true", HEARTBEAT: "0", HUBS: JSON.stringify(hubs), ...KEYS };
  server = await Server.start({ kind: "workerd", vars });
});
after(() => server?.stop());
const freshHub = () => server.hub(`finite-${(count += 1)}`);

const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => String(from + at));

/** Publishes updates of these ids, whose data are the ids unless `data` makes others. */
async function publishAll(hub, ids, data = (id) => id) {
  const body = ids.map((id) => JSON.stringify({ topic: "a", id, data: data(id) })).join("\n");
  const headers = { "content-type": "application/x-ndjson" };
  const response = await fetch(hub, { method: "POST", body, headers });
  const answers = (await response.text()).split("\n").slice(0, -1).map((line) => JSON.parse(line));
  assert.deepEqual(answers.map(({ id }) => id), ids);
}

/** A finite read in each dialect, and by QUERY. */
const WAYS = {
  "0.x": (hub, pairs, headers) => [withQuery(hub, { topic: "a", live: "false", ...pairs }), { headers }],
  "1.0": (hub, pairs, headers) => [withQuery(hub, { match: "a", live: "false", ...pairs }), { headers }],
  QUERY: (hub, pairs, headers) => {
    const body = new URLSearchParams({ match: "a", live: "false", ...pairs });
    return [hub, { method: "QUERY", headers: { "content-type": FORM, ...headers }, body: String(body) }];
  },
};

/** The text of a finite read, which ends by itself. */
async function stream(way, hub, pairs = {}, headers = {}) {
  const response = await fetch(...WAYS[way](hub, pairs, headers));
  assert.deepEqual([response.status, response.headers.get("content-type")], [200, "text/event-stream"]);
  return response.text();
}

/** The document of a finite read. */
async function read(way, hub, pairs = {}, headers = {}) {
  const response = await fetch(...WAYS[way](hub, pairs, { accept: JSON_TYPE, ...headers }));
  assert.deepEqual([response.status, response.headers.get("content-type")], [200, JSON_TYPE]);
  return response.json();
}

const idsOf = ({ updates }) => updates.map(({ id }) => id);
const block = (id) => `id: ${id}\ndata: ${id}\n\n`;

describe("a finite read", { concurrency: true }, () => {
  for (const way of Object.keys(WAYS)) {
    test(`of ${way} is given what is held and then ends, with the place to go on from`, async (t) => {
      const hub = freshHub();
      await publishAll(hub, ["1", "2"]);
      await publish(hub, { topic: "b", data: "not asked for" });
      const text = await stream(way, hub);
      const place = /^:\nid: 1\ndata: 1\n\nid: 2\ndata: 2\n\nevent: place\nid: (#\S{32})\ndata:\{\}\n\n$/.exec(text)?.[1];
      assert.ok(place, text);
      assert.equal((await stream(way, hub, { last_event_id: "1", hub_events: "false" })), `:\n${block(2)}`);
      const live = await Stream.open(t, withQuery(hub, { topic: "a", lastEventID: place }));
      await publishAll(hub, ["3"]);
      await live.receivesId("3");
      assert.deepEqual(live.ids, ["3"]);
    });

    test(`of ${way} is one JSON document where the client asks for JSON`, async () => {
      const hub = freshHub();
      await publish(hub, { topic: ["a", "b"], id: "1", data: "one\ntwo \u{1}\"é\u{2028}", type: "t", retry: "9000" });
      await publish(hub, { topic: "a", id: "2" });
      const { updates, lastEventID, ...more } = await read(way, hub);
      assert.deepEqual(updates, [
        { id: "1", type: "t", topics: ["a"], data: "one\ntwo \u{1}\"é\u{2028}", retry: 9000 },
        { id: "2", topics: ["a"], data: "" },
      ]);
      assert.match(lastEventID, /^#\S{32}$/);
      assert.deepEqual(more, {});
      assert.deepEqual(idsOf(await read(way, hub, { last_event_id: lastEventID })), []);
      await publishAll(hub, ["3"]);
      assert.deepEqual(idsOf(await read(way, hub, { last_event_id: lastEventID })), ["3"]);
      assert.deepEqual(idsOf(await read(way, hub, {}, { "last-event-id": "1" })), ["2", "3"]);
    });

    test(`of ${way} pages through exactly what is held, whatever the limit`, async () => {
      const hub = freshHub();
      const ids = numbers(1, 50);
      await publishAll(hub, ids);
      for (const limit of ["1", "7", "25", "50", "1000"]) {
        const pages = [];
        let cursor = {};
        do {
          const page = await read(way, hub, { limit, ...cursor });
          pages.push(idsOf(page));
          cursor = { last_event_id: page.lastEventID };
        } while (pages.at(-1).length > 0);
        assert.deepEqual(pages.flat(), ids);
        assert.ok(pages.every((page) => page.length <= Number(limit)));
      }
      assert.deepEqual(idsOf(await read(way, hub, { limit: "3", last_event_id: "20" })), ["21", "22", "23"]);
      const text = await stream(way, hub, { limit: "2", hub_events: "false" });
      assert.equal(text, `:\n${block(1)}${block(2)}`);
    });
  }

  test("of a hub that never had an update is an empty page, from which everything follows", async (t) => {
    const hub = freshHub();
    assert.deepEqual(await read("0.x", hub), { updates: [], lastEventID: "earliest" });
    assert.equal(await stream("0.x", hub), ":\nevent: place\nid: earliest\ndata:{}\n\n");
    const live = await Stream.open(t, withQuery(hub, { topic: "a", lastEventID: "earliest" }));
    await publishAll(hub, ["1"]);
    await live.receivesId("1");
  });

  test("shows a private update, and each of its topics, to those alone who have the grant", async () => {
    const hub = freshHub();
    await publish(hub, { topic: ["a", "b", "c"], id: "1", data: "secret", private: "on" });
    await publish(hub, { topic: ["a", "c"], id: "2", data: "2" });
    const as = async (grants) => {
      const headers = grants && bearer(await token0({ subscribe: grants }));
      const { updates } = await read("0.x", withQuery(hub, { topic: "b" }), {}, headers);
      return updates.map(({ id, topics }) => [id, topics]);
    };
    assert.deepEqual(await as(undefined), [["2", ["a"]]]);
    assert.deepEqual(await as(["x"]), [["2", ["a"]]]);
    assert.deepEqual(await as(["b"]), [["1", ["b"]], ["2", ["a"]]]);
    assert.deepEqual(await as(["*"]), [["1", ["a", "b"]], ["2", ["a"]]]);
  });

  test("is told of a gap", async () => {
    const hub = server.hub("few");
    await publishAll(hub, ["1"]);
    const { lastEventID: place } = await read("0.x", hub);
    await publishAll(hub, ["2", "3", "4"]);
    const late = await read("0.x", hub, { last_event_id: place });
    assert.deepEqual(idsOf(late), ["3", "4"]);
    assert.deepEqual(late.gap, { requested: place, first: "3", missed: null });
    const unknown = await read("1.0", hub, { last_event_id: "never" });
    assert.deepEqual(unknown.gap, { requested: "never", first: null, missed: null });
    assert.deepEqual([idsOf(unknown), (await read("0.x", hub, { last_event_id: unknown.lastEventID })).updates], [[], []]);
    assert.match(await stream("0.x", hub, { last_event_id: place }), /^:\nevent: gap\nid: #\S+\ndata: .*\n\nid: 3\n/);
    assert.equal((await read("0.x", hub, { last_event_id: place, hub_events: "false" })).gap, undefined);
    assert.deepEqual(idsOf(await read("0.x", hub)), ["3", "4"]);
  });

  test("is answered with the same headers for HEAD, without a body", async () => {
    const hub = freshHub();
    await publishAll(hub, ["1"]);
    const url = withQuery(hub, { topic: "a", live: "false", lastEventID: "1" });
    for (const accept of [JSON_TYPE, "text/event-stream"]) {
      const [head, got] = await Promise.all(["HEAD", "GET"].map((method) => fetch(url, { method, headers: { accept } })));
      const told = ({ status, headers }) =>
        [status, ...["content-type", "cache-control", "vary", "last-event-id"].map((name) => headers.get(name))];
      assert.deepEqual(told(head), told(got));
      // Whether or not the hub compresses.
      const vary = `${got.headers.has("content-encoding") ? "Accept-Encoding, " : ""}Accept, Origin`;
      assert.deepEqual(told(got), [200, accept, "no-cache, no-transform", vary, "1"]);
      assert.equal(await head.text(), "");
      await got.text();
    }
  });

  test("lets an EventSource read once, and stops it when there is nothing more", async (t) => {
    const hub = freshHub();
    await publishAll(hub, ["1", "2"]);
    await publish(hub, { topic: "a", id: "3", data: "3", retry: "500" });
    for (const query of [{}, { hub_events: "false" }]) {
      const seen = [];
      const source = new EventSource(withQuery(hub, { topic: "a", live: "false", ...query }));
      t.after(() => source.close());
      source.onmessage = ({ lastEventId }) => seen.push(lastEventId);
      await until(() => source.readyState === EventSource.CLOSED, "the EventSource to stop");
      assert.deepEqual(seen, ["1", "2", "3"]);
    }
    const behind = { headers: { "last-event-id": "3" } };
    for (const method of ["GET", "HEAD"]) {
      const response = await fetch(withQuery(hub, { topic: "a", live: "false" }), { method, ...behind });
      assert.equal(response.status, 204, method);
    }
    // Who reads JSON has a document to read.
    assert.deepEqual(idsOf(await read("0.x", hub, {}, behind.headers)), []);
  });

  const WRONG = {
    live: ["", "no", "0", "FALSE"],
    limit: ["", "0", "-1", "1.5", "x", "18446744073709551616"],
  };
  for (const [field, values] of Object.entries(WRONG)) {
    test(`whose ${field} is wrong is refused, which names it and what would be right`, async () => {
      for (const value of values) {
        for (const request of Object.values(WAYS)) {
          for (const accept of [JSON_TYPE, "text/event-stream"]) {
            const response = await fetch(...request(freshHub(), { [field]: value }, { accept }));
            const problem = await response.json();
            const right = field === "live" ? "one of true and false" : "a whole number from 1 on";
            const detail = `Invalid "${field}" parameter: ${JSON.stringify(value)} is not ${right}`;
            assert.deepEqual([response.status, problem.field, problem.detail], [400, field, detail]);
          }
        }
      }
    });
  }

  test("alone has a limit, and a document", async () => {
    for (const request of Object.values(WAYS)) {
      for (const live of ["true", undefined]) {
        const [url, init] = request(freshHub(), live && { live });
        if (live === undefined) url.searchParams?.delete("live");
        if (live === undefined && init.body) init.body = "match=a";
        const limited = init.body ? [url, { ...init, body: `${init.body}&limit=1` }] : [withQuery(url, { limit: "1" }), init];
        const refused = await fetch(...limited);
        const { field, detail } = await refused.json();
        assert.deepEqual([refused.status, field], [400, "limit"]);
        assert.match(detail, /it goes with live=false alone/);
        const response = await fetch(url, { ...init, headers: { ...init.headers, accept: JSON_TYPE } });
        const problem = await response.json();
        assert.deepEqual([response.status, problem.field], [406, "Accept"]);
        assert.match(problem.detail, /live=false/);
      }
    }
  });
});

test("a finite read goes on behind its place after a power cut", async () => {
  const hub = freshHub();
  await publishAll(hub, ["1", "2", "3"]);
  const { updates, lastEventID } = await read("0.x", hub, { limit: "2" });
  assert.deepEqual(updates.map(({ id }) => id), ["1", "2"]);
  await server.kill();
  await server.restart();
  assert.deepEqual(idsOf(await read("1.0", hub, { last_event_id: lastEventID })), ["3"]);
  assert.deepEqual(idsOf(await read("QUERY", hub)), ["1", "2", "3"]);
});
