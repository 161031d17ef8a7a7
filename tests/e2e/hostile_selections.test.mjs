// Strangers ask one hub for as much as they can think of; the hubs beside it, and who publishes, notice nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Subscriber, post, publish } from "./clients.mjs";
import { Server } from "./server.mjs";

const MEMORY = 16 << 20;
/**
 * What the runtime takes for bodies and for the garbage of parsing patterns until it is collected: some 130 MiB,
 * and hardly more for three times the requests.
 */
const RUNTIME = 256 << 20;
const REQUESTS = 500;
const AT_ONCE = 16;
const FORM = "application/x-www-form-urlencoded";
const TOPIC = "https://example.com/books/1";

let server;
before(async () => {
  const vars = { ANONYMOUS_PUBLISH: "true", MEMORY: String(MEMORY), HEARTBEAT: "0", MAX_CONNECTIONS: "1000" };
  server = await Server.start({ kind: "workerd", vars });
});
after(() => server?.stop());

const fields = (name, count, value) =>
  new URLSearchParams(Array.from({ length: count }, (_, at) => [name, value(at)])).toString();
const get = (query) => ({ query });
const query = (body) => ({ query: "", method: "QUERY", body, headers: { "content-type": FORM } });

/** The worst of each kind; no two of a kind ask for the same. */
const WORST = {
  "a hundred patterns of 4 KB": (nth) =>
    query(fields("match_urlpattern", 100, (at) => `/${nth}/${at}${"/:a".repeat(1_300)}`)),
  "templates of 4 KB": (nth) => get(fields("topic", 5, (at) => `${nth}${"{a}".repeat(1_300)}${at}`)),
  "variables, as many as may be": (nth) => get(fields("topic", 1_000, (at) => `{a${nth}_${at}}`)),
  "lists, as many as may be": (nth) =>
    get(fields("topic", 2, (at) => `{a${nth}*}{b${at}*}${"{c*}".repeat(120)}`)),
  "patterns, as many as may be": (nth) =>
    query(fields("match_urlpattern", 2, (at) => `*/${nth}/${at}${"/a*".repeat(120)}`)),
  "regular expressions, as many as may be": (nth) =>
    query(fields("match_urlpattern", 2, (at) => `/((?:a*){40}b${nth}x${at})`)),
  "names of 60 KB": (nth) => get(fields("topic", 900, (at) => `${nth}/${at}/${"x".repeat(48)}`)),
};

/** The bytes in memory of the server's process. */
const residentBytes = () => server.workerd().memory * (1 << 20);

/** Publishes to the hub until `signal` is aborted, and gives what was published. */
async function publishes(hub, signal) {
  const published = [];
  while (!signal.aborted) {
    const data = String(published.length);
    await publish(hub, { topic: TOPIC, data });
    published.push(data);
  }
  return published;
}

/** The streams, which would be cancelled if nobody could read them any more. */
const streams = [];

/** Sends one request, and gives its status; a stream stays open until `signal` is aborted. */
async function send(hub, { query: asked, ...init }, signal) {
  // Who names event streams is refused by one that ends.
  const response = await fetch(`${hub}?${asked}`, { ...init, signal });
  if (response.status === 200) streams.push(response);
  else await response.text();
  return response.status;
}

test("the worst selections, in numbers, are refused or held, and cost nobody else anything", async (t) => {
  const [victim, ...others] = ["victim", "left", "right"].map((name) => server.hub(name));
  const readers = others.flatMap((hub) => [TOPIC, "https://example.com/books/{id}"].map((topic) => [hub, [topic]]));
  const honest = await Promise.all(readers.map((reader) => Subscriber.open(...reader)));
  t.after(() => honest.forEach((subscriber) => subscriber.close()));
  const calm = new AbortController();
  const publishers = others.map((hub) => publishes(hub, calm.signal));

  // Each kind once, so that what the runtime takes to begin with is there.
  const hostile = new AbortController();
  t.after(() => hostile.abort());
  const kinds = Object.entries(WORST);
  const statuses = new Map(kinds.map(([kind]) => [kind, []]));
  const attack = async (nth) => {
    const [kind, worst] = kinds[nth % kinds.length];
    statuses.get(kind).push(await send(victim, worst(nth), hostile.signal));
  };
  for (let nth = 0; nth < kinds.length; nth += 1) await attack(nth);
  const begun = residentBytes();

  let [next, most] = [kinds.length, begun];
  const attacker = async () => {
    while (next < REQUESTS) {
      await attack(next++);
      most = Math.max(most, residentBytes());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, attacker));

  const topic = `https://example.com/${"a".repeat(4_000)}`;
  const started = performance.now();
  assert.equal((await post(victim, { topic, data: "x" })).status, 200);
  const took = performance.now() - started;

  calm.abort();
  const published = await Promise.all(publishers);
  for (const [at, subscriber] of honest.entries()) {
    const expected = published[Math.floor(at / 2)];
    await subscriber.receives(expected.at(-1));
    assert.deepEqual(subscriber.data.filter((data) => data !== "{}"), expected);
    assert.equal(subscriber.opened, 1);
  }
  const grown = Math.round((most - begun) / (1 << 20));
  t.diagnostic(`it grew by ${grown} MiB; a publication of 4 KB took ${Math.round(took)} ms`);
  for (const [kind, all] of statuses) {
    const held = all.filter((status) => status === 200).length;
    t.diagnostic(`${kind}: ${held} of ${all.length} were held`);
    assert.ok(all.every((status) => [200, 400, 413, 429].includes(status)), `${kind}: ${all}`);
  }
  for (const [kind, status] of [["a hundred patterns of 4 KB", 413], ["templates of 4 KB", 400]]) {
    assert.ok(statuses.get(kind).every((told) => told === status), kind);
  }
  assert.ok(most - begun < MEMORY + RUNTIME, `it grew by ${grown} MiB`);
  assert.ok(took < 1_000, `a publication took ${took} ms`);
  assert.ok(published.every((all) => all.length > 20), `${published.map((all) => all.length)} updates`);
  assert.doesNotMatch(server.output, /trapped/);
});
