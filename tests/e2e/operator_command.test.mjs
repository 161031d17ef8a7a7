// The commands of `millstream` for an operator, against a real hub.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Cable } from "./cable.mjs";
import { Subscriber, publish } from "./clients.mjs";
import { exported, linesOf, numbered } from "./exports.mjs";
import { FaultProxy } from "./fault_proxy.mjs";
import { Running, commandLine } from "./millstream.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { until } from "./until.mjs";

/** How the hubs of the journey deliver. */
const MOVED = ["direct", "hibernate"];
const HUBS = Object.fromEntries(MOVED.map((DELIVERY) => [`moved-${DELIVERY}`, { DELIVERY }]));
const ENV = { OPERATOR_KEY };
const WRONG_KEY = "a key of nobody";
/** The seconds of a drain. */
const WITHIN = 30;

let server;
let folder;
before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true", HUBS: JSON.stringify(HUBS) } });
  folder = mkdtempSync(join(tmpdir(), "millstream-operator-"));
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const path = (name) => join(folder, name);
const url = (proxy) => (proxy === undefined ? server.origin : proxy.at(server.origin).origin);

/** Runs a command to its end. */
const millstream = (args, { env = ENV, input } = {}) => new Running(args, { env }).end(input);

/** What a command prints that is right. */
async function done(args, options) {
  const { code, stdout, stderr } = await millstream(args, options);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** The sentence of a command that fails. */
async function failed(args, { code = 1, ...options } = {}) {
  const ended = await millstream(args, options);
  assert.deepEqual([ended.code, ended.signal], [code, null], ended.stderr);
  assert.doesNotMatch(ended.stderr, /^\s+at /m, "a stack");
  return ended.stderr;
}

/** Publishes updates to a hub, numbered from `from` to `to`. */
async function publishMany(hub, { from = 1, to, data = "" }) {
  const lines = Array.from({ length: to - from + 1 }, (_, at) => JSON.stringify({ topic: "a", id: `u${from + at}`, data: `${from + at}${data}` }));
  const response = await fetch(server.hub(hub), { method: "POST", body: lines.join("\n"), headers: { "content-type": "application/x-ndjson" } });
  assert.equal(response.status, 200, await response.text());
}

const idsOf = (text) => linesOf(text).entries.map(({ id }) => id);
const numbersTo = (count) => Array.from({ length: count }, (_, at) => `u${at + 1}`);

describe("hubs and stats", () => {
  before(() => Promise.all(["listed-a", "listed-b"].map((hub) => publish(server.hub(hub), { topic: "a", data: "x".repeat(2_000) }))));

  test("list the hubs as a table, and as JSON", async () => {
    const names = async () => JSON.parse(await done(["hubs", url(), "--json"])).map(({ name }) => name);
    await until(async () => (await names()).filter((name) => name.startsWith("listed-")).length === 2, "two hubs in the list");
    const lines = (await done(["hubs", url()])).split("\n");
    assert.match(lines[0], /^HUB +REPORTED$/);
    assert.match(lines.find((line) => line.startsWith("listed-a")), /^listed-a +\d+ s ago$/);
    const asked = (await done(["hubs", url(), "--ask"])).split("\n");
    assert.match(asked[0], /^HUB +REPORTED +CONNECTIONS +UPDATES +SIZE +OLDEST$/);
    assert.match(asked.find((line) => line.startsWith("listed-b")), /^listed-b +\d+ s ago +0 +1 +\d\.\d kB +\d+ s ago$/);
  });

  test("tell a hub that does not answer as such, and the others all the same", async (t) => {
    // The list comes on the first connection; one hub is asked on the second.
    const proxy = await FaultProxy.to(server.port, [undefined, { kind: "stall", at: 0 }]);
    t.after(() => proxy.close());
    const hubs = JSON.parse(await done(["hubs", url(proxy), "--ask", "--json"]));
    const silent = hubs.filter(({ error }) => error !== undefined);
    assert.deepEqual(silent.map(({ error }) => error), ["it did not answer within 5 s"]);
    for (const { stats } of hubs.filter((hub) => !silent.includes(hub))) assert.equal(typeof stats.connections, "number");
  });

  test("tell the figures of one hub, with sizes and times", async (t) => {
    const subscriber = await Subscriber.open(server.hub("listed-a"), ["a"]);
    t.after(() => subscriber.close());
    const text = await done(["stats", url(), "--hub", "listed-a"]);
    assert.match(text, /^ {2}connections +1$/m);
    assert.match(text, /^ {2}history\.updates +1$/m);
    assert.match(text, /^ {2}history\.bytes +2\.\d kB$/m);
    const { connections, history } = JSON.parse(await done(["stats", url(), "--hub", "listed-a", "--json"]));
    assert.deepEqual([connections, history.updates], [1, 1]);
  });
});

describe("drain, clear and delete", () => {
  test("a drain tells how many clients were sent away", async (t) => {
    const subscriber = await Subscriber.open(server.hub("drained"), ["a"]);
    t.after(() => subscriber.close());
    const text = await done(["drain", url(), "--hub", "drained", "--within", "1s"]);
    assert.equal(text, "drained the hub drained: 1 connection has ended, and comes back within 1s\n");
    await subscriber.opens(2);
    assert.deepEqual(JSON.parse(await done(["drain", url(), "--hub", "empty", "--json"])), { connections: 0 });
    assert.match(await failed(["drain", url(), "--within", "soon"]), /^millstream: 400: within is a time such as 10s/);
  });

  test("a cleared hub holds nothing, and numbers on", async () => {
    await publishMany("cleared", { to: 3 });
    assert.equal(await done(["clear", url(), "--hub", "cleared"]), "cleared the hub cleared: 3 updates are removed\n");
    assert.deepEqual(idsOf(await done(["export", url(), "--hub", "cleared"])), []);
  });

  test("a hub is deleted when its name is given again on a terminal, or with --yes", async () => {
    await publishMany("deleted", { to: 3 });
    const held = async () => idsOf(await exported(server, "deleted")).length;
    assert.match(await failed(["delete", url(), "--hub", "deleted"], { code: 2 }), /nobody is here to be asked .*: add --yes/);
    const args = commandLine(["delete", url(), "--hub", "deleted"]);
    const asked = async (given) => {
      const running = new Running([], { env: ENV, shell: `exec script -qec "${args}" /dev/null` });
      await until(() => running.printed.includes("Its name again: "), () => `a question; there was ${running.printed}`);
      return running.end(`${given}\n`);
    };
    const refused = await asked("other");
    assert.deepEqual([refused.code, await held()], [1, 3]);
    assert.match(refused.stdout, /that is not the name deleted, so nothing is deleted/);
    const { code, stdout } = await asked("deleted");
    assert.deepEqual([code, await held()], [0, 0], stdout);
    await publishMany("deleted", { to: 1 });
    assert.equal(await done(["delete", url(), "--hub", "deleted", "--yes"]), "deleted the hub deleted\n");
    assert.equal(await held(), 0);
  });
});

describe("export and import", () => {
  before(() => publishMany("moved", { to: 400, data: "x".repeat(5_000) }));

  test("a hub goes through a file into another one, once", async () => {
    const file = path("moved.ndjson");
    const { code, stdout, stderr } = await millstream(["export", url(), "--hub", "moved", "--output", file]);
    assert.deepEqual([code, stdout], [0, ""], stderr);
    assert.match(stderr, /^millstream: exported the hub moved: 400 entries, 2\.\d MB\n$/);
    const into = ["import", url(), "--hub", "copy", "--input", file];
    assert.equal(await done(into), "imported into the hub copy: 400 entries; the newest is 400\n");
    assert.deepEqual(linesOf(await exported(server, "copy")).entries, linesOf(await exported(server, "moved")).entries);
    assert.equal(await done(into), "imported into the hub copy: 0 entries, 400 were held before; the newest is 400\n");
    assert.match(await failed(["export", url(), "--hub", "moved", "--output", file]), /is there already: remove it, or give another name/);
  });

  test("a hub goes through a pipe into another one", async () => {
    const shell = `${commandLine(["export", url(), "--hub", "moved"])} | ${commandLine(["import", url(), "--hub", "piped", "--json"])}`;
    const { code, stdout, stderr } = await new Running([], { env: ENV, shell: `set -o pipefail; ${shell}` }).end();
    assert.deepEqual([code, JSON.parse(stdout)], [0, { imported: 400, held: 0, last: 400 }], stderr);
  });

  for (const kind of ["stall", "reset"]) {
    test(`an export that broke off, by ${kind === "stall" ? "Ctrl-C" : "its connection"}, goes on behind its last whole line`, async (t) => {
      const [hub, file] = [`broken-${kind}`, path(`${kind}.ndjson`)];
      await publishMany(hub, { to: 100, data: "x".repeat(5_000) });
      const proxy = await FaultProxy.to(server.port, [{ kind, at: 200_000 }]);
      t.after(() => proxy.close());
      const running = new Running(["export", url(proxy), "--hub", hub, "--output", file], { env: ENV });
      if (kind === "stall") {
        await until(() => existsSync(`${file}.part`) && readFileSync(`${file}.part`).length > 100_000, "a part of the export");
        running.kill("SIGINT");
      }
      const ended = await running.ended();
      assert.deepEqual([ended.code, ended.signal], kind === "stall" ? [null, "SIGINT"] : [1, null], ended.stderr);
      assert.match(ended.stderr, /^millstream: .*; .*\.ndjson\.part has what came, and --continue goes on with it\n$/);
      assert.equal(existsSync(file), false);
      await publishMany(hub, { from: 101, to: 120 });
      const { code, stderr } = await millstream(["export", url(), "--hub", hub, "--output", file, "--continue"]);
      assert.equal(code, 0, stderr);
      assert.ok(Number(/: (\d+) entries/.exec(stderr)[1]) < 120, `it began anew: ${stderr}`);
      assert.deepEqual(idsOf(readFileSync(file, "utf8")), numbersTo(120));
      assert.match(await done(["import", url(), "--hub", `${hub}-copy`, "--input", file]), /: 120 entries; the newest is 120\n$/);
    });
  }

  test("what does not fit the part that is there is not put behind it", async () => {
    const file = path("other.ndjson");
    writeFileSync(`${file}.part`, readFileSync(path("moved.ndjson")).subarray(0, 100_000));
    await publishMany("another", { to: 400 });
    const sentence = await failed(["export", url(), "--hub", "another", "--output", file, "--continue"]);
    assert.match(sentence, /does not fit the part that is there: it is of another hub, or this one was deleted meanwhile; leave out --continue/);
  });

  test("an import is sent while it is read, and goes on when it is run again after its connection broke", async (t) => {
    const cable = await Cable.to(server.port);
    t.after(() => cable.close());
    const file = numbered(2_000);
    const lines = file.split("\n");
    const running = new Running(["import", url(cable), "--hub", "cut"], { env: ENV });
    running.write(`${lines.slice(0, 1_500).join("\n")}\n`);
    await until(async () => linesOf(await exported(server, "cut")).entries.length > 0, "a part of the file in the hub");
    cable.cut();
    const { code, stderr } = await running.ended();
    assert.equal(code, 1, stderr);
    assert.match(stderr, /cannot be reached: the connection broke .*; run it again with the same file, and it goes on where it ended\n$/);
    cable.mend();
    const again = async () => (await millstream(["import", url(cable), "--hub", "cut"], { input: file })).stdout;
    let text;
    await until(async () => (text = await again()) !== "", "the end of the first import");
    const [, imported, held] = /: ([\d,]+) entries, ([\d,]+) were held before; the newest is 2000\n$/.exec(text).map((part) => Number(part.replace(",", "")));
    assert.ok(held > 0 && imported + held === 2_000, text);
  });

  test("an import that does not fit names the entry, however much of the file is still to be sent", async () => {
    await publishMany("other", { to: 1 });
    const large = path("large.ndjson");
    const filler = "x".repeat(100_000);
    writeFileSync(large, numbered(200).replaceAll(/"data":"/g, `"data":"${filler}`));
    const differs = await failed(["import", url(), "--hub", "other", "--input", large]);
    assert.match(differs, /^millstream: 409: the hub holds entries under another key of places.*: millstream delete makes it empty, and --hub names another one\n$/);
    const broken = numbered(3).replace(/"sequence":2/, '"sequence":1');
    assert.match(await failed(["import", url(), "--hub", "broken"], { input: broken }), /^millstream: 400: line 3: sequence is 1.*; 1 entries were imported/);
  });

  test("a terminal shows how far an export has come, and of how much", async (t) => {
    const proxy = await FaultProxy.to(server.port, [{ kind: "delay", at: 500_000 }]);
    t.after(() => proxy.close());
    const args = commandLine(["export", url(proxy), "--hub", "moved", "--output", path("shown.ndjson")]);
    const { code, stdout } = await new Running([], { env: ENV, shell: `exec script -qec "${args}" /dev/null` }).end();
    assert.equal(code, 0, stdout);
    assert.match(stdout, /\r\x1b\[K\d+ entries, [\d.]+ [kM]?B, [\d.]+ [kM]?B\/s, at \d+ of 400/);
  });

  test("a reader that needs no more ends an export without a word", async () => {
    const shell = `${commandLine(["export", url(), "--hub", "moved"])} | head -c 10; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await new Running([], { env: ENV, shell }).end();
    assert.deepEqual([stdout, stderr], ['{"millstre1\n', ""]);
  });
});

describe("a client that is connected throughout notices nothing of a move", { concurrency: true }, () => {
  for (const delivery of MOVED) {
    test(`by export, drain, delete and import, with ${delivery} delivery`, async (t) => {
      const hub = `moved-${delivery}`;
      const subscriber = await Subscriber.open(server.hub(hub), ["a"], { types: ["place"] });
      t.after(() => subscriber.close());
      let count = 0;
      const load = async () => {
        for (const end = count + 300; count < end; ) await publish(server.hub(hub), { topic: "a", data: String((count += 1)) });
      };
      await load();
      const file = path(`${hub}.ndjson`);
      const of = (command, ...args) => [command, url(), "--hub", hub, ...args];
      await done(of("export", "--output", file));
      // In its first half nobody comes back, and the next two commands must have ended by then.
      await done(of("drain", "--within", `${WITHIN}s`));
      await done(of("delete", "--yes"));
      assert.match(await done(of("import", "--input", file)), /: 300 entries; the newest is 300\n$/);
      await load();
      await until(() => subscriber.opened > 1, "the client to be back", (WITHIN + 10) * 1_000);
      await subscriber.receives(String(count));
      assert.equal(subscriber.opened, 2);
      assert.deepEqual(subscriber.events.filter(({ type }) => type === "gap"), []);
      const updates = subscriber.events.filter(({ type }) => type === "message").map(({ data }) => data);
      assert.deepEqual(updates, Array.from({ length: 600 }, (_, at) => String(at + 1)));
    });
  }
});

describe("what is wrong is said with its mend", () => {
  test("a wrong key, a hub that there is not, and a path that is none", async () => {
    const wrong = await failed(["stats", url()], { env: { OPERATOR_KEY: WRONG_KEY } });
    assert.match(wrong, /^millstream: 401: the operator's key is not that of the deployment: OPERATOR_KEY here must have the value that is set there/);
    assert.doesNotMatch(wrong, new RegExp(WRONG_KEY));
    const mounted = await failed(["stats", `${url()}/events`]);
    assert.match(mounted, /^millstream: 404: there is nothing for an operator at \/events\/stats: no OPERATOR_KEY is set on the deployment/);
  });

  test("too many wrong keys", async () => {
    const key = { env: { OPERATOR_KEY: WRONG_KEY } };
    let sentence;
    await until(async () => (sentence = await failed(["stats", url()], key)).includes("429"), "a refusal");
    assert.match(sentence, /^millstream: 429: too many wrong keys came from this address.*; try again in \d+ s\n$/);
  });
});
