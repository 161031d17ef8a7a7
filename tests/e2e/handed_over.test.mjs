// A request that the door lets in reaches its hub whole: signal, body and query, and all that its token says.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import { LoneRequest, StreamedPost } from "./raw.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS, bearer, detail, inSeconds, pattern, sign, token0, token1 } from "./tokens.mjs";
import { until } from "./until.mjs";

/** No heartbeat finds out that a client is gone while a test waits for it. */
const VARS = { ...KEYS, ANONYMOUS_SUBSCRIBE: "", SUBSCRIPTIONS: "true", HEARTBEAT: "10m" };
const LINES = "application/x-ndjson";
/** Beyond Latin-1, in a selector, in a payload and in data. */
const WIDE = "Ω ж 🦀";

const line = (update) => `${JSON.stringify(update)}\n`;
const outcomes = (answers) => answers.map(({ id, error }) => id ?? error.status);

for (const kind of ["workerd", "wrangler"]) {
  describe(`on ${kind}`, { concurrency: true }, () => {
    let server;
    let everything;
    before(async () => {
      server = await Server.start({ kind, vars: VARS });
      everything = bearer(await token0({ publish: ["*"], subscribe: ["*"] }));
    });
    after(() => server?.stop());
    const publish = async (hub, fields) => assert.equal((await post(hub, fields, { headers: everything })).status, 200);

    // wrangler's proxy does not tell the Worker that a client has gone.
    if (kind === "workerd") {
      test("a stream ends when its client resets, without a heartbeat", async (t) => {
        const lone = await LoneRequest.to(server.port);
        t.after(() => lone.reset());
        lone.send({ method: "GET", path: "/hubs/reset/.well-known/mercure?topic=a", headers: everything });
        assert.equal(await lone.answered(), 200);
        assert.equal(await server.connections("reset"), 1);
        lone.reset();
        await until(async () => (await server.connections("reset")) === 0, "the connection to be gone");
      });
    }

    test("each line of a body is held against the grants of its token, and answered before the next", async (t) => {
      const hub = server.hub("lines");
      const reader = await Stream.open(t, withQuery(hub, { topic: ["a", "b", WIDE] }), { headers: everything });
      const publisher = new StreamedPost(hub, LINES, bearer(await token0({ publish: ["a", WIDE] })));
      t.after(() => publisher.break());
      const lines = [
        [{ topic: "a", id: "1", data: WIDE, private: true }, "1"],
        [{ topic: "b", id: "2", private: true }, 401],
        [{ topic: ["a", "b"], id: "3", private: true }, 401],
        [{ topic: WIDE, id: "4", private: true }, "4"],
      ];
      for (const [at, [update, outcome]] of lines.entries()) {
        await publisher.write(line(update));
        await publisher.answered(at + 1);
        assert.equal(outcomes(publisher.answers)[at], outcome);
      }
      await publisher.end();
      await reader.receivesId("4");
      assert.deepEqual(reader.ids, ["1", "4"]);
      assert.ok(reader.text.includes(`data: ${WIDE}\n`));
    });

    test("the topics of a piped stream are held against the grants of its token", async (t) => {
      const hub = server.hub("piped");
      const headers = bearer(await token1(hub, [detail(["publish"], [pattern("/books/:id")])]));
      const ask = async (topic) => {
        const publisher = new StreamedPost(withQuery(hub, { topic, private: "on" }), "text/event-stream", headers);
        t.after(() => publisher.break());
        await publisher.write("data: 1\n\n");
        await until(() => publisher.response !== undefined, "the answer");
        await publisher.end();
        return [publisher.response.statusCode, publisher.answers.length];
      };
      assert.deepEqual(await ask(new URL("/books/1", hub).href), [200, 1]);
      const [refused] = await ask(new URL("/authors/1", hub).href);
      assert.equal(refused, 403);
    });

    test("a line that comes when the token has expired is refused", async (t) => {
      const headers = bearer(await sign({ mercure: { publish: ["*"] }, exp: inSeconds(3) }));
      const publisher = new StreamedPost(server.hub("expires"), LINES, headers);
      t.after(() => publisher.break());
      const next = async (id) => {
        const { length } = publisher.answers;
        await publisher.write(line({ topic: "a", id }));
        await publisher.answered(length + 1);
        return outcomes(publisher.answers)[length];
      };
      assert.equal(await next("before"), "before");
      const ids = Array.from({ length: 100 }, (_, at) => `${at}`);
      const ended = async () => (await next(ids.shift())) === 401;
      await until(async () => publisher.ended || (await ended()), "a line to be refused");
    });

    test("a subscription by QUERY keeps its body and its query, and sees what its token lets it see", async (t) => {
      const hub = server.hub("query");
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        ...bearer(await token1(hub, [detail(["subscribe"], ["a", WIDE])])),
      };
      const body = `${new URLSearchParams({ match: WIDE })}`;
      const stream = await Stream.open(t, withQuery(hub, { match: ["a", "b"] }), { method: "QUERY", body, headers });
      for (const topic of ["a", "b", WIDE, "c"]) await publish(hub, { topic, data: topic, private: "on" });
      await publish(hub, { topic: "a", id: "end" });
      await stream.receivesId("end");
      assert.deepEqual(
        stream.updates.map((block) => /^data: (.*)$/m.exec(block)?.[1]),
        ["a", WIDE, ""],
      );
    });

    test("a token in the query keeps the answer from shared caches, and its stream ends when it expires", async (t) => {
      const hub = server.hub("carried");
      const text = await sign({ mercure: { subscribe: ["*"] }, exp: inSeconds(4) });
      const open = async (pairs, init) => {
        const response = await fetch(withQuery(hub, { topic: "a", ...pairs }), { method: "HEAD", ...init });
        return /\bprivate\b/.test(response.headers.get("cache-control"));
      };
      assert.deepEqual([await open({ authorization: text }), await open({}, { headers: bearer(text) })], [true, false]);
      const stream = await Stream.open(t, withQuery(hub, { topic: "a", authorization: text }));
      await publish(hub, { topic: "a", id: "seen", private: "on" });
      await stream.receivesId("seen");
      assert.equal(stream.ended, false);
      await stream.ends();
      assert.ok(Date.now() / 1_000 >= JSON.parse(Buffer.from(text.split(".")[1], "base64url")).exp);
    });

    test("the subscriptions show the payload of a token, to who has a grant for them", async (t) => {
      const hub = server.hub("shown");
      const reader = bearer(await token0({ subscribe: ["a"], payload: { name: WIDE } }));
      await Stream.open(t, withQuery(hub, { topic: "a" }), { headers: reader });
      const ask = async (topics) => {
        const headers = bearer(await token0({ subscribe: topics }));
        const response = await fetch(`${hub}/subscriptions`, { headers });
        return [response.status, (await response.json()).subscriptions?.map(({ payload }) => payload)];
      };
      assert.deepEqual(await ask(["/hubs/shown/.well-known/mercure/subscriptions"]), [200, [{ name: WIDE }]]);
      assert.deepEqual(await ask(["a"]), [401, undefined]);
    });
  });
}
