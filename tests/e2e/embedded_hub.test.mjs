// A hub in an application's own Worker: `createHub` with a path, on wrangler as a user runs it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GzipReader } from "./gzip_reader.mjs";
import { Running } from "./millstream.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { until } from "./until.mjs";

let server;
let count = 0;
before(async () => (server = await Server.start({ settings: ["--config", "tests/e2e/embedded/wrangler.toml"] })));
after(() => server?.stop());

const at = (path) => `${server.origin}${path}`;
const fresh = () => `orders/ada/${(count += 1)}`;
async function call(name, ...given) {
  const response = await fetch(at("/calls"), { method: "POST", body: JSON.stringify({ name, given }) });
  return response.json();
}
const open = (t, topic, { path = "/events", ...headers } = {}) =>
  Stream.open(t, withQuery(at(path), { topic }), { headers: { visitor: "ada", ...headers } });

test("the hub is at its path, and every other path is the application's", async (t) => {
  const topic = fresh();
  const reader = await open(t, topic);
  const { result } = await call("publish", { topic, type: "created", data: { paid: true } });
  await reader.receivesId(result.id);
  assert.deepEqual(reader.updates, [`event: created\nid: ${result.id}\ndata: {"paid":true}`]);
  assert.equal(result.connections, 1);
  for (const path of ["/", "/event", "/eventsx", "/events/", "/events/other", "/.well-known/mercure", "/hubs/default/.well-known/mercure", "/healthz"]) {
    assert.equal(await (await fetch(at(path))).text(), "the application", path);
  }
});

test("an update is durable when the call resolves, and is resumed by its id after kill -9", async (t) => {
  const topic = fresh();
  const { result: first } = await call("publish", { topic, data: "1" });
  const { result: second } = await call("rpcPublish", { topic, data: "2" });
  await server.kill();
  await server.restart();
  const reader = await open(t, topic, { "last-event-id": first.id });
  await reader.receivesId(second.id);
  assert.deepEqual(reader.ids, [second.id]);
});

test("the application itself reads what is private, of the hub that it names, and publishes nothing by that", async () => {
  const topic = fresh();
  const { result } = await call("publish", { topic, data: "for one", private: true }, { hub: "red" });
  await call("publish", { topic, data: "for others" });
  assert.deepEqual((await call("readFirst", topic, { hub: "red" })).result, { id: result.id, data: "for one" });
  assert.equal((await call("readFirst", topic)).result.data, "for others");
  assert.equal((await call("readFirst", topic, { hub: "no/name" })).error.field, "hub");
  assert.equal((await call("readerPosts")).result, 401);
});

test("the application copies a hub, clears it, and is told what is wrong", async () => {
  for (const data of ["1", "2"]) await call("publish", { topic: "a", data }, { hub: "original" });
  const { file, rest, imported, cleared } = (await call("copy", "original", "copied")).result;
  const [header, ...entries] = file.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual([header.millstream.hub, entries.map(({ data }) => data)], ["original", ["1", "2"]]);
  assert.equal(rest.trimEnd().split("\n")[1], file.trimEnd().split("\n")[2]);
  assert.deepEqual([imported, cleared], [{ imported: 2, held: 0, last: 2 }, { removed: 2 }]);
  const refused = async (name, ...given) => {
    const { error } = await call(name, ...given);
    return [error.name, error.status, error.field];
  };
  assert.deepEqual(await refused("wrongExport", { after: -1 }), ["HubError", 400, "after"]);
  assert.deepEqual(await refused("wrongExport", { hub: "no/name" }), ["HubError", 404, "hub"]);
  assert.deepEqual(await refused("wrongImport", { a: 1 }), ["HubError", 400, "lines"]);
  assert.deepEqual(await refused("wrongImport", "broken"), ["HubError", 400, undefined]);
});

test("the application's Worker holds the streams of a hub that may sleep, and reads it by a call as well", async (t) => {
  const topic = fresh();
  const reader = await open(t, topic, { path: "/tenant/events", tenant: "held" });
  const asked = { headers: { tenant: "held", authorization: `Bearer ${OPERATOR_KEY}` } };
  assert.equal((await (await fetch(at("/tenant/events/healthz"), asked)).json()).links, 1);
  const { result } = await call("publish", { topic, data: "for one", private: true }, { hub: "held" });
  await reader.receivesId(result.id);
  assert.deepEqual(reader.ids, [result.id]);
  assert.deepEqual((await call("readFirst", topic, { hub: "held" })).result, { id: result.id, data: "for one" });
  assert.equal((await call("disconnect", { subscriber: "ada" }, { hub: "held" })).result, 1);
  await reader.ends();
});

