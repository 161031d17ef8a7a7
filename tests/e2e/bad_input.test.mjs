// Bad input gets a clear answer, and nobody else notices.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Subscriber, curl, publish, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";

const HUB = "bad-input";
const MAX_BODY = 1_048_576;
const FORM = "application/x-www-form-urlencoded";

let server;
let bystander;
before(async () => {
  // The proxy of `wrangler dev` may answer 500 in the place of an answer that comes before it has sent the whole body.
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
  bystander = await Subscriber.open(server.hub(HUB), ["*"]);
});
after(async () => {
  bystander?.close();
  await server?.stop();
});

/** A POST of `body` to the hub. */
const form = (body, type = FORM) => ({ method: "POST", body, headers: type === null ? {} : { "content-type": type } });
const topics = (count) => Array.from({ length: count }, (_, at) => `topic=t${at}`).join("&");
const long = "x".repeat(1_025);

/** What is sent, to the hub with this query unless `path` says otherwise, and what must come of it. */
const CASES = [
  { name: "no topic", ...form("data=x"), status: 400, field: "topic" },
  { name: "an empty form", ...form(""), status: 400, field: "topic" },
  { name: "more than 1,000 topics", ...form(topics(1_001)), status: 400, field: "topic" },
  { name: "a topic that is not UTF-8", ...form("topic=%ff"), status: 400, field: "topic" },
  { name: "LF in the id", ...form("topic=a&id=x%0Adata:y"), status: 400, field: "id" },
  { name: "CR in the id", ...form("topic=a&id=x%0Dy"), status: 400, field: "id" },
  { name: "NUL in the id", ...form("topic=a&id=x%00y"), status: 400, field: "id" },
  { name: "a tab in the id", ...form("topic=a&id=x%09y"), status: 400, field: "id" },
  { name: "a space before the id", ...form("topic=a&id=+x"), status: 400, field: "id" },
  { name: "an id over 1 KiB", ...form(`topic=a&id=${long}`), status: 400, field: "id" },
  { name: "an id with a meaning of its own", ...form("topic=a&id=earliest"), status: 400, field: "id" },
  { name: "LF in the type", ...form("topic=a&type=x%0Adata:y"), status: 400, field: "type" },
  { name: "CR in the type", ...form("topic=a&type=x%0Dy"), status: 400, field: "type" },
  { name: "NUL in the type", ...form("topic=a&type=x%00y"), status: 400, field: "type" },
  { name: "a retry that is a word", ...form("topic=a&retry=soon"), status: 400, field: "retry" },
  { name: "a negative retry", ...form("topic=a&retry=-1"), status: 400, field: "retry" },
  { name: "a fractional retry", ...form("topic=a&retry=1.5"), status: 400, field: "retry" },
  { name: "a retry of 2^31", ...form("topic=a&retry=2147483648"), status: 400, field: "retry" },
  { name: "a retry of 2^32", ...form("topic=a&retry=4294967296"), status: 400, field: "retry" },
  { name: "a JSON body that is no object", ...form("[]", "application/json"), status: 400, field: "body" },
  { name: "an XML body", ...form("<topic>a</topic>", "application/xml"), status: 415, field: "Content-Type" },
  { name: "a plain text body", ...form("topic=a&data=x", "text/plain"), status: 415, field: "Content-Type" },
  { name: "a body of no type", ...form(Buffer.from("topic=a"), null), status: 400, field: "Content-Type" },
  { name: "a body of a type that is none", ...form("topic=a", "form"), status: 400, field: "Content-Type" },
  { name: "a subscription without a topic", query: "", status: 400, field: "topic" },
  { name: "a subscription to more than 1,000 topics", query: topics(1_001), status: 400, field: "topic" },
  { name: "a subscription to a topic that is not UTF-8", query: "topic=%ff", status: 400, field: "topic" },
  { name: "a Last-Event-ID over 1 KiB", headers: { "last-event-id": long }, status: 400, field: "Last-Event-ID" },
  { name: "a lastEventID over 1 KiB", query: `topic=a&lastEventID=${long}`, status: 400, field: "Last-Event-ID" },
  { name: "a control byte in lastEventID", query: "topic=a&lastEventID=a%01b", status: 400, field: "Last-Event-ID" },
  { name: "LF in last_event_id", query: "topic=a&last_event_id=a%0Ab", status: 400, field: "Last-Event-ID" },
  { name: "NUL in lastEventID", query: "topic=a&lastEventID=a%00b", status: 400, field: "Last-Event-ID" },
  { name: "Accept without event streams", headers: { accept: "application/json" }, status: 406, field: "Accept" },
  {
    name: "an event stream that is not wanted",
    headers: { accept: "text/event-stream;q=0" },
    status: 406,
    field: "Accept",
  },
  { name: "PUT", method: "PUT", body: "topic=a", status: 405, allow: ["GET", "HEAD", "OPTIONS", "POST", "QUERY"] },
  { name: "DELETE", method: "DELETE", status: 405, allow: ["GET", "HEAD", "OPTIONS", "POST", "QUERY"] },
  {
    name: "a POST to the health of a hub",
    path: `/hubs/${HUB}/healthz`,
    ...form("x=y"),
    status: 405,
    allow: ["GET", "HEAD"],
  },
  { name: "an unknown path", path: "/nowhere", status: 404 },
  { name: "an unknown path of a hub", path: `/hubs/${HUB}/nowhere`, status: 404 },
  { name: "an unknown well-known name", path: "/.well-known/other", status: 404 },
  { name: "a hub without a name", path: "/hubs//.well-known/mercure?topic=a", status: 404 },
  { name: "a hub's name with a space", path: "/hubs/a%20b/.well-known/mercure?topic=a", status: 404, field: "hub" },
  { name: "a hub's name with a dot", path: "/hubs/a.b/.well-known/mercure?topic=a", status: 404, field: "hub" },
  {
    name: "a hub's name in another script",
    path: "/hubs/%C3%A9/.well-known/mercure?topic=a",
    status: 404,
    field: "hub",
  },
  { name: "a hub's name of 65 characters", path: `/hubs/${"x".repeat(65)}/.well-known/mercure?topic=a`, status: 404 },
  {
    name: "publishing to a hub's bad name",
    path: "/hubs/a.b/.well-known/mercure",
    ...form("topic=a"),
    status: 404,
    field: "hub",
  },
];

