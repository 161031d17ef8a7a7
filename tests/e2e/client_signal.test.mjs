// A subscription that its signal ends, whatever it is doing.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { subscribe } from "../../npm/client/index.mjs";
import { SubscriptionOfTab } from "../../npm/client/tabs/subscription.mjs";
import { Front, problem } from "./client_front.mjs";
import { publish } from "./clients.mjs";
import { freePort } from "./free_port.mjs";
import { Server } from "./server.mjs";
import { DEADLINE, until } from "./until.mjs";

let server;
let count = 0;
before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
});
after(() => server?.stop());
const freshHub = () => server.hub(`signal-${(count += 1)}`);

/** The URL of no server. */
const nowhere = async () => `http://127.0.0.1:${await freePort()}/`;

describe("a signal", { concurrency: true }, () => {
  const HOLDS = () => new Promise(() => {});
  /** A server that takes connections and says nothing. */
  async function silent(t) {
    const sockets = new Set();
    const listening = createServer((socket) => sockets.add(socket.on("error", () => {}))).listen(0, "127.0.0.1");
    await once(listening, "listening");
    t.after(() => {
      sockets.forEach((socket) => socket.destroy());
      listening.close();
    });
    return { url: `http://127.0.0.1:${listening.address().port}/`, sockets };
  }

  /** By when it is aborted: what is read, and what to wait for. */
  const STAGES = {
    "before it begins": async (t, begin) => begin(freshHub(), { signal: AbortSignal.abort() }),
    "while the token is asked for": async (t, begin) => {
      let asked;
      begin(freshHub(), { token: ({ signal }) => ((asked = signal), HOLDS()) });
      await until(() => asked, "the question");
      t.after(() => assert.ok(asked.aborted, "and the token function is told"));
    },
    "while no answer comes": async (t, begin) => {
      const { url, sockets } = await silent(t);
      begin(url, {});
      await until(() => sockets.size === 1, "a connection");
      t.after(() => until(() => [...sockets].every((socket) => socket.readyState !== "open"), "no connection"));
    },
    "while it is open": async (t, begin) => {
      const subscription = begin(freshHub(), {});
      await until(() => subscription.state.name === "open", "an open stream");
    },
    "while it waits": async (t, begin) => {
      const subscription = begin(await nowhere(), {});
      await until(() => subscription.state.name === "waiting", "the wait");
    },
    "while an update is taken": async (t, begin) => {
      let isTaken = false;
      const hub = freshHub();
      for (const id of ["1", "2"]) await publish(hub, { topic: "a", id });
      begin(hub, { lastEventId: "earliest", onUpdate: () => ((isTaken = true), HOLDS()) });
      await until(() => isTaken, "the update");
    },
  };
  for (const [when, reach] of Object.entries(STAGES)) {
    test(`ends it ${when}, and nothing is told any more`, async (t) => {
      const abort = new AbortController();
      const told = [];
      let subscription;
      await reach(t, (hub, options) => {
        subscription = subscribe(hub, {
          topics: "*",
          onUpdate: ({ id }) => void told.push(id),
          onState: ({ name }) => told.push(name),
          signal: abort.signal,
          ...options,
        });
        return subscription;
      });
      abort.abort();
      assert.deepEqual(subscription.state, { name: "closed", why: "closed" });
      assert.equal(told.at(-1), "closed");
      const { length } = told;
      await delay(100);
      assert.equal(told.length, length, `${told}`);
    });
  }

  for (const [which, begin] of Object.entries({ alone: subscribe, "of a tab": (...values) => new SubscriptionOfTab(...values) })) {
    test(`that is aborted already tells so when the application has the subscription, ${which}`, async () => {
      let subscription;
      const told = [];
      const onState = ({ name }) => told.push([name, subscription !== undefined]);
      subscription = begin(freshHub(), { topics: "*", user: null, signal: AbortSignal.abort(), onUpdate() {}, onState });
      await delay(0);
      assert.deepEqual(told, [["closed", true]]);
    });
  }

  /** What waits for its hub. */
  const WAITING = {
    "a subscription":
      "await new Promise((end) => subscribe(url, { topics: '*', onUpdate() {}, onState: ({ name }) => name === 'waiting' && end(), signal }))",
    "a publication":
      "await new Promise((end) => publish(url, { topic: 'a' }, { signal, fetch: (...args) => fetch(...args).finally(end) }).catch(() => {}))",
  };
  for (const [what, begin] of Object.entries(WAITING)) {
    test(`ends a process at once in which ${what} waits`, async (t) => {
      const front = await Front.to(t, server.port, Array(5).fill(problem(503, {}, { "retry-after": "1000" })));
      const script = `
        import { publish, subscribe } from ${JSON.stringify(import.meta.resolve("../../npm/client/index.mjs"))};
        const url = ${JSON.stringify(front.at(freshHub()))};
        const abort = new AbortController();
        const { signal } = abort;
        ${begin};
        abort.abort();
      `;
      const child = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: "inherit" });
      t.after(() => child.kill());
      const [code] = await once(child, "exit", { signal: AbortSignal.timeout(DEADLINE) });
      assert.equal(code, 0);
      assert.equal(front.times.length, 1);
    });
  }
});
