import assert from "node:assert/strict";
import { test } from "node:test";
import { chart, rowsOf } from "./chart.mjs";

const quick = { title: "p50 < p99, ms", of: (round) => round.a, most: 20, digits: 1 };
const many = { title: "deliveries", of: (round) => round.a, least: 20 };
const cases = (goals, ...values) => [{ name: "paced", goals, rounds: values.map((a) => ({ a })) }];

test("a bar is the figure over its bound, with what the rounds were between", () => {
  const [row] = rowsOf(cases([quick], 10, 30, 15));
  assert.deepEqual(row, {
    name: "paced",
    title: "p50 < p99, ms",
    figure: "15.0, goal ≤ 20, met",
    met: true,
    multiple: 0.75,
    ends: [0.5, 1.5],
  });
});

test("a bar is shorter for more where more is better", () => {
  const [row] = rowsOf(cases([many], 40, 10, 40));
  assert.deepEqual([row.multiple, row.ends, row.met], [0.5, [0.5, 2], true]);
});

test("what has no bound, a bound of nothing or no figure has no bar", () => {
  const promise = { title: "everything", of: () => true };
  const none = { title: "running", of: (round) => round.a, most: 0 };
  assert.deepEqual(rowsOf(cases([promise, none, { ...quick, most: undefined }], 1)), []);
  assert.deepEqual(rowsOf(cases([quick])), []);
});

test("the chart says in words what its bars show", () => {
  const svg = chart(rowsOf([...cases([quick], 10), ...cases([many], 10)]));
  for (const text of [
    "<title id=\"title\">1 of 2 goals are met</title>",
    "paced, p50 &lt; p99, ms: 10.0, goal ≤ 20, met.",
    "paced, deliveries: 10.00, goal ≥ 20, missed.",
    ">paced: 10.00, goal ≥ 20, missed</text>",
    "prefers-color-scheme: dark",
  ]) {
    assert.ok(svg.includes(text), `${text}\n---\n${svg}`);
  }
});

test("no bar leaves the chart", () => {
  const [, width] = /<rect[^>]* width="([^"]*)"/.exec(chart(rowsOf(cases([quick], 2000, 4000))));
  assert.equal(Number(width), 620);
});

test("a long title goes on in the next line", () => {
  const title = `${"time ".repeat(20)}end`;
  const texts = [...chart(rowsOf(cases([{ ...quick, title }], 1))).matchAll(/<text x[^>]*>([^<]*)</g)].map(([, text]) => text);
  const lines = texts.filter((text) => /time|end/.test(text));
  assert.equal(lines.join(" "), title);
  assert.ok(lines.length === 2 && lines.every((line) => line.length <= 62), lines.join("\n"));
});
