// `disconnect`: an application ends the streams of a visitor, of a topic, or of one connection.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS, bearer, detail, sign, token0, token1 } from "./tokens.mjs";

const SETTINGS = { kind: "workerd", settings: ["CONFIG=disconnecter"] };
/** The public URL of the default hub, which is the audience of tokens of 1.0. */
const RESOURCE = "https://hub.example/hub";
const VARS = { ...KEYS, OPERATOR_KEY, RESOURCE_IDENTIFIER: RESOURCE, SUBSCRIPTIONS: "true", MAX_CONNECTIONS: "12" };
/** The limit of a subscriber's name in bytes. */
const MAX_NAME = 256;

let server;
let count = 0;
before(async () => (server = await Server.start({ ...SETTINGS, vars: VARS })));
after(() => server?.stop());

const freshName = () => `disconnected-${(count += 1)}`;
const claims = (subscriber, subscribe = ["*"]) => ({ claims: JSON.stringify({ subscribe, subscriber }) });
const open = (t, name, headers, topic = "a") => Stream.open(t, withQuery(server.hub(name), { topic }), { headers });
async function ask(whom, { of = server, rpc } = {}) {
  const url = `${of.origin}/disconnect${rpc === undefined ? "" : "?rpc"}`;
  const response = await fetch(url, { method: "POST", body: JSON.stringify(whom) });
  return response.json();
}
/** Ends the streams of `whom`, and returns how many of them there were. */
async function disconnect(whom) {
  const { ended, error } = await ask(whom);
  assert.equal(error, undefined, JSON.stringify(error));
  return ended;
}
async function health(name) {
  const headers = bearer(OPERATOR_KEY);
  return (await fetch(`${server.origin}/hubs/${name}/healthz`, { headers })).json();
}
/** Publishes, and waits until the streams that are left have the update: by then the others would have it too. */
async function reachesOnly(name, left, ended) {
  const headers = bearer(await token0({ publish: ["*"] }));
  const body = new URLSearchParams({ topic: "a", data: "after", id: `after-${name}` });
  const published = await fetch(server.hub(name), { method: "POST", headers, body });
  assert.equal(Number(published.headers.get("millstream-connections")), left.length);
  for (const stream of left) await stream.receivesId(`after-${name}`);
  for (const stream of ended) assert.deepEqual([stream.ended, stream.ids.includes(`after-${name}`)], [true, false]);
}

test("the streams of a subscriber end at once by its exact name, and those of others go on", async (t) => {
  const hub = freshName();
  const [first, second] = [await open(t, hub, claims("ada")), await open(t, hub, claims("ada"), "b")];
  const others = [];
  for (const name of ["Ada", "adam", undefined]) others.push(await open(t, hub, claims(name)));
  assert.equal(await disconnect({ hub, subscriber: "ada" }), 2);
  await Promise.all([first.ends(), second.ends()]);
  assert.equal(await disconnect({ hub, subscriber: "ada" }), 0);
  await reachesOnly(hub, others, [first, second]);
  const { connections, ended } = await health(hub);
  assert.deepEqual([connections, ended.stopped], [3, 2]);
});

test("a subscriber is also known by the sub of its token, in both dialects", async (t) => {
  // The public URL is that of the default hub.
  const hub = "default";
  const sub = "auth0|ж 1";
  const nameless = await open(t, hub, bearer(await token0({ subscribe: ["*"] })));
  const of0 = bearer(await sign({ mercure: { subscribe: ["*"] }, sub }));
  const of1 = bearer(await token1(RESOURCE, [detail(["subscribe"], ["a"])], { claims: { sub } }));
  const streams = [await open(t, hub, of0)];
  streams.push(await Stream.open(t, withQuery(server.hub(hub), { match: "a" }), { headers: of1 }));
  streams.push(await open(t, hub, { claims: JSON.stringify({ mercure: { subscribe: ["*"] }, sub }).replace("ж", "\\u0436") }));
  assert.equal(await disconnect({ hub, subscriber: sub }), 3);
  await Promise.all(streams.map((stream) => stream.ends()));
  await reachesOnly(hub, [nameless], streams);
});

test("the streams end that ask for a topic, by its name, by a template or by everything", async (t) => {
  const hub = freshName();
  const asking = [];
  for (const topic of ["orders/1", "orders/{id}", "*", ["x", "orders/1"]]) asking.push(await open(t, hub, claims("ada"), topic));
  const others = [await open(t, hub, claims("ada"), ["orders/2", "a"]), await open(t, hub, claims("eve"), "a")];
  assert.equal(await disconnect({ hub, topic: "orders/1" }), 4);
  await Promise.all(asking.map((stream) => stream.ends()));
  await reachesOnly(hub, others, asking);
});

