// Files that are imported: broken ones, parts, copies of other hubs, and hubs that are in use meanwhile.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { post } from "./clients.mjs";
import { KEY, callOf, exported, fileOf, headerOf, imported, linesOf, numbered, updateOf } from "./exports.mjs";
import { StreamedPost } from "./raw.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS_0, bearer, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const HUBS = { forgetful: { HISTORY_AGE: "1h" } };

let server;
let all;
let count = 0;
before(async () => {
  const vars = { ...KEYS_0, ANONYMOUS_SUBSCRIBE: "true", HUBS: JSON.stringify(HUBS) };
  [server, all] = await Promise.all([Server.start({ kind: "workerd", vars }), token0({ publish: ["*"] })]);
});
after(() => server?.stop());
const freshName = () => `imported-${(count += 1)}`;
const publish = async (name, fields) => {
  const response = await post(server.hub(name), fields, { headers: bearer(all) });
  assert.equal(response.status, 200, await response.text());
};
const lastOf = async (name) => linesOf(await exported(server, name)).entries.at(-1)?.sequence ?? 0;

const ONE = [headerOf(2), updateOf(1)];
const second = (members) => fileOf(...ONE, updateOf(2, members));
const header = (members) => fileOf({ millstream: { ...headerOf(1).millstream, ...members } }, updateOf(1));
/** Each file with its status, the text of its answer, and how many entries it has before what is wrong. */
const BROKEN = {
  "that is empty": ["", 400, /^the file is empty/, 0],
  "of empty lines": ["\n\r\n \n", 400, /^the file is empty/, 0],
  "without a header": [fileOf(updateOf(1)), 400, /^line 1: a file begins with a header/, 0],
  "of another version": [header({ version: 2 }), 400, /^line 1: the file is of version 2; this hub reads version 1/, 0],
  "whose header has no place of its end": [header({ until: -1 }), 400, /^line 1: until of the header is -1/, 0],
  "whose end leaves no numbers": [header({ until: Number.MAX_SAFE_INTEGER }), 400, /^line 1: until of the header is 9007199254740991; no hub could number on/, 0],
  "whose header names what is behind the end": [header({ removed: { publications: 9, subscriptions: 0, closings: 0 } }), 400, /^line 1: .* ends at 1/, 0],
  "with a wrong key of places": [header({ places: "c2VjcmV0" }), 400, /^line 1: places of the header is not a key of 16 bytes/, 0],
  "without a key of places": [header({ places: null }), 400, /^line 1: the header has entries and no key/, 0],
  "that is cut off in a line": [`${fileOf(...ONE)}{"sequence":2,"ti`, 400, /^line 3: .*JSON/, 1],
  "that is cut off behind a line": [fileOf(...ONE), 400, /^the file ends at the entry 1, and its header promises 2/, 1],
  "whose sequences go back": [second({ sequence: 1 }), 400, /^line 3: sequence is 1; it must be a whole number greater than 1/, 1],
  "with a sequence that is no number": [second({ sequence: "2" }), 400, /^line 3: sequence is "2"/, 1],
  "that goes on behind its end": [fileOf(headerOf(1), updateOf(1), updateOf(2)), 400, /^line 3: its sequence is 2, .* ends at 1/, 1],
  "with an entry that is missing": [fileOf(headerOf(3), updateOf(1), updateOf(3)), 400, /^line 3: the entry 2 is missing/, 1],
  "whose times go back": [second({ time: 5 }), 400, /^line 3: time is 5/, 1],
  "from the future": [second({ time: Date.now() + 3_600_000 }), 400, /^line 3: time is .*none of the future/, 1],
  "that is not UTF-8": [Buffer.concat([Buffer.from(fileOf(...ONE)), Buffer.from([0x22, 0xff, 0x22, 0x0a])]), 400, /^line 3 is not UTF-8/, 1],
  "with a line that is no object": [fileOf(...ONE, "null"), 400, /^line 3: it is no object/, 1],
  "with an update without a topic": [second({ topic: [] }), 400, /^line 3: Missing "topic"/, 1],
  "with a line break in a topic": [second({ topic: ["a\nb"] }), 400, /^line 3: Invalid "topic"/, 1],
  "with a topic that is too long": [second({ topic: ["x".repeat(5_000)] }), 400, /^line 3: Invalid "topic" parameter: the topic has 5000 bytes/, 1],
  "with a topic of the hub's own": [second({ topic: ["/.well-known/mercure/subscriptions/a/b"] }), 400, /^line 3: the topic .* is reserved/, 1],
  "with a line break in an id": [second({ id: "1\ndata: forged" }), 400, /^line 3: Invalid "id"/, 1],
  "with the id of a place": [second({ id: "#forged" }), 400, /^line 3: Invalid "id" parameter: "#forged" is reserved/, 1],
  "without an id": [second({ id: undefined }), 400, /^line 3: it has to be an update with its id, or the closing of one topic/, 1],
  "with a line break in a type": [second({ type: "t\ndata: forged" }), 400, /^line 3: Invalid "type"/, 1],
  "with data beyond a publication's": [second({ data: "x".repeat(1_048_577) }), 400, /^line 3: the data has more than 1048576 bytes/, 1],
  "with an unknown author": [second({ idOf: "me" }), 400, /^line 3: idOf is "me"/, 1],
  "with an unknown kind": [second({ kind: "other" }), 400, /^line 3: kind is "other"/, 1],
  "with a closing of two topics": [fileOf(...ONE, { sequence: 2, time: updateOf(2).time, topic: ["a", "b"], close: "done" }), 400, /^line 3: it has to be/, 1],
  "with an update of a closed topic": [fileOf(headerOf(2), { sequence: 1, time: Date.now(), topic: ["a"], close: "done" }, updateOf(2, { time: Date.now() })), 400, /^line 3: the topic a is closed/, 1],
  "of an export that failed": [fileOf(...ONE, { error: { status: 409, title: "Conflict", detail: "begin it again" } }), 400, /^line 3: the export has failed here: begin it again/, 1],
  "that begins behind an entry": [header({ after: 1 }), 409, /^the file begins behind the entry 1, and the newest entry of the hub is 0/, 0],
};
for (const [name, [file, status, detail, before]] of Object.entries(BROKEN)) {
  test(`a file ${name} is refused with its line, and what came before is imported`, async () => {
    const hub = freshName();
    const { status: answered, answer } = await imported(server, hub, file);
    assert.equal(answered, status, JSON.stringify(answer));
    assert.match(answer.detail, detail);
    if (before > 0) assert.match(answer.detail, new RegExp(`; ${before} entries were imported, and 0 were held before$`));
    assert.equal(await lastOf(hub), before);
  });
}

