// Clients that are commands, and print a line of JSON for each event.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Clients that run. They are killed when this process ends. */
const children = new Set();
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));

/** Runs the client at `url`, which is its last argument. */
export function open([program, ...args], url) {
  const child = spawn(program, [...args, url.href], { stdio: ["ignore", "pipe", "inherit"] });
  children.add(child);
  const events = [];
  createInterface({ input: child.stdout }).on("line", (line) => events.push(JSON.parse(line)));
  const ended = once(child, "exit");
  return {
    events: async () => {
      if (child.exitCode !== null) throw new Error(`${args.at(-1)} ended with ${child.exitCode}`);
      return [...events];
    },
    close: async () => {
      child.kill("SIGKILL");
      await ended;
      children.delete(child);
    },
  };
}
