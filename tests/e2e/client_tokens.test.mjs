// Tokens of a subscription: each is renewed before it expires, and the stream goes on behind its cursor.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { subscribe } from "../../npm/client/index.mjs";
import { Cable } from "./cable.mjs";
import { ClientPages } from "./client_page.mjs";
import { ENTRIES } from "./client_readers.mjs";
import { Recorder } from "./client_recorder.mjs";
import { publish } from "./clients.mjs";
import { Server } from "./server.mjs";
import { KEYS_0, inSeconds, sign, tampered } from "./tokens.mjs";
import { until } from "./until.mjs";

/** The life of a token, in seconds. A client has the last fifth of it for the next token and stream. */
const LIFE = 12;
const HOUR = 3_600;

const pages = ClientPages.forTests();
let server;
let count = 0;
before(async () => {
  const vars = { ANONYMOUS_PUBLISH: "true", ANONYMOUS_SUBSCRIBE: "false", CORS_ORIGINS: "*", ...KEYS_0 };
  server = await Server.start({ kind: "workerd", vars });
});
after(() => server?.stop());
const freshHub = () => server.hub(`tokens-${(count += 1)}`);

const granting = (times) => sign({ mercure: { subscribe: ["*"] }, jti: crypto.randomUUID(), ...times });
/** Times may have fractions, RFC 7519 § 2. Whole seconds would take up to a half of its life. */
const short = () => granting({ iat: Date.now() / 1_000, exp: Date.now() / 1_000 + LIFE });

/** Publishes private updates until `isEnough`, and one more. Returns their ids. */
async function publishUntil(hub, isEnough) {
  const ids = [];
  const next = async () => {
    ids.push(String(ids.length + 1));
    await publish(hub, { topic: "a", id: ids.at(-1), data: "x", private: "on" });
  };
  while (!(await isEnough())) {
    await next();
    await delay(80);
  }
  await next();
  return ids;
}

const idsOf = ({ updates }) => updates.map(({ id }) => id);

