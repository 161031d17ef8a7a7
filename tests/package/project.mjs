// A project of a user: a folder of this repository, with the package installed from its tarball.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "../e2e/free_port.mjs";
import { until } from "../e2e/until.mjs";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const [, VERSION] = /^version = "(.+)"$/m.exec(readFileSync(join(ROOT, "Cargo.toml"), "utf8"));
/** The tarball of `make package`. */
export const TARBALL = join(ROOT, `build/millstream-${VERSION}.tgz`);
/** Milliseconds: an installation fills npm's cache when it is the first. */
const COMMAND_DEADLINE = 120_000;
const START_DEADLINE = 60_000;

/** The process groups that run. They are ended when this process ends. */
const groups = new Set();
process.on("exit", () => groups.forEach(kill));

export class Project {
  #servers = [];
  // PWD is the folder of this process, and some tools believe it.
  #env = { ...process.env, CI: "true", NO_COLOR: "1", WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", PWD: undefined };

  /** Copies the folder `from` of the repository to a temporary folder, which is empty without it. */
  constructor(from) {
    this.folder = mkdtempSync(join(tmpdir(), `millstream-${basename(from ?? "empty")}-`));
    if (from !== undefined) cpSync(join(ROOT, from), this.folder, { recursive: true });
    if (existsSync(this.path(".dev.vars.example"))) cpSync(this.path(".dev.vars.example"), this.path(".dev.vars"));
  }

  /** The project of this folder, installed. */
  static async install(from) {
    const project = new Project(from);
    await project.install();
    return project;
  }

  /** Installs what the manifest names, and the package. */
  install() {
    return this.command("npm", "install", ...["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"], TARBALL);
  }

  path(name) {
    return join(this.folder, name);
  }

  read(name) {
    return readFileSync(this.path(name), "utf8");
  }

  write(name, text) {
    writeFileSync(this.path(name), text);
  }

  /** Runs an installed command, and gives what it says on both outputs. */
  run(name, ...args) {
    return this.command(this.path(`node_modules/.bin/${name}`), ...args);
  }

  async command(name, ...args) {
    const options = { cwd: this.folder, env: this.#env, timeout: COMMAND_DEADLINE, maxBuffer: 1 << 24 };
    try {
      const { stdout, stderr } = await promisify(execFile)(name, args, options);
      return stdout + stderr;
    } catch (error) {
      throw new Error(`${basename(name)} ${args.join(" ")}: ${error.message}\n${error.stdout}`);
    }
  }

  /** Starts an installed server, with a port as its last argument, and waits until it answers. */
  async start(name, ...args) {
    const server = await this.#launch(name, args);
    await server.answers();
    return server;
  }

  /** Starts `vite dev` or `vite preview`, without a debugger: it looks for a free port, which two projects may find at once. */
  async vite(command) {
    const config = this.read("vite.config.ts").replace("cloudflare()", "cloudflare({ inspectorPort: false })");
    this.write("vite.config.ts", config);
    return this.start("vite", command, "--host", "127.0.0.1");
  }

  /** Starts `wrangler dev`, with the module of wrangler.toml or this one. */
  async dev(...modules) {
    return this.start("wrangler", ...(await devArguments()), ...modules);
  }

  /** Starts `wrangler dev` until it says this, without any answer before. */
  async devSays(pattern) {
    const server = await this.#launch("wrangler", await devArguments());
    await server.says(pattern);
    await server.stop();
  }

  async #launch(name, args) {
    const port = await freePort();
    const command = this.path(`node_modules/.bin/${name}`);
    const options = { cwd: this.folder, env: this.#env, detached: true, stdio: ["ignore", "pipe", "pipe"] };
    const server = new Running(() => spawn(command, [...args, "--port", String(port)], options), `http://127.0.0.1:${port}`);
    this.#servers.push(server);
    return server;
  }

  /** Ends what runs, and removes the folder. */
  async remove() {
    await Promise.all(this.#servers.map((server) => server.stop()));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function devArguments() {
  return ["dev", "--ip", "127.0.0.1", "--inspector-port", String(await freePort()), "--show-interactive-dev-session=false"];
}

class Running {
  #spawn;
  #child;
  #output = "";

  constructor(spawn, origin) {
    this.#spawn = spawn;
    this.origin = origin;
    this.#run();
  }

  #run() {
    const child = this.#spawn();
    this.#child = child;
    groups.add(child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (this.#output += text));
    }
  }

  /** Starts it again at the same port, with what it has stored. */
  async restart() {
    await this.stop();
    this.#run();
    await this.answers();
  }

  /** Waits until it answers. */
  async answers() {
    const answers = () => fetch(this.origin, { signal: AbortSignal.timeout(5_000) }).then(() => true, () => false);
    await until(async () => this.#ended || (await answers()), () => `an answer\n${this.#output}`, START_DEADLINE);
    if (this.#ended) throw new Error(`the server ended\n${this.#output}`);
  }

  /** Waits until its output has this. */
  says(pattern) {
    const what = () => `${pattern} in\n${this.#output}`;
    return until(() => pattern.test(this.#output.replaceAll(/\s+/g, " ")), what, START_DEADLINE);
  }

  get #ended() {
    return this.#child.exitCode !== null;
  }

  /** Ends it like a power cut. */
  async stop() {
    const { pid, exitCode, signalCode } = this.#child;
    const exited = exitCode === null && signalCode === null ? once(this.#child, "exit") : null;
    kill(pid);
    await exited;
    groups.delete(pid);
  }
}

function kill(group) {
  try {
    process.kill(-group, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
