// Compressed streams in Python, in other runtimes of JavaScript, and in the EventSource of each engine.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { publish, subscribeUrl } from "../e2e/clients.mjs";
import { describeCompressed } from "../e2e/compressed_life.mjs";
import { Server } from "../e2e/server.mjs";
import { until } from "../e2e/until.mjs";
import { open } from "./commands.mjs";
import { ENGINE_NAMES, openPage } from "./engines.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const installed = (name) => here(`node_modules/${name}`);
const python = (name) => [process.env.CLIENTS_PYTHON, here("python/client.py"), name];
const READER = here("fetch_reader.mjs");

const COMMANDS = {
  "httpx-sse": python("httpx-sse"),
  "aiohttp-sse-client": python("aiohttp-sse-client"),
  "the fetch of Node 20": [installed("node-20/bin/node"), READER],
  "the fetch of Deno": [installed("@deno/linux-x64-glibc/deno"), "run", "--cached-only", "--allow-net=127.0.0.1", READER],
  "the fetch of Bun": [installed("@oven/bun-linux-x64/bin/bun"), READER],
};

/** The body of a function that listens to the URL that it is given. */
const LISTEN = `
  globalThis.data = [];
  new EventSource(arguments[0]).onmessage = (event) => globalThis.data.push(event.data);
`;

/** The updates of a command. The `place` of the hub comes to some clients, too. */
function run(command, url, t) {
  const client = open(command, url);
  t.after(() => client.close());
  const data = async () => (await client.events()).filter(({ type }) => type === "message").map(({ data }) => data);
  return { data };
}

async function listen(engine, url, t) {
  const page = await openPage(engine, new URL("/healthz", url).href);
  t.after(() => page.close());
  await page.evaluate(LISTEN, url.href);
  return { data: () => page.evaluate("return globalThis.data") };
}

describeCompressed({
  ...Object.fromEntries(Object.entries(COMMANDS).map(([name, command]) => [name, async (url, t) => run(command, url, t)])),
  ...Object.fromEntries(ENGINE_NAMES.map((engine) => [`the EventSource of ${engine}`, (url, t) => listen(engine, url, t)])),
});

test("sseclient, which cannot read the gzip that it asks for, reads a hub that compresses when it asks for none", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true", COMPRESSION: "all" } });
  t.after(() => server.stop());
  const client = run(python("sseclient-identity"), subscribeUrl(server.hub(), ["a"]), t);
  await until(async () => (await server.connections()) === 1, "its connection");
  for (const data of ["1", "2", "3"]) {
    await publish(server.hub(), { topic: "a", data });
    await until(async () => (await client.data()).includes(data), `update ${data}`);
  }
  assert.deepEqual(await client.data(), ["1", "2", "3"]);
});
