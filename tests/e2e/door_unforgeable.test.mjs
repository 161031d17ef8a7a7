// What the door tells an object can be said by nobody else: neither by a client nor through an application beside the hub.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { parse } from "smol-toml";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS_0, bearer, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const APPLICATION = "tests/e2e/application";

/** Starts the application with the hub's Worker beside it. */
const WITH_APPLICATION = {
  workerd: (_, vars) => Server.start({ kind: "workerd", vars, settings: [`CONFIG=${APPLICATION}/workerd.capnp:application`] }),
  wrangler: (folder, vars) => {
    // The command line gives variables to the first Worker alone.
    const hub = parse(readFileSync("wrangler.toml", "utf8"));
    const assets = { ...hub.assets, directory: resolve(hub.assets.directory) };
    const config = join(folder, "wrangler.json");
    writeFileSync(config, JSON.stringify({ ...hub, main: resolve(hub.main), assets, vars }));
    return Server.start({ settings: ["-c", `${APPLICATION}/wrangler.toml`, "-c", config] });
  },
};

/** Everybody may subscribe to what is public. */
const VARS = { ...KEYS_0, DEVELOPMENT: "true", ANONYMOUS_SUBSCRIBE: "true", OPERATOR_KEY, SUBSCRIPTIONS: "true" };
const OPERATOR = bearer(OPERATOR_KEY);
const WHOLE = { way: "whole" };

let token;
/** By role, what an object was told of somebody who has a token or the operator's key. */
let told;
const folder = mkdtempSync(join(tmpdir(), "millstream-e2e-"));
after(() => rmSync(folder, { recursive: true, force: true }));
before(async () => {
  token = bearer(await token0({ publish: ["*"], subscribe: ["*"] }));
  const server = await WITH_APPLICATION.workerd(folder, VARS);
  const overhear = async (request) => {
    const response = await request;
    await response.body?.cancel();
    const text = response.headers.get("overheard");
    assert.ok(text, `${response.url} was answered ${response.status}, and its object was told nothing`);
    return decodeURIComponent(text);
  };
  try {
    told = {
      publisher: await overhear(publish(server, "heard", { ...WHOLE, ...token })),
      subscriber: await overhear(subscribe(server, { ...WHOLE, ...token })),
      operator: await overhear(health(server, { ...WHOLE, ...OPERATOR })),
    };
  } finally {
    await server.stop();
  }
});

/** The requests of the tests; a name in `headers` may be a field of the query as well. */
const publish = (server, data, headers, query = {}) =>
  fetch(withQuery(server.hub(), query), { method: "POST", headers, body: new URLSearchParams({ topic: "a", data, private: "on" }) });
const subscribe = (server, headers, query = {}) => fetch(withQuery(server.hub(), { topic: "a", ...query }), { method: "HEAD", headers });
const health = (server, headers, query = {}) => fetch(withQuery(`${server.origin}/hubs/default/healthz`, query), { headers });
const drain = (server, headers, query = {}) =>
  fetch(withQuery(`${server.origin}/hubs/default/drain`, query), { method: "POST", headers });
const api = (server, headers, query = {}) => fetch(withQuery(`${server.hub()}/subscriptions`, query), { headers });

/** The names under which somebody may try to say it. */
const NAMES = ["cf", "millstream", "x-millstream", "cf-millstream", "x-cf-millstream", "request.cf.millstream", "granted", "millstreamlink"];

/** What a Worker tells an object besides, when it holds the client's stream. */
const LINK = JSON.stringify({ version: 1 });

/** How a client says `text` to a server that it asks directly: headers and query. */
function sayings(text) {
  const json = JSON.stringify({ millstream: text, millstreamLink: LINK });
  const value = encodeURIComponent(text);
  const all = (as) => Object.fromEntries(NAMES.map((name) => [name, as]));
  return {
    "as MF-CF-Blob": { headers: { "mf-cf-blob": json } },
    "in headers": { headers: all(value) },
    "in headers, as JSON": { headers: all(encodeURIComponent(json)) },
    "in the query": { query: all(text) },
    "in the query, as JSON": { query: all(json) },
  };
}

/** By which ways of the application the same is said. */
function forwarded(text) {
  const cf = JSON.stringify({ millstream: text, millstreamLink: LINK });
  return {
    ...Object.fromEntries(
      Object.entries(sayings(text)).map(([name, { headers, query }]) => [`${name}, handed on`, { headers: { ...headers, ...WHOLE }, query }]),
    ),
    "as a cf beside the request": { headers: { way: "beside", "with-cf": cf } },
    "as the cf of a new request": { headers: { way: "anew", "with-cf": cf } },
  };
}

