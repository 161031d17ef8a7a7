// A stranger learns of a hub that it is up, and of nothing that it counts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { post, subscribeUrl } from "./clients.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { SocketSubscriber } from "./socket.mjs";
import { KEYS, bearer, token0 } from "./tokens.mjs";

let server;
let keyless;
before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ...KEYS, SLOW_CONSUMERS: "conflate" } });
  keyless = await Server.start({ kind: "workerd", vars: { OPERATOR_KEY: "" } });
});
after(() => Promise.all([server?.stop(), keyless?.stop()]));

const health = (of, headers = {}) => fetch(`${of.origin}/hubs/default/healthz`, { headers });
const bodyOf = async (response) => [response.status, await response.text()];
const UP = [200, '{"status":"ok"}'];

test("a stranger is told the same of a hub whatever happens in it", async (t) => {
  assert.deepEqual(await bodyOf(await health(server)), UP);
  const subscribers = [];
  for (let at = 0; at < 3; at += 1) subscribers.push(await SocketSubscriber.open(t, subscribeUrl(server.hub(), ["a"])));
  const headers = bearer(await token0({ publish: ["*"] }));
  assert.equal((await post(server.hub(), { topic: "a", private: "on" }, { headers })).status, 200);
  subscribers.pop().close();
  for (const authorization of [
    undefined,
    "Bearer",
    `Basic ${OPERATOR_KEY}`,
    `Bearer ${OPERATOR_KEY}!`,
    `Bearer ${OPERATOR_KEY.slice(1)}`,
    headers.authorization,
  ]) {
    assert.deepEqual(await bodyOf(await health(server, authorization === undefined ? {} : { authorization })), UP);
  }
  const own = await health(server, bearer(OPERATOR_KEY));
  assert.equal(own.headers.get("cache-control"), "no-store");
  const { status, connections, ended, conflated } = await own.json();
  assert.deepEqual([status, connections >= 2, conflated, typeof ended], ["ok", true, 0, "object"]);
});

test("where there is no key nobody has it", async () => {
  for (const headers of [{}, bearer(""), { authorization: "Bearer " }, bearer("undefined")]) {
    assert.deepEqual(await bodyOf(await health(keyless, headers)), UP);
  }
});
