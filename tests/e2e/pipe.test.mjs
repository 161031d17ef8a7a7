// `pipe` of `createHub`: a source becomes updates, and the end of the source the end of its topic.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Subscriber } from "./clients.mjs";
import { StreamedPost } from "./raw.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { until } from "./until.mjs";

/** A hub that accepts few updates a second: a source must wait for it. */
const SLOW = "slow";
const VARS = { ANONYMOUS_PUBLISH: "true", HUBS: JSON.stringify({ [SLOW]: { PUBLISH_RATE: "20" } }) };

let server;
let count = 0;
before(async () => (server = await Server.start({ kind: "workerd", vars: VARS, settings: ["CONFIG=piping"] })));
after(() => server?.stop());
const freshTopic = () => `chat/${(count += 1)}`;

/** A pipe that the test feeds. */
class Pipe {
  #post;

  constructor(t, topic, { source = "stream", options } = {}) {
    const of = JSON.stringify({ topic, source, options });
    this.#post = new StreamedPost(withQuery(`${server.origin}/pipe`, { of }), "application/x-ndjson");
    t.after(() => this.#post.break());
  }

  /** Tells the source what to do. */
  does(...deeds) {
    return this.#post.write(deeds.map((deed) => `${JSON.stringify(deed)}\n`).join(""));
  }

  gives(...texts) {
    return this.does(...texts.map((text) => ({ text })));
  }

  /** Waits for what the pipe tells under this name. */
  async tells(name) {
    const told = () => this.#post.answers.find((line) => name in line);
    await until(told, () => `${name}; there was ${JSON.stringify(this.#post.answers.slice(-5))}`);
    return told()[name];
  }

  /** Ends the producer without a word. */
  vanish() {
    this.#post.break();
  }

  /** Whether it has told this. */
  has(name) {
    return this.#post.answers.some((line) => name in line);
  }

  /** How many chunks the source was asked for. */
  get asked() {
    return this.#post.answers.reduce((most, { asked = most }) => asked, 0);
  }
}

async function call(name, ...given) {
  const response = await fetch(`${server.origin}/calls`, { method: "POST", body: JSON.stringify({ name, given }) });
  return response.json();
}
async function result(...given) {
  const { result, error } = await call(...given);
  assert.equal(error, undefined, JSON.stringify(error));
  return result;
}
const read = (t, topic, query = {}) => Stream.open(t, withQuery(server.hub(), { topic, lastEventID: "earliest", ...query }));
const texts = (stream) => stream.updates.filter((block) => !/^event: end$/m.test(block)).map((block) => block.replace(/^id: .*\n/m, ""));

test("each chunk reaches its readers while the source goes on, and the end of the source ends their streams", async (t) => {
  const topic = freshTopic();
  const reader = await read(t, topic);
  const pipe = new Pipe(t, topic);
  for (const text of ["one", "two", ""]) {
    await pipe.gives(text);
    await until(() => texts(reader).at(-1) === `data: ${text}`, () => `${text}; there was ${JSON.stringify(reader.text)}`);
  }
  assert.deepEqual((await result("status", topic)).state, "open");
  await pipe.does({ ends: true });
  assert.deepEqual(await pipe.tells("finished"), { reason: "done", updates: 3 });
  await reader.ends();
  assert.match(reader.text, /event: end\n/);
  const { state, reason, count, first, last } = await result("status", topic);
  assert.deepEqual({ state, reason, count }, { state: "closed", reason: "done", count: 3 });
  assert.deepEqual([first, last], [reader.ids[0], reader.ids[2]]);
  assert.equal(pipe.has("aborted"), false);
});

for (const source of ["iterable", "stream", "obedient", "late"]) {
  test(`a source of the kind ${source} is published whole, with a type, and characters that stand across chunks`, async (t) => {
    const topic = freshTopic();
    const pipe = new Pipe(t, topic, { source, options: { type: "token" } });
    await pipe.does({ text: "a\ud83d" }, { text: "\ude00\nb" }, { bytes: [0x63, 0xc3] }, { bytes: [0xa9] }, { ends: true });
    assert.deepEqual(await pipe.tells("finished"), { reason: "done", updates: 4 });
    const reader = await read(t, topic);
    await reader.ends();
    assert.deepEqual(texts(reader), ["a", "😀\ndata: b", "c", "é"].map((text) => `event: token\ndata: ${text}`));
  });
}

test("a source that fails closes its topic as broken behind everything that it gave", async (t) => {
  for (const source of ["stream", "iterable", "obedient"]) {
    const topic = freshTopic();
    const pipe = new Pipe(t, topic, { source });
    await pipe.does({ text: "one" }, { text: "two" }, { fails: "deliberate" });
    const { name, message } = await pipe.tells("failed");
    assert.deepEqual([name, message], ["RangeError", "deliberate"]);
    assert.equal(pipe.has("aborted"), false, "nobody stopped it");
    const { state, reason, count } = await result("status", topic);
    assert.deepEqual({ state, reason, count }, { state: "closed", reason: "broken", count: 2 }, source);
  }
});

test("a source that never comes to be closes its topic as broken", async (t) => {
  const topic = freshTopic();
  const pipe = new Pipe(t, topic, { source: "failing" });
  // The request goes out with the first byte of its body.
  await pipe.gives("");
  const { name, message } = await pipe.tells("failed");
  assert.deepEqual([name, message], ["RangeError", "no model"]);
  const { state, reason } = await result("status", topic);
  assert.deepEqual({ state, reason }, { state: "closed", reason: "broken" });
});

test("a stop from anywhere aborts the signal of each producer with its text, and what they gave stays", async (t) => {
  const topic = freshTopic();
  const pipes = [new Pipe(t, topic, { source: "obedient" }), new Pipe(t, topic, { source: "obedient" })];
  for (const [at, pipe] of pipes.entries()) {
    await pipe.gives(`${at}`);
    await until(async () => (await result("status", topic)).count === at + 1, "the update");
  }
  assert.equal(await result("stop", topic, "the user left"), 2);
  for (const pipe of pipes) {
    assert.equal(await pipe.tells("aborted"), "AbortError: the user left");
    assert.deepEqual(await pipe.tells("finished"), { reason: "done", updates: 1 });
  }
  const { state, reason } = await result("status", topic);
  assert.deepEqual({ state, reason }, { state: "closed", reason: "done" });
  for (const name of ["stop", "rpcStop"]) assert.equal(await result(name, topic), 0);
});

test("a source that does not end when it is asked to stop is cancelled", async (t) => {
  const topic = freshTopic();
  const pipe = new Pipe(t, topic);
  await pipe.gives("one");
  await until(async () => (await result("status", topic)).count === 1, "the update");
  assert.equal(await result("rpcStop", topic), 1);
  assert.equal(await pipe.tells("aborted"), "AbortError: stopped");
  assert.equal(await pipe.tells("cancelled"), "AbortError: stopped");
  assert.deepEqual(await pipe.tells("finished"), { reason: "done", updates: 1 });
});

test("a source is cancelled when its topic is closed, before it begins or in the middle", async (t) => {
  const topic = freshTopic();
  const [early, late] = [new Pipe(t, topic), freshTopic()];
  await early.gives("one");
  await until(async () => (await result("status", topic)).count === 1, "the update");
  await result("close", topic, { reason: "broken" });
  await early.gives("two");
  await result("close", late);
  const second = new Pipe(t, late);
  await second.gives("one");
  for (const pipe of [early, second]) {
    const { name, status, field } = await pipe.tells("failed");
    assert.deepEqual({ name, status, field }, { name: "HubError", status: 409, field: "topic" });
    assert.match(await pipe.tells("aborted"), /^HubError: /);
    assert.match(await pipe.tells("cancelled"), /^HubError: /);
  }
  assert.deepEqual((await result("status", topic)).reason, "broken");
});

test("a chunk that is too large is refused, and closes the topic as broken behind what came before", async (t) => {
  const topic = freshTopic();
  const pipe = new Pipe(t, topic);
  await pipe.gives("one", "x".repeat(1_048_577));
  const { name, status } = await pipe.tells("failed");
  assert.deepEqual([name, status], ["HubError", 413]);
  const { reason, count } = await result("status", topic);
  assert.deepEqual({ reason, count }, { reason: "broken", count: 1 });
});

test("a hub that is reset rejects, and closes the topic as broken when it is back", async (t) => {
  const topic = freshTopic();
  const pipe = new Pipe(t, topic, { options: { hub: "crashing" } });
  await pipe.gives("one");
  await until(async () => (await result("status", topic, { hub: "crashing" })).count === 1, "the update");
  await call("crash", "crashing");
  const { name, status, message } = await pipe.tells("failed");
  assert.deepEqual([name, status], ["HubError", 503], message);
  assert.match(message, /^the hub was reset or is out of reach; when it is back it closes the topic as broken: /);
  assert.match(await pipe.tells("cancelled"), /^HubError: /);
  await until(async () => (await result("status", topic, { hub: "crashing" })).reason === "broken", "the topic to be closed");
  assert.equal((await result("status", topic, { hub: "crashing" })).count, 1);
});

test("a producer that vanishes leaves its topic closed as broken", async (t) => {
  const topic = freshTopic();
  const pipe = new Pipe(t, topic);
  await pipe.gives("one");
  await until(async () => (await result("status", topic)).count === 1, "the update");
  pipe.vanish();
  await until(async () => (await result("status", topic)).reason === "broken", "the topic to be closed");
});

test("a source is asked for no more than the hub has room for", async (t) => {
  const topic = freshTopic();
  const pipe = new Pipe(t, topic, { options: { hub: SLOW } });
  await pipe.does({ many: 1_000 });
  await until(async () => (await result("status", topic, { hub: SLOW })).count > 60, "some updates");
  const { asked } = pipe;
  const { count } = await result("status", topic, { hub: SLOW });
  // A hub reads 256 KiB ahead. The runtime holds some more on the way.
  assert.ok(asked <= count + 2 * 26, `${asked} chunks of 10 kB for ${count} updates`);
});

test("of the producers that ask for a fresh topic one wins, before its first update, and a topic that was is not fresh", async (t) => {
  const topic = freshTopic();
  const pipes = Array.from({ length: 3 }, () => new Pipe(t, topic, { source: "late", options: { fresh: true } }));
  for (const pipe of pipes) await pipe.does({ bytes: [] });
  await until(() => pipes.filter((pipe) => pipe.has("failed")).length === 2, "two to be refused");
  assert.deepEqual(await result("status", topic), { state: "open", count: 0 });
  const head = await fetch(withQuery(server.hub(), { topic }), { method: "HEAD" });
  assert.equal(head.headers.get("topic-status"), "open;count=0");
  const winner = pipes.find((pipe) => !pipe.has("failed"));
  for (const pipe of pipes.filter((pipe) => pipe !== winner)) {
    const { name, status, field } = await pipe.tells("failed");
    assert.deepEqual([name, status, field, pipe.has("opened")], ["HubError", 409, "topic", false]);
  }
  await winner.does({ text: "one" }, { ends: true });
  assert.deepEqual(await winner.tells("finished"), { reason: "done", updates: 1 });
  const late = new Pipe(t, topic, { options: { fresh: true } });
  await late.gives("two");
  assert.equal((await late.tells("failed")).status, 409);
  assert.equal((await result("status", topic)).reason, "done");
});

const WRONG = {
  "a topic that is none": [["close", ""], "topic", /it must be a topic such as/],
  "a list without a topic": [["rpcClose", []], "topic", /an empty list/],
  "a reason that is none": [["close", "a", { reason: "failed" }], "reason", /it must be "done" or "broken"/],
  "a state of several topics": [["status", ["a"]], "topic", /topic is a list/],
  "a stop with no text": [["stop", "a", { reason: "late" }], "reason", /reason is an object; it must be a text/],
  "a stop with a text that is too long": [["rpcStop", "a", "x".repeat(1_025)], "stop", /1,?024/],
  "an option that is misspelt": [["close", "a", { resaon: "done" }], "resaon", /the members are hub, reason, private/],
  "a source with another reader": [["pipeWrong", "locked"], "source", /has another reader already/],
  "a source that is a promise": [["pipeWrong", "promise"], "source", /a promise; it must be a ReadableStream, an async iterable, or a function/],
};
for (const [what, [given, field, message]] of Object.entries(WRONG)) {
  test(`${what} is refused, and named`, async () => {
    const { error } = await call(...given);
    assert.deepEqual([error?.name, error?.status, error?.field], given[0].startsWith("rpc") ? [error.name, 400, field] : ["HubError", 400, field], JSON.stringify(error));
    assert.match(error.message, message);
  });
}

test("topics are closed together, with a last update or without, and once", async () => {
  const [one, two] = [freshTopic(), freshTopic()];
  assert.deepEqual(await result("rpcStatus", one), { state: "absent", count: 0 });
  const { id } = await result("close", [one, two], { reason: "broken", private: true });
  assert.deepEqual(await result("rpcClose", two), { id }, "it is closed already");
  for (const topic of [one, two]) assert.deepEqual(await result("rpcStatus", topic), { state: "closed", reason: "broken", count: 0 });
  const last = freshTopic();
  const published = await result("publish", { topic: last, data: "the end", close: true });
  assert.deepEqual(await result("status", last), { state: "closed", reason: "done", first: published.id, last: published.id, count: 1 });
  const { error } = await call("publish", { topic: last, data: "more" });
  assert.deepEqual([error.name, error.status, error.field], ["HubError", 409, "topic"]);
});

test("a private pipe is seen by its readers alone, and so is its end", async (t) => {
  const topic = freshTopic();
  const pipe = new Pipe(t, topic, { options: { private: true } });
  await pipe.does({ text: "secret" }, { ends: true });
  assert.deepEqual(await pipe.tells("finished"), { reason: "done", updates: 1 });
  const stranger = await read(t, topic);
  await result("publish", { topic: freshTopic(), data: "later" });
  assert.deepEqual([stranger.updates, stranger.ended], [[], false]);
});

test("who takes the signal alone has no rejection to handle", async () => {
  const topic = freshTopic();
  assert.equal(await result("pipeAlone", topic), "broken");
  assert.deepEqual(await result("unhandled"), []);
});
