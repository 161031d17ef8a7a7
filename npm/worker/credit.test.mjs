// The credit of a link.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Credit, WINDOW } from "./credit.mjs";

test("what is taken is granted from a quarter of the window on", () => {
  const credit = new Credit();
  credit.came(16_383);
  assert.deepEqual(credit.taken(), []);
  credit.came(1);
  assert.deepEqual(credit.taken(), [16_384]);
  assert.deepEqual(credit.taken(), []);
});

test("what is not taken is not granted", () => {
  const credit = new Credit();
  credit.came(20_000);
  assert.deepEqual(credit.taken(), [20_000]);
  credit.came(60_000);
  credit.came(4_000);
  assert.deepEqual(credit.taken(), [64_000]);
});

test("a grant is never larger than the window, and none is forgotten", () => {
  const credit = new Credit();
  credit.came(2 * WINDOW + 100);
  assert.deepEqual(credit.taken(), [WINDOW, WINDOW]);
  credit.came(16_284);
  assert.deepEqual(credit.taken(), [16_384]);
});
