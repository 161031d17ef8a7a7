// The index knows the hubs that keep updates, and is in nobody's way.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { publish, subscribeUrl } from "./clients.mjs";
import { databaseOf } from "./database.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { SocketSubscriber } from "./socket.mjs";
import { bearer } from "./tokens.mjs";
import { until } from "./until.mjs";

/** Milliseconds within which a hub is in the index. */
const SOON = 1_000;
const MANY = 10_000;

let server;
before(async () => {
  const vars = { ANONYMOUS_PUBLISH: "true", HUB_NAMES: "hangs fails unbound bound-twice,new-* zone-*" };
  server = await Server.start({ kind: "workerd", vars, settings: ["CONFIG=indexing"] });
});
after(() => server?.stop());

const asked = (query = "") => fetch(`${server.origin}/hubs${query}`, { headers: bearer(OPERATOR_KEY) });
const listed = async (query) => (await asked(query)).json();
const names = async () => (await listed()).hubs.map(({ name }) => name);
const isListed = (name) => until(async () => (await names()).includes(name), `${name} to be in the index`, SOON);
const update = (id) => ({ topic: "a", id, data: "x" });
async function call(hub, method, given, by) {
  const response = await fetch(`${server.origin}/call`, { method: "POST", body: JSON.stringify({ hub, by, method, given }) });
  return response.json();
}
const timesLogged = (pattern) => server.output.split("\n").filter((line) => pattern.test(line)).length;

test("a hub is in the index within a second of its first update, and not before", async (t) => {
  await SocketSubscriber.open(t, subscribeUrl(server.hub("new-visited"), ["a"]));
  await publish(server.hub("new-form"), update("1"));
  await isListed("new-form");
  const lines = { method: "POST", headers: { "content-type": "application/x-ndjson" }, duplex: "half" };
  const body = new TransformStream();
  const answer = fetch(server.hub("new-lines"), { ...lines, body: body.readable });
  const writer = body.writable.getWriter();
  await writer.write(new TextEncoder().encode('{"topic":"a","data":"x"}\n'));
  await isListed("new-lines");
  await writer.close();
  assert.equal((await answer).status, 200);
  assert.ok(!(await names()).includes("new-visited"));
  const { hubs } = await listed();
  assert.ok(hubs.every(({ time }) => Math.abs(time - Date.now()) < 60_000), JSON.stringify(hubs));
});

test("an index that hangs or fails holds up no publication, and is named in the log once", async (t) => {
  for (const hub of ["hangs", "fails"]) {
    const reader = await SocketSubscriber.open(t, subscribeUrl(server.hub(hub), ["a"]));
    for (const id of ["1", "2", "3"]) await publish(server.hub(hub), update(id));
    await reader.receives("3");
  }
  const failed = /hub not in the index.*"hub":"fails".*Error: deliberate/;
  await until(() => timesLogged(failed) > 0, "the failure in the log");
  await until(() => timesLogged(/hub not in the index.*"hub":"hangs".*no answer within 5 s/) === 1, "the silence in the log", 20_000);
  await publish(server.hub("fails"), update("4"));
  await publish(server.hub("new-after"), update("1"));
  await isListed("new-after");
  assert.equal(timesLogged(failed), 1);
});

test("an object finds the index by any binding of its class, and without one it is in no list", async () => {
  await publish(server.hub("bound-twice"), update("1"));
  await isListed("bound-twice");
  for (const id of ["1", "2"]) await publish(server.hub("unbound"), update(id));
  await until(() => timesLogged(/hub not in the index.*"hub":"unbound".*no binding/) === 1, "the reason in the log");
  await publish(server.hub("unbound"), update("3"));
  assert.equal(timesLogged(/hub not in the index.*unbound/), 1);
  assert.ok(!(await names()).includes("unbound"));
});

test("10,000 hubs are listed in the order of their names, page by page", async (t) => {
  const reports = Array.from({ length: MANY }, (_, at) => ({ name: `zone-${String(MANY - at).padStart(5, "0")}`, time: at, figures: "null" }));
  const began = performance.now();
  assert.deepEqual(await call(".index", "millstreamReport", [reports]), {});
  const stored = performance.now();
  const all = [];
  let next = "zone-";
  for (let page = 0; next !== undefined && page <= MANY / 1_000 + 1; page += 1) {
    const list = await listed(`?after=${next}`);
    assert.ok(list.hubs.length <= 1_000);
    all.push(...list.hubs.filter(({ name }) => name.startsWith("zone-")));
    next = list.next;
  }
  t.diagnostic(`stored in ${Math.round(stored - began)} ms, listed in ${Math.round(performance.now() - stored)} ms`);
  assert.equal(next, undefined);
  assert.deepEqual(all.map(({ name }) => name), reports.map(({ name }) => name).toReversed());
  const two = await listed("?after=zone-00007&limit=2");
  assert.deepEqual([two.hubs.map(({ name }) => name), two.next], [["zone-00008", "zone-00009"], "zone-00009"]);
  for (const [query, field] of [["limit=0", "limit"], ["limit=1001", "limit"], ["limit=x", "limit"], ["limit=1.5", "limit"]]) {
    const response = await asked(`?${query}`);
    assert.deepEqual([response.status, (await response.json()).field], [400, field], query);
  }
});

