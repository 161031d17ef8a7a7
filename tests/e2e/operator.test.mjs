// The calls of an operator: their paths, methods and keys. What each call does has a test of its own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { bearer } from "./tokens.mjs";

const basic = (user, password) => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` });
const WRONG = bearer(`${OPERATOR_KEY}.`);
const CALLS = [
  ["GET, HEAD", "/metrics"],
  ["GET, HEAD", "/hubs"],
  ["GET, HEAD", "/hubs/a/metrics"],
  ["GET, HEAD", "/hubs/a/stats"],
  ["POST", "/hubs/a/drain"],
  ["DELETE", "/hubs/a/history"],
  ["DELETE", "/hubs/a"],
  ["GET, HEAD", "/hubs/a/export"],
  ["POST", "/hubs/a/import"],
];

let server;
let keyless;
before(async () => {
  [server, keyless] = await Promise.all([Server.start({ kind: "workerd" }), Server.start({ kind: "workerd", vars: { OPERATOR_KEY: "" } })]);
});
after(() => Promise.all([server?.stop(), keyless?.stop()]));

/** The status of an answer for nobody, which tells the same wherever it is asked. */
async function refused(of, path, init) {
  const response = await fetch(`${of.origin}${path}`, init);
  assert.equal(response.headers.get("cache-control"), "no-store", path);
  const text = await response.text();
  if (init.method !== "HEAD") assert.equal(JSON.parse(text).status, response.status, path);
  return response;
}

test("each call is for the key and for its methods alone, and is nowhere without a key", async () => {
  for (const [allowed, path] of CALLS) {
    for (const method of allowed.split(", ")) {
      const { status, headers } = await refused(server, path, { method });
      assert.deepEqual([status, headers.get("www-authenticate")], [401, 'Bearer, Basic realm="millstream"'], `${method} ${path}`);
      assert.equal((await refused(keyless, path, { method, headers: bearer(OPERATOR_KEY) })).status, 404, `${method} ${path}`);
    }
    for (const method of ["GET", "POST", "PUT", "DELETE", "QUERY", "OPTIONS"]) {
      if (allowed.split(", ").includes(method)) continue;
      const { status, headers } = await refused(server, path, { method, headers: bearer(OPERATOR_KEY) });
      assert.deepEqual([status, headers.get("allow")], [405, allowed], `${method} ${path}`);
      assert.equal((await refused(keyless, path, { method })).status, 404, `${method} ${path}`);
    }
  }
});

test("the key comes as a bearer token or as anybody's password, and once", async () => {
  const drain = async (headers) => (await fetch(`${server.origin}/hubs/a/drain?within=1ms`, { method: "POST", headers })).status;
  for (const headers of [bearer(OPERATOR_KEY), basic("prometheus", OPERATOR_KEY), basic("", OPERATOR_KEY)]) assert.equal(await drain(headers), 200);
  const twice = new Headers(bearer(OPERATOR_KEY));
  twice.append("authorization", `Bearer ${OPERATOR_KEY}`);
  for (const headers of [twice, basic(OPERATOR_KEY, ""), bearer("")]) assert.equal(await drain(headers), 401);
});

test("a page of another origin changes nothing, though the browser adds the key to its form", async () => {
  const asked = async (method, path, more) => (await fetch(`${server.origin}${path}`, { method, headers: { ...basic("operator", OPERATOR_KEY), ...more } })).status;
  const own = { origin: server.origin };
  for (const foreign of [{ origin: "https://other.example" }, { origin: "null" }, { ...own, "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }]) {
    for (const [method, path] of [["POST", "/hubs/a/drain?within=1ms"], ["POST", "/hubs/a/import"], ["DELETE", "/hubs/a/history"], ["DELETE", "/hubs/a"]]) {
      assert.equal(await asked(method, path, foreign), 403, `${method} ${path} ${JSON.stringify(foreign)}`);
    }
    assert.equal(await asked("GET", "/hubs", foreign), 200);
  }
  for (const from of [own, { ...own, "sec-fetch-site": "same-origin" }, { "sec-fetch-site": "none" }]) {
    assert.equal(await asked("POST", "/hubs/a/drain?within=1ms", from), 200, JSON.stringify(from));
  }
});

test("ten wrong keys within a minute are enough: then none is looked at, by whichever path", async () => {
  const tries = [...CALLS.map(([allowed, path]) => [path, { method: allowed.split(", ")[0], headers: WRONG }]), ["/hubs/a/healthz", { headers: WRONG }]];
  const own = await Server.start({ kind: "workerd" });
  try {
    const health = async (headers) => (await fetch(`${own.origin}/hubs/a/healthz`, { headers })).text();
    const statuses = [];
    for (const [path, init] of tries) statuses.push((await fetch(`${own.origin}${path}`, init)).status);
    assert.deepEqual(statuses, [...CALLS.map(() => 401), 200]);
    for (const headers of [WRONG, bearer(OPERATOR_KEY), basic("", OPERATOR_KEY)]) {
      const { status, headers: answered } = await refused(own, "/hubs/b/drain", { method: "POST", headers });
      assert.deepEqual([status, answered.get("retry-after")], [429, "60"]);
      assert.equal(await health(headers), '{"status":"ok"}');
    }
    assert.equal((await refused(own, "/hubs/b/drain", { method: "POST" })).status, 401);
  } finally {
    await own.stop();
  }
});
