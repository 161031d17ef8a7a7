// The lines of a body that is imported, in any chunking.
import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf } from "./lines.mjs";

const bytes = (text) => new TextEncoder().encode(text);

async function read(...chunks) {
  const lines = [];
  for await (const { number, text } of linesOf(ReadableStream.from(chunks))) lines.push([number, text]);
  return lines;
}

test("the chunks of a body do not change its lines, and empty ones are counted and left out", async () => {
  const body = bytes('{"a":"é😀"}\r\n\n \t\n{"b":1}\n{"c":2}');
  const lines = [[1, '{"a":"é😀"}'], [4, '{"b":1}'], [5, '{"c":2}']];
  assert.deepEqual(await read(body), lines);
  for (let size = 1; size < body.length; size += 1) {
    const chunks = Array.from({ length: Math.ceil(body.length / size) }, (_, at) => body.subarray(at * size, (at + 1) * size));
    assert.deepEqual(await read(...chunks), lines, `in chunks of ${size}`);
  }
});

test("a line that is not UTF-8 is refused with its number", async () => {
  await assert.rejects(read(bytes("a\n"), Uint8Array.of(0xc3), bytes("\nb\n")), { status: 400, message: "line 2 is not UTF-8" });
});

test("a line that is too long is refused before it has ended", async () => {
  const chunk = bytes("x".repeat(1_000_000));
  let given = 0;
  const endless = new ReadableStream({ pull: (controller) => (given += 1) && controller.enqueue(chunk) });
  await assert.rejects(async () => {
    for await (const line of linesOf(endless)) assert.fail(`a line: ${line.number}`);
  }, { status: 413, message: "line 1 has more than 12582912 bytes" });
  assert.ok(given < 20);
});

test("a body that is silent for ten seconds is refused, and its sender is told that nobody reads on", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let isCancelled = false;
  const silent = new ReadableStream({ start: (controller) => controller.enqueue(bytes("a\nb")), cancel: () => (isCancelled = true) });
  const lines = linesOf(silent);
  assert.deepEqual((await lines.next()).value, { number: 1, text: "a" });
  const next = assert.rejects(lines.next(), { status: 408, message: "no byte came for 10 seconds, in or before line 2" });
  t.mock.timers.tick(9_999);
  assert.equal(isCancelled, false);
  t.mock.timers.tick(1);
  await next;
  assert.equal(isCancelled, true);
});
