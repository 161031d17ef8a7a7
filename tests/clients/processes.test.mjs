// Clients in Python and Rust come through what a server does to them, and are shown nothing that is no event.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeClients } from "../e2e/lives.mjs";
import { open } from "./commands.mjs";

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

describeClients(
  Object.fromEntries(
    Object.entries(CLIENTS).map(([name, { command, ...client }]) => [
      name,
      { ...client, open: (url) => open(command, url) },
    ]),
  ),
);
