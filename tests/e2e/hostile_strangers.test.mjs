// Strangers who subscribe, who do not read, and who take keys: each costs one hub what a stranger may, and no other.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { ATTACKED, Besieged } from "./besieged.mjs";
import { post } from "./clients.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS, bearer, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

/** Places of the attacked hub. */
const PLACES = 60;
/** What the process may grow by, in MiB: for sockets, unread chunks, and what the runtime's heaps keep. */
const GROWTH = 300;
const MIB = "x".repeat(1_000_000);

let server;
let headers;
before(async () => {
  const HUBS = JSON.stringify({
    [ATTACKED]: { MAX_CONNECTIONS: `${PLACES}`, CONNECTION_AGE: "0", HEARTBEAT: "500ms", HISTORY_UPDATES: "5000" },
  });
  const vars = { ...KEYS, ANONYMOUS_PUBLISH: "true", SUBSCRIPTIONS: "true", HUBS };
  server = await Server.start({ kind: "workerd", vars });
  headers = bearer(await token0({ publish: ["*"] }));
});
after(() => server?.stop());

/** Repeats `attack`, some at once. */
function inNumbers(times, attack) {
  let next = 0;
  const attacker = async () => {
    while (next < times) await attack(next++);
  };
  return Promise.all(Array.from({ length: 8 }, attacker));
}

function assertHeld(t, clients) {
  t.diagnostic(`the process grew by ${clients.grown} MiB`);
  clients.assertUndisturbed();
  assert.ok(clients.grown < GROWTH, `the process grew by ${clients.grown} MiB`);
}

test("200 strangers with 1,000 topics each push out no publication, and fill no memory", async (t) => {
  const clients = await Besieged.open(t, server, headers);
  const hub = server.hub(ATTACKED);
  assert.equal((await post(hub, { topic: "kept", id: "kept", data: "1" }, { headers })).status, 200);
  const statuses = new Set();
  const attack = inNumbers(200, async (nth) => {
    const topic = Array.from({ length: 1_000 }, (_, at) => `${nth}-${at}`);
    const abort = new AbortController();
    const { status } = await fetch(withQuery(hub, { topic }), { signal: abort.signal });
    statuses.add(status);
    abort.abort();
  });
  await clients.while(attack);
  assert.ok(statuses.has(200) && [...statuses].every((status) => [200, 429].includes(status)), `${[...statuses]}`);
  const resumed = await Stream.open(t, withQuery(hub, { topic: "kept", lastEventID: "earliest" }));
  await resumed.receivesId("kept");
  assert.doesNotMatch(resumed.text, /^event: gap$/m);
  assertHeld(t, clients);
});

test("waves of readers that never read hold the places of one hub, and no more than those", async (t) => {
  const clients = await Besieged.open(t, server, headers);
  const hub = server.hub(ATTACKED);
  for (let nth = 0; nth < 4; nth += 1) {
    assert.equal((await post(hub, { topic: "large", data: MIB }, { headers })).status, 200);
  }
  const sockets = [];
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  const { host, port, pathname } = new URL(hub);
  const attack = inNumbers(4 * PLACES, async () => {
    const socket = connect(Number(port), "127.0.0.1").pause();
    socket.on("error", () => {});
    sockets.push(socket);
    await once(socket, "connect");
    const request = [`GET ${pathname}?topic=large HTTP/1.1`, `Host: ${host}`, "Last-Event-ID: earliest", "", ""];
    socket.write(request.join("\r\n"));
    await once(socket, "readable");
  });
  const { descriptors } = server.workerd();
  await clients.while(attack);
  // A socket takes two descriptors; the runtime keeps one that was answered for 15 s.
  const held = () => server.workerd().descriptors - descriptors;
  await until(() => held() <= 2 * PLACES + 20, () => `${held()} descriptors to become ${2 * PLACES}`, 40_000);
  await clients.served();
  assertHeld(t, clients);
});

test("400 newcomers at once to a hub without a place are refused, and come back", async (t) => {
  const clients = await Besieged.open(t, server, headers);
  const url = withQuery(server.hub(ATTACKED), { topic: "a" });
  const abort = new AbortController();
  t.after(() => abort.abort());
  const answers = Promise.all(Array.from({ length: 400 }, () => fetch(url, { signal: abort.signal })));
  const taken = await clients.while(answers);
  const refused = taken.filter(({ status }) => status === 429);
  // Sockets of the tests before this one may still hold places.
  assert.ok(taken.length - refused.length <= PLACES, `${taken.length - refused.length} of ${PLACES} places`);
  assert.equal(taken.filter(({ status }) => status === 200).length + refused.length, 400);
  assert.ok(refused.every((response) => response.headers.get("retry-after") !== null));
  assertHeld(t, clients);
});

test("2,000 keys of a stranger are in no publisher's way", async (t) => {
  const clients = await Besieged.open(t, server, headers);
  const hub = server.hub(ATTACKED);
  const keyed = (key, more = {}) => ({ headers: { ...more, "idempotency-key": `"${key}"` } });
  const attack = inNumbers(2_000, async (nth) => {
    const response = await post(hub, { topic: "a", data: "mine" }, keyed(`order-${nth}`));
    assert.ok([200, 429].includes(response.status), await response.text());
  });
  await clients.while(attack);
  const owner = await post(hub, { topic: "a", data: "the owner's" }, keyed("order-1001", headers));
  assert.equal(owner.status, 200, await owner.text());
  assertHeld(t, clients);
});
