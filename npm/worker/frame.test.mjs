// The frames of a link.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frameOf } from "./frame.mjs";

/** A message with these bytes. */
const message = (...bytes) => new Uint8Array(bytes).buffer;
const cursor = (last) => [0, 0, 0, 0, 0, 0, 1, last];

test("a frame has a kind, a cursor and bytes", () => {
  const kinds = ["chunk", "aside", "end"];
  for (const [at, kind] of kinds.entries()) {
    assert.deepEqual(frameOf(message(16 + at, ...cursor(2), 58, 10)), { kind, cursor: 258n, bytes: new Uint8Array([58, 10]) });
  }
});

test("a frame of deflate blocks has eight bytes ahead of them", () => {
  const part = [1, 2, 3, 4, 0, 0, 0, 2, 3];
  for (const [first, kind] of [[19, "deflated"], [20, "deflated aside"]]) {
    assert.deepEqual(frameOf(message(first, ...cursor(2), ...part)), { kind, cursor: 258n, bytes: new Uint8Array(part) });
    assert.equal(frameOf(message(first, ...cursor(2), 1, 2, 3, 4)), undefined);
  }
});

test("a frame may have no bytes, and any cursor that the log can have", () => {
  const { cursor, bytes } = frameOf(message(16, 255, 255, 255, 255, 255, 255, 255, 255));
  assert.deepEqual([cursor, bytes.byteLength], [2n ** 64n - 1n, 0]);
});

test("another version, an unknown kind, a text and a short message are no frames", () => {
  for (const wrong of [message(0, ...cursor(2)), message(32, ...cursor(2)), message(21, ...cursor(2)), message(16, 0), message(), "pong", undefined]) {
    assert.equal(frameOf(wrong), undefined);
  }
});
