// What a publisher sends a little otherwise than is right is published, or refused by what is wrong with it: nothing
// is lost without a word.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { Subscriber, curl, publish } from "./clients.mjs";
import { Server } from "./server.mjs";
import { withQuery } from "./stream.mjs";
import { DIALECTS, KEYS } from "./tokens.mjs";

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";
const NDJSON = "application/x-ndjson";
const EVENT_STREAM = "text/event-stream";
const BOM = "\ufeff";

/** A body of each kind that publishes the data x to the topic a. */
const BODIES = {
  [FORM]: "topic=a&data=x",
  [JSON_TYPE]: '{"topic":"a","data":"x"}',
  [NDJSON]: '{"topic":"a","data":"x"}\n',
  [EVENT_STREAM]: "data: x\n\n",
};

let server;
let closed;
before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
  closed = await Server.start({ kind: "workerd", vars: { ...KEYS, ANONYMOUS_SUBSCRIBE: "false", PUBLISH_ORIGINS: "*" } });
});
after(() => Promise.all([server?.stop(), closed?.stop()]));

let count = 0;
const freshHub = () => server.hub(`odd-${(count += 1)}`);

/** POSTs `body`, with the topic in the query, where an event stream has it. */
const send = (hub, type, body, headers = {}) =>
  fetch(`${hub}?topic=a`, { method: "POST", body, headers: { "content-type": type, ...headers } });

/** The answers to a streamed body. */
const lines = async (response) => (await response.text()).split("\n").slice(0, -1).map((line) => JSON.parse(line));

/** The data of everything that `hub` holds of the topic a. */
async function held(t, hub) {
  await publish(hub, { topic: "a", data: "end" });
  const subscriber = await Subscriber.open(hub, ["a"], { lastEventId: "earliest" });
  t.after(() => subscriber.close());
  await subscriber.receives("end");
  return subscriber.data.slice(0, -1);
}

async function assertEncoding(response) {
  assert.equal(response.status, 415);
  assert.equal(response.headers.get("accept-encoding"), "identity");
  const { field, detail } = await response.json();
  assert.equal(field, "Content-Encoding");
  assert.match(detail, /without a Content-Encoding/);
}

for (const [type, body] of Object.entries(BODIES)) {
  describe(`a body of ${type}`, () => {
    test("is refused when it is compressed, and publishes nothing", async (t) => {
      const hub = freshHub();
      await assertEncoding(await send(hub, type, gzipSync(body), { "content-encoding": "gzip" }));
      await assertEncoding(await send(hub, type, brotliCompressSync(body), { "content-encoding": "br" }));
      // It is the word that counts: what is not compressed is refused too.
      await assertEncoding(await send(hub, type, body, { "content-encoding": "identity, zstd" }));
      assert.deepEqual(await held(t, hub), []);
    });

    test("is taken when its encoding is none", async (t) => {
      const hub = freshHub();
      for (const encoding of ["identity", ""]) {
        const response = await send(hub, type, body, { "content-encoding": encoding });
        assert.equal(response.status, 200);
        await response.text();
      }
      assert.deepEqual(await held(t, hub), ["x", "x"]);
    });
  });
}

test("a QUERY that is compressed, or of another type, is told what is right", async () => {
  const query = (headers, body) => fetch(freshHub(), { method: "QUERY", headers, body });
  await assertEncoding(await query({ "content-type": FORM, "content-encoding": "gzip" }, gzipSync("match=a")));
  const typed = await query({ "content-type": JSON_TYPE }, "{}");
  assert.equal(typed.status, 415);
  assert.match((await typed.json()).detail, new RegExp(FORM));
});

test("a streamed body with nothing in it to publish is told so", async () => {
  for (const [type, body, detail] of [
    [EVENT_STREAM, '{"error":1}', /no event/],
    [EVENT_STREAM, "", /no event/],
    [EVENT_STREAM, ": keep-alive\n\nid: 1\n\n", /no event/],
    [NDJSON, "", /no line/],
    [NDJSON, "\n\r\n \n", /no line/],
  ]) {
    const response = await send(freshHub(), type, body);
    assert.equal(response.status, 200);
    const answers = await lines(response);
    assert.equal(answers.length, 1, JSON.stringify(body));
    assert.deepEqual([answers[0].error.status, answers[0].error.field], [400, "body"]);
    assert.match(answers[0].error.detail, detail);
  }
});

test("a byte order mark before JSON and before the first line is passed over", async (t) => {
  const hub = freshHub();
  assert.equal((await send(hub, JSON_TYPE, `${BOM}{"topic":"a","data":"1"}`)).status, 200);
  const body = `${BOM}{"topic":"a","data":"2"}\n{"topic":"a","data":"3"}`;
  assert.equal((await lines(await send(hub, NDJSON, body))).filter(({ id }) => id !== undefined).length, 2);
  await (await send(hub, EVENT_STREAM, `${BOM}data: 4\n\n`)).text();
  assert.deepEqual(await held(t, hub), ["1", "2", "3", "4"]);
});

test("a form that is too large is told that the encoded one counts, and that JSON has room", async (t) => {
  const [hub, text] = [freshHub(), "ж".repeat(350_000)];
  const refused = await send(hub, FORM, new URLSearchParams({ topic: "a", data: text }).toString());
  assert.equal(refused.status, 413);
  const { field, detail } = await refused.json();
  assert.equal(field, "body");
  assert.match(detail, /encoded.*application\/json/);
  assert.equal((await send(hub, JSON_TYPE, JSON.stringify({ topic: "a", data: text }))).status, 200);
  assert.deepEqual(await held(t, hub), [text]);
});

test("a pattern that takes more than linear time is refused by its construct", async () => {
  for (const [pattern, named] of [
    ["/books/(\\p{L}+)", /\\p\{L\}/],
    ["/books/(a(?=b).)", /\(\?=…\)/],
    ["/books/((?:a|b)\\1)", /\\1/],
  ]) {
    const response = await fetch(withQuery(freshHub(), { match_urlpattern: pattern }));
    assert.equal(response.status, 400, pattern);
    const { detail, field } = await response.json();
    assert.equal(field, "match_urlpattern");
    assert.match(detail, named);
  }
});

/** The cookie that carries a token. */
const COOKIES = { "0.x": "mercureAuthorization", "1.0": "__Secure-mercure_access_token" };

for (const [dialect, { parameter, token }] of Object.entries(DIALECTS)) {
  test(`in ${dialect} two Cookie fields are one`, async () => {
    const hub = closed.hub(`cookies-${parameter}`);
    const cookie = COOKIES[dialect];
    const own = `${cookie}=${await token(hub)}`;
    const status = async (...fields) => {
      const headers = fields.flatMap((field) => ["-H", `Cookie: ${field}`]);
      const target = withQuery(hub, { [parameter]: "a" });
      return (await curl(target, [...headers, "-I"])).status;
    };
    for (const fields of [[own], ["x=1", own], [own, "x=1"], ["x=1; y=2", `z="3"`, own]]) {
      assert.equal(await status(...fields), 200, fields.join(" | "));
    }
    assert.equal(await status("x=1"), 401);
    assert.equal(await status(`x=1,${own}`), 401, "a comma alone is a part of the cookie");
    assert.equal(await status(`x=1, ${cookie}=forged; ${own}`), 200, "what is a cookie goes before");
  });
}
