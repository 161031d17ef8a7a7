// A trap in the wasm instance costs one answer: clients reconnect and resume, and the hub goes on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Subscriber, post, publish } from "./clients.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { bearer } from "./tokens.mjs";
import { until } from "./until.mjs";

let server;
before(async () => (server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" }, settings: ["CONFIG=trap"] })));
after(() => server?.stop());

/** The header that has the object's first reading of the clock trap, behind that of the door: see before/trap.mjs. */
const TRAP = { headers: { "trap-after": "2" } };
/** The same for the door. */
const TRAP_AT_DOOR = { headers: { "trap-after": "1" } };

test("a request that traps is answered with a problem that says nothing of the inside", async () => {
  const response = await post(server.hub("answer"), { topic: "a", data: "lost" }, TRAP);
  assert.equal(response.status, 500);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.deepEqual(await response.json(), {
    type: "about:blank",
    title: "Internal Server Error",
    status: 500,
    detail: "something went wrong inside; it is in the log",
  });
});

test("after a trap every subscriber of every hub reconnects and resumes, exactly once", async (t) => {
  const [trapping, bystander] = [server.hub("trapping"), server.hub("bystander")];
  const subscribers = [await Subscriber.open(trapping, ["a"]), await Subscriber.open(bystander, ["a"])];
  t.after(() => subscribers.forEach((subscriber) => subscriber.close()));
  for (const hub of [trapping, bystander]) await publish(hub, { topic: "a", data: "before" });
  for (const subscriber of subscribers) await subscriber.receives("before");
  const opened = subscribers.map((subscriber) => subscriber.opened);

  assert.equal((await post(trapping, { topic: "a", data: "lost" }, TRAP)).status, 500);
  for (const hub of [trapping, bystander]) await publish(hub, { topic: "a", data: "meanwhile" });

  for (const [at, subscriber] of subscribers.entries()) {
    await subscriber.opens(opened[at] + 1);
    await subscriber.receives("meanwhile");
    assert.deepEqual(subscriber.data.filter((data) => data !== "lost"), ["before", "meanwhile"]);
  }
});

test("a trap at the door costs nobody an answer, since nothing was done yet", async () => {
  const begin = server.output.length;
  const hub = server.hub("door");
  const response = await post(hub, { topic: "a", data: "kept" }, TRAP_AT_DOOR);
  assert.equal(response.status, 200);
  await until(() => logged(begin).some(({ event }) => event === "door unusable"), "the record");
});

test("a subscription that meets a trap is tried again, since an EventSource would not", async (t) => {
  const hub = server.hub("retried");
  const request = fetch(`${hub}?topic=a`, TRAP);
  const response = await request;
  t.after(() => response.body.cancel());
  assert.equal(response.status, 200);
});

test("a trap takes no hub out of the index, whose object is not reset", async () => {
  const listed = async () => (await (await fetch(`${server.origin}/hubs`, { headers: bearer(OPERATOR_KEY) })).json()).hubs.map(({ name }) => name);
  await publish(server.hub("listed"), { topic: "a", data: "1" });
  await until(async () => (await listed()).includes("listed"), "the hub to be in the index");
  await post(server.hub("listed"), { topic: "a", data: "lost" }, TRAP);
  assert.ok((await listed()).includes("listed"));
  await publish(server.hub("listed-later"), { topic: "a", data: "2" });
  await until(async () => (await listed()).includes("listed-later"), "another hub to be in the index");
});

test("where nothing in the instance can answer, an EventSource comes back, and others get a problem", async () => {
  const hub = server.hub("hopeless");
  const headers = { "url-fails": "1", accept: "text/event-stream" };
  const stream = await fetch(`${hub}?topic=a`, { headers });
  assert.equal(stream.status, 200);
  assert.match(stream.headers.get("content-type"), /^text\/event-stream\b/);
  const text = await stream.text();
  const retry = Number(/^retry: (\d+)\n$/.exec(text)?.[1]);
  assert.ok(retry >= 2_000 && retry <= 5_000, text);
  for (const init of [{ headers: { "url-fails": "1" } }, { method: "POST", body: "topic=a", headers }]) {
    const response = await fetch(`${hub}?topic=a`, init);
    assert.equal(response.status, 500);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    await response.body.cancel();
  }
  await publish(hub, { topic: "a", data: "after" });
});

test("a write that is not confirmed costs its object's streams, and no other hub notices", async (t) => {
  const [failing, bystander] = [server.hub("unconfirmed"), server.hub("confirmed")];
  const subscribers = [await Subscriber.open(failing, ["a"]), await Subscriber.open(bystander, ["a"])];
  t.after(() => subscribers.forEach((subscriber) => subscriber.close()));
  for (const [at, hub] of [failing, bystander].entries()) {
    await publish(hub, { topic: "a", data: "before" });
    await subscribers[at].receives("before");
  }
  const failed = await post(failing, { topic: "a", data: "lost" }, { headers: { "sync-fails": "1" } });
  assert.equal(failed.status, 500);
  for (const hub of [failing, bystander]) await publish(hub, { topic: "a", data: "after" });
  // A Worker that holds the stream opens its link again, and the client does not notice.
  if (process.env.DELIVERY !== "hibernate") await subscribers[0].opens(2);
  for (const subscriber of subscribers) {
    await subscriber.receives("after");
    assert.deepEqual(subscriber.data.filter((data) => data !== "lost"), ["before", "after"]);
  }
  assert.equal(subscribers[1].opened, 1);
});

/** The lines of the log from `begin` on. */
const logged = (begin) => server.output.slice(begin).split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));

test("a write that is not confirmed is told as such, and the next request is answered by a hub that works", async () => {
  const hub = server.hub("told");
  const bodies = [
    [{ topic: "a" }, async (response) => [response.status, await response.json()]],
    ['{"topic":"a"}\n{"topic":"a"}\n', async (response) => [200, JSON.parse((await response.text()).split("\n")[0]).error]],
  ];
  await publish(hub, { topic: "a", data: "before" });
  for (const [body, problemOf] of bodies) {
    const begin = server.output.length;
    const streamed = typeof body === "string";
    const headers = { "sync-fails": "1", ...(streamed ? { "content-type": "application/x-ndjson" } : {}) };
    const response = await fetch(hub, { method: "POST", body: streamed ? body : new URLSearchParams(body), headers });
    const [status, { detail }] = await problemOf(response);
    assert.equal(status, streamed ? 200 : 500);
    assert.match(detail, /not known whether the update was kept/);
    // No request after it is needed to find out that the hub is to begin anew.
    assert.equal((await post(hub, { topic: "a", data: "after" })).status, 200);
    await until(() => logged(begin).some(({ detail }) => /a write was not confirmed/.test(detail)), "the record");
    assert.deepEqual(logged(begin).filter(({ event, detail }) => /trapped/.test(`${event} ${detail}`)), []);
  }
});
