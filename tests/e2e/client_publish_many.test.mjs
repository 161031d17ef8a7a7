// Many publications by one request: each has its answer, whatever becomes of the connection.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Problem, publishMany } from "../../npm/client/index.mjs";
import { CUTS, logOf, throughProxies } from "./client_publishing.mjs";
import { Server } from "./server.mjs";
import { KEYS_0, inSeconds, sign } from "./tokens.mjs";
import { until } from "./until.mjs";

let server;
let count = 0;
before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true", ...KEYS_0 } });
});
after(() => server?.stop());
const freshHub = () => server.hub(`many-${(count += 1)}`);

describe("publishMany", { concurrency: true }, () => {
  const UPDATES = [
    { topic: "a", id: "1", data: "one\nline" },
    { data: "without a topic" },
    { topic: ["a", "b"], id: "3", data: { é: "😀" } },
    { topic: "a", id: "4", data: "four" },
  ];

  test("gives each update with its answer, also behind a wrong one", async () => {
    const hub = freshHub();
    const answers = await Array.fromAsync(publishMany(hub, UPDATES));
    assert.deepEqual(answers.map(({ update }) => update), UPDATES);
    const [one, wrong, three, four] = answers;
    assert.deepEqual([one, three, four].map(({ id, connections }) => [id, connections]), [["1", 0], ["3", 0], ["4", 0]]);
    assert.ok(wrong.problem instanceof Problem);
    assert.deepEqual([wrong.problem.status, wrong.problem.field], [400, "topic"]);
    assert.deepEqual(await logOf(hub), [["1", "one\nline"], ["3", '{"é":"😀"}'], ["4", "four"]]);
  });

  test("gives an answer before the next update is made", async () => {
    let isAnswered;
    async function* updates() {
      for (let id = 1; id <= 3; id += 1) {
        const answered = new Promise((resolve) => (isAnswered = resolve));
        yield { topic: "a", id: String(id) };
        await answered;
      }
    }
    const ids = [];
    for await (const { id } of publishMany(freshHub(), updates())) {
      ids.push(id);
      isAnswered();
    }
    assert.deepEqual(ids, ["1", "2", "3"]);
  });

  test("says of each update whether it was answered, at whatever byte the answers are cut", async (t) => {
    const hub = freshHub();
    const clean = await throughProxies(t, hub, [[]]);
    await Array.fromAsync(publishMany(clean.urls[0], UPDATES));
    const lengths = Array.from({ length: clean.proxies[0].received[0] }, (_, at) => at);
    const { urls } = await throughProxies(t, hub, lengths.map((at) => [{ kind: CUTS[at % 2], at }]));
    const outcomes = new Set();
    await Promise.all(urls.map(async (url, at) => {
      const updates = UPDATES.map((update) => ({ ...update, id: `${at} ${update.data}`.replace(/[^ -~]/g, "") }));
      const answers = await Array.fromAsync(publishMany(url, updates));
      assert.deepEqual(answers.map(({ update }) => update), updates);
      const told = answers.map(({ id, problem, update }) => (id === update.id ? "stored" : problem.status));
      const end = told.indexOf(0);
      const whole = ["stored", 400, "stored", "stored"];
      assert.deepEqual(told, whole.map((answer, at) => (end === -1 || at < end ? answer : 0)));
      outcomes.add(told.join());
    }));
    const answered = [0, 1, 2, 3].map((many) => ["stored", 400, "stored", "stored"].map((answer, at) => (at < many ? answer : 0)).join());
    assert.deepEqual([...outcomes].sort(), answered.sort());
  });

  test("throws what the updates throw, behind the answers to those before", async () => {
    const hub = freshHub();
    async function* updates(wrong) {
      yield { topic: "a", id: "1" };
      yield wrong();
    }
    const fail = () => {
      throw new RangeError("no more");
    };
    for (const [wrong, error] of [[fail, RangeError], [() => ({ topic: "a", private: "on" }), TypeError]]) {
      const answers = publishMany(hub, updates(wrong));
      const { update } = (await answers.next()).value;
      assert.equal(update.id, "1");
      await assert.rejects(answers.next(), error);
    }
    await assert.rejects(publishMany(hub, [{ topic: "a" }, { topic: "a", private: "on" }]).next(), TypeError);
  });

  test("asks for no more updates when the loop ends, or the signal", async () => {
    const hub = freshHub();
    const abort = new AbortController();
    for (const [signal, leave] of [
      [undefined, (answers) => answers.return()],
      [abort.signal, async (answers) => {
        abort.abort(new RangeError("enough"));
        await assert.rejects(Array.fromAsync(answers), { message: "enough" });
      }],
    ]) {
      let isOver = false;
      async function* updates() {
        try {
          for (;;) {
            yield { topic: "a" };
            await delay(20);
          }
        } finally {
          isOver = true;
        }
      }
      const answers = publishMany(hub, updates(), { signal });
      await answers.next();
      await leave(answers);
      await until(() => isOver, "the end of the updates");
    }
  });

  test("throws the problem of the whole request", async () => {
    const token = () => sign({ mercure: { publish: ["*"] }, exp: inSeconds(-1) });
    await assert.rejects(Array.fromAsync(publishMany(freshHub(), UPDATES, { token })), { name: "Problem", status: 401 });
  });
});
