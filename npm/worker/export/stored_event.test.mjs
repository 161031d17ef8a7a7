// The stored form of an event, as src/publishing/export_line.rs writes it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fieldsOf } from "./stored_event.mjs";

const WRITTEN = JSON.parse(readFileSync(new URL("../../../tests/data/stored_events.json", import.meta.url), "utf8"));
/** Half a second is the shortest time that is told, and 0 is none. */
const told = (retry) => (Number(retry) === 0 ? undefined : Math.max(Number(retry), 500));

for (const { line, event } of WRITTEN) {
  test(`the event ${JSON.stringify(event)} has the fields that it was published with`, () => {
    const { type, retry = 0, id, data } = line;
    assert.deepEqual(fieldsOf(event), { type, retry: told(retry), id, data: data.replaceAll(/\r\n?/g, "\n") });
  });
}

test("data of a million lines is read", () => {
  const data = "\n".repeat(1_000_000);
  assert.equal(fieldsOf(`id: 1\ndata: ${data.replaceAll("\n", "\ndata: ")}\n\n`).data, data);
});

const OTHERS = ["", "\n", "data: x\n\n", "id: 1\n\n", "id: 1\ndata: x\n", "id: 1\ndata: x\n\n\n", ": c\nid: 1\ndata: x\n\n"];
for (const text of [...OTHERS, "id: 1\nevent: t\ndata: x\n\n", "retry: x\nid: 1\ndata: x\n\n", "id: 1\ndata: x\nforged: y\n\n", "id: 1\ndata:x\n\n"]) {
  test(`the text ${JSON.stringify(text)} is none that a hub writes`, () => {
    assert.throws(() => fieldsOf(text), /not in the form in which a hub stores it/);
  });
}
