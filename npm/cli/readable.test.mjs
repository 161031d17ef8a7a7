// Figures as people read them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { age, printable, size, table } from "./readable.mjs";
import { figureRows } from "./stats.mjs";

test("a size has the largest unit that it fills, and three digits at the most", () => {
  const sizes = [0, 1, 999, 1_000, 1_234, 99_940, 123_456, 5_000_000, 3.2e9, 7e12, 5e16];
  const texts = ["0 B", "1 B", "999 B", "1.0 kB", "1.2 kB", "99.9 kB", "123 kB", "5.0 MB", "3.2 GB", "7.0 TB", "50000 TB"];
  assert.deepEqual(sizes.map(size), texts);
});

test("an age has its largest whole unit, and a time of the future has none", () => {
  const now = 1_790_000_000_000;
  const ages = [-5_000, 0, 999, 1_000, 59_999, 60_000, 3_599_999, 3_600_000, 86_400_000, 400 * 86_400_000];
  const texts = ["0 s", "0 s", "0 s", "1 s", "59 s", "1 min", "59 min", "1 h", "1 d", "400 d"];
  assert.deepEqual(ages.map((millis) => age(now - millis, now)), texts);
});

test("a table has its words on the left and its numbers on the right", () => {
  const rows = [["HUB", "UPDATES", "OLDEST"], ["a", "1,234", "2 d ago"], ["longer", "5", "-"]];
  assert.equal(table(rows), "HUB     UPDATES   OLDEST\na         1,234  2 d ago\nlonger        5        -\n");
});

test("nothing that a terminal obeys is printed", () => {
  assert.equal(printable("a\u001b[2Jb\r\n\u009bc"), "a\ufffd[2Jb\ufffd\ufffd\ufffdc");
});

test("figures are told by name, with sizes and times", () => {
  const now = Date.parse("2026-11-26T12:00:00.000Z");
  const figures = { connections: 12_345, history: { bytes: 1_500, oldest: now - 120_000, newest: null }, delivery: "direct\u001b" };
  assert.deepEqual(figureRows(figures, now), [
    ["connections", "12,345"],
    ["history.bytes", "1.5 kB"],
    ["history.oldest", "2026-11-26T11:58:00.000Z (2 min ago)"],
    ["history.newest", "-"],
    ["delivery", "direct\ufffd"],
  ]);
});
