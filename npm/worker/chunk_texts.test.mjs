// The texts that the chunks of a source give.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ChunkTexts } from "./chunk_texts.mjs";

function textsOf(...chunks) {
  const texts = new ChunkTexts();
  return [...chunks.flatMap((chunk) => texts.of(chunk)), ...texts.rest()];
}
const bytes = (...given) => new Uint8Array(given);

test("a text is the data of an update as it is, also an empty one, and anything else its JSON", () => {
  assert.deepEqual(textsOf("a\r\nb", "", "{}", { a: 1 }, null, 7, ["x"], "c"), ["a\r\nb", "", "{}", '{"a":1}', "null", "7", '["x"]', "c"]);
});

test("a character that is cut by the border of two chunks stays whole", () => {
  assert.deepEqual(textsOf("a\ud83d", "\ude00b"), ["a", "😀b"]);
  assert.deepEqual(textsOf("\ud83d", "\ude00\ud83d", "\ude00"), ["😀", "😀"]);
  assert.deepEqual(textsOf(bytes(0x61, 0xf0, 0x9f), bytes(), bytes(0x98), bytes(0x80, 0x62)), ["a", "😀b"]);
});

test("a character that never becomes whole is shown as such, in its place", () => {
  assert.deepEqual(textsOf("a\ud83d", "b", "\ude00"), ["a", "\ufffdb", "\ufffd"]);
  assert.deepEqual(textsOf("\ud83d", { a: 1 }), ["\ufffd", '{"a":1}']);
  assert.deepEqual(textsOf(bytes(0xf0), "a", bytes(0x62)), ["\ufffd", "a", "b"]);
  assert.deepEqual(textsOf("\ud83d", bytes(0x61, 0xff)), ["\ufffd", "a\ufffd"]);
  assert.deepEqual(textsOf("a\ud83d"), ["a", "\ufffd"]);
});

test("a byte order mark is a character like others", () => {
  assert.deepEqual(textsOf(bytes(0xef, 0xbb, 0xbf, 0x61)), ["\ufeffa"]);
});

test("a chunk that has no JSON is refused", () => {
  for (const chunk of [undefined, () => {}, 1n, Promise.resolve("a")]) {
    assert.throws(() => textsOf(chunk), { name: "HubError", status: 400, field: "data" });
  }
});

test("cut anywhere, texts and bytes give the same text", () => {
  const whole = "é😀\u0000漢字\r\n👩‍👩‍👧 end";
  const encoded = new TextEncoder().encode(whole);
  for (let at = 0; at <= encoded.length; at++) {
    assert.equal(textsOf(encoded.slice(0, at), encoded.slice(at)).join(""), whole);
    assert.equal(textsOf(whole.slice(0, at), whole.slice(at)).join(""), whole);
  }
});
