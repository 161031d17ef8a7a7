// Closing topics by publication: what the publisher is answered, and what a closed topic refuses.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Subscriber, post, publish } from "./clients.mjs";
import { Server } from "./server.mjs";
import { KEYS, bearer, detail, token0, token1 } from "./tokens.mjs";

const JSON_TYPE = "application/json";
const NDJSON = "application/x-ndjson";
const EVENT_STREAM = "text/event-stream";

/** A hub that asks for a token; everybody may publish to all others. */
const HUBS = { keys: { ANONYMOUS_PUBLISH: "false" } };

/** Sends a body of this type; returns the status and the body of the answer. */
async function send(url, type, body, headers = {}) {
  const response = await fetch(url, { method: "POST", body, headers: { ...headers, "content-type": type } });
  return { status: response.status, text: await response.text() };
}

const sendJson = (hub, fields, headers) => send(hub, JSON_TYPE, JSON.stringify(fields), headers);

/** The ways to publish one update or to close, each by one body. */
const WAYS = {
  "a form": async (hub, { close, ...fields }) => {
    const response = await post(hub, { ...fields, ...(close === undefined ? {} : { close: close === true ? "" : close }) });
    return { status: response.status, text: await response.text() };
  },
  "a JSON object": (hub, fields) => sendJson(hub, fields),
  "a line of NDJSON": async (hub, fields) => {
    const { text } = await send(hub, NDJSON, JSON.stringify(fields));
    const { id, error } = JSON.parse(text);
    return error === undefined ? { status: 200, text: id } : { status: error.status, text: JSON.stringify(error) };
  },
};

let server;
let count = 0;
before(async () => {
  const vars = { ...KEYS, ANONYMOUS_PUBLISH: "true", HUBS: JSON.stringify(HUBS) };
  server = await Server.start({ kind: "workerd", vars });
});
after(() => server?.stop());
const freshHub = () => server.hub(`closing-${(count += 1)}`);

/** The data of everything that `hub` holds of `topic`, which is in no other update. */
async function held(t, hub, topic) {
  await publish(hub, { topic: "last", data: "last" });
  const reader = await Subscriber.open(hub, [topic, "last"], { lastEventId: "earliest" });
  t.after(() => reader.close());
  await reader.receives("last");
  return reader.data.filter((data) => data !== "last");
}

/** Says that `answer` refuses an update of the closed `topic`. */
function assertClosed({ status, text }, topic) {
  const problem = JSON.parse(text);
  assert.deepEqual([status, problem.title, problem.field], [409, "Conflict", "topic"], text);
  assert.ok(problem.detail.includes(`${topic} is closed`), problem.detail);
}

for (const [way, send] of Object.entries(WAYS)) {
  describe(`by ${way}`, () => {
    test("a last update closes its topics, and is answered with its id", async (t) => {
      const hub = freshHub();
      const { status, text } = await send(hub, { topic: ["a", "b"], data: "last words", close: true });
      assert.deepEqual([status, text.slice(0, 9)], [200, "urn:uuid:"]);
      for (const topic of ["a", "b"]) assertClosed(await send(hub, { topic, data: "too late" }), topic);
      assertClosed(await send(hub, { topic: ["c", "b"], data: "too late" }), "b");
      assert.deepEqual(await held(t, hub, "a"), ["last words"]);
      assert.deepEqual(await held(t, hub, "c"), [], "an update is refused as a whole");
    });

    test("a topic is closed without an update, and again under the same id", async (t) => {
      const hub = freshHub();
      await publish(hub, { topic: "a", data: "1" });
      const first = await send(hub, { topic: ["b", "a"], close: "done" });
      assert.deepEqual([first.status, first.text[0]], [200, "#"]);
      assert.deepEqual(await send(hub, { topic: "a", close: "broken" }), first);
      const other = await send(hub, { topic: "b", close: true });
      assert.equal(other.status, 200);
      assert.notEqual(other.text, first.text);
      assertClosed(await send(hub, { topic: "a", data: "2", close: true }), "a");
      assert.deepEqual(await held(t, hub, "a"), ["1"]);
    });

    test("what is no reason is refused, and closes nothing", async () => {
      const hub = freshHub();
      const { status, text } = await send(hub, { topic: "a", data: "x", close: "finished" });
      assert.deepEqual([status, JSON.parse(text).field], [400, "close"]);
      assert.equal((await send(hub, { topic: "a", data: "x" })).status, 200);
    });
  });
}

