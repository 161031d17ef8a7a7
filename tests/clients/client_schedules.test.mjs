// Random schedules of cuts and reconnects: what the application gets equals the hub's log.
import { after, before, test } from "node:test";
import { VARS, playSchedules } from "../e2e/client_schedules.mjs";
import { Server } from "../e2e/server.mjs";

/** `make test` plays some. */
const COUNT = 1_000;

let server;
before(async () => (server = await Server.start({ kind: "workerd", vars: VARS })));
after(() => server?.stop());

test("a thousand random schedules of cuts and reconnects deliver the log", async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
  try {
    await playSchedules(server, { seed, count: COUNT });
  } catch (error) {
    throw new Error(`with SEED=${seed}: ${error.message}`, { cause: error });
  }
});
