import assert from "node:assert/strict";
import { test } from "node:test";
import { streamsOf } from "./streams.mjs";
import { read } from "./words.mjs";

/** Reads `text` as a stream, and gives the entries. */
async function entriesOf(text, options) {
  const fetch = async () => new Response(text, { headers: { "content-type": "text/event-stream" } });
  const open = streamsOf("https://example.com/events", { topics: "a", user: null, fetch, ...options });
  const entries = [];
  await new Promise((lost) => {
    const close = open("1", {
      entry: (entry) => entries.push(entry),
      state: ({ name }) => {
        if (name !== "waiting") return;
        close();
        lost();
      },
    });
  });
  return entries;
}

for (const rubbish of ['{"requested":5,"first":{},"missed":"3"}', '{"missed":-1}', '{"missed":1.5,"first":[]}', "5", "null", "{"]) {
  test(`a gap that tells ${rubbish} is told to every tab`, async () => {
    const [entry, next] = await entriesOf(`id: #2\nevent: gap\ndata: ${rubbish}\n\nid: 3\ndata: x\n\n`);
    assert.deepEqual(entry, { cursor: "#2", gap: { requested: null, first: null, missed: null } });
    assert.deepEqual(read({ kind: "step", term: 1, number: 1, entry })?.entry, entry);
    assert.equal(next.update.text, "x");
  });
}

test("a gap is told as the hub tells it", async () => {
  const gap = { requested: "1", first: "3", missed: 2 };
  const [entry] = await entriesOf(`id: #2\nevent: gap\ndata: ${JSON.stringify(gap)}\n\n`);
  assert.deepEqual(entry, { cursor: "#2", gap });
});

test("an end moves the cursor of every tab, and is told to none: the state tells it", async () => {
  const ends = [];
  const entries = await entriesOf('id: #2\nevent: end\ndata: {"topic":"b","reason":"done"}\n\nid: 3\ndata: x\n\n', { onEnd: (end) => ends.push(end) });
  assert.deepEqual([entries.map(({ cursor }) => cursor), ends], [["#2", "3"], []]);
});
