// The clock of a held stream.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "./clock.mjs";

/** The reader is given something that it does not take at once. */
function burden(clock, now) {
  clock.gave(now);
  clock.waits(now);
}
const clockOf = (terms) => new Clock({ heartbeat: 20, expires: null, ...terms }, 0);

test("a heartbeat is due when the reader was given nothing for the interval", () => {
  const clock = clockOf();
  clock.gave(5);
  assert.deepEqual([clock.needsHeartbeat(24), clock.needsHeartbeat(25)], [false, true]);
  clock.gave(25);
  assert.deepEqual([clock.needsHeartbeat(44), clock.needsHeartbeat(45)], [false, true]);
});

test("a reader that has something to take gets no heartbeat, and is dead after two intervals", () => {
  const clock = clockOf();
  burden(clock, 5);
  assert.equal(clock.needsHeartbeat(30), false);
  burden(clock, 30);
  assert.deepEqual([clock.isReaderDead(44), clock.isReaderDead(45)], [false, true]);
});

test("a reader that takes a part is not dead, and one that has taken everything never is", () => {
  const clock = clockOf();
  burden(clock, 0);
  clock.taking(30);
  assert.deepEqual([clock.isReaderDead(69), clock.isReaderDead(70)], [false, true]);
  clock.taken();
  assert.equal(clock.isReaderDead(1_000), false);
});

test("a ping is due each interval, and without heartbeats each 30 seconds", () => {
  const clock = clockOf();
  assert.deepEqual([clock.needsPing(19), clock.needsPing(20)], [false, true]);
  clock.pinged(20);
  assert.deepEqual([clock.needsPing(39), clock.needsPing(40)], [false, true]);
  const quiet = clockOf({ heartbeat: null });
  assert.deepEqual([quiet.needsPing(29_999), quiet.needsPing(30_000)], [false, true]);
  assert.deepEqual([quiet.needsHeartbeat(1e9), quiet.isReaderDead(1e9)], [false, false]);
});

test("a stream without an end does not expire", () => {
  assert.equal(clockOf().hasExpired(1e15), false);
  const clock = clockOf({ expires: 50 });
  assert.deepEqual([clock.hasExpired(49), clock.hasExpired(50)], [false, true]);
});

test("a new link brings another interval, and an end that is sooner but never later", () => {
  const clock = clockOf({ expires: 50 });
  clock.relinked({ heartbeat: 10, expires: 60 }, 5);
  assert.deepEqual([clock.needsPing(14), clock.needsPing(15), clock.needsHeartbeat(10)], [false, true, true]);
  assert.deepEqual([clock.hasExpired(49), clock.hasExpired(50)], [false, true]);
  clock.relinked({ heartbeat: null, expires: 40 }, 5);
  assert.deepEqual([clock.hasExpired(40), clock.needsHeartbeat(1e9)], [true, false]);
});

test("the rest ends with what is due first, and a timer can hold it", () => {
  const clock = clockOf({ expires: 12 });
  assert.equal(clock.rest(5), 7);
  assert.equal(clock.rest(13), 0);
  const slow = clockOf({ heartbeat: 2 ** 40 });
  assert.equal(slow.rest(0), 30_000);
  const stalled = clockOf();
  burden(stalled, 10);
  stalled.pinged(40);
  assert.equal(stalled.rest(41), 9);
});

test("when the rest is over something is due", () => {
  for (const terms of [{}, { heartbeat: null }, { expires: 7 }, { heartbeat: 100_000 }]) {
    for (const isStalled of [true, false]) {
      const clock = clockOf(terms);
      if (isStalled) burden(clock, 3);
      const then = 4 + clock.rest(4);
      const due = [clock.hasExpired(then), clock.isReaderDead(then), clock.needsHeartbeat(then), clock.needsPing(then)];
      assert.ok(due.includes(true), JSON.stringify({ terms, isStalled }));
    }
  }
});
