// The server is killed with -9 while it publishes: readers and publishers come back, and each update is delivered once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { publish, subscribe } from "../../npm/client/index.mjs";
import { ClientPages } from "./client_page.mjs";
import { ENTRIES, NODE, readersIn } from "./client_readers.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

const KILLS = 2;
const PUBLISHERS = 3;

const pages = ClientPages.forTests();

/** Publishes until `isEnough`, one update after the other. Returns the ids that were answered. */
async function publishUntil(hub, isEnough, name) {
  const ids = [];
  while (!isEnough()) {
    const { id } = await publish(hub, { topic: "a", data: `${name} ${ids.length}`, type: "typed" }, { attempts: 30 });
    ids.push(id);
  }
  return ids;
}

/** What the hub has in its log, by another client. */
async function logOf(hub) {
  const ids = [];
  const end = (await publish(hub, { topic: "a", type: "typed", data: "end" })).id;
  for await (const { id } of subscribe(hub, { topics: "*", lastEventId: "earliest" })) {
    ids.push(id);
    if (id === end) return ids;
  }
}

test("readers in Node and in Chromium, also by its EventSource, get what is published across kill -9 once and in order", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true", CORS_ORIGINS: "*" } });
  t.after(() => server.stop());
  const hub = server.hub("killed");
  const page = readersIn(await pages.open(t, { origin: server.origin, entries: ENTRIES }));
  const readers = { "kill node": NODE, "kill fetch": page, "kill native": page };
  t.after(() => NODE.close(["kill node"]));
  for (const [name, where] of Object.entries(readers)) {
    await where.open([[name, hub, { topics: "*", ...(name === "kill native" ? { types: ["typed"] } : {}) }]]);
  }
  const told = (part) => Promise.all(Object.entries(readers).map(async ([name, where]) => (await where.told(part, [name]))[0]));
  let briefs;
  const all = (what, isTrue) =>
    until(async () => (briefs = await told("brief")).every(isTrue), () => `${what}: ${JSON.stringify(briefs)}`);
  await all("an open stream", ({ state, lastEventId }) => state === "open" && lastEventId !== "");

  let isEnough = false;
  const publishing = Array.from({ length: PUBLISHERS }, (_, at) => publishUntil(hub, () => isEnough, `publisher ${at}`));
  for (let kills = 0; kills < KILLS; kills += 1) {
    const { count } = (await told("brief"))[0];
    await all("updates", (brief) => brief.count >= count + 20);
    await server.kill();
    await server.restart();
    await all("an open stream again", ({ state }) => state === "open");
  }
  isEnough = true;
  const answered = (await Promise.all(publishing)).flat();
  const log = await logOf(hub);
  await all("the last update", ({ lastEventId }) => lastEventId === log.at(-1));
  for (const { updates, gaps, errors } of await told("seen")) {
    assert.deepEqual(updates.map(({ id }) => id), log);
    assert.deepEqual([gaps, errors], [[], []]);
  }
  // Each publication that was answered is there, and once, although its request may have been sent twice.
  assert.deepEqual([...answered, log.at(-1)].sort(), log.toSorted());
});
