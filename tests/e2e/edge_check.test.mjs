// tools/edge-check, which holds a stream of a deployed hub for an hour: here of a local one for seconds.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { until } from "./until.mjs";

const PROGRAM = fileURLToPath(new URL("../../tools/edge-check", import.meta.url));

/** Begins a check with a beat of some updates. `output` grows; `code` is the promise of its code. */
function check(t, args, env = {}) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: { ...process.env, ...env } });
  t.after(() => child.kill());
  const run = { output: "", code: new Promise((resolve) => child.once("close", resolve)) };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (run.output += text));
  return run;
}

/** A server in front of `origin` that keeps what comes of streams and hands it on twice in a second. */
async function bufferingProxy(t, origin) {
  const proxy = createServer((asked, answer) => {
    const { method, url, headers } = asked;
    const onward = request(new URL(url, origin), { method, headers }, (given) => {
      answer.writeHead(given.statusCode, given.headers).flushHeaders();
      const kept = [];
      const timer = setInterval(() => answer.write(Buffer.concat(kept.splice(0))), 500);
      given.on("data", (bytes) => kept.push(bytes));
      given.on("error", () => {}).on("close", () => {
        clearInterval(timer);
        answer.end(Buffer.concat(kept));
      });
    });
    asked.pipe(onward.on("error", () => answer.destroy()));
    answer.on("close", () => onward.destroy());
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  t.after(() => proxy.close());
  return `http://127.0.0.1:${proxy.address().port}`;
}

const HUBS = { gzip: { DELIVERY: "direct", COMPRESSION: "public" }, plain: { DELIVERY: "direct", COMPRESSION: "off" } };
const VARS = { ANONYMOUS_PUBLISH: "true", HEARTBEAT: "200ms", DELIVERY: "hibernate", HUBS: JSON.stringify(HUBS) };
const TIMES = ["--for", "2s", "--every", "300ms"];

describe("against a local hub", () => {
  let server;
  before(async () => (server = await Server.start({ kind: "workerd", vars: VARS })));
  after(() => server?.stop());

  test("one stream that is held is told with its updates, its timers, the deployment and the runtime's records", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "millstream-edge-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const records = [
      { outcome: "ok", cpuTime: 3, wallTime: 2_000, executionModel: "stateless" },
      { outcome: "ok", cpuTime: 1, wallTime: 5, entrypoint: "HubObject", executionModel: "durableObject" },
      { outcome: "ok", cpuTime: 2, wallTime: 7, entrypoint: "HubObject", executionModel: "durableObject" },
    ];
    const tail = join(folder, "tail");
    writeFileSync(tail, records.map((record) => `${JSON.stringify(record, null, 2)}\n`).join(""));
    const run = check(t, [server.hub(), ...TIMES, "--deploy", "exit 0", "--tail", `cat ${tail}`], { OPERATOR_KEY });
    assert.equal(await run.code, 0, run.output);
    assert.match(run.output, /^updates: [3-9] published, [3-9] received: each came once and in order; /m);
    assert.match(run.output, /^live: no update took more than 5\.0 s while its stream was open$/m);
    assert.match(run.output, /^coding: identity asked for; (\d+) bytes on the wire for \1 bytes of text$/m);
    assert.match(run.output, /^streams: 1, the client never reconnected$/m);
    assert.match(run.output, /^timers: [1-9]\d* comments came; the longest time in which nothing came was \d\.\d s$/m);
    assert.match(run.output, /^links: 1 of 1 connections of the hub were held by Workers/m);
    assert.match(run.output, /^deployment: from \S+ to \S+, with the code 0$/m);
    assert.match(run.output, /^ {2}stateless, ok: 1 invocations, 3 ms of CPU; the longest took 2\.0 s and 3 ms of CPU$/m);
    assert.match(run.output, /^ {2}HubObject, ok: 2 invocations, 3 ms of CPU; /m);
  });

  test("a stream in gzip is read as it comes, and is told with its Vary and its bytes", async (t) => {
    const run = check(t, [server.hub("gzip"), ...TIMES, "--compressed"]);
    assert.equal(await run.code, 0, run.output);
    assert.match(run.output, /^updates: [3-9] published, [3-9] received: each came once and in order; /m);
    assert.match(run.output, /^live: no update took more than 5\.0 s while its stream was open$/m);
    const [, bytes, text] = /^coding: gzip asked for; (\d+) bytes on the wire for (\d+) bytes of text$/m.exec(run.output) ?? [];
    assert.ok(Number(bytes) < Number(text), run.output);
    assert.match(run.output, /^ {2}gzip, with Vary: Accept-Encoding, Origin$/m);
  });

  test("a stream that is not in gzip though it has to be is an error", async (t) => {
    const run = check(t, [server.hub("plain"), ...TIMES, "--compressed"]);
    assert.equal(await run.code, 1, run.output);
    assert.match(run.output, /each came once and in order/);
    assert.match(run.output, /^coding: gzip asked for, AND NOT GIVEN; /m);
    assert.match(run.output, /^ {2}identity, with Vary: Origin$/m);
  });

  test("updates that something on the way keeps are late, which is an error", async (t) => {
    const proxy = await bufferingProxy(t, server.origin);
    for (const [late, code, told] of [
      ["100ms", 1, /^live: LATE, by more than 0\.1 s while its stream was open: \d/m],
      ["5s", 0, /^live: no update took more than 5\.0 s/m],
    ]) {
      const run = check(t, [server.hub("gzip").replace(server.origin, proxy), ...TIMES, "--compressed", "--late", late]);
      assert.equal(await run.code, code, run.output);
      assert.match(run.output, told);
      assert.match(run.output, /each came once and in order/);
    }
  });

  test("a wrong argument is named, and no stream is opened", async (t) => {
    for (const [args, told] of [
      [[], /one URL of a hub is needed/],
      [[server.hub(), "--for", "soon"], /--for is soon, and has to be a time such as 60m or 30s/],
      [[server.hub(), "--while", "1s"], /'--while'/],
    ]) {
      const run = check(t, args);
      assert.equal(await run.code, 2);
      assert.match(run.output, told);
    }
  });

  test("a hub that gives no stream is an error", async (t) => {
    const run = check(t, [`${server.origin}/nothing`, ...TIMES]);
    assert.equal(await run.code, 1);
    assert.match(run.output, /the hub gave no stream: it answered 404/);
  });
});

test("a server that is killed meanwhile costs a reconnection, which is told, and no update", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: VARS });
  t.after(() => server.stop());
  const run = check(t, [server.hub(), ...TIMES], { OPERATOR_KEY });
  await until(() => run.output.includes("The stream is open"), "the stream");
  await server.kill();
  await server.restart();
  assert.equal(await run.code, 0, run.output);
  assert.match(run.output, /received: each came once and in order/);
  assert.match(run.output, /^streams: 2$/m);
  assert.match(run.output, /^sleep: [1-9]\d* of \d+ publications met a hub that slept or was reset; /m);
});
