// The load client, benches/load: one call of it is one run.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ROOT } from "./targets.mjs";

export const CLIENT = process.env.LOAD ?? join(ROOT, "benches/load/target/release/millstream-load");
/** The most time that a run may take beyond its own, for connecting and for queued updates. */
const GRACE = 90_000;

/** Puts load on a server and gives the client's figures; `ok` is false when the checks of the sequences failed. */
export async function load(mode, { subscribe, publish, topic = "bench" }, server, options) {
  const args = [mode, "--server", server.address, "--subscribe", subscribe, "--publish", publish, "--topic", topic];
  for (const [name, value] of Object.entries(options)) {
    const flag = `--${name.replaceAll("_", "-")}`;
    if (value === true) args.push(flag);
    else args.push(flag, String(value));
  }
  for (const pid of server.pids) args.push("--pid", String(pid));
  const child = spawn(CLIENT, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  const late = setTimeout(() => child.kill("SIGKILL"), (options.seconds ?? 0) * 1000 + GRACE);
  const abandon = () => child.kill("SIGKILL");
  process.once("exit", abandon);
  try {
    const [out, err, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    if (!out.startsWith("{")) throw new Error(`the load client ended with ${signal ?? code}: ${err.trim()}`);
    return JSON.parse(out);
  } finally {
    clearTimeout(late);
    process.removeListener("exit", abandon);
  }
}
