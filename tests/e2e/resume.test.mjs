// A client that comes back gets exactly what it missed, whatever happened in between.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Curl, Subscriber, post, publish, subscribeUrl } from "./clients.mjs";
import { change } from "./database.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

const OPEN = { ANONYMOUS_PUBLISH: "true" };

const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => String(from + at));

/** Publishes `data` one after another, each under the id `id-DATA`. */
async function publishEach(hub, data) {
  for (const item of data) await publish(hub, { topic: "a", data: item, id: `id-${item}` });
}

describe("while the server runs", () => {
  let server;
  let count = 0;
  before(async () => (server = await Server.start({ vars: OPEN })));
  after(() => server?.stop());
  const freshHub = () => server.hub(`resume-${(count += 1)}`);

  const WAYS = {
    "the header Last-Event-ID": (id) => ({ lastEventId: id }),
    "the query's lastEventID": (id) => ({ query: { lastEventID: id } }),
    "the query's last_event_id": (id) => ({ query: { last_event_id: id } }),
    "the header, which wins over the query": (id) => ({ lastEventId: id, query: { lastEventID: "id-1" } }),
  };
  for (const [way, options] of Object.entries(WAYS)) {
    test(`a client that dropped gets what it missed exactly once, by ${way}`, async (t) => {
      const hub = freshHub();
      const first = await Subscriber.open(hub, ["a"]);
      t.after(() => first.close());
      await publishEach(hub, numbers(1, 3));
      await first.receives("3");
      first.close();
      await publishEach(hub, numbers(4, 6));
      await publish(hub, { topic: "other", data: "not asked for" });
      const second = await Subscriber.open(hub, ["a"], options(first.ids.at(-1)));
      t.after(() => second.close());
      await publishEach(hub, numbers(7, 8));
      await second.receives("8");
      assert.deepEqual(first.data, numbers(1, 3));
      assert.deepEqual(second.data, numbers(4, 8));
      assert.deepEqual(
        second.ids,
        numbers(4, 8).map((number) => `id-${number}`),
      );
    });
  }

  test("the answer names the id before the first event sent", async () => {
    const hub = freshHub();
    await publishEach(hub, numbers(1, 3));
    const head = (headers) => fetch(subscribeUrl(hub, ["a"]), { method: "HEAD", headers });
    assert.equal((await head({ "last-event-id": "id-2" })).headers.get("last-event-id"), "id-2");
    assert.equal((await head({ "last-event-id": "earliest" })).headers.get("last-event-id"), "earliest");
    assert.equal((await head({})).headers.get("last-event-id"), null);
  });

  test("earliest is everything that is held", async (t) => {
    const hub = freshHub();
    await publishEach(hub, numbers(1, 5));
    for (const options of [{ lastEventId: "earliest" }, { query: { lastEventID: "earliest" } }]) {
      const subscriber = await Subscriber.open(hub, ["a"], options);
      t.after(() => subscriber.close());
      await subscriber.receives("5");
      assert.deepEqual(subscriber.data, numbers(1, 5));
    }
  });

  test("an id that was never given begins with a gap, and goes on with what comes", async (t) => {
    const hub = freshHub();
    await publishEach(hub, numbers(1, 3));
    const subscriber = await Subscriber.open(hub, ["a"], { lastEventId: "never" });
    t.after(() => subscriber.close());
    await publishEach(hub, numbers(4, 5));
    await subscriber.receives("5");
    const [gap, ...others] = subscriber.events;
    assertGap(gap, "never", others);
    assert.deepEqual(
      others.map(({ data }) => data),
      numbers(4, 5),
    );
  });

  test("the id of a gap is a place to come back to, behind which there is no second gap", async (t) => {
    const hub = freshHub();
    await publishEach(hub, ["1"]);
    const stream = new Curl(subscribeUrl(hub, ["a"]), "-i", "-H", "Last-Event-ID: never");
    t.after(() => stream.close());
    await stream.receives("event: gap\n");
    await publishEach(hub, ["2"]);
    await stream.receives("data: 2\n\n");
    const [head, gap, update] = stream.text.split(/\r\n\r\n:\n|\n\n/);
    const [, place] = /^event: gap\nid: (#[-\w]{32})\ndata: \{[^\n]*\}$/.exec(gap);
    assert.equal(/^last-event-id: (.*)$/im.exec(head)[1], place);
    assert.equal(update, "id: id-2\ndata: 2");
    await publishEach(hub, ["3"]);
    const back = await Subscriber.open(hub, ["a"], { lastEventId: place });
    t.after(() => back.close());
    await back.receives("3");
    assert.deepEqual(back.data, ["2", "3"]);
  });

  test("every spelling of the last event ID in the query resumes, and what a polyfill adds wins", async (t) => {
    const hub = freshHub();
    await publishEach(hub, numbers(1, 3));
    const queries = [
      ...["lastEventID", "last_event_id", "lastEventId", "evs_last_event_id"].map((name) => ({ [name]: "id-1" })),
      { lastEventID: "earliest", lastEventId: "id-1" },
    ];
    for (const query of queries) {
      const stream = new Curl(subscribeUrl(hub, ["a"], query));
      t.after(() => stream.close());
      await stream.receives("data: 3\n\n");
      assert.deepEqual(stream.text.match(/^data: .*$/gm), ["data: 2", "data: 3"], JSON.stringify(query));
    }
  });
});

test("ids beyond ASCII, as they were taken once, are found as UTF-8, as Latin-1 and in the query", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: OPEN });
  t.after(() => server.stop());
  await publishEach(server.hub(), numbers(1, 4));
  await server.kill();
  const now = { "id-1": "café-1", "id-2": "été-日本-🌊" };
  const update = ([then, id]) =>
    `UPDATE updates SET id = '${id}', event = CAST(replace(CAST(event AS TEXT), '${then}', '${id}') AS BLOB) WHERE id = '${then}';`;
  change(server.folder, Object.entries(now).map(update).join(""));
  await server.restart();
  const header = (id, encoding) => ["-H", `@${headerFile(t, `Last-Event-ID: ${id}`, encoding)}`];
  for (const [query, options, expected] of [
    [{}, header("café-1", "utf8"), ["2", "3", "4"]],
    [{}, header("café-1", "latin1"), ["2", "3", "4"]],
    [{}, header("été-日本-🌊", "utf8"), ["3", "4"]],
    [{ lastEventID: "été-日本-🌊" }, [], ["3", "4"]],
    [{ lastEventId: "café-1" }, [], ["2", "3", "4"]],
  ]) {
    const stream = new Curl(subscribeUrl(server.hub(), ["a"], query), ...options);
    t.after(() => stream.close());
    await stream.receives("data: 4\n\n");
    assert.deepEqual(stream.text.match(/^data: .*$/gm), expected.map((data) => `data: ${data}`), String(options));
  }
});

