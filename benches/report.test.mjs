import assert from "node:assert/strict";
import { test } from "node:test";
import { heading, number, outcome, report, spread, table } from "./report.mjs";

const figure = { title: "speed", of: (run) => run.speed, digits: 1 };
const faster = { title: "times b", of: (round) => round.a.speed / round.b.speed, least: 2 };
const whole = { title: "whole", of: (round) => round.a.ok };

test("numbers have their thousands apart and as many digits as asked for", () => {
  assert.equal(number(1234567.8), "1,234,568");
  assert.equal(number(1.005, 1), "1.0");
  assert.equal(number(undefined), "–");
});

test("a spread is the median and its bounds, or the only value", () => {
  assert.equal(spread([3, 1, 2]), "2 (1–3)");
  assert.equal(spread([2], 1), "2.0");
  assert.equal(spread([]), "–");
});

test("a cell cannot end its table", () => {
  assert.equal(table(["a"], [["x | y\nz"]]), "| a |\n|---|\n| x \\| y z |");
});

test("a goal is met by the median of what was measured in one round", () => {
  const rounds = [1, 5, 3].map((speed) => ({ a: { speed, ok: true }, b: { speed: 1 } }));
  assert.deepEqual(outcome(faster, rounds), { values: [1, 5, 3], met: true });
  assert.deepEqual(outcome({ ...faster, most: 2.5 }, rounds), { values: [1, 5, 3], met: false });
});

test("a promise has to be kept in every round", () => {
  assert.equal(outcome(whole, [{ a: { ok: true } }, { a: { ok: true } }]).met, true);
  assert.equal(outcome(whole, [{ a: { ok: true } }, { a: { ok: false } }]).met, false);
});

test("a goal with a missing peer is not judged", () => {
  assert.deepEqual(outcome(faster, [{ a: { speed: 1 } }]), { values: [] });
});

test("a case that is measured once says so", () => {
  assert.equal(heading({ title: "Quiet", once: true }), "Quiet (in one round)");
  assert.equal(heading({ title: "Loud" }), "Loud");
});

test("the report names figures, goals, failed runs and missing servers", () => {
  const text = report({
    date: "2026-01-02",
    setting: { kernel: "6.1" },
    missing: { c: "not installed" },
    cases: [
      {
        name: "fast",
        title: "Fast",
        runs: [{ name: "a" }, { name: "b" }],
        figures: [figure],
        goals: [faster, whole],
        rounds: [{ a: { speed: 4, ok: true }, b: { speed: 1, ok: false } }],
        errors: [{ run: "a", round: 2, error: "it\nended" }],
      },
    ],
  });
  for (const line of [
    "| kernel | 6.1 |",
    "- c is missing: not installed",
    "| fast | times b | ≥ 2 | 4.00 | yes |",
    "| fast | whole | – | 1 of 1 | yes |",
    "| a | 4.0 | 1 of 1 |",
    "| b | 1.0 | 0 of 1 |",
    "- a, round 2: it ended",
  ]) {
    assert.ok(text.split("\n").includes(line), `${line}\n---\n${text}`);
  }
});
