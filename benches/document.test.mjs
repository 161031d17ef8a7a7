import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CASES } from "./cases.mjs";
import { casesIn, filled, parts } from "./document.mjs";
import { ROOT } from "./targets.mjs";

const performance = readFileSync(join(ROOT, "docs/performance.md"), "utf8");
const unmeasured = CASES.map((entry) => ({ ...entry, rounds: [], errors: [] }));
const contents = parts({ date: "2026-01-02", setting: { kernel: "6.1" }, missing: {}, cases: unmeasured });

test("a part is replaced, and what stands around it stays", () => {
  const text = "a\n<!-- benchmark: one -->\n\nold\n\n<!-- end -->\nb <!-- benchmark: two 1 2 -->old<!-- end --> c\n";
  const after = filled(text, { one: "new", two: (names) => names.join("+") });
  const expected =
    "a\n<!-- benchmark: one -->\n\nnew\n\n<!-- end -->\nb <!-- benchmark: two 1 2 -->1+2<!-- end --> c\n";
  assert.equal(after, expected);
  assert.equal(filled(after, { one: "new", two: (names) => names.join("+") }), expected);
});

test("a part that nobody knows is an error", () => {
  assert.throws(() => filled("<!-- benchmark: nothing -->\n<!-- end -->", contents), /no part nothing/);
  assert.throws(() => contents.cases(["nothing"]), /no case nothing/);
});

test("the document of the performance has the tables of every case once", () => {
  assert.deepEqual(casesIn(performance).toSorted(), CASES.map(({ name }) => name).toSorted());
});

test("the parts of the documents are all known", () => {
  for (const name of ["README.md", "docs/performance.md"]) {
    const text = filled(readFileSync(join(ROOT, name), "utf8"), contents);
    assert.ok(text.includes("<!-- benchmark: "), `${name} holds a part`);
  }
});

test("what was not measured keeps the figures that it has", () => {
  const row = "| paced | latency p50, ms | ≤ 26 | 23.0 (22.0–24.0) | yes |";
  const text = `<!-- benchmark: goals -->\n\n${row}\n\n<!-- end -->\n<!-- benchmark: cases tokens replay -->\n\nold\n\n<!-- end -->`;
  const after = filled(text, contents);
  assert.ok(after.includes(`\n${row}\n`));
  assert.ok(after.endsWith("\n\nold\n\n<!-- end -->"));
});

test("the sentences say three digits of a rate, and a latency that is not exceeded", () => {
  const rounds = {
    saturate: [{ "millstream, single POSTs": { deliveries_per_second: 676_957 } }],
    paced: [{ millstream: { latency_p50_ms: 32.1, latency_p99_ms: 109.1 } }],
  };
  const cases = unmeasured.map((entry) => ({ ...entry, rounds: rounds[entry.name] ?? [] }));
  const { speed, summary } = parts({ date: "2026-01-02", setting: {}, missing: {}, cases });
  assert.match(speed, /receive 677,000 updates a second/);
  assert.match(summary, /less than 33 ms, and 99 of 100 less than 110 ms/);
});

test("figures that were not measured are dashes", () => {
  assert.match(contents.speed, /receive – updates/);
  assert.match(contents.goals([], ""), /\| paced \| latency p50, ms \| ≤ 26 \| – \| – \|/);
});
