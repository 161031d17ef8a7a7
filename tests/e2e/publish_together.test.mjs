// Publishers who come together share a write, and each is answered for itself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Subscriber, post, publish } from "./clients.mjs";
import { StreamedPost } from "./raw.mjs";
import { Server } from "./server.mjs";

const PUBLISHERS = 50;
const ROUNDS = 4;
const NDJSON = "application/x-ndjson";

let server;
before(async () => (server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } })));
after(() => server?.stop());

/** All that the hub holds of the topic a. */
async function held(t, hub) {
  await publish(hub, { topic: "a", data: "end" });
  const subscriber = await Subscriber.open(hub, ["a"], { lastEventId: "earliest" });
  t.after(() => subscriber.close());
  await subscriber.receives("end");
  return subscriber.events.slice(0, -1);
}

/** Publishes from everybody at once, and gives what was answered to each. */
function together(hub, round) {
  const publishers = Array.from({ length: PUBLISHERS }, (_, at) => `${round}-${at}`);
  return Promise.all(
    publishers.map(async (data) => {
      const response = await post(hub, { topic: "a", data });
      return { status: response.status, id: await response.text(), data };
    }),
  );
}

test("all of them are answered with ids of their own, and kill -9 at once takes none back", async (t) => {
  const hub = server.hub("killed");
  const answers = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    answers.push(...(await together(hub, round)));
    await server.kill();
    await server.restart();
  }
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(new Set(answers.map(({ id }) => id)).size, ROUNDS * PUBLISHERS);
  const events = await held(t, hub);
  const pairs = (all) => all.map(({ id, data }) => `${id} ${data}`);
  assert.deepEqual(pairs(events).sort(), pairs(answers).sort());
  const rounds = events.map(({ data }) => Number(data.split("-")[0]));
  assert.deepEqual(rounds, rounds.toSorted(), "what was answered earlier stands earlier");
});

test("a subscriber is given in one order what a resuming client is", async (t) => {
  const hub = server.hub("order");
  const live = await Subscriber.open(hub, ["a"]);
  t.after(() => live.close());
  const answers = (await Promise.all([together(hub, 0), together(hub, 1)])).flat();
  const events = await held(t, hub);
  await live.receives("end");
  assert.deepEqual(live.events.slice(0, -1), events);
  assert.deepEqual(events.map(({ id }) => id).sort(), answers.map(({ id }) => id).sort());
});

test("one that is refused spoils nothing for those beside it", async (t) => {
  const hub = server.hub("refused");
  const wrong = Array.from({ length: 10 }, () => post(hub, { topic: "a", id: "#", data: "wrong" }));
  const [answers, refused] = await Promise.all([together(hub, 0), Promise.all(wrong)]);
  assert.deepEqual([...new Set(refused.map(({ status }) => status))], [400]);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const events = await held(t, hub);
  assert.deepEqual(events.map(({ data }) => data).sort(), answers.map(({ data }) => data).sort());
});

test("lines that come in tiny pieces are answered one by one in order, beside other publishers", async (t) => {
  const hub = server.hub("pieces");
  const bodies = [1, 2].map(() => new StreamedPost(hub, NDJSON));
  t.after(() => bodies.forEach((body) => body.break()));
  const lines = Array.from({ length: 40 }, (_, at) => at);
  const sent = bodies.map(async (body, of) => {
    for (const line of lines) {
      const text = `${JSON.stringify({ topic: "a", id: `${of}-${line}`, data: `größe ${line}` })}\n`;
      for (const byte of Buffer.from(text)) await body.write(Buffer.from([byte]));
      await body.answered(line + 1);
      assert.deepEqual(body.answers.at(-1), { id: `${of}-${line}`, connections: 0 });
    }
    await body.end();
  });
  const [answers] = await Promise.all([together(hub, 2), ...sent]);
  for (const [of, body] of bodies.entries()) assert.deepEqual(body.ids, lines.map((line) => `${of}-${line}`));
  const ids = (await held(t, hub)).map(({ id }) => id);
  assert.equal(ids.length, answers.length + 2 * lines.length);
  for (const { ids: own } of bodies) assert.deepEqual(ids.filter((id) => own.includes(id)), own);
});
