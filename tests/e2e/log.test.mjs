// The log: who is refused and why, what was reset and why, and what runs. Each line is one JSON object.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Subscriber, post, subscribeUrl } from "./clients.mjs";
import { blocks, read } from "./documents.mjs";
import { Server } from "./server.mjs";
import { KEYS_0, bearer, sign, tampered, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const HUBS = { quiet: { LOG_LEVEL: "error" }, chatty: { LOG_LEVEL: "debug" }, slow: { PUBLISH_RATE: "1" } };
const VARS = { ...KEYS_0, ANONYMOUS_SUBSCRIBE: "true", HUBS: JSON.stringify(HUBS) };

let server;
before(async () => (server = await Server.start({ kind: "workerd", vars: VARS, settings: ["CONFIG=trap"] })));
after(() => server?.stop());

/** The lines of the log. Whatever else the runtime writes does not begin like one. */
const lines = (from = 0) => server.output.slice(from).split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
const find = (hub, event) => lines().filter((line) => line.hub === hub && line.event === event);
const told = (hub, event) => until(() => find(hub, event)[0], () => `${event} of ${hub}; there was ${server.output}`);
/** The line without what differs from run to run. */
const plain = ({ time, duration, ...line }) => {
  assert.equal(new Date(time).toISOString(), time);
  assert.ok(Number.isInteger(duration), JSON.stringify(line));
  return line;
};

test("a request that is refused at the door is logged with its status and its reason, and without a part of its token", async () => {
  const expired = await sign({ mercure: { publish: ["secret-topic"] }, exp: 1 });
  const wrong = tampered(await token0({ publish: ["secret-topic"] }));
  for (const [hub, token, reason, detail] of [
    ["expired", expired, "token-expired", "the token has expired"],
    ["tampered", wrong, "token-signature", "the token's signature is wrong"],
  ]) {
    assert.equal((await post(server.hub(hub), { topic: "secret-topic", data: "secret-data" }, { headers: bearer(token) })).status, 401);
    assert.deepEqual(plain(await told(hub, "refused")), { level: "info", event: "refused", hub, status: 401, reason, detail });
    for (const part of token.split(".")) assert.ok(!server.output.includes(part), `${part} is in the log`);
  }
  assert.doesNotMatch(server.output, /secret-/);
});

test("a request that is refused by the object of its hub is logged as well", async () => {
  const headers = bearer(await token0({ publish: ["*"] }));
  assert.equal((await post(server.hub("wrong"), { id: "no topic" }, { headers })).status, 400);
  assert.deepEqual(plain(await told("wrong", "refused")), { level: "info", event: "refused", hub: "wrong", status: 400, reason: "invalid-publication" });
  const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await post(server.hub("slow"), { topic: "a" }, { headers })).status));
  assert.ok(statuses.includes(429), `${statuses}`);
  const { status, reason, detail } = await told("slow", "refused");
  assert.deepEqual({ status, reason, detail }, { status: 429, reason: "publish-rate", detail: "updates come faster than the 1 a second that this hub takes" });
});

test("a text that repeats the request is logged at debug alone, and cannot forge a line", async () => {
  const forged = '"}\n{"time":"x","level":"error","event":"forged"}\r\n\u2028';
  for (const hub of ["chatty", "other"]) {
    const response = await fetch(subscribeUrl(server.hub(hub), ["a"], { fields: forged }));
    assert.equal(response.status, 400);
    await response.body.cancel();
  }
  const chatty = await told("chatty", "refused");
  assert.ok(chatty.detail.includes("forged"), chatty.detail);
  assert.equal((await told("other", "refused")).detail, undefined);
  assert.deepEqual(lines().filter(({ event }) => event === "forged"), []);
});

test("a hub whose level is above info logs no refusal", async () => {
  for (const hub of ["quiet", "behind"]) assert.equal((await post(server.hub(hub), { topic: "a" })).status, 401);
  await told("behind", "refused");
  assert.deepEqual(find("quiet", "refused"), []);
});

test("a flood of refusals of one kind is ten lines, and another hub's refusal is still told", async () => {
  await Promise.all(Array.from({ length: 50 }, async () => assert.equal((await post(server.hub("flooded"), { topic: "a" })).status, 401)));
  assert.equal((await post(server.hub("beside"), { topic: "a" })).status, 401);
  await told("beside", "refused");
  assert.equal(find("flooded", "refused").length, 10);
});

test("a trap and the reset of each object are told apart, and so is a write that was not confirmed", async (t) => {
  const headers = bearer(await token0({ publish: ["*"] }));
  const [trapping, bystander, failing] = ["trapping", "bystander", "failing"].map((name) => server.hub(name));
  const subscribers = await Promise.all([trapping, bystander].map((hub) => Subscriber.open(hub, ["a"])));
  t.after(() => subscribers.forEach((subscriber) => subscriber.close()));
  assert.equal((await post(failing, { topic: "a" }, { headers: { ...headers, "sync-fails": "1" } })).status, 500);
  const unconfirmed = await told("failing", "reset");
  assert.deepEqual([unconfirmed.level, unconfirmed.reason], ["warning", "unconfirmed"]);
  assert.deepEqual(lines().filter(({ event }) => event === "trapped"), []);

  assert.equal((await post(trapping, { topic: "a", data: "lost" }, { headers: { ...headers, "trap-after": "2" } })).status, 500);
  for (const hub of ["trapping", "bystander"]) {
    const { level, reason } = await told(hub, "reset");
    assert.deepEqual([level, reason], ["warning", "trapped"]);
  }
  assert.deepEqual(lines().filter(({ event }) => event === "trapped").map(({ level }) => level), ["error"]);
  assert.equal((await post(bystander, { topic: "a", data: "after" }, { headers })).status, 200);
  assert.equal(find("failing", "reset").length, 1);
});

test("the first request of the isolate is told once, with what is open and which keys are set, and no key", () => {
  const [{ time, version, ...started }, ...others] = lines().filter(({ event }) => event === "started");
  assert.deepEqual(others, []);
  assert.match(version, /^\d+\.\d+\.\d+/);
  const keys = ["MERCURE_PUBLISHER_JWT_KEY", "MERCURE_SUBSCRIBER_JWT_KEY", "OPERATOR_KEY"];
  const delivery = process.env.DELIVERY ?? "direct";
  assert.deepEqual(started, { level: "info", event: "started", delivery, publish: "token", subscribe: "everybody", keys, weak: keys.slice(0, 2) });
  for (const key of Object.values(KEYS_0)) assert.ok(!server.output.includes(key), "a key is in the log");
});

test("each line has its time, its level and its event", () => {
  const all = lines();
  assert.ok(all.length > 20, `${all.length}`);
  for (const { time, level, event } of all) {
    assert.equal(new Date(time).toISOString(), time);
    assert.match(level, /^(debug|info|warning|error)$/);
    assert.equal(typeof event, "string");
  }
});

test("the lines in docs/operations.md are those of the log", () => {
  const shown = blocks(read("docs/operations.md")).filter(({ language, text }) => language === "json" && text.includes('"event"'));
  const documented = shown.map(({ text }) => JSON.parse(text)).filter(({ hub }) => hub !== "evict");
  assert.equal(documented.length, 3);
  for (const line of documented) {
    const same = lines().find(({ event, hub, reason }) => event === line.event && hub === line.hub && reason === line.reason);
    const { time, duration, version, delivery } = line;
    assert.deepEqual({ ...same, time, duration, version, delivery }, { ...line, duration, version, delivery });
    assert.deepEqual(Object.keys(same), Object.keys(line));
  }
});
