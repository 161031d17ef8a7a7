// The cases of the reference hub's own tests, in the dialect of 1.0 (draft-dunglas-mercure-08): every answer.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import { LISTED, freshHubs, startOpen } from "./mercure_1_0.mjs";
import { withQuery } from "./stream.mjs";

let server;
before(async () => {
  server = await startOpen();
});
after(() => server?.stop());
const freshHub = freshHubs(() => server);

describe("every answer", { concurrency: true }, () => {
  test("keeps browsers from guessing its type and from framing it", async () => {
    const answers = [
      await fetch(withQuery(freshHub(), { match: "a" }), { method: "HEAD" }),
      await post(freshHub(), { topic: "a" }),
      await fetch(`${server.origin}/unknown`),
    ];
    for (const { headers } of answers) {
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("x-frame-options"), "DENY");
      assert.equal(headers.get("x-xss-protection"), "1; mode=block");
      assert.equal(headers.get("content-security-policy"), "default-src 'self'");
    }
  });

  test("lets the listed origin read it with credentials, also the headers of 1.0, and no other", async () => {
    const url = withQuery(freshHub(), { match: "a", last_event_id: "" });
    const own = await fetch(url, { method: "HEAD", headers: { origin: LISTED } });
    assert.equal(own.headers.get("access-control-allow-origin"), LISTED);
    assert.equal(own.headers.get("access-control-allow-credentials"), "true");
    const exposed = own.headers.get("access-control-expose-headers").split(/,\s*/);
    for (const name of ["Link", "Mercure-Last-Event-ID"]) assert.ok(exposed.includes(name), name);
    const preflight = await fetch(url, {
      method: "OPTIONS",
      headers: { origin: LISTED, "access-control-request-method": "QUERY" },
    });
    assert.match(preflight.headers.get("access-control-allow-methods"), /\bQUERY\b/);
    const other = await fetch(url, { method: "HEAD", headers: { origin: "https://evil.example" } });
    assert.equal(other.headers.get("access-control-allow-origin"), null);
  });
});
