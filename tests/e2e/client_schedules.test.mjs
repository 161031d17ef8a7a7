// Random schedules of cuts and reconnects: what the application gets equals the hub's log.
import { after, before, test } from "node:test";
import { NODE } from "./client_readers.mjs";
import { VARS, playSchedules } from "./client_schedules.mjs";
import { Server } from "./server.mjs";

/** `make test-clients` plays a thousand. */
const COUNT = 50;

let server;
before(async () => (server = await Server.start({ kind: "workerd", vars: VARS })));
after(() => server?.stop());

test("random schedules of cuts and reconnects deliver the log", async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
  try {
    await playSchedules(server, NODE, { seed, count: COUNT });
  } catch (error) {
    throw new Error(`with SEED=${seed}: ${error.message}`, { cause: error });
  }
});