describe("a token", { concurrency: true }, () => {
  /** A subscription in Node that counts what its token function is asked. */
  function read(t, hub, token, options = {}) {
    const asked = [];
    const reader = new Recorder(subscribe, hub, {
      ...{ topics: "*", ...options },
      async token({ refused, signal }) {
        assert.ok(signal instanceof AbortSignal);
        asked.push(refused);
        return token({ refused, times: asked.length });
      },
    });
    t.after(() => reader.subscription.close());
    return { reader, asked };
  }

  test("is renewed before it expires, and no update is lost or doubled", async (t) => {
    const hub = freshHub();
    const { reader, asked } = read(t, hub, short);
    await until(() => reader.subscription.state.name === "open", "the stream");
    const ids = await publishUntil(hub, () => asked.length === 3);
    await until(() => reader.subscription.lastEventId === ids.at(-1), "the last update");
    assert.deepEqual(idsOf(reader), ids);
    assert.deepEqual(asked, [false, false, false], "once for each stream");
    const names = new Set(reader.states.map(({ name }) => name));
    assert.deepEqual([...names], ["connecting", "open"], "the hub has ended no stream");
  });

  test("is renewed while an update is taken, and no update is lost or doubled", async (t) => {
    const hub = freshHub();
    const ids = [];
    // It takes longer than the updates come, so a connection ends with some that are not taken.
    const onUpdate = async ({ id }) => {
      await delay(100);
      ids.push(id);
    };
    const { reader, asked } = read(t, hub, short, { onUpdate });
    await until(() => reader.subscription.state.name === "open", "the stream");
    const published = await publishUntil(hub, () => asked.length === 2);
    await until(() => ids.length >= published.length, () => `all: ${ids}`);
    assert.deepEqual(ids, published);
  });

  test("that is late, for a stream that is lost meanwhile, is used for no other", async (t) => {
    const hub = freshHub();
    const cable = await Cable.to(server.port);
    t.after(() => cable.close());
    const cut = async () => {
      cable.cut();
      await until(() => reader.subscription.state.name === "waiting", "the end of the stream");
      cable.mend();
      await until(() => reader.subscription.state.name === "open", "another stream");
    };
    const late = Promise.withResolvers();
    const long = () => granting({ exp: inSeconds(600) });
    const { reader, asked } = read(t, cable.at(hub), ({ times }) => (times === 1 ? short() : times === 2 ? late.promise : long()));
    await until(() => asked.length === 2, "the question for the next token");
    await cut();
    late.resolve(await short());
    const before = asked.length;
    await cut();
    assert.ok(asked.length > before, "each stream asks for its token");
  });

  test("that the hub refuses is asked for once more, and then works", async (t) => {
    const good = await granting({ exp: inSeconds(600) });
    const { reader, asked } = read(t, freshHub(), ({ refused }) => (refused ? good : tampered(good)));
    await until(() => reader.subscription.state.name === "open", "the stream");
    assert.deepEqual(asked, [false, true]);
    assert.deepEqual(reader.states, [{ name: "connecting" }, { name: "open" }]);
  });

  test("that the hub refuses twice ends it, with the hub's problem", async (t) => {
    const { reader, asked } = read(t, freshHub(), () => granting({ exp: inSeconds(-1) }));
    await until(() => reader.subscription.state.name === "closed", "the end");
    assert.deepEqual(asked, [false, true]);
    const { why, problem } = reader.subscription.state;
    assert.deepEqual([why, problem.status], ["refused", 401]);
    assert.match(problem.detail, /expired/);
  });

  test("that the function fails to give is asked for again, and the state says why", async (t) => {
    const { reader, asked } = read(t, freshHub(), ({ times }) => {
      if (times === 1) throw new Error("no session");
      return times === 2 ? "" : granting({ exp: inSeconds(600) });
    });
    await until(() => reader.subscription.state.name === "open", "the stream");
    assert.deepEqual(asked, [false, false, false]);
    const [first, second] = reader.states.filter(({ name }) => name === "waiting").map(({ why }) => why);
    assert.match(first, /no session/);
    assert.match(second, /must give a text/);
  });

  /** Clocks of a device, in seconds from the right time, before and after the first token; and how the token is made. */
  const CLOCKS = {
    "an hour ahead": [HOUR, HOUR, () => short(), false],
    "an hour behind": [-HOUR, -HOUR, () => short(), false],
    "that jumps an hour ahead": [0, HOUR, () => short(), false],
    "that jumps an hour back": [0, -HOUR, () => short(), false],
    "an hour behind, of an issuer whose clock is wrong too,": [
      ...[-HOUR, -HOUR, () => granting({ iat: inSeconds(-600), exp: inSeconds(2) })],
      "The hub says: expired.",
    ],
  };
  for (const [clock, [before, later, token, why]] of Object.entries(CLOCKS)) {
    test(`on a device with a clock ${clock} is renewed, and no update is lost or doubled`, async (t) => {
      const hub = freshHub();
      const page = await pages.open(t, { origin: server.origin, entries: ENTRIES });
      let asked = 0;
      await page.exposeFunction("giveToken", () => {
        asked += 1;
        return token();
      });
      await page.evaluate(([hub, before, later]) => {
        const now = Date.now;
        let ahead = before;
        Date.now = () => now() + ahead * 1_000;
        client.record(client.subscribe, [["a", hub, { topics: "*", token: async () => {
          const token = await globalThis.giveToken();
          setTimeout(() => (ahead = later), 200);
          return token;
        } }]]);
      }, [hub, before, later]);
      const told = async () => (await page.evaluate(() => client.told("seen", ["a"])))[0];
      await until(async () => (await told()).state === "open", "the stream");
      const ids = await publishUntil(hub, () => asked === 2);
      await until(async () => (await told()).lastEventId === ids.at(-1), "the last update");
      const { states, ...seen } = await told();
      assert.deepEqual(idsOf(seen), ids);
      const waits = states.filter(({ name }) => name === "waiting").map((state) => state.why);
      assert.deepEqual([...new Set(waits)], why ? [why] : []);
    });
  }
});
