// The tests of each runtime: the package's client, from its tarball, reads and publishes, across what a server does to it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Cable } from "../e2e/cable.mjs";
import { Server } from "../e2e/server.mjs";
import { Stream, withQuery } from "../e2e/stream.mjs";
import { KEYS_0, bearer, inSeconds, sign, token0 } from "../e2e/tokens.mjs";
import { until } from "../e2e/until.mjs";
import { Project } from "../package/project.mjs";
import { tells } from "./runtimes.mjs";

const ALL = { publish: ["*"], subscribe: ["*"] };
/** The pages are of another origin. */
const VARS = { ...KEYS_0, ANONYMOUS_PUBLISH: "", CORS_ORIGINS: "*", HEARTBEAT: "500ms" };
/** Seconds. The client renews a token when a fifth of its time is left. */
const TOKEN_LIFE = 5;

/** The application: at `/token` it gives tokens that are soon over, at `/wrong` one of another key, and else an empty page. */
class Application {
  given = 0;
  #server = createServer(async (request, response) => {
    if (!["/token", "/wrong"].includes(request.url)) return response.setHeader("content-type", "text/html").end("<!doctype html>");
    const claims = { mercure: ALL, iat: inSeconds(0), exp: inSeconds(TOKEN_LIFE) };
    const token = await sign(claims, request.url === "/wrong" ? { key: "another key of thirty-two bytes!" } : {});
    this.given += 1;
    response.end(token);
  });

  async listen() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.origin = `http://127.0.0.1:${this.#server.address().port}`;
    return this;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** Registers the tests of `runtimes`, by name: what starts one of `runtimes.mjs` at its place. */
export function describeRuntimes(runtimes) {
  let project;
  let application;
  before(async () => {
    project = await Project.install("tests/clients/runtimes");
    application = await new Application().listen();
  });
  after(() => {
    application?.close();
    return project?.remove();
  });
  for (const [name, start] of Object.entries(runtimes)) {
    describe(name, () => describeOne(() => ({ project, application }), start));
  }
}

