// A storage that refuses is said: to publishers, to subscribers, and to who asks how the hub is.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { DIALECTS, KEYS, bearer, token0 } from "./tokens.mjs";

/** The header that has the storage refuse: see before/trap.mjs. The tests of this file run one after the other. */
const REFUSING = { "sql-fails": "1" };
const STREAM = { accept: "text/event-stream" };
/** The origin whose pages may read, and that of the hub `own`. */
const PAGE = "https://app.example";
const OWN = "https://own.example";

let server;
before(async () => {
  const HUBS = JSON.stringify({ own: { CORS_ORIGINS: OWN } });
  const vars = { ...KEYS, CORS_ORIGINS: PAGE, HUBS, SUBSCRIPTIONS: "true" };
  server = await Server.start({ kind: "workerd", vars, settings: ["CONFIG=trap"] });
});
after(() => server?.stop());

async function assertProblem(response, status) {
  assert.equal(response.status, status);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("retry-after"), "1");
  assert.equal((await response.json()).status, status);
}

async function assertComeBack(response) {
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type"), /^text\/event-stream\b/);
  const text = await response.text();
  const retry = Number(/^: the (?:history|hub) is not available, try again\nretry: (\d+)\n$/.exec(text)?.[1]);
  assert.ok(retry >= 2_000 && retry <= 5_000, text);
}

for (const [dialect, { parameter, token }] of Object.entries(DIALECTS)) {
  describe(`in ${dialect}, while the storage refuses`, () => {
    const hub = () => server.hub(`refusing-${parameter}`);
    const granted = async () => bearer(await token(hub()));

    test("a publication is answered 500, and is not published", async (t) => {
      const headers = await granted();
      const stream = await Stream.open(t, withQuery(hub(), { [parameter]: "a" }));
      await assertProblem(await post(hub(), { topic: "a", id: "lost" }, { headers: { ...headers, ...REFUSING } }), 500);
      assert.equal((await post(hub(), { topic: "a", id: "kept" }, { headers })).status, 200);
      await stream.receivesId("kept");
      assert.deepEqual(stream.ids, ["kept"]);
    });

    test("a line of a streamed body is answered with a problem of 500, behind which the answer ends", async () => {
      const headers = { ...(await granted()), ...REFUSING, "content-type": "application/x-ndjson" };
      const body = '{"topic":"a"}\n{"topic":"b"}\n';
      const response = await fetch(hub(), { method: "POST", body, headers });
      assert.equal(response.status, 200);
      const lines = (await response.text()).trimEnd().split("\n");
      assert.deepEqual(lines.map((line) => JSON.parse(line).error.status), [500]);
    });

    test("a subscription is answered 503, an EventSource is had to come back, and nobody is told of either", async (t) => {
      const headers = await granted();
      const watcher = await Stream.open(t, withQuery(hub(), { [parameter]: "*" }), { headers });
      const url = withQuery(hub(), { [parameter]: "never" });
      for (const lastEventId of [{}, { "last-event-id": "unknown" }]) {
        const refused = { ...lastEventId, ...REFUSING };
        await assertProblem(await fetch(url, { headers: refused }), 503);
        await assertComeBack(await fetch(url, { headers: { ...refused, ...STREAM } }));
        assert.equal((await fetch(url, { method: "HEAD", headers: refused })).status, 503);
      }
      assert.equal((await post(hub(), { topic: "a", id: "end" }, { headers })).status, 200);
      await watcher.receivesId("end");
      assert.ok(!watcher.text.includes("never"), watcher.text);
    });
  });
}

/** An answer in the place of a hub may be read by the pages that may read the hub's own, and by no others. */
function assertReadable({ headers }, origin = PAGE) {
  assert.equal(headers.get("access-control-allow-origin"), origin);
  assert.equal(headers.get("vary"), "Origin");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal(headers.get("x-frame-options"), "DENY");
}

test("a hub whose storage cannot be opened is answered for in the same way", async () => {
  const url = withQuery(server.hub("unopened"), { topic: "a" });
  const headers = { ...REFUSING, origin: PAGE };
  const query = { method: "QUERY", body: "match=a", headers: { "content-type": "application/x-www-form-urlencoded" } };
  for (const init of [{}, query]) {
    const target = init === query ? server.hub("unopened") : url;
    const refused = await fetch(target, { ...init, headers: { ...init.headers, ...headers } });
    assertReadable(refused);
    await assertProblem(refused, 503);
    const comesBack = await fetch(target, { ...init, headers: { ...init.headers, ...headers, ...STREAM } });
    assertReadable(comesBack);
    await assertComeBack(comesBack);
  }
  const excluded = { ...headers, accept: "text/html, text/event-stream;q=0" };
  assert.equal((await fetch(url, { headers: excluded })).status, 406, "the door refuses before the storage is touched");
  const publisher = { ...headers, ...bearer(await token0({ publish: ["*"] })) };
  const publication = await post(server.hub("unopened"), { topic: "a" }, { headers: publisher });
  assertReadable(publication);
  assert.equal(publication.status, 500);
  assertReadable(await fetch(url, { headers: { ...REFUSING, origin: "https://other.example" } }), null);
  assertReadable(await fetch(withQuery(server.hub("own"), { topic: "a" }), { headers: { ...REFUSING, origin: OWN } }), OWN);
  assert.equal((await fetch(url, { method: "HEAD" })).status, 200);
});

test("its operator is told that a hub whose storage does not answer is unhealthy, and healthy once it does", async () => {
  const operator = bearer(OPERATOR_KEY);
  for (const name of ["refusing-topic", "never-opened"]) {
    const health = `${server.origin}/hubs/${name}/healthz`;
    await assertProblem(await fetch(health, { headers: { ...REFUSING, ...operator } }), 503);
    await assertProblem(await fetch(health, { headers: { ...REFUSING, ...STREAM, ...operator } }), 503);
    assert.equal((await (await fetch(health, { headers: REFUSING })).json()).status, "ok", "a stranger is told of the deployment");
    assert.equal((await (await fetch(health, { headers: operator })).json()).status, "ok");
  }
});

test("health is for GET and HEAD, of hubs and of the worker", async () => {
  for (const path of ["/healthz", "/hubs/a/healthz"]) {
    assert.equal((await fetch(`${server.origin}${path}`)).status, 200);
    assert.equal((await fetch(`${server.origin}${path}`, { method: "HEAD" })).status, 200);
    const refused = await fetch(`${server.origin}${path}`, { method: "POST" });
    assert.deepEqual([refused.status, refused.headers.get("allow")], [405, "GET, HEAD"]);
  }
  for (const path of ["/healthz/x", "/hubs/a/healthz/x", "/hubs/a.b/healthz", "/hubs/a/health"]) {
    assert.equal((await fetch(`${server.origin}${path}`)).status, 404, path);
  }
});
