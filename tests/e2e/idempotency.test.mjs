// The same key: the same answer and one update, also from a hub that was killed in between.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Subscriber, post, publish } from "./clients.mjs";
import { change, replace, rows } from "./database.mjs";
import { Server } from "./server.mjs";
import { KEYS, bearer, detail, sign, token0, token1 } from "./tokens.mjs";
import { until } from "./until.mjs";

const VERSION_5 = fileURLToPath(new URL("version_5.sql", import.meta.url));

const FORM = "application/x-www-form-urlencoded";

/** What the answer says: status, body and the number of connections. */
async function answer(hub, fields, key, headers = {}) {
  const response = await post(hub, fields, { headers: { ...headers, "idempotency-key": key } });
  return [response.status, await response.text(), response.headers.get("millstream-connections")];
}

/** Says that everything `hub` holds of the topic a is, in some order, `expected`. */
async function assertHeld(t, hub, expected) {
  await publish(hub, { topic: "a", data: "end" });
  const subscriber = await Subscriber.open(hub, ["a"], { lastEventId: "earliest" });
  t.after(() => subscriber.close());
  await subscriber.receives("end");
  assert.deepEqual(subscriber.data.slice(0, -1).toSorted(), expected.toSorted());
}

for (const kind of ["wrangler", "workerd"]) {
  describe(`on ${kind}`, () => {
    let server;
    let count = 0;
    before(async () => (server = await Server.start({ kind, vars: { ANONYMOUS_PUBLISH: "true" } })));
    after(() => server?.stop());
    const freshHub = () => server.hub(`idempotency-${(count += 1)}`);

    test("the second one is given the answer of the first, and nothing comes twice", async (t) => {
      const hub = freshHub();
      const subscriber = await Subscriber.open(hub, ["a"]);
      t.after(() => subscriber.close());
      const first = await answer(hub, { topic: "a", data: "x" }, '"key-1"');
      assert.equal(first[0], 200);
      assert.deepEqual(await answer(hub, { topic: "a", data: "x" }, "key-1"), first);
      assert.notEqual((await answer(hub, { topic: "a", data: "x" }, "key-2"))[1], first[1]);
      await publish(hub, { topic: "a", data: "end" });
      await subscriber.receives("end");
      assert.deepEqual(subscriber.data, ["x", "x", "end"]);
    });

    test("twenty at once are one update", async (t) => {
      const hub = freshHub();
      const twenty = Array.from({ length: 20 }, () => answer(hub, { topic: "a", data: "x" }, "at-once"));
      const answers = await Promise.all(twenty);
      assert.equal(new Set(answers.map(String)).size, 1);
      assert.equal(answers[0][0], 200);
      await assertHeld(t, hub, ["x"]);
    });

    test("the same key with another body is answered 422, on another hub 200", async () => {
      const hub = freshHub();
      assert.equal((await answer(hub, { topic: "a", data: "x" }, "k"))[0], 200);
      const [status, text] = await answer(hub, { topic: "a", data: "y" }, "k");
      assert.equal(status, 422);
      const problem = JSON.parse(text);
      assert.deepEqual([problem.status, problem.field], [422, "Idempotency-Key"]);
      const headers = { "idempotency-key": "k", "content-type": "application/json" };
      const json = await fetch(hub, { method: "POST", body: '{"topic":"a","data":"x"}', headers });
      assert.equal(json.status, 422);
      assert.equal((await answer(freshHub(), { topic: "a", data: "y" }, "k"))[0], 200);
    });

    test("a body that was refused leaves its key free", async () => {
      const hub = freshHub();
      assert.equal((await answer(hub, { data: "x" }, "k"))[0], 400);
      assert.equal((await answer(hub, { topic: "a", data: "x" }, "k"))[0], 200);
    });

    test("a key that is none, or that comes with a stream, is answered 400, naming it", async () => {
      for (const [key, type] of [
        ["a, b", FORM],
        ['"open', FORM],
        ["x".repeat(256), FORM],
        ["k", "application/x-ndjson"],
        ["k", "text/event-stream"],
      ]) {
        const headers = { "content-type": type, "idempotency-key": key };
        const response = await fetch(`${freshHub()}?topic=a`, { method: "POST", body: "topic=a", headers });
        assert.equal(response.status, 400, key);
        assert.equal((await response.json()).field, "Idempotency-Key");
      }
    });

    test("kill -9 in between changes nothing", async (t) => {
      const hub = server.hub("killed");
      const keys = Array.from({ length: 10 }, (_, at) => `key-${at}`);
      const all = () => Promise.all(keys.map((key) => answer(hub, { topic: "a", data: key }, key)));
      const first = await all();
      await server.kill();
      await server.restart();
      assert.deepEqual(await all(), first);
      assert.equal((await answer(hub, { topic: "a", data: "other" }, "key-0"))[0], 422);
      await assertHeld(t, hub, keys);
    });

    test("kill -9 amid keyed publications, and all of them again: each is there once", async (t) => {
      const hub = server.hub("amid");
      const keys = Array.from({ length: 150 }, (_, at) => `key-${at}`);
      let answered = 0;
      const burst = Promise.allSettled(
        keys.map((key) => answer(hub, { topic: "a", data: key }, key).then(() => (answered += 1))),
      );
      await until(() => answered >= 20, "20 answers");
      await server.kill();
      await burst;
      await server.restart();
      for (const key of keys) assert.equal((await answer(hub, { topic: "a", data: key }, key))[0], 200);
      await assertHeld(t, hub, keys);
    });
  });
}

