// A connection that has ended keeps its place until the runtime has let go of its socket.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { Subscriber, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

const PLACES = 20;
const WAVES = 5;
/** What a reader is behind by: more than the buffers of both sockets take. */
const UPDATES = 240;
const FILLER = "x".repeat(100_000);

/** Fills the history. */
async function fill(hub) {
  const body = Array.from({ length: UPDATES }, (_, at) => JSON.stringify({ topic: "a", id: `${at}`, data: FILLER }));
  const headers = { "content-type": "application/x-ndjson" };
  const response = await fetch(hub, { method: "POST", body: body.join("\n"), headers });
  assert.equal((await response.text()).trim().split("\n").length, UPDATES);
}

/** A subscriber that asks for everything and reads nothing. */
async function stubborn(url, sockets) {
  const { hostname, port, host, pathname, search } = new URL(url);
  const socket = connect(Number(port), hostname).pause();
  sockets.push(socket);
  socket.on("error", () => {});
  await once(socket, "connect");
  const headers = [`Host: ${host}`, "Last-Event-ID: earliest", "Connection: close"];
  socket.write([`GET ${pathname}${search} HTTP/1.1`, ...headers, "", ""].join("\r\n"));
  await once(socket, "readable");
  return socket;
}

async function health(server) {
  const { connections, leaving } = await server.health();
  return { connections, leaving };
}

/** The descriptors of the server, with the one connection of the test's own requests, which an answer of 429 has closed. */
async function descriptors(server) {
  await server.health();
  return server.workerd().descriptors;
}

test("readers that never read hold no more sockets than there are places", async (t) => {
  const vars = {
    ANONYMOUS_PUBLISH: "true",
    CONNECTION_AGE: "2s",
    HEARTBEAT: "500ms",
    MAX_CONNECTIONS: String(PLACES),
  };
  const server = await Server.start({ kind: "workerd", vars });
  const sockets = [];
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    await server.stop();
  });
  const hub = server.hub();
  await fill(hub);
  const before = await descriptors(server);
  const url = subscribeUrl(hub, ["a"]);
  let first;
  for (let wave = 0; wave < WAVES; wave += 1) {
    await Promise.all(Array.from({ length: PLACES }, () => stubborn(url, sockets)));
    await until(
      async () => (await health(server)).connections === 0,
      async () => `the connections of wave ${wave} to end: ${JSON.stringify(await health(server))}`,
    );
    first ??= server.workerd();
  }
  assert.deepEqual(await health(server), { connections: 0, leaving: PLACES });
  const refused = await fetch(url);
  assert.equal(refused.status, 429);
  // A socket takes two descriptors, and those of refused readers are closed behind the answer.
  let held;
  const isLevel = async () => (held = (await descriptors(server)) - before) <= 2 * PLACES + 10;
  await until(isLevel, () => `${held} descriptors to become ${2 * PLACES}`, 20_000);
  assert.ok(held >= 2 * PLACES, `${held} descriptors: there was no attack`);
  const grown = server.workerd().memory - first.memory;
  assert.ok(grown < 50, `the memory has grown by ${grown} MiB behind the first wave`);
  for (const socket of sockets) socket.destroy();
  await until(
    async () => (await health(server)).leaving === 0,
    async () => `the places to be free: ${JSON.stringify(await health(server))}`,
  );
  const honest = [];
  t.after(() => honest.forEach((subscriber) => subscriber.close()));
  for (let at = 0; at < PLACES; at += 1) honest.push(await Subscriber.open(hub, ["b"]));
});

test("a reader that reads on is given all that there was, and gives its place back", async (t) => {
  const vars = { ANONYMOUS_PUBLISH: "true", CONNECTION_AGE: "1s", HEARTBEAT: "500ms", MAX_CONNECTIONS: "1" };
  const server = await Server.start({ kind: "workerd", vars });
  t.after(() => server.stop());
  const hub = server.hub();
  await fill(hub);
  const url = subscribeUrl(hub, ["a"]);
  const sockets = [];
  const socket = await stubborn(url, sockets);
  t.after(() => socket.destroy());
  await until(async () => (await health(server)).leaving === 1, "the connection to end");
  assert.equal((await fetch(url)).status, 429);
  let text = "";
  socket.on("data", (bytes) => (text += bytes.toString("latin1")));
  socket.resume();
  await once(socket, "end");
  assert.match(text, /: (?:expired|too slow)\n\r\n0\r\n\r\n$/, "its last words say why");
  const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  assert.deepEqual(ids, Array.from({ length: ids.length }, (_, at) => at), "from the first on, each once");
  await until(async () => (await health(server)).leaving === 0, "the place to be free");
  const subscriber = await Subscriber.open(hub, ["b"]);
  subscriber.close();
});
