// What an operator's Prometheus is told of a hub.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { post, publish, subscribeUrl } from "./clients.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { SocketSubscriber } from "./socket.mjs";
import { KEYS, bearer, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const OPERATOR = bearer(OPERATOR_KEY);
const PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
const OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

let server;
before(async () => {
  server = await Server.start({ kind: "workerd", settings: ["CONFIG=blocked"], vars: { ...KEYS, ANONYMOUS_PUBLISH: "true" } });
});
after(() => server?.stop());

async function metrics(path, { accept, of = server } = {}) {
  const response = await fetch(`${of.origin}${path}`, { headers: { ...OPERATOR, ...(accept && { accept }) } });
  return { response, text: await response.text() };
}

/** The value of a sample of the hub; undefined if it has none. */
async function figure(hub, name, labels = "") {
  const { text } = await metrics(`/hubs/${hub}/metrics`);
  const line = text.split("\n").find((line) => line.startsWith(`${name}{hub="${hub}"${labels}} `));
  return line && Number(line.slice(line.lastIndexOf(" ")));
}

test("promtool finds nothing wrong with the metrics of a hub that has done everything", async (t) => {
  const hub = server.hub("checked");
  const reader = await SocketSubscriber.open(t, subscribeUrl(hub, ["a"]));
  for (const id of ["1", "2", "3"]) await publish(hub, { topic: "a", id, data: "x" });
  await reader.receives("3");
  assert.equal((await post(hub, { topic: "a", close: "" })).status, 200);
  await reader.ends();
  assert.equal((await fetch(subscribeUrl(hub, ["b"]), { headers: bearer("none") })).status, 401);

  const { response, text } = await metrics("/hubs/checked/metrics");
  assert.deepEqual([response.status, response.headers.get("content-type"), response.headers.get("vary")], [200, PROMETHEUS, "Accept"]);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(execFileSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" }), "");
  for (const line of text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))) assert.match(line, /^\w+\{hub="checked"[,}]/);
});