for (const { name, path, query = "topic=a", status, field, allow, ...init } of CASES) {
  test(`${name} is answered ${status}${field === undefined ? "" : `, naming ${field}`}`, async () => {
    const url = path === undefined ? `${server.hub(HUB)}?${query}` : `${server.origin}${path}`;
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
    await assertProblem(response.status, response.headers, await response.text(), status, field);
    if (allow !== undefined) assert.deepEqual(response.headers.get("allow").split(/,\s*/).sort(), allow);
  });
}

test("a body over 1 MiB is answered 413, and one of exactly 1 MiB is taken", async () => {
  const fields = "topic=large&data=";
  const over = await curlWithBody(fields.padEnd(MAX_BODY + 1, "x"));
  await assertProblem(over.status, over.headers, over.body, 413, "body");
  const exact = await curlWithBody(fields.padEnd(MAX_BODY, "x"));
  assert.equal(exact.status, 200, exact.body);
});

test("a control byte in the header Last-Event-ID is answered 400, naming it", async () => {
  const answer = await curl(subscribeUrl(server.hub(HUB), ["a"]), ["-H", "Last-Event-ID: a\x01b"]);
  await assertProblem(answer.status, answer.headers, answer.body, 400, "Last-Event-ID");
});

test("a bystander on the same hub has noticed nothing", async () => {
  await publish(server.hub(HUB), { topic: "a", data: "still here", id: "end" });
  await bystander.receives("still here");
  assert.equal(bystander.events.length, 2, "the update of exactly 1 MiB and the last one");
  assert.equal(bystander.events[0].data.length, MAX_BODY - "topic=large&data=".length);
  assert.deepEqual(bystander.events[1], { type: "message", data: "still here", id: "end" });
  assert.equal(bystander.opened, 1);
  assert.equal(await server.connections(HUB), 1);
});

/** RFC 9457: the status in the body is that of the answer, and `field` names what is wrong. */
async function assertProblem(actual, headers, body, status, field) {
  assert.equal(actual, status, body);
  assert.match(headers.get("content-type"), /^application\/problem\+json\b/);
  const problem = JSON.parse(body);
  assert.equal(problem.status, status);
  for (const member of ["type", "title", "detail"]) {
    assert.ok(typeof problem[member] === "string" && problem[member] !== "", `${member} in ${body}`);
  }
  if (field !== undefined) assert.equal(problem.field, field);
}

/** Posts `body` with curl, which reads an answer that comes before all was sent. */
function curlWithBody(body) {
  return curl(server.hub(HUB), ["-H", `Content-Type: ${FORM}`, "--data-binary", "@-"], body);
}