/** What a client gets that says each of `sayingsOf` is what it gets when it says nothing. */
async function assertGetsNothing(t, server, { sayingsOf, honest }) {
  const reader = await Stream.open(t, withQuery(server.hub(), { topic: "a" }), { headers: { ...honest, ...token } });
  const streams = [];
  for (const [role, text] of Object.entries(told)) {
    for (const [name, { headers = {}, query }] of Object.entries(sayingsOf(text))) {
      const saying = `what the ${role} has, ${name}`;
      assert.equal((await publish(server, "forged", headers, query)).status, 401, saying);
      assert.equal((await drain(server, headers, query)).status, 401, saying);
      assert.equal((await api(server, headers, query)).status, 401, saying);
      assert.deepEqual(await (await health(server, headers, query)).json(), { status: "ok" }, saying);
      streams.push([saying, await Stream.open(t, withQuery(server.hub(), { topic: "a", ...query }), { headers })]);
    }
  }
  const secret = await publish(server, "secret", { ...honest, ...token });
  assert.equal(secret.status, 200);
  const body = new URLSearchParams({ topic: "a", data: "public", id: "public" });
  assert.equal((await fetch(server.hub(), { method: "POST", headers: { ...honest, ...token }, body })).status, 200);
  for (const [saying, stream] of streams) {
    await stream.receivesId("public");
    assert.deepEqual(stream.ids, ["public"], saying);
  }
  await reader.receivesId("public");
  assert.match(reader.text, /^data: secret$/m);
  assert.doesNotMatch(reader.text, /forged/);
}

for (const kind of ["workerd", "wrangler"]) {
  describe(`on ${kind}`, () => {
    test("a client that says itself what the door says gets nothing by it", async (t) => {
      const server = await Server.start({ kind, vars: VARS });
      t.after(() => server.stop());
      await assertGetsNothing(t, server, { sayingsOf: sayings, honest: {} });
    });

    describe("beside an application", () => {
      let server;
      before(async () => (server = await WITH_APPLICATION[kind](folder, VARS)));
      after(() => server?.stop());

      test("a client gets nothing by what it or the application says", async (t) => {
        await assertGetsNothing(t, server, { sayingsOf: forwarded, honest: WHOLE });
      });

      /** Ways to an object that are not the door's. */
      const asTold = (millstream) => ({ way: "told", "with-cf": JSON.stringify({ millstream }) });

      test("what the door says is understood by the object, and is for its role alone", async (t) => {
        const reader = await Stream.open(t, withQuery(server.hub(), { topic: "a" }), { headers: { ...WHOLE, ...token } });
        const requests = { publisher: (headers) => publish(server, "by the object", headers), subscriber: (headers) => subscribe(server, headers) };
        const ofOperator = [(headers) => health(server, headers), (headers) => drain(server, headers, { within: "0s" })];
        for (const [role, request] of Object.entries(requests)) {
          for (const [of, text] of Object.entries(told)) {
            const { status } = await request(asTold(text));
            assert.equal(status, of === role ? 200 : 500, `${of}'s for a ${role}`);
          }
        }
        for (const request of ofOperator) {
          for (const of of ["publisher", "subscriber"]) assert.equal((await request(asTold(told[of]))).status, 500, of);
        }
        assert.equal((await health(server, asTold(told.operator))).status, 200);
        await reader.receives("data: by the object\n");
        assert.equal(reader.updates.length, 1);
      });

      test("what the door says of one hub is nothing at the object of another", async () => {
        const other = { hub: () => server.hub("other"), origin: server.origin };
        assert.equal((await publish(other, "misled", asTold(told.publisher))).status, 500);
        assert.equal((await subscribe(other, asTold(told.subscriber))).status, 500);
        assert.equal((await api(other, asTold(told.subscriber))).status, 500);
        assert.equal((await fetch(`${server.origin}/hubs/other/healthz`, { headers: asTold(told.operator) })).status, 500);
      });

      test("an object that is reached by another way publishes nothing and lets nobody subscribe", async (t) => {
        const reader = await Stream.open(t, withQuery(server.hub(), { topic: "a" }), { headers: { ...WHOLE, ...token } });
        const half = (text) => text.slice(0, text.length / 2);
        const ways = [
          ["as it came", { way: "object" }],
          ["with the operator's key", { way: "object", ...OPERATOR }],
          ["with a token", { way: "object", ...token }],
          ["with an empty cf", { way: "told", "with-cf": "{}" }],
          ...[null, 1, true, {}, [], "", " ", "millstream"].map((member) => [JSON.stringify(member), asTold(member)]),
          ...Object.values(told).flatMap((text) =>
            [half(text), `${text} `, `${text}${text}`, ` ${text}`].map((broken) => [JSON.stringify(broken), asTold(broken)]),
          ),
        ];
        for (const [name, headers] of ways) {
          const begin = server.output.length;
          const answers = [
            await publish(server, "forged", headers),
            await subscribe(server, headers),
            await fetch(withQuery(server.hub(), { topic: "a" }), { headers }),
            await fetch(withQuery(server.hub(), { topic: "a" }), { headers: { ...headers, accept: "text/event-stream" } }),
            await api(server, headers),
            await health(server, headers),
            await drain(server, headers),
          ];
          for (const response of answers) {
            assert.equal(response.status, 500, name);
            assert.match(response.headers.get("content-type"), /^application\/problem\+json\b/, name);
            const text = await response.text();
            if (text !== "") assert.equal(JSON.parse(text).status, 500);
            assert.doesNotMatch(text, /door|object|grant/i, "it tells a stranger nothing of the inside");
          }
          await until(() => /"level":"error"/.test(server.output.slice(begin)), "a line of the log");
        }
        assert.equal((await publish(server, "honest", { ...WHOLE, ...token })).status, 200);
        await reader.receives("data: honest\n");
        assert.doesNotMatch(reader.text, /forged/);
      });
    });
  });
}
