// What the page reads a stream with: HTML § 9.2.6, and `topic`.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { EventStreamReader } from "../../www/event_stream.js";

const STREAMS = fileURLToPath(new URL("../data", import.meta.url));

/** The events of a stream that comes in these chunks, as `[type, data, id, topics]`, and the reader behind them. */
function readAll(chunks, lastEventId) {
  const reader = new EventStreamReader(lastEventId);
  const events = chunks.flatMap((chunk) => reader.read(chunk));
  return { reader, events: events.map(({ type, data, lastEventId, topics }) => [type, data, lastEventId, topics]) };
}

const bytes = (text) => new TextEncoder().encode(text);

const CASES = {
  "a line of data": ["data: a\n\n", [["message", "a", "", []]]],
  "lines of data": ["data:a\ndata\ndata:  b\n\n", [["message", "a\n\n b", "", []]]],
  "a byte order mark, of which only the first is passed over": [
    "\ufeffdata: a\n\n\ufeffdata: b\n\n",
    [["message", "a", "", []]],
  ],
  "every kind of line end": [
    "data: a\r\n\r\ndata: b\r\rdata: c\n\ndata: d\r\n\ndata: e\n\r",
    ["a", "b", "c", "d", "e"].map((data) => ["message", data, "", []]),
  ],
  "no line end of other kinds": ["data: a\u2028b\u0085c\vd\n\n", [["message", "a\u2028b\u0085c\vd", "", []]]],
  "a type, which the next event does not have": [
    "event: x\ndata: 1\n\ndata: 2\n\n",
    [
      ["x", "1", "", []],
      ["message", "2", "", []],
    ],
  ],
  "an id that stays, one with NUL that is none, and an empty one": [
    "id: 1\ndata: a\n\nid: b\0\ndata: b\n\nid\ndata: c\n\n",
    [
      ["message", "a", "1", []],
      ["message", "b", "1", []],
      ["message", "c", "", []],
    ],
  ],
  "no event without data": ["event: place\nid: #1\n\n", []],
  "an event with empty data": ["data:\n\n", [["message", "", "", []]]],
  "no event that is cut": ["data: a\n", []],
  "fields of other names, also with spaces": ["data : a\n Data: b\nDATA: c\ndata: d\n\n", [["message", "d", "", []]]],
  "topics, each event its own": [
    "topic: a\ntopic: b: c\ndata: 1\n\ntopic:  d\ndata: 2\n\ntopic: lost\n\ndata: 3\n\n",
    [
      ["message", "1", "", ["a", "b: c"]],
      ["message", "2", "", [" d"]],
      ["message", "3", "", []],
    ],
  ],
};

for (const [name, [text, events]] of Object.entries(CASES)) {
  test(`it reads ${name}`, () => {
    assert.deepEqual(readAll([bytes(text)]).events, events);
    assert.deepEqual(readAll(Array.from(bytes(text), (byte) => Uint8Array.of(byte))).events, events);
  });
}

test("it reads every stream of the tests in the same way, wherever it is cut", () => {
  const names = readdirSync(STREAMS).filter((name) => name.endsWith(".stream"));
  assert.ok(names.length > 30);
  for (const name of names) {
    const stream = readFileSync(`${STREAMS}/${name}`);
    const { events, reader } = readAll([stream]);
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const other = readAll([stream.subarray(0, cut), stream.subarray(cut)]);
      assert.deepEqual(other.events, events, `${name} cut at ${cut}`);
      assert.equal(other.reader.lastEventId, reader.lastEventId);
      assert.equal(other.reader.reconnectionTime, reader.reconnectionTime);
    }
  }
});

test("the last event ID is that of the last whole block, with data or without", () => {
  const idOf = (text, before) => readAll([bytes(text)], before).reader.lastEventId;
  assert.equal(idOf("id: 1\n\n"), "1");
  assert.equal(idOf("id: 1\ndata: a\n\nid: 2\ndata: b\n"), "1");
  assert.equal(idOf(": nothing yet\n", "of before"), "of before");
  assert.deepEqual(readAll([bytes("data: a\n\n")], "of before").events, [["message", "a", "of before", []]]);
});

test("the reconnection time is digits alone", () => {
  const timeOf = (text) => readAll([bytes(text)]).reader.reconnectionTime;
  assert.equal(timeOf("retry: 1500\n"), 1_500);
  for (const wrong of ["-1", "1.5", "", "1s", "٣", "0x10"]) assert.equal(timeOf(`retry: ${wrong}\n`), null, wrong);
});

test("a stream has begun with the hub's empty comment or an event, and not with a reason", () => {
  const read = (text) => readAll([bytes(text)]).reader;
  assert.equal(read(":\n").hasBegun, true);
  assert.equal(read("data: a\n\n").hasBegun, true);
  const refused = read(": the hub is full: wait\nretry: 2000\n");
  assert.equal(refused.hasBegun, false);
  assert.equal(refused.comment, "the hub is full: wait");
});