describe("whose a key is", () => {
  let server;
  before(async () => (server = await Server.start({ kind: "workerd", vars: { ...KEYS, ANONYMOUS_PUBLISH: "true" } })));
  after(() => server?.stop());

  const of0 = async (claims) => bearer(await sign({ mercure: { publish: ["*"] }, ...claims }));
  const of1 = async (hub, sub) => bearer(await token1(hub, [detail(["publish"], ["*"])], { claims: { sub } }));

  test("the key of another publisher is another key, in both dialects and without a token", async () => {
    const hub = server.hub();
    const publishers = [
      {},
      await of0({ sub: "shop" }),
      await of0({ sub: "bank" }),
      await of0({ iss: "a", sub: "b/c" }),
      await of0({ iss: "a/b", sub: "c" }),
      await of0({}),
      await of1(hub, "shop"),
      await of1(hub, "bank"),
    ];
    const ids = new Set();
    for (const [at, headers] of publishers.entries()) {
      const [status, id] = await answer(hub, { topic: "a", data: `order of ${at}` }, '"order-1001"', headers);
      assert.equal(status, 200, `${at}: ${id}`);
      ids.add(id);
    }
    assert.equal(ids.size, publishers.length);
    for (const [at, headers] of publishers.entries()) {
      const [status, id] = await answer(hub, { topic: "a", data: `order of ${at}` }, '"order-1001"', headers);
      assert.deepEqual([status, ids.has(id)], [200, true]);
      assert.equal((await answer(hub, { topic: "a", data: "another" }, '"order-1001"', headers))[0], 422);
    }
    for (const { publisher } of rows(server.folder, "SELECT publisher FROM outcomes")) {
      assert.match(publisher, /^(-|[\w-]{22})$/, "neither a name nor a secret is stored");
    }
  });
});

test("one publisher has a quarter of the keys, and the others theirs all the same", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: { ...KEYS, ANONYMOUS_PUBLISH: "true" } });
  t.after(() => server.stop());
  const hub = server.hub();
  assert.equal((await answer(hub, { topic: "a" }, "first"))[0], 200);
  await server.kill();
  change(
    server.folder,
    `WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 8191)
     INSERT INTO outcomes SELECT '-', 'key-' || n, 'x', 'id', 0, ${Date.now()} FROM n`,
  );
  await server.restart();
  assert.equal((await answer(hub, { topic: "a" }, "one more"))[0], 400, "a key of two words is none");
  const [status, text] = await answer(hub, { topic: "a" }, "one-more");
  assert.deepEqual([status, JSON.parse(text).field], [429, "Idempotency-Key"]);
  assert.equal((await answer(hub, { topic: "a" }, "first"))[0], 200);
  assert.equal((await answer(hub, { topic: "a" }, "one-more", bearer(await token0({ publish: ["*"] }))))[0], 200);
});

test("a key of version 5 of the database stands for its update until its five minutes are over", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: { ...KEYS, ANONYMOUS_PUBLISH: "true" } });
  t.after(() => server.stop());
  const hub = server.hub();
  const body = new URLSearchParams({ topic: "a", data: "x" }).toString();
  await publish(hub, { topic: "a", data: "x" });
  await server.kill();
  replace(server.folder, VERSION_5);
  const fnv = [...Buffer.from(`${FORM}\0${body}`)].reduce(
    (hash, byte) => BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n),
    0xcbf29ce484222325n,
  );
  const print = `${body.length.toString(16)}-${fnv.toString(16).padStart(16, "0")}`;
  change(
    server.folder,
    `INSERT INTO outcomes VALUES ('recent', '${print}', 'id-of-recent', 2, ${Date.now() - 60_000});
     INSERT INTO outcomes VALUES ('old', '${print}', 'id-of-old', 2, ${Date.now() - 400_000})`,
  );
  await server.restart();
  for (const headers of [{}, bearer(await token0({ publish: ["*"] }))]) {
    const recent = await answer(hub, { topic: "a", data: "x" }, "recent", headers);
    assert.deepEqual(recent, [200, "id-of-recent", "2"]);
    assert.equal((await answer(hub, { topic: "a", data: "y" }, "recent", headers))[0], 422);
    assert.notEqual((await answer(hub, { topic: "a", data: "x" }, "old", headers))[1], "id-of-old");
  }
});