test("a stream at the application's path is compressed as the hub has made it", async (t) => {
  const topic = fresh();
  const reader = await GzipReader.open(t, withQuery(at("/tenant/events"), { topic }), { visitor: "ada", tenant: "tight" });
  assert.equal(reader.headers.get("content-encoding"), "gzip");
  for (const data of ["1", "2"]) {
    const { result } = await call("publish", { topic, data: data.repeat(300) }, { hub: "tight" });
    await reader.receives(`id: ${result.id}\ndata: ${data.repeat(300)}\n\n`);
  }
  assert.ok(reader.inflater.shorter >= 2);
});

test("the application decides, by the request as it came", async () => {
  const ask = (visitor, topic = "orders/ada/1") => fetch(withQuery(at("/events"), { topic }), { method: "HEAD", headers: { visitor } });
  assert.deepEqual([(await ask("refuse")).status, (await ask("ada")).status], [402, 200]);
  for (const visitor of ["throw", "hang", "hang elsewhere"]) {
    const response = await fetch(withQuery(at("/events"), { topic: "a" }), { headers: { visitor } });
    assert.equal(response.status, 500, visitor);
    await response.text();
  }
  await until(() => /deliberate/.test(server.output) && /authorize gave no answer within 30 s/.test(server.output), "the reasons in the log");
  assert.equal((await ask("ada", "orders/eve/1")).status, 403);
  const anonymous = await fetch(withQuery(at("/events"), { topic: "a" }));
  assert.equal(anonymous.status, 401);
});

test("the application's variables are its own, and those with the prefix are the hub's", async () => {
  const health = await fetch(at("/events/healthz"), { headers: { authorization: `Bearer ${OPERATOR_KEY}` } });
  assert.equal(typeof (await health.json()).connections, "number");
  assert.doesNotMatch(server.output, /configuration wrong|unknown variable/);
});

test("the routes of the hub lie below its path, and headers name it by that path", async () => {
  const listed = await fetch(at("/events/subscriptions"), { headers: { visitor: "reader of the API" } });
  assert.equal(listed.status, 200);
  assert.ok(listed.headers.get("link").startsWith(`<${at("/events")}>; rel="mercure"`), listed.headers.get("link"));
  const drained = await fetch(at("/tenant/events/drain?within=1s"), { method: "POST", headers: { tenant: "drained", authorization: `Bearer ${OPERATOR_KEY}` } });
  assert.deepEqual(await drained.json(), { connections: 0 });
  const metrics = await fetch(at("/tenant/events/metrics"), { headers: { tenant: "drained", authorization: `Bearer ${OPERATOR_KEY}` } });
  assert.match(await metrics.text(), /^mercure_subscribers_connected\{hub="drained"\} 0$/m);
});

test("the application names the hub of a request, and no visitor reaches another", async (t) => {
  const topic = fresh();
  const [own, other] = [await open(t, topic, { path: "/tenant/events", tenant: "one" }), await open(t, topic, { path: "/tenant/events", tenant: "two" })];
  await call("publish", { topic, data: "1", id: `of-one-${topic}` }, { hub: "one" });
  await call("publish", { topic, data: "2", id: `of-two-${topic}` }, { hub: "two" });
  await own.receivesId(`of-one-${topic}`);
  await other.receivesId(`of-two-${topic}`);
  assert.deepEqual([own.ids, other.ids], [[`of-one-${topic}`], [`of-two-${topic}`]]);
  for (const tenant of ["a/b", "..", "a.b", "x".repeat(65)]) {
    const wrong = await fetch(withQuery(at("/tenant/events"), { topic }), { method: "HEAD", headers: { tenant, visitor: "ada" } });
    assert.equal(wrong.status, 404, tenant);
  }
});

test("an application that gives no name of a hub is told so in the log, and an EventSource comes back", async () => {
  for (const [tenant, why] of [["throw", /the option hub failed.*no tenant/], ["promise", /the option hub failed.*hub gave a promise/]]) {
    const ask = (accept) => fetch(withQuery(at("/tenant/events"), { topic: "a" }), { headers: { tenant, accept } });
    assert.deepEqual([(await ask("*/*")).status, await (await ask("text/event-stream")).text()].map((got) => /^retry: \d+\n$/.test(got) || got), [500, true]);
    await until(() => why.test(server.output), "the reason in the log");
  }
});

test("a Response that cannot be sent again, and an error without a text, are answered 500", async () => {
  const ask = (visitor) => fetch(withQuery(at("/events"), { topic: "a" }), { headers: { visitor } });
  const answers = [await ask("reuse"), await ask("reuse"), await ask("throw what has no text")];
  await Promise.all(answers.map((answer) => answer.text()));
  assert.deepEqual(answers.map(({ status }) => status), [402, 500, 500]);
  await until(() => /make a new one for each request/.test(server.output) && /an error without a text/.test(server.output), "the reasons in the log");
});

test("what is for no hub is answered by the assets", async () => {
  assert.equal(await (await fetch(at("/file.txt"))).text(), "a file of the application\n");
});

