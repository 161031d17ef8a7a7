// The page's wasm in Node, which has Fetch and Streams too.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { publish, subscribe } from "./client.mjs";

const BUILT = new URL("../../build/examples/page/", import.meta.url);

test("a hub in a page streams to the readers whose selector matches", async () => {
  const { initSync, Hub } = await import(new URL("millstream_page.js", BUILT));
  initSync({ module: await readFile(new URL("millstream_page_bg.wasm", BUILT)) });
  const hub = new Hub();
  const reader = new AbortController();
  const received = [];
  const ended = subscribe(hub, "books/{id}", (data) => {
    received.push(data);
    if (data === "last") reader.abort();
  }, reader.signal).catch(() => {});
  for (const [topic, data] of [["books/1", "two\nlines"], ["music/1", "unheard"], ["books/2", "last"]]) {
    await publish(hub, topic, data);
  }
  await ended;
  assert.deepEqual(received, ["two\nlines", "last"]);
});

test("the page shows the hub's wasm alone, and nothing of the Worker", async () => {
  const page = await WebAssembly.compile(await readFile(new URL("millstream_page_bg.wasm", BUILT)));
  const names = WebAssembly.Module.exports(page).map(({ name }) => name);
  assert.ok(names.includes("hub_fetch"), names);
  assert.deepEqual(names.filter((name) => /object|door/.test(name)), []);
});
