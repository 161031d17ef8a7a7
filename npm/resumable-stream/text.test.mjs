// The text of a topic, read from streams that end too early, are refused, or lack something.
import assert from "node:assert/strict";
import { test } from "node:test";
import { positioned } from "./positioned.mjs";
import { textOf } from "./text.mjs";

const part = (at, text, id = `i${at}`) => `id: ${id}\ndata: ${JSON.stringify({ at, text })}\n\n`;
const END = 'event: end\nid: #1\ndata: {"topic":"t","reason":"done"}\n\n';
const BROKEN = END.replace("done", "broken");

/** Reads from these answers, one for each connection. Gives the text, and what was asked for. */
async function read(answers, { skip = 0, produced = Promise.resolve() } = {}) {
  const asked = [];
  const fetch = async (url) => {
    asked.push(url.searchParams.get("lastEventID"));
    const answer = answers.shift();
    if (answer === undefined) assert.fail("one connection too many");
    return typeof answer === "string" ? new Response(answer) : answer();
  };
  let text = "";
  try {
    for await (const more of textOf({ fetch, topic: "t", skip, produced })) text += more;
  } catch (error) {
    return { text, asked, error };
  }
  return { text, asked };
}

test("a text goes on behind the last event of a connection that was lost, and what comes twice is left out", async () => {
  const { text, asked } = await read([`:\n${part(0, "one ")}${part(4, "two ")}`, part(4, "two ") + part(8, "three") + END]);
  assert.deepEqual([text, asked], ["one two three", ["earliest", "i4"]]);
});

test("events of the hub are no text", async () => {
  const { text } = await read([`event: gap\nid: #0\ndata: {"missed":1}\n\nevent: place\nid: #0\ndata: {}\n\n${part(0, "a")}${END}`]);
  assert.equal(text, "a");
});

test("a text that the hub holds no more is an error, unless it is left out anyway", async () => {
  const held = part(4, "two ") + END;
  const { text, error } = await read([held], { skip: 2 });
  assert.deepEqual([text, error.message], ["", "the hub has forgotten the characters from 2 to 4 of the stream"]);
  assert.equal((await read([held], { skip: 5 })).text, "wo ");
});

test("a broken stream is an error behind its text, and the producer's own where it is known", async () => {
  const { text, error } = await read([part(0, "a") + BROKEN]);
  assert.deepEqual([text, error.message], ["a", "the producer of the stream was lost before its end"]);
  const produced = Promise.reject(new RangeError("deliberate"));
  produced.catch(() => {});
  assert.equal((await read([part(0, "a") + BROKEN], { produced })).error.message, "deliberate");
});

test("a hub that has nothing left ends the text", async () => {
  assert.equal((await read([part(0, "a"), () => new Response(null, { status: 204 })])).text, "a");
});

test("a hub that is busy is asked again, and one that refuses is not", async () => {
  const busy = () => Response.json({ detail: "busy" }, { status: 503 });
  assert.equal((await read([busy, busy, part(0, "a") + END])).text, "a");
  const { error, asked } = await read([() => Response.json({ detail: "no" }, { status: 403 })]);
  assert.deepEqual([error.name, error.status, error.message, asked.length], ["HubError", 403, "no", 1]);
});

test("a hub that ends its stream again and again, or stays busy, is an error in the end", async (t) => {
  t.mock.method(globalThis, "setTimeout", (callback) => queueMicrotask(callback));
  const forever = (answer) => read(Array(20).fill(answer));
  assert.match((await forever(":\n")).error.message, /^the hub ends its stream again and again/);
  assert.equal((await forever(() => Response.json({ detail: "busy" }, { status: 503 }))).error.message, "busy");
});

test("a reader that leaves ends the connection", async () => {
  let cancelled;
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(part(0, "a"))), cancel: () => (cancelled = true) });
  const reader = textOf({ fetch: async () => new Response(body), topic: "t", skip: 0, produced: Promise.resolve() }).getReader();
  assert.deepEqual(await reader.read(), { done: false, value: "a" });
  await reader.cancel();
  assert.equal(cancelled, true);
});

test("each part of a source has its place, and a long one is cut", async () => {
  const parts = await Array.fromAsync(positioned(ReadableStream.from(["ab", "", "c".repeat(70_000), "d"])));
  assert.deepEqual(parts.map(({ at, text }) => [at, text.length]), [[0, 2], [2, 65_536], [65_538, 4_464], [70_002, 1]]);
  assert.throws(() => positioned("ab"), /makeStream gave no ReadableStream/);
});

test("a source of bytes is refused", async () => {
  await assert.rejects(Array.fromAsync(positioned(ReadableStream.from([new Uint8Array(1)]))), /is no text, but object; decode bytes first/);
});
