// A server that is killed with -9 in the middle of a piped stream, again and again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { StreamedPost } from "../e2e/raw.mjs";
import { Server } from "../e2e/server.mjs";
import { Stream, withQuery } from "../e2e/stream.mjs";
import { until } from "../e2e/until.mjs";

const ROUNDS = 100;
/** Chunks of a round, which the kill ends before the last one. */
const CHUNKS = 300;
/** Milliseconds: how soon a topic is closed in the next life of its object. */
const SOON = 1_000;

let server;
before(async () => (server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" }, settings: ["CONFIG=piping"] })));
after(() => server?.stop());

const open = (t, topic, lastEventID) => Stream.open(t, withQuery(server.hub(), { topic, lastEventID }));
const ENDS = /^event: end$/m;
const texts = ({ updates }) => updates.filter((block) => !ENDS.test(block)).map((block) => /^data: (.*)$/m.exec(block)[1]);

async function status(topic) {
  const response = await fetch(`${server.origin}/calls`, { method: "POST", body: JSON.stringify({ name: "status", given: [topic] }) });
  return (await response.json()).result;
}

/** Gives the pipe its chunks, as a model does, until the server is gone. */
async function feed(pipe, chunks, killed) {
  for (const text of chunks) {
    if (killed.aborted) return;
    pipe.write(`${JSON.stringify({ text })}\n`).catch(() => {});
    await delay(2);
  }
}

test(`after each of ${ROUNDS} kills every reader has what was published, once, and the topic is closed within a second`, { timeout: 900_000 }, async (t) => {
  for (let round = 0; round < ROUNDS; round++) {
    const topic = `chat/${round}`;
    const chunks = Array.from({ length: CHUNKS }, (_, at) => `${at}`);
    const of = JSON.stringify({ topic, source: "stream" });
    const pipe = new StreamedPost(withQuery(`${server.origin}/pipe`, { of }), "application/x-ndjson");
    const reader = await open(t, topic, "earliest");
    const killed = new AbortController();
    const feeding = feed(pipe, chunks, killed.signal);
    const atLeast = 1 + ((round * 7) % 60);
    await until(() => texts(reader).length >= atLeast, () => `${atLeast} chunks; there were ${texts(reader).length}`);
    killed.abort();
    await server.kill();
    await feeding;
    pipe.break();
    await server.restart();
    await until(async () => (await status(topic)).reason === "broken", `round ${round}: the topic to be closed`, SOON);
    const whole = await open(t, topic, "earliest");
    await whole.ends();
    const held = texts(whole);
    assert.ok(held.length < CHUNKS, "the kill came in the middle");
    assert.deepEqual(held, chunks.slice(0, held.length), `round ${round}`);
    assert.deepEqual(texts(reader), held.slice(0, texts(reader).length), `round ${round}: no reader saw what was lost`);
    const rest = await open(t, topic, reader.ids.at(-1));
    await rest.ends();
    assert.deepEqual(texts(rest), held.slice(texts(reader).length), `round ${round}`);
  }
});
