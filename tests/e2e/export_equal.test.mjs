// A hub that was exported and imported answers exactly as before, for random hubs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { post } from "./clients.mjs";
import { KEY, callOf, exported, imported, linesOf } from "./exports.mjs";
import { randomFrom } from "./random.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS_0, bearer, token0 } from "./tokens.mjs";

const TOPICS = ["a", "b", "https://example.com/books/1", "ü/😀", "c d"];
const DATA = ["", "x", " led by a space", "one\ntwo\n\n", "\r", "data: forged\n\nid: 9", "\u2028\u0000é😀", "\ufeffb", "{\"a\": 1}", "x".repeat(300)];
/** Hubs that keep little, so that their beginnings are gone, and hubs that keep everything. */
const HUBS = Object.fromEntries([1, 2, 3].flatMap((seed) => [`few${seed}`, `fewcopy${seed}`].map((name) => [name, { HISTORY_UPDATES: "7", CLOSED_AGE: "1h" }])));

let server;
let all;
before(async () => {
  const vars = { ...KEYS_0, ANONYMOUS_SUBSCRIBE: "true", SUBSCRIPTIONS: "true", HUBS: JSON.stringify(HUBS) };
  [server, all] = await Promise.all([Server.start({ kind: "workerd", vars }), token0({ publish: ["*"], subscribe: ["*"] })]);
});
after(() => server?.stop());

/** Publishes, closes and subscribes at random. Gives the ids and the places that clients were told. */
async function fill(t, name, below) {
  const hub = server.hub(name);
  const places = [];
  const send = async (fields) => {
    const response = await post(hub, fields, { headers: bearer(all) });
    const told = await response.text();
    if (response.ok) places.push(told);
  };
  const pick = (list) => list[below(list.length)];
  for (let left = 30; left > 0; left -= 1) {
    const topic = Array.from({ length: 1 + below(2) }, () => pick(TOPICS));
    const isPrivate = below(3) === 0 && { private: "on" };
    const deed = below(12);
    if (deed < 9) {
      const own = { ...(below(2) && { id: `own-${left % 9}` }), ...(below(3) === 0 && { type: pick(["t", "a type"]) }), ...(below(4) === 0 && { retry: String(below(9_000)) }) };
      await send({ topic, data: pick(DATA), ...own, ...isPrivate });
    } else if (deed === 9) {
      await send({ topic: `closed-${below(4)}`, ...(below(2) && { data: "the last" }), close: pick(["done", "broken"]), ...isPrivate });
    } else {
      const stream = await Stream.open(t, withQuery(hub, { topic: [pick(TOPICS), "*"] }), { headers: { "cache-control": "no-cache", ...bearer(all) } });
      places.push(/^id: (.*)$/m.exec(stream.text)?.[1]);
      // It ends at once, and no client comes back.
      await drain(name);
      await stream.ends();
    }
  }
  return places.filter((place) => place !== undefined);
}

async function drain(name) {
  const { status } = await fetch(callOf(server, name, "drain?within=1ms"), { method: "POST", headers: KEY });
  assert.equal(status, 200);
}

/** Everything that a client is answered, but the place at the end, which is another one each time. */
async function answers(name, { places }) {
  const found = [];
  const hub = server.hub(name);
  for (const headers of [bearer(all), {}]) {
    for (const lastEventId of ["earliest", "unknown", ...places]) {
      const query = { topic: "*", live: "false", last_event_id: lastEventId, lastEventID: lastEventId };
      const response = await fetch(withQuery(hub, query), { headers });
      // The time of a drained hub is at random.
      const text = (await response.text()).replace(/^:\nretry: \d+\n/, ":\n");
      found.push(`${response.status} ${response.headers.get("last-event-id")?.replace(/^#.*/, "#")} ${text.replaceAll(/^event: (place|gap)\nid: .*$/gm, "event: $1")}`);
    }
    for (const topic of [...TOPICS, "closed-0", "closed-1", "closed-2", "closed-3"]) {
      const { headers: told, status } = await fetch(withQuery(hub, { topic }), { method: "HEAD", headers });
      found.push(`${topic} ${status} ${told.get("topic-status")}`);
    }
  }
  return found;
}

for (const [name, seed] of [["all1", 1], ["all2", 2], ["few1", 3], ["few2", 4], ["few3", 5]]) {
  test(`a copy of the hub ${name} is exported as the hub is, and answers every client as the hub does`, async (t) => {
    const copy = name.replace(/\d/, "copy$&");
    const places = await fill(t, name, randomFrom(seed));
    const file = await exported(server, name);
    const { header, entries } = linesOf(file);
    assert.deepEqual(await imported(server, copy, file), { status: 200, answer: { imported: entries.length, held: 0, last: header.until } });
    const again = await exported(server, copy);
    const withoutTime = (text) => text.replace(/"time":"[^"]*"/, "").replace(`"hub":"${copy}"`, `"hub":"${name}"`);
    assert.equal(withoutTime(again), withoutTime(file));
    // That a hub was drained is not in the file.
    await Promise.all([name, copy].map(drain));
    assert.deepEqual(await answers(copy, { places }), await answers(name, { places }));
    assert.ok(name.startsWith("all") === (header.removed.publications === 0), JSON.stringify(header));
    // The numbering goes on alike.
    for (const hub of [name, copy]) await post(server.hub(hub), { topic: "a", id: "next", data: "x" }, { headers: bearer(all) });
    const next = [name, copy].map(async (hub) => linesOf(await exported(server, hub, `?after=${header.until}`)).entries.map(({ sequence, id }) => [sequence, id]));
    const [[own], [copied]] = await Promise.all(next);
    assert.deepEqual([own, copied], [[header.until + 1, "next"], [header.until + 1, "next"]]);
  });
}