test("the index is no hub, and a hub is no index", async () => {
  for (const [hub, method, given] of [[".index", "publish", [update("1")]], [".index", "status", ["a"]], ["new-form", "millstreamList", []], ["new-form", "millstreamForget", ["x"]]]) {
    assert.equal((await call(hub, method, given)).error?.status, 404, method);
  }
});

test("an operator is told what a hub has, over HTTP and by a call", async (t) => {
  const before = Date.now();
  const reader = await SocketSubscriber.open(t, subscribeUrl(server.hub("new-stats"), ["a"]));
  await publish(server.hub("new-stats"), update("1"));
  await reader.receives("1");
  const told = await (await fetch(`${server.origin}/hubs/new-stats/stats`, { headers: bearer(OPERATOR_KEY) })).json();
  const { since, history, ended, memory, places, ...others } = told;
  assert.deepEqual(others, { hub: "new-stats", connections: 1, links: others.links, leaving: 0, subscribers: 1, updates: 1, deliveries: 1, closed: 0, conflated: 0 });
  assert.ok(Math.abs(since - before) < 60_000 && Math.abs(history.oldest - before) < 60_000, JSON.stringify(told));
  assert.ok(history.updates === 1 && history.bytes > 0 && memory.limit > memory.bytes && memory.bytes > 0 && places.taken === 1, JSON.stringify(told));
  assert.equal(ended["too slow"], 0);
  assert.deepEqual((await call("new-stats", "stats", [], "createHub")).result, told);
});

test("an application lists, drains and deletes hubs", async () => {
  await publish(server.hub("new-operated"), update("1"));
  await isListed("new-operated");
  assert.deepEqual(await call("new-operated", "drain", [], "createHub"), { result: 0 });
  assert.equal((await call("new-operated", "drain", ["soon"])).error.field, "within");
  assert.deepEqual(await call("new-operated", "delete", [], "createHub"), { result: { connections: 0 } });
  assert.ok(!(await names()).includes("new-operated"));
});

test("a hub that HUB_NAMES does not have is nowhere, for everybody", async () => {
  for (const path of ["", "/subscriptions", "?topic=a"]) {
    const response = await fetch(`${server.hub("other")}${path}`);
    assert.deepEqual([response.status, (await response.json()).field], [404, "hub"], path);
  }
  for (const [method, path] of [["POST", "/drain"], ["GET", "/healthz"], ["DELETE", ""], ["GET", "/stats"]]) {
    for (const headers of [bearer(OPERATOR_KEY), {}]) {
      assert.equal((await fetch(`${server.origin}/hubs/nobody${path}`, { method, headers })).status, 404, path);
    }
  }
  for (const [method, given] of [["publish", [update("1")]], ["status", ["a"]], ["drain", []]]) {
    const { error } = await call("other", method, given);
    assert.deepEqual([error?.status, error?.field], [404, "hub"], method);
  }
  const files = () => readdirSync(`${server.folder}/HubObject`);
  assert.ok(files().includes(databaseOf("other")), "a call by RPC has reached the object");
  assert.deepEqual((await call("nobody", "publish", [update("1")], "createHub")).error?.status, 404);
  assert.ok(!files().includes(databaseOf("nobody")));
});

test("nothing is counted for a hub that HUB_NAMES does not have, so a Worker keeps the counts of the others", async () => {
  const refused = async (hub) => assert.equal((await fetch(`${server.origin}/hubs/${hub}/nothing`)).status, 404);
  await refused("new-counted");
  for (let at = 0; at < 256; at += 16) await Promise.all(Array.from({ length: 16 }, (_, more) => refused(`other-${at + more}`)));
  const metrics = await fetch(`${server.origin}/hubs/new-counted/metrics`, { headers: bearer(OPERATOR_KEY) });
  assert.match(await metrics.text(), /^millstream_refusals_total\{hub="new-counted",reason="not-found",status="404"\} 1$/m);
});