test("a line that is longer than any hub writes is 413, and no more of it is read", async () => {
  const { status, answer } = await imported(server, freshName(), `${fileOf(...ONE)}"${"x".repeat(13_000_000)}`);
  assert.deepEqual([status, answer.detail.replace(/;.*/, "")], [413, "line 3 has more than 12582912 bytes"]);
});

test("a header alone, CRLF, a byte order mark, and a file of another hub's name are imported", async () => {
  const nothing = await imported(server, freshName(), fileOf({ millstream: { ...headerOf(0).millstream, places: null } }));
  assert.deepEqual(nothing, { status: 200, answer: { imported: 0, held: 0, last: 0 } });
  const gone = { publications: 9, subscriptions: 7, closings: 8 };
  const hub = freshName();
  const pruned = fileOf({ millstream: { ...headerOf(9).millstream, removed: gone } });
  assert.deepEqual((await imported(server, hub, pruned)).answer, { imported: 0, held: 0, last: 9 });
  assert.deepEqual(linesOf(await exported(server, hub)).header.removed, gone);
  assert.deepEqual((await imported(server, hub, pruned)).answer, { imported: 0, held: 0, last: 9 });
  const windows = `\ufeff${numbered(3).replaceAll("\n", "\r\n")}`;
  assert.deepEqual((await imported(server, freshName(), windows)).answer, { imported: 3, held: 0, last: 3 });
});

