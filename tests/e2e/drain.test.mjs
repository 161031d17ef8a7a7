// An operator drains a hub: everybody is sent away in good order, comes back, and has missed nothing.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { Subscriber, post, publish, subscribeUrl } from "./clients.mjs";
import { OPERATOR_KEY as KEY, Server } from "./server.mjs";
import { SocketSubscriber } from "./socket.mjs";
import { until } from "./until.mjs";

const VARS = { ANONYMOUS_PUBLISH: "true" };
/** In the first half of this time all that is done that clients are not to be back for. */
const WITHIN = 10_000;
/** How long it may take until they are all back. */
const BACK = 3 * WITHIN;
const EVENT_SOURCES = 10;
const SOCKETS = 20;

const authorization = { authorization: `Bearer ${KEY}` };
const drainUrl = (server, name, query = "") => `${server.origin}/hubs/${name}/drain${query}`;
const drain = (server, name, { query, headers = authorization, method = "POST" } = {}) =>
  fetch(drainUrl(server, name, query), { method, headers });

/** The reconnection time that stands last in a text, in milliseconds. */
const retryIn = (text) => Number([...text.matchAll(/^retry: (\d+)$/gm)].at(-1)?.[1]);

async function assertProblem(response, status, field) {
  assert.equal(response.status, status);
  assert.match(response.headers.get("content-type"), /^application\/problem\+json\b/);
  const problem = await response.json();
  assert.equal(problem.status, status);
  if (field !== undefined) assert.equal(problem.field, field);
  return problem;
}

