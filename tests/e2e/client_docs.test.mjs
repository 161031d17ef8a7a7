// The code of docs/client.md in Chromium, against a hub: with the client, and without it.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { FLAGS, chromiumPath } from "./browser.mjs";
import { publish } from "./clients.mjs";
import { ROOT, read } from "./documents.mjs";
import { Server } from "./server.mjs";
import { KEYS_0, token0 } from "./tokens.mjs";
import { DEADLINE, until } from "./until.mjs";

const VARS = { ...KEYS_0, ANONYMOUS_PUBLISH: "true" };
let hub;
let closed;
let browser;
let documented;
let first;
let plain;
before(async () => {
  [hub, closed, browser, documented, first, plain] = await Promise.all([
    Server.start({ kind: "workerd", vars: VARS }),
    Server.start({ kind: "workerd", vars: { ...KEYS_0, ANONYMOUS_SUBSCRIBE: "" } }),
    chromium.launch({ executablePath: chromiumPath(), args: FLAGS }),
    bundle("tests/package/client_types/pages/documented.ts"),
    bundle("tests/package/client_types/pages/first.ts"),
    bundle("tests/e2e/plain.mjs"),
  ]);
});
after(async () => {
  await browser?.close();
  await Promise.all([hub?.stop(), closed?.stop()]);
});

/** A file of the documentation as a builder makes it, for a hub at the path of these tests. */
async function bundle(entry) {
  const alias = { "millstream/client": join(ROOT, "npm/client/index.mjs") };
  const options = { bundle: true, format: "iife", globalName: "shown", write: false, alias };
  const { outputFiles } = await build({ entryPoints: [join(ROOT, entry)], ...options });
  return `${outputFiles[0].text.replaceAll('"/events', '"/.well-known/mercure')}; globalThis.shown = shown;`;
}

/** A page of this server's origin with what `text` has. `lines` gets what is shown. */
async function open(t, { origin }, text) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(DEADLINE);
  const load = async () => {
    await page.goto(`${origin}/healthz`);
    await page.evaluate((text) => {
      globalThis.lines = [];
      globalThis.show = (line) => globalThis.lines.push(line);
      new Function(text)();
    }, text);
  };
  await load();
  const lines = () => page.evaluate(() => globalThis.lines);
  const shows = (line) => until(async () => (await lines()).some((text) => text.match(line)), async () => `${line}`);
  return { page, load, lines, shows };
}

/** Waits until somebody reads the hub. */
const isRead = (server) => until(async () => (await server.connections("default")) > 0, "a connection");
const ids = (lines) => lines.map((line) => line.replace(/urn:uuid:\S+/, "ID"));

test("the first example receives what it publishes", async (t) => {
  const { page } = await open(t, hub, "");
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  await page.evaluate(first);
  await page.waitForFunction(() => globalThis.shown.orders.state.name === "open");
  const { connections } = await page.evaluate(() => globalThis.shown.pay(1));
  assert.equal(connections, 1);
  await until(() => said.includes("paid"), () => `paid; there was ${said}`);
});

test("the states show a lost connection and a refusal", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: VARS });
  t.after(() => server.stop());
  const { page, shows } = await open(t, server, documented);
  await page.evaluate(() => void globalThis.shown.states(globalThis.show));
  await isRead(server);
  await server.kill();
  await shows(/^Reconnecting/);
  const refused = await open(t, closed, documented);
  await refused.page.evaluate(() => void globalThis.shown.states(globalThis.show));
  await refused.shows(/^You cannot read this: .+/);
});

test("a gap fetches afresh, with the client and without", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: VARS });
  t.after(() => server.stop());
  const client = await open(t, server, documented);
  await client.page.route("**/orders.json", (route) => route.fulfill({ json: ["fresh"] }));
  await client.page.evaluate(() => void globalThis.shown.gap((orders) => globalThis.lines.push(...orders)));
  const without = await open(t, server, plain);
  await without.page.evaluate(() => void globalThis.shown.read(globalThis.show, ({ missed }) => globalThis.show(`gap: ${missed}`)));
  await until(async () => (await server.connections("default")) === 2, "both");
  await publish(server.hub(), { topic: "orders/1", data: "before" });
  for (const { shows } of [client, without]) await shows(/^before$/);
  await server.kill();
  rmSync(join(server.folder, "HubObject"), { recursive: true });
  await server.restart();
  await until(async () => (await server.connections("default")) === 2, "both to be back", 2 * DEADLINE);
  await publish(server.hub(), { topic: "orders/1", data: "behind" });
  await client.shows(/^behind$/);
  await without.shows(/^behind$/);
  assert.deepEqual(await client.lines(), ["before", "fresh", "behind"]);
  assert.deepEqual(await without.lines(), ["before", "gap: null", "behind"]);
});

