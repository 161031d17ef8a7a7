// Exports that are cut at each byte, and go on.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ExportFile } from "./export_file.mjs";
import { ExportLines, mismatch } from "./export_lines.mjs";

const NOTHING = { publications: 0, subscriptions: 0, closings: 0 };
const headerOf = (members) => ({ version: 1, hub: "news", places: "AAAA", after: 0, until: 3, removed: NOTHING, time: "2026-11-26", ...members });
const line = (value) => `${JSON.stringify(value)}\n`;
const entries = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => line({ sequence: from + at, data: "ü".repeat(from + at) }));
const exportOf = (header, lines) => Buffer.from([line({ millstream: header }), ...lines].join(""));

function folderOf(t) {
  const folder = mkdtempSync(join(tmpdir(), "millstream-export-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "news.ndjson");
}

/** Reads an export in pieces of this many bytes. */
function readIn(bytes, length) {
  const lines = new ExportLines();
  const whole = [];
  for (let at = 0; at < bytes.length; at += length) whole.push(lines.take(bytes.subarray(at, at + length)));
  return { lines, entries: Buffer.concat(whole).toString() };
}

/** Puts an export into a file as the command does. */
async function written(path, bytes, { goesOn = false } = {}) {
  const file = await ExportFile.open(path, { goesOn });
  const lines = new ExportLines();
  const whole = lines.take(bytes);
  await file.begin(lines.header);
  await file.add(whole);
  return file;
}

test("whole lines come out of pieces of any size, without the header", () => {
  const bytes = exportOf(headerOf(), entries(1, 3));
  for (let length = 1; length <= bytes.length; length += 1) {
    const { lines, entries: found } = readIn(bytes, length);
    assert.equal(found, entries(1, 3).join(""), `pieces of ${length}`);
    assert.deepEqual([lines.count, lines.reached, lines.flaw, lines.header.hub], [3, 3, undefined, "news"]);
  }
});

test("an export that is cut at any byte is told from a whole one", () => {
  const bytes = exportOf(headerOf(), entries(1, 3));
  for (let length = 0; length < bytes.length; length += 1) {
    assert.match(readIn(bytes.subarray(0, length), 7).lines.flaw ?? "none", /^it ended (before its first line|at the entry \d of 3)$/, `${length} bytes`);
  }
});

test("an export is whole when what it promises is removed, or was exported before", () => {
  for (const header of [headerOf({ removed: { ...NOTHING, subscriptions: 3 } }), headerOf({ after: 3 }), headerOf({ until: 0 })]) {
    assert.equal(readIn(exportOf(header, []), 9).lines.flaw, undefined);
  }
});

test("the line that says why an export could not go on is its flaw, and no entry", () => {
  const bytes = exportOf(headerOf(), [...entries(1, 2), line({ error: { status: 409, title: "Conflict", detail: "begin\u001b again" } })]);
  for (const length of [1, 10, bytes.length]) {
    const { lines, entries: found } = readIn(bytes, length);
    assert.deepEqual([found, lines.count, lines.reached], [entries(1, 2).join(""), 2, 2]);
    assert.equal(lines.flaw, "the hub could not go on: begin\ufffd again");
  }
});

test("what does not begin with a header is no export", () => {
  for (const text of ["<!doctype html>\n", "{}\n", line({ millstream: headerOf({ version: 2 }) }), line({ millstream: headerOf({ until: "3" }) })]) {
    assert.throws(() => readIn(Buffer.from(text), 5), /the first line is not the header of an export of version 1/);
  }
});

test("a file has its name once it is whole, only its owner reads it, and it takes no other's place", async (t) => {
  const path = folderOf(t);
  writeFileSync(`${path}.part`, "left by an export", { mode: 0o644 });
  const file = await written(path, exportOf(headerOf(), entries(1, 3)));
  assert.equal(existsSync(path), false);
  await file.complete();
  assert.equal(existsSync(`${path}.part`), false);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const [first, ...others] = readFileSync(path, "utf8").split(/(?<=\n)/);
  assert.deepEqual([JSON.parse(first), others], [{ millstream: headerOf() }, entries(1, 3)]);
  await assert.rejects(ExportFile.open(path, { goesOn: false }), /is there already: remove it, or give another name/);
});

test("a part that is cut at any byte goes on behind its last whole line", async (t) => {
  const path = folderOf(t);
  const part = `${path}.part`;
  await (await written(path, exportOf(headerOf(), entries(1, 3)))).close();
  const bytes = readFileSync(part);
  const headerBytes = bytes.indexOf("\n") + 1;
  for (let length = 0; length <= bytes.length; length += 1) {
    writeFileSync(part, bytes.subarray(0, length));
    const before = bytes.subarray(headerBytes, Math.max(length, headerBytes)).toString().split("\n").length - 1;
    const opened = await ExportFile.open(path, { goesOn: true });
    assert.equal(opened.part?.reached, length < headerBytes ? undefined : before, `${length} bytes`);
    await opened.close();
    const rest = exportOf(headerOf({ after: before, until: 4_000, time: "later" }), entries(before + 1, 5));
    await (await written(path, rest, { goesOn: true })).close();
    const [first, ...others] = readFileSync(part, "utf8").split(/(?<=\n)/);
    assert.deepEqual(others, entries(1, 5), `${length} bytes`);
    assert.deepEqual([JSON.parse(first).millstream.until, JSON.parse(first).millstream.after], [4_000, 0]);
  }
});

test("a part without a file to go on with, a folder and a folder that is not there are errors with their mend", async (t) => {
  const path = folderOf(t);
  await assert.rejects(ExportFile.open(path, { goesOn: true }), /there is no .*news\.ndjson\.part to go on with: leave out --continue/);
  await assert.rejects(ExportFile.open(join(path, ".."), { goesOn: false }), /is a folder; --output names a file/);
  await assert.rejects(ExportFile.open(join(path, "x"), { goesOn: false }), /x\.part cannot be written: there is no such folder/);
  writeFileSync(`${path}.part`, "something else\n");
  await assert.rejects(ExportFile.open(path, { goesOn: true }), /not the header of an export/);
});

test("the rest of another hub, or one behind what is gone, is not put behind a part", () => {
  const part = { header: headerOf({ removed: { ...NOTHING, subscriptions: 9 } }), reached: 5 };
  const rest = (members) => mismatch(part, headerOf({ after: 5, until: 9, removed: { publications: 5, subscriptions: 9, closings: 0 }, ...members }));
  assert.equal(rest({}), undefined);
  assert.match(rest({ places: "BBBB" }), /of another hub, or this one was deleted meanwhile/);
  assert.match(rest({ after: 4 }), /begins behind the entry 4, and not 5/);
  assert.match(rest({ removed: { publications: 6, subscriptions: 9, closings: 0 } }), /removed publications up to 6 meanwhile, and the file ends at 5/);
});
