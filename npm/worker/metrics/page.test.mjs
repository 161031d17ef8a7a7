import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { AGE, FAMILIES, SUMS, familyOf, valuesIn } from "./families.mjs";
import { FIGURES } from "./figures.mjs";
import { pageOf, piecesOf } from "./page.mjs";
import { reportOf } from "./report.mjs";
import { OPEN_METRICS, PROMETHEUS, formFor, sampleOf } from "./text.mjs";

const ROWS = [
  ["refused", "token-expired", "401", 2],
  ["refused", 'a "quoted" \\ text\nin two lines', "400", 1],
  ["tokens", "verified", 3],
  ["key sets", "usable", 1],
  ["lives", "first", 1],
];
/** Each figure is its place in the list, and one more. */
const REPORT = reportOf(FIGURES.map((_, at) => at + 1), ROWS);
const figure = (name) => REPORT.figures[FIGURES.indexOf(name)];
const pieces = (hubs, form = PROMETHEUS) => [...piecesOf(hubs, form)].join("");

test("each figure belongs to one family, and each family has figures or rows", () => {
  for (const name of FIGURES) {
    const parts = name.split(".");
    assert.notEqual(familyOf(parts), undefined, name);
    assert.equal(valuesIn(parts, familyOf(parts)).length, familyOf(parts).type === "histogram" ? 1 : (familyOf(parts).labels ?? []).length, name);
  }
  const named = [...FIGURES, ...ROWS.map((row) => row.slice(0, -1).map((part) => part.replaceAll(".", "")).join("."))].map((name) => familyOf(name.split(".")));
  for (const family of FAMILIES) assert.ok(named.includes(family), family.name);
});

test("the table of the documentation is that of the families", () => {
  const page = readFileSync(new URL("../../../docs/operations.md", import.meta.url), "utf8");
  const told = page.split("\n").filter((line) => /^\| `(?:mercure|millstream)_/.test(line));
  const rows = [AGE, ...SUMS, ...FAMILIES].map(({ name, type, labels = [], help }) => `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`);
  assert.deepEqual(told, rows, `the table has to be:\n${rows.join("\n")}`);
});

test("a page has the names of the reference hub, the label of the hub, and base units", () => {
  const lines = pageOf({ hub: "news", report: REPORT }, PROMETHEUS).split("\n");
  const has = (line) => assert.ok(lines.includes(line), line);
  const connected = FIGURES.filter((name) => name.startsWith("connections.") && !name.endsWith(".leaving"));
  has(`mercure_subscribers_connected{hub="news"} ${connected.reduce((sum, name) => sum + figure(name), 0)}`);
  has(`mercure_updates_total{hub="news"} ${figure("updates.publication")}`);
  has(`mercure_subscribers_total{hub="news"} ${figure("subscribers")}`);
  has(`millstream_ended_connections_total{hub="news",reason="too slow"} ${figure("ended.too slow")}`);
  has(`millstream_linger_seconds{hub="news"} ${figure("linger") / 1_000}`);
  has(`millstream_latency_seconds_bucket{hub="news",le="0.002"} ${figure("latency.1") + figure("latency.2")}`);
  has(`millstream_latency_seconds_bucket{hub="news",le="1.0"} ${FIGURES.filter((name) => /^latency\.\d/.test(name)).reduce((sum, name) => sum + figure(name), 0)}`);
  has(`millstream_refusals_total{hub="news",reason="token-expired",status="401"} 2`);
  has('millstream_refusals_total{hub="news",reason="a \\"quoted\\" \\\\ text\\nin two lines",status="400"} 1');
  for (const line of lines.filter((line) => line !== "" && !line.startsWith("#"))) assert.match(line, /^[a-z_]+\{hub="news"[,}].* [0-9.e+]+$/);
});

test("all hubs stand together in each family, with the age of their reports, and a report of another version has its age alone", () => {
  const now = Date.now();
  const hubs = [
    { name: "a", time: now - 5_000, report: REPORT },
    { name: "b", time: now + 5_000, report: { ...REPORT, list: REPORT.list + 1 } },
    { name: "c", time: now, report: null },
    { name: "d", time: now, report: REPORT },
  ];
  const page = pieces(hubs);
  const names = page.split("\n").flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []);
  assert.deepEqual(names, [AGE, ...SUMS, ...FAMILIES].map(({ name }) => name));
  assert.match(page, /^millstream_report_age_seconds\{hub="a"\} [5-9](\.\d+)?$/m);
  assert.match(page, /^millstream_report_age_seconds\{hub="b"\} 0$/m);
  assert.match(page, /^mercure_subscribers_total\{hub="a"\} \d+\nmercure_subscribers_total\{hub="d"\} \d+\n# HELP/m);
  assert.equal(page.match(/hub="b"/g).length, 1);
  assert.equal(page.match(/hub="c"/g).length, 1);
});

test("OpenMetrics is told when it is asked for alone, and counters have other names in it", () => {
  const ofPrometheus = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
  for (const accept of [ofPrometheus, "application/openmetrics-text", 'Application/OpenMetrics-Text; Version="1.0.0"']) assert.equal(formFor(accept), OPEN_METRICS, accept);
  for (const accept of [null, "", "*/*", "text/plain", "text/html,*/*;q=0.1", "application/openmetrics-text;version=0.0.1", "application/openmetrics-text;q=0", "application/openmetrics-text;q=0.5,text/plain"]) {
    assert.equal(formFor(accept), PROMETHEUS, String(accept));
  }
  const page = pageOf({ hub: "a", report: REPORT }, OPEN_METRICS);
  assert.match(page, /^# TYPE mercure_updates counter\nmercure_updates_total\{hub="a"\} \d+\n/m);
  assert.match(page, /\n# EOF\n$/);
  assert.doesNotMatch(pageOf({ hub: "a", report: REPORT }, PROMETHEUS), /# EOF/);
});

test("the value of a label ends neither its text nor its line", () => {
  assert.equal(sampleOf("a", [["hub", 'x",le="1"} 2\n# TYPE']], 1), 'a{hub="x\\",le=\\"1\\"} 2\\n# TYPE"} 1\n');
});

test("ten thousand hubs are told in pieces of bounded size", () => {
  const hubs = Array.from({ length: 10_000 }, (_, at) => ({ name: `hub-${at}`, time: Date.now(), report: REPORT }));
  let longest = 0;
  let samples = 0;
  for (const piece of piecesOf(hubs, OPEN_METRICS)) {
    longest = Math.max(longest, piece.length);
    samples += piece.split("\n").length;
  }
  assert.ok(longest < 80_000, `${longest} characters`);
  assert.ok(samples > 700_000, `${samples} lines`);
});
