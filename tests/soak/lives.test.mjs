// A life of an object leaves nothing in the isolate's wasm memory, which the next life of every hub shares.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Links, asleep } from "../e2e/links.mjs";
import { until } from "../e2e/until.mjs";

const HUBS = 60;
/** What a life holds, so that one that is not freed is seen: selectors, and updates in memory. */
const TOPICS = Array.from({ length: 40 }, (_, at) => `orders/${at}/{id}`);
const FILLER = "x".repeat(3_000);
const UPDATES = 20;

let links;
before(async () => (links = await Links.start()));
after(() => links?.stop());

const names = Array.from({ length: HUBS }, (_, at) => `level-${at}`);
let sent = 0;

/** Publishes to every hub, so that each is awake and holds as much as before. */
async function useAll(streams) {
  sent += UPDATES;
  const ids = Array.from({ length: UPDATES }, (_, at) => String(sent - UPDATES + at + 1));
  for (const [at, hub] of names.entries()) {
    await links.publishAll(hub, ids, { topic: "orders/1/x", data: FILLER });
    await streams[at].receivesId(ids.at(-1));
  }
}

const wasm = async () => (await links.notes(names[0])).wasm;
const livesOfAll = async () => {
  const notes = await Promise.all(names.map((hub) => links.notes(hub)));
  return notes.reduce((sum, { lives }) => sum + lives, 0);
};

test("the wasm memory is level over two hundred lives of hubs", async (t) => {
  const streams = await Promise.all(names.map((hub) => links.open(t, hub, { topic: TOPICS })));
  await useAll(streams);
  // The first round of lives may find the memory in pieces.
  await Promise.all(names.map((hub) => links.abort(hub)));
  await useAll(streams);
  const before = await wasm();
  assert.equal(await livesOfAll(), 2 * HUBS);
  for (let round = 0; round < 2; round += 1) {
    await Promise.all(names.map((hub) => links.abort(hub)));
    await useAll(streams);
  }
  await asleep();
  await useAll(streams);
  assert.ok((await livesOfAll()) >= 5 * HUBS, "they have not slept");
  const grown = (await wasm()) - before;
  // What one round of lives holds is some megabytes.
  assert.ok(grown <= 1_048_576, `it has grown by ${grown} bytes`);
  for (const stream of streams) assert.equal(stream.ids.length, sent);
  await until(async () => (await links.server.health(names[0])).links === 1, "one link");
});