test("a second import of a file imports nothing, and the rest of a file goes on where its beginning ends", async () => {
  const hub = freshName();
  const lines = numbered(600).trimEnd().split("\n");
  const cut = await imported(server, hub, `${lines.slice(0, 400).join("\n")}\n${lines[400].slice(0, 20)}`);
  assert.equal(cut.status, 400);
  assert.match(cut.answer.detail, /^line 401: .*; 399 entries were imported, and 0 were held before$/);
  const rest = linesOf(await exported(server, hub, "?after=399"));
  assert.deepEqual([rest.entries.length, rest.header.after, rest.header.until], [0, 399, 399]);
  const whole = await imported(server, hub, numbered(600));
  assert.deepEqual(whole, { status: 200, answer: { imported: 201, held: 399, last: 600 } });
  assert.deepEqual((await imported(server, hub, numbered(600))).answer, { imported: 0, held: 600, last: 600 });
  // A part of a file goes into a hub that holds what is before it.
  const other = freshName();
  await imported(server, other, `${lines.slice(0, 301).join("\n")}\n`);
  const behind = await exported(server, hub, "?after=250");
  assert.deepEqual((await imported(server, other, behind)).answer, { imported: 300, held: 50, last: 600 });
  assert.deepEqual(linesOf(await exported(server, other)).entries, linesOf(await exported(server, hub)).entries);
});

test("a hub that has gone its own way is no prefix: the answer says where it differs", async () => {
  const hub = freshName();
  await imported(server, hub, numbered(3));
  await publish(hub, { topic: "a", id: "own", data: "x" });
  // All of the file is held, so there is nothing to import.
  assert.deepEqual((await imported(server, hub, numbered(3))).answer, { imported: 0, held: 3, last: 4 });
  for (const [file, detail] of [
    [numbered(5), /^line 5: the hub holds another one of the entry 4;/],
    [fileOf(headerOf(3), updateOf(1), updateOf(2, { data: "other" }), updateOf(3)), /^line 3: the hub holds another one of the entry 2;/],
    [header({ places: Buffer.alloc(16, 8).toString("base64url") }), /^the hub holds entries under another key of places/],
    [fileOf({ millstream: { ...headerOf(9).millstream, removed: { publications: 8, subscriptions: 0, closings: 0 } } }, updateOf(9)), /^the hub holds publications and ends at 4, and the file has none up to 8/],
  ]) {
    const { status, answer } = await imported(server, hub, file);
    assert.equal(status, 409, JSON.stringify(answer));
    assert.match(answer.detail, detail);
  }
  assert.equal(await lastOf(hub), 4);
});

test("closings between updates, and kinds of which one was removed further than the other, are the same behind a cut", async () => {
  const time = Date.now() - 10_000;
  const subscription = (sequence) => updateOf(sequence, { time, kind: "subscription", private: true, topic: ["/.well-known/mercure/subscriptions/a/b"] });
  // The hub had removed its publications up to 100, and its updates about subscriptions up to 1000.
  const of = (sequence) => {
    if (sequence % 3 === 0) return sequence > 1_000 && subscription(sequence);
    return sequence % 3 === 1 ? updateOf(sequence, { time }) : { sequence, time, topic: [`closed-${sequence}`], close: "done" };
  };
  const entries = Array.from({ length: 1_200 }, (_, at) => of(at + 101)).filter(Boolean);
  const removed = { publications: 100, subscriptions: 999, closings: 98 };
  const made = { millstream: { ...headerOf(1_300).millstream, removed } };
  const lines = fileOf(made, ...entries).trimEnd().split("\n");
  const hub = freshName();
  assert.equal((await imported(server, hub, `${lines.slice(0, 401).join("\n")}\n`)).status, 400);
  const part = linesOf(await exported(server, hub));
  assert.deepEqual(part.entries, entries.slice(0, 400));
  assert.deepEqual([part.header.removed.publications, part.header.removed.subscriptions], [100, part.header.until]);
  const { answer } = await imported(server, hub, fileOf(made, ...entries));
  assert.deepEqual(answer, { imported: entries.length - 400, held: 400, last: 1_300 });
  const whole = linesOf(await exported(server, hub));
  assert.deepEqual([whole.entries, whole.header.removed], [entries, removed]);
  assert.deepEqual((await imported(server, hub, fileOf(made, ...entries))).answer, { imported: 0, held: entries.length, last: 1_300 });
});

