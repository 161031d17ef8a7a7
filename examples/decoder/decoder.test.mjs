// The wasm that only decodes: what it decodes, what it weighs, and what it exports.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const BUILT = new URL("../../build/examples/", import.meta.url);
const LIMIT = 15_000;

const wasm = await readFile(new URL("decoder/millstream_decoder_bg.wasm", BUILT));
const { initSync, Decoder } = await import(new URL("decoder/millstream_decoder.js", BUILT));

async function exportsOf(bytes) {
  return WebAssembly.Module.exports(await WebAssembly.compile(bytes)).map(({ name }) => name);
}

test("a stream of any chunks is decoded", async () => {
  initSync({ module: wasm });
  const stream = new TextEncoder().encode(": hi\n\nid: 1\ndata: a\ndata: é\n\nevent: tick\ndata: 2\n\ndata: cut");
  for (const size of [1, 2, 3, 7, 100]) {
    const body = new ReadableStream({
      start(controller) {
        for (let at = 0; at < stream.length; at += size) controller.enqueue(stream.subarray(at, at + size));
        controller.close();
      },
    });
    const decoder = new Decoder();
    const events = [];
    for await (const chunk of body) decoder.decode(chunk, (...event) => events.push(event));
    decoder.free();
    assert.deepEqual(events, [["message", "a\né", "1"], ["tick", "2", "1"]], `chunks of ${size}`);
  }
});

test("what the caller throws comes back to it", () => {
  initSync({ module: wasm });
  const fail = () => {
    throw new Error("no more");
  };
  assert.throws(() => new Decoder().decode(new TextEncoder().encode("data: 1\n\n"), fail), /no more/);
});

test("a wasm that only decodes is small and shows nothing of the hub", async () => {
  const size = gzipSync(wasm, { level: 9 }).length;
  console.log(`decoder: ${wasm.length} bytes, ${size} gzipped`);
  assert.ok(size <= LIMIT, `${size} bytes gzipped, at most ${LIMIT}`);
  const own = (await exportsOf(wasm)).filter((name) => !name.startsWith("__"));
  assert.deepEqual(own.sort(), ["decoder_decode", "decoder_new", "memory"]);
});

test("the crate's own wasm with the codec alone exports no function", async () => {
  const codec = await readFile(new URL("wasm32-unknown-unknown/debug/millstream.wasm", BUILT));
  assert.deepEqual((await exportsOf(codec)).filter((name) => !name.startsWith("__")), ["memory"]);
});
