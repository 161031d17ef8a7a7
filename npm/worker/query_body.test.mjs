// The body of a QUERY.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, isForm } from "./query_body.mjs";

const query = (body) => new Request("https://example.com/", { method: "QUERY", body, duplex: "half" });

test("a form is known by its media type, with any parameters, and has no encoding", () => {
  const form = "application/x-www-form-urlencoded";
  for (const type of [form, `${form};charset=utf-8`, ` ${form.toUpperCase()} ; x`]) assert.equal(isForm(new Headers({ "content-type": type })), true, type);
  for (const type of [`${form}2`, `x/y; ${form}`, "application/json", ""]) assert.equal(isForm(new Headers({ "content-type": type })), false, type);
  assert.equal(isForm(new Headers()), false);
  assert.equal(isForm(new Headers({ "content-type": form, "content-encoding": "gzip" })), false);
});

test("a body is read as it came", async () => {
  for (const body of ["topic=a&topic=%C3%A4", "topic=\u{e4}", "\ufefftopic=a"]) {
    const { bytes, text } = await bodyOf(query(new TextEncoder().encode(body)));
    assert.equal(text, body);
    assert.equal(Buffer.from(bytes).toString(), body);
  }
  assert.equal((await bodyOf(query(undefined))).text, "");
});

test("a body that is not UTF-8 has no text, and all of its bytes", async () => {
  const { bytes, text } = await bodyOf(query(new Uint8Array([97, 255])));
  assert.deepEqual([...new Uint8Array(bytes)], [97, 255]);
  assert.equal(text, undefined);
});

test("a form of the largest size that is held has a text, and a larger one has none, and all of its bytes", async () => {
  assert.equal((await bodyOf(query("a".repeat(16_384)))).text.length, 16_384);
  for (const size of [16_385, 131_072]) {
    const { bytes, text } = await bodyOf(query("a".repeat(size)));
    assert.deepEqual([bytes.byteLength, text], [size, undefined]);
  }
});

test("a body that is too large has no text and is not read to its end", async () => {
  let pulled = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(65_536));
    },
  });
  const { bytes, text } = await bodyOf(query(endless));
  assert.equal(text, undefined);
  assert.ok(bytes.byteLength > 131_072 && pulled < 10, `${bytes.byteLength} bytes, ${pulled} pulls`);
});
