// The tests of every client: a server that sends heartbeats, is killed with -9, and loses its history.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Curl, publish, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

const VARS = { ANONYMOUS_PUBLISH: "true", HEARTBEAT: "200ms" };
/** The longest time that a client waits before it comes back, with its defaults. */
const BACK = 40_000;
const BEFORE = ["1", "2", "3"];
const MISSED = ["4", "5", "6"];
const BEHIND_GAP = "7";

/**
 * Registers the tests of `clients`, by name: `{ open, place }`. `open(url, t)` returns a client that is connecting,
 * `{ events, close }`. `events()` resolves with all events so far, `{ type, data, id }`; if `opens` is true, they
 * contain an `open` for each answer. `place` says whether the client gets the `place` event.
 */
export function describeClients(clients) {
  const runs = Object.entries(clients).map(([name, client], at) => ({ name, hub: `client-${at}`, ...client }));
  let server;
  before(async () => {
    server = await Server.start({ kind: "workerd", vars: VARS });
    await throughLives(server, runs);
  });
  after(async () => {
    await Promise.all(runs.map((run) => run.client?.close()));
    await server?.stop();
  });
  for (const run of runs) {
    describe(run.name, () => {
      const events = () => {
        if (run.failure) throw run.failure;
        return run.events;
      };
      const data = (type) => events().filter((event) => event.type === type && event.data !== "").map((event) => event.data);

      test("gets every update once and in order, across kill -9 and a restart", () => {
        assert.deepEqual(data("message"), [...BEFORE, ...MISSED, BEHIND_GAP]);
      });

      test("sees the gap when the history is gone", () => {
        assert.equal(data("gap").length, 1);
        assert.equal(typeof JSON.parse(data("gap")[0]).requested, "string");
      });

      test(`dispatches nothing else${run.place ? ", but the place" : ""}`, () => {
        const updates = [...BEFORE, ...MISSED, BEHIND_GAP];
        const others = events().filter(({ type, data }) => !["open", "gap"].includes(type) && !updates.includes(data));
        // Once, because only the first stream begins live: the gap has an id of its own.
        assert.deepEqual(
          others.map(({ type, data }) => `${type} ${data}`),
          run.place ? ["place {}"] : [],
        );
      });

      if (run.opens) {
        test("comes back once in each life of the server", () => {
          assert.equal(events().filter(({ type }) => type === "open").length, 3);
        });
      }
    });
  }
}

/** Takes the clients through three lives of the server. A client that fails does not stop the others. */
async function throughLives(server, runs) {
  const each = (step) =>
    Promise.all(
      runs.map(async (run) => {
        if (run.failure) return;
        try {
          await step(run);
        } catch (error) {
          run.failure = error;
        }
      }),
    );
  const connected = (run) =>
    until(async () => (await server.connections(run.hub)) === 1, `${run.name} to be connected`, BACK);
  const send = async (run, updates) => {
    for (const data of updates) await publish(server.hub(run.hub), { topic: "a", data });
  };
  const receives = (run, data) =>
    until(
      async () => (run.events = await run.client.events()).some((event) => event.data === data),
      () => `${run.name} to receive ${data}; it has ${JSON.stringify(run.events)}`,
      BACK,
    );
  await each(async (run) => {
    run.client = await run.open(subscribeUrl(server.hub(run.hub), ["a"]));
    await connected(run);
    await send(run, BEFORE);
    await receives(run, BEFORE.at(-1));
  });
  await beats(server, 3);
  await server.kill();
  await server.restart();
  await each(async (run) => {
    await send(run, MISSED);
    await receives(run, MISSED.at(-1));
  });
  await server.kill();
  rmSync(join(server.folder, "HubObject"), { recursive: true });
  await server.restart();
  await each(async (run) => {
    await connected(run);
    await send(run, [BEHIND_GAP]);
    await receives(run, BEHIND_GAP);
  });
  await beats(server, 3);
  await each(async (run) => (run.events = await run.client.events()));
}

/** Waits until the hubs have sent this number of heartbeats. */
async function beats(server, count) {
  const stream = new Curl(subscribeUrl(server.hub("beating"), ["none"]));
  try {
    await until(() => stream.text.split(":\n").length > count + 2, `${count} heartbeats`);
  } finally {
    await stream.close();
  }
}
