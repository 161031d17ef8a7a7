// The body of a QUERY.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf } from "./query_body.mjs";

const query = (body) => new Request("https://example.com/", { method: "QUERY", body, duplex: "half" });

test("a body is read as it came", async () => {
  const { bytes, isTooLarge } = await bodyOf(query("topic=a&topic=%C3%A4"));
  assert.equal(new TextDecoder().decode(bytes), "topic=a&topic=%C3%A4");
  assert.equal(isTooLarge, false);
  assert.equal((await bodyOf(query(undefined))).bytes.byteLength, 0);
});

test("a body of the largest size is read, and one that is larger is told and not read to its end", async () => {
  assert.equal((await bodyOf(query("a".repeat(131_072)))).isTooLarge, false);
  let pulled = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(65_536));
    },
  });
  const { bytes, isTooLarge } = await bodyOf(query(endless));
  assert.equal(isTooLarge, true);
  assert.ok(bytes.byteLength > 131_072 && pulled < 10, `${bytes.byteLength} bytes, ${pulled} pulls`);
});
