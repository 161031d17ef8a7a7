// `make dev`: what it says, and when.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "./free_port.mjs";
import { until } from "./until.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const START_DEADLINE = 120_000;

/** A running `make dev`; what it says on both of its streams is in `output`. */
function dev(t, ...variables) {
  const child = spawn("make", ["--silent", "dev", ...variables], {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const made = { output: "", status: once(child, "close").then(([status]) => status) };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (made.output += text));
  }
  made.says = (text) => until(() => made.output.includes(text), () => `${text} in: ${made.output}`, START_DEADLINE);
  const end = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  };
  made.interrupt = () => end("SIGINT");
  t.after(() => end("SIGKILL"));
  return made;
}

/** A folder before all others on PATH, in which the command `name` is this program. */
function insteadOf(t, name, program) {
  const folder = mkdtempSync(join(tmpdir(), "millstream-dev-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  writeFileSync(path, `#!/usr/bin/env node\n${program}`);
  chmodSync(path, 0o755);
  return `PATH=${folder}:${join(ROOT, "node_modules/.bin")}:${process.env.PATH}`;
}

const insteadOfWrangler = (t, program) => insteadOf(t, "wrangler", program);

test("a taken port is named before anything starts, with one that is free", async (t) => {
  const foreign = createServer((_, response) => response.end('{"status":"ok"}')).listen(0, "127.0.0.1");
  await once(foreign, "listening");
  t.after(() => foreign.close());
  const { port } = foreign.address();
  // Another test may have taken the free port since.
  await until(async () => {
    const made = dev(t, `PORT=${port}`);
    assert.notEqual(await made.status, 0);
    assert.match(made.output, new RegExp(`port ${port} of 127\\.0\\.0\\.1 is taken`));
    assert.doesNotMatch(made.output, /1\/4|http:/);
    return isFree(Number(/make dev PORT=(\d+)/.exec(made.output)[1]));
  }, "a port that is free");
});

/** Whether nobody listens there. A connection of another test may have the port as its own end, so listening could fail. */
async function isFree(port) {
  const socket = connect(port, "127.0.0.1");
  const isAnswered = await once(socket, "connect").then(() => true, () => false);
  socket.destroy();
  return !isAnswered;
}

test("what is no port is refused", async (t) => {
  for (const port of ["0", "65536", "http", "80 80"]) {
    const made = dev(t, `PORT=${port}`);
    assert.notEqual(await made.status, 0);
    assert.match(made.output, new RegExp(`PORT=${port} is no port`));
  }
});

test("its steps are counted, its address answers when it is printed, and it ends on an interrupt", async (t) => {
  const port = await freePort();
  const made = dev(t, `PORT=${port}`);
  await made.says("The page:");
  const health = await fetch(`http://127.0.0.1:${port}/healthz`);
  assert.deepEqual(await health.json(), { status: "ok" });
  const page = await fetch(/The page: +(\S+)/.exec(made.output)[1]);
  assert.match(await page.text(), /<title>millstream/);
  assert.deepEqual(made.output.match(/^\d\/4 .*$/gm), [
    "1/4 tools: there already",
    "2/4 packages: there already",
    "3/4 the wasm: there already",
    "4/4 the hub starts",
  ]);
  made.interrupt();
  await made.status;
  await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`), "nobody is left at the port");
});

test("a step that is not done yet is named with its time before it begins, and nothing follows one that fails", async (t) => {
  const path = insteadOf(t, "cargo", 'console.log("cargo " + process.argv.slice(2, 4).join(" ")); process.exit(1);');
  const nowhere = join(tmpdir(), `millstream-no-tools-${process.pid}`);
  const made = dev(t, `PORT=${await freePort()}`, `TOOLS=${nowhere}`, path);
  assert.notEqual(await made.status, 0);
  assert.match(made.output, /^1\/4 tools, about 3 minutes\n(?:.*\n)*?cargo install wasm-bindgen-cli$/m);
  assert.doesNotMatch(made.output, /2\/4|The page/);
});

test("no address is printed until the hub itself answers", async (t) => {
  const port = await freePort();
  const path = insteadOfWrangler(
    t,
    `
    const { createServer } = require("node:http");
    const answers = [[404, "no hub"], [500, '{"title":"Wrong configuration","detail":"HEARTBEAT is wrong"}']];
    createServer(({ url }, response) => {
      console.log("asked for " + url);
      const [status, body] = answers.shift() ?? [200, '{"status":"ok"}'];
      response.writeHead(status).end(body);
    }).listen(${port}, "127.0.0.1");
    `,
  );
  const made = dev(t, `PORT=${port}`, path);
  await made.says("The page:");
  const before = made.output.slice(0, made.output.indexOf("The page:"));
  assert.equal(before.match(/asked for \/healthz/g).length, 3, before);
  assert.match(before, /not ready.*500.*HEARTBEAT is wrong/);
  assert.doesNotMatch(before, /http:/);
});

test("that wrangler has ended is said, before and after the hub has answered", async (t) => {
  const early = dev(t, `PORT=${await freePort()}`, insteadOfWrangler(t, "process.exit(7);"));
  assert.notEqual(await early.status, 0);
  assert.match(early.output, /the hub did not start: wrangler ended with status 7/);
  assert.doesNotMatch(early.output, /The page/);
  const port = await freePort();
  const late = dev(
    t,
    `PORT=${port}`,
    insteadOfWrangler(
      t,
      `require("node:http").createServer((_, response) => {
        response.end('{"status":"ok"}', () => setTimeout(() => process.exit(8), 500));
      }).listen(${port}, "127.0.0.1");`,
    ),
  );
  assert.notEqual(await late.status, 0);
  assert.match(late.output, /The page/);
  assert.match(late.output, /the hub has ended: wrangler ended with status 8/);
});
