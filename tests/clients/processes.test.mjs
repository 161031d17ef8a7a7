// Clients in Python and Rust come through what a server does to them, and are shown nothing that is no event.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describeClients } from "../e2e/lives.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const { CLIENTS_PYTHON, CLIENTS_RUST } = process.env;
const python = (name) => [CLIENTS_PYTHON, join(HERE, "python/client.py"), name];
const rust = (name) => [CLIENTS_RUST, name];

/** By name: the command, and whether the client sends `Cache-Control: no-cache` and so gets the `place` event. */
const CLIENTS = {
  "httpx-sse, by the loop of its documentation": { command: python("httpx-sse"), place: false, opens: true },
  sseclient: { command: python("sseclient"), place: true },
  "aiohttp-sse-client": { command: python("aiohttp-sse-client"), place: true, opens: true },
  "reqwest-eventsource": { command: rust("reqwest-eventsource"), place: false, opens: true },
  "eventsource-client of LaunchDarkly": { command: rust("eventsource-client"), place: true, opens: true },
};

/** Runs the client, which prints a line for each event. */
function open([program, ...args], url) {
  const child = spawn(program, [...args, url.href], { stdio: ["ignore", "pipe", "inherit"] });
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  const events = [];
  createInterface({ input: child.stdout }).on("line", (line) => events.push(JSON.parse(line)));
  const ended = once(child, "exit");
  return {
    events: async () => {
      if (child.exitCode !== null) throw new Error(`${args.at(-1)} ended with ${child.exitCode}`);
      return [...events];
    },
    close: async () => {
      process.off("exit", kill);
      kill();
      await ended;
    },
  };
}

describeClients(
  Object.fromEntries(
    Object.entries(CLIENTS).map(([name, { command, ...client }]) => [
      name,
      { ...client, open: (url) => open(command, url) },
    ]),
  ),
);
