// An application that decides who may do what, in the place of tokens: `createHub({ authorize })`.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import { StreamedPost } from "./raw.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS_0, bearer, detail, inSeconds, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

/** Its keys are of no use here. */
const VARS = { ...KEYS_0, ANONYMOUS_SUBSCRIBE: "", SUBSCRIPTIONS: "true", HEARTBEAT: "7s" };

let server;
let count = 0;
before(async () => (server = await Server.start({ kind: "workerd", vars: VARS, settings: ["CONFIG=embedder"] })));
after(() => server?.stop());
const freshHub = () => server.hub(`embedded-${(count += 1)}`);
/** A header is of ASCII. */
const escaped = (text) => text.replace(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
const claims = (value) => ({ claims: escaped(JSON.stringify(value)) });
const does = (deed) => ({ does: deed });
const publish = (hub, headers, fields = {}) => post(hub, { topic: "a", private: "on", ...fields }, { headers });
const subscribe = (hub, headers, query = {}) => fetch(withQuery(hub, { topic: "a", ...query }), { method: "HEAD", headers });
const everything = claims({ publish: ["*"], subscribe: ["*"] });

/** In which forms an application may say the same. */
const FORMS = {
  "the short form": { publish: ["a"], subscribe: ["a"] },
  "the claims of a token of 0.x": { mercure: { publish: ["a"], subscribe: ["a"] } },
  "the claims of a token of 1.0": { authorization_details: [detail(["publish", "subscribe"], ["a"])] },
};
for (const [form, value] of Object.entries(FORMS)) {
  test(`claims in ${form} grant what they name, and nothing else`, async (t) => {
    const hub = freshHub();
    // In the short form nothing else may be asked for.
    const topic = value.subscribe ?? ["a", "b"];
    const reader = await Stream.open(t, withQuery(hub, { topic }), { headers: claims(value) });
    assert.equal((await publish(hub, claims(value), { id: "1" })).status, 200);
    const other = await publish(hub, claims(value), { topic: "b", id: "2" });
    assert.ok([401, 403].includes(other.status), `${other.status}`);
    for (const [topic, id] of [["b", "3"], ["a", "4"]]) assert.equal((await publish(hub, everything, { topic, id })).status, 200);
    await reader.receivesId("4");
    assert.deepEqual(reader.ids, ["1", "4"]);
  });
}

/** The databases of a server's objects. */
const databases = ({ folder }) => readdirSync(folder, { recursive: true }).filter((path) => /[0-9a-f]{64}\.sqlite/.test(path));

test("who is granted a selector in the short form sees what is public and private of it, by a topic within it or by itself", async (t) => {
  const hub = freshHub();
  const headers = claims({ subscribe: ["orders/{id}", "news"] });
  const whole = await Stream.open(t, withQuery(hub, { topic: ["orders/{id}", "news"] }), { headers });
  const one = await Stream.open(t, withQuery(hub, { match: "orders/1" }), { headers });
  const sent = [["orders/1", "on", "1"], ["orders/2", [], "2"], ["other", [], "3"], ["news", "on", "4"], ["orders/1", [], "5"]];
  for (const [topic, isPrivate, id] of sent) assert.equal((await publish(hub, everything, { topic, private: isPrivate, id })).status, 200);
  for (const stream of [whole, one]) await stream.receivesId("5");
  assert.deepEqual([whole.ids, one.ids], [["1", "2", "4", "5"], ["1", "5"]]);
});

describe("a selector that the short form does not grant", () => {
  let open;
  const vars = { ...VARS, ANONYMOUS_SUBSCRIBE: "true" };
  before(async () => (open = await Server.start({ kind: "workerd", vars, settings: ["CONFIG=embedder"] })));
  after(() => open?.stop());
  const ORDERS = { subscribe: ["orders/{id}"] };
  const REFUSED = {
    "another topic": [ORDERS, { topic: "a" }, "topic", "a"],
    "a topic beside one that is granted": [ORDERS, { topic: ["orders/1", "secret"] }, "topic", "secret"],
    "everything": [ORDERS, { topic: "*" }, "topic", "*"],
    "a template within the granted one": [ORDERS, { topic: "orders/{+id}" }, "topic", "orders/{+id}"],
    "an exact match": [ORDERS, { match: "a" }, "match", "a"],
    "a pattern": [ORDERS, { match_urlpattern: "/orders/:id" }, "match_urlpattern", "/orders/:id"],
    "a topic beside one of 1.0": [{ subscribe: [{ match: "a" }] }, { match: ["a", "b"] }, "match", "b"],
    "anything where nothing is granted": [{ subscriber: "ada" }, { topic: "a" }, "topic", "a"],
  };
  for (const [name, [value, query, field, selector]] of Object.entries(REFUSED)) {
    test(`such as ${name} is answered 403, also to an EventSource, and makes nothing`, async () => {
      for (const accept of ["*/*", "text/event-stream"]) {
        const response = await fetch(withQuery(open.hub("refused"), query), { headers: { ...claims(value), accept } });
        assert.equal(response.status, 403);
        assert.match(response.headers.get("content-type"), /^application\/problem\+json\b/);
        const problem = await response.json();
        assert.deepEqual([problem.status, problem.title, problem.field], [403, "Forbidden", field]);
        assert.equal(problem.detail, `the selector "${selector}" of the parameter "${field}" is not granted`);
      }
      const head = await fetch(withQuery(open.hub("refused"), query), { method: "HEAD", headers: claims(value) });
      assert.equal(head.status, 403);
      assert.deepEqual(databases(open), []);
    });
  }

  test("is refused in the form of a QUERY too, and a granted one is not", async () => {
    const ask = (form, query = {}) => {
      const body = new URLSearchParams(form);
      return fetch(withQuery(freshHub(), query), { method: "QUERY", headers: claims({ subscribe: ["a"] }), body });
    };
    const answers = [await ask({ match: "a" }), await ask({ match: "b" }), await ask({ match: "a" }, { match: "b" })];
    assert.deepEqual(answers.map(({ status }) => status), [200, 403, 403]);
    await answers[0].body.cancel();
    for (const refused of answers.slice(1)) assert.equal((await refused.json()).field, "match");
  });

  test("is not refused where the application gives the claims of a token, or nothing", async () => {
    for (const headers of [claims({ mercure: { subscribe: ["orders/{id}"] } }), does("nobody")]) {
      const response = await fetch(withQuery(open.hub("taken"), { topic: "a" }), { method: "HEAD", headers });
      assert.equal(response.status, 200);
    }
  });
});

test("an application may take its time, and is told what is asked of which hub", async () => {
  const hub = server.hub("members");
  assert.equal((await publish(hub, does("later"))).status, 200);
  const told = await (await publish(hub, does("tell"))).json();
  assert.deepEqual(told, { hub: "members", method: "POST", url: hub, env: "7s", context: "function" });
  assert.equal((await publish(hub, does("host"))).status, 200);
  assert.equal((await publish(server.hub(), does("host"))).status, 401);
});

test("a Response of the application is the answer", async () => {
  for (const ask of [publish, subscribe]) {
    const response = await ask(freshHub(), does("refuse"));
    assert.deepEqual([response.status, response.headers.get("x-refused")], [402, "by the application"]);
    assert.equal(await response.text(), ask === publish ? "members only" : "");
  }
});

test("who is not known is anonymous, whatever token comes along", async () => {
  const token = bearer(await token0({ publish: ["*"], subscribe: ["*"] }));
  for (const deed of ["nobody", "nothing"]) {
    for (const headers of [does(deed), { ...does(deed), ...token }]) {
      const refused = await publish(freshHub(), headers);
      assert.equal(refused.status, 401);
      assert.match((await refused.json()).detail, /^this is not for everybody, and the application did not recognise/);
      assert.equal((await subscribe(freshHub(), headers)).status, 401);
    }
  }
});

test("where everybody may subscribe, who is not known sees what is public", async (t) => {
  const open = await Server.start({ kind: "workerd", vars: { ...VARS, ANONYMOUS_SUBSCRIBE: "true" }, settings: ["CONFIG=embedder"] });
  t.after(() => open.stop());
  const reader = await Stream.open(t, withQuery(open.hub(), { topic: "a" }), { headers: does("nobody") });
  for (const fields of [{ id: "secret" }, { id: "public", private: [] }]) assert.equal((await publish(open.hub(), everything, fields)).status, 200);
  await reader.receivesId("public");
  assert.deepEqual(reader.ids, ["public"]);
});

test("a stream and a streamed body end with what they were granted", async (t) => {
  const hub = freshHub();
  const headers = claims({ publish: ["*"], subscribe: ["*"], expires: inSeconds(3) });
  const stream = await Stream.open(t, withQuery(hub, { topic: "a" }), { headers });
  const publisher = new StreamedPost(hub, "application/x-ndjson", headers);
  t.after(() => publisher.break());
  await publisher.write('{"topic":"a","id":"1","private":true}\n');
  await stream.receivesId("1");
  assert.equal(stream.ended, false);
  await stream.ends();
  await publisher.write('{"topic":"a","id":"2"}\n');
  await publisher.answered(2);
  assert.deepEqual(publisher.answers.map(({ id, error }) => id ?? error.status), ["1", 401]);
});

test("a line of a body is held against what the application grants", async (t) => {
  const publisher = new StreamedPost(freshHub(), "application/x-ndjson", claims({ publish: ["a"] }));
  t.after(() => publisher.break());
  await publisher.write('{"topic":"b","private":true}\n{"topic":"a","id":"1","private":true}\n');
  await publisher.end();
  assert.deepEqual(publisher.answers.map(({ id, error }) => id ?? typeof error.status), ["number", "1"]);
});

test("a publication is sent again under its key, whether the application names its publisher or not", async () => {
  for (const whose of [{}, { subscriber: "ada" }]) {
    const hub = freshHub();
    const headers = { ...claims({ publish: ["*"], ...whose }), "idempotency-key": '"k"' };
    const answers = [];
    for (let at = 0; at < 2; at += 1) answers.push(await publish(hub, headers));
    assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
    const [first, second] = await Promise.all(answers.map((answer) => answer.text()));
    assert.equal(second, first);
  }
});

test("the payload and the subscriptions are for who is granted them", async (t) => {
  const hub = server.hub("shown");
  await Stream.open(t, withQuery(hub, { topic: "a" }), { headers: claims({ subscribe: ["a"], payload: { name: "ж" } }) });
  const ask = (value) => fetch(`${hub}/subscriptions`, { headers: claims(value) });
  const shown = await ask({ subscribe: ["/hubs/shown/.well-known/mercure/subscriptions"] });
  assert.equal(shown.status, 200);
  assert.deepEqual((await shown.json()).subscriptions.map(({ payload }) => payload), [{ name: "ж" }]);
  assert.ok([401, 403].includes((await ask({ subscribe: ["a"] })).status));
});

test("the operator's key is the operator's here too, and the application is not asked", async () => {
  const headers = { ...does("throw"), ...bearer(OPERATOR_KEY) };
  const health = await fetch(`${server.origin}/hubs/default/healthz`, { headers });
  assert.equal((await health.json()).connections, 0);
  const preflight = await fetch(server.hub(), { method: "OPTIONS", headers: does("throw") });
  assert.equal(preflight.status, 204);
});

describe("an application that is wrong", () => {
  let closed;
  before(async () => (closed = await Server.start({ kind: "workerd", vars: VARS, settings: ["CONFIG=embedder"] })));
  after(() => closed?.stop());
  const WRONG = {
    "throws": [does("throw"), /deliberate/],
    "rejects": [does("reject"), /deliberate/],
    "gives what is no JSON": [does("cycle"), /./],
    "gives a function": [does("function"), /./],
    "gives a text": [claims("everything"), /./],
    "gives a number": [claims(1), /./],
    "gives a list": [claims(["*"]), /./],
    "gives true": [claims(true), /./],
    "gives a name that is misspelt": [claims({ publish: ["*"], subscibe: ["*"] }), /subscibe/],
    "gives what has expired": [claims({ publish: ["*"], subscribe: ["*"], expires: inSeconds(-1) }), /expires/],
    "gives a selector that is no list": [claims({ publish: "*", subscribe: "*" }), /./],
    "gives a selector that is no text": [claims({ publish: [1], subscribe: [1] }), /./],
    "gives an expiry that is no time": [claims({ publish: ["*"], subscribe: ["*"], expires: "soon" }), /./],
  };
  for (const [name, [headers, logged]] of Object.entries(WRONG)) {
    test(`and ${name} is answered 500 with a line of the log, and makes nothing`, async () => {
      const begin = closed.output.length;
      for (const ask of [publish, subscribe]) {
        const response = await ask(closed.hub("wrong"), headers);
        assert.equal(response.status, 500);
        assert.match(response.headers.get("content-type"), /^application\/problem\+json\b/);
        assert.doesNotMatch(await response.text(), /deliberate|authorize|claims/i);
      }
      const lines = () => closed.output.slice(begin).split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
      await until(() => lines().some(({ level, event, detail }) => level === "error" && logged.test(`${event} ${detail}`)), "a line of the log");
      assert.deepEqual(databases(closed), []);
    });
  }
});