test("what is too old is imported and removed as usual", async () => {
  const entries = [updateOf(1), updateOf(2, { time: Date.now() })];
  assert.deepEqual((await imported(server, "forgetful", fileOf(headerOf(2), ...entries))).answer, { imported: 2, held: 0, last: 2 });
  const { header, entries: held } = linesOf(await exported(server, "forgetful"));
  assert.deepEqual([header.removed.publications, held.map(({ sequence }) => sequence)], [1, [2]]);
  assert.deepEqual((await imported(server, "forgetful", fileOf(headerOf(2), ...entries))).answer, { imported: 0, held: 2, last: 2 });
});

test("whoever is connected to the hub is given the imported updates once and in order, behind a gap if some were gone", async (t) => {
  for (const [removed, first] of [[0, 1], [40, 41]]) {
    const hub = freshName();
    const query = { topic: "a" };
    const live = await Stream.open(t, withQuery(server.hub(hub), query));
    const entries = Array.from({ length: 600 }, (_, at) => updateOf(at + first));
    const made = { millstream: { ...headerOf(599 + first).millstream, removed: { publications: removed, subscriptions: 0, closings: 0 } } };
    assert.equal((await imported(server, hub, fileOf(made, ...entries))).status, 200);
    await live.receivesId(`u${599 + first}`);
    const ids = entries.map(({ id }) => id);
    assert.deepEqual(live.ids, ids);
    assert.equal(live.text.includes("event: gap"), removed > 0);
    const later = await Stream.open(t, withQuery(server.hub(hub), { ...query, lastEventID: ids[9] }));
    await later.receivesId(ids[599]);
    assert.deepEqual(later.ids, ids.slice(10));
    await publish(hub, { topic: "a", id: "live", data: "x" });
    for (const stream of [live, later]) {
      await stream.receivesId("live");
      assert.equal(stream.ids.filter((id) => id === "live").length, 1);
    }
  }
});

test("while an import runs, publications are 503, streams end at once and come back, and no other import begins", async (t) => {
  const hub = freshName();
  const upload = new StreamedPost(callOf(server, hub, "import"), "application/x-ndjson", KEY);
  t.after(() => upload.break());
  const lines = numbered(600).trimEnd().split("\n");
  await upload.write(`${lines.slice(0, 400).join("\n")}\n`);
  await until(async () => (await lastOf(hub)) === 256, "the first batch");
  const refused = await post(server.hub(hub), { topic: "a", data: "x" }, { headers: bearer(all) });
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "5"]);
  assert.match((await refused.json()).detail, /another hub is being imported/);
  const events = await fetch(withQuery(server.hub(hub), { topic: "a" }), { headers: { accept: "text/event-stream" } });
  assert.equal(events.status, 200);
  assert.match(await events.text(), /^:.*\nretry: \d+\n$/);
  assert.deepEqual((await imported(server, hub, numbered(600))).answer.detail, "another import into this hub is under way");
  assert.equal((await server.health(hub)).status, "ok");
  await upload.end(`${lines.slice(400).join("\n")}\n`);
  assert.deepEqual(JSON.parse(upload.text), { imported: 600, held: 0, last: 600 });
  await publish(hub, { topic: "a", data: "x" });
});

test("a refusal reaches a client that still sends, however much it has left", async () => {
  const hub = freshName();
  await publish(hub, { topic: "a", data: "x" });
  const file = numbered(200).replaceAll('"data":"', `"data":"${"x".repeat(100_000)}`);
  for (let time = 0; time < 5; time += 1) {
    const { status, answer } = await imported(server, hub, file);
    assert.deepEqual([status, answer.detail.includes("under another key of places")], [409, true]);
  }
});

test("an upload that breaks off leaves what was durable, and the hub is free again", async () => {
  const hub = freshName();
  const upload = new StreamedPost(callOf(server, hub, "import"), "application/x-ndjson", KEY);
  await upload.write(`${numbered(600).split("\n").slice(0, 401).join("\n")}\n`);
  await until(async () => (await lastOf(hub)) === 256, "the first batch");
  upload.break();
  const answer = await until(async () => {
    const { status, answer } = await imported(server, hub, numbered(600));
    return status === 200 && answer;
  }, "the hub to be free");
  assert.equal(answer?.last ?? (await lastOf(hub)), 600);
});
