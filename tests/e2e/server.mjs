// Starts the built worker as a user does, and ends it like a power cut.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./free_port.mjs";
import { until } from "./until.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The key of the operator, unless `vars` has another. */
export const OPERATOR_KEY = "the key of the tests' operator";
const START_DEADLINE = 60_000;
/** What the hubs of all servers do, unless `vars` says otherwise: `make test-hibernate` and `make test-compression` run tests so. */
const { DELIVERY, COMPRESSION } = process.env;

/** The process groups that run. They are ended when this process ends for any reason. */
const groups = new Set();
const killGroups = () => groups.forEach(kill);
process.on("exit", killGroups);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    killGroups();
    process.exit(1);
  });
}

/** Whether `make serve` has started a server of this process. */
let isBuilt = false;

/** How to run the worker: `wrangler dev` as in development, or workerd alone as `make serve` runs it. */
const COMMANDS = {
  wrangler: async ({ port, folder, vars, settings }) => ({
    command: process.execPath,
    args: [
      join(ROOT, "node_modules/wrangler/bin/wrangler.js"),
      "dev",
      ...["--ip", "127.0.0.1", "--port", port, "--inspector-port", await freePort()].map(String),
      ...["--persist-to", folder, "--show-interactive-dev-session=false"],
      ...Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
      ...settings,
    ],
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" },
  }),
  // make builds what is stale. It takes as long to look as the server to start, so it looks once.
  workerd: async ({ port, folder, vars, settings }) => {
    const { CONFIG = "main", DATA = folder } = Object.fromEntries(settings.map((setting) => setting.split("=")));
    const [command, ...args] = isBuilt
      ? [join(ROOT, "tools/serve"), CONFIG, `127.0.0.1:${port}`, DATA]
      : ["make", "--silent", "serve", `PORT=${port}`, `CONFIG=${CONFIG}`, `DATA=${DATA}`];
    return { command, args, env: { ...process.env, ...vars } };
  },
};

/** A running server of the hub, with a folder of its own for storage. */
export class Server {
  #kind;
  #vars;
  #settings;
  #port;
  #folder;
  #child;
  #output = "";

  /**
   * `kind` is `wrangler` or `workerd`; `vars` are the configuration variables, `settings` those of `make serve`,
   * or more arguments of `wrangler dev`.
   * Unless `vars` says otherwise, everybody may read and publish public updates, and well-known secrets are accepted.
   * If `vars` has issuers and no public URL, the server's own URL is the public one.
   */
  static async start({ kind = "wrangler", vars = {}, settings = [] } = {}) {
    const server = new Server();
    server.#kind = kind;
    server.#settings = settings;
    server.#port = await freePort();
    const own = { ANONYMOUS_SUBSCRIBE: "true", DEVELOPMENT: "true", OPERATOR_KEY, ...(DELIVERY && { DELIVERY }), ...(COMPRESSION && { COMPRESSION }) };
    server.#vars = { ...own, ...named(vars, server.hub()), ...vars };
    server.#folder = mkdtempSync(join(tmpdir(), "millstream-e2e-"));
    await server.restart();
    return server;
  }

  get origin() {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port() {
    return this.#port;
  }

  /** The folder of its storage. */
  get folder() {
    return this.#folder;
  }

  /** Its output so far, with its log. */
  get output() {
    return this.#output;
  }

  /** The URL of the hub named `name`, or of the default one. */
  hub(name) {
    return `${this.origin}${name === undefined ? "" : `/hubs/${name}`}/.well-known/mercure`;
  }

  /** The operator's figures of the hub named `name`. */
  async health(name = "default") {
    const headers = { authorization: `Bearer ${this.#vars.OPERATOR_KEY}` };
    const response = await fetch(`${this.origin}/hubs/${name}/healthz`, { headers });
    const health = await response.json();
    if (response.status !== 200 || health.status !== "ok") throw new Error(`healthz of ${name}: ${response.status}`);
    return health;
  }

  /** The number of connections in the registry of the hub named `name`. */
  async connections(name) {
    const { connections } = await this.health(name);
    if (!Number.isInteger(connections)) throw new Error(`healthz of ${name} tells no connections`);
    return connections;
  }

  /** The open descriptors of the running workerd and its memory in MiB, from `/proc`. */
  workerd() {
    const pid = readdirSync("/proc").find((pid) => memberOf(pid, this.#child.pid) && commandOf(pid) === "workerd");
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return {
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      memory: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) / 1024,
    };
  }

  /** Starts the killed server again, on the same port and the same storage. */
  async restart() {
    const { command, args, env } = await COMMANDS[this.#kind]({
      port: this.#port,
      folder: this.#folder,
      vars: this.#vars,
      settings: this.#settings,
    });
    const child = spawn(command, args, { cwd: ROOT, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    if (child.pid !== undefined) groups.add(child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (this.#output += text));
    }
    let failure;
    child.once("error", (error) => (failure = error.message));
    child.once("exit", (code, signal) => (failure = `it ended with ${signal ?? code}`));
    const answers = () =>
      fetch(`${this.origin}/healthz`).then(
        (response) => response.arrayBuffer(),
        () => null,
      );
    try {
      await until(async () => failure !== undefined || (await answers()) !== null, "an answer", START_DEADLINE);
      if (failure !== undefined) throw new Error(failure);
    } catch (error) {
      await this.stop();
      throw new Error(`${this.#kind} did not start: ${error.message}\n${this.#output}`);
    }
    isBuilt ||= this.#kind === "workerd";
  }

  /** SIGKILL to the whole process group, like `kill -9` or a power cut: the server cannot tidy up. */
  async kill() {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined) return;
    const exited = exitCode === null && signalCode === null ? once(this.#child, "exit") : null;
    kill(pid);
    await exited;
    groups.delete(pid);
    await until(() => !lives(pid), `the processes of group ${pid} to be gone`);
  }

  /** Asks the server to end, as a service manager does, and waits until it has ended. */
  async terminate() {
    const { pid } = this.#child;
    process.kill(-pid, "SIGTERM");
    await until(() => !lives(pid), `the processes of group ${pid} to end`);
    groups.delete(pid);
  }

  /** Kills the server and removes its storage. */
  async stop() {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The variable for the hub's public URL, if `vars` has issuers and sets no public URL. */
function named(vars, url) {
  const has = (...names) => names.some((name) => name in vars);
  const isUnnamed = has("ISSUERS", "MERCURE_TRUSTED_ISSUERS") && !has("RESOURCE_IDENTIFIER", "PUBLIC_ORIGINS");
  return isUnnamed ? { RESOURCE_IDENTIFIER: url } : {};
}

function kill(group) {
  try {
    process.kill(-group, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/** Whether a process of the group still runs. A zombie does not. */
function lives(group) {
  return readdirSync("/proc").some((pid) => memberOf(pid, group));
}

/** Whether a process is in the group, and no zombie. */
function memberOf(pid, group) {
  if (!/^\d+$/.test(pid)) return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state, , processGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(processGroup) === group && state !== "Z";
  } catch {
    return false;
  }
}

function commandOf(pid) {
  return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
}
