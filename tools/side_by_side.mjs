// Runs chains of make's targets side by side: node tools/side_by_side.mjs MAKE 'lint doc' 'examples fuzz'
// The output of a target is printed whole once it ends. The first target that fails ends the others.
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LOGS = "build/side_by_side";

const [make, ...chains] = process.argv.slice(2);
const running = new Map();
let failed = false;

mkdirSync(LOGS, { recursive: true });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, fail);
await Promise.all(chains.map(follow));

/** Makes the targets of a chain one after the other, until one of any chain fails. */
async function follow(chain) {
  for (const target of chain.split(" ")) {
    if (failed) return;
    await run(target);
  }
}

async function run(target) {
  const log = join(LOGS, `${target}.log`);
  const output = openSync(log, "w");
  const began = performance.now();
  console.log(`${target}: begins, and writes to ${log}`);
  // In a group of its own, which is ended as one.
  const child = spawn("/bin/sh", ["-c", `exec ${make} ${target}`], { detached: true, stdio: ["ignore", output, output] });
  closeSync(output);
  running.set(target, child.pid);
  const code = await new Promise((resolve) => child.once("exit", resolve));
  running.delete(target);
  const ended = `in ${Math.round((performance.now() - began) / 1000)} s`;
  if (failed) return console.log(`${target}: given up`);
  process.stdout.write(`\n==== ${target} ====\n${readFileSync(log, "utf8")}`);
  console.log(`==== ${target}: ${code === 0 ? "done" : "failed"} ${ended} ====\n`);
  if (code !== 0) fail();
}

/** Ends all that runs. */
function fail() {
  failed = true;
  process.exitCode = 1;
  for (const pid of running.values()) {
    try {
      process.kill(-pid, "SIGTERM");
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  }
}
