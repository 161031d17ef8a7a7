// What one tab does with the words of a leader: no more questions and streams than it needs.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Reader } from "./reader.mjs";

const open = { name: "open" };
const entry = (id) => ({ cursor: id, update: { id, type: "message", text: id } });
const begin = (from, term = 1) => ({ kind: "begin", term, from, fruitless: 0, state: open });
const step = (number, id, term = 1) => ({ kind: "step", term, number, entry: entry(id) });
const found = (from, after, ...ids) => {
  const part = { after, entries: ids.map(entry) };
  return { kind: "answer", term: 1, to: "me", from, part, cursor: ids.at(-1) ?? from, cursors: [], state: open };
};
const unknown = (from, ...cursors) => {
  return { kind: "answer", term: 1, to: "me", from, part: undefined, cursor: cursors.at(-1), cursors, state: open };
};

/** A reader, and what it has done: `+a` took a, `?a` asked for what is behind a, `<a` opened a stream behind a, `>` closed it. */
function readerAt(cursor, ...words) {
  const done = [];
  const reader = new Reader(cursor, {
    take: ({ cursor }) => done.push(`+${cursor}`),
    ask: (cursor) => done.push(`?${cursor}`),
    catchUp: (cursor) => done.push(`<${cursor}`),
    meet: () => done.push(">"),
  });
  const hear = (...words) => {
    for (const word of words) reader.hear(word);
    return done.splice(0).join(" ");
  };
  hear(...words);
  return { reader, hear, own: (id) => (reader.own(entry(id)), done.splice(0).join(" ")), done: () => done.splice(0).join(" ") };
}

describe("a reader", () => {
  test("whose cursor is the leader's goes on there, and asks nothing", () => {
    assert.equal(readerAt("a").hear(begin("a"), step(1, "b"), step(2, "c")), "+b +c");
  });
  test("without a cursor begins where the leader is", () => {
    assert.equal(readerAt("").hear(begin("p"), step(1, "a")), "+p +a");
    assert.equal(readerAt("").hear(step(7, "g"), step(8, "h")), "+g +h");
    assert.equal(readerAt("").hear(found("", 3, "d"), step(5, "e")), "+d +e");
  });
  test("hears no more of a leader before the present one", () => {
    const { reader, hear } = readerAt("a", begin("a", 5));
    assert.equal(reader.hear(step(1, "b", 4)), false);
    assert.equal(hear(step(1, "c", 4), step(1, "b", 5)), "+b");
  });
  test("that has heard a step twice takes it once", () => {
    assert.equal(readerAt("a", begin("a")).hear(step(1, "b"), step(1, "b"), step(2, "c")), "+b +c");
  });
  test("that misses a step asks once, and takes the answer and what comes then", () => {
    const { hear } = readerAt("a", begin("a"));
    assert.equal(hear(step(2, "c"), step(3, "d")), "?a");
    assert.equal(hear(found("a", 0, "b", "c", "d"), step(4, "e")), "+b +c +d +e");
  });
  test("that missed the last step asks when the leader tells its number", () => {
    const { hear } = readerAt("a", begin("a"));
    assert.equal(hear({ kind: "pong", term: 1, last: 0, state: open }), "");
    assert.equal(hear({ kind: "pong", term: 1, last: 1, state: open }), "?a");
  });
});

describe("a reader that is ahead of a new leader", () => {
  const ahead = () => readerAt("a", begin("a"), step(1, "b"), step(2, "c"), step(3, "d"));
  test("waits without a stream until the leader has come to its cursor", () => {
    assert.equal(ahead().hear(begin("b", 2), step(1, "c", 2), step(2, "d", 2), step(3, "e", 2)), "+e");
  });
  test("waits too where the leader begins at the reader's own beginning", () => {
    assert.equal(ahead().hear(begin("a", 2), step(1, "b", 2), step(2, "c", 2), step(3, "d", 2), step(4, "e", 2)), "+e");
  });
  test("asks as soon as the leader has gone past it", () => {
    assert.equal(ahead().hear(begin("b", 2), step(1, "x", 2)), "?d");
  });
});

describe("a reader that is behind", () => {
  test("has a stream of its own until it comes to a cursor that the leader knows", () => {
    const { hear, own } = readerAt("a");
    assert.equal(hear(begin("c")), "<a");
    assert.equal(own("b"), "+b");
    assert.equal(own("c"), "+c ?c");
    assert.equal(hear(found("c", 0)), ">");
    assert.equal(hear(step(1, "d")), "+d");
  });
  test("opens one stream, however often it hears that it is behind", () => {
    assert.equal(readerAt("a", begin("c")).hear(unknown("a", "c"), step(1, "d"), unknown("a", "c", "d")), "");
  });
  test("opens none where the leader's answer shows that it has come closer", () => {
    const { hear } = readerAt("a");
    assert.equal(hear(step(4, "d"), unknown("a", "x", "a")), "?a ?a");
  });
  test("takes from the answer what it does not have from its own stream", () => {
    const { hear, own } = readerAt("a", begin("b"));
    assert.equal(own("b"), "+b ?b");
    assert.equal(own("c"), "+c");
    assert.equal(hear(found("b", 0, "c", "d")), "> +d");
  });
  test("stays on its own stream where the answer does not have its cursor, and joins when the leader comes to it", () => {
    const { hear, own } = readerAt("a", begin("b"));
    assert.equal(own("b"), "+b ?b");
    assert.equal(own("c"), "+c");
    assert.equal(hear(found("b", 0)), "");
    assert.equal(hear(step(1, "c"), step(2, "d")), "> +d");
  });
});

describe("a reader that is held", () => {
  test("takes nothing and asks nothing, and asks for all of it when it goes on", () => {
    const { reader, hear, done } = readerAt("a", begin("a"));
    reader.hold();
    assert.equal(hear(step(1, "b"), found("a", 0, "b"), begin("a", 2), begin("x", 3)), "");
    reader.goOn();
    assert.equal(done(), "?a");
  });
  test("closes its own stream", () => {
    const { reader, done } = readerAt("a", begin("b"));
    reader.hold();
    assert.equal(done(), ">");
  });
});

test("a reader asks again when an answer was lost", () => {
  const { reader, done } = readerAt("a", begin("a"), step(2, "c"));
  reader.look();
  assert.equal(done(), "?a");
});