test("OpenMetrics is told to whoever asks for it, and HEAD tells which form it would be", async () => {
  const { response, text } = await metrics("/hubs/open/metrics", { accept: "application/openmetrics-text;version=1.0.0" });
  assert.equal(response.headers.get("content-type"), OPEN_METRICS);
  assert.match(text, /\n# EOF\n$/);
  const head = await fetch(`${server.origin}/hubs/open/metrics`, { method: "HEAD", headers: OPERATOR });
  assert.deepEqual([head.status, head.headers.get("content-type"), await head.text()], [200, PROMETHEUS, ""]);
});

test("connections, updates, private ones too, and deliveries are counted", async (t) => {
  const hub = server.hub("counted");
  const token = bearer(await token0({ publish: ["*"] }));
  const readers = [await SocketSubscriber.open(t, subscribeUrl(hub, ["a"])), await SocketSubscriber.open(t, subscribeUrl(hub, ["a"]))];
  await publish(hub, { topic: "a", id: "public", data: "x" });
  assert.equal((await post(hub, { topic: "a", private: "on" }, { headers: token })).status, 200);
  for (const reader of readers) await reader.receives("public");
  assert.equal(await figure("counted", "mercure_subscribers_connected"), 2);
  assert.equal(await figure("counted", "mercure_subscribers_total"), 2);
  assert.equal(await figure("counted", "mercure_updates_total"), 2);
  assert.equal(await figure("counted", "millstream_history_updates", ',kind="publication"'), 2);
  await until(async () => (await figure("counted", "millstream_deliveries_total")) === 2, "both deliveries");
  assert.equal(await figure("counted", "millstream_latency_seconds_count"), 2);
  assert.ok((await figure("counted", "millstream_history_oldest_age_seconds", ',kind="publication"')) > 0);
  assert.equal(await figure("counted", "millstream_tokens_total", ',outcome="verified"'), 1);
  assert.equal(await figure("counted", "millstream_lives_total", ',cause="first"'), 1);

  assert.equal((await fetch(`${server.origin}/hubs/counted/drain?within=1ms`, { method: "POST", headers: OPERATOR })).status, 200);
  assert.equal(await figure("counted", "mercure_subscribers_connected"), 0);
  assert.equal(await figure("counted", "mercure_subscribers_total"), 2);
  assert.equal(await figure("counted", "millstream_ended_connections_total", ',reason="drained"'), 2);
});

test("refusals are counted by reason and status, at the door and in the hub, and tokens by their errors", async () => {
  const hub = server.hub("refusing");
  const asked = (headers, more = {}) => fetch(subscribeUrl(hub, ["a"], more), { headers });
  const wrong = bearer(await token0({ subscribe: ["*"] }, { key: "a secret that is not that of this hub at all" }));
  for (const [status, answer] of [
    [401, await asked(wrong)],
    [401, await asked(wrong)],
    [401, await asked(bearer("e30.e30.e30"))],
    [406, await asked({ accept: "text/html" })],
    [400, await asked({}, { limit: "no number", live: "false" })],
  ]) {
    await answer.body?.cancel();
    assert.equal(answer.status, status);
  }
  const { text } = await metrics("/hubs/refusing/metrics");
  const told = text.split("\n").flatMap((line) => /^millstream_(?:refusals|tokens)_total\{hub="refusing",(.*)$/.exec(line)?.[1] ?? []);
  assert.deepEqual(told.toSorted(), [
    'outcome="malformed"} 1',
    'outcome="signature"} 2',
    'reason="invalid-subscription",status="400"} 1',
    'reason="not-acceptable",status="406"} 1',
    'reason="token-malformed",status="401"} 1',
    'reason="token-signature",status="401"} 2',
  ]);
});

test("the metrics of all hubs are their last reports, with the age of each, and wake no hub", async (t) => {
  const own = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
  t.after(() => own.stop());
  const empty = await metrics("/metrics", { of: own });
  assert.deepEqual([empty.response.status, /\{/.test(empty.text)], [200, false]);
  for (const name of ["b", "a"]) assert.equal((await post(own.hub(name), { topic: "t" })).status, 200);
  const all = () => metrics("/metrics", { of: own }).then(({ text }) => text);
  await until(async () => /hub="a"/.test(await all()) && /hub="b"/.test(await all()), "both reports");
  assert.match(await all(), /\nmercure_updates_total\{hub="a"\} 1\nmercure_updates_total\{hub="b"\} 1\n#/);
  assert.equal(execFileSync("promtool", ["check", "metrics"], { input: await all(), encoding: "utf8" }), "");
  await own.kill();
  await own.restart();
  const begun = Date.now();
  const { response, text } = await metrics("/metrics", { of: own, accept: "application/openmetrics-text" });
  assert.equal(response.headers.get("content-type"), OPEN_METRICS);
  assert.match(text, /\nmercure_updates_total\{hub="a"\} 1\n/);
  assert.match(text, /\n# EOF\n$/);
  const [, age] = /^millstream_report_age_seconds\{hub="a"\} (\S+)$/m.exec(text);
  assert.ok(Number(age) > 0, age);
  assert.ok((await own.health("a")).since >= begun, "the hub began its life when it was asked itself");
});

test("a trap is counted, and the hub goes on", async () => {
  const trapped = await metrics("/hubs/traps/metrics");
  assert.equal(trapped.response.status, 503);
  assert.match(JSON.parse(trapped.text).detail, /reset or is out of reach/);
  await until(async () => (await figure("traps", "millstream_lives_total", ',cause="trapped"')) === 1, "the hub to answer again");
});

test("a hub that does not answer is told as such within a deadline, while others go on", async () => {
  const hanging = metrics("/hubs/hangs/metrics");
  const drained = fetch(`${server.origin}/hubs/fine/drain?within=1ms`, { method: "POST", headers: OPERATOR });
  assert.equal((await drained).status, 200);
  assert.equal((await metrics("/hubs/fine/metrics")).response.status, 200);
  assert.equal((await post(server.hub("fine"), { topic: "a" })).status, 200);
  const { response, text } = await hanging;
  assert.equal(response.status, 504);
  assert.equal(JSON.parse(text).detail, "the hub hangs did not answer within 15 s");
  assert.equal((await post(server.hub("hangs"), { topic: "a" })).status, 200);
});
