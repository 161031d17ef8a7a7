// Stopping the producer: a stop stands in the answer of each open body that names its topic.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { StreamedPost } from "./raw.mjs";
import { Server } from "./server.mjs";
import { KEYS, bearer, detail, token0, token1 } from "./tokens.mjs";
import { until } from "./until.mjs";

const KINDS = {
  "application/x-ndjson": (topic, data) => `${JSON.stringify({ topic, data })}\n`,
  "text/event-stream": (_, data) => `data: ${data}\n\n`,
};

/** Asks the producers of the query's topic to stop. Returns the status and the body of the answer. */
async function stop(hub, query, init = {}) {
  const response = await fetch(`${hub}?${query}`, { method: "POST", ...init });
  return [response.status, await response.json()];
}

/** Hubs that ask for a token; everybody may publish to all others. */
const HUBS = {
  keys: { ANONYMOUS_PUBLISH: "false" },
  seven: { ANONYMOUS_PUBLISH: "false", PROTOCOL_VERSION_COMPATIBILITY: "7" },
};

let server;
before(async () => {
  const vars = { ...KEYS, ANONYMOUS_PUBLISH: "true", HUBS: JSON.stringify(HUBS) };
  server = await Server.start({ kind: "workerd", vars });
});
after(() => server?.stop());

describe("a hub that everybody may publish to", () => {
  let count = 0;
  const freshHub = () => server.hub(`stop-${(count += 1)}`);
  const open = (t, hub, query, type = "text/event-stream") => {
    const producer = new StreamedPost(`${hub}?${query}`, type);
    t.after(() => producer.break());
    return producer;
  };

  for (const [type, update] of Object.entries(KINDS)) {
    test(`tells a silent producer of ${type} to stop, behind its answers, each time`, async (t) => {
      const hub = freshHub();
      const producer = open(t, hub, "topic=a&topic=b", type);
      await producer.write(update("a", "1"));
      await producer.answered(1);
      assert.deepEqual(await stop(hub, `topic=b&stop=${encodeURIComponent("by hand\n„é“")}`), [200, { producers: 1 }]);
      await producer.answered(2);
      assert.deepEqual(producer.answers[1], { stop: { topic: "b", reason: "by hand\n„é“" } });
      await producer.write(update("a", "2"));
      await producer.answered(3);
      assert.deepEqual(await stop(hub, "topic=a&stop"), [200, { producers: 1 }]);
      await producer.answered(4);
      await producer.end(update("a", "3"));
      const [first, , second, again, third, ...more] = producer.answers;
      assert.deepEqual(again, { stop: { topic: "a", reason: "" } });
      assert.ok([first, second, third].every(({ id }) => id?.startsWith("urn:uuid:")));
      assert.deepEqual(more, []);
    });
  }

  test("tells every producer of the topic, and no other", async (t) => {
    const hub = freshHub();
    const [first, second, other] = ["topic=a", "topic=x&topic=a", "topic=b"].map((query) => open(t, hub, query));
    const lines = open(t, hub, "", "application/x-ndjson");
    for (const producer of [first, second, other]) await producer.write("data: 1\n\n");
    await lines.write(KINDS["application/x-ndjson"]("a", "1"));
    for (const producer of [first, second, other, lines]) await producer.answered(1);
    assert.deepEqual(await stop(hub, "topic=a&stop=now"), [200, { producers: 2 }]);
    for (const producer of [first, second]) {
      await producer.answered(2);
      assert.deepEqual(producer.answers[1], { stop: { topic: "a", reason: "now" } });
    }
    for (const producer of [other, lines]) {
      await producer.end("\n");
      assert.equal(producer.answers.filter((answer) => "stop" in answer).length, 0);
    }
  });

  test("counts no producer that has ended or is gone", async (t) => {
    const hub = freshHub();
    assert.deepEqual(await stop(hub, "topic=a&stop"), [200, { producers: 0 }]);
    const [ended, gone] = [open(t, hub, "topic=a"), open(t, hub, "topic=a")];
    for (const producer of [ended, gone]) {
      await producer.write("data: 1\n\n");
      await producer.answered(1);
    }
    await ended.end();
    gone.break();
    await until(async () => (await stop(hub, "topic=a&stop"))[1].producers === 0, "both to be gone");
  });

  test("refuses a stop that names not one topic, is too long or has a body", async () => {
    const hub = freshHub();
    const form = { body: new URLSearchParams({ topic: "a", data: "x" }) };
    for (const [query, field, init] of [
      ["stop=x", "topic"],
      ["topic=a&topic=b&stop", "topic"],
      ["topic=a&stop=%ff", "stop"],
      [`topic=a&stop=${"x".repeat(1_025)}`, "stop"],
      ["topic=a&stop", "body", form],
    ]) {
      const [status, problem] = await stop(hub, query, init);
      assert.deepEqual([status, problem.field], [400, field], query.slice(0, 40));
    }
    assert.deepEqual(await stop(hub, `topic=a&stop=${"x".repeat(1_024)}`), [200, { producers: 0 }]);
  });
});

describe("a hub with keys", () => {
  test("lets who may publish to the topic stop its producers, in both dialects, and nobody else", async (t) => {
    const hub = server.hub("keys");
    const [mine0, other0] = await Promise.all(["a", "b"].map((topic) => token0({ publish: [topic] })));
    const [mine1, other1] = await Promise.all(
      ["a", "b"].map((topic) => token1(hub, [detail(["publish"], [topic])])),
    );
    const producer = new StreamedPost(`${hub}?topic=a&private`, "text/event-stream", bearer(mine0));
    t.after(() => producer.break());
    await producer.write("data: 1\n\n");
    await producer.answered(1);
    for (const [token, status] of [[other0, 401], [other1, 403], [undefined, 401]]) {
      const headers = token === undefined ? {} : bearer(token);
      assert.equal((await stop(hub, "topic=a&stop", { headers }))[0], status);
    }
    for (const [at, token] of [mine0, mine1].entries()) {
      assert.deepEqual(await stop(hub, `topic=a&stop=${at}`, { headers: bearer(token) }), [200, { producers: 1 }]);
      await producer.answered(at + 2);
    }
    assert.deepEqual(producer.answers.slice(1), [0, 1].map((at) => ({ stop: { topic: "a", reason: String(at) } })));
  });

  test("refuses a body at once whose query names a topic that its token does not grant", async () => {
    const hub = server.hub("keys");
    const headers = bearer(await token0({ publish: ["a"] }));
    for (const [type, update] of Object.entries(KINDS)) {
      const init = { method: "POST", body: update("a", "1"), headers: { ...headers, "content-type": type } };
      const refused = await fetch(`${hub}?topic=a&topic=b`, init);
      assert.equal(refused.status, 401, type);
      assert.equal((await fetch(`${hub}?topic=a`, init)).status, 200, type);
    }
  });
});

describe("a hub of version 7", () => {
  test("keeps a stop without a grant from a private producer", async (t) => {
    const hub = server.hub("seven");
    const token = await token0({ publish: ["a"] });
    const producer = new StreamedPost(`${hub}?topic=a&private`, "text/event-stream", bearer(token));
    t.after(() => producer.break());
    await producer.write("data: 1\n\n");
    await producer.answered(1);
    const claim = bearer(await token0({ publish: [] }));
    assert.deepEqual(await stop(hub, "topic=a&stop", { headers: claim }), [200, { producers: 0 }]);
    assert.deepEqual(await stop(hub, "topic=a&stop", { headers: bearer(token) }), [200, { producers: 1 }]);
  });
});
