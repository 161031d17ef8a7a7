// The door and the object read one path in a request, however it is written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exchange } from "./raw.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { KEYS_0, bearer, token0 } from "./tokens.mjs";

const VARS = { ...KEYS_0, ANONYMOUS_SUBSCRIBE: "", SUBSCRIPTIONS: "true" };
const HUB = "/.well-known/mercure";
const DOTS = ["..", "%2e%2e", ".%2E"];

/** The status and the body of the answer to a GET of this path as it stands, which client libraries would shorten. */
async function get({ port }, path, token) {
  const lines = [`GET ${path} HTTP/1.1`, "host: hub.example", "connection: close", `authorization: Bearer ${token}`];
  // A stream that is opened nonetheless is not waited for.
  const answer = exchange(port, `${lines.join("\r\n")}\r\n\r\n`);
  const late = new Promise((resolve) => setTimeout(() => resolve({ status: "an open stream" }), 5_000).unref());
  return Promise.race([answer, late]);
}

for (const kind of ["workerd", "wrangler"]) {
  test(`on ${kind} the subscriptions of a hub are not shown to who may see those of another`, async (t) => {
    const server = await Server.start({ kind, vars: VARS });
    t.after(() => server.stop());
    const reader = bearer(await token0({ subscribe: ["*"], payload: { name: "secret" } }));
    await Stream.open(t, withQuery(server.hub("own"), { topic: "a" }), { headers: reader });
    const subscriptions = (hub) => `/hubs/${hub}${HUB}/subscriptions`;
    const token = await token0({ subscribe: [subscriptions("other")] });
    assert.equal((await get(server, subscriptions("other"), token)).status, 200);
    for (const dots of DOTS) {
      const up = `${dots}/`.repeat(5);
      const { status, body } = await get(server, `${subscriptions("own")}/${up}${subscriptions("other").slice(1)}`, token);
      // wrangler resolves it ahead of the Worker: then it is the other hub that is asked.
      assert.ok(status === 404 || (kind === "wrangler" && status === 200), `${status} for ${dots}`);
      assert.doesNotMatch(body, /secret/);
    }
  });

  test(`on ${kind} no path below the subscriptions is a way to subscribe where that is switched off`, async (t) => {
    const server = await Server.start({ kind, vars: { ...VARS, SUBSCRIBING: "false" } });
    t.after(() => server.stop());
    const token = await token0({ subscribe: ["*"] });
    for (const dots of DOTS) {
      const { status } = await get(server, `${HUB}/subscriptions/${dots}/${dots}/mercure?topic=a`, token);
      assert.equal(status, kind === "wrangler" ? 405 : 404, dots);
    }
  });
}