/** A file with this header for curl, in these bytes. */
function headerFile(t, header, encoding) {
  const folder = mkdtempSync(join(tmpdir(), "millstream-header-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "header"), Buffer.from(header, encoding));
  return join(folder, "header");
}

describe("over a history longer than what is kept in memory", () => {
  let server;
  before(async () => (server = await Server.start({ kind: "workerd", vars: OPEN })));
  after(() => server?.stop());

  test("it is replayed whole and in order while updates go on", async (t) => {
    const hub = server.hub("long");
    const live = await Subscriber.open(hub, ["a"]);
    t.after(() => live.close());
    const filler = "x".repeat(3_000);
    const published = await publishAll(
      hub,
      numbers(1, 4_200).map((number) => `${number} ${filler}`),
    );
    const replay = await Subscriber.open(hub, ["a"], { lastEventId: "earliest" });
    t.after(() => replay.close());
    published.push(...(await publishAll(hub, numbers(4_201, 4_400))));
    published.push(await publish(hub, { topic: "a", data: "end" }));
    await Promise.all([live.receives("end"), replay.receives("end")]);
    assert.deepEqual([...live.ids].sort(), published.sort());
    assert.deepEqual(replay.ids, live.ids);
    const rest = await Subscriber.open(hub, ["a"], { lastEventId: live.ids[1_000] });
    t.after(() => rest.close());
    await rest.receives("end");
    assert.deepEqual(rest.ids, live.ids.slice(1_001));
  });
});

describe("when history is short", () => {
  let server;
  before(async () => (server = await Server.start({ kind: "workerd", vars: { ...OPEN, HISTORY_UPDATES: "20" } })));
  after(() => server?.stop());

  test("an id that is no longer held begins with a gap, and goes on with what comes", async (t) => {
    const hub = server.hub("short");
    await publishEach(hub, numbers(1, 60));
    const subscriber = await Subscriber.open(hub, ["a"], { lastEventId: "id-3" });
    t.after(() => subscriber.close());
    await publishEach(hub, numbers(61, 62));
    await subscriber.receives("62");
    const [gap, ...others] = subscriber.events;
    assertGap(gap, "id-3", others);
    assert.deepEqual(
      others.map(({ data }) => data),
      numbers(61, 62),
    );
  });

  test("the newest are held, as many as it says", async (t) => {
    const hub = server.hub("kept");
    await publishEach(hub, numbers(1, 60));
    const subscriber = await Subscriber.open(hub, ["a"], { lastEventId: "id-41" });
    t.after(() => subscriber.close());
    await publishEach(hub, ["61"]);
    await subscriber.receives("61");
    assert.deepEqual(subscriber.data, numbers(42, 61));
  });
});

for (const kind of ["wrangler", "workerd"]) {
  describe(`across kill -9, on ${kind}`, () => {
    let server;
    before(async () => (server = await Server.start({ kind, vars: OPEN })));
    after(() => server?.stop());

    test("a client that reconnects by itself gets every update exactly once", async (t) => {
      const hub = server.hub("restart");
      const subscriber = await Subscriber.open(hub, ["a"]);
      t.after(() => subscriber.close());
      await publish(hub, { topic: "a", data: "1", id: "id-1", retry: "100" });
      await publishEach(hub, numbers(2, 4));
      await subscriber.receives("4");
      await server.kill();
      await server.restart();
      await publishEach(hub, numbers(5, 7));
      await subscriber.receives("7");
      await publishEach(hub, ["8"]);
      await subscriber.receives("8");
      assert.equal(subscriber.opened, 2);
      assert.deepEqual(subscriber.data, numbers(1, 8));
    });

    test("everything that was answered 200 is there, and nothing twice", async (t) => {
      const hub = server.hub("burst");
      const answered = [];
      const burst = Promise.allSettled(
        Array.from({ length: 20 }, async (_, worker) => {
          for (let item = 0; item < 500; item += 1) {
            const id = `${worker}-${item}`;
            const response = await post(hub, { topic: "a", data: id, id });
            assert.equal(await response.text(), id);
            assert.equal(response.status, 200);
            answered.push(id);
          }
        }),
      );
      await until(() => answered.length >= 200, "200 answers");
      await server.kill();
      const outcomes = await burst;
      assert.ok(
        outcomes.some(({ status }) => status === "rejected"),
        "the server was killed amid the burst",
      );
      await server.restart();
      await publish(hub, { topic: "a", data: "end" });
      const subscriber = await Subscriber.open(hub, ["a"], { lastEventId: "earliest" });
      t.after(() => subscriber.close());
      await subscriber.receives("end");
      assert.equal(new Set(subscriber.data).size, subscriber.data.length, "nothing came twice");
      const missing = answered.filter((id) => !subscriber.data.includes(id));
      assert.deepEqual(missing, []);
    });

    test("a long history is read from storage page by page", async (t) => {
      const hub = server.hub("storage");
      const published = await publishAll(
        hub,
        numbers(1, 600).map((number) => `${number} ${"x".repeat(2_000)}`),
      );
      await server.kill();
      await server.restart();
      published.push(await publish(hub, { topic: "a", data: "end" }));
      const subscriber = await Subscriber.open(hub, ["a"], { lastEventId: "earliest" });
      t.after(() => subscriber.close());
      await subscriber.receives("end");
      assert.equal(subscriber.ids.length, 601);
      assert.deepEqual([...subscriber.ids].sort(), published.sort());
    });
  });
}

/** The gap names the id that was asked for and, if it was known by then, the first update sent after it. */
function assertGap(gap, requested, others) {
  assert.equal(gap.type, "gap");
  const told = JSON.parse(gap.data);
  assert.equal(told.requested, requested);
  assert.ok([null, others[0].id].includes(told.first), gap.data);
}

/** Publishes all of `data`, several at a time, and gives their ids. */
async function publishAll(hub, data) {
  const ids = [];
  const rest = data.values();
  const worker = async () => {
    for (const item of rest) ids.push(await publish(hub, { topic: "a", data: item }));
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return ids;
}
