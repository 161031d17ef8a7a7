// The credit of a stream.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Credit, WINDOW } from "./credit.mjs";

/** The grants that are due when the reader has taken everything. */
function grants(credit) {
  credit.taken();
  const all = [];
  for (let bytes; (bytes = credit.grant()) !== undefined; ) all.push(bytes);
  return all;
}

test("what is taken is granted from a quarter of the window on", () => {
  const credit = new Credit();
  credit.came(16_383);
  assert.deepEqual(grants(credit), []);
  credit.came(1);
  assert.deepEqual(grants(credit), [16_384]);
  assert.deepEqual(grants(credit), []);
});

test("what is not taken is not granted", () => {
  const credit = new Credit();
  credit.came(60_000);
  assert.equal(credit.grant(), undefined);
  credit.came(4_000);
  assert.deepEqual(grants(credit), [64_000]);
});

test("a grant is never larger than the window, and none is forgotten", () => {
  const credit = new Credit();
  credit.came(2 * WINDOW + 100);
  assert.deepEqual(grants(credit), [WINDOW, WINDOW]);
  credit.came(16_284);
  assert.deepEqual(grants(credit), [16_384]);
});

test("a new link begins without what is unread, which is granted on it once it is taken", () => {
  const credit = new Credit();
  credit.came(10_000);
  credit.taken();
  credit.came(20_000);
  assert.equal(credit.begin(), 20_000);
  assert.deepEqual(grants(credit), [20_000]);
  assert.equal(credit.begin(), 0);
});

test("a model of the object never has more on its way than the window and a chunk, over any links", () => {
  const credit = new Credit();
  let allowed = WINDOW;
  let unread = 0;
  let state = 1;
  const below = (bound) => (state = (state * 48_271) % 2_147_483_647) % bound;
  for (let step = 0; step < 20_000; step += 1) {
    const what = below(10);
    if (what < 6 && allowed > 0) {
      const chunk = 1 + below(30_000);
      [allowed, unread] = [allowed - chunk, unread + chunk];
      credit.came(chunk);
    } else if (what < 9) {
      unread = 0;
      for (const bytes of grants(credit)) allowed += bytes;
    } else {
      allowed = WINDOW - credit.begin();
    }
    assert.ok(unread <= WINDOW + 30_000 && allowed <= WINDOW, `step ${step}: ${unread} unread, ${allowed} allowed`);
    if (unread === 0) assert.ok(allowed > WINDOW - 16_384, `step ${step}: ${allowed} allowed although all is taken`);
  }
});
