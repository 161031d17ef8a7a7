// The leader's log: numbers, cursors, and its bounds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Log } from "./log.mjs";

const entry = (id, text = id) => ({ cursor: id, update: { id, type: "message", text } });
const logOf = (from, ...ids) => {
  const log = new Log(from);
  for (const id of ids) log.append(entry(id));
  return log;
};

test("what came behind a cursor is found with its number", () => {
  const log = logOf("start", "a", "b", "c");
  assert.deepEqual(log.behind("start"), { after: 0, entries: [entry("a"), entry("b"), entry("c")] });
  assert.deepEqual(log.behind("b"), { after: 2, entries: [entry("c")] });
  assert.deepEqual(log.behind("c"), { after: 3, entries: [] });
  assert.deepEqual([log.last, log.cursor, log.cursors], [3, "c", ["start", "a", "b", "c"]]);
});

test("a cursor that the log does not have is unknown, and none at all is the log's end", () => {
  const log = logOf("start", "a");
  assert.equal(log.behind("b"), undefined);
  assert.deepEqual(log.behind(""), { after: 1, entries: [] });
});

test("the log keeps the newest 1,000 entries, with their numbers", () => {
  const log = logOf("start", ...Array.from({ length: 1_500 }, (_, index) => `u${index + 1}`));
  assert.deepEqual([log.last, log.cursors.length, log.behind("u499")], [1_500, 1_001, undefined]);
  assert.equal(log.behind("u500").entries.length, 1_000);
  assert.deepEqual(log.behind("u1499"), { after: 1_499, entries: [entry("u1500")] });
});

test("the log gives up entries that are too large together, and one that is too large alone", () => {
  const log = new Log("start");
  for (const id of ["a", "b", "c"]) log.append(entry(id, "x".repeat(900_000)));
  assert.deepEqual([log.cursors, log.last], [["a", "b", "c"], 3]);
  log.append(entry("d", "x".repeat(3_000_000)));
  assert.deepEqual([log.cursors, log.last, log.behind("d")], [["d"], 4, { after: 4, entries: [] }]);
});

test("of two updates with the same id the last one counts: the first may have been taken long ago", () => {
  assert.deepEqual(logOf("start", "a", "b", "a", "c").behind("a"), { after: 3, entries: [entry("c")] });
});