test("one stream ends by the id that the subscriptions show, and is told to have ended", async (t) => {
  const hub = freshName();
  const list = async () => (await (await fetch(`${server.hub(hub)}/subscriptions`, { headers: claims("api") })).json()).subscriptions;
  const watcher = await open(t, hub, claims("watcher"), "*");
  const one = await open(t, hub, claims("ada"));
  const other = await open(t, hub, claims("ada"), ["a", "b"]);
  const shown = await list();
  const mine = shown.find(({ topic, subscriber }) => topic === "a" && shown.filter((entry) => entry.subscriber === subscriber).length === 1);
  assert.match(mine.subscriber, /^urn:uuid:/);
  assert.equal(await disconnect({ hub, connection: mine.subscriber }), 1);
  await one.ends();
  assert.equal(await disconnect({ hub, connection: mine.subscriber }), 0);
  assert.equal(other.ended, false);
  assert.ok(!(await list()).some(({ subscriber }) => subscriber === mine.subscriber));
  await watcher.receives('"active":false');
});

test("the places of ended streams are free, and who comes back is judged anew", async (t) => {
  const hub = freshName();
  const streams = [];
  for (let at = 0; at < 12; at += 1) streams.push(await open(t, hub, claims("ada")));
  const full = await fetch(withQuery(server.hub(hub), { topic: "a" }), { headers: claims("eve") });
  assert.equal(full.status, 429);
  assert.equal(await disconnect({ hub, subscriber: "ada" }), 12);
  await Promise.all(streams.map((stream) => stream.ends()));
  await open(t, hub, claims("eve"));
  const refused = await fetch(withQuery(server.hub(hub), { topic: "a" }), { headers: claims("ada", []) });
  assert.equal(refused.status, 403);
  // A new stream of the same name ends like the first.
  const again = await open(t, hub, claims("ada"));
  assert.equal(await disconnect({ hub, subscriber: "ada" }), 1);
  await again.ends();
});

test("a name beyond the limit is a wrong claim, and no token has it", async (t) => {
  const hub = freshName();
  const long = "x".repeat(MAX_NAME + 1);
  const wrong = await fetch(withQuery(server.hub(hub), { topic: "a" }), { method: "HEAD", headers: claims(long) });
  assert.equal(wrong.status, 500);
  assert.match(server.output, /subscriber is refused: the name of the subscriber has 257 bytes, the limit is 256/);
  const stream = await open(t, hub, bearer(await sign({ mercure: { subscribe: ["*"] }, sub: long })));
  const { error } = await ask({ hub, subscriber: long });
  assert.deepEqual([error.status, error.field], [400, "subscriber"]);
  assert.equal(stream.ended, false);
  const most = await open(t, hub, claims("x".repeat(MAX_NAME)));
  assert.equal(await disconnect({ hub, subscriber: "x".repeat(MAX_NAME) }), 1);
  await most.ends();
});

describe("a call that is wrong", () => {
  const WRONG = {
    "an unknown kind": [{ visitor: "ada" }, "visitor", /"visitor" is not one of subscriber, topic and connection/],
    "an empty name": [{ subscriber: "" }, "subscriber", /not empty/],
    "no topic": [{ topic: "" }, "topic", /topic/],
    "no id of a connection": [{ connection: "7" }, "connection", /"7" is not the id of a connection \(urn:uuid:…\)/],
  };
  for (const [what, [whom, field, message]] of Object.entries(WRONG)) {
    test(`with ${what} is an error with status 400 that says what is right, also by RPC`, async (t) => {
      const hub = freshName();
      const stream = await open(t, hub, claims("ada"));
      for (const options of [{}, { rpc: true }]) {
        const { error } = await ask({ hub, ...whom }, options);
        assert.deepEqual([error?.status, error?.field], [400, field]);
        assert.match(error.message, message);
      }
      assert.equal(stream.ended, false);
    });
  }

  test("of a hub whose variable is wrong is an error with status 500 that names it", async (t) => {
    const broken = await Server.start({ ...SETTINGS, vars: { ...VARS, HEARTBEAT: "soon" } });
    t.after(() => broken.stop());
    const { error } = await ask({ hub: "default", subscriber: "ada" }, { of: broken });
    assert.deepEqual([error?.status, error?.field], [500, "HEARTBEAT"]);
  });
});
