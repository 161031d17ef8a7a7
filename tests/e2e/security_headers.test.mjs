// Every answer has the headers that keep a browser from making more of it than it is, each of them once.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { withQuery } from "./stream.mjs";
import { KEYS, bearer, detail, token1 } from "./tokens.mjs";

const HEADERS = {
  "content-security-policy": "default-src 'self'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "x-xss-protection": "1; mode=block",
};
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const REFUSING = { "sql-fails": "1" };
const STREAM = { accept: "text/event-stream" };
const OPERATOR = bearer(OPERATOR_KEY);

function assertProtected({ headers }, what) {
  for (const [name, value] of Object.entries(HEADERS)) assert.equal(headers.get(name), value, `${name} of ${what}`);
}

/** Where a request goes, below the server's origin. */
const HUB = "/.well-known/mercure";
const form = (body, headers = {}) => ({ method: "POST", body, headers: { ...FORM, ...headers } });
const query = (body, headers = {}) => ({ method: "QUERY", body, headers: { ...FORM, ...headers } });
const ofType = (type, body) => ({ method: "POST", body, headers: { "content-type": type } });

/** What is asked, and the status of the answer. */
const ANSWERS = [
  ["a stream", `${HUB}?topic=a`, {}, 200],
  ["a stream of 1.0", `${HUB}?match=a`, { headers: STREAM }, 200],
  ["a stream by QUERY", HUB, query("match=a"), 200],
  ["a stream that resumes", `${HUB}?topic=a`, { headers: { "last-event-id": "unknown" } }, 200],
  ["the headers of a stream", `${HUB}?topic=a`, { method: "HEAD" }, 200],
  ["a preflight", HUB, { method: "OPTIONS", headers: { origin: "https://a.example" } }, 204],
  ["a publication", HUB, form("topic=a"), 200],
  ["a streamed publication", HUB, ofType("application/x-ndjson", '{"topic":"a"}'), 200],
  ["an event stream that is published", `${HUB}?topic=a`, ofType("text/event-stream", "data: x\n\n"), 200],
  ["a wrong publication", HUB, form("data=x"), 400],
  ["a wrong subscription", HUB, {}, 400],
  ["a token that is none", `${HUB}?match=a`, { headers: bearer("x") }, 400],
  ["a token that is refused", `${HUB}?topic=a`, { headers: bearer("e30.e30.c2ln") }, 401],
  ["a method that is none", HUB, { method: "PUT" }, 405],
  ["a type that is excluded", `${HUB}?topic=a`, { headers: { accept: "text/html" } }, 406],
  ["a body over the limit", HUB, form(`data=${"x".repeat(1 << 20)}`), 413],
  ["a body of another type", HUB, ofType("text/plain", "x"), 415],
  ["a path where nothing is", "/nowhere", {}, 404],
  ["a hub's name that is none", "/hubs/a.b/.well-known/mercure", {}, 404],
  ["the page, asked in another way", "/", { method: "POST" }, 404],
  ["health", "/healthz", {}, 200],
  ["health, asked in another way", "/healthz", { method: "POST" }, 405],
  ["health of a hub", "/hubs/a/healthz", {}, 200],
  ["health of a hub, for its operator", "/hubs/a/healthz", { headers: OPERATOR }, 200],
  ["health of a hub, asked in another way", "/hubs/a/healthz", { method: "POST" }, 405],
  ["health of a hub whose storage refuses", "/hubs/a/healthz", { headers: { ...REFUSING, ...OPERATOR } }, 503],
  ["a drain", "/hubs/a/drain?within=10ms", { method: "POST", headers: OPERATOR }, 200],
  ["a drain by nobody", "/hubs/a/drain", { method: "POST" }, 401],
  ["a drain, asked in another way", "/hubs/a/drain", {}, 405],
  ["a drain within no time", "/hubs/a/drain?within=x", { method: "POST", headers: OPERATOR }, 400],
  ["metadata", "/.well-known/oauth-protected-resource/.well-known/mercure", {}, 200],
  ["metadata, asked in another way", "/.well-known/oauth-protected-resource/.well-known/mercure", form(""), 405],
  ["metadata of no hub", "/.well-known/oauth-protected-resource/nowhere", {}, 404],
  ["subscriptions, for nobody", `${HUB}/subscriptions`, {}, 401],
  ["subscriptions, asked in another way", `${HUB}/subscriptions`, { method: "POST" }, 405],
  ["a storage that refuses a publication", HUB, form("topic=a", REFUSING), 500],
  ["a storage that refuses a subscription", `${HUB}?topic=a`, { headers: REFUSING }, 503],
  ["a stream that is to come back", `${HUB}?topic=a`, { headers: { ...REFUSING, ...STREAM } }, 200],
  ["a hub that cannot be opened", "/hubs/b/.well-known/mercure?topic=a", { headers: REFUSING }, 503],
  ["a publication to such a hub", "/hubs/c/.well-known/mercure", form("topic=a", REFUSING), 500],
  ["a write that is not confirmed", "/hubs/d/.well-known/mercure", form("topic=a", { "sync-fails": "1" }), 500],
  ["a trap", "/hubs/e/.well-known/mercure", form("topic=a", { "trap-after": "2" }), 500],
  ["a trap at the door", "/hubs/e/.well-known/mercure", form("topic=a", { "trap-after": "1" }), 200],
  ["an instance that answers nothing", HUB, { headers: { "url-fails": "1" } }, 500],
];

