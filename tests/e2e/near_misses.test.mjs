// A misspelled variable stands in the log with the one that was meant.
import assert from "node:assert/strict";
import { test } from "node:test";
import { subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

const TOLD = "the variable HEARTBEET is not one of the hub's: HEARTBEAT was perhaps meant";
const lines = (server) => server.output.split("\n").filter((line) => line.includes('"unknown variable"'));

for (const kind of ["wrangler", "workerd"]) {
  test(`on ${kind} HEARTBEET is told once, and an application's own variables are not`, async (t) => {
    const vars = { HEARTBEET: "1s", API_KEY: "the application's", ISSUER: "own", CORS_ORIGIN: "https://a.example" };
    const server = await Server.start({ kind, vars });
    t.after(() => server.stop());
    for (const hub of ["a", "b"]) {
      assert.equal((await fetch(subscribeUrl(server.hub(hub), ["a"]), { method: "HEAD" })).status, 200);
    }
    await until(() => lines(server).length > 0, "a line of the log");
    const [line, ...others] = lines(server);
    assert.deepEqual(others, []);
    const { level, detail } = JSON.parse(line.slice(line.indexOf("{"), line.lastIndexOf("}") + 1));
    assert.deepEqual({ level, detail }, { level: "warning", detail: TOLD });
  });
}

test("with LOG_LEVEL=error it is not told", async (t) => {
  const vars = { HEARTBEET: "1s", LOG_LEVEL: "error", HUBS: '{"news":{"HISTORY_AGE":"1h"}}' };
  const server = await Server.start({ kind: "workerd", vars });
  t.after(() => server.stop());
  assert.equal((await fetch(subscribeUrl(server.hub("news"), ["a"]), { method: "HEAD" })).status, 200);
  assert.deepEqual(lines(server), []);
});