test("several updates are published in their order, and each is answered", async (t) => {
  const topic = fresh();
  const reader = await open(t, topic);
  for (const name of ["publishMany", "rpcPublishMany"]) {
    const { result } = await call(name, [{ topic, data: 1 }, { topc: "b" }, { topic, data: null }, { topic: "" }, "no object", { topic, data: "end" }]);
    assert.deepEqual(result.map(({ error, connections }) => error?.field ?? connections), [1, "topc", 1, "topic", "update", 1], name);
    await reader.receivesId(result.at(-1).id);
  }
  const texts = reader.updates.map((block) => /^data: (.*)$/m.exec(block)[1]);
  assert.deepEqual(texts, ["1", "null", "end", "1", "null", "end"]);
  assert.deepEqual((await call("publishMany", [])).result, []);
});

test("a stream that breaks off in the middle has published the lines that came whole", async () => {
  const { result, error } = await call("publishBroken");
  const answers = (result ?? "").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  assert.equal(typeof answers[0]?.id, "string", JSON.stringify({ result, error }));
  assert.equal(answers.length, 2);
  assert.match(answers[1].error.detail, /./);
});

const WRONG = {
  "an update that is no object": [["publish", "text"], { status: 400, field: "update" }, /must be an object such as/],
  "an unknown member": [["publish", { topic: "a", event: "b" }], { status: 400, field: "event" }, /the members are topic, data/],
  "no topic": [["publish", { data: "a" }], { status: 400, field: "topic" }, /topic/],
  "a topic that is no text": [["publish", { topic: 1 }], { status: 400, field: "topic" }, /topic/],
  "an update that is too large": [["publish", { topic: "a", data: "x".repeat(1_100_000) }], { status: 413 }, /1048576|1 MiB|1,048,576/],
  "data without JSON": [["publishOdd", "function"], { status: 400, field: "data" }, /a function, which has no JSON/],
  "data with a cycle": [["publishOdd", "cycle"], { status: 400, field: "data" }, /has no JSON/],
  "a name that no hub has": [["publish", { topic: "a" }, { hub: "a b" }], { status: 404, field: "hub" }, /letters, digits/],
  "a key that no header carries": [["publish", { topic: "a" }, { idempotencyKey: "é" }], { status: 400, field: "idempotencyKey" }, /printable ASCII/],
  "an update by RPC that is wrong": [["rpcPublish", { topic: "a", retry: -1 }], { status: 400, field: "retry" }, /retry/],
  "what is no list": [["publishMany", { topic: "a" }], { status: 400, field: "updates" }, /a list of updates/],
};
for (const [what, [given, expected, message]] of Object.entries(WRONG)) {
  test(`${what} is an error that names it`, async () => {
    const { error } = await call(...given);
    assert.ok(error, "an error");
    for (const [name, value] of Object.entries(expected)) assert.equal(error[name], value, JSON.stringify(error));
    assert.match(error.message, message);
    assert.equal(error.name, "HubError");
  });
}

test("a binding that is missing is named, with the lines that add it", async () => {
  const { error } = await call("withoutBinding", { topic: "a" });
  assert.match(error.message, /there is no Durable Object binding "HUB".*class_name = "HubObject"/);
});

test("a class of the application has its own members beside those of the hub", async () => {
  assert.deepEqual(await call("ownMembers"), { result: ["call", "figures", "imports", "index", "refusal", "reports", "since", "remove", "reset"] });
  await call("publish", { topic: fresh(), data: "1" });
  await until(async () => (await call("hubs")).result?.hubs.some(({ name }) => name === "default"), "the hub to be in the list");
});

test("a key publishes once, whatever other publishers use the same", async () => {
  const topic = fresh();
  const key = { idempotencyKey: `"key" of ${topic}` };
  const [first, again] = [await call("publish", { topic, data: "1" }, key), await call("publish", { topic, data: "1" }, key)];
  assert.equal(again.result.id, first.result.id);
  const other = await call("publish", { topic, data: "2" }, key);
  assert.equal(other.error.status, 422);
  const stranger = await fetch(at("/events"), {
    method: "POST",
    headers: { visitor: "all", "idempotency-key": JSON.stringify(key.idempotencyKey), "content-type": "application/json" },
    body: JSON.stringify({ topic, data: "3" }),
  });
  assert.equal(stranger.status, 200);
});

test("the operator's commands take the hub's path as its URL", async () => {
  const run = (...args) => new Running(args, { env: { OPERATOR_KEY } }).end();
  const { code, stdout, stderr } = await run("drain", at("/tenant/events"), "--within", "1s");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^drained the hub at http:.*\/tenant\/events: \d+ connections have ended, and come back within 1s\n$/);
  assert.match((await run("hubs", at("/events"))).stderr, /is one hub of an application, whose hubs only a Worker of its own can list or delete/);
});
