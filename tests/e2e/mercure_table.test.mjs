// docs/mercure.md marks nothing as done that no test holds: each name in it stands in the file it names.
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

const rows = read("../../docs/mercure.md").split("\n").filter((line) => /^\| (?!what|-)/.test(line));

test("each row names a test that is there, or says that there is none", () => {
  assert.ok(rows.length > 80, `${rows.length} rows`);
  for (const row of rows) {
    const names = [...named(row)];
    if (names.length === 0) assert.match(row, /\| (not yet|not the hub's|not offered|the platform's)[^|]*\|$/);
    for (const { file, name } of names) {
      const source = read(file.includes("/") ? `../../${file}` : `${file}.test.mjs`);
      for (const part of name.split("…")) assert.ok(source.includes(part.trim()), `${file}: ${name}`);
    }
  }
});
