import assert from "node:assert/strict";
import { test } from "node:test";
import { LineBudget } from "./line_budget.mjs";

/** How many of these lines are written. */
const written = (budget, kinds, now) => kinds.filter((kind) => budget.take(kind, now).isWritten).length;
const many = (kind, count) => Array.from({ length: count }, (_, at) => kind(at));

test("of one kind ten lines are written within a minute, and another kind has its own", () => {
  const budget = new LineBudget();
  assert.equal(written(budget, many(() => "a", 1_000), 0), 10);
  assert.equal(written(budget, many(() => "b", 3), 59_999), 3);
});

test("sixty lines are written within a minute, however many kinds there are", () => {
  const budget = new LineBudget();
  assert.equal(written(budget, many((at) => `kind ${at}`, 10_000), 5), 60);
});

test("the first line of the next minute tells once how many were left out", () => {
  const budget = new LineBudget();
  written(budget, many(() => "a", 25), 1_000);
  assert.deepEqual(budget.take("a", 60_999), { isWritten: false, leftOut: 0 });
  assert.deepEqual(budget.take("a", 61_000), { isWritten: true, leftOut: 16 });
  assert.deepEqual(budget.take("a", 200_000), { isWritten: true, leftOut: 0 });
});
