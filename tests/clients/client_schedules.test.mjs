// Random schedules of cuts and reconnects: what the application gets equals the hub's log.
import { after, before, test } from "node:test";
import { ClientPages } from "../e2e/client_page.mjs";
import { ENTRIES, NODE, readersIn } from "../e2e/client_readers.mjs";
import { VARS, playSchedules } from "../e2e/client_schedules.mjs";
import { NATIVE_KINDS } from "../e2e/client_session.mjs";
import { Server } from "../e2e/server.mjs";

const pages = ClientPages.forTests();
let server;
before(async () => (server = await Server.start({ kind: "workerd", vars: { CORS_ORIGINS: "*", ...VARS } })));
after(() => server?.stop());

const inPage = async (t) => readersIn(await pages.open(t, { origin: server.origin, entries: ENTRIES }));

/** By runtime: where they read, how many, and how. A browser opens at most 256 connections. */
const RUNTIMES = {
  Node: [async () => NODE, { count: 1_000 }],
  Chromium: [inPage, { count: 200 }],
  "Chromium's EventSource": [inPage, { count: 200, how: { topics: "*", types: ["message", "t", "é"] }, kinds: NATIVE_KINDS }],
};

for (const [runtime, [open, game]] of Object.entries(RUNTIMES)) {
  test(`${game.count} random schedules of cuts and reconnects deliver the log in ${runtime}`, async (t) => {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
    try {
      await playSchedules(server, await open(t), { seed, ...game });
    } catch (error) {
      throw new Error(`with SEED=${seed}: ${error.message}`, { cause: error });
    }
  });
}