test("the token of the function opens a hub that is closed to others", async (t) => {
  const { page } = await open(t, closed, documented);
  const body = await token0({ subscribe: ["*"] });
  await page.route("**/token", (route) => route.fulfill({ body }));
  await page.evaluate(() => (globalThis.orders = globalThis.shown.token(globalThis.show)));
  await page.waitForFunction(() => globalThis.orders.state.name === "open");
});

for (const [name, text, call] of [["with the client", () => documented, "reload"], ["without it", () => plain, "resume"]]) {
  test(`a page that is loaded again goes on behind its last update, ${name}`, async (t) => {
    const server = await Server.start({ kind: "workerd", vars: VARS });
    t.after(() => server.stop());
    const { page, load, lines, shows } = await open(t, server, text());
    const begin = () => page.evaluate((call) => void globalThis.shown[call](globalThis.show), call);
    await begin();
    await isRead(server);
    await publish(server.hub(), { topic: "orders/1", data: "1" });
    await shows(/^1$/);
    await page.goto("about:blank");
    await publish(server.hub(), { topic: "orders/1", data: "2" });
    await load();
    await begin();
    await shows(/^2$/);
    assert.deepEqual(await lines(), ["2"]);
  });
}

test("a loop reads until its last step, and is closed then", async (t) => {
  const steps = [{ title: "begun" }, { title: "done", isLast: true }, { title: "too much" }];
  for (const step of steps) await publish(hub.hub(), { topic: "jobs/7", data: JSON.stringify(step) });
  const { page, lines } = await open(t, hub, documented);
  assert.equal(await page.evaluate(() => globalThis.shown.loop(globalThis.show)), "closed");
  assert.deepEqual(await lines(), ["begun", "done"]);
});

test("publications are answered, one or many, and refusals name the field", async (t) => {
  const { page, lines } = await open(t, hub, documented);
  await page.evaluate(() => globalThis.shown.one(globalThis.show));
  const updates = [{ topic: "a" }, { topic: "b", id: "#1" }];
  await page.evaluate((updates) => globalThis.shown.many(updates, globalThis.show), updates);
  const [one, good, bad] = ids(await lines());
  assert.match(one, /^ID goes to \d+$/);
  assert.equal(good, "a: ID");
  assert.match(bad, /^b: .*id/);
  const forbidden = await open(t, closed, documented);
  await forbidden.page.evaluate(() => globalThis.shown.one(globalThis.show));
  assert.match((await forbidden.lines())[0], /^401: ./);
});

test("plain code reads what plain code publishes, by its type, and is told why it may not read", async (t) => {
  const { page, shows } = await open(t, hub, plain);
  await page.evaluate(() => {
    const source = globalThis.shown.read(globalThis.show);
    return new Promise((resolve) => (source.onopen = () => resolve()));
  });
  const id = await page.evaluate(() => globalThis.shown.publish({ id: 1, state: "paid" }));
  assert.match(id, /^urn:uuid:/);
  await shows(/^paid: \{"id":1,"state":"paid"\}$/);
  const forbidden = await open(t, closed, plain);
  await forbidden.page.evaluate(() => void globalThis.shown.told(globalThis.show));
  await forbidden.shows(/^401: .+/);
  await assert.rejects(forbidden.page.evaluate(() => globalThis.shown.publish({ id: 1 })), /token/);
});

test("the tables of options are those of the types", () => {
  const types = read("npm/client/types.d.ts");
  const members = (...names) => names.flatMap((name) => {
    const [, body] = new RegExp(`^export (?:interface|type) ${name}\\b[^{]*?[={]\\n?([^]*?)^(?:}|    };)$`, "m").exec(types);
    return Array.from(body.matchAll(/^ {2}(?: {4})?(\w+)\??: /gm), ([, member]) => member);
  });
  const table = (heading) => {
    const [, rows] = new RegExp(`^## ${heading}\\n[^]*?\\| option \\| default \\| meaning \\|\\n\\|---\\|---\\|---\\|\\n((?:\\|.*\\n)+)`, "m").exec(read("docs/client.md"));
    return Array.from(rows.matchAll(/^\| `(\w+)` \|/gm), ([, option]) => option);
  };
  const unique = (names) => [...new Set(names)].sort();
  assert.deepEqual(unique(table("Options of `subscribe`")), unique(members("RequestOptions", "Selection", "ReadOptions")));
  assert.deepEqual(unique(table("Publishing")), unique(members("RequestOptions", "PublishOptions")));
});
