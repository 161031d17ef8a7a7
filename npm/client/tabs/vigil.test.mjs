// When a leader counts as dead, and when one without a connection gives up.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Patience, Vigil } from "./vigil.mjs";

/** What is due at each of these times; at a time with an exclamation mark, the leader is heard before. */
function due(...times) {
  const vigil = new Vigil();
  vigil.hear(0);
  return times.map((time) => {
    const now = parseFloat(time);
    if (String(time).endsWith("!")) vigil.hear(now);
    return vigil.tick(now);
  });
}

describe("a leader", () => {
  test("that says something is not asked", () => {
    assert.deepEqual(due(3_000, "5000!", "10000!", "15000!"), Array(4).fill("nothing"));
  });
  test("that is silent is asked, and replaced when it has been deaf for ten seconds", () => {
    assert.deepEqual(due(5_000, 10_000, 15_000, 20_000), ["ask", "ask", "steal", "ask"]);
  });
  test("that answers in time keeps its lead", () => {
    assert.deepEqual(due(5_000, 10_000, "14000!", 15_000, 20_000), ["ask", "ask", "nothing", "nothing", "ask"]);
  });
  test("is not replaced by a tab that was stopped itself, which hears later what was said", () => {
    assert.deepEqual(due(5_000, 10_000, 90_000, 95_000, 100_000), ["ask", "ask", "ask", "ask", "steal"]);
  });
  test("is replaced by a hidden tab too, whose timers come once a minute", () => {
    assert.deepEqual(due(60_000, 120_000, 180_000), ["ask", "ask", "steal"]);
  });
});

describe("a leader without a connection", () => {
  const lostAt = (time, fruitless = 0) => {
    const patience = new Patience(0, fruitless);
    patience.connected();
    patience.lost(time);
    return patience;
  };
  test("gives up two seconds after it was lost, if it has led for ten", () => {
    const patience = lostAt(60_000);
    assert.deepEqual([61_999, 62_000].map((now) => patience.isOver(now)), [false, true]);
    assert.deepEqual([9_999, 10_000].map((now) => lostAt(3_000).isOver(now)), [false, true]);
  });
  test("counts as lost from the first moment on", () => {
    const patience = lostAt(60_000);
    patience.lost(61_900);
    assert.ok(patience.isOver(62_000));
  });
  test("keeps its lead when it is connected again", () => {
    const patience = lostAt(60_000);
    patience.connected();
    assert.ok(!patience.isOver(99_000));
  });
  test("waits twice as long if the one before it had none either, and a minute at most", () => {
    const times = [0, 1, 2, 3, 4, 50].map((fruitless) => {
      const patience = new Patience(0, fruitless);
      return Array.from({ length: 400 }, (_, second) => second).find((second) => patience.isOver(second * 1_000));
    });
    assert.deepEqual(times, [10, 20, 40, 60, 60, 60]);
  });
});
