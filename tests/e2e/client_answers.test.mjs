// What the client does about each answer that is no stream: it says why, and comes back or gives up.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Problem, subscribe } from "../../npm/client/index.mjs";
import { Recorder } from "./client_recorder.mjs";
import { Front, problem } from "./client_front.mjs";
import { publish, subscribeUrl } from "./clients.mjs";
import { freePort } from "./free_port.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { Stream } from "./stream.mjs";
import { KEYS_0 } from "./tokens.mjs";
import { until } from "./until.mjs";

let server;
let count = 0;
before(async () => {
  const vars = { ANONYMOUS_PUBLISH: "true", MAX_CONNECTIONS: "1", ...KEYS_0 };
  server = await Server.start({ kind: "workerd", vars });
});
after(() => server?.stop());
const freshHub = () => server.hub(`answers-${(count += 1)}`);

/** Subscribes to all of `url`, until the end of the test. */
function read(t, url, options = {}) {
  const reader = new Recorder(subscribe, url, { topics: "*", ...options });
  t.after(() => reader.subscription.close());
  reader.comesTo = (name) =>
    until(() => reader.states.at(-1)?.name === name, () => `${name}; there was ${JSON.stringify(reader.states)}`);
  return reader;
}

const names = ({ states }) => states.map(({ name }) => name);

describe("an answer of", { concurrency: true }, () => {
  /** Final refusals: what asks for them, and the problem. */
  const REFUSALS = {
    "400, by the hub": [() => freshHub(), { topics: undefined, match: { urlpattern: "{unclosed" } }, { status: 400, field: "match_urlpattern" }],
    "401, by the hub": [() => freshHub(), { token: () => "a.b.c" }, { status: 401 }],
    "404, by the hub": [() => server.hub("no%20name"), {}, { status: 404 }],
    "403, by a server in front": [(t) => refusing(t, problem(403, { detail: "Not you." })), {}, { status: 403, detail: "Not you." }],
    "410 without a document, by a server in front": [(t) => refusing(t, { status: 410 }), {}, { status: 410, detail: undefined }],
  };
  const refusing = async (t, answer) => (await Front.to(t, server.port, [answer])).at(freshHub());

  for (const [what, [at, options, expected]] of Object.entries(REFUSALS)) {
    test(`${what}, is final, and its problem is told`, async (t) => {
      const reader = read(t, await at(t), options);
      await reader.comesTo("closed");
      assert.deepEqual(names(reader), ["connecting", "closed"]);
      const { why, problem } = reader.states.at(-1);
      assert.equal(why, "refused");
      assert.ok(problem instanceof Problem);
      assert.partialDeepStrictEqual({ ...problem }, expected);
      assert.ok(problem.message.length > 5, problem.message);
      assert.equal(reader.subscription.state, reader.states.at(-1));
    });
  }

  test("200, by a hub that ends each stream where it begins, is waited for with more and more patience", async (t) => {
    const headers = { "content-type": "text/event-stream" };
    const place = { status: 200, headers, body: ":\nevent: place\nid: #1\ndata:{}\n\n" };
    const front = await Front.to(t, server.port, Array(9).fill(place));
    t.mock.method(Math, "random", () => 0.5);
    const waits = [];
    read(t, front.at(freshHub()), { onState: ({ until: time }) => time && waits.push(time - Date.now()) });
    await until(() => waits.length === 3, () => `three waits: ${waits}`);
    assert.ok(waits[0] < waits[1] && waits[1] < waits[2], `${waits}`);
  });

  test("204, by a server in front, is the end", async (t) => {
    const front = await Front.to(t, server.port, [{ status: 204 }]);
    const reader = read(t, front.at(freshHub()));
    await reader.comesTo("closed");
    assert.deepEqual(reader.states, [{ name: "connecting" }, { name: "closed", why: "ended" }]);
    assert.equal(front.times.length, 1);
  });

  /** What passes: the answer, and what is told of it. */
  const PASSING = {
    "429 with Retry-After": [problem(429, { detail: "Too many." }, { "retry-after": "1" }), "Too many.", 429],
    "503 with Retry-After": [problem(503, { title: "Service Unavailable" }, { "retry-after": "1" }), "Service Unavailable", 503],
    "500 without a document": [{ status: 500, body: "x" }, "The answer has the status 500.", 500],
    "408": [problem(408, { detail: "Too slow." }), "Too slow.", 408],
    "425": [problem(425, { detail: "Too early." }), "Too early.", 425],
    "302 that leads nowhere": [{ status: 302 }, "The answer has the status 302.", 302],
    "200 with the page of a portal": [
      { status: 200, headers: { "content-type": "text/html" }, body: "<p>Log in" },
      "The answer is text/html, not an event stream.",
    ],
    "200 without a type": [{ status: 200, body: "" }, "The answer is of no type, not an event stream."],
  };
  for (const [what, [answer, why, status]] of Object.entries(PASSING)) {
    test(`${what}, by a server in front, passes`, async (t) => {
      const front = await Front.to(t, server.port, [answer]);
      const hub = freshHub();
      const reader = read(t, front.at(hub));
      await reader.comesTo("open");
      assert.deepEqual(names(reader), ["connecting", "waiting", "connecting", "open"]);
      const [, waiting] = reader.states;
      assert.deepEqual([waiting.why, waiting.problem?.status], [why, status]);
      assert.ok(Number.isInteger(waiting.until));
      const least = 1_000 * (answer.headers?.["retry-after"] ?? 0);
      const [first, second] = front.times;
      assert.ok(second - first >= least - 1, `${second - first} ms`);
      await publish(hub, { topic: "a", id: "1", data: "x" });
      await until(() => reader.updates.length === 1, "an update");
    });
  }

  test("200, by a hub that is full, is waited for, and no open stream", async (t) => {
    const hub = freshHub();
    const other = await Stream.open(t, subscribeUrl(hub, ["a"]));
    const reader = read(t, hub);
    await reader.comesTo("waiting");
    const [, { why, until: time }] = reader.states;
    assert.equal(why, "The hub says: the hub has 1 connections already, as many as it takes.");
    assert.ok(time - Date.now() > 1_000, "as the hub asked");
    other.close();
    await reader.comesTo("open");
    assert.ok(!names(reader).slice(0, -1).includes("open"));
  });

  test("200, by a hub that is drained, is waited for as long as it asks, and nothing is missed", async (t) => {
    const hub = freshHub();
    const reader = read(t, hub);
    await reader.comesTo("open");
    const drain = `${server.origin}/hubs/${hub.split("/")[4]}/drain?within=2s`;
    const { status } = await fetch(drain, { method: "POST", headers: { authorization: `Bearer ${OPERATOR_KEY}` } });
    assert.equal(status, 200);
    await publish(hub, { topic: "a", id: "1", data: "x" });
    await until(() => reader.updates.length === 1, "the update");
    assert.deepEqual(names(reader).slice(0, 3), ["connecting", "open", "waiting"]);
    assert.equal(reader.states[2].why, "The hub says: drained.");
    assert.deepEqual(reader.gaps, []);
  });

  test("nobody, where no server is, is waited for with more and more patience", async (t) => {
    const reader = read(t, `http://127.0.0.1:${await freePort()}/`);
    await until(() => names(reader).filter((name) => name === "waiting").length === 3, "three attempts");
    const told = new Set(reader.states.filter(({ name }) => name === "waiting").map(({ why }) => why));
    assert.deepEqual([...told], ["The hub cannot be reached."]);
  });
});
