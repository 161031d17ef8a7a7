// Puts the last results into docs/performance.md, docs/performance.svg and README.md: `make bench-docs`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CASES } from "./cases.mjs";
import { chart, rowsOf } from "./chart.mjs";
import { filled, parts } from "./document.mjs";
import { HELD_CASES } from "./held_cases.mjs";
import { RESULTS, ROOT } from "./targets.mjs";

const { cases: measured, ...facts } = JSON.parse(readFileSync(join(RESULTS, "results.json"), "utf8"));
const cases = CASES.map((entry) => {
  const { runs = [], rounds = [], errors = [] } = measured.find(({ name }) => name === entry.name) ?? {};
  if (rounds.length === 0) console.error(`${entry.name} was not measured: it keeps its figures where no case beside it was`);
  return { ...entry, runs: runs.length === 0 ? entry.runs : runs, rounds, errors };
});

const contents = parts({ ...facts, cases });
for (const name of ["README.md", "docs/performance.md"]) {
  const path = join(ROOT, name);
  writeFileSync(path, filled(readFileSync(path, "utf8"), contents));
  console.log(name);
}
const held = new Set(HELD_CASES.map(({ name }) => name));
writeFileSync(join(ROOT, "docs/performance.svg"), chart(rowsOf(cases.filter(({ name }) => !held.has(name)))));
console.log("docs/performance.svg");
