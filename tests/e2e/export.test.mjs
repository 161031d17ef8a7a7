// Exports of hubs that are in use, and exports that end before their end.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { change } from "./database.mjs";
import { KEY, callOf, cleared, exported, linesOf } from "./exports.mjs";
import { Server } from "./server.mjs";
import { KEYS_0, bearer, token0 } from "./tokens.mjs";

let server;
let headers;
before(async () => {
  server = await Server.start({ kind: "workerd", vars: KEYS_0 });
  headers = { ...bearer(await token0({ publish: ["*"] })), "content-type": "application/x-ndjson" };
});
after(() => server?.stop());

/** Publishes so many updates of so many bytes. */
async function fill(name, { updates, bytes }) {
  const line = `${JSON.stringify({ topic: "a", data: "x".repeat(bytes) })}\n`;
  const response = await fetch(server.hub(name), { method: "POST", headers, body: line.repeat(updates) });
  const answers = (await response.text()).trimEnd().split("\n").map((answer) => JSON.parse(answer));
  assert.ok(answers.every(({ error }) => error === undefined), JSON.stringify(answers.at(-1)));
}

/** The reader of an export, and its text so far. */
async function begun(name) {
  const abort = new AbortController();
  const response = await fetch(callOf(server, name, "export"), { headers: KEY, signal: abort.signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  return { abort, reader, first: (await reader.read()).value };
}

async function restOf({ reader, first }) {
  let text = first;
  for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value;
  return text;
}

test("an export ends with what was the newest when it began, also while updates come, and two at once are the same", async () => {
  await fill("busy", { updates: 300, bytes: 10 });
  const [one, other] = await Promise.all([begun("busy"), begun("busy")]);
  await fill("busy", { updates: 50, bytes: 10 });
  const [first, second] = (await Promise.all([restOf(one), restOf(other)])).map(linesOf);
  assert.deepEqual([first.header.until, first.entries.length], [300, 300]);
  assert.deepEqual(first.entries, second.entries);
  assert.equal(linesOf(await exported(server, "busy", "?after=300")).entries.length, 50);
});

test("an export that the hub's own removals have overtaken says so in its last line", async () => {
  // More than the sockets and pipes between the object and this reader hold.
  await fill("large", { updates: 30, bytes: 1_000_000 });
  const left = await begun("large");
  left.abort.abort();
  const slow = await begun("large");
  assert.equal(await cleared(server, "large"), 30);
  const lines = (await restOf(slow)).trimEnd().split("\n").map((line) => JSON.parse(line));
  const { error } = lines.pop();
  assert.deepEqual([error.status, error.title], [409, "Conflict"]);
  assert.match(error.detail, /^the hub removed publications up to 30 while the export had come to \d+; begin it again$/);
  const sequences = lines.slice(1).map(({ sequence }) => sequence);
  assert.deepEqual(sequences, sequences.map((_, at) => at + 1));
  assert.ok(sequences.length < 30);
});

test("a place that is none, or behind the newest entry, is 400 with the field", async () => {
  for (const [after, detail] of [["x", /^after is NaN; it must be/], ["-1", /must be/], ["1.5", /must be/], ["7", /^after is 7, and the newest entry of the hub is 0$/]]) {
    const response = await fetch(callOf(server, "empty", `export?after=${after}`), { headers: KEY });
    const problem = await response.json();
    assert.deepEqual([response.status, problem.field], [400, "after"], after);
    assert.match(problem.detail, detail);
  }
});

test("an entry that is broken in the storage ends the export with its number, and what is behind it can be exported", async () => {
  const own = await Server.start({ kind: "workerd", vars: KEYS_0 });
  try {
    const line = (number) => `${JSON.stringify({ topic: "a", data: `${number}` })}\n`;
    const body = [1, 2, 3].map(line).join("");
    await (await fetch(own.hub(), { method: "POST", headers, body })).text();
    await own.kill();
    change(own.folder, "UPDATE updates SET event = x'ff' WHERE sequence = 2");
    await own.restart();
    const lines = (await exported(own, "default")).trimEnd().split("\n").map((text) => JSON.parse(text));
    assert.match(lines.at(-1).error.detail, /^the entry 2 cannot be read/);
    assert.deepEqual(linesOf(await exported(own, "default", "?after=2")).entries.map(({ data }) => data), ["3"]);
  } finally {
    await own.stop();
  }
});
