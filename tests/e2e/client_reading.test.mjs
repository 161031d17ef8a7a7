// How an application reads: by callbacks that may be slow or throw, by a loop that may end, until it has enough.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { subscribe } from "../../npm/client/index.mjs";
import { publish } from "./clients.mjs";
import { FaultProxy } from "./fault_proxy.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

let server;
let count = 0;
before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true", HEARTBEAT: "300ms" } });
});
after(() => server?.stop());

const nextName = () => `reading-${(count += 1)}`;
const freshHub = () => server.hub(nextName());

/** A hub with updates whose ids and data are these. */
async function hubWith(...ids) {
  const hub = freshHub();
  for (const id of ids) await publish(hub, { topic: "a", id, data: id });
  return hub;
}
const EARLIEST = { topics: "*", lastEventId: "earliest" };

/** Subscribes until the end of the test. */
function open(t, hub, options) {
  const subscription = subscribe(hub, { ...EARLIEST, ...options });
  t.after(() => subscription.close());
  return subscription;
}

const isOpen = (subscription) => until(() => subscription.state.name === "open", "an open stream");

describe("callbacks", { concurrency: true }, () => {
  test("that throw, or whose promises reject, end nothing, and onError is told", async (t) => {
    const hub = await hubWith("1", "2", "3");
    const errors = [];
    const seen = [];
    open(t, hub, {
      async onUpdate({ id }) {
        seen.push(id);
        if (id !== "3") throw new Error(`no ${id}`);
      },
      onState({ name }) {
        throw new Error(name);
      },
      onError(error, update) {
        errors.push(`${error.message} ${update?.id}`);
      },
    });
    await until(() => seen.length === 3 && errors.length === 4, () => `all: ${seen}, ${errors}`);
    assert.deepEqual(seen, ["1", "2", "3"]);
    assert.deepEqual(errors.toSorted(), ["connecting undefined", "no 1 1", "no 2 2", "open undefined"]);
  });

  test("get each update when the one before has been taken, and the cursor stands behind what was taken", async (t) => {
    const hub = await hubWith("1", "2", "3");
    const running = [];
    const subscription = open(t, hub, {
      onUpdate: ({ id }) => new Promise((resolve) => running.push({ id, resolve, cursor: subscription.lastEventId })),
    });
    for (const id of ["1", "2", "3"]) {
      await until(() => running.length === Number(id), id);
      await delay(50);
      assert.equal(running.length, Number(id), "it waits");
      running.at(-1).resolve();
    }
    await until(() => subscription.lastEventId === "3", "the end");
    assert.deepEqual(running.map(({ cursor }) => cursor), ["earliest", "1", "2"]);
  });

  test("that are slow hold back the hub, and get everything once, also where connections are cut meanwhile", async (t) => {
    const hub = freshHub();
    const proxy = await FaultProxy.to(server.port, Array.from({ length: 5 }, (_, at) => ({ kind: "reset", at: 700 * (at + 1) })));
    t.after(() => proxy.close());
    const ids = Array.from({ length: 40 }, (_, at) => String(at + 1));
    const seen = [];
    let running = 0;
    open(t, proxy.at(hub), {
      async onUpdate({ id }) {
        running += 1;
        assert.equal(running, 1);
        await delay(10);
        running -= 1;
        seen.push(id);
      },
      onError: (error) => seen.push(error),
    });
    for (const id of ids) await publish(hub, { topic: "a", id, data: "x".repeat(50), retry: "500" });
    await until(() => seen.length >= ids.length, () => `all: ${seen}`);
    assert.deepEqual(seen, ids);
  });

  test("get JSON where it is asked for, and onError the data that is none", async (t) => {
    const hub = freshHub();
    for (const data of ['{"n":1}', "no JSON", "null"]) await publish(hub, { topic: "a", id: `id ${data}`, data });
    const seen = [];
    open(t, hub, {
      json: true,
      onUpdate: ({ data, text }) => seen.push([data, text]),
      onError: (error, update) => seen.push([error.name, update.id, update.data]),
    });
    await until(() => seen.length === 3, "three");
    const key = ([first]) => JSON.stringify(first);
    assert.deepEqual(seen.toSorted((a, b) => key(a).localeCompare(key(b))), [
      ["SyntaxError", "id no JSON", "no JSON"],
      [{ n: 1 }, '{"n":1}'],
      [null, "null"],
    ].toSorted((a, b) => key(a).localeCompare(key(b))));
  });
});

describe("a loop", { concurrency: true }, () => {
  test("gets each update in order, and holds back those behind it", async (t) => {
    const hub = await hubWith("1", "2", "3");
    const subscription = open(t, hub);
    assert.equal(subscription.state.name, "connecting");
    const cursors = [];
    for await (const { id } of subscription) {
      await delay(20);
      cursors.push([id, subscription.lastEventId]);
      if (id === "3") break;
    }
    // The cursor moves when the loop asks for more.
    assert.deepEqual(cursors, [["1", "earliest"], ["2", "1"], ["3", "2"]]);
    assert.deepEqual([subscription.lastEventId, subscription.state], ["3", { name: "closed", why: "closed" }]);
  });

  test("that breaks, throws or returns leaves no connection", async () => {
    const name = nextName();
    const hub = server.hub(name);
    await publish(hub, { topic: "a" });
    const isLeft = async (leave) => {
      const subscription = subscribe(hub, EARLIEST);
      await leave(subscription).catch(() => {});
      assert.equal(subscription.state.name, "closed");
    };
    await isLeft(async (updates) => {
      for await (const _ of updates) break;
    });
    await isLeft(async (updates) => {
      for await (const _ of updates) throw new Error("enough");
    });
    await isLeft(async (updates) => {
      const iterator = updates[Symbol.asyncIterator]();
      await iterator.next();
      await iterator.return();
      assert.deepEqual(await iterator.next(), { done: true, value: undefined });
    });
    await until(async () => (await server.connections(name)) === 0, "no connection");
  });

  test("ends when the subscription is closed while it waits", async (t) => {
    const subscription = open(t, freshHub());
    const ended = Array.fromAsync(subscription);
    await isOpen(subscription);
    subscription.close();
    assert.deepEqual(await ended, []);
  });

  test("throws the hub's refusal", async (t) => {
    const loop = Array.fromAsync(open(t, server.hub("no%20name")));
    await assert.rejects(loop, { name: "Problem", status: 404 });
  });

  test("is the only reader", async (t) => {
    const hub = freshHub();
    const called = open(t, hub, { onUpdate() {} });
    await assert.rejects(Array.fromAsync(called), TypeError);
    const looped = open(t, hub);
    const first = Array.fromAsync(looped);
    await assert.rejects(Array.fromAsync(looped), TypeError);
    looped.close();
    assert.deepEqual(await first, []);
  });
});
