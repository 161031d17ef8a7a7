import assert from "node:assert/strict";
import { test } from "node:test";
import { Counts, readRows } from "./counts.mjs";

test("rows with the same labels are one, whose numbers are added", async () => {
  const counts = new Counts(2);
  counts.add("a", [["refused", "token-missing", "401", 1]]);
  counts.add("a", [["refused", "token-missing", "401", 2], ["refused", "token-missing", "403", 1]]);
  counts.add("b", [["tokens", "verified", 1]]);
  assert.deepEqual(counts.of("a"), [["refused", "token-missing", "401", 3], ["refused", "token-missing", "403", 1]]);
  assert.deepEqual(counts.of("b"), [["tokens", "verified", 1]]);
});

test("what was handed on is counted no longer, unless it did not arrive", async () => {
  const counts = new Counts(2);
  counts.add("a", [["tokens", "verified", 1]]);
  const lost = async (rows) => {
    assert.deepEqual(rows, [["tokens", "verified", 1]]);
    counts.add("a", [["tokens", "verified", 2]]);
    throw new Error("lost");
  };
  await assert.rejects(counts.handTo("a", lost), /lost/);
  assert.deepEqual(await counts.handTo("a", async (rows) => rows), [["tokens", "verified", 3]]);
  assert.deepEqual([await counts.handTo("a", async (rows) => rows), counts.of("a")], [undefined, []]);
});

test("of more owners than there is room for, the one that was counted first is forgotten", () => {
  const counts = new Counts(2);
  for (const owner of ["a", "b", "a", "c"]) counts.add(owner, [["lives", "first", 1]]);
  assert.deepEqual([counts.of("a"), counts.of("b").length, counts.of("c").length], [[], 1, 1]);
});

test("what a door cannot have counted is not read", () => {
  const good = ["refused", "token-missing", "401", 3];
  const wrong = [
    null,
    "refused",
    [],
    ["refused"],
    ["lives", "first", 1],
    ["refused", "a", "b", "c", 1],
    ["refused", 1, 1],
    ["refused", "a", -1],
    ["refused", "a", "1"],
    ["refused", "a", 1e300],
    ["refused", "x".repeat(65), 1],
    [["refused"], 1],
  ];
  assert.deepEqual(readRows(JSON.stringify([...wrong, good])), [good]);
  for (const text of ["", "{", "null", "1", '{"0":[]}', undefined, {}]) assert.deepEqual(readRows(text), [], String(text));
});