describe("a hub that works, or whose platform does not", () => {
  let server;
  before(async () => {
    const vars = { ...KEYS, ANONYMOUS_PUBLISH: "true", CORS_ORIGINS: "*", SUBSCRIPTIONS: "true" };
    server = await Server.start({ kind: "workerd", vars, settings: ["CONFIG=trap"] });
  });
  after(() => server?.stop());

  for (const [what, path, init, status] of ANSWERS) {
    test(`${what} is protected`, async () => {
      const response = await fetch(`${server.origin}${path}`, init);
      await response.body?.cancel();
      assert.equal(response.status, status);
      assertProtected(response, what);
    });
  }

  test("the subscriptions of a hub are protected, also when they have not changed", async () => {
    const url = `${server.hub("shown")}/subscriptions`;
    const everything = { match: "*" };
    const headers = bearer(await token1(server.hub("shown"), [detail(["subscribe"], [everything])]));
    const shown = await fetch(url, { headers });
    await shown.body?.cancel();
    assert.equal(shown.status, 200);
    assertProtected(shown, "the subscriptions");
    const held = await fetch(url, { headers: { ...headers, "if-none-match": shown.headers.get("etag") } });
    assert.equal(held.status, 304);
    assertProtected(held, "what has not changed");
    const none = await fetch(`${url}/exact/never`, { headers });
    await none.body?.cancel();
    assertProtected(none, "an empty collection");
  });

  test("a subscriber that is turned away is protected, too", async () => {
    const drained = await fetch(`${server.origin}/hubs/away/drain?within=20s`, { method: "POST", headers: OPERATOR });
    await drained.body.cancel();
    for (const headers of [STREAM, {}]) {
      const response = await fetch(withQuery(server.hub("away"), { topic: "a" }), { headers });
      await response.body?.cancel();
      assertProtected(response, "a subscriber that is turned away");
    }
  });

  test("the page has headers of its own, which are stricter", async () => {
    const response = await fetch(`${server.origin}/`);
    await response.body.cancel();
    const own = readFileSync(new URL("../../www/_headers", import.meta.url), "utf8");
    for (const name of ["Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options"]) {
      const [, value] = new RegExp(`^  ${name}: (.*)$`, "m").exec(own);
      assert.equal(response.headers.get(name), value);
    }
  });
});

test("a hub that is asked at another's origin is protected", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: { PUBLIC_ORIGINS: "https://hub.example" } });
  t.after(() => server.stop());
  for (const init of [{}, form("topic=a"), { method: "OPTIONS" }]) {
    const response = await fetch(`${server.hub()}?topic=a`, init);
    await response.body?.cancel();
    assert.equal(response.status, 421);
    assertProtected(response, "421");
  }
});

test("a configuration that is wrong, for all hubs or for one, is told with protection", async (t) => {
  const HUBS = JSON.stringify({ wrong: { HEARTBEAT: "often" } });
  for (const vars of [{ HEARTBEAT: "often" }, { HUBS }]) {
    const server = await Server.start({ kind: "workerd", vars });
    t.after(() => server.stop());
    for (const path of ["/healthz", "/hubs/wrong/healthz", "/hubs/wrong/.well-known/mercure?topic=a", "/nowhere"]) {
      const response = await fetch(`${server.origin}${path}`);
      await response.body?.cancel();
      assert.ok([500, 404].includes(response.status), `${path}: ${response.status}`);
      assertProtected(response, path);
    }
  }
});
