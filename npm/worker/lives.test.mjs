// The lives of objects in an isolate.
import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, endLifeBefore, endsBy, forgetLives } from "./lives.mjs";
import { FIGURES } from "./metrics/figures.mjs";
import { ofAllLives } from "./metrics/kept.mjs";

const NUMBERS = FIGURES.map((_, at) => at);

/** A hub that counts how often it is freed. */
function hub(figures = NUMBERS) {
  const made = { freed: 0, free: () => (made.freed += 1), figures: () => JSON.stringify(figures) };
  return made;
}

/** What an operator is told of an object whose hub has these figures. */
function told(id, figures = NUMBERS) {
  const report = ofAllLives(id, JSON.stringify(figures));
  const lives = report.rows.filter(([stem]) => stem === "lives").map(([, cause, count]) => [cause, count]);
  return { figure: (name) => report.figures[FIGURES.indexOf(name)], lives: Object.fromEntries(lives) };
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

test("counters and histograms go on from life to life, and what there is now is that of the last life", () => {
  for (let life = 1; life <= 3; life += 1) {
    endLifeBefore("d");
    begin("d", hub());
    for (const name of ["updates.publication", "latency.+Inf", "latency.sum", "ended.drained"]) {
      assert.equal(told("d").figure(name), life * FIGURES.indexOf(name), name);
    }
    for (const name of ["connections.stream.waiting", "history.publication.oldest", "memory.limit"]) {
      assert.equal(told("d").figure(name), FIGURES.indexOf(name), name);
    }
  }
  assert.equal(told("another").figure("updates.publication"), FIGURES.indexOf("updates.publication"));
});

test("counters begin anew behind a trap, since what the last life has counted is not known", () => {
  endLifeBefore("e");
  begin("e", hub());
  endLifeBefore("e");
  begin("e", hub());
  forgetLives();
  endLifeBefore("e");
  begin("e", hub());
  assert.equal(told("e").figure("updates.publication"), FIGURES.indexOf("updates.publication"));
});

test("lives are counted by what they began after", () => {
  const live = (cause) => {
    if (cause !== undefined) endsBy("f", cause);
    endLifeBefore("f");
    begin("f", hub());
  };
  for (const cause of [undefined, undefined, "trapped", undefined, "unconfirmed", "deleted", "trapped"]) live(cause);
  assert.deepEqual(told("f").lives, { first: 1, woken: 2, trapped: 2, unconfirmed: 1, deleted: 1 });
  endsBy("f", "unconfirmed");
  live("trapped");
  assert.equal(told("f").lives.unconfirmed, 2, "the first reset is the one that counts");
});
