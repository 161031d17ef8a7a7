// The client on the browser's own EventSource, which it takes when types are given: nothing is lost or doubled, and where an
// EventSource hides why it failed, fetch finds out.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Front, problem } from "./client_front.mjs";
import { ClientPages } from "./client_page.mjs";
import { ENTRIES, readersIn } from "./client_readers.mjs";
import { NATIVE, NATIVE_KINDS as KINDS, SESSION_NAMES, VARS, play } from "./client_session.mjs";
import { publish } from "./clients.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

/** How many bytes lie between two that are tried. `make test-clients` tries each. */
const EVERY = 41;
const pages = ClientPages.forTests();
let server;
let count = 0;
before(async () => (server = await Server.start({ kind: "workerd", vars: VARS })));
after(() => server?.stop());
const freshHub = () => server.hub(`native-${(count += 1)}`);

const open = (t) => pages.open(t, { origin: server.origin, entries: ENTRIES });

/** Subscribes by types to all of `url`, and counts the connections of each kind. */
async function read(t, url) {
  const page = await open(t);
  await page.evaluate(() => {
    globalThis.opened = { sources: 0, fetches: 0 };
    globalThis.EventSource = class extends EventSource {
      constructor(...args) {
        super(...args);
        globalThis.opened.sources += 1;
      }
    };
    const { fetch } = globalThis;
    globalThis.fetch = (...args) => {
      globalThis.opened.fetches += 1;
      return fetch(...args);
    };
  });
  const readers = readersIn(page);
  await readers.open([["native", url, NATIVE]]);
  let seen;
  return {
    opened: () => page.evaluate(() => globalThis.opened),
    comesTo: async (name) => {
      const comes = async () => ([seen] = await readers.told("seen", ["native"]))[0].state === name;
      await until(comes, () => `${name}: ${JSON.stringify(seen)}`);
      return seen;
    },
  };
}

describe("types without a token", { concurrency: true }, () => {
  for (const name of SESSION_NAMES) {
    test(`read a session of the kind ${name} whole, at whatever byte connections fail`, async (t) => {
      const readers = readersIn(await open(t));
      const bytes = await play(server, readers, { name, plans: [[], [{ kind: "drip", at: 0 }]], how: NATIVE });
      const plans = Array.from({ length: Math.ceil(bytes / EVERY) }, (_, step) =>
        [{ kind: KINDS[step % KINDS.length], at: step * EVERY }]);
      await play(server, readers, { name, plans, how: NATIVE });
    });
  }

  test("are read by an EventSource", async (t) => {
    const reader = await read(t, freshHub());
    const { states } = await reader.comesTo("open");
    assert.deepEqual(await reader.opened(), { sources: 1, fetches: 0 });
    assert.deepEqual(states, [{ name: "connecting" }, { name: "open" }]);
  });

  /** What an EventSource is refused with, by a server in front: what it comes to, and as what it is told. */
  const ENDS = {
    "401": [problem(401, { detail: "Who are you?" }), "closed", { why: "refused", problem: { status: 401, message: "Who are you?" } }],
    "404": [problem(404), "closed", { why: "refused", problem: { status: 404 } }],
    "204": [{ status: 204 }, "closed", { why: "ended" }],
  };
  for (const [what, [answer, name, expected]] of Object.entries(ENDS)) {
    test(`and an answer of ${what} end, and why is told`, async (t) => {
      const front = await Front.to(t, server.port, [answer, answer]);
      const reader = await read(t, front.at(freshHub()));
      const { states } = await reader.comesTo(name);
      assert.partialDeepStrictEqual(states.at(-1), { name, ...expected });
      assert.deepEqual(await reader.opened(), { sources: 1, fetches: 1 });
      assert.ok(!states.some((state) => state.name === "open"));
    });
  }

  test("and the page of a portal are waited for, and then read", async (t) => {
    const portal = { status: 200, headers: { "content-type": "text/html" }, body: "<p>Log in" };
    const front = await Front.to(t, server.port, [portal, portal]);
    const hub = freshHub();
    const reader = await read(t, front.at(hub));
    const { states } = await reader.comesTo("open");
    const waiting = states.find(({ name }) => name === "waiting");
    assert.equal(waiting.why, "The answer is text/html, not an event stream.");
    await publish(hub, { topic: "a", id: "1", data: "x", type: "typed" });
    await until(async () => (await reader.comesTo("open")).count === 1, "an update");
  });
});
