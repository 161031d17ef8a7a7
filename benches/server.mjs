// A measured server: a process for each run, with a folder that is removed after the run.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const START_DEADLINE = 20_000;
const ANSWER_DEADLINE = 2_000;
const END_DEADLINE = 10_000;
const POLL_EVERY = 50;
/** The user number for a server that must not run as root: Debian's nobody. */
const NOBODY = 65534;
/** Shells that only start the measured processes. */
const SHELLS = new Set(["bash", "dash", "sh"]);

/** The servers that run. They are ended when this process ends for any reason. */
const running = new Set();
process.on("exit", () => running.forEach((server) => server.abandon()));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

/** The running processes of a target. */
export class Server {
  #children = [];
  #ports;
  #folder;
  #output = "";
  #failure;

  /** HOST:PORT. */
  address;

  /** Starts `target`, with these variables of the environment, and waits until it answers a subscriber. */
  static async start(target, vars = {}) {
    const server = new Server();
    running.add(server);
    try {
      await server.#start(target, vars);
    } catch (error) {
      await server.stop();
      throw new Error(`${error.message}\n${server.#output}`.trim());
    }
    return server;
  }

  async #start({ commands, folders, subscribe, unprivileged }, vars) {
    mkdirSync(folders, { recursive: true });
    this.#folder = mkdtempSync(join(folders, "millstream-bench-"));
    const user = unprivileged && process.getuid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    if (user.uid !== undefined) chownSync(this.#folder, user.uid, user.gid);
    const ports = (this.#ports = await freePorts(3));
    this.address = this.addressAt(0);
    for (const { command, args, env = {}, cwd = this.#folder } of commands({ folder: this.#folder, ports })) {
      const stdio = ["ignore", "pipe", "pipe"];
      const child = spawn(command, args, { cwd, env: { ...process.env, ...env, ...vars }, stdio, ...user });
      this.#children.push(child);
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text) => (this.#output = (this.#output + text).slice(-4000)));
      }
      child.once("error", (error) => (this.#failure = error.message));
      child.once("exit", (code, signal) => (this.#failure = `${command} ended with ${signal ?? code}`));
    }
    const end = performance.now() + START_DEADLINE;
    while (!(await answers(`http://${this.address}${subscribe}`))) {
      if (this.#failure !== undefined) throw new Error(this.#failure);
      if (performance.now() > end) throw new Error(`no answer within ${START_DEADLINE} ms`);
      await delay(POLL_EVERY);
    }
  }

  /** The address of one of its ports. The first is that of the clients. */
  addressAt(at) {
    return `127.0.0.1:${this.#ports[at]}`;
  }

  /** The processes whose CPU time and memory count, in the order of the commands: all but the shells that started them. */
  get pids() {
    return this.#processes()
      .filter(({ name }) => !SHELLS.has(name))
      .map(({ pid }) => pid);
  }

  /** Ends the processes as a power cut would. */
  kill() {
    for (const { pid } of this.#processes()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if (error.code !== "ESRCH") throw error;
      }
    }
  }

  /** Ends the processes, and removes what they wrote. */
  async stop() {
    const pids = new Set(this.#processes().map(({ pid }) => pid));
    this.kill();
    const end = performance.now() + END_DEADLINE;
    while (processes().some(({ pid, state }) => pids.has(pid) && state !== "Z") && performance.now() < end) {
      await delay(POLL_EVERY);
    }
    running.delete(this);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Ends the processes without waiting, when this process ends. */
  abandon() {
    this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The started children and all their descendants. */
  #processes() {
    const all = processes();
    return this.#children.filter(lives).flatMap((child) => {
      const family = new Set([child.pid]);
      for (let before = 0; before < family.size; ) {
        before = family.size;
        for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
      }
      return all.filter(({ pid }) => family.has(pid));
    });
  }
}

/** Whether a child runs: started, and no end was seen. After the end its number may belong to another process. */
function lives({ pid, exitCode, signalCode }) {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** Every process of the machine. */
function processes() {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
      return [{ pid: Number(pid), name, state, parent: Number(parent) }];
    } catch {
      return [];
    }
  });
}

/** Whether a subscriber is answered with 200. */
function answers(url) {
  return new Promise((resolve) => {
    const headers = { accept: "text/event-stream" };
    const request = get(url, { agent: false, timeout: ANSWER_DEADLINE, headers }, (response) => {
      request.destroy();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

/** Free ports of the loopback interface. They are found together, so that no two are the same. */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  const ports = [];
  for (const server of servers) {
    if (!server.listening) await once(server, "listening");
    ports.push(server.address().port);
  }
  for (const server of servers) server.close();
  await Promise.all(servers.map((server) => once(server, "close")));
  return ports;
}
