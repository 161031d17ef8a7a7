// The tries to open a link again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Tries, mayComeLater } from "./tries.mjs";

const waits = (tries, random, count) => Array.from({ length: count }, () => tries.wait(random));

test("the waits grow from 2 to 15 seconds, and a row has eight tries", () => {
  const seconds = waits(new Tries(), 0.5, 9).map((wait) => wait && wait / 500);
  assert.deepEqual(seconds, [2, 4, 8, 15, 15, 15, 15, 15, undefined]);
});

test("a wait is anywhere within its bound", () => {
  const tries = new Tries();
  assert.equal(tries.wait(0), 0);
  const second = tries.wait(0.999);
  assert.ok(second > 3_900 && second < 4_000, String(second));
});

test("a row begins anew when the object was heard", () => {
  const tries = new Tries();
  waits(tries, 0.5, 8);
  tries.heard();
  assert.equal(tries.wait(0.5), 1_000);
});

test("a stream has a thousand tries in its life", () => {
  const tries = new Tries();
  let count = 0;
  for (; tries.wait(0.5) !== undefined; count += 1) tries.heard();
  assert.equal(count, 1_000);
});

test("a refusal ends a stream, and what may pass is tried again", () => {
  for (const status of [408, 425, 429, 500, 502, 503, 504]) assert.equal(mayComeLater(status), true, String(status));
  for (const status of [200, 204, 302, 400, 401, 402, 403, 404, 410, 413, 422]) assert.equal(mayComeLater(status), false, String(status));
});
