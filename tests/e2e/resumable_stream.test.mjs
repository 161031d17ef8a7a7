// `millstream/resumable-stream`, in a Worker beside that of the hub. The first tests are what the tests of the package
// `resumable-stream` ask of any keeper of streams.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { StreamedPost } from "./raw.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { withQuery } from "./stream.mjs";
import { until } from "./until.mjs";

const APPLICATION = "tests/e2e/resumable";

let server;
let count = 0;
before(async () => {
  const external = ["cloudflare:*", "*.wasm"];
  await build({ entryPoints: [`${APPLICATION}/index.mjs`], outfile: "build/resumable.mjs", bundle: true, format: "esm", external });
  server = await Server.start({ kind: "workerd", settings: [`CONFIG=${APPLICATION}/workerd.capnp:application`] });
});
after(() => server?.stop());
const freshId = () => `stream ${(count += 1)}/{x}*`;
const at = (route, of = {}, more = {}) => withQuery(`${server.origin}/${route}`, { of: JSON.stringify(of), ...more });
const ask = async (...rest) => (await fetch(at(...rest))).json();

/** The stream that an answer shows. */
class Shown {
  #post;

  /** Asks for a stream; of the body come the chunks. */
  constructor(t, route, of, more) {
    this.#post = new StreamedPost(at(route, of, more), "application/x-ndjson");
    t.after(() => this.#post.break());
    // The request goes out with the first byte of its body.
    this.#post.write("\n");
  }

  /** Waits for the stream itself. */
  static async begins(...rest) {
    const shown = new Shown(...rest);
    await shown.#post.answered(1);
    return shown;
  }

  gives(...chunks) {
    return this.#post.write(chunks.map((chunk) => `${JSON.stringify(chunk)}\n`).join(""));
  }

  /** Ends the source. */
  async ends() {
    await this.#post.end();
  }

  leaves() {
    this.#post.break();
  }

  /** What it is instead of a stream. */
  get instead() {
    return this.#post.answers[0];
  }

  get chunks() {
    return this.#post.answers.filter((line) => typeof line === "string");
  }

  get text() {
    return this.chunks.join("");
  }

  /** Waits until its text is this. */
  shows(text) {
    return until(() => this.text === text, () => `${JSON.stringify(text)}; there was ${JSON.stringify(this.text)}`);
  }

  /** Waits for its end, and gives it. */
  async over() {
    await until(() => this.#post.answers.at(-1)?.end !== undefined, () => `the end; there was ${JSON.stringify(this.#post.answers.at(-1))}`);
    return this.#post.answers.at(-1).end;
  }
}

/** Waits for the ends and gives the texts. */
async function textsOf(...streams) {
  for (const stream of streams) assert.equal(await stream.over(), "done");
  return streams.map(({ text }) => text);
}

test("a stream acts like a normal one", async (t) => {
  const id = freshId();
  const stream = await Shown.begins(t, "resumable", { id });
  await stream.gives("1\n", "2\n", "3\n");
  await stream.ends();
  assert.deepEqual(await textsOf(stream), ["1\n2\n3\n"]);
  assert.deepEqual(stream.chunks, ["1\n", "2\n", "3\n"]);
});

test("a stream is resumed before, while and after its text comes, by several readers, and made once", async (t) => {
  const id = freshId();
  const before = await ask("count");
  const streams = [await Shown.begins(t, "resumable", { id }), await Shown.begins(t, "resumable", { id })];
  await streams[0].gives("1\n");
  streams.push(await Shown.begins(t, "resumable", { id }));
  await streams[0].gives("2\n");
  await streams[1].shows("1\n2\n");
  streams.push(await Shown.begins(t, "resumed", { id }));
  await streams[0].ends();
  assert.deepEqual(await textsOf(...streams), Array(4).fill("1\n2\n"));
  assert.equal(await ask("count"), before + 1);
});

test("streams are told apart by their ids", async (t) => {
  const [one, two] = [freshId(), freshId()];
  const streams = [await Shown.begins(t, "resumable", { id: one }), await Shown.begins(t, "resumable", { id: two })];
  const resumed = [await Shown.begins(t, "resumable", { id: one }), await Shown.begins(t, "resumable", { id: two })];
  await streams[0].gives("1\n", "2\n");
  await streams[1].gives("writer2\n");
  for (const stream of streams) await stream.ends();
  assert.deepEqual(await textsOf(...streams, ...resumed), ["1\n2\n", "writer2\n", "1\n2\n", "writer2\n"]);
});

test("a stream that is over is null, and one that never was is undefined", async (t) => {
  const id = freshId();
  assert.deepEqual([await ask("state", { id }), (await ask("resumed", { id })).none], [null, "undefined"]);
  const stream = await Shown.begins(t, "made", { id });
  assert.equal(await ask("state", { id }), true, "also before the first chunk");
  await stream.gives("done");
  await stream.ends();
  await stream.over();
  await until(async () => (await ask("state", { id })) === "DONE", "the end of the stream");
  for (const route of ["resumed", "resumable", "made"]) assert.deepEqual(await ask(route, { id }), { none: "null" }, route);
});

test("skip leaves out characters, wherever they were cut into chunks", async (t) => {
  const id = freshId();
  const chunks = ["ab", "", "\ud83d", "\ude00c\r\n", "\u0000d", "e".repeat(70_000), "\udc00end"];
  const whole = chunks.join("");
  const stream = await Shown.begins(t, "resumable", { id });
  await stream.gives(...chunks);
  await stream.shows(whole);
  const skips = [0, 1, 2, 3, 4, 5, 6, 9, 10_000, whole.length - 3, whole.length, -5, null];
  const resumed = [];
  for (const skip of skips) resumed.push(await Shown.begins(t, "resumed", { id, skip }));
  await stream.gives("!");
  await stream.ends();
  const texts = await textsOf(...resumed);
  for (const [at, skip] of skips.entries()) assert.ok(texts[at] === `${whole}!`.slice(Math.max(0, skip ?? 0)), `skip ${skip}`);
});

test("skip counts from the beginning for the first reader too, and beyond the text as it grows", async (t) => {
  const id = freshId();
  const stream = await Shown.begins(t, "made", { id, skip: 3 });
  const later = await Shown.begins(t, "resumed", { id, skip: 6 });
  await stream.gives("abcd", "efgh");
  await stream.ends();
  assert.deepEqual(await textsOf(stream, later), ["defgh", "gh"]);
});

test("of two that make a stream at the same moment one makes it, and both have it", async (t) => {
  const id = freshId();
  const before = await ask("count");
  const streams = Array.from({ length: 4 }, () => new Shown(t, "resumable", { id }));
  for (const stream of streams) await stream.gives("same\n");
  for (const stream of streams) await stream.shows("same\n");
  assert.equal(await ask("count"), before + 1);
  const { error } = await ask("made", { id });
  assert.deepEqual([error.name, error.status], ["HubError", 409]);
});

/** The texts of a source that goes on for a while. */
const SLOW = Array.from({ length: 20 }, (_, at) => `${at} `);

test("the text is produced to its end when its first reader leaves", async (t) => {
  const id = freshId();
  const stream = await Shown.begins(t, "resumable", { id, texts: SLOW });
  await until(() => stream.text !== "", "the beginning");
  stream.leaves();
  const other = await Shown.begins(t, "resumed", { id });
  assert.deepEqual(await textsOf(other), [SLOW.join("")]);
});

test("a source that fails is an error for each of its readers, behind everything that it gave", async (t) => {
  const id = freshId();
  const stream = await Shown.begins(t, "resumable", { id });
  const other = await Shown.begins(t, "resumed", { id });
  await stream.gives("one", { fails: "deliberate" });
  assert.equal(await stream.over(), "RangeError: deliberate");
  assert.equal(await other.over(), "Error: the producer of the stream was lost before its end");
  assert.deepEqual([stream.text, other.text], ["one", "one"]);
  assert.equal(await ask("state", { id }), "DONE");
});

test("a producer that dies is an error for its readers, and never a stream that hangs", async (t) => {
  const id = freshId();
  // Nothing keeps this one alive but its reader.
  const stream = await Shown.begins(t, "resumable", { id, texts: SLOW }, { mortal: "" });
  const other = await Shown.begins(t, "resumed", { id }, { mortal: "" });
  await until(() => other.text !== "", "the beginning");
  stream.leaves();
  assert.equal(await other.over(), "Error: the producer of the stream was lost before its end");
  assert.ok(SLOW.join("").startsWith(other.text) && other.text !== SLOW.join(""), other.text);
  assert.equal(await ask("state", { id }, { mortal: "" }), "DONE");
});

test("a stop by the topic ends the stream, and the source is told", async (t) => {
  const id = freshId();
  const stream = await Shown.begins(t, "resumable", { id });
  await stream.gives("one");
  await stream.shows("one");
  assert.equal(await ask("stop", { topic: `resumable-stream/${encodeURIComponent(id)}` }), 1);
  assert.equal(await stream.over(), "done");
  assert.deepEqual(await ask("stopped"), ["enough"]);
});

test("a text is read on behind the place where the hub ended a reader's stream", async (t) => {
  const id = freshId();
  const stream = await Shown.begins(t, "resumable", { id });
  const other = await Shown.begins(t, "resumed", { id, skip: 1 });
  const drain = `${server.origin}/events/drain?within=1s`;
  for (const text of ["one ", "two ", "three"]) {
    await stream.gives(text);
    await until(() => [stream, other].every((shown) => shown.text.endsWith(text.slice(1))), () => `${text}; there was ${other.text}`);
    const { connections } = await (await fetch(drain, { method: "POST", headers: { authorization: `Bearer ${OPERATOR_KEY}` } })).json();
    assert.ok(connections >= 2);
  }
  await stream.ends();
  assert.deepEqual(await textsOf(stream, other), ["one two three", "ne two three"]);
});

test("a stream of bytes is refused, and so are wrong options", async (t) => {
  const id = freshId();
  const stream = await Shown.begins(t, "resumable", { id });
  await stream.gives({ bytes: [97] });
  assert.match(await stream.over(), /^TypeError: a chunk of the stream is no text, but object; decode bytes first/);
  for (const [options, message] of [
    [{}, /^millstream: events is missing/],
    [{ redis: 1 }, /^millstream: there is no option "redis"; the options are waitUntil, events/],
  ]) {
    const { error } = await ask("wrong", { options });
    assert.equal(error.name, "TypeError");
    assert.match(error.message, message);
  }
});
