// What a compressed stream has to be for its client: live, and whole across a connection that is cut.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Cable } from "./cable.mjs";
import { publish, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

/** The longest time that a client waits before it comes back, with its defaults. */
const BACK = 30_000;
const LIVE = ["1", "2", "3", "4", "5"];

/** Long enough to be deflated. */
const dataOf = (id) => `${id} ${"paid, on its way, ".repeat(30)}`;
const idOf = (data) => data.split(" ")[0];

/**
 * Registers a test for each of `clients`, by name. `open(url, t)` returns a client that is connecting; it resolves
 * `data()` with the data of all its updates so far, and comes back by itself when its connection breaks.
 */
export function describeCompressed(clients) {
  let server;
  before(async () => {
    server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true", COMPRESSION: "all" } });
  });
  after(() => server?.stop());

  describe("a compressed stream", { concurrency: true }, () => {
    Object.entries(clients).forEach(([name, open], at) => {
      test(`is read live by ${name}, which loses nothing and gets nothing twice when it comes back`, async (t) => {
        const hub = server.hub(`compressed-${at}`);
        let answers = "";
        const cable = await Cable.to(server.port, (bytes) => (answers += bytes.toString("latin1")));
        t.after(() => cable.close());
        const client = await open(cable.at(subscribeUrl(hub, ["a"])), t);
        const ids = async () => (await client.data()).map(idOf);
        const comes = (id, deadline) => until(async () => (await ids()).includes(id), `update ${id} for ${name}`, deadline);
        const publishes = (id) => publish(hub, { topic: "a", id, data: dataOf(id) });
        const streams = () => answers.match(/^content-encoding: gzip\r$/gim)?.length ?? 0;

        await until(() => streams() === 1, `an answer in gzip for ${name}; there was ${answers.slice(0, 500)}`);
        for (const id of LIVE) {
          await publishes(id);
          await comes(id);
        }
        cable.cut();
        await publishes("missed");
        cable.mend();
        await comes("missed", BACK);
        await publishes("last");
        await comes("last");
        assert.deepEqual(await ids(), [...LIVE, "missed", "last"]);
        assert.equal(streams(), 2);
        assert.ok(!answers.includes("on its way"), "no update was readable on the way");
      });
    });
  });
}