describe("with a key", () => {
  let server;
  before(async () => (server = await Server.start({ kind: "workerd", vars: VARS })));
  after(() => server?.stop());

  const REFUSED = [
    { name: "no key", headers: {}, status: 401 },
    { name: "another key", headers: { authorization: `Bearer ${KEY}.` }, status: 401 },
    { name: "the key of another scheme", headers: { authorization: `Basic ${KEY}` }, status: 401 },
    { name: "GET", method: "GET", status: 405 },
    { name: "a word for a time", query: "?within=soon", status: 400 },
    { name: "too long a time", query: "?within=6m", status: 400 },
  ];
  for (const { name, status, ...request } of REFUSED) {
    test(`${name} is answered ${status}, and nobody is sent away`, async (t) => {
      const subscriber = await SocketSubscriber.open(t, subscribeUrl(server.hub("refused"), ["a"]));
      const response = await drain(server, "refused", request);
      if (status === 405) assert.equal(response.headers.get("allow"), "POST");
      await assertProblem(response, status, status === 400 ? "within" : undefined);
      await publish(server.hub("refused"), { topic: "a", id: name, data: "x" });
      await subscriber.receives(name);
      assert.equal(subscriber.ended, false);
    });
  }

  test("everybody ends, comes back at a time of its own, and has everything once", async (t) => {
    const hub = server.hub("drained");
    const sources = await Promise.all(Array.from({ length: EVENT_SOURCES }, () => Subscriber.open(hub, ["a"])));
    t.after(() => sources.forEach((source) => source.close()));
    const open = () => SocketSubscriber.open(t, subscribeUrl(hub, ["a"]));
    const sockets = await Promise.all(Array.from({ length: SOCKETS }, open));
    await publish(hub, { topic: "a", id: "1", data: "1" });

    const response = await drain(server, "drained", { query: `?within=${WITHIN}ms` });
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { connections: EVENT_SOURCES + SOCKETS });
    assert.equal(await server.connections("drained"), 0);

    await Promise.all(sockets.map((socket) => socket.ends()));
    for (const socket of sockets) {
      assert.deepEqual([socket.ids, socket.whole], [["1"], true]);
      assert.match(socket.chunks.at(-1), /^: drained\nretry: \d+\n(?!\n)/);
    }
    const times = sockets.map((socket) => socket.retry);
    assert.ok(times.every((time) => time > 0 && time <= WITHIN), times.join());
    assert.ok(new Set(times).size > SOCKETS / 2, `they come back together: ${times}`);

    // Meanwhile updates are taken, and no connections.
    await publish(hub, { topic: "a", id: "2", data: "2" });
    const turnedAway = await fetch(subscribeUrl(hub, ["a"]), { headers: { accept: "text/event-stream" } });
    assert.equal(turnedAway.status, 200);
    assert.match(turnedAway.headers.get("content-type"), /^text\/event-stream\b/);
    const retry = retryIn(await turnedAway.text());
    assert.ok(retry > 0 && retry <= WITHIN, `${retry}`);
    const refused = await fetch(subscribeUrl(hub, ["a"]));
    assert.match(refused.headers.get("retry-after"), /^[1-9]\d*$/);
    await assertProblem(refused, 503);
    assert.equal(await server.connections("drained"), 0);
    await publish(hub, { topic: "a", id: "3", data: "3" });

    await until(() => sources.every(({ ids }) => ids.includes("3")), "all to be back", BACK);
    await publish(hub, { topic: "a", id: "4", data: "4" });
    await Promise.all(sources.map((source) => source.receives("4")));
    for (const { ids } of sources) assert.deepEqual(ids, ["1", "2", "3", "4"]);
    const opened = sources.map((source) => source.opened);
    assert.ok(opened.every((times) => times === 2), `nobody comes before it is taken: ${opened}`);
    const { ended } = await server.health("drained");
    assert.equal(ended.drained, EVENT_SOURCES + SOCKETS);

    // A client keeps what it was told last, so it is told a usual time again: also by the next life of the hub.
    for (const restarts of [false, true]) {
      if (restarts) {
        await server.kill();
        await server.restart();
      }
      const back = await SocketSubscriber.open(t, subscribeUrl(hub, ["a"]));
      await until(() => back.retry !== undefined, "the reconnection time");
      assert.ok(back.retry >= 2_000 && back.retry <= 4_000, `${back.retry}`);
    }
  });

  test("a reader that does not read on is not waited for for long, and resumes", async (t) => {
    const hub = server.hub("stalled");
    const stalled = await SocketSubscriber.open(t, subscribeUrl(hub, ["a"]));
    stalled.stall();
    const ids = Array.from({ length: 16 }, (_, at) => String(at + 1));
    // Long on the wire too where it is compressed.
    for (const id of ids) await publish(hub, { topic: "a", id, data: randomBytes(750_000).toString("base64url") });
    assert.deepEqual(await (await drain(server, "stalled", { query: "?within=1s" })).json(), { connections: 1 });
    assert.equal(await server.connections("stalled"), 0);
    stalled.readOn();
    await stalled.ends();
    const resuming = subscribeUrl(hub, ["a"]);
    await until(async () => {
      const { status, body } = await fetch(resuming);
      await body.cancel();
      return status === 200;
    }, "the hub to take connections again");
    const resumed = await SocketSubscriber.open(t, resuming, { "last-event-id": stalled.ids.at(-1) ?? "earliest" });
    await resumed.receives(ids.at(-1));
    assert.deepEqual([...stalled.ids, ...resumed.ids], ids);
  });

  test("a hub without connections is drained at once, and other hubs go on", async (t) => {
    const other = await SocketSubscriber.open(t, subscribeUrl(server.hub("other"), ["a"]));
    assert.deepEqual(await (await drain(server, "empty")).json(), { connections: 0 });
    await publish(server.hub("other"), { topic: "a", id: "1", data: "x" });
    await other.receives("1");
    assert.equal(other.ended, false);
  });
});

test("without a key there is nothing to drain by", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: { ...VARS, OPERATOR_KEY: "" } });
  t.after(() => server.stop());
  await assertProblem(await drain(server, "default"), 404);
});

test("a key that could be guessed is named as wrong, and shown nowhere", async (t) => {
  const short = "fifteen letters";
  const server = await Server.start({ kind: "workerd", vars: { ...VARS, OPERATOR_KEY: short } });
  t.after(() => server.stop());
  for (const url of [drainUrl(server, "default"), server.hub("default")]) {
    const response = await fetch(url, { method: "POST", headers: { authorization: `Bearer ${short}` } });
    const problem = await assertProblem(response, 500, "OPERATOR_KEY");
    assert.match(problem.detail, /\bOPERATOR_KEY\b/);
    assert.ok(!JSON.stringify(problem).includes(short), problem.detail);
  }
  await until(() => server.output.includes("OPERATOR_KEY"), "the variable to be named in the log");
  assert.ok(!server.output.includes(short), server.output);
});