function describeOne(place, start) {
  let server;
  let cable;
  let application;
  let runtime;
  /** The hub as the runtime reaches it. */
  let reached;
  let rights;
  let sent = 0;
  before(async () => {
    rights = { headers: bearer(await token0(ALL)) };
    server = await Server.start({ kind: "workerd", vars: VARS });
    cable = await Cable.to(server.port);
    reached = cable.at(server.hub()).href;
    const { project } = place();
    ({ application } = place());
    runtime = await start({ project, application: application.origin, port: Number(new URL(reached).port) });
  });
  after(async () => {
    await runtime?.close();
    cable?.close();
    await server?.stop();
  });

  /** Publishes some updates to the topic, and gives the number of the last one. */
  const publish = async (topic, { count, ...fields }) => {
    for (let left = count; left > 0; left -= 1) {
      const body = new URLSearchParams({ topic, data: String((sent += 1)), ...fields });
      const response = await fetch(server.hub(), { method: "POST", body, ...rights });
      assert.equal(response.status, 200);
    }
    return sent;
  };
  /** The ids of the topic's updates in the hub's log; the last one has this data. */
  const log = async (t, topic, data) => {
    const stream = await Stream.open(t, withQuery(server.hub(), { topic, lastEventID: "earliest" }), rights);
    await stream.receives(`data: ${data}\n`);
    return stream.ids;
  };
  const updates = async (deed) => (await runtime.told(deed)).filter(({ update }) => update !== undefined);
  const isOpen = ({ state }) => state === "open";
  const has = (data) => ({ update }) => update === data;

  test("gets each private update once and in order, across renewed tokens, a cut and kill -9", async (t) => {
    const given = application.given;
    const options = { topics: ["private"], json: true };
    await runtime.begin({ deed: "read", name: "read", hub: reached, tokens: `${application.origin}/token`, options });
    await tells(runtime, "read", isOpen);
    const send = (count) => publish("private", { count, private: "on" });
    await until(async () => (await send(1)) > 0 && application.given >= given + 3, "two renewals");
    await tells(runtime, "read", has(sent));
    cable.cut();
    await send(3);
    cable.mend();
    await tells(runtime, "read", has(sent));
    await send(2);
    await server.kill();
    await server.restart();
    await send(3);
    await tells(runtime, "read", has(sent));
    const got = (await updates("read")).map(({ id }) => id);
    assert.deepEqual(got, await log(t, "private", sent));
    assert.ok(got.length > 8 && (await runtime.told("read")).every(({ gap }) => gap === undefined));
  });

  test("gets each public update of a type once, across a cut, by the host's own EventSource if it has one", async (t) => {
    const options = { topics: ["public"], types: ["message"] };
    await runtime.begin({ deed: "read", name: "public", hub: reached, options });
    await tells(runtime, "public", isOpen);
    await publish("public", { count: 3 });
    await publish("public", { count: 1, type: "other" });
    await tells(runtime, "public", has(String(sent - 1)));
    cable.cut();
    await publish("public", { count: 3 });
    cable.mend();
    await publish("public", { count: 1 });
    await tells(runtime, "public", has(String(sent)));
    const ids = await log(t, "public", sent);
    assert.deepEqual((await updates("public")).map(({ id }) => id), ids.toSpliced(3, 1));
  });

  test("reads by a loop, which ends the subscription when it is left", async (t) => {
    const last = await publish("loop", { count: 3 });
    const options = { topics: ["loop"], json: true, lastEventId: "earliest" };
    await runtime.begin({ deed: "iterate", name: "loop", hub: reached, options, count: 2 });
    await tells(runtime, "loop", ({ done }) => done);
    const ids = await log(t, "loop", last);
    assert.deepEqual(await runtime.told("loop"), [
      { name: "loop", update: last - 2, id: ids[0] },
      { name: "loop", update: last - 1, id: ids[1] },
      { name: "loop", state: "closed", cursor: ids[1] },
      { name: "loop", done: true },
    ]);
  });

  test("publishes one update, and many with an answer to each", async (t) => {
    const ask = { hub: reached, tokens: `${application.origin}/token` };
    await runtime.begin({ deed: "publish", name: "one", ...ask, update: { topic: "sent", data: { a: 1 } } });
    await tells(runtime, "one", ({ done }) => done);
    const many = [{ topic: "sent", data: "2" }, { topic: "" , data: "none" }, { topic: "sent", data: "3", private: true }];
    await runtime.begin({ deed: "publishMany", name: "many", ...ask, updates: many });
    await tells(runtime, "many", ({ done }) => done);
    const ids = await log(t, "sent", "3");
    assert.deepEqual(await runtime.told("one"), [{ name: "one", id: ids[0], connections: 0 }, { name: "one", done: true }]);
    assert.deepEqual(await runtime.told("many"), [
      { name: "many", update: "2", id: ids[1], connections: 0 },
      { name: "many", update: "none", field: "topic" },
      { name: "many", update: "3", id: ids[2], connections: 0 },
      { name: "many", done: true },
    ]);
  });

  test("is told why it may not read and may not publish", async () => {
    const wrong = { hub: reached, tokens: `${application.origin}/wrong` };
    await runtime.begin({ deed: "read", name: "refused", ...wrong, options: { topics: ["a"] } });
    await tells(runtime, "refused", ({ done }) => done);
    const [closed] = (await runtime.told("refused")).slice(-2);
    assert.deepEqual(closed, { name: "refused", state: "closed", why: "refused", status: 401 });
    await runtime.begin({ deed: "publish", name: "no", ...wrong, update: { topic: "a", data: "a" } });
    const { status, message } = await tells(runtime, "no", ({ status }) => status !== undefined);
    assert.equal(status, 401);
    assert.match(message, /token/i);
  });

  test("is told of the gap when the history is gone, and goes on", async () => {
    await server.kill();
    rmSync(join(server.folder, "HubObject"), { recursive: true });
    await server.restart();
    const isBack = () => server.connections("default").then((count) => count === 2);
    await until(isBack, "both subscriptions to be back", 60_000);
    await publish("private", { count: 1, private: "on" });
    await tells(runtime, "read", has(sent));
    const behind = (await runtime.told("read")).filter(({ gap, update }) => gap || update === sent);
    assert.deepEqual(behind.map(({ gap }) => typeof gap?.requested), ["string", "undefined"]);
  });
}
