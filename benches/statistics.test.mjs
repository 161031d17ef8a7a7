import assert from "node:assert/strict";
import { test } from "node:test";
import { median, ratio, summary } from "./statistics.mjs";

test("the median of an odd number of values is the middle one", () => {
  assert.equal(median([10, 1, 9]), 9);
});

test("the median of an even number of values is the mean of the two in the middle", () => {
  assert.equal(median([1, 10, 2, 4]), 3);
});

test("what is no number does not count", () => {
  assert.equal(median([undefined, 2, NaN, null]), 2);
  assert.equal(median([]), undefined);
  assert.equal(summary([undefined]), undefined);
});

test("a summary leaves the values as they are", () => {
  const values = [3, 1, 2];
  assert.deepEqual(summary(values), { median: 2, least: 1, greatest: 3 });
  assert.deepEqual(values, [3, 1, 2]);
});

test("a ratio with nothing, or by zero, is none", () => {
  assert.equal(ratio(6, 2), 3);
  assert.equal(ratio(6, 0), undefined);
  assert.equal(ratio(undefined, 2), undefined);
});
