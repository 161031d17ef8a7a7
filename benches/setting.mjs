// The setting of the figures: the machine and the versions.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { PEERS, RESULTS, ROOT } from "./targets.mjs";

/** Names and values for the report. */
export function setting() {
  const wasm = readFileSync(join(ROOT, "build/millstream_bg.wasm"));
  return {
    processor: `${cpus()[0]?.model.trim() ?? "unknown"}, ${availableParallelism()} cores`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: release(),
    "storage of millstream": `durable, in a folder on ${filesystem(RESULTS)}`,
    millstream: `${output("git", ["describe", "--always", "--dirty"])}, wasm ${wasm.length} bytes, ${gzipSync(wasm, { level: 9 }).length} gzipped`,
    rustc: version("rustc", ["--version"]),
    workerd: installed(ROOT, "workerd"),
    node: process.version.slice(1),
    hono: `${installed(PEERS, "hono")}, @hono/node-server ${installed(PEERS, "@hono/node-server")}`,
    "better-sse": installed(PEERS, "better-sse"),
    nginx: version("nginx", ["-v"]),
    nchan: output("dpkg-query", ["-W", "-f", "${Version}", "libnginx-mod-nchan"]),
    pushpin: version("pushpin", ["--version"]),
  };
}

/** The kind of a folder's filesystem and its device. */
function filesystem(folder) {
  const fields = output("df", ["--output=fstype,source", folder]).split("\n").at(-1).trim().split(/\s+/);
  return fields.join(" of ");
}

function installed(folder, name) {
  try {
    return JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version;
  } catch {
    return "missing";
  }
}

/** The first number in the output of a command that looks like a version. */
function version(command, args) {
  return /\d+\.\d+(\.\d+)?/.exec(output(command, args))?.[0] ?? "missing";
}

function output(command, args) {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  const { error, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, env, encoding: "utf8" });
  return error === undefined ? (stdout.trim() || stderr.trim()) : "missing";
}