test("a body whose query names a closed topic is refused at once, and a line with one alone", async (t) => {
  const hub = freshHub();
  await publish(hub, { topic: "a", data: "1", close: "" });
  for (const query of ["topic=a", "topic=b&topic=a", "topic=a&close"]) {
    assertClosed(await send(`${hub}?${query}`, EVENT_STREAM, "data: 2\n\n"), "a");
  }
  for (const query of ["topic=a", "topic=a&close"]) {
    assertClosed(await send(`${hub}?${query}`, NDJSON, '{"topic":"b"}'), "a");
  }
  const { status, text } = await send(hub, NDJSON, '{"topic":"b","data":"3"}\n{"topic":"a"}\n');
  const [open, closed] = text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  assert.deepEqual([status, open.id.slice(0, 9), closed.error.status], [200, "urn:uuid:", 409]);
  assert.deepEqual(await held(t, hub, "a"), ["1"]);
});

test("a closing that was answered outlives kill -9, with its id", async (t) => {
  const hub = freshHub();
  await publish(hub, { topic: "a", data: "1" });
  const id = await publish(hub, { topic: "a", close: "broken" });
  await server.kill();
  await server.restart();
  assertClosed(await WAYS["a form"](hub, { topic: "a", data: "2" }), "a");
  assert.equal(await publish(hub, { topic: "a", close: "" }), id);
  assert.deepEqual(await held(t, hub, "a"), ["1"]);
});

test("under an idempotency key a closing publication has one answer", async (t) => {
  const hub = freshHub();
  const closing = (key) => sendJson(hub, { topic: "a", data: "1", close: true }, { "idempotency-key": key });
  const first = await closing("one");
  assert.equal(first.status, 200);
  assert.deepEqual(await closing("one"), first);
  assertClosed(await closing("two"), "a");
  const only = () => sendJson(hub, { topic: "b", close: true }, { "idempotency-key": "three" });
  assert.deepEqual(await only(), await only());
  assert.deepEqual(await held(t, hub, "a"), ["1"]);
});

test("twenty publications that close a topic at once are one update and nineteen refusals", async (t) => {
  const hub = freshHub();
  const twenty = Array.from({ length: 20 }, (_, at) => sendJson(hub, { topic: "a", data: String(at), close: true }));
  const answers = await Promise.all(twenty);
  const published = answers.findIndex(({ status }) => status === 200);
  answers.filter((_, at) => at !== published).forEach((answer) => assertClosed(answer, "a"));
  assert.deepEqual(await held(t, hub, "a"), [String(published)]);
});

test("who may publish to a topic may close it, in both dialects, and nobody else", async () => {
  const hub = server.hub("keys");
  const tokens = {
    "0.x": [await token0({ publish: ["a"] }), await token0({ publish: ["b"] }), 401],
    "1.0": [await token1(hub, [detail(["publish"], ["a"])]), await token1(hub, [detail(["publish"], ["b"])]), 403],
  };
  const ids = new Set();
  for (const [dialect, [granted, other, refusal]] of Object.entries(tokens)) {
    const closing = (token, topic) => sendJson(hub, { topic, close: true, private: true }, bearer(token));
    assert.equal((await closing(other, "a")).status, refusal, dialect);
    assert.equal((await closing(other, ["b", "a"])).status, refusal, dialect);
    const closed = await closing(granted, "a");
    assert.equal(closed.status, 200, dialect);
    ids.add(closed.text);
    assertClosed(await sendJson(hub, { topic: "a", data: "x" }, bearer(granted)), "a");
  }
  assert.equal(ids.size, 1);
  const refused = await sendJson(hub, { topic: "a", data: "x" });
  assert.equal(refused.status, 401, "who may not publish is not told that a topic is closed");
});
