// The tables of version 11, which knew no links.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { post, publish } from "./clients.mjs";
import { replace, rows } from "./database.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";

const VERSION_11 = fileURLToPath(new URL("version_11.sql", import.meta.url));

test("the tables of version 11 keep their updates and closings, and the connection in them has ended", async (t) => {
  const own = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true", SUBSCRIPTIONS: "true" } });
  t.after(() => own.stop());
  await publish(own.hub(), { topic: "a" });
  await own.kill();
  replace(own.folder, VERSION_11);
  await own.restart();
  const behind = await Stream.open(t, withQuery(own.hub(), { topic: ["a", "b"], lastEventID: "old-1" }));
  await behind.receives("data: old-4");
  assert.equal((await post(own.hub(), { topic: "closed" })).status, 409);
  const subscribers = "SELECT subscriber, link FROM active_connections";
  const [{ version }] = rows(own.folder, "SELECT max(version) AS version FROM schema");
  assert.equal(version, 12);
  const active = rows(own.folder, subscribers);
  assert.deepEqual(active.map(({ link }) => link), [process.env.DELIVERY === "hibernate" ? 1 : 0]);
  assert.notEqual(active[0].subscriber, "urn:uuid:905c7782-a08a-4ce0-893c-61714eebbb3c");
});
