// While a key set is fetched: who waits for it gets the right answer, whatever becomes of the others.
// To repeat it: for i in $(seq 50); do node --test --test-name-pattern='on workerd' tests/e2e/door_keys.test.mjs || break; done
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { post } from "./clients.mjs";
import { KeySet } from "./key_set.mjs";
import { LoneRequest } from "./raw.mjs";
import { Server } from "./server.mjs";
import { DIALECTS, bearer, keyPair, tampered } from "./tokens.mjs";
import { until } from "./until.mjs";

const { vars, token } = DIALECTS["0.x"];
const ALGORITHMS = ["ES256"];
/** Milliseconds until the key set is there. */
const FETCH = 1_000;
/** The requests go to several hubs: the keys are fetched once for all of them. */
const HUBS = 4;

let pair;
let good;
let unknown;
before(async () => {
  pair = await keyPair("ES256");
  good = await token(undefined, { alg: "ES256", key: pair.private, kid: "known" });
  unknown = await token(undefined, { alg: "ES256", key: pair.private, kid: "unknown" });
});

/** A key set that takes its time, and a server that was never asked for it. */
async function start(t, options) {
  const set = await KeySet.start(t);
  set.keys = [{ ...pair.jwk, kid: "known" }];
  set.takes = FETCH;
  const closed = { ANONYMOUS_SUBSCRIBE: "", ANONYMOUS_PUBLISH: "" };
  const server = await Server.start({ ...options, vars: { ...vars({ jwks_uri: set.url, algorithms: ALGORITHMS }), ...closed } });
  t.after(() => server.stop());
  return { set, server };
}

/** The nth of many requests with a token: publications and subscriptions by turns. */
function request(nth, text) {
  const path = `/hubs/hub-${nth % HUBS}/.well-known/mercure`;
  const headers = bearer(text);
  return nth % 2 === 0 ? { method: "POST", path, headers, body: "topic=a" } : { method: "HEAD", path: `${path}?topic=a`, headers };
}

/** Connections to a server, as many as it is to get requests at once. */
const connections = ({ port }, count) => Promise.all(Array.from({ length: count }, () => LoneRequest.to(port)));

const statuses = (requests) => Promise.all(requests.map((lone) => lone.answered()));

/** How often each value comes. */
function tally(values) {
  const counts = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

for (const kind of ["workerd", "wrangler"]) {
  test(`on ${kind} of 200 requests at once without keys 50 are reset, and each of the others gets its own answer`, async (t) => {
    const { set, server } = await start(t, { kind });
    const bad = tampered(good);
    const isBad = (nth) => nth % 5 === 0;
    const isReset = (nth) => nth % 4 === 1;
    const all = await connections(server, 200);
    for (const [nth, lone] of all.entries()) lone.send(request(nth, isBad(nth) ? bad : good));
    await until(() => set.asked > 0, "the fetch of the keys");
    // They leave one after the other, until shortly before the keys come.
    const leaving = all.filter((_, nth) => isReset(nth));
    for (const [at, lone] of leaving.entries()) setTimeout(() => lone.reset(), (0.8 * FETCH * at) / leaving.length);
    const staying = [...all.keys()].filter((nth) => !isReset(nth));
    const wrong = (await statuses(staying.map((nth) => all[nth])))
      .map((status, at) => ({ status, expected: isBad(staying[at]) ? 401 : 200 }))
      .filter(({ status, expected }) => status !== expected);
    assert.deepEqual(tally(wrong.map(({ status, expected }) => `${status} for ${expected}`)), {});
    assert.equal(leaving.length, 50);
    assert.equal(set.asked, 1);
  });

  test(`on ${kind} the client for which the keys are fetched resets, and those that wait with it are served`, async (t) => {
    const { set, server } = await start(t, { kind });
    const [first, ...others] = await connections(server, 21);
    first.send(request(0, good));
    await until(() => set.asked > 0, "the fetch of the keys");
    for (const [nth, lone] of others.entries()) lone.send(request(nth, good));
    first.reset();
    assert.deepEqual(tally(await statuses(others)), { 200: 20 });
    const later = await post(server.hub(), { topic: "a" }, { headers: bearer(good) });
    assert.equal(later.status, 200, await later.text());
    assert.equal(set.asked, 1);
  });

  test(`on ${kind} a hundred clients that reset with an unknown key have the keys fetched once`, async (t) => {
    const { set, server } = await start(t, { kind });
    const all = await connections(server, 100);
    // Before the keys are there, while they are fetched, and when they are known.
    for (const [nth, lone] of all.entries()) {
      lone.send(request(nth, unknown));
      await until(() => set.asked > 0, "the fetch of the keys");
      setTimeout(() => lone.reset(), (FETCH * (nth % 10)) / 10);
      if (nth === 49) assert.equal((await post(server.hub(), { topic: "a" }, { headers: bearer(good) })).status, 200);
    }
    await until(() => all.every(({ closed }) => closed), "the last of them to leave");
    const statuses = [unknown, good].map(async (text) => (await post(server.hub(), { topic: "a" }, { headers: bearer(text) })).status);
    assert.deepEqual(await Promise.all(statuses), [401, 200]);
    assert.equal(set.asked, 1);
  });
}

for (const context of ["none", "over"]) {
  test(`on workerd the keys are fetched for a request whose context is ${context}`, async (t) => {
    const { set, server } = await start(t, { kind: "workerd", settings: ["CONFIG=contextless"] });
    const ask = () => post(server.hub(), { topic: "a" }, { headers: { context, ...bearer(good) } });
    assert.deepEqual((await Promise.all([ask(), ask()])).map(({ status }) => status), [200, 200]);
    assert.equal(set.asked, 1);
    assert.match(server.output, /"context missing"/);
  });
}

test("on workerd a trap while requests wait for keys costs none of them its answer", async (t) => {
  const { set, server } = await start(t, { kind: "workerd", settings: ["CONFIG=trap"] });
  const waiting = await connections(server, 20);
  for (const [nth, lone] of waiting.entries()) lone.send(request(nth, good));
  await until(() => set.asked > 0, "the fetch of the keys");
  const begun = performance.now();
  for (const after of ["1", "2", "3"]) {
    await post(server.hub(), { topic: "a" }, { headers: { "trap-after": after } });
  }
  assert.match(server.output, /the wasm instance has trapped/);
  assert.ok(performance.now() - begun < FETCH, "they still wait");
  assert.deepEqual(tally(await statuses(waiting)), { 200: 20 });
  assert.ok(set.asked <= 4, `each new instance fetches the keys once; they were fetched ${set.asked} times`);
});
