// Who has no right brings nothing into being: no database, and no object that takes memory.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { Agent, request } from "node:http";
import { test } from "node:test";
import { INDEX } from "./database.mjs";
import { Server } from "./server.mjs";
import { KEYS_0, bearer, inSeconds, sign, tampered, token0 } from "./tokens.mjs";

/** Requests to names that nobody has used, 2,000 in all as was measured, behind some that warm the process up. */
const WARM = 400;
const COUNT = 2_000;
/** What the process may grow by, in MiB. It was 500 and more when each name got an object; without objects it is below 15. */
const GROWTH = 60;

const ORIGIN = "hub.example";
const VARS = { ...KEYS_0, ANONYMOUS_SUBSCRIBE: "", SUBSCRIPTIONS: "true", CORS_ORIGINS: "https://app.example", PUBLIC_ORIGINS: `http://${ORIGIN}` };

const HUB = "/.well-known/mercure";
const FORM = { method: "POST", body: "topic=a&data=x", headers: { "content-type": "application/x-www-form-urlencoded" } };
const PREFLIGHT = { origin: "https://app.example", "access-control-request-method": "POST" };
const WRONG_KEY = bearer("not the key of the operator");

/** By what is tried, path below the hub, request and status; another one once there were too many wrong keys. */
async function refused() {
  const everything = { publish: ["*"], subscribe: ["*"] };
  const good = await token0(everything);
  const tokens = {
    "of another key": await token0(everything, { key: "a secret that is not that of this hub at all" }),
    "with a wrong signature": tampered(good),
    "that has expired": await sign({ mercure: everything, exp: inSeconds(-10) }),
    "that is none": "none",
  };
  const subscribe = `${HUB}?topic=a`;
  const withTokens = Object.entries(tokens).flatMap(([name, text]) => [
    [`POST, a token ${name}`, HUB, { ...FORM, headers: { ...FORM.headers, ...bearer(text) } }, 401],
    [`GET, a token ${name}`, subscribe, { headers: bearer(text) }, 401],
    [`a token ${name} in the query`, `${subscribe}&authorization=${text}`, {}, 401],
    [`a token ${name} in the cookie`, subscribe, { headers: { cookie: `mercureAuthorization=${text}` } }, 401],
  ]);
  return [
    ["GET", subscribe, {}, 401],
    ["GET of an EventSource", subscribe, { headers: { accept: "text/event-stream", "last-event-id": "earliest" } }, 401],
    ["HEAD", subscribe, { method: "HEAD" }, 401],
    ["QUERY", HUB, { ...FORM, method: "QUERY", body: "topic=a" }, 401],
    ["POST", HUB, FORM, 401],
    ["POST of lines", HUB, { ...FORM, headers: { "content-type": "application/x-ndjson" }, body: '{"topic":"a"}\n' }, 401],
    ["POST of an event stream", `${HUB}?topic=a`, { ...FORM, headers: { "content-type": "text/event-stream" }, body: "data: a\n\n" }, 401],
    ["OPTIONS", HUB, { method: "OPTIONS" }, 204],
    ["a preflight", HUB, { method: "OPTIONS", headers: PREFLIGHT }, 204],
    ["PUT", HUB, { method: "PUT" }, 405],
    ["DELETE", HUB, { method: "DELETE" }, 405],
    ["a path below the hub", `${HUB}/nothing`, {}, 404],
    ["a path beside it", "/nothing", {}, 404],
    ["a type that it has not", subscribe, { headers: { accept: "text/html" } }, 406],
    ["another host", subscribe, { headers: { host: "elsewhere.example" } }, 421],
    ["POST to another host", HUB, { ...FORM, headers: { ...FORM.headers, ...bearer(good), host: "elsewhere.example" } }, 421],
    ["health", "/healthz", {}, 200],
    ["health with a wrong key", "/healthz", { headers: WRONG_KEY }, 200],
    ["health with a token", "/healthz", { headers: bearer(good) }, 200],
    ["POST to health", "/healthz", FORM, 405],
    ["a drain", "/drain", { method: "POST" }, 401],
    ["a drain with a wrong key", "/drain", { method: "POST", headers: WRONG_KEY }, 401, 429],
    ["GET of a drain", "/drain", {}, 405],
    ["the subscriptions", `${HUB}/subscriptions`, {}, 401],
    ["the subscriptions of a topic", `${HUB}/subscriptions/a`, {}, 401],
    ["OPTIONS of the subscriptions", `${HUB}/subscriptions`, { method: "OPTIONS" }, 204],
    ["POST to the subscriptions", `${HUB}/subscriptions`, FORM, 405],
    ...withTokens,
  ];
}

test("2,000 requests of strangers to hubs that never were make no file and take no memory", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: VARS });
  t.after(() => server.stop());
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  t.after(() => agent.destroy());
  const cases = await refused();
  /** The databases of objects, and what belongs to them. */
  const files = () => readdirSync(server.folder, { recursive: true }).filter((path) => /[0-9a-f]{64}\.sqlite/.test(path));

  /** The status of a request to the hub `name`. */
  const ask = async (name, path, { method = "GET", headers = {}, body }) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const target = { host: "127.0.0.1", port: server.port, path: `/hubs/${name}${path}`, method, agent };
    const sent = request({ ...target, headers: { host: ORIGIN, ...length, ...headers } });
    sent.end(body);
    const [response] = await once(sent, "response");
    response.resume();
    await once(response, "end");
    return response.statusCode;
  };
  let count = 0;
  const strangers = async (until) => {
    const stranger = async () => {
      while (count < until) {
        const [what, path, init, ...statuses] = cases[count % cases.length];
        count += 1;
        const status = await ask(`invented-${count}`, path, init);
        assert.ok(statuses.includes(status), `${what}: ${status}`);
      }
    };
    await Promise.all(Array.from({ length: 8 }, stranger));
  };

  await strangers(WARM);
  const { memory } = server.workerd();
  await strangers(WARM + COUNT);
  const grown = Math.round(server.workerd().memory - memory);
  t.diagnostic(`the process grew by ${grown} MiB, and there are ${files().length} files of objects`);
  assert.equal(files().length, 0, "databases of objects");
  assert.ok(grown < GROWTH, `the process grew by ${grown} MiB`);

  const granted = { ...FORM, headers: { ...FORM.headers, ...bearer(await token0({ publish: ["*"] })) } };
  assert.equal(await ask("invented-1", HUB, granted), 200);
  assert.equal(files().filter((path) => path.endsWith(".sqlite") && !path.endsWith(INDEX)).length, 1);
});
