// Pages of other origins: only those that the configuration names.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { post, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";

const LISTED = ["https://app.example", "http://localhost:3000"];
const UNLISTED = "https://evil.example";

let server;
before(async () => {
  server = await Server.start({ vars: { ANONYMOUS_PUBLISH: "true", CORS_ORIGINS: LISTED.join(" ") } });
});
after(() => server?.stop());

const list = (value) => value.toLowerCase().split(/\s*,\s*/);

function preflight(origin, method = "GET") {
  return fetch(server.hub(), {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": method,
      "access-control-request-headers": "authorization,cache-control,last-event-id",
    },
  });
}

for (const origin of LISTED) {
  test(`a preflight from ${origin} is allowed, with the headers that a subscriber sends`, async () => {
    for (const method of ["GET", "POST"]) {
      const response = await preflight(origin, method);
      assert.ok(response.ok, `status ${response.status}`);
      assert.equal(response.headers.get("access-control-allow-origin"), origin);
      assert.ok(list(response.headers.get("access-control-allow-methods")).includes(method.toLowerCase()));
      const headers = list(response.headers.get("access-control-allow-headers"));
      for (const name of ["authorization", "cache-control", "last-event-id"]) assert.ok(headers.includes(name), name);
      assert.ok(list(response.headers.get("vary")).includes("origin"), "caches keep origins apart");
    }
  });

  test(`streams, answers and problems are readable for ${origin}`, async () => {
    const answers = [
      await fetch(subscribeUrl(server.hub(), ["a"]), { method: "HEAD", headers: { origin } }),
      await post(server.hub(), { topic: "a", data: "x" }, { headers: { origin } }),
      await post(server.hub(), { data: "no topic" }, { headers: { origin } }),
      await fetch(`${server.origin}/unknown`, { headers: { origin } }),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 400, 404],
    );
    for (const { headers } of answers) {
      assert.equal(headers.get("access-control-allow-origin"), origin);
      assert.ok(list(headers.get("vary")).includes("origin"));
    }
  });
}

test("an origin that is not listed is allowed nothing", async () => {
  const answers = [
    await preflight(UNLISTED),
    await fetch(subscribeUrl(server.hub(), ["a"]), { method: "HEAD", headers: { origin: UNLISTED } }),
    await fetch(`${server.origin}/unknown`, { headers: { origin: UNLISTED } }),
    await post(server.hub(), { data: "no topic" }, { headers: { origin: UNLISTED } }),
  ];
  for (const { headers } of answers) assert.equal(headers.get("access-control-allow-origin"), null);
});
