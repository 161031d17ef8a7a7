// The lives of objects in an isolate.
import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, endLifeBefore, forgetLives } from "./lives.mjs";

/** A hub that counts how often it is freed. */
function hub() {
  const made = { freed: 0, free: () => (made.freed += 1) };
  return made;
}

test("a new life of an object frees the hub of the one before, once, and no other object's", () => {
  const [first, second, other] = [hub(), hub(), hub()];
  begin("a", first);
  begin("b", other);
  endLifeBefore("a");
  begin("a", second);
  assert.deepEqual([first.freed, second.freed, other.freed], [1, 0, 0]);
  endLifeBefore("a");
  endLifeBefore("a");
  assert.deepEqual([first.freed, second.freed, other.freed], [1, 1, 0]);
});

test("an object whose first life it is frees nothing", () => {
  endLifeBefore("never seen");
});

test("a new wasm instance frees nothing of the one before", () => {
  const old = hub();
  begin("c", old);
  forgetLives();
  endLifeBefore("c");
  assert.equal(old.freed, 0);
});
