// docs/mercure.md marks nothing as done that no test holds: each name in it is one in the file that it names.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");

/** What stands in quotation marks behind the name of a file, up to the next file. */
function* named(row) {
  for (const [, file, rest] of row.matchAll(/`([\w/.]+)`: (.*?)(?=`[\w/.]+`: |$)/g)) {
    for (const [, name] of rest.matchAll(/“([^”]+)”/g)) yield { file, name };
  }
}

/** A literal that ends as it began. */
const STRING = /(["'`])((?:\\.|(?!\1).)*)\1/.source;
/** Where names are: the titles of tests, and at the beginning of a line the name of a table's row. */
const NAMES = {
  ".mjs": [
    new RegExp(`\\btest\\(\\s*${STRING}`, "g"),
    new RegExp(`^ *\\[?${STRING}(?:\\]?:|,$| *,)`, "gm"),
    /^ *(\[?)([\p{L}\p{N}_]+(?:\(\d+\))?)\]?: /gmu,
  ],
  ".rs": [/#\[test\](\s+)fn (\w+)\(/g],
};

/** The names in a source file, with … for what a table fills in. */
function names(path) {
  const source = read(`../../${path}`);
  const found = NAMES[/\.\w+$/.exec(path)[0]].flatMap((form) => [...source.matchAll(form)]);
  return new Set(found.map(([, , name]) => name.replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "…")));
}

const rows = read("../../docs/mercure.md").split("\n").filter((line) => /^\| (?!what|-)/.test(line));

test("each row names a test that is there, or says that there is none", () => {
  assert.ok(rows.length > 80, `${rows.length} rows`);
  const files = new Map();
  const missing = [];
  for (const row of rows) {
    const tests = [...named(row)];
    if (tests.length === 0) assert.match(row, /\| (not yet|not the hub's|not offered|the platform's)[^|]*\|$/);
    for (const { file, name } of tests) {
      const path = file.includes("/") ? file : `tests/e2e/${file}.test.mjs`;
      if (!files.has(path)) files.set(path, names(path));
      if (!files.get(path).has(name)) missing.push(`${path}: ${name}`);
    }
  }
  assert.deepEqual([...new Set(missing)], []);
});
